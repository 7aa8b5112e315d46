"""A synthetic border world whose truth is known, written as the files that agencies exchange."""
