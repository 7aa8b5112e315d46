"""Guns held in the country, as a stock that a flow fills and seizures and decay empty.

K[t+1] = (1 - decay) K[t] + F[t] - S[t], and S[t] is a share h[t] of K[t]. Seizures show h K; the
flow follows only once h and the decay are assumed, so both are given as distributions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.estimators.remark import Remark
from ironriver.language import mark

Floats = npt.NDArray[np.float64]

STOCK_PITFALLS = (
    Remark(
        mark(
            "The share of the stock seized in a year and the share lost to decay are assumed, not "
            "seen; with the seizures they fix the flow entirely."
        )
    ),
    Remark(
        mark(
            "More effort and more guns raise seizures alike: a rise in seizures is a rise in flow "
            "only if effort is known to have stayed the same."
        )
    ),
)


WANDER = 0.1
"""How far the log of the yearly hazard moves in a year: effort is not the same in any two."""


@dataclass(frozen=True, slots=True)
class Share:
    """A yearly share as Beta(mean worth, (1 - mean) worth)."""

    mean: float
    worth: float

    def sampled(self, size: int, dice: np.random.Generator) -> Floats:
        """Draw shares."""
        drawn = dice.beta(self.mean * self.worth, (1 - self.mean) * self.worth, size)
        return np.asarray(drawn, dtype=np.float64)


def stock(start: float, flows: Sequence[float], seized: Sequence[float], decay: float) -> Floats:
    """Give the stock at the start of each year and after the last, shape (years + 1,).

    ArithmeticError if more would be seized than there is: the assumptions contradict the series.

    >>> stock(1_000, [100, 100], [50, 60], 0.1).tolist()
    [1000.0, 950.0, 895.0]
    """
    held = [float(start)]
    for flow, taken in zip(flows, seized, strict=True):
        held.append((1 - decay) * held[-1] + flow - taken)
        if held[-1] < 0:
            raise ArithmeticError("more is seized than the stock and the flow hold")
    return np.array(held)


def flows_behind(
    seized: Sequence[float],
    hazard: Share,
    decay: Share,
    *,
    wander: float = WANDER,
    draws: int = 4_000,
    seed: int = 1,
) -> Floats:
    """Draw the yearly flows that fit a seizure series, shape (draws, years - 1).

    In each draw the hazard starts at a draw of `hazard` and its log wanders by `wander` a year;
    K[t] = S[t] / h[t], and F[t] = K[t+1] - (1 - decay) K[t] + S[t], not below zero. Seizures vary
    by chance as Poisson counts do. ValueError for fewer than two years.
    """
    flow = _drawn(seized, hazard, decay, wander, draws, seed)
    return np.asarray(np.maximum(flow, 0.0), dtype=np.float64)


def mean_flow_behind(
    seized: Sequence[float],
    hazard: Share,
    decay: Share,
    *,
    wander: float = WANDER,
    draws: int = 4_000,
    seed: int = 1,
) -> Floats:
    """Draw the mean yearly flow that fits a seizure series, shape (draws,).

    As `flows_behind`, but years are averaged before what falls below zero is cut: chance moves the
    stocks of two years far apart and back, and to cut every year by itself would keep the rises
    only. Of draws whose mean is not above zero, which no flow gives, none is kept: draws are taken
    anew from the others. ArithmeticError if there are none.
    """
    mean = _drawn(seized, hazard, decay, wander, draws, seed).mean(axis=1)
    possible = mean[mean > 0]
    if not len(possible):
        raise ArithmeticError("no flow above zero fits these seizures")
    return np.asarray(np.random.default_rng(seed).choice(possible, draws), dtype=np.float64)


def _drawn(
    seized: Sequence[float], hazard: Share, decay: Share, wander: float, draws: int, seed: int
) -> Floats:
    taken = np.asarray(seized, dtype=float)
    if len(taken) < 2:
        raise ValueError("a flow needs the seizures of two years or more")
    dice = np.random.default_rng(seed)
    first = hazard.sampled(draws, dice)
    steps = dice.normal(0, wander, (draws, len(taken) - 1)).cumsum(axis=1)
    rate = np.minimum(first[:, None] * np.exp(np.hstack([np.zeros((draws, 1)), steps])), 1.0)
    expected = dice.gamma(taken + 0.5, 1.0, (draws, len(taken)))
    held = expected / rate
    left = 1 - decay.sampled(draws, dice)[:, None]
    return np.asarray(held[:, 1:] - left * held[:, :-1] + expected[:, :-1], dtype=np.float64)
