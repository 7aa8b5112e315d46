"""Ranks with their doubt: where a unit may stand, and how probably it is among the highest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ironriver.estimators.rates.shrinkage import Shrunken


@dataclass(frozen=True, slots=True)
class Rank:
    """Where one unit stands among all, 1 the highest ratio: 95 percent of draws from low to high.

    `among_top` is the probability that it is one of the top share asked for.
    """

    low: int
    middle: float
    high: int
    among_top: float


def ranks(
    posteriors: Sequence[Shrunken], *, top: float = 0.05, draws: int = 2_000, seed: int = 1
) -> list[Rank]:
    """Rank units by draws from their posteriors, not by their points.

    Laird and Louis (1989), Journal of Educational Statistics 14; the probability of being among the
    top share: Lin, Louis, Paddock and Ridgeway (2006), Bayesian Analysis 1. At least one unit is
    the top.
    """
    dice = np.random.default_rng(seed)
    drawn = np.array([each.sampled(draws, dice) for each in posteriors])
    places = (-drawn).argsort(axis=0).argsort(axis=0) + 1
    cut = max(1, round(top * len(posteriors)))
    low, middle, high = np.quantile(places, (0.025, 0.5, 0.975), axis=1)
    share = (places <= cut).mean(axis=1)
    return [
        Rank(int(np.floor(a)), float(b), int(np.ceil(c)), float(d))
        for a, b, c, d in zip(low, middle, high, share, strict=True)
    ]
