"""Which parties are put together, given the log-odds of pairs, what is firm, and what was judged.

Pairs are taken from the surest to the least sure. Two groups are put together if what speaks
between all their members says so on balance, if no two firm values of theirs contradict each other
(other than by a direct comparison that holds in spite of it), and if no judgement forbids it. So a
party that says little joins one of two people and never makes them one. The answer depends on the
set of pairs only, not on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

JOIN = 0.0
"""Log-odds from which two are rather the same than not."""
IN_SPITE = 0.5
"""Log-odds from which two are the same in spite of different firm values."""
_MOST = 8.0
"""How much one pair may say for or against two groups: none may outshout all others."""
_ROUNDS = 8
"""How often pairs that were refused are looked at again, now that the groups have grown."""


@dataclass(frozen=True, slots=True)
class Firm:
    """A value that one person or licensee has once: codes by party, -1 where unknown.

    ``strict`` values (licence keys) are never put together where they differ; of others a direct
    comparison that holds in spite of the difference may.
    """

    codes: Ints
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Pairs:
    """Scored pairs of parties: ``left`` < ``right`` and their log-odds, surest first or not."""

    left: Ints
    right: Ints
    odds: Numbers


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs that a person called the same, and pairs called different."""

    same: Sequence[tuple[int, int]] = ()
    different: Sequence[tuple[int, int]] = ()


def cluster(size: int, pairs: Pairs, firm: Sequence[Firm], judged: Judged) -> Ints:
    """Give each of ``size`` parties the number of its group: that of its smallest member.

    >>> odds = np.array([5.0, 4.0]); links = Pairs(np.array([0, 1]), np.array([1, 2]), odds)
    >>> cluster(3, links, [], Judged()).tolist()
    [0, 0, 0]
    >>> cluster(3, links, [Firm(np.array([1, -1, 2]))], Judged()).tolist()
    [0, 0, 2]
    """
    order = np.lexsort((pairs.right, pairs.left, -pairs.odds))
    left, right, odds = pairs.left[order], pairs.right[order], pairs.odds[order]
    together = odds >= JOIN
    same = np.array(judged.same, dtype=np.int64).reshape(-1, 2)
    rows = np.concatenate((left[together], same[:, 0]))
    columns = np.concatenate((right[together], same[:, 1]))
    labels = _components(size, rows, columns)
    inside = labels[left] == labels[right]
    doubtful = np.zeros(size, dtype=np.bool_)
    doubtful[labels[left[inside & (odds < JOIN)]]] = True
    for one in firm:
        doubtful[_disagreeing(labels, one.codes)] = True
    for pair in judged.different:
        doubtful[labels[list(pair)]] = True
    kept = inside & doubtful[labels[left]]
    found = labels.copy()
    _split(found, labels, doubtful, (left[kept], right[kept], odds[kept]), firm, judged)
    return found


def _components(size: int, rows: Ints, columns: Ints) -> Ints:
    """Label connected parties by the smallest of them."""
    graph = coo_array((np.ones(len(rows), dtype=np.bool_), (rows, columns)), shape=(size, size))
    _, numbers = connected_components(graph, directed=False)
    first = np.full(int(numbers.max(initial=-1)) + 1, size, dtype=np.int64)
    np.minimum.at(first, numbers, np.arange(size))
    smallest: Ints = first[numbers]
    return smallest


def _disagreeing(labels: Ints, codes: Ints) -> Ints:
    """Give the labels in which known codes differ."""
    known = codes >= 0
    seen = np.unique(np.stack((labels[known], codes[known])), axis=1)[0]
    values, counts = np.unique(seen, return_counts=True)
    return values[counts > 1]


def _split(
    found: Ints,
    labels: Ints,
    doubtful: Marks,
    pairs: tuple[Ints, Ints, Numbers],
    firm: Sequence[Firm],
    judged: Judged,
) -> None:
    """Work through every doubtful component on its own, and write its groups into ``found``."""
    members = np.flatnonzero(doubtful[labels])
    if not len(members):
        return
    groups = Groups(members.tolist(), firm)
    left, right, odds = (each.tolist() for each in pairs)
    for one, other, value in zip(left, right, odds, strict=True):
        groups.know(one, other, value)
    for one, other in judged.different:
        groups.forbid(one, other)
    for one, other in sorted(judged.same):
        if doubtful[labels[one]]:
            groups.join(one, other, judged=True)
    waiting = [
        (one, other) for one, other, value in zip(left, right, odds, strict=True) if value >= JOIN
    ]
    for _ in range(_ROUNDS):
        apart = [pair for pair in waiting if not groups.join(*pair, judged=False)]
        if len(apart) == len(waiting):
            break
        waiting = apart
    for member in members.tolist():
        found[member] = groups.of(member)


@dataclass(slots=True)
class _Group:
    """One group at work: members, firm values, and what speaks between it and its neighbours."""

    members: list[int]
    values: list[set[int]]
    between: dict[int, list[float]] = field(default_factory=dict)
    apart: set[int] = field(default_factory=set)


