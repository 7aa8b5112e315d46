"""Find a few bad dealers among many, by raw rates and by rates held against chance.

    python benchmarks/rates_simulated.py --runs 200

5,000 dealers with unequal volumes, 25 of whom have five times the common rate. For each way of
flagging: how many dealers it flags, how many of these are innocent, how many of the 25 it finds.
"""

from __future__ import annotations

import argparse
from collections import defaultdict

import numpy as np
import numpy.typing as npt

from ironriver.estimators.rates.funnel import funnel
from ironriver.estimators.rates.ranks import ranks
from ironriver.estimators.rates.shrinkage import fit_prior

DEALERS, BAD, TIMES, TOP = 5_000, 25, 5.0, 50
Marks = npt.NDArray[np.bool_]


def top_of(values: npt.NDArray[np.float64]) -> Marks:
    """Mark the 50 highest."""
    marked = np.zeros(len(values), dtype=bool)
    marked[np.argsort(-values)[:TOP]] = True
    return marked


def main() -> None:
    """Run and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--posterior-runs", type=int, default=5)
    asked = options.parse_args()
    found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for run in range(asked.runs):
        dice = np.random.default_rng(run)
        mean = dice.gamma(0.5, 2.0, DEALERS) + 0.02
        bad = np.zeros(DEALERS, dtype=bool)
        bad[dice.permutation(DEALERS)[:BAD]] = True
        seen = dice.poisson(mean * np.where(bad, TIMES, 1.0))
        ways = {
            "top 50 by raw rate": top_of(seen / mean),
            "top 50 by count": top_of(seen.astype(float)),
            "funnel, 5% false discoveries": funnel(seen, mean).flagged,
        }
        if run < asked.posterior_runs:
            prior = fit_prior(seen, mean)
            after = [prior.after(float(o), float(e)) for o, e in zip(seen, mean, strict=True)]
            ways["lower 5% end above 2"] = np.array([each.quantile(0.05) > 2 for each in after])
            places = ranks(after, top=BAD / DEALERS, draws=400)
            ways["probably among top 0.5%"] = np.array([each.among_top > 0.8 for each in places])
        for name, marked in ways.items():
            found[name].append(
                (int(marked.sum()), int((marked & ~bad).sum()), int((marked & bad).sum()))
            )
    print(f"{'':<32}{'runs':>6}{'flagged':>9}{'innocent':>10}{'found of 25':>13}")
    for name, cases in found.items():
        flagged, innocent, right = np.mean(cases, axis=0)
        share = innocent / flagged if flagged else 0.0
        print(f"{name:<32}{len(cases):>6}{flagged:>9.1f}{share:>10.1%}{right:>13.1f}")


if __name__ == "__main__":
    main()
