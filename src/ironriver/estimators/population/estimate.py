"""What an estimator of a hidden population answers: a number with its interval, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval
from ironriver.language import mark


class Method(StrEnum):
    """The methods, by the names used in tables."""

    CHAO = "chao"
    INDEPENDENCE = "independence"
    STEPWISE = "stepwise"
    UNEVEN = "mth_gamma"
    GRAPHS = "dga"
    CLASSES = "lcmcr"
    HEADLINE = "headline"


NAMES: Mapping[Method, str] = {
    Method.CHAO: mark("Chao's lower bound"),
    Method.INDEPENDENCE: mark("Independent lists"),
    Method.STEPWISE: mark("Log-linear model, stepwise selection"),
    Method.UNEVEN: mark("Individuals seen more or less easily"),
    Method.GRAPHS: mark("Average over decomposable graphs"),
    Method.CLASSES: mark("Latent classes"),
    Method.HEADLINE: mark("All methods together"),
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """The size N of the whole population, those on no list included.

    `interval` says what it promises. `bound` marks a value that N is at least, in expectation, not
    one that N is near. `pitfalls` stand beside the number wherever it is shown.
    """

    method: Method
    value: float
    interval: Interval
    observed: int
    pitfalls: tuple[Remark, ...]
    remarks: tuple[Remark, ...] = ()
    bound: bool = False

    @property
    def hidden(self) -> float:
        """How many are on no list: N less those observed."""
        return self.value - self.observed


@dataclass(frozen=True, slots=True)
class Refusal:
    """No number, and why."""

    method: Method
    reason: Remark
    pitfalls: tuple[Remark, ...] = ()


Answer = Estimate | Refusal
