"""Tables for the United Nations: indicator 16.4.2, and tables of the questionnaire on arms flows.

Indicator 16.4.2 is the proportion of seized, found or surrendered arms whose illicit origin or
context has been traced or established by a competent authority (metadata of UNODC and UNODA,
2018-07-26): all arms of a year are its denominator; those whose point of diversion was established,
by tracing or otherwise, its numerator. What nobody answered and no record tells is not established,
however probable: an expectation never enters the numerator.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import duckdb

from ironriver import engine
from ironriver.governance.release import ALL, Access, release_cells
from ironriver.language import mark
from ironriver.reports.standard.base import handling_of
from ironriver.reports.standard.sheet import Cell, Sheet
from ironriver.tables import Outcome
from ironriver.tracing.words import OUTCOMES

# The last lawful holder is known, so the gun left lawful hands after that.
_TRACED = (
    Outcome.TRACED_TO_PURCHASER,
    Outcome.TRACED_TO_LICENSEE,
    Outcome.TRACED_TO_GOVERNMENT,
    Outcome.EXPORTED_FOREIGN_SALE,
    Outcome.STOLEN_BEFORE_SALE,
)
_LIST = ", ".join(f"'{outcome}'" for outcome in _TRACED)
ESTABLISHED = f"""
CASE WHEN basis = 'answer' AND outcome IN ({_LIST}) THEN 'by_tracing'
     WHEN basis = 'records' AND diversion <> 'unknown' THEN 'by_records'
     ELSE 'not_established' END
"""
_YEAR = "coalesce(recovery_year::VARCHAR, 'unknown')"
_KINDS = ("by_tracing", "by_records", "not_established")
GUNS = mark("arms seized, found or surrendered in Mexico, by the records held, each gun once")
_APART = mark(
    "records do not tell seized, found and surrendered arms apart, so they stand together, and "
    "not all arms of the country are in these records: do not report this as the country's figure"
)
_EXPECTED = mark("what no answer and no record tells is not established, however probable")
WORDS: Mapping[str, str] = {
    **OUTCOMES,
    "by_tracing": mark("established by tracing"),
    "by_records": mark("established by other records"),
    "not_established": mark("not established"),
    "not_asked": mark("no trace asked"),
    "no_answer": mark("asked, not answered"),
    ALL: mark("total"),
}
Builder = Callable[[duckdb.DuckDBPyConnection, Access, dt.date], Sheet]
Counts = dict[tuple[str, str], int | None]


def indicator(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give indicator 16.4.2 by year; a share is withheld where one of its counts is."""
    counts, withheld, handling = _counts(connection, access, "sdg_16_4_2", ESTABLISHED)
    rows: list[tuple[Cell, ...]] = []
    for year in _in_order(line for line, _across in counts):
        parts = [counts.get((year, kind), 0) for kind in _KINDS]
        total = counts.get((year, ALL))
        traced, told, _rest = parts
        share = (
            round(100 * (traced + told) / total, 1)
            if total and traced is not None and told is not None
            else None
        )
        rows.append((year, total, *parts, share))
    head = mark("year of recovery"), mark("arms"), *_KINDS, mark("indicator 16.4.2, percent")
    title = mark("Arms whose illicit origin or context was established (indicator 16.4.2)")
    return Sheet(
        "sdg_16_4_2", title, GUNS, day, head, tuple(rows), (_APART, _EXPECTED), withheld,
        handling, WORDS,
    )  # fmt: skip


def _tabulated(name: str, title: str, across: str, notes: tuple[str, ...] = ()) -> Builder:
    """Make a table of one characteristic by year."""

    def build(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
        counts, withheld, handling = _counts(connection, access, name, across)
        heads = _in_order(head for _line, head in counts)
        years = _in_order(line for line, _head in counts)
        rows = tuple((year, *(counts.get((year, head), 0) for head in heads)) for year in years)
        columns = (mark("year of recovery"), *heads)
        return Sheet(
            name, title, GUNS, day, columns, rows, (_APART, *notes), withheld, handling, WORDS
        )

    return build


def _counts(
    connection: duckdb.DuckDBPyConnection, access: Access, name: str, across: str
) -> tuple[Counts, int, str]:
    """Count guns by year and a characteristic, through the release gate, with totals."""
    cells = engine.query(
        connection,
        f"SELECT {_YEAR} AS line, {across} AS across, count(*) AS guns "  # noqa: S608
        "FROM counted GROUP BY ALL ORDER BY ALL",
    )
    handling = handling_of(connection)
    done = release_cells(
        cells, ("line", "across"), "guns", handling, access, name=name, totals=True
    )
    found = {(row["line"], row["across"]): row["guns"] for row in done.table.to_pylist()}
    return found, sum(done.withheld.values()), handling.value


def _in_order(values: object) -> list[str]:
    """Give distinct values in order, the total last."""
    distinct = set(values)  # type: ignore[call-overload]
    return sorted(distinct, key=lambda value: (value == ALL, str(value)))


_OUTCOME = """
CASE WHEN NOT asked THEN 'not_asked' WHEN basis <> 'answer' THEN 'no_answer' ELSE outcome END
"""
BUILDERS: dict[str, Builder] = {
    "sdg_16_4_2": indicator,
    "iafq_types": _tabulated(
        "iafq_types",
        mark("Arms seized, found or surrendered, by type (questionnaire on illicit arms flows)"),
        "coalesce(type, 'unknown')",
    ),
    "iafq_tracing": _tabulated(
        "iafq_tracing",
        mark("Results of tracing (questionnaire on illicit arms flows)"),
        _OUTCOME,
    ),
    "iafq_established": _tabulated(
        "iafq_established",
        mark("How origin or context was established (questionnaire on illicit arms flows)"),
        ESTABLISHED,
        (_EXPECTED,),
    ),
    "iafq_makers": _tabulated(
        "iafq_makers",
        mark("Makers of arms seized, found or surrendered (questionnaire on illicit arms flows)"),
        "coalesce(maker, 'unknown')",
    ),
}
