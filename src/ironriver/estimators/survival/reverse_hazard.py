"""Times that are seen only if they are short enough: right truncation, corrected in reverse time.

A gun sold two years before the data end can only show a time-to-crime below two years. So the mean
of recent sales is biased low, whatever the truth. Given what is seen, the time T of a sale with
limit R (the days from the sale to the end of the data) is known to satisfy T <= R. Run backwards,
truncation on the right becomes truncation on the left, and the product-limit estimator applies
(Lagakos, Barraj and De Gruttola 1988, Biometrika 75:515, eq. 3; Woodroofe 1985):

    F(t) / F(top) = product over observed u > t of (1 - d_u / r_u),
    d_u = #{T_i = u},  r_u = #{T_i <= u <= R_i}.

Only the distribution given T <= top can be known: no data of this kind say how many guns are never
recovered, or later than the longest limit. `top` is chosen as the longest time at which enough
guns are still at risk, since a product that starts with one gun in two says nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.estimators.types import Interval, IntervalKind

Times = npt.NDArray[np.float64]

LEAST_AT_RISK = 10
"""How many guns must be at risk at the longest time that is spoken of."""
_Z = {0.9: 1.6448536269514722, 0.95: 1.959963984540054, 0.99: 2.5758293035489004}


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of times up to each observed time, of those up to `top`."""

    times: Times
    """Distinct observed times, ascending; the last is `top`."""
    share: Times
    """F(t | T <= top) at each time; the last is 1."""
    spread: Times
    """Standard error of log F (Greenwood in reverse time); infinite where F is 0."""
    top: float
    size: int
    """How many times were used."""

    def at(self, time: float) -> float:
        """Give the share of times up to `time`.

        >>> curve([1.0, 2.0, 2.0, 4.0], [9.0] * 4, least=1).at(2.0)
        0.75
        """
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.share[place]) if place >= 0 else 0.0

    def quantile(self, level: float = 0.5) -> float:
        """Give the shortest time that at least this share does not exceed."""
        return float(self.times[int(np.argmax(self.share >= level - 1e-12))])

    def interval(self, level: float = 0.5, confidence: float = 0.95) -> Interval:
        """Give the times at which the share is not told apart from `level`.

        Inverts the test of F(t) = level on the scale log(-log F) (Brookmeyer and Crowley 1982, in
        reverse time), so that the ends need no density of T.
        """
        inside = np.abs(self._distance(level)) <= _Z[confidence]
        place = np.flatnonzero(inside)
        middle = int(np.argmax(self.share >= level - 1e-12))
        first, last = (int(place[0]), int(place[-1])) if place.size else (middle, middle)
        # The share holds from one time to the next: the upper end is where the next one begins.
        after = min(last + 1, len(self.times) - 1)
        low, high = min(first, middle), max(after, middle)
        return Interval(
            float(self.times[low]), float(self.times[high]), IntervalKind.CONFIDENCE, confidence
        )

    def _distance(self, level: float) -> Times:
        """Give how far F(t) lies from `level`, in standard errors."""
        share = np.clip(self.share, 1e-300, 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            bent = np.log(-np.log(share))
            error = self.spread / np.abs(np.log(share))
            found = (bent - math.log(-math.log(level))) / error
        return np.where(np.isfinite(found), found, np.where(self.share >= 0.5, -np.inf, np.inf))


class TooFewError(ValueError):
    """At no time are enough guns at risk for a curve to say anything."""


def curve(times: npt.ArrayLike, limits: npt.ArrayLike, least: int = LEAST_AT_RISK) -> Curve:
    """Estimate the distribution of times that were each seen only because T_i <= R_i.

    `times` and `limits` are as long as each other, in days. Raises ValueError where a time exceeds
    its limit, and TooFewError where too few guns are at risk at any time.
    """
    time = np.asarray(times, dtype=np.float64)
    limit = np.asarray(limits, dtype=np.float64)
    if time.shape != limit.shape or time.ndim != 1:
        raise ValueError("times and limits are two lists of equal length")
    if (time > limit).any():
        raise ValueError("a time exceeds the limit up to which it could be seen")
    distinct, events = np.unique(time, return_counts=True)
    risk = _at_risk(time, limit, distinct)
    enough = np.flatnonzero(risk >= least)
    if not enough.size:
        raise TooFewError(f"at no time are {least} guns at risk")
    last = int(enough[-1])
    used = time <= distinct[last]
    distinct, events, risk = distinct[: last + 1], events[: last + 1], risk[: last + 1]
    factor = 1.0 - events / risk
    share = np.ones(len(distinct))
    share[:-1] = np.cumprod(factor[:0:-1])[::-1]
    with np.errstate(divide="ignore"):
        terms = events / (risk * (risk - events))
    spread = np.zeros(len(distinct))
    spread[:-1] = np.sqrt(np.cumsum(terms[:0:-1])[::-1])
    return Curve(distinct, share, spread, float(distinct[-1]), int(used.sum()))


def _at_risk(time: Times, limit: Times, at: Times) -> Times:
    """Count r_u = #{T_i <= u <= R_i} at each time u."""
    begun = np.searchsorted(np.sort(time), at, side="right")
    ended = np.searchsorted(np.sort(limit), at, side="left")
    return np.asarray(begun - ended, dtype=np.float64)


def naive_median(times: npt.ArrayLike, confidence: float = 0.95) -> tuple[float, Interval]:
    """Give the median of what was seen, with its order-statistics interval; it is biased low.

    The interval is the usual one for a median of independent times (binomial, normal form).
    """
    ordered = np.sort(np.asarray(times, dtype=np.float64))
    size = len(ordered)
    if not size:
        raise ValueError("there is no time to take the median of")
    half = _Z[confidence] * math.sqrt(size) / 2
    low = max(math.floor(size / 2 - half), 0)
    high = min(math.ceil(size / 2 + half), size - 1)
    return float(np.median(ordered)), Interval(
        float(ordered[low]), float(ordered[high]), IntervalKind.CONFIDENCE, confidence
    )


def naive_mean(times: npt.ArrayLike, confidence: float = 0.95) -> tuple[float, Interval]:
    """Give the mean of what was seen, with its normal interval; it is biased low."""
    seen = np.asarray(times, dtype=np.float64)
    if len(seen) < 2:
        raise ValueError("a mean with an interval needs two times at least")
    mean, half = float(seen.mean()), _Z[confidence] * float(seen.std(ddof=1)) / math.sqrt(len(seen))
    return mean, Interval(mean - half, mean + half, IntervalKind.CONFIDENCE, confidence)
