"""Every standard table by its name: counted, passed through the release gate, laid out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.errors import MistakeError
from ironriver.governance.release import ALL, Access, release_cells
from ironriver.language import mark
from ironriver.reports.standard.base import count_guns, handling_of
from ironriver.reports.standard.durations import durations
from ironriver.reports.standard.licensees import short_by_licensee
from ironriver.reports.standard.movement import BUILDERS as MOVEMENT
from ironriver.reports.standard.sheet import Cell, Sheet
from ironriver.reports.standard.unodc import BUILDERS as UNODC
from ironriver.reports.standard.unodc_ammunition import BUILDERS as AMMUNITION
from ironriver.tracing.words import OUTCOMES

_ASKED = mark("guns recovered in Mexico for which a trace was asked, each gun once")
_BOUGHT = mark("guns recovered in Mexico whose purchase a trace answer dates and places, once each")
_NAMED = mark(
    "guns recovered in Mexico for which a trace was asked and which an answer or another record "
    "shows to have been in United States commerce, each gun once"
)
_ANSWERED = "basis IN ('answer', 'records')"

_ORIGIN = """
CASE WHEN basis = 'expected' THEN 'undetermined'
     WHEN origin = 'foreign_import_unknown' THEN 'foreign_not_us' ELSE origin END
"""
_IDENTIFIED = """
CASE WHEN purchaser_entity_id IS NOT NULL AND purchaser_probability >= 0.5
     THEN 'purchaser_identified' ELSE outcome END
"""
_US = f"asked AND {_ANSWERED} AND origin IN ('us_made', 'us_imported')"

WORDS = {
    **OUTCOMES,
    "us_made": mark("made in the United States"),
    "us_imported": mark("imported by the United States"),
    "foreign_not_us": mark("of other makers, not known to have been imported there"),
    "undetermined": mark("origin undetermined"),
    "purchaser_identified": mark("purchaser identified"),
    ALL: mark("total"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """A table of counts: what is counted by what, and of which guns."""

    title: str
    population: str
    where: str
    rows: str
    heading: str
    across: str | None = None
    notes: tuple[str, ...] = ()


_FOREIGN = mark(
    "guns of other makers are not proof of another supply: whether they were ever imported by the "
    "United States is not known"
)
_EXPECTED = mark("guns of which no answer and no other record tells stand as undetermined")

COUNTS = {
    "mexico_by_year": Count(
        mark("Guns recovered in Mexico and sent for tracing, by year of recovery and origin"),
        _ASKED,
        "asked",
        "coalesce(recovery_year::VARCHAR, 'unknown')",
        mark("recovery year"),
        _ORIGIN,
        (_FOREIGN, _EXPECTED),
    ),
    "purchaser_identified": Count(
        mark("Whether a purchaser was identified, and if not, how the trace ended"),
        _NAMED,
        _US,
        _IDENTIFIED,
        mark("how it ended"),
        "coalesce(recovery_year::VARCHAR, 'unknown')",
    ),
    "types": Count(
        mark("Types of guns recovered in Mexico and sent for tracing"),
        _ASKED, "asked", "coalesce(type, 'unknown')", mark("type"),
        "coalesce(recovery_year::VARCHAR, 'unknown')",
    ),
    "calibres": Count(
        mark("Calibres of guns recovered in Mexico and sent for tracing"),
        _ASKED, "asked", "coalesce(calibre, 'unknown')", mark("calibre"),
        "coalesce(recovery_year::VARCHAR, 'unknown')",
    ),
    "source_states": Count(
        mark("States of the last known retail sale"),
        _BOUGHT, "source_state IS NOT NULL", "source_state", mark("source state"),
        "coalesce(recovery_year::VARCHAR, 'unknown')",
    ),
    "source_counties": Count(
        mark("Counties of the last known retail sale"),
        _BOUGHT, "source_county IS NOT NULL", "source_county", mark("source county"),
    ),
    "routes": Count(
        mark("From county of sale to municipality of recovery"),
        _BOUGHT, "source_county IS NOT NULL AND recovery_town IS NOT NULL",
        "source_county", mark("source county"), "recovery_town",
        (mark("a route says where a gun was sold and where it was found, not how it went"),),
    ),
}  # fmt: skip
_LONG = frozenset({"routes"})
"""Tables of two dimensions that are listed line by line, since they would be too wide."""

Builder = Callable[[duckdb.DuckDBPyConnection, Access, dt.date], Sheet]


def _counted(name: str) -> Builder:
    return lambda connection, access, day: _sheet(connection, name, COUNTS[name], access, day)


BUILDERS: dict[str, Builder] = {
    **{name: _counted(name) for name in COUNTS},
    "short_time_to_crime": short_by_licensee,
    "time_to_crime": durations,
    **UNODC,
    **AMMUNITION,
    **MOVEMENT,
}


def build(connection: duckdb.DuckDBPyConnection, name: str, access: Access, day: dt.date) -> Sheet:
    """Give a standard table by its name, as known on a day; small counts are withheld."""
    if name not in BUILDERS:
        raise MistakeError(
            "there is no report {name}; reports are: {known}", name=name, known=", ".join(BUILDERS)
        )
    count_guns(connection)
    return BUILDERS[name](connection, access, day)


def _sheet(
    connection: duckdb.DuckDBPyConnection, name: str, count: Count, access: Access, day: dt.date
) -> Sheet:
    across = f", {count.across} AS across" if count.across else ""
    cells = engine.query(
        connection,
        f"SELECT {count.rows} AS line{across}, count(*) AS guns FROM counted "  # noqa: S608
        f"WHERE {count.where} GROUP BY ALL ORDER BY ALL",
    )
    dimensions = ("line", "across") if count.across else ("line",)
    handling = handling_of(connection, count.where)
    done = release_cells(cells, dimensions, "guns", handling, access, name=name, totals=True)
    columns, rows = _laid_out(done.table, count, long=name in _LONG)
    return Sheet(
        name, count.title, count.population, day, columns, rows, count.notes,
        sum(done.withheld.values()), handling.value, WORDS,
    )  # fmt: skip


def _laid_out(
    cells: pa.Table, count: Count, *, long: bool
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Put counts in lines and columns; a combination that never occurs is zero."""
    found = cells.to_pylist()
    lines = _ordered(row["line"] for row in found)
    guns = mark("guns")
    if count.across is None:
        return (count.heading, guns), tuple((row["line"], row["guns"]) for row in found)
    if long:
        kept = [row for row in found if ALL not in (row["line"], row["across"])]
        rows = [(row["line"], row["across"], row["guns"]) for row in kept]
        return (count.heading, mark("recovery municipality"), guns), tuple(rows)
    heads = _ordered(row["across"] for row in found)
    at = {(row["line"], row["across"]): row["guns"] for row in found}
    table = tuple((line, *(at.get((line, head), 0) for head in heads)) for line in lines)
    return (count.heading, *heads), table


def _ordered(values: object) -> list[str]:
    """Give distinct values in order, the total last."""
    distinct = set(values)  # type: ignore[call-overload]
    return sorted(distinct, key=lambda value: (value == ALL, str(value)))
