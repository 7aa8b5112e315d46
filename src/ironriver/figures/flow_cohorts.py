"""Recovered guns by year of sale, completed for those whose recovery has not been seen yet.

A trend and no level: how sale years compare, once recent ones have had as long as early ones.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Final

import duckdb
import numpy as np

from ironriver.estimators.flow.cohorts import COHORT_PITFALLS, Cohorts, completed, trend
from ironriver.estimators.types import Interval
from ironriver.figures.figure import Figure
from ironriver.figures.flow_evidence import span_of
from ironriver.figures.phrase import Both
from ironriver.figures.recoveries import strictest
from ironriver.language import mark, translator
from ironriver.tables import Handling

Row = tuple[str, int, int, list[str], list[str], dt.date]

PREFIX: Final = "flow.cohorts"
FEWEST: Final = 30
"""Fewer guns than this give no trend."""

NAME: Final = mark("Guns sold in a year and recovered in Mexico, completed for those to come")
GUNS: Final = mark(
    "guns recovered in Mexico and traced to their sale, by the records of this workspace, each once"
)
METHOD: Final = mark(
    "right truncation (Lagakos 1988; the chain ladder, Mack 1991), Poisson bootstrap"
)
ASSUMED: Final = mark(
    "guns sold lately are recovered as soon as those sold before; a trend that says nothing of how "
    "many guns crossed"
)

_SOLD = """
SELECT gun, year(sold) AS sold, year(found) AS found, record_ids, source_ids, known_from FROM (
    SELECT g.gun, max(t.purchase_date) AS sold, any_value(g.first_day) AS found,
           list_sort(list(t.record_id)) AS record_ids,
           list_distinct(list(t.source_id)) AS source_ids, max(t.known_from) AS known_from
    FROM counted_guns g, unnest(g.record_ids) AS of(record_id)
    JOIN trace_results t ON t.record_id = of.record_id
    WHERE g.us AND t.purchase_date IS NOT NULL AND g.first_day IS NOT NULL
    GROUP BY g.gun
) WHERE sold <= found ORDER BY gun
"""


def cohort_figures(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Give one figure for each sale year since recoveries are recorded; empty where too few.

    `con` has the table ``counted_guns``. Guns sold before the first recovery are left out: only
    those of them that were recovered late could be seen.
    """
    span = span_of(con)
    if span is None:
        return []
    begin, end = span
    kept = [row for row in con.execute(_SOLD).fetchall() if begin <= row[1] and row[2] <= end]
    last = max((int(row[2]) for row in kept), default=begin)
    if len(kept) < FEWEST or last - begin < 2:
        return []
    table = np.zeros((last - begin + 1,) * 2, dtype=int)
    for _, sold, found, *_ in kept:
        table[sold - begin, found - sold] += 1
    cohorts = Cohorts(tuple(tuple(int(each) for each in line) for line in table))
    sources = tuple(sorted({source for row in kept for source in row[4]}))
    handling = strictest(con, list(sources))
    made = []
    pairs = zip(completed(cohorts).tolist(), trend(cohorts), strict=True)
    for year, (value, interval) in enumerate(pairs, start=begin):
        own = [row for row in kept if row[1] == year]
        # A year of which almost nothing can be seen yet has no end above.
        if own and math.isfinite(value) and value in interval:
            made.append(_figure(year, value, interval, own, len(kept), sources, handling))
    return made


def _figure(
    year: int, value: float, interval: Interval, own: list[Row], size: int,
    sources: tuple[str, ...], handling: Handling,
) -> Figure:  # fmt: skip
    return Figure(
        figure_id=f"{PREFIX}.{year}",
        name=NAME,
        value=value,
        interval=interval,
        population=Both(GUNS, translator("es")(GUNS)),
        numerator=float(len(own)),
        denominator=float(size),
        period=str(year),
        as_of=max(str(row[5])[:10] for row in own),
        method=METHOD,
        assumptions=ASSUMED,
        sources=sources,
        handling=handling,
        record_ids=tuple(sorted(each for row in own for each in row[3])),
        reasons=(
            {"field": "all", "level": str(len(own))},
            *({"field": "pitfall", "text": each.text()} for each in COHORT_PITFALLS),
        ),
    )
