"""Candidate search and posterior as plain SQL, the same text for DuckDB and for Spark.

It is the reference of the compiled search, and the batch form for more records than one machine
holds. Complete by construction: see `deletions` (who meets) and `walk` (who is near).
"""

from __future__ import annotations

from ironriver.firearms.sql.batch import (
    batch_candidates,
    batch_posteriors,
    likeliest_answers,
    write_posteriors,
)

__all__ = ["batch_candidates", "batch_posteriors", "likeliest_answers", "write_posteriors"]
