"""Empirical Bayes rates: each dealer's ratio drawn towards those of all, as far as its size asks.

O_i ~ Poisson(lambda_i E_i). With one gamma prior: Clayton and Kaldor (1987), Biometrics 43. With
two (GPS): DuMouchel (1999), The American Statistician 53.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize
from scipy.special import digamma, expit, gammainc, gammaincinv, gammaln

Floats = npt.NDArray[np.float64]
_ONE = ((0.0, 0.0),)
_TWO = ((1.0, 1.5, 1.0, 0.0, -3.0), (0.0, 0.7, 3.0, -0.3, -1.0))


@dataclass(frozen=True, slots=True)
class Prior:
    """Ratios are Gamma(a1, b1) with probability p, else Gamma(a2, b2); one gamma is p = 1."""

    a1: float
    b1: float
    a2: float = 1.0
    b2: float = 1.0
    p: float = 1.0

    def first(self, observed: float, expected: float) -> float:
        """Give Q, the first gamma's probability after the data (DuMouchel 1999, equation 6)."""
        if self.p in (0.0, 1.0):
            return self.p
        one = _log_mass(observed, expected, self.a1, self.b1) + np.log(self.p)
        two = _log_mass(observed, expected, self.a2, self.b2) + np.log1p(-self.p)
        return float(expit(one - two))

    def after(self, observed: float, expected: float) -> Shrunken:
        """Give the posterior of one unit's ratio."""
        return Shrunken(
            self.first(observed, expected),
            (self.a1 + observed, self.a2 + observed), (self.b1 + expected, self.b2 + expected),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shrunken:
    """A posterior: the first gamma with probability `first`, else the second."""

    first: float
    shapes: tuple[float, float]
    rates: tuple[float, float]

    @property
    def _shares(self) -> tuple[float, float]:
        return self.first, 1 - self.first

    @property
    def mean(self) -> float:
        """The posterior mean of the ratio."""
        return sum(q * a / b for q, a, b in zip(self._shares, self.shapes, self.rates, strict=True))

    @property
    def geometric_mean(self) -> float:
        """EBGM = exp(sum Q (psi(a) - log b)) (DuMouchel 1999, equation 11)."""
        parts = zip(self._shares, self.shapes, self.rates, strict=True)
        return float(np.exp(sum(q * (digamma(a) - np.log(b)) for q, a, b in parts)))

    def below(self, ratio: float) -> float:
        """Give the probability that the ratio is at most this."""
        parts = zip(self._shares, self.shapes, self.rates, strict=True)
        return float(sum(q * gammainc(a, b * ratio) for q, a, b in parts))

    def quantile(self, level: float) -> float:
        """Give the ratio not exceeded with this probability."""
        ends = [
            float(gammaincinv(a, level) / b)
            for q, a, b in zip(self._shares, self.shapes, self.rates, strict=True)
            if q > 0
        ]
        low, high = min(ends), max(ends)

        def excess(each: float) -> float:
            return self.below(each) - level

        # Where one gamma has all the probability the other's end is only met up to rounding.
        if excess(low) >= 0:
            return low
        if excess(high) <= 0:
            return high
        return float(brentq(excess, low, high, xtol=1e-14))

    def sampled(self, size: int, dice: np.random.Generator) -> Floats:
        """Draw ratios."""
        which = (dice.random(size) >= self.first).astype(int)
        shapes, rates = np.array(self.shapes)[which], np.array(self.rates)[which]
        return np.asarray(dice.gamma(shapes) / rates, dtype=np.float64)


def _log_mass(
    observed: npt.ArrayLike, expected: npt.ArrayLike, shape: float, rate: float
) -> Floats:
    """Give the log probability of counts with the ratio integrated out: negative binomial."""
    seen, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    return np.asarray(
        gammaln(shape + seen) - gammaln(shape) - gammaln(seen + 1)
        + shape * np.log(rate / (rate + mean)) + seen * np.log(mean / (rate + mean))
    )  # fmt: skip


def fit_prior(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    gammas: int = 2,
    times: npt.ArrayLike | None = None,
    largest_shape: float = 8_100.0,
) -> Prior:
    """Fit the prior by maximum marginal likelihood, from several starts; one or two gammas.

    `times` says how many units each pair stands for (by default one). Shapes stay below
    `largest_shape`: units that do not differ at all would ask for an infinite one, and a few apart
    from the rest for one that knows their ratio exactly.
    ArithmeticError if no start settles.
    """
    seen, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    starts = _ONE if gammas == 1 else _TWO
    weights = np.ones(len(seen)) if times is None else np.asarray(times, dtype=float)

    def cost(values: Floats) -> float:
        return -float(weights @ _marginal(seen, mean, _prior(values, largest_shape)))

    wanted = {"maxiter": 8000, "xatol": 1e-7, "fatol": 1e-9}
    tried = [minimize(cost, start, method="Nelder-Mead", options=wanted) for start in starts]
    settled = [each for each in tried if each.success]
    if not settled:
        raise ArithmeticError("the prior of the rates did not settle")
    return _prior(min(settled, key=lambda each: each.fun).x, largest_shape)


def _prior(values: Floats, largest_shape: float) -> Prior:
    """Read logs of shape and mean of each gamma, and the log odds of the first."""
    sizes = np.exp(np.clip(values[:4], -9.0, 9.0))
    sizes[::2] = np.minimum(sizes[::2], largest_shape)
    if len(values) == 2:
        return Prior(float(sizes[0]), float(sizes[0] / sizes[1]))
    share = float(expit(np.clip(values[4], -12.0, 12.0)))
    return Prior(
        float(sizes[0]), float(sizes[0] / sizes[1]),
        float(sizes[2]), float(sizes[2] / sizes[3]), share,
    )  # fmt: skip


def _marginal(seen: Floats, mean: Floats, prior: Prior) -> Floats:
    one = _log_mass(seen, mean, prior.a1, prior.b1)
    if prior.p == 1.0:
        return one
    two = _log_mass(seen, mean, prior.a2, prior.b2)
    return np.asarray(np.logaddexp(one + np.log(prior.p), two + np.log1p(-prior.p)))
