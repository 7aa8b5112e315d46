"""Funnel limits: how far from the common rate chance alone carries a dealer of its size.

Spiegelhalter (2005), "Funnel plots for comparing institutional performance", Statistics in Medicine
24; its appendix gives the exact limits, section 3.2 the overdispersion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, pdtr
from scipy.stats import chi2, poisson

from ironriver.estimators.rates.standard import false_discoveries, mid_p

Floats = npt.NDArray[np.float64]
_TRIM = 0.1


def limit(expected: npt.ArrayLike, level: float) -> Floats:
    """Give the ratio O / E below which a Poisson count falls with this probability.

    With r the least count of P(X <= r) > level, interpolated between counts: (r - a) / E,
    a = (P(X <= r) - level) / P(X = r). Spiegelhalter (2005), appendix A.1.1.
    """
    mean = np.asarray(expected, dtype=float)
    count = poisson.ppf(level, mean)
    count = np.where(pdtr(count, mean) > level, count, count + 1)
    upper = pdtr(count, mean)
    lower = np.where(count > 0, pdtr(np.maximum(count - 1, 0), mean), 0.0)
    return np.asarray((count - (upper - level) / (upper - lower)) / mean, dtype=np.float64)


def overdispersion(observed: npt.ArrayLike, expected: npt.ArrayLike, trim: float = _TRIM) -> float:
    """Give how many times more than a Poisson's the counts vary, 1 if not clearly more.

    phi is the mean square of z = 2 (sqrt(O) - sqrt(E)), its most extreme tenth at either end pulled
    in to the next (winsorised), so that few outliers do not hide themselves. Spiegelhalter (2005),
    section 3.2: used only if above what chance gives for as many units (one-sided 5 percent).
    """
    seen, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    steps = 2 * (np.sqrt(seen) - np.sqrt(mean))
    low, high = np.quantile(steps, (trim, 1 - trim))
    spread = float((np.clip(steps, low, high) ** 2).mean())
    return spread if spread > chi2.isf(0.05, len(steps)) / len(steps) else 1.0


@dataclass(frozen=True, slots=True)
class Funnel:
    """Where each unit stands.

    `ratios` (n,) are O / E; `excess` (n,) one-sided p-values with overdispersion; `flagged` those
    that stay when at most `rate` of the flagged may be chance; `by_chance` how many of the flagged
    that is.
    """

    ratios: Floats
    excess: Floats
    flagged: npt.NDArray[np.bool_]
    dispersion: float
    rate: float

    @property
    def by_chance(self) -> float:
        """How many of the flagged chance alone would be expected to give, at most."""
        return self.rate * float(self.flagged.sum())


def funnel(observed: npt.ArrayLike, expected: npt.ArrayLike, rate: float = 0.05) -> Funnel:
    """Hold counts against their expectations: mid-p values, spread by the overdispersion.

    A mid-p is turned into a normal step, divided by sqrt(phi), and turned back. ValueError unless
    every expectation is above 0.
    """
    seen, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    if not (mean > 0).all():
        raise ValueError("every expected count must be above 0")
    spread = overdispersion(seen, mean)
    steps = -ndtri(np.clip(mid_p(seen, mean), 1e-300, 1 - 1e-16)) / np.sqrt(spread)
    excess = np.asarray(ndtr(-steps))
    return Funnel(seen / mean, excess, false_discoveries(excess, rate), spread, rate)
