"""Figures: how far from the truth, and whether the interval holds it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scipy.stats import beta

from ironriver.world.score_measures import Result, share
from ironriver.world.score_tables import Desk


def figures(desk: Desk) -> Result:
    """Score ``figures`` that have the name and period of a true one.

    Identification bounds promise to hold the truth always; confidence and credible intervals only
    in a stated share of worlds, so `coverage` needs many.
    """
    rows = desk.table("""
        SELECT figures.name, figures.period, figures.population, figures.interval, figures.value,
               low, high, true_one.value AS true,
               figures.value - true_one.value AS error,
               (figures.value - true_one.value) / nullif(abs(true_one.value), 0) AS relative_error,
               true_one.value BETWEEN low AND high AS covers
        FROM figures JOIN truth.figures AS true_one USING (name, period)
        ORDER BY ALL
    """).to_pylist()
    covered = [row["covers"] for row in rows if row["covers"] is not None]
    known = desk.count("SELECT count(*) FROM truth.figures")
    told = {(row["name"], row["period"]) for row in rows}
    return {
        "true_figures": known,
        "told": len(told),
        "without_truth": desk.count(
            "SELECT count(*) FROM figures ANTI JOIN truth.figures USING (name, period)"
        ),
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
