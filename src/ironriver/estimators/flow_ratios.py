"""Observed flows beside expected ones: shrunken ratios, what stands out, and what changed.

Things that move together (guns of one seizure) are no independent events: counts and expectations
are divided by the dispersion, the mean size of the lot in which a thing moved (quasi-Poisson,
McCullagh and Nelder 1989, section 6.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc

from ironriver.estimators.rates.shrinkage import Prior, Shrunken, fit_prior
from ironriver.estimators.rates.standard import false_discoveries
from ironriver.estimators.types import Interval, IntervalKind

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
_BINS = 300
_SMALLEST_SHAPE, _LARGEST_SHAPE = 0.25, 4.0
"""No gamma knows a ratio better than by half of itself, since flows are never all alike, nor lies
so near to 0 that a flow could not be."""


def lot_dispersion(lots: npt.ArrayLike) -> float:
    """Give sum n^2 / sum n: how much more counts vary when things move in lots of these sizes.

    For a Poisson number of lots that is variance / mean of the count of things (Feller 1943, Annals
    of Mathematical Statistics 14). 1 where all move alone, or nothing moves.

    >>> lot_dispersion([1, 1, 1]), lot_dispersion([3, 1])
    (1.0, 2.5)
    """
    sizes = np.asarray(lots, dtype=float)
    return float((sizes**2).sum() / sizes.sum()) if sizes.sum() > 0 else 1.0


@dataclass(frozen=True, slots=True)
class FlowRatios:
    """What was fitted to all flows: `tail` P(X >= O) under the baseline and `flagged`, as flows.

    `flagged`: more than expected, with false discoveries held to the rate asked.
    """

    tail: Floats
    flagged: Marks
    prior: Prior
    dispersion: float

    def after(self, observed: float, expected: float) -> Shrunken:
        """Give the posterior of one flow's ratio."""
        return self.prior.after(observed / self.dispersion, expected / self.dispersion)

    def interval(self, observed: float, expected: float) -> tuple[float, Interval]:
        """Give the shrunken ratio of one flow (EBGM), and its 95 % credible interval."""
        found = self.after(observed, expected)
        ratio = found.geometric_mean
        # Between two gammas far apart the point may lie where neither does.
        low, high = min(found.quantile(0.025), ratio), max(found.quantile(0.975), ratio)
        return ratio, Interval(low, high, IntervalKind.CREDIBLE, 0.95)

    def change(
        self, now: tuple[float, float], before: tuple[float, float], *, draws: int = 4000
    ) -> tuple[float, Interval]:
        """Give the mean log of one period's ratio to another's, and its 95 % credible interval.

        Each period is (observed, expected); both ratios are drawn from their posteriors.
        """
        dice = np.random.default_rng(1)
        one, other = (self.after(*each).sampled(draws, dice) for each in (now, before))
        steps = np.log(np.maximum(one, 1e-12)) - np.log(np.maximum(other, 1e-12))
        low, high = np.quantile(steps, (0.025, 0.975))
        return float(steps.mean()), Interval(float(low), float(high), IntervalKind.CREDIBLE, 0.95)


def flow_ratios(
    observed: npt.ArrayLike, expected: npt.ArrayLike, *, dispersion: float = 1.0, rate: float = 0.05
) -> FlowRatios:
    """Hold all flows against what is expected: fit how ratios vary, and mark those that stand out.

    A ratio is from one of two gammas (DuMouchel 1999): most flows are as expected, some are not.
    The tail of a count O/f that need not be whole, f the dispersion, is the incomplete gamma
    function P(Gamma(O/f) <= E/f), for whole counts the Poisson tail. Flows that were not seen count
    among those tested (Benjamini and Hochberg 1995). ValueError unless every expectation is above
    0.
    """
    seen, mean = (np.asarray(each, dtype=float) / dispersion for each in (observed, expected))
    if not (mean > 0).all():
        raise ValueError("every expected flow must be above 0")
    tail = np.where(seen > 0, gammainc(np.maximum(seen, 1e-12), mean), 1.0)
    flagged = false_discoveries(tail.ravel(), rate).reshape(tail.shape)
    return FlowRatios(tail, flagged, _prior(seen.ravel(), mean.ravel()), dispersion)


def _prior(seen: Floats, mean: Floats) -> Prior:
    """Fit the gammas, and keep them from knowing too much; means stay."""
    found = _fitted(seen, mean)
    one, two = max(found.a1, _SMALLEST_SHAPE), max(found.a2, _SMALLEST_SHAPE)
    return Prior(one, found.b1 * one / found.a1, two, found.b2 * two / found.a2, found.p)


def _fitted(seen: Floats, mean: Floats) -> Prior:
    """Fit the gammas; the many flows that were not seen count in bins of their expectations."""
    none = seen == 0
    size = int(none.sum())
    bins = np.array_split(np.sort(mean[none]), min(_BINS, size)) if size else []
    return fit_prior(
        np.concatenate([seen[~none], np.zeros(len(bins))]),
        np.concatenate([mean[~none], [float(each.mean()) for each in bins]]),
        times=np.concatenate([np.ones(int((~none).sum())), [float(len(each)) for each in bins]]),
        largest_shape=_LARGEST_SHAPE,
    )
