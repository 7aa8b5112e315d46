"""What a workspace holds about the yearly flow: recoveries, crossing seizures, guns of cases.

Needs the table ``counted_guns``, so that each gun counts once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import duckdb

from ironriver.estimators.flow.marked import Marked
from ironriver.figures.recoveries import strictest
from ironriver.reference.facts import Period
from ironriver.tables import Handling

# Guns that are known to be somewhere else did not cross, or not yet.
ELSEWHERE: Final = ("crossing_seizure", "exhibit")
LONGEST_GAP: Final = 3
"""Years without a recovery that a series may have; beyond that a date was misread."""
_YEAR: Final = 365.25

_YEARS = """
SELECT year(first_day), sum(guns)::BIGINT FROM counted_guns
WHERE first_day IS NOT NULL AND guns > 0 GROUP BY ALL ORDER BY ALL
"""
_KEPT = """
CREATE OR REPLACE TEMP TABLE flow_guns AS
SELECT * FROM counted_guns WHERE first_day IS NULL OR year(first_day) BETWEEN $begin AND $end
"""

_LEGIBLE = """
CREATE OR REPLACE TEMP TABLE legible AS
SELECT DISTINCT g.gun FROM flow_guns g, unnest(g.record_ids) AS of(record_id)
JOIN (SELECT record_id, serial_status FROM records
      UNION ALL SELECT record_id, serial_status FROM trace_results) USING (record_id)
WHERE serial_status = 'read'
"""

_COUNTS = """
SELECT sum(guns), count(*) FILTER (WHERE trafficked), count(*) FILTER (WHERE trafficked IS NOT NULL)
FROM flow_guns {legible}
"""

_WHOLE = """
SELECT min(first_day), max(first_day), max(known_from),
       list_sort(flatten(list(record_ids) FILTER (WHERE trafficked))),
       list_sort(list_distinct(flatten(list(source_ids))))
FROM flow_guns WHERE guns > 0
"""

_BY_YEAR = """
SELECT year(first_day), count(*) FROM flow_guns WHERE trafficked AND first_day IS NOT NULL
GROUP BY ALL ORDER BY ALL
"""

_CROSSINGS = """
SELECT coalesce(sum(guns), 0)::BIGINT, list_sort(flatten(list(record_ids))),
       list_sort(list_distinct(flatten(list(source_ids)))), max(known_from)
FROM (
    SELECT CASE WHEN m.firearm_id IS NULL THEN greatest(coalesce(any_value(r.quantity), 1), 0)
                ELSE 1 END AS guns,
           list(r.record_id) AS record_ids, list(r.source_id) AS source_ids,
           max(r.known_from) AS known_from
    FROM records r LEFT JOIN firearm_members m USING (record_id)
    WHERE r.kind = 'crossing_seizure' AND coalesce(r.direction, 'outbound') = 'outbound'
      AND r.event_date BETWEEN $first AND $last
    GROUP BY m.firearm_id, CASE WHEN m.firearm_id IS NULL THEN r.record_id END
)
"""

# Guns that a case says were bought to be taken south, as far as they are not known to be elsewhere.
_MARKED = """
WITH bought AS (
    SELECT m.firearm_id AS gun, min(r.event_date) AS bought, min(r.case_number) AS case_number,
           list(r.record_id ORDER BY r.record_id) AS record_ids,
           list_distinct(list(r.source_id)) AS source_ids, max(r.known_from) AS known_from
    FROM records r JOIN firearm_members m USING (record_id)
    JOIN (SELECT source_id, any_value(nexus) AS nexus FROM sources GROUP BY source_id)
        USING (source_id)
    WHERE r.kind = 'purchase' AND nexus = 'case' AND r.event_date <= $last
    GROUP BY m.firearm_id
)
SELECT bought.*, g.first_day FROM bought
LEFT JOIN (SELECT gun, first_day FROM flow_guns SEMI JOIN legible USING (gun)) g USING (gun)
WHERE gun NOT IN (SELECT firearm_id FROM firearm_members JOIN records USING (record_id)
                  WHERE list_contains($elsewhere, kind))
  AND (g.first_day IS NULL OR g.first_day >= bought)
ORDER BY gun
"""


@dataclass(frozen=True, slots=True)
class Rests:
    """What a number rests on."""

    record_ids: tuple[str, ...]
    sources: tuple[str, ...]
    as_of: str
    handling: Handling


@dataclass(frozen=True, slots=True)
class Layered:
    """Guns, how many of them came from a sale or theft there, and of how many that is known."""

    size: float
    yes: int
    known: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that speaks of the flow; `by_year` are the years that the period holds whole."""

    period: Period
    years: float
    guns: Layered
    legible: Layered
    by_year: tuple[int, ...]
    crossings: int
    marked: Marked
    guns_rest: Rests
    crossings_rest: Rests
    marked_rest: Rests

    @property
    def all_rest(self) -> Rests:
        """What all of it rests on together."""
        parts = (self.guns_rest, self.crossings_rest, self.marked_rest)
        order = list(Handling)
        return Rests(
            tuple(sorted({each for part in parts for each in part.record_ids})),
            tuple(sorted({each for part in parts for each in part.sources})),
            max(part.as_of for part in parts),
            max((part.handling for part in parts), key=order.index),
        )


