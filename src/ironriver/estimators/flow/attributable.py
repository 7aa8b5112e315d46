"""The share of dealers (or sales) that is there because of what lies near: a population fraction.

PAF = 1 - sum mu(x, distance as if far) / sum mu(x, distance as it is). Greenland and Drescher
(1993), Biometrics 49; with a negative binomial on the distance to the border this is the model of
McDougal, Shirk, Muggah and Patterson (2015), Journal of Economic Geography 15.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.estimators.flow.negative_binomial import NegativeBinomial
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

Floats = npt.NDArray[np.float64]

ATTRIBUTABLE_PITFALLS = (
    Remark(
        mark(
            "Distance to the border also stands for population, climate and custom: the share is "
            "caused by demand from the other side only if nothing else follows the distance."
        )
    ),
    Remark(
        mark(
            "Dealers are not guns: few dealers sell most of what is traced, so a share of dealers "
            "is no share of sales without a further assumption."
        )
    ),
    Remark(
        mark(
            "The distance that is taken as far away decides the result: look at the curve over "
            "that distance, not at one point."
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Attributable:
    """A fraction with its delta-method standard error and 95 percent interval."""

    fraction: float
    error: float

    @property
    def interval(self) -> Interval:
        """The fraction -/+ 1.96 standard errors."""
        reach = 1.959963984540054 * self.error
        return Interval(self.fraction - reach, self.fraction + reach, IntervalKind.CONFIDENCE, 0.95)


def attributable(
    model: NegativeBinomial, matrix: Floats, counterfactual: Floats, offset: Floats | float = 0.0
) -> Attributable:
    """Give the fraction of the fitted counts that goes if the design becomes `counterfactual`.

    Both designs are (n, K), as fitted. Delta method: with totals M and M0,
    gradient = -(X0' mu0 M - M0 X' mu) / M^2, variance = gradient' V gradient.
    """
    mean = np.exp(matrix @ model.coefficients + offset)
    without = np.exp(counterfactual @ model.coefficients + offset)
    total, rest = mean.sum(), without.sum()
    gradient = -(counterfactual.T @ without * total - rest * (matrix.T @ mean)) / total**2
    variance = float(gradient @ model.covariance @ gradient)
    return Attributable(float(1 - rest / total), math.sqrt(variance))


def curve(
    model: NegativeBinomial,
    matrix: Floats,
    far: Callable[[float], Floats],
    distances: Sequence[float],
    offset: Floats | float = 0.0,
) -> list[tuple[float, Attributable]]:
    """Give the fraction for each distance taken as far away; `far` makes the design for it."""
    return [(each, attributable(model, matrix, far(each), offset)) for each in distances]


def flow_of(fraction: Attributable, sales: float, size: int, dice: np.random.Generator) -> Floats:
    """Draw yearly flows: the fraction of so many sales, draws below zero taken as zero.

    That the fraction of dealers is that of sales is an assumption of the one who calls this.
    """
    drawn = dice.normal(fraction.fraction, fraction.error, size)
    return np.asarray(np.clip(drawn, 0.0, 1.0) * sales, dtype=np.float64)
