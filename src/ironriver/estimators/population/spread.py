"""Estimates as distributions of the number unseen, so that they can be added and mixed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ironriver.estimators.population.estimate import Estimate
from ironriver.estimators.population.lists import Floats

_NORMAL = 1.959963984540054
_LEAST = 0.5


def widths(estimate: Estimate) -> tuple[float, float, float]:
    """Give the log of the number unseen and its spread below and above, as standard deviations.

    The number unseen is taken to be log-normal with two spreads, one for each side, so that the
    estimate is its median and the 95 percent interval its quantiles. Fewer than half an individual
    counts as half.
    """
    middle = np.log(max(estimate.hidden, _LEAST))
    low = np.log(max(estimate.interval.low - estimate.observed, _LEAST))
    high = np.log(max(estimate.interval.high - estimate.observed, _LEAST))
    below, above = max(middle - low, 0.0), max(high - middle, 0.0)
    return float(middle), float(below / _NORMAL), float(above / _NORMAL)


def sampled(estimate: Estimate, size: int, dice: np.random.Generator) -> Floats:
    """Draw values of N from an estimate's distribution, shape (size,)."""
    middle, below, above = widths(estimate)
    steps = dice.standard_normal(size)
    logs = middle + steps * np.where(steps < 0, below, above)
    return np.asarray(estimate.observed + np.exp(logs), dtype=np.float64)


def ends(drawn: Floats) -> tuple[float, float, float]:
    """Give the median and the 2.5 and 97.5 percent quantiles, in the order low, middle, high."""
    low, middle, high = np.quantile(drawn, (0.025, 0.5, 0.975))
    return float(low), float(middle), float(high)


def mixed(estimates: Sequence[Estimate], each: int, dice: np.random.Generator) -> Floats:
    """Draw as many values of N from each estimate: their equal mixture."""
    return np.concatenate([sampled(estimate, each, dice) for estimate in estimates])