def evidence_of(con: duckdb.DuckDBPyConnection) -> Evidence | None:
    """Gather the evidence; None where nothing was recovered in Mexico, or nobody knows when."""
    span = span_of(con)
    if span is None:
        return None
    con.execute(_KEPT, {"begin": span[0], "end": span[1]})
    whole = con.execute(_WHOLE).fetchone()
    if whole is None or whole[0] is None or whole[2] is None:
        return None
    first, last, known_from, record_ids, source_ids = whole
    con.execute(_LEGIBLE)
    period = Period(f"{first:%Y-%m}", f"{last:%Y-%m}")
    begin, end = period.months
    guns_rest = _rests(con, record_ids, source_ids, known_from)
    seized = con.execute(_CROSSINGS, {"first": first, "last": last}).fetchone()
    crossings, crossing_ids, crossing_sources, crossing_from = seized or (0, None, None, None)
    marked, marked_rest = _marked(con, last, known_from, source_ids)
    return Evidence(
        period,
        (end - begin + 1) / 12,
        _layered(con, ""),
        _layered(con, "SEMI JOIN legible USING (gun)"),
        _whole_years(con, period),
        int(crossings),
        marked,
        guns_rest,
        _rests(con, crossing_ids, crossing_sources, crossing_from) if crossings else guns_rest,
        marked_rest,
    )


def span_of(con: duckdb.DuckDBPyConnection) -> tuple[int, int] | None:
    """Give the first and last year of the recoveries, dates that were misread left out."""
    return longest_run(con.execute(_YEARS).fetchall())


def longest_run(counts: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Give the first and last of those years, without a long gap between them, that hold most guns.

    A few dates that were misread lie decades away; spread over such a period every yearly number
    would be wrong. `counts` are pairs of year and guns in order; None if there are none.

    >>> longest_run([(1915, 1), (2014, 90), (2015, 80), (2018, 120), (2051, 2)])
    (2014, 2018)
    """
    runs: list[list[tuple[int, int]]] = []
    for year, guns in counts:
        if runs and year - runs[-1][-1][0] <= LONGEST_GAP:
            runs[-1].append((year, guns))
        else:
            runs.append([(year, guns)])
    most = max(runs, key=lambda run: sum(guns for _, guns in run), default=None)
    return (most[0][0], most[-1][0]) if most else None


def _layered(con: duckdb.DuckDBPyConnection, legible: str) -> Layered:
    row = con.execute(_COUNTS.format(legible=legible)).fetchone()
    size, yes, known = row or (0, 0, 0)
    return Layered(float(size or 0), int(yes or 0), int(known or 0))


def _whole_years(con: duckdb.DuckDBPyConnection, period: Period) -> tuple[int, ...]:
    """Count the guns of the flow by year of recovery, for the years that the period holds whole."""
    begin, end = period.months
    found = dict(con.execute(_BY_YEAR).fetchall())
    years = range(-(-begin // 12), (end + 1) // 12)
    return tuple(int(found.get(year, 0)) for year in years)


def _marked(
    con: duckdb.DuckDBPyConnection, last: dt.date, known_from: dt.date, source_ids: list[str]
) -> tuple[Marked, Rests]:
    rows = con.execute(_MARKED, {"last": last, "elsewhere": list(ELSEWHERE)}).fetchall()
    watched, waited, cases, ids, sources = [], [], [], [], set(source_ids)
    for gun, bought, case, record_ids, its_sources, its_from, found in rows:
        watched.append((last - bought).days / _YEAR)
        waited.append(None if found is None else (found - bought).days / _YEAR)
        cases.append(case or gun)
        ids += record_ids
        sources.update(its_sources)
        known_from = max(known_from, its_from or known_from)
    marked = Marked(tuple(watched), tuple(waited), tuple(cases))
    return marked, _rests(con, sorted(ids), sorted(sources), known_from)


def _rests(
    con: duckdb.DuckDBPyConnection,
    record_ids: list[str] | None,
    source_ids: list[str] | None,
    known_from: dt.date,
) -> Rests:
    sources = list(source_ids or ())
    return Rests(
        tuple(record_ids or ()), tuple(sources), str(known_from)[:10], strictest(con, sources)
    )
