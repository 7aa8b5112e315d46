"""Scale seizures up by an uncertain seizure rate: a distribution, never a point.

F = S / r with r ~ Beta(a, b). Seizures alone tell only the product of flow and rate, so everything
that this says about F comes from the prior on r.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

SCALE_UP_PITFALLS = (
    Remark(
        mark(
            "Seizures tell only the product of the flow and the share seized: neither is in the "
            "data, and the flow here is as good as what is assumed of the share."
        )
    ),
    Remark(
        mark(
            "Guns seized by one authority are not all guns seized; those of state police are "
            "often held elsewhere."
        )
    ),
)


@dataclass(frozen=True, slots=True)
class ScaleUp:
    """The flow behind `seized` guns if the share seized is Beta(a, b); all must be above 0."""

    seized: float
    a: float
    b: float

    def __post_init__(self) -> None:
        if not (self.seized >= 0 and self.a > 0 and self.b > 0):
            raise ValueError(f"seized {self.seized}, a {self.a}, b {self.b}: all must be positive")

    @classmethod
    def from_share(cls, seized: float, share: float, worth: float) -> ScaleUp:
        """Set the prior by its mean share and by how many guns' worth of knowledge it is (a + b).

        >>> ScaleUp.from_share(32_131, 0.127, 100).a
        12.7
        """
        return cls(seized, share * worth, (1 - share) * worth)

    @property
    def mean(self) -> float | None:
        """E[F] = S (a + b - 1) / (a - 1); None (infinite) if a <= 1."""
        return self.seized * (self.a + self.b - 1) / (self.a - 1) if self.a > 1 else None

    @property
    def deviation(self) -> float | None:
        """The standard deviation of F; None (infinite) if a <= 2.

        E[F^2] = S^2 (a + b - 1)(a + b - 2) / ((a - 1)(a - 2)): moments of the inverse of a beta
        variable (Johnson, Kotz and Balakrishnan 1995, chapter 25).
        """
        if self.mean is None or self.a <= 2:
            return None
        whole = self.a + self.b
        second = self.seized**2 * (whole - 1) * (whole - 2) / ((self.a - 1) * (self.a - 2))
        return math.sqrt(second - self.mean**2)

    def quantile(self, level: float) -> float:
        """Give the flow not exceeded with this probability: S over a quantile of the rate."""
        return self.seized / float(betaincinv(self.a, self.b, 1 - level))

    @property
    def interval(self) -> Interval:
        """The 95 percent credible interval."""
        low, high = self.quantile(0.025), self.quantile(0.975)
        return Interval(low, high, IntervalKind.CREDIBLE, 0.95)

    def sampled(self, size: int, dice: np.random.Generator) -> npt.NDArray[np.float64]:
        """Draw flows."""
        return np.asarray(self.seized / dice.beta(self.a, self.b, size), dtype=np.float64)


def implied_share(seized_a_year: float, flow: float, of_these: float = 1.0) -> float:
    """Give the share of a flow that a seizure series says is seized: seized x of_these / flow.

    `of_these` is the share of the seized that belong to the flow (United States origin).

    >>> round(implied_share(133_000 / 13.25, 135_000, 0.70), 6)
    0.052048
    """
    return seized_a_year * of_these / flow


def implied_sales(flow: float, share: float) -> float:
    """Give the sales that a flow is this share of, to hold two published figures together.

    >>> implied_sales(253_000, 0.022)
    11500000.0
    """
    return round(flow / share, 6)
