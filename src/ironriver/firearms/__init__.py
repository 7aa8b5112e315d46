"""The same gun: how serials go wrong, what a maker's serials look like, and which gun is meant."""
