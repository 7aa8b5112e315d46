"""The same gun: how serials go wrong, what a maker's serials look like, and which gun is meant."""

READS = ("records", "trace_results", "sources", "judgements")
"""The tables that rows about guns, and judgements of them, are read from."""
