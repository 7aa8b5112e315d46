"""Figures: numbers with their population, bounds and sources, and the check of public claims."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import duckdb
import pyarrow as pa

from ironriver.figures.claim_text import ClaimAnswer
from ironriver.figures.claims import check_claim
from ironriver.figures.flow import flow_figures
from ironriver.figures.flow_cohorts import cohort_figures
from ironriver.figures.origin import OriginBase, published_bases, published_origin_figures
from ironriver.figures.rates import rate_figures
from ironriver.figures.recoveries import READS, bases_from_records, from_records
from ironriver.figures.selection import assumed_figures
from ironriver.governance.release import rests_on_few
from ironriver.tables import FIGURES

__all__ = ["READS", "ClaimAnswer", "check", "measure"]


def measure(
    connection: duckdb.DuckDBPyConnection, day: dt.date | None = None
) -> Mapping[str, pa.Table]:
    """Compute the table `figures`: the workspace's counts, and the published ones beside them.

    For a day, only what had been counted by then is beside them.
    """
    assumed = (figure for base in published_bases() for figure in assumed_figures(base))
    published = [
        figure
        for figure in (*published_origin_figures(), *assumed)
        if day is None or counted_by(figure.as_of, day)
    ]
    own = from_records(connection)
    own += [*flow_figures(connection), *cohort_figures(connection), *rate_figures(connection)]
    found = [*own, *published]
    rows = [figure.to_row() for figure in sorted(found, key=lambda figure: figure.figure_id)]
    return {"figures": pa.Table.from_pylist(rows, schema=FIGURES.schema)}


def counted_by(as_of: str, day: dt.date) -> bool:
    """Say whether a count was surely there on a day; of "2009" that is so from its last day on.

    >>> counted_by("2012-04-26", dt.date(2012, 5, 1)), counted_by("after 2009", dt.date(2009, 6, 1))
    (True, False)
    """
    found = re.search(r"\d{4}(-\d{2})?(-\d{2})?", as_of)
    if found is None:
        return False
    # What is not said of the date is taken as late as it can be.
    last = found.group() + "-99-99"[len(found.group()) - 4 :]
    return last <= day.isoformat()


def check(connection: duckdb.DuckDBPyConnection, claim: str, lang: str) -> ClaimAnswer:
    """Hold a claim against the published figures and those own counts that may be published."""
    own = [base for base in bases_from_records(connection) if not _withheld(base)]
    return check_claim(claim, own, lang)


def _withheld(base: OriginBase) -> bool:
    parts = (base.us, base.undetermined, base.size - base.us - base.undetermined)
    return rests_on_few(base.handling, (*parts, base.size))
