"""Figures: how far from the truth, and whether the interval holds it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
from scipy.stats import beta

from ironriver.world.score_measures import Result, share
from ironriver.world.score_tables import Desk

_FROM_US = "Share from the United States (made there or legally imported into it)"
_MADE_IN_US = "Share made in the United States"
_FLOW = "Guns taken from the United States to Mexico, a year"
# What a share of origin is a share of: how its population begins and ends. Guns count once;
# shares of requests and answers count a gun as often as it was asked about. The guns determined are
# not held against the world's: there an answer may tell the country of a gun that it cannot trace.
_LAYERS = {
    ("guns recovered in Mexico", "all seized"): "seized",
    ("guns recovered in Mexico", "those submitted for tracing"): "submitted",
    ("answers about guns", "those submitted for tracing"): "requests",
}
# Name, beginning and end of the population of a figure, and the true figures that it adds up.
MEANS: dict[tuple[str, str, str], tuple[str, ...]] = {
    (name, begins, ends): tuple(f"origin_{layer}_{kind}" for kind in kinds)
    for name, kinds in ((_FROM_US, ("us_made", "us_imported")), (_MADE_IN_US, ("us_made",)))
    for (begins, ends), layer in _LAYERS.items()
} | {(_FLOW, "", ""): ("flow_a_year",)}
_MEANT = ("name", "begins", "ends", "true_name")


def _means() -> list[list[str]]:
    lines = [(*key, name) for key, names in MEANS.items() for name in names]
    return [list(column) for column in zip(*lines, strict=True)]


_PAIRED = r"""
CREATE TABLE paired AS
WITH ours AS (
  SELECT row_number() OVER () AS number, *,
         regexp_replace(period, '^(\d{4})-01 to (\d{4})-12$', '\1-\2') AS years FROM figures),
named AS (
  SELECT number, name AS true_name FROM ours
  UNION
  SELECT number, true_name FROM ours JOIN meant ON meant.name = ours.name
         AND starts_with(ours.population, meant.begins)
         AND ends_with(ours.population, meant.ends)),
found AS (
  SELECT number, sum(figures.value) AS "true" FROM named JOIN ours USING (number)
  JOIN truth.figures AS figures ON figures.name = true_name AND figures.period = years
  GROUP BY number)
SELECT ours.*, found.true AS "true" FROM ours JOIN found USING (number)
"""


def figures(desk: Desk) -> Result:
    """Score ``figures`` that have the name and period of a true one, or mean the same.

    ``2015-01 to 2025-12`` is the period ``2015-2025``. A figure of one workspace whose name is a
    sentence is held against the true ones that `MEANS` names for it and its population.

    Identification bounds promise to hold the truth always; confidence and credible intervals only
    in a stated share of worlds, so `coverage` needs many. An interval without an upper end is open.
    """
    desk.connection.register("meant", pa.table(dict(zip(_MEANT, _means(), strict=True))))
    desk.run(_PAIRED)
    rows = desk.table("""
        SELECT name, period, population, interval, value, low, high, "true",
               value - "true" AS error, (value - "true") / nullif(abs("true"), 0) AS relative_error,
               "true" >= low AND ("true" <= high OR high IS NULL) AS covers
        FROM paired ORDER BY ALL
    """).to_pylist()
    covered = [row["covers"] for row in rows if row["covers"] is not None]
    known = desk.count("SELECT count(*) FROM truth.figures")
    told = {(row["name"], row["period"]) for row in rows}
    return {
        "true_figures": known,
        "told": len(told),
        "without_truth": desk.count("SELECT count(*) FROM figures") - len(rows),
        "share_covered": share(sum(covered), len(covered)),
        "figures": rows,
    }


def coverage(scores: Iterable[Path], level: float = 0.95) -> list[dict[str, Any]]:
    """Give, over the score files of many worlds, how often each figure's interval held the truth.

    One row for each name and kind of interval: worlds, share covered with its exact interval
    (Clopper and Pearson 1934) at `level`, mean error and root mean squared error. Periods of one
    name count together.
    """
    seen: defaultdict[tuple[str, str], list[Result]] = defaultdict(list)
    worlds: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for world, path in enumerate(scores):
        section = json.loads(path.read_text("utf-8"))["sections"].get("figures", {})
        for row in section.get("figures", ()):
            seen[row["name"], row["interval"]].append(row)
            worlds[row["name"], row["interval"]].add(world)
    return [
        {"name": name, "interval": kind, "worlds": len(worlds[name, kind]), **_over(rows, level)}
        for (name, kind), rows in sorted(seen.items(), key=str)
    ]


def _over(rows: list[Result], level: float) -> Result:
    told = [row["covers"] for row in rows if row["covers"] is not None]
    errors = [row["error"] for row in rows if row["error"] is not None]
    held, tail = sum(told), (1 - level) / 2
    missed = len(told) - held
    return {
        "intervals": len(told),
        "share_covered": share(held, len(told)),
        "low": float(beta.ppf(tail, held, missed + 1)) if held else 0.0,
        "high": float(beta.ppf(1 - tail, held + 1, missed)) if missed else 1.0,
        "mean_error": share(sum(errors), len(errors)),
        "root_mean_squared_error": (sum(e * e for e in errors) / len(errors)) ** 0.5
        if errors
        else None,
    }
