"""Guns known to have been bought for the flow, and how many of them came back: mark and recapture.

If a share h of such guns is recovered, so is (about) that share of all that flowed, and

    F = S / h,

S the recoveries a year. No prior on the share seized is needed; what is needed is that the marked
guns are recovered as often as the others. With recoveries spread over the years after the purchase
by an exponential delay of mean tau, k of n marked guns recovered after t_1 ... t_k years, each
watched for u_i years, the likelihood is that of a Poisson process,

    h^k tau^-k exp(-sum t / tau) exp(-h sum_i (1 - exp(-u_i / tau))),

which does not take guns bought lately for guns that are never recovered (right censoring; Lawless
2003, "Statistical Models and Methods for Lifetime Data", section 2.2). In a flow that grows by g a
year, recoveries are a share h / (1 + g tau) of the flow of their own year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.errors import MistakeError
from ironriver.estimators.remark import Remark
from ironriver.language import mark

Floats = npt.NDArray[np.float64]

MARKED_PITFALLS = (
    Remark(
        mark(
            "Guns of cases must be recovered as often as other guns of the flow: guns that became "
            "part of a case because they were recovered make the flow too low."
        )
    ),
    Remark(
        mark(
            "A recovered gun whose match with its purchase was missed makes the flow too high; "
            "guns whose serial nobody could read are left out on both sides."
        )
    ),
    Remark(
        mark(
            "Guns bought for the flow and stopped before they crossed, without a record of that, "
            "count as having crossed."
        )
    ),
)

DELAY, DELAY_SPREAD = 4.0, 0.5
"""Prior of the mean delay in years: log-normal with this median and this spread of its log."""
STEADY = 0.05
"""Prior of the yearly growth: normal around 0 with this standard deviation."""
_DELAYS = np.geomspace(0.5, 20.0, 120)
_MOST_SHRINK = -0.9


@dataclass(frozen=True, slots=True)
class Marked:
    """Guns known to have been bought for the flow.

    `watched` are the years from each purchase to the last day of the data, `waited` those from
    purchase to recovery, None for a gun not recovered, `cases` what bought it: guns of one case
    share their fate. MistakeError if the three differ in length or a delay exceeds its watch.
    """

    watched: tuple[float, ...]
    waited: tuple[float | None, ...]
    cases: tuple[str, ...]

    def __post_init__(self) -> None:
        alike = len(self.watched) == len(self.waited) == len(self.cases)
        pairs = zip(self.watched, self.waited, strict=False)
        if not alike or any(watch < (wait or 0.0) or watch < 0 for watch, wait in pairs):
            raise MistakeError("every marked gun is watched at least until it is recovered")

    @property
    def recovered(self) -> int:
        """How many came back."""
        return sum(wait is not None for wait in self.waited)

    @property
    def dispersion(self) -> float:
        """How many times more than chance recoveries differ between cases, at least 1.

        Pearson's statistic over its degrees of freedom (McCullagh and Nelder 1989, section 4.5).
        """
        sizes = Counter(self.cases)
        found = Counter(c for c, w in zip(self.cases, self.waited, strict=True) if w is not None)
        rate = self.recovered / max(len(self.cases), 1)
        if rate == 0 or len(sizes) < 2:
            return 1.0
        squares = [(found[case] - rate * size) ** 2 / (rate * size) for case, size in sizes.items()]
        return max(1.0, sum(squares) / (len(sizes) - 1))


def recovered_share(
    marked: Marked, growth: Floats, dice: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw the recoveries of a year as a share of its flow, and the mean delay in years.

    One draw for each draw of the yearly `growth`. Jeffreys's prior on h; where cases differ by
    more than chance the likelihood counts for as much less. MistakeError without a marked gun.
    """
    if not marked.watched:
        raise MistakeError("no gun is known to have been bought for the flow")
    watched = np.array(marked.watched)
    found = marked.recovered / marked.dispersion
    waited = sum(wait for wait in marked.waited if wait is not None) / marked.dispersion
    exposure = np.array([-np.expm1(-watched / delay).sum() for delay in _DELAYS])
    height = (
        -found * np.log(_DELAYS)
        - waited / _DELAYS
        - (found + 0.5) * np.log(exposure)
        - ((np.log(_DELAYS) - np.log(DELAY)) / DELAY_SPREAD) ** 2 / 2
    )
    weight = np.exp(height - height.max())
    place = dice.choice(len(_DELAYS), len(growth), p=weight / weight.sum())
    # What cases differ by beyond chance leaves as many guns fewer to learn from.
    seen = exposure[place] / marked.dispersion
    share = dice.gamma(found + 0.5, 1.0, len(growth)) / seen
    delay = _DELAYS[place]
    return np.asarray(share / (1 + np.maximum(growth * delay, _MOST_SHRINK))), delay


def yearly_growth(counts: Sequence[float], size: int, dice: np.random.Generator) -> Floats:
    """Draw the yearly growth of a series of counts, shrunken towards none, shape (size,).

    A Poisson regression on the year with its overdispersion; the prior is normal around 0. A series
    of fewer than three years, or without a count, says nothing beyond the prior.
    """
    seen = np.asarray(counts, dtype=float)
    if len(seen) < 3 or not seen.any():
        return dice.normal(0.0, STEADY, size)
    years = np.arange(len(seen)) - (len(seen) - 1) / 2
    design = np.column_stack([np.ones(len(seen)), years])
    spread = 1.0
    for _ in range(2):
        beta, information, mean = _growing(design, seen, spread)
        spread = max(1.0, float(((seen - mean) ** 2 / mean).sum()) / (len(seen) - 2))
    error = float(np.sqrt(np.linalg.inv(information)[1, 1]))
    return dice.normal(float(beta[1]), error, size)


def _growing(design: Floats, seen: Floats, spread: float) -> tuple[Floats, Floats, Floats]:
    """Find level and growth of the greatest posterior: coefficients, information, means."""
    prior = np.diag([0.0, 1 / STEADY**2])
    beta = np.array([np.log(seen.mean()), 0.0])
    for _ in range(50):
        mean = np.exp(design @ beta)
        information = design.T @ (design * mean[:, None]) / spread + prior
        slope = design.T @ (seen - mean) / spread - prior @ beta
        beta = beta + np.linalg.solve(information, slope)
    return beta, information, np.exp(design @ beta)


def belonging(
    yes: int, known: int, size: float, draws: int, dice: np.random.Generator, doubt: float = 2.0
) -> Floats:
    """Draw how many of `size` guns belong to the flow if `yes` of `known` do.

    The share of the known with Jeffreys's prior; the odds of the rest are those of the known times
    a log-normal factor that is within 1/doubt to doubt in two of three draws (Rosenbaum and Rubin
    1983, J. R. Statist. Soc. B 45, with a prior on their sensitivity). The count varies as
    Poisson counts do.
    """
    share = np.clip(dice.beta(yes + 0.5, known - yes + 0.5, draws), 1e-9, 1 - 1e-9)
    odds = share / (1 - share) * np.exp(dice.normal(0.0, np.log(doubt), draws))
    part = known / size if size else 0.0
    whole = part * share + (1 - part) * odds / (1 + odds)
    return np.asarray(dice.gamma(size + 0.5, 1.0, draws) * whole)
