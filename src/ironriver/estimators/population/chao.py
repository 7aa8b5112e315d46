"""Chao's lower bound: what those seen once and twice say of those never seen."""

from __future__ import annotations

import math

from ironriver.estimators.population.estimate import Answer, Estimate, Method, Refusal
from ironriver.estimators.population.lists import Lists
from ironriver.estimators.population.pitfalls import of_method
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark


def lower_bound(lists: Lists, *, bias_corrected: bool = True) -> float:
    """Give the least N that fits f1 and f2 if individuals differ in how easily they are seen.

    With t lists: n + (t-1)/t f1^2 / (2 f2); bias-corrected n + (t-1)/t f1 (f1-1) / (2 (f2+1)).
    Chao (1987), Biometrics 43, equation 2, and (1989), Biometrics 45. ValueError if f2 is 0 and no
    correction is asked for.

    >>> table = Lists(("A", "B"), (0, 10, 20, 5))
    >>> lower_bound(table, bias_corrected=False)
    80.0
    """
    once, twice = lists.frequencies[:2]
    share = (len(lists.names) - 1) / len(lists.names)
    if bias_corrected:
        return lists.observed + share * once * (once - 1) / (2 * (twice + 1))
    if not twice:
        raise ValueError("nobody was seen on exactly two lists")
    return lists.observed + share * once**2 / (2 * twice)


def uncapped(lists: Lists) -> float:
    """Give Chao's first estimator, n + f1^2 / (2 f2), which takes the lists to be many.

    Chao (1984), Scandinavian Journal of Statistics 11, equation 8. ValueError if f2 is 0.
    """
    once, twice = lists.frequencies[:2]
    if not twice:
        raise ValueError("nobody was seen on exactly two lists")
    return lists.observed + once**2 / (2 * twice)


def zelterman(lists: Lists) -> float:
    """Give n / (1 - exp(-2 f2 / f1)), which leans on f1 and f2 alone.

    Zelterman (1988), Journal of Statistical Planning and Inference 18, equation 5. ValueError if
    f1 or f2 is 0.
    """
    once, twice = lists.frequencies[:2]
    if not once or not twice:
        raise ValueError("somebody must have been seen once, and somebody twice")
    return lists.observed / -math.expm1(-2 * twice / once)


def chao(lists: Lists) -> Answer:
    """Estimate the lower bound with a log-normal interval; refuse if no two lists overlap.

    The interval is n + f0 / C to n + f0 C, C = exp(1.96 sqrt(log(1 + var / f0^2))), with the
    variance of Chao (1987), equation 3: f2 (0.25 r^4 + r^3 + 0.5 r^2), r = f1 / f2 (f2 + 1 and
    f1 - 1 where f2 is 0).
    """
    once, twice = lists.frequencies[:2]
    if not lists.linked:
        reason = Remark(mark("no two lists share anybody, so nothing says how many are missed"))
        return Refusal(Method.CHAO, reason, of_method(Method.CHAO))
    value = lower_bound(lists)
    unseen = value - lists.observed
    ratio = once / max(twice, 1)
    variance = max(twice, 1) * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    spread = math.exp(1.959964 * math.sqrt(math.log1p(variance / unseen**2))) if unseen else 1.0
    interval = Interval(
        lists.observed + unseen / spread, lists.observed + unseen * spread,
        IntervalKind.CONFIDENCE, 0.95,
    )  # fmt: skip
    return Estimate(
        Method.CHAO, value, interval, lists.observed, of_method(Method.CHAO), bound=True
    )
