"""Hide a list whose size is known, and estimate it from the others (Binette and Steorts 2022).

    python benchmarks/population_consistency.py

For each of the five trafficking tables and each of its lists with at least 30 individuals seen by
the other lists: the population is that list, whose true size is known. Needs the reference vectors
beside the checkout. Published for comparison: mean log relative bias, root mean square error and
coverage of SparseMSE -0.17, 0.63, 0.90; independence -0.29, 0.55, 0.88; dga -0.34, 0.60, 0.80;
LCMCR -0.52, 0.72, 0.60. There are few cases: a difference of one case in coverage is chance.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from ironriver.figures import population

VECTORS = Path(__file__).resolve().parents[2] / "shared" / "reference" / "vectors"
NAMES = ("UK2013_5", "Netherlands_5", "NewOrleans_5", "WesternUS_5", "Australia_4")
LEAST = 30
EFFORT = population.Effort(repeats=1000, chains=4, sweeps=16_000)


def tables() -> dict[str, population.Lists]:
    """Read the five tables."""
    content = json.loads((VECTORS / "mse_datasets.json").read_text("utf-8"))
    return {
        name: population.Lists.from_patterns(
            content[name][0], {tuple(held): count for held, count in content[name][1]}
        )
        for name in NAMES
    }


def main() -> None:
    """Estimate every hidden list, print each case, then the table by method."""
    if not VECTORS.is_dir():
        print("needs ../shared/reference/vectors")
        return
    errors: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    asked = 0
    for name, lists in tables().items():
        for list_name, truth in zip(lists.names, lists.sizes, strict=True):
            inner = lists.within(list_name)
            if inner.observed < LEAST:
                continue
            asked += 1
            found = population.panel(inner, EFFORT)
            said = []
            for answer in (*found.answers, found.headline):
                if isinstance(answer, population.Refusal):
                    continue
                held = answer.interval.low <= truth <= answer.interval.high
                errors[answer.method].append((float(np.log(answer.value / truth)), held))
                said.append(f"{answer.method} {answer.value:,.0f}{'' if held else ' (missed)'}")
            print(f"{name} {list_name}: truth {truth:,}, seen {inner.observed}: {', '.join(said)}")
    print(f"\n{'method':<14}{'answers':>8}{'bias':>8}{'rmse':>8}{'coverage':>10}   of {asked}")
    for method, cases in errors.items():
        logs = np.array([error for error, _ in cases])
        share = np.mean([held for _, held in cases])
        rmse = np.sqrt((logs**2).mean())
        print(f"{method:<14}{len(cases):>8}{logs.mean():>8.2f}{rmse:>8.2f}{share:>10.2f}")
    print("\npublished:")
    with (VECTORS / "mse_internal_consistency_summary.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            print(
                f"{row['method']:<22}{row['mean_log_rel_bias']:>8}{row['rmse']:>8}{row['coverage95']:>10}"
            )


if __name__ == "__main__":
    main()
