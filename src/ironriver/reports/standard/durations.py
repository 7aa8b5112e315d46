"""Time-to-crime of guns recovered in Mexico: corrected for truncation, beside the naive numbers."""

from __future__ import annotations

import datetime as dt

import duckdb

from ironriver import engine
from ironriver.governance.policy import Use, decide
from ironriver.governance.release import Access, rests_on_few
from ironriver.language import mark
from ironriver.reports.standard.base import handling_of
from ironriver.reports.standard.sheet import Cell, Sheet
from ironriver.tracing.time_to_crime import FEWEST, Baseline, Timed, baseline

TITLE = mark("Days from the last known retail sale to the recovery in Mexico")
POPULATION = mark("guns recovered in Mexico with a known sale and recovery, each gun once")
COLUMNS = (mark("measure"), mark("value"), mark("low"), mark("high"))
NOTES = (
    mark(
        "corrected: by reverse-time hazard (Lagakos and others 1988), of guns sold since "
        "recoveries were first recorded, given that the recovery comes within the longest "
        "time spoken of"
    ),
    mark(
        "the naive numbers, of the same guns, are biased low: a recent sale shows only short times"
    ),
    mark("ends are of 95 % confidence intervals; a resale that nobody recorded is not seen"),
)
_FEW = mark("too few times are known for the interval to keep what it promises")
WORDS = {
    "corrected_median": mark("median, corrected"),
    "naive_median": mark("median, naive"),
    "naive_mean": mark("mean, naive"),
    "longest": mark("longest time spoken of"),
    "short_corrected": mark("share within three years, corrected"),
    "short_naive": mark("share within three years, naive"),
    "all_median": mark("median of all known times, older sales among them"),
    "all_mean": mark("mean of all known times, older sales among them"),
    "known": mark("guns with a known time"),
    "used": mark("guns used for the correction"),
    "negative": mark("guns with a sale after the recovery, left out as errors"),
}

_TIMES = """
SELECT sale_date, recovery_date FROM counted
WHERE time_to_crime_days IS NOT NULL ORDER BY sale_date, recovery_date
"""
_WINDOW = "SELECT min(recovery_date), max(recovery_date) FROM counted"


def durations(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give the distribution of time-to-crime; `counted` is made before."""
    handling = handling_of(connection, "time_to_crime_days IS NOT NULL")
    decision = decide(access.role, access.purpose, handling, Use.AGGREGATE)
    if not decision.allowed:
        access.refuse("time_to_crime", {decision.code: 1}, {"asked": "export"})
    times = [Timed(*row) for row in engine.run(connection, _TIMES).fetchall()]
    ((first, last),) = engine.run(connection, _WINDOW).fetchall()
    found = baseline(times, first, last) if first else None
    few = found is None or rests_on_few(handling, [found.used, found.seen])
    rows = () if found is None or few else _rows(found)
    access.enter("export", "time_to_crime", {"rows": len(rows), "handling": handling.value})
    notes = (*NOTES, _FEW) if found and found.used < FEWEST else NOTES
    return Sheet(
        "time_to_crime", TITLE, POPULATION, day, COLUMNS, rows, notes,
        int(few), handling.value, WORDS,
    )  # fmt: skip


def _rows(found: Baseline) -> tuple[tuple[Cell, ...], ...]:
    median, mean = found.naive_median_interval, found.naive_mean_interval
    return (
        ("corrected_median", found.median, found.interval.low, found.interval.high),
        ("naive_median", found.naive_median, median.low, median.high),
        ("naive_mean", round(found.naive_mean, 1), round(mean.low, 1), round(mean.high, 1)),
        ("longest", found.curve.top, None, None),
        ("short_corrected", round(found.short_share, 4), None, None),
        ("short_naive", round(found.naive_short_share, 4), None, None),
        ("all_median", found.all_median, None, None),
        ("all_mean", round(found.all_mean, 1), None, None),
        ("known", found.seen, None, None),
        ("used", found.used, None, None),
        ("negative", found.negative, None, None),
    )
