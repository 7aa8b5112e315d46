"""Time-to-crime with its traps: unknown sales, wrong order, and sales too recent to show long ones.

Days run from the last known retail sale to the recovery itself, never to the request. A sale that
is not known is not zero; a negative time is a finding, and left out; a resale that nobody recorded
makes a time look longer than it was, and no record can mend that.

Only guns sold since recoveries were first recorded are used: an older gun is seen only if it was
recovered late, which the reverse-time estimator does not correct. Among the others a time is seen
only if the recovery came before the records end; that it does correct.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median

from ironriver.estimators.survival.reverse_hazard import (
    LEAST_AT_RISK,
    Curve,
    TooFewError,
    curve,
    naive_mean,
    naive_median,
)
from ironriver.estimators.types import Interval

SHORT_DAYS = 1095
"""Three years, as the United States rule for a short time-to-crime has it."""
FEWEST = 400
"""Below this many times the 95 % interval was measured to hold the truth less often than that."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One gun with a known sale and a recovery."""

    sale: dt.date
    recovery: dt.date

    @property
    def days(self) -> int:
        """Days from sale to recovery."""
        return (self.recovery - self.sale).days


@dataclass(frozen=True, slots=True)
class Baseline:
    """How long guns of one population take from sale to recovery, corrected and naive."""

    curve: Curve
    median: float
    interval: Interval
    naive_median: float
    """Of the same guns, as if a recent sale could show a long time."""
    naive_median_interval: Interval
    naive_mean: float
    naive_mean_interval: Interval
    naive_short_share: float
    all_median: float
    """Of all known times, those of guns sold before recoveries were recorded among them."""
    all_mean: float
    seen: int
    """Times that are known at all."""
    used: int
    """Of these, times of guns sold since recoveries were first recorded."""
    negative: int
    """Guns recovered before they were sold, as the records have it: errors, left out."""

    def earlier_than(self, days: float) -> float:
        """Give the share of guns that take no longer than this, of those up to the longest time."""
        return self.curve.at(days)

    @property
    def short_share(self) -> float:
        """The corrected share that the three-year rule calls short."""
        return self.earlier_than(SHORT_DAYS)


def baseline(timed: Iterable[Timed], first: dt.date, last: dt.date) -> Baseline | None:
    """Estimate the baseline of guns recovered from `first` to `last`; None where too few are known.

    The corrected numbers are given that the recovery comes within the longest time that can be
    spoken of (`Curve.top`), at most the days from `first` to `last`.
    """
    every = list(timed)
    good = [each for each in every if each.days >= 0 and first <= each.recovery <= last]
    used = [each for each in good if each.sale >= first]
    if len(used) <= LEAST_AT_RISK:
        return None
    days = [float(each.days) for each in used]
    try:
        found = curve(days, [float((last - each.sale).days) for each in used])
    except TooFewError:
        return None
    middle, middle_interval = naive_median(days)
    mean, mean_interval = naive_mean(days)
    return Baseline(
        curve=found,
        median=found.quantile(),
        interval=found.interval(),
        naive_median=middle,
        naive_median_interval=middle_interval,
        naive_mean=mean,
        naive_mean_interval=mean_interval,
        naive_short_share=fmean(each <= SHORT_DAYS for each in days),
        all_median=median(each.days for each in good),
        all_mean=fmean(each.days for each in good),
        seen=len(good),
        used=len(used),
        negative=sum(each.days < 0 for each in every),
    )
