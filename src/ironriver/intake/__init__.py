"""Intake: from received files to records, each row accounted for."""
