"""Hold the pooled yearly flow against a fixed multiplier, where the true flow is known.

    python benchmarks/flow_simulated.py --seeds 100

Each seed is a country of its own: a flow of 20,000 to 500,000 guns a year, dealers that lie towards
the border because of it, and ten years of seizures. In every second seed the share seized lies
outside the 95 percent of the estimator's prior. The dealers' anchor is right in all of them: where
nothing but the flow follows the distance, and the sales are known. The anchors are

- seizures scaled up with the prior, Beta with mean 0.147 worth 40 guns;
- dealers: a negative binomial on distance, its fraction of known sales;
- the stock behind a series of seizures;

pooled with equal weights. Beside them: seizures / 0.147 with the interval that the published share
of sales has (42 to 169 percent of its point, McDougal and others 2015).
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from ironriver.estimators.flow.anchors import Anchor, pooled
from ironriver.estimators.flow.attributable import (
    ATTRIBUTABLE_PITFALLS,
    attributable,
    flow_of,
)
from ironriver.estimators.flow.negative_binomial import negative_binomial
from ironriver.estimators.flow.scaleup import SCALE_UP_PITFALLS, ScaleUp
from ironriver.estimators.flow.stock import STOCK_PITFALLS, Share, flows_behind
from population_simulated import score

SHARE, WORTH = 0.147, 40.0
HAZARD, DECAY = Share(0.01, 300), Share(0.05, 100)
YEARS, COUNTIES = 10, 400
PUBLISHED = (89_816 / 212_887, 359_205 / 212_887)


@dataclass(frozen=True)
class Country:
    """One simulated country and what can be seen of it."""

    flow: float
    seized: np.ndarray[tuple[int], np.dtype[np.float64]]
    sales: float
    dealers: np.ndarray[tuple[int], np.dtype[np.float64]]
    pull: np.ndarray[tuple[int], np.dtype[np.float64]]
    outside: bool


def make(seed: int) -> Country:
    """Draw a country; odd seeds have a share seized outside the prior's 95 percent."""
    dice = np.random.default_rng(seed)
    flow = float(np.exp(dice.uniform(np.log(20_000), np.log(500_000))))
    low, high = np.quantile(dice.beta(SHARE * WORTH, (1 - SHARE) * WORTH, 100_000), (0.025, 0.975))
    outside = seed % 2 == 1
    if outside:
        share = dice.uniform(0.015, low) if dice.random() < 0.5 else dice.uniform(high, 0.5)
    else:
        share = dice.uniform(low, high)
    seized = dice.poisson(flow * share * np.exp(dice.normal(0, 0.1, YEARS))).astype(float)
    pull = np.exp(-dice.uniform(0, 1_500, COUNTIES) / 250)
    # The flow is a share of all sales; dealers are there in proportion to what they sell.
    fraction = dice.uniform(0.02, 0.3)
    weight = fraction / (1 - fraction) / pull.mean()
    mean = 6.0 * (1 + weight * pull)
    dealers = dice.negative_binomial(3.0, 3.0 / (3.0 + mean)).astype(float)
    return Country(flow, seized, flow / fraction, dealers, pull, outside)


def anchors_of(country: Country, dice: np.random.Generator) -> list[Anchor]:
    """Estimate the flow in every way."""
    yearly = float(country.seized.mean())
    scaled = ScaleUp.from_share(yearly, SHARE, WORTH).sampled(8_000, dice)
    design = np.column_stack([np.ones(COUNTIES), country.pull])
    model = negative_binomial(design, country.dealers)
    far = np.column_stack([np.ones(COUNTIES), np.zeros(COUNTIES)])
    dealers = flow_of(attributable(model, design, far), country.sales, 8_000, dice)
    behind = flows_behind(country.seized.tolist(), HAZARD, DECAY, draws=8_000).mean(axis=1)
    return [
        Anchor("seizures", scaled, SCALE_UP_PITFALLS),
        Anchor("dealers", dealers, ATTRIBUTABLE_PITFALLS),
        Anchor("stock", behind, STOCK_PITFALLS),
    ]


def main() -> None:
    """Run all seeds and print coverage, interval score and log error."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=100)
    seeds = options.parse_args().seeds
    found: dict[tuple[str, str], list[tuple[bool, float, float]]] = defaultdict(list)
    for seed in range(seeds):
        country = make(seed)
        anchors = anchors_of(country, np.random.default_rng(seed + 10_000))
        pool = pooled(anchors)
        fixed = float(country.seized.mean()) / SHARE
        rows = [(each.name, each.value, each.interval.low, each.interval.high) for each in anchors]
        rows.append(("pooled", pool.value, pool.interval.low, pool.interval.high))
        rows.append(("fixed multiplier", fixed, fixed * PUBLISHED[0], fixed * PUBLISHED[1]))
        for name, value, low, high in rows:
            low, value = max(low, 1.0), max(value, 1.0)
            points = score(np.log(low), np.log(high), np.log(country.flow))
            miss = abs(float(np.log(value / country.flow)))
            for part in ("all", "outside the prior" if country.outside else "within the prior"):
                found[part, name].append((low <= country.flow <= high, points, miss))
    print(f"{'':<20}{'method':<18}{'seeds':>6}{'coverage':>10}{'score log':>11}{'log error':>11}")
    for (part, name), cases in sorted(found.items()):
        held, points, miss = np.mean(cases, axis=0)
        print(f"{part:<20}{name:<18}{len(cases):>6}{held:>10.2f}{points:>11.2f}{miss:>11.2f}")


if __name__ == "__main__":
    main()
