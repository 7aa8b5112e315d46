"""Excess over an exposure that is itself only known from stand-ins.

A count with a Poisson's spread about v E, where v is a gamma with mean 1, is negative binomial:
what is not known of the exposure, and the clumps in which counts come, both widen it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.stats import binom, chi2, nbinom

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_BULK = 0.0005
"""Units rarer than this are no part of the bulk that says how much all of them vary."""
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Volumes:
    """Each unit's volume relative to its stratum, and the shape of the gamma that it is known by.

    A larger shape is a surer volume: its standard deviation is mean / sqrt(shape).
    """

    mean: Floats
    shape: Floats


def volumes(stand_ins: npt.ArrayLike, strata: Ints) -> Volumes:
    """Estimate volumes from counts that grow with them, drawn towards the stratum's mean.

    `stand_ins` (units,) ~ Poisson(v_i m_s), v ~ Gamma(a, a); a by maximum likelihood over all
    units, m_s the stratum's mean. Then v_i | N_i ~ Gamma(a + N_i, a + m_s): Clayton and Kaldor
    (1987), Biometrics 43.
    """
    seen = np.asarray(stand_ins, dtype=np.float64)
    mean = np.maximum(_by_stratum(seen, np.ones(len(seen)), strata), 1e-9)
    prior = _shape(lambda shape: nbinom.logpmf(seen, shape, shape / (shape + mean)))
    return Volumes((prior + seen) / (prior + mean), prior + seen)


def expected_counts(observed: npt.ArrayLike, volume: Floats, strata: Ints) -> Floats:
    """Give the counts expected if every unit of a stratum had one rate for its volume."""
    seen = np.asarray(observed, dtype=np.float64)
    return np.maximum(volume * _by_stratum(seen, volume, strata), 1e-9)


def with_clumps(observed: npt.ArrayLike, expected: Floats, shape: Floats) -> Floats:
    """Give the shapes once the clumps in which the bulk of units are counted widen them too.

    One more gamma of mean 1 and shape k multiplies each expectation, 1 / shape' = 1 / shape +
    1 / k; k by maximum likelihood among all but the rarest units.
    """
    seen = np.asarray(observed, dtype=np.float64)
    bulk = nbinom.sf(seen, shape, shape / (shape + expected)) > _BULK

    def likelihood(clumps: float) -> Floats:
        both = 1 / (1 / shape[bulk] + 1 / clumps)
        return np.asarray(nbinom.logpmf(seen[bulk], both, both / (both + expected[bulk])))

    return np.asarray(1 / (1 / shape + 1 / _shape(likelihood)), dtype=np.float64)


def excess(observed: npt.ArrayLike, expected: Floats, shape: Floats) -> Floats:
    """Give mid-p values, P(X > O) + P(X = O) / 2, of counts whose expectation is a gamma."""
    seen = np.asarray(observed, dtype=np.float64)
    rate = shape / (shape + expected)
    found = nbinom.sf(seen, shape, rate) + nbinom.pmf(seen, shape, rate) / 2
    return np.asarray(found, dtype=np.float64)


def common_share(hits: npt.ArrayLike, trials: npt.ArrayLike) -> float:
    """Give the share of hits that the bulk of units has; units far above it are left out."""
    found, asked = np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    kept = asked > 0
    share = 0.5
    for _ in range(_ROUNDS):
        share = float((found[kept].sum() + 1) / (asked[kept].sum() + 2))
        kept = (asked > 0) & (excess_share(found, asked, share) > _BULK)
    return share


def excess_share(hits: npt.ArrayLike, trials: npt.ArrayLike, share: float) -> Floats:
    """Give mid-p values of hits among trials against a share; without trials, 1 half.

    >>> excess_share([2, 0], [2, 0], 0.1).round(4).tolist()
    [0.005, 0.5]
    """
    found, asked = np.asarray(hits, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    rare = binom.sf(found, asked, share) + binom.pmf(found, asked, share) / 2
    return np.asarray(rare, dtype=np.float64)


def together(p_values: npt.ArrayLike, asked: npt.ArrayLike) -> Floats:
    """Combine independent p-values (kinds, units), only those that were asked (the same shape).

    -2 sum log p ~ chi squared with two degrees for each. Fisher (1932), section 21.1. Where nothing
    was asked the result is 1.
    """
    values = np.maximum(np.asarray(p_values, dtype=np.float64), 1e-300)
    counted = np.asarray(asked, dtype=np.bool_)
    total = -2 * np.where(counted, np.log(values), 0.0).sum(axis=0)
    degrees = 2 * counted.sum(axis=0)
    return np.where(degrees > 0, chi2.sf(total, np.maximum(degrees, 1)), 1.0)


def _by_stratum(part: Floats, whole: Floats, strata: Ints) -> Floats:
    """Give, for each unit, the sum of `part` over that of `whole` in its stratum."""
    size = int(strata.max(initial=0)) + 1
    sums, wholes = (np.bincount(strata, each, minlength=size) for each in (part, whole))
    rates = np.divide(sums, wholes, out=np.zeros(size), where=wholes > 0)
    return np.asarray(rates[strata], dtype=np.float64)


def _shape(likelihood: Callable[[float], Floats]) -> float:
    """Find the shape, from a twentieth to a thousand, with the greatest likelihood."""
    found = minimize_scalar(
        lambda log: -float(likelihood(np.exp(log)).sum()), bounds=(-3.0, 7.0), method="bounded"
    )
    return float(np.exp(found.x))