class Groups:
    """Groups that grow by joining; a group is called after its smallest member."""

    def __init__(self, members: Sequence[int], firm: Sequence[Firm]) -> None:
        self._firm = firm
        self._of = {member: member for member in members}
        self._direct: dict[tuple[int, int], float] = {}
        self._groups: dict[int, _Group] = {}
        for member in members:
            values = [{int(one.codes[member])} - {-1} for one in firm]
            self._groups[member] = _Group([member], values)

    def of(self, member: int) -> int:
        """Give the group of a member."""
        return self._of[member]

    def know(self, one: int, other: int, odds: float) -> None:
        """Learn the log-odds of a pair; all pairs come before the first joining."""
        self._direct[one, other] = odds
        value = min(max(odds, -_MOST), _MOST)
        self._groups[one].between[other] = [value, 1.0]
        self._groups[other].between[one] = [value, 1.0]

    def forbid(self, one: int, other: int) -> None:
        """Keep two members apart for good."""
        if one in self._groups and other in self._groups:
            self._groups[one].apart.add(other)
            self._groups[other].apart.add(one)

    def join(self, one: int, other: int, *, judged: bool) -> bool:
        """Put the groups of two members together if nothing forbids it; say whether they are."""
        name, second = sorted((self._of[one], self._of[other]))
        if name == second:
            return True
        if second in self._groups[name].apart:
            return False
        if not judged and not self._may(name, second):
            return False
        self._merge(name, second)
        return True

    def _may(self, name: int, second: int) -> bool:
        left, right = self._groups[name], self._groups[second]
        if left.between[second][0] <= 0.0:
            return False
        for place, one in enumerate(self._firm):
            mine, others = left.values[place], right.values[place]
            if not mine or not others or mine & others:
                continue
            if one.strict or not self._compared(left, right, one.codes):
                return False
        return True

    def _compared(self, left: _Group, right: _Group, codes: Ints) -> bool:
        """Say whether two that have the firm value were compared and rather the same in spite."""
        holders = [member for member in right.members if codes[member] >= 0]
        return any(
            self._direct.get((min(one, other), max(one, other)), -_MOST) >= IN_SPITE
            for one in left.members
            if codes[one] >= 0
            for other in holders
        )

    def _merge(self, name: int, second: int) -> None:
        kept, gone = self._groups[name], self._groups.pop(second)
        for member in gone.members:
            self._of[member] = name
        kept.members += gone.members
        for mine, others in zip(kept.values, gone.values, strict=True):
            mine |= others
        kept.between.pop(second, None)
        for neighbour, (value, count) in gone.between.items():
            if neighbour == name:
                continue
            sums = kept.between.setdefault(neighbour, [0.0, 0.0])
            sums[0] += value
            sums[1] += count
            theirs = self._groups[neighbour].between
            theirs.pop(second, None)
            theirs[name] = list(sums)
        for neighbour in gone.apart:
            self._groups[neighbour].apart.discard(second)
            self._groups[neighbour].apart.add(name)
        kept.apart |= gone.apart


def strongest_ties(labels: Ints, pairs: Pairs) -> tuple[Numbers, Numbers, Ints]:
    """Give, for each party, its best log-odds within its group and the odds of all outside it.

    Returns the best log-odds inside (minus infinity where alone), the sum of odds (not logarithms)
    of the best tie to each other group, and the pair that is the best tie inside (-1 for none).
    """
    size = len(labels)
    best = np.full(size, -np.inf)
    tie = np.full(size, -1, dtype=np.int64)
    order = np.lexsort((pairs.right, pairs.left, pairs.odds))
    inside = labels[pairs.left] == labels[pairs.right]
    for ends in (pairs.left, pairs.right):
        chosen = order[inside[order]]
        better = pairs.odds[chosen] > best[ends[chosen]]
        chosen = chosen[better]
        best[ends[chosen]] = pairs.odds[chosen]
        tie[ends[chosen]] = chosen
    outside = _outside(labels, pairs, ~inside)
    return best, outside, tie


def _outside(labels: Ints, pairs: Pairs, chosen: Marks) -> Numbers:
    """Add up, for each party, the odds of its best tie to every other group."""
    mine = np.concatenate((pairs.left[chosen], pairs.right[chosen]))
    theirs = labels[np.concatenate((pairs.right[chosen], pairs.left[chosen]))]
    odds = np.tile(pairs.odds[chosen], 2)
    order = np.lexsort((-odds, theirs, mine))
    mine, theirs, odds = mine[order], theirs[order], odds[order]
    first = np.ones(len(mine), dtype=np.bool_)
    first[1:] = (mine[1:] != mine[:-1]) | (theirs[1:] != theirs[:-1])
    total = np.zeros(len(labels))
    np.add.at(total, mine[first], np.exp(np.clip(odds[first], -50.0, 50.0)))
    return total


def summary(labels: Ints) -> Mapping[int, int]:
    """Count the members of each group.

    >>> summary(np.array([0, 0, 2]))
    {0: 2, 2: 1}
    """
    values, counts = np.unique(labels, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))
