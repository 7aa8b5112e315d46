"""What is known of a share when only part of the population was looked at.

Of ``population`` guns the origin of ``determined`` is known, and ``us`` of these came from the
United States. Write p = us / determined (the observed share), d = determined / population (how
much was observed) and q for the unknown US share among the rest. The share sought is
theta = d p + (1 - d) q, and q is all that assumptions are about.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from ironriver.estimators.types import Interval, IntervalKind, Probability

_NORMAL = NormalDist()


def _checked(us: float, determined: float, population: float) -> None:
    """Refuse counts that are not nested: 0 <= us <= determined <= population, population > 0."""
    nested = 0 <= us <= determined <= population and 0 < population < math.inf
    if not nested:
        raise ValueError(
            f"counts are not nested: {us} US of {determined} determined of {population}"
        )


def observed_share(us: float, determined: float) -> float:
    """Give us / determined: the share wanted only if the rest is like the determined.

    >>> round(observed_share(73_684, 91_228), 4)
    0.8077
    """
    _checked(us, determined, determined)
    return us / determined


def worst_case(us: float, determined: float, population: float) -> Interval:
    """Bound theta without any assumption: q may be anything from 0 to 1.

    [us / population, (us + population - determined) / population]; the width is 1 - d.
    Manski (1989) "Anatomy of the selection problem"; Manski (1990) "Nonparametric bounds on
    treatment effects", American Economic Review 80(2).

    >>> bounds = worst_case(73_684, 91_228, 104_850)
    >>> round(bounds.low, 3), round(bounds.high, 3)
    (0.703, 0.833)
    """
    _checked(us, determined, population)
    high = (us + population - determined) / population
    return Interval(us / population, high, IntervalKind.IDENTIFICATION)


def monotone(
    us: float,
    determined: float,
    population: float,
    rest: Literal["no_more_us", "no_less_us"] = "no_more_us",
) -> Interval:
    """Bound theta if the rest is no more (or no less) often of US origin than the determined.

    ``no_more_us``: q <= p gives [us / population, p]. ``no_less_us``: q >= p gives
    [p, (us + population - determined) / population]. Manski (2003), "Partial Identification
    of Probability Distributions" (monotone assumptions on what is missing).

    >>> bounds = monotone(3_480, 4_000, 30_000)
    >>> round(bounds.low, 3), round(bounds.high, 3)
    (0.116, 0.87)
    """
    widest = worst_case(us, determined, population)
    if not determined:
        return widest
    share = observed_share(us, determined)
    if rest == "no_more_us":
        return Interval(widest.low, max(share, widest.low), IntervalKind.IDENTIFICATION)
    return Interval(min(share, widest.high), widest.high, IntervalKind.IDENTIFICATION)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The share among the rest, and overall, at one assumed odds ratio."""

    odds_ratio: float
    unobserved: Probability
    overall: Probability


def sensitivity(us: float, determined: float, population: float, odds_ratio: float) -> Sensitivity:
    """Give theta if the odds of US origin among the rest are `odds_ratio` times those observed.

    logit q = logit p + log OR; theta = d p + (1 - d) q. OR = 1 is "missing at random".
    Rosenbaum & Rubin (1983), J. R. Statist. Soc. B 45(2), on sensitivity to an unobserved cause.

    >>> round(sensitivity(3_480, 4_000, 30_000, 0.5).overall.value, 6)
    0.783257
    """
    _checked(us, determined, population)
    if not 0 < odds_ratio < math.inf:
        raise ValueError(f"odds ratio {odds_ratio} is not a positive number")
    share = observed_share(us, determined)
    known = determined / population
    unobserved = share * odds_ratio / (1 - share + share * odds_ratio)
    overall = min(1.0, known * share + (1 - known) * unobserved)
    return Sensitivity(odds_ratio, Probability(unobserved), Probability(overall))


