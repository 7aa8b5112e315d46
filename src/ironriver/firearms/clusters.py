"""Put rows together into guns: the surest pairs first, and never through a contradiction.

A pair is joined where it is more likely one gun than not and no row of the one side contradicts a
row of the other: two sales of different guns do not merge through one blurred seizure. Rows
contradict each other where they were weighed and found apart, where both have serials too unlike
to be weighed, or where one list names both. What a person judged binds: *the same* joins, whatever
speaks against it; *different* keeps apart, whatever would join the two.

The result does not depend on the order of rows or pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ironriver.firearms.channel import Reals
from ironriver.firearms.gun_records import GunRecords, Integers
from ironriver.firearms.pairs import Pairs

APART = -4.6
"""Log-odds below which two rows contradict each other: one chance in a hundred."""
_MOST = 40.0

Two = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs of rows that a person judged, left before right."""

    same: frozenset[Two] = frozenset()
    different: frozenset[Two] = frozenset()


@dataclass(frozen=True, slots=True)
class Membership:
    """Which gun each row belongs to, how surely, and through which other row most of all."""

    gun: Integers
    """A number for each gun: the place of its first row."""
    log_odds: Reals
    """Of belonging here against belonging to any other gun or to none; infinite where judged."""
    through: Integers
    """The pair that binds the row most strongly, a place among the pairs; -1 for a lone row."""


def group(
    records: GunRecords, pairs: Pairs, log_odds: Reals, judged: Judged | None = None
) -> Membership:
    """Put rows together; `pairs` are all that were weighed and are not hopeless."""
    judged = judged or Judged()
    joining = _Joining(records, pairs, log_odds, judged)
    gun = np.arange(len(records))
    for links in _components(len(records), pairs, log_odds, judged):
        for members in joining.join(links):
            gun[members] = min(members)
    return _membership(gun, pairs, log_odds, judged)


def _components(
    rows: int, pairs: Pairs, log_odds: Reals, judged: Judged
) -> Iterator[list[tuple[float, int, int]]]:
    """Give the links (log-odds, left, right) of rows that hang together, surest first."""
    likely = np.flatnonzero(log_odds > 0.0)
    fixed = np.array(sorted(judged.same), dtype=np.int64).reshape(-1, 2)
    left = np.concatenate((fixed[:, 0], pairs.left[likely]))
    right = np.concatenate((fixed[:, 1], pairs.right[likely]))
    weight = np.concatenate((np.full(len(fixed), np.inf), log_odds[likely]))
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(rows, rows))
    _, component = connected_components(graph, directed=False)
    order = np.lexsort((right, left, -weight, component[left]))
    bounds = np.flatnonzero(np.diff(component[left][order])) + 1
    for links in np.split(order, bounds) if len(order) else []:
        yield list(
            zip(weight[links].tolist(), left[links].tolist(), right[links].tolist(), strict=True)
        )


class _Joining:
    """Joins the links of one component after the other."""

    def __init__(self, records: GunRecords, pairs: Pairs, log_odds: Reals, judged: Judged) -> None:
        self._source, self._serial = records.source, records.has_serial
        self._rows, self._judged = len(records), judged
        # In order already: a pair is looked up by bisection, not held a second time.
        self._number = pairs.left * self._rows + pairs.right
        self._log_odds = log_odds

    def join(self, links: list[tuple[float, int, int]]) -> Iterable[list[int]]:
        """Give the groups of more than one row."""
        home: dict[int, int] = {}
        members: dict[int, list[int]] = {}
        for weight, left, right in links:
            for row in (left, right):
                if row not in home:
                    home[row], members[row] = row, [row]
            one, other = home[left], home[right]
            if one == other or (left, right) in self._judged.different:
                continue
            if weight < math.inf and self._contradict(members[one], members[other]):
                continue
            if len(members[one]) < len(members[other]):
                one, other = other, one
            for row in members[other]:
                home[row] = one
            members[one] += members.pop(other)
        return [found for found in members.values() if len(found) > 1]

    def _contradict(self, ones: list[int], others: list[int]) -> bool:
        """Tell whether any row of one side contradicts one of the other."""
        left = np.repeat(np.array(ones), len(others))
        right = np.tile(np.array(others), len(ones))
        left, right = np.minimum(left, right), np.maximum(left, right)
        if self._judged.different:
            twos = zip(left.tolist(), right.tolist(), strict=True)
            if not self._judged.different.isdisjoint(twos):
                return True
        number = left * self._rows + right
        place = np.minimum(np.searchsorted(self._number, number), len(self._number) - 1)
        weighed = self._number[place] == number
        if (self._log_odds[place[weighed]] < APART).any():
            return True
        left, right = left[~weighed], right[~weighed]
        listed = self._source[left] == self._source[right]
        return bool((listed | (self._serial[left] & self._serial[right])).any())


def _membership(gun: Integers, pairs: Pairs, log_odds: Reals, judged: Judged) -> Membership:
    """Weigh each row's own gun against all others: each by its strongest pair."""
    rows = len(gun)
    row = np.concatenate((pairs.left, pairs.right))
    towards = gun[np.concatenate((pairs.right, pairs.left))]
    weight = np.minimum(np.concatenate((log_odds, log_odds)), _MOST)
    pair = np.concatenate((np.arange(len(pairs)), np.arange(len(pairs))))
    order = np.lexsort((pair, -weight, towards, row))
    row, towards, weight, pair = row[order], towards[order], weight[order], pair[order]
    first = np.ones(len(row), dtype=np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (towards[1:] != towards[:-1])
    row, towards, weight, pair = row[first], towards[first], weight[first], pair[first]
    own = towards == gun[row]
    lone = np.bincount(gun, minlength=rows)[gun] == 1
    elsewhere = np.bincount(row[~own], np.exp(weight[~own]), rows)
    inside = np.full(rows, 0.0)
    through = np.full(rows, -1)
    inside[row[own]], through[row[own]] = weight[own], pair[own]
    # A lone row has only the others against it; a row in company could also be alone.
    log_odds = inside - np.log(np.maximum(elsewhere + ~lone, np.exp(-_MOST)))
    for two in judged.same:
        log_odds[list(two)] = np.inf
    return Membership(gun, log_odds, np.where(lone, -1, through))
