"""Numbers that say what they are: a probability, log-odds, an interval and its kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class IntervalKind(StrEnum):
    """What an interval promises."""

    IDENTIFICATION = "identification"
    """Every value in it fits the data; more data of the same kind would not narrow it."""
    CONFIDENCE = "confidence"
    """Covers the truth in a stated share of repetitions."""
    CREDIBLE = "credible"
    """Holds the truth with a stated probability, given a prior."""
    EXACT = "exact"
    """A count or a share of a full count: both ends are equal."""


@dataclass(frozen=True, slots=True, order=True)
class LogOdds:
    """Natural logarithm of the odds, unbounded; plus or minus infinity is certainty.

    >>> round((LogOdds(0.0) + LogOdds(2.0)).probability.value, 4)
    0.8808
    """

    value: float

    def __post_init__(self) -> None:
        if math.isnan(self.value):
            raise ValueError("log-odds cannot be NaN")

    @property
    def probability(self) -> Probability:
        """The probability with these odds."""
        if self.value >= 0:
            return Probability(1.0 / (1.0 + math.exp(-self.value)))
        odds = math.exp(self.value)
        return Probability(odds / (1.0 + odds))

    def __add__(self, other: LogOdds) -> LogOdds:
        """Add evidence: independent log-odds (log likelihood ratios) add up."""
        return LogOdds(self.value + other.value)


@dataclass(frozen=True, slots=True, order=True)
class Probability:
    """A number from 0 to 1.

    >>> Probability(0.5).log_odds
    LogOdds(value=0.0)
    """

    value: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 1.0:
            raise ValueError(f"probability {self.value} is not between 0 and 1")

    @property
    def log_odds(self) -> LogOdds:
        """The natural log of p / (1 - p); infinite at 0 and 1."""
        if self.value in (0.0, 1.0):
            return LogOdds(math.inf if self.value else -math.inf)
        return LogOdds(math.log(self.value) - math.log1p(-self.value))


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends and what they promise; `level` (0.95) belongs to confidence and credible only.

    >>> 0.8 in Interval(0.703, 0.833, IntervalKind.IDENTIFICATION)
    True
    """

    low: float
    high: float
    kind: IntervalKind
    level: float | None = None

    def __post_init__(self) -> None:
        if math.isnan(self.low) or math.isnan(self.high) or self.low > self.high:
            raise ValueError(f"an interval cannot run from {self.low} to {self.high}")
        object.__setattr__(self, "kind", IntervalKind(self.kind))
        if self.kind is IntervalKind.EXACT and self.low != self.high:
            raise ValueError(f"an exact value cannot run from {self.low} to {self.high}")
        sampled = self.kind in (IntervalKind.CONFIDENCE, IntervalKind.CREDIBLE)
        if self.level is not None and not (sampled and 0.0 < self.level < 1.0):
            raise ValueError(f"level {self.level} does not fit an interval of kind {self.kind}")

    @property
    def width(self) -> float:
        """How far the ends are apart."""
        return self.high - self.low

    def __contains__(self, value: float) -> bool:
        """Tell whether a value lies between the ends, ends included."""
        return self.low <= value <= self.high

    def overlaps(self, other: Interval) -> bool:
        """Tell whether the two have a value in common."""
        return self.low <= other.high and other.low <= self.high
