"""Guns by year of sale and years until recovery, of which late recoveries are not seen yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.errors import MistakeError
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

COHORT_PITFALLS = (
    Remark(
        mark(
            "Traces tell how cohorts compare and how soon guns are recovered, not how many "
            "crossed: that needs the share ever recovered and traced, which no trace shows."
        )
    ),
    Remark(
        mark(
            "Recoveries later than the oldest cohort could show are not counted, and those of the "
            "last years rest on how soon earlier cohorts were recovered."
        )
    ),
    Remark(
        mark(
            "The mean time to recovery of recent cohorts is too low as it stands: slow recoveries "
            "have not happened yet."
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Recoveries by sale year (rows, oldest first) and whole years until recovery (columns).

    The newest cohort has been watched for one column, the one before for two, and so on: cells
    beyond must be 0. MistakeError if the table is not such a triangle.
    """

    counts: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        size = len(self.counts)
        if not size or any(len(row) != size for row in self.counts):
            raise MistakeError(
                "a table of cohorts has as many delays as sale years: {years}", years=size
            )
        late = [
            row[column]
            for place, row in enumerate(self.counts)
            for column in range(size - place, size)
        ]
        if any(late) or min(min(row) for row in self.counts) < 0:
            raise MistakeError("a recovery cannot lie after the last year that was watched")

    @property
    def table(self) -> Ints:
        """The counts as an array (years, delays)."""
        return np.array(self.counts, dtype=np.int64)


def reverse_hazards(cohorts: Cohorts) -> tuple[Ints, Ints]:
    """Give for each delay the recoveries at it, and those at or before it that could be at it."""
    table = cohorts.table
    size = len(table)
    at = table.sum(axis=0)
    by = np.array([table[: size - delay, : delay + 1].sum() for delay in range(size)])
    return at, by


def recovered_by(cohorts: Cohorts) -> Floats:
    """Give P(T <= u | T <= longest delay) for each delay u, free of right truncation.

    The product over later delays v of 1 - (recoveries at v) / (at or before v, of cohorts watched
    as long). Lagakos, Barraj and De Gruttola (1988), Biometrika 75, equation 5. Delays later than
    the oldest cohort was watched are out of reach.
    """
    at, by = reverse_hazards(cohorts)
    stay = 1 - np.divide(at, by, out=np.zeros(len(at)), where=by > 0)
    return np.concatenate([np.cumprod(stay[:0:-1])[::-1], [1.0]])


def completed(cohorts: Cohorts) -> Floats:
    """Give each cohort's recoveries once the longest delay has passed: seen / recovered_by.

    The same as the chain ladder of claims reserving (Mack 1991, Insurance: Mathematics and
    Economics 10), and so as the Poisson model R_yt ~ q F_y f(t - y).
    """
    table = cohorts.table
    seen = table.sum(axis=1).astype(float)
    share = recovered_by(cohorts)[::-1]
    return np.asarray(np.divide(seen, share, out=np.full(len(seen), np.inf), where=share > 0))


def trend(cohorts: Cohorts, repeats: int = 1000, seed: int = 1) -> tuple[Interval, ...]:
    """Give each cohort's completed recoveries as 95 percent intervals, by a Poisson bootstrap.

    The upper end is infinite where what was seen leaves it open.
    """
    dice = np.random.default_rng(seed)
    drawn = []
    for _ in range(repeats):
        table = dice.poisson(cohorts.table)
        drawn.append(completed(Cohorts(tuple(tuple(int(each) for each in row) for row in table))))
    # A resampled table may leave a cohort unknown: its number is infinite, and is not averaged.
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0, method="inverted_cdf")
    return tuple(
        Interval(float(a), float(b), IntervalKind.CONFIDENCE, 0.95)
        for a, b in zip(low, high, strict=True)
    )
