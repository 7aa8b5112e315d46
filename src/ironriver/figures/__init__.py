"""Figures: numbers with their population, bounds and sources, and the check of public claims."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from ironriver.figures.claim_text import ClaimAnswer
from ironriver.figures.claims import check_claim
from ironriver.figures.origin import OriginBase, published_origin_figures
from ironriver.figures.recoveries import bases_from_records, from_records
from ironriver.governance.release import rests_on_few
from ironriver.tables import FIGURES

__all__ = ["READS", "ClaimAnswer", "check", "measure"]

# The tables that figures are computed from.
READS = ("sources", "records", "trace_results")


def measure(connection: duckdb.DuckDBPyConnection) -> Mapping[str, pa.Table]:
    """Compute the table `figures`: the workspace's counts, and the published ones beside them."""
    found = [*from_records(connection), *published_origin_figures()]
    rows = [figure.to_row() for figure in sorted(found, key=lambda figure: figure.figure_id)]
    return {"figures": pa.Table.from_pylist(rows, schema=FIGURES.schema)}


def check(connection: duckdb.DuckDBPyConnection, claim: str, lang: str) -> ClaimAnswer:
    """Hold a claim against the published figures and those own counts that may be published."""
    own = [base for base in bases_from_records(connection) if not _withheld(base)]
    return check_claim(claim, own, lang)


def _withheld(base: OriginBase) -> bool:
    parts = (base.us, base.undetermined, base.size - base.us - base.undetermined)
    return rests_on_few(base.handling, (*parts, base.size))