def breakdown_share(
    us: float, determined: float, population: float, claimed: float
) -> float | None:
    """Give the smallest share of the rest that must be of US origin for theta >= `claimed`.

    q = (claimed - us / population) / (1 - d), not below 0. Above 1 means that no origin of the
    rest can make it true; None means that there is no rest. Horowitz & Manski (1995),
    Econometrica 63(2), on breakdown points of claims.

    >>> round(breakdown_share(3_480, 4_000, 30_000, 0.8), 6)
    0.789231
    """
    _checked(us, determined, population)
    Probability(claimed)
    if determined == population:
        return None
    return max(0.0, (claimed * population - us) / (population - determined))


def breakdown_odds_ratio(
    us: float, determined: float, population: float, claimed: float
) -> float | None:
    """Give the odds ratio (rest to determined) at which theta is just `claimed`.

    odds(q) / odds(p) with q the breakdown share. Below it the claim fails, above it holds. None
    where no odds ratio makes the difference: q is 0 or above 1, all were determined, or the
    determined are all alike.

    >>> round(breakdown_odds_ratio(3_480, 4_000, 30_000, 0.5), 4)
    0.1189
    """
    needed = breakdown_share(us, determined, population, claimed)
    if needed is None or not 0 < needed < 1 or not 0 < us < determined:
        return None
    share = observed_share(us, determined)
    return needed / (1 - needed) * (1 - share) / share


def critical_value(gap: float, level: float = 0.95) -> float:
    """Solve Phi(c + gap) - Phi(-c) = level for c; `gap` is the width of a set in standard errors.

    c runs from the two-sided value (gap 0: a point) to the one-sided one (a wide set).
    Imbens & Manski (2004), "Confidence intervals for partially identified parameters",
    Econometrica 72(6).
    """

    def excess(c: float) -> float:
        return float(_NORMAL.cdf(c + gap) - _NORMAL.cdf(-c) - level)

    from scipy.optimize import brentq  # costs a quarter of a second, and is rarely needed

    one_sided = float(_NORMAL.inv_cdf(level))
    two_sided = float(_NORMAL.inv_cdf((1 + level) / 2))
    return float(brentq(excess, min(one_sided, 0.0) - 1e-9, two_sided + 1e-9, xtol=1e-12))


@dataclass(frozen=True, slots=True)
class ImbensManski:
    """The critical value and the interval that it gives."""

    c: float
    interval: Interval


def imbens_manski(low: float, high: float, n: float, level: float = 0.95) -> ImbensManski:
    """Give a confidence interval for a share that is only known to lie in [low, high].

    The ends are shares estimated from `n` guns, s = sqrt(end (1 - end)). Solve for c:
    Phi(c + sqrt(n) (high - low) / max(s_low, s_high)) - Phi(-c) = level; the interval is
    [low - c s_low / sqrt(n), high + c s_high / sqrt(n)], cut at 0 and 1. It covers the true share
    (not the whole set). c runs from 1.645 (wide set) to 1.960 (a point) at 95 percent.
    Imbens & Manski (2004), "Confidence intervals for partially identified parameters",
    Econometrica 72(6).

    >>> round(imbens_manski(0.5, 0.5, 1_000).c, 6)
    1.959964
    """
    Interval(low, high, IntervalKind.IDENTIFICATION)
    Probability(low), Probability(high)
    if not (n > 0 and 0 < level < 1):
        raise ValueError(f"needs a positive number of guns and a level in (0, 1): {n}, {level}")
    spread_low, spread_high = math.sqrt(low * (1 - low)), math.sqrt(high * (1 - high))
    widest = max(spread_low, spread_high)
    c = critical_value(math.sqrt(n) * (high - low) / widest if widest else 0.0, level)
    ends = Interval(
        max(0.0, low - c * spread_low / math.sqrt(n)),
        min(1.0, high + c * spread_high / math.sqrt(n)),
        IntervalKind.CONFIDENCE,
        level,
    )
    return ImbensManski(c, ends)
