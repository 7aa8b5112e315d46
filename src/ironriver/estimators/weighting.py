"""Weight what was observed so that it stands for all: post-stratification and raking.

Units are observed with a weight each (one over the chance of being drawn; 1 where all were looked
at). The weights are scaled until they add up to known totals of groups. Standard errors are those
of the residuals (Taylor linearisation), between clusters that are drawn together, with the finite
population correction. Holt & Smith (1979), J. R. Statist. Soc. A 142(1); Deming & Stephan (1940),
Ann. Math. Statist. 11(4); Valliant (1993), J. Am. Statist. Assoc. 88(421) on the variance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]
_SWEEPS = 10
_ROUNDS = 500
CLOSE = 1e-8


@dataclass(frozen=True, slots=True)
class Estimated:
    """A number and its standard error, both in the unit of the number."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Design:
    """How units were drawn: their clusters, and how many clusters there are to draw from.

    Without clusters each unit is one; without `population` no finite population correction is made.
    """

    clusters: Sequence[object] | None = None
    population: float | None = None


@dataclass(frozen=True, slots=True)
class Weighted:
    """Weights that add up to the known totals of every margin."""

    weights: Reals
    margins: tuple[tuple[Groups, Reals], ...]
    """The groups of each margin, and the weights right after they were scaled to it."""
    design: Design

    def total(self, values: npt.ArrayLike) -> Estimated:
        """Estimate the total of `values` (one for each unit) over the population."""
        each = np.asarray(values, dtype=float)
        return Estimated(float(self.weights @ each), self._error(self.weights * each))

    def mean(self, values: npt.ArrayLike) -> Estimated:
        """Estimate the mean of `values` over the population."""
        each = np.asarray(values, dtype=float)
        size = float(self.weights.sum())
        mean = float(self.weights @ each) / size
        return Estimated(mean, self._error(self.weights * (each - mean) / size))

    def _error(self, parts: Reals) -> float:
        """Give the standard error of the sum of `parts`, what the margins explain taken out."""
        rest = parts
        for _ in range(_SWEEPS if len(self.margins) > 1 else 1):
            for groups, weights in self.margins:
                means = np.bincount(groups, rest / weights) / np.bincount(groups)
                rest = rest - weights * means[groups]
        clusters = self.design.clusters
        of = np.arange(len(rest)) if clusters is None else _numbered(clusters)[0]
        sums = np.bincount(of, rest)
        drawn = len(sums)
        if drawn < 2:
            raise ValueError("a standard error needs two clusters at least")
        left = 1.0 if self.design.population is None else 1 - drawn / self.design.population
        spread = float(((sums - sums.mean()) ** 2).sum())
        return float(np.sqrt(left * drawn / (drawn - 1) * spread))


def post_stratify(
    weights: npt.ArrayLike,
    groups: Sequence[object],
    totals: Mapping[Any, float],
    design: Design | None = None,
) -> Weighted:
    """Scale weights so that each group adds up to its known total.

    `groups` names the group of each unit. ValueError if a unit's group has no total, or a group
    with a total has no unit: nothing observed can stand for it (collapse groups, or leave it open).
    """
    return rake(weights, (groups,), (totals,), design)


def rake(
    weights: npt.ArrayLike,
    margins: Sequence[Sequence[object]],
    totals: Sequence[Mapping[Any, float]],
    design: Design | None = None,
    close: float = CLOSE,
) -> Weighted:
    """Scale weights in turn until every margin adds up to its known totals.

    It ends when no combination of groups changes by as much as `close`, in units of the population
    (R's survey ends at 1 by default). ValueError as for `post_stratify`, and if the margins
    contradict each other.
    """
    scaled = np.asarray(weights, dtype=float)
    numbered = [_matched(groups, known) for groups, known in zip(margins, totals, strict=True)]
    together = _numbered(list(zip(*margins, strict=True)))[0]
    before = np.bincount(together, scaled)
    for _ in range(_ROUNDS):
        stages = []
        for groups, known in numbered:
            scaled = scaled * (known / np.bincount(groups, scaled))[groups]
            stages.append((groups, scaled))
        after = np.bincount(together, scaled)
        moved, before = float(np.abs(after - before).max()), after
        if moved < close and _off(scaled, numbered) < 10 * close:
            return Weighted(scaled, tuple(stages), design or Design())
    raise ValueError("the margins contradict each other: no weights meet all of them")


def _off(weights: Reals, margins: Sequence[tuple[Groups, Reals]]) -> float:
    """Give how far the weights are from the total that they miss most."""
    gaps = (np.abs(np.bincount(groups, weights) - known).max() for groups, known in margins)
    return float(max(gaps))


def _matched(groups: Sequence[object], totals: Mapping[Any, float]) -> tuple[Groups, Reals]:
    """Give each unit the number of its group, and put the totals in that order."""
    numbers, names = _numbered(groups)
    if set(names) != set(totals):
        apart = sorted(map(str, set(names) ^ set(totals)))
        raise ValueError(f"groups and totals do not name the same: {', '.join(apart)}")
    known = np.array([totals[name] for name in names], dtype=float)
    if not (known > 0).all():
        raise ValueError("a total must be positive")
    return numbers, known


def _numbered(groups: Sequence[object]) -> tuple[Groups, list[object]]:
    """Give each its number, in the order in which groups first appear."""
    numbers: dict[object, int] = {}
    placed = [numbers.setdefault(group, len(numbers)) for group in groups]
    return np.array(placed, dtype=np.int64), list(numbers)
