"""Join groups that are one network though most of their pairs say little: the surest first.

A large ring is many small groups, each firm, with few strong ties between them; a mean over all
pairs would part them. So after a first division two groups are judged as wholes, by what all pairs
between them say together, and joined where that is likelier one network than two (agglomerative
clustering with a learned linkage). Joining a pair changes what is said of its neighbours, and they
are judged anew. What a person judged to be different is never joined.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ironriver.networks.communities import in_order
from ironriver.networks.evidence import Ints, Reals

OF_JOIN = (
    "mean", "best", "smaller", "larger", "likely pairs", "possible pairs", "mean by smaller",
    "best by smaller", "mean by larger", "likely pairs each", "possible pairs each", "mean by best",
)  # fmt: skip
"""Log-odds of the mean and of the best probability between two groups; logs of their sizes; logs of
the number of likely and of possible pairs; products of these; such pairs for each gun of the
smaller group."""
_LIKELY, _POSSIBLE, _MOST_EACH = 0.5, 0.2, 3.0


@dataclass(frozen=True, slots=True)
class Between:
    """What is said between pairs of groups; all arrays (pairs,), smaller group first."""

    left: Ints
    right: Ints
    total: Reals
    best: Reals
    likely: Reals
    possible: Reals

    def features(self, size: Reals) -> Reals:
        """Give the features of the pairs, [pairs, OF_JOIN]; `size` is how many guns a group has."""
        return features(
            size[self.left], size[self.right], self.total, self.best, self.likely, self.possible
        )


def between(labels: Ints, left: Ints, right: Ints, chance: Reals) -> Between:
    """Add up what pairs of guns say of pairs of groups."""
    one, other = labels[left], labels[right]
    apart = one != other
    low, high = np.minimum(one, other)[apart], np.maximum(one, other)[apart]
    chance, count = chance[apart], int(labels.max(initial=0)) + 1
    keys, place = np.unique(low * count + high, return_inverse=True)
    place = place.ravel()
    best = np.zeros(len(keys))
    np.maximum.at(best, place, chance)
    return Between(
        keys // count, keys % count,
        np.bincount(place, chance, minlength=len(keys)).astype(np.float64), best,
        np.bincount(place, chance > _LIKELY, minlength=len(keys)).astype(np.float64),
        np.bincount(place, chance > _POSSIBLE, minlength=len(keys)).astype(np.float64),
    )  # fmt: skip


def features(
    one: Reals, other: Reals, total: Reals, best: Reals, likely: Reals, possible: Reals
) -> Reals:
    """Give what is looked at of pairs of groups of `one` and `other` guns, [pairs, OF_JOIN]."""
    mean, top = _log_odds(total / (one * other)), _log_odds(best)
    least = np.minimum(one, other)
    smaller, larger = np.log(least), np.log(np.maximum(one, other))
    return np.stack(
        [mean, top, smaller, larger, np.log1p(likely), np.log1p(possible), mean * smaller,
         top * smaller, mean * larger, np.minimum(likely / least, _MOST_EACH),
         np.minimum(possible / least, _MOST_EACH), mean * top], axis=-1,
    )  # fmt: skip


def _log_odds(chance: Reals) -> Reals:
    safe = np.clip(chance, 1e-4, 1 - 1e-4)
    found: Reals = np.log(safe / (1 - safe))
    return found


def joined(
    labels: Ints, left: Ints, right: Ints, chance: Reals, judged: Ints, weights: Reals
) -> Ints:
    """Join groups while that is likelier right than wrong; give new groups, by their first node.

    `weights` are those of `OF_JOIN`, the constant first; `judged` as in `Evidence`.
    """
    groups = in_order(labels)
    found = between(groups, left, right, chance)
    apart = judged[judged[:, 2] < 0]
    never = {(min(a, b), max(a, b)) for a, b in groups[apart[:, :2]].tolist() if a != b}
    table = _Table.of(found, np.bincount(groups).astype(np.float64), weights, never)
    return in_order(table.run()[groups])


@dataclass(slots=True)
class _Table:
    """Groups that are left, what stands between neighbours, and the joins that wait."""

    weights: Reals
    size: list[float]
    near: list[dict[int, tuple[float, float, float, float]]]
    never: list[set[int]]
    into: list[int]
    version: list[int]
    waiting: list[tuple[float, int, int, int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, found: Between, size: Reals, weights: Reals, never: set[tuple[int, int]]) -> _Table:
        count = len(size)
        table = cls(weights, size.tolist(), [{} for _ in range(count)],
                    [set() for _ in range(count)], list(range(count)), [0] * count)  # fmt: skip
        columns = (found.total, found.best, found.likely, found.possible)
        rows = list(zip(*(column.tolist() for column in columns), strict=True))
        ends = np.concatenate([found.left, found.right])
        order = np.argsort(ends, kind="stable")
        thirds = np.concatenate([found.right, found.left])[order].tolist()
        places = (order % max(len(rows), 1)).tolist()
        starts = np.searchsorted(ends[order], np.arange(count + 1)).tolist()
        for group, (start, stop) in enumerate(pairwise(starts)):
            table.near[group] = {thirds[each]: rows[places[each]] for each in range(start, stop)}
        for one, other in never:
            table.never[one].add(other)
            table.never[other].add(one)
        odds = weights[0] + found.features(size) @ weights[1:]
        for place in np.flatnonzero(odds > 0).tolist():
            table._wait(float(odds[place]), int(found.left[place]), int(found.right[place]))
        return table

    def run(self) -> Ints:
        """Join the surest pair, again and again; give the group into which each went."""
        while self.waiting:
            _, one, other, first, second = heapq.heappop(self.waiting)
            if self.version[one] == first and self.version[other] == second:
                self._join(one, other)
        out = np.array(self.into, dtype=np.int64)
        while not np.array_equal(out[out], out):
            out = out[out]
        return out

    def _wait(self, odds: float, one: int, other: int) -> None:
        low, high = min(one, other), max(one, other)
        if high not in self.never[low]:
            heapq.heappush(self.waiting, (-odds, low, high, self.version[low], self.version[high]))

    def _join(self, one: int, other: int) -> None:
        if len(self.near[one]) < len(self.near[other]):
            one, other = other, one
        self.into[other] = one
        self.version[other] = -1
        self.version[one] += 1
        self.size[one] += self.size[other]
        self.near[one].pop(other, None)
        for third in self.never[other]:
            self.never[one].add(third)
            self.never[third].add(one)
        for third, row in self.near[other].items():
            if third == one:
                continue
            self.near[third].pop(other)
            mine = self.near[one].get(third)
            if mine is not None:
                row = (mine[0] + row[0], max(mine[1], row[1]), mine[2] + row[2], mine[3] + row[3])
            self.near[one][third] = self.near[third][one] = row
        self.near[other] = {}
        self._judge_anew(one)

    def _judge_anew(self, one: int) -> None:
        thirds = sorted(self.near[one])
        if not thirds:
            return
        rows = np.array([self.near[one][third] for third in thirds])
        sizes = np.array([self.size[third] for third in thirds])
        own = np.full(len(thirds), self.size[one])
        odds = self.weights[0] + features(own, sizes, *rows.T) @ self.weights[1:]
        for place in np.flatnonzero(odds > 0).tolist():
            self._wait(float(odds[place]), one, thirds[place])
