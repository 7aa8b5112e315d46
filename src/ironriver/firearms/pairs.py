"""Which pairs of rows are worth weighing: like serials, one request, one case, place and days.

However the rows are made up, a row meets at most a few times `LARGEST` others for each serial near
its own and for each circumstance, so that neither a placeholder that thousands of rows bear as
their serial nor a city where hundreds of guns are seized in a week makes pairs without end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ironriver.firearms.circumstances import NEAR_DAYS
from ironriver.firearms.gun_records import NO_DAY, NONE, Flags, GunRecords, Integers

LARGEST = 100
"""In a case with more rows than this only like serials are weighed; where a row has more others in
reach at its place, those of its own day alone, and where these are more, none. Of the rows that
bear one serial a row is weighed against so many (see `likeness`)."""
BATCH = 1 << 18
"""How many pairs are made at a time, about."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows, left before right, each once, in order."""

    left: Integers
    right: Integers

    def __len__(self) -> int:
        return len(self.left)


def paired(left: Integers, right: Integers, rows: int) -> Pairs:
    """Put pairs in order, each once; a row paired with itself is left out."""
    number = np.minimum(left, right) * rows + np.maximum(left, right)
    number = np.unique(number[left != right])
    return Pairs(number // max(rows, 1), number % max(rows, 1))


def together(records: GunRecords) -> Pairs:
    """Give the pairs that share a request, a case, or a place within a few days.

    A pair at one place is left out only where both of its rows have more than `LARGEST` others in
    reach; the same holds for the rows at one place on one day. It depends on no order of rows.
    """
    parts = list(together_in_batches(records))
    nothing = np.empty(0, dtype=np.int64)
    return Pairs(
        np.concatenate([nothing, *(part.left for part in parts)]),
        np.concatenate([nothing, *(part.right for part in parts)]),
    )


def together_in_batches(records: GunRecords, batch: int = BATCH) -> Iterator[Pairs]:
    """Give the same pairs in the same order, from about so many at a time, each in one batch.

    Memory stays bounded: a row meets at most a few times `LARGEST` others, or is met by rows that
    meet no more.
    """
    rows = len(records)
    same = np.zeros(rows, dtype=np.int64)
    place = np.where(records.day == NO_DAY, NONE, records.place)
    groups = (
        _Group.of(records.reference, same, 0, rows),
        _Group.of(np.where(in_large_case(records), NONE, records.case), same, 0, rows),
        _Group.of(place, records.day, NEAR_DAYS, LARGEST),
        _Group.of(place, records.day, 0, LARGEST),
    )
    met = np.sum([group.end - group.begin for group in groups], axis=0)
    for part in cuts(met, batch):
        found = [group.met(part.start, part.stop) for group in groups]
        left, right = (np.concatenate(side) for side in zip(*found, strict=True))
        yield paired(left, right, rows)


def in_large_case(records: GunRecords) -> Flags:
    """Tell which rows stand in a case of more than `LARGEST` rows."""
    held = records.case != NONE
    sizes = np.bincount(records.case[held], minlength=int(records.case.max(initial=0)) + 1)
    return np.asarray(held & (sizes[records.case] > LARGEST))


@dataclass(frozen=True, slots=True)
class _Group:
    """Whom each row meets of those of its group: a range of `rows` from `begin` to before `end`."""

    rows: Integers
    begin: Integers
    end: Integers

    @classmethod
    def of(cls, group: Integers, day: Integers, reach: int, largest: int) -> _Group:
        """Let rows meet whose days lie at most `reach` apart, but for two that are crowded."""
        begin, end = np.zeros_like(group), np.zeros_like(group)
        order = np.lexsort((day, group))
        order = order[group[order] != NONE]
        if not len(order):
            return cls(order, begin, end)
        first = int(day[order].min()) - reach
        width = int(day[order].max()) + reach + 1 - first
        key = group[order] * width + day[order] - first
        low, high = (np.searchsorted(key, key - reach), np.searchsorted(key, key + reach, "right"))
        crowded = high - low - 1 > largest
        # A crowded row meets those that are not; these stand behind all, once more.
        few = key[~crowded]
        fewer = (np.searchsorted(few, key - reach), np.searchsorted(few, key + reach, "right"))
        begin[order] = np.where(crowded, fewer[0] + len(order), low)
        end[order] = np.where(crowded, fewer[1] + len(order), high)
        return cls(np.concatenate((order, order[~crowded])), begin, end)

    def met(self, first: int, last: int) -> tuple[Integers, Integers]:
        """Give the rows from `first` to before `last` with those that they meet and come before."""
        which, place = spread(self.begin[first:last], self.end[first:last])
        left, right = which + first, self.rows[place]
        return left[left < right], right[left < right]


def spread(begin: Integers, end: Integers) -> tuple[Integers, Integers]:
    """Give each number of the ranges from `begin` to before `end`, and of which range it is."""
    size = end - begin
    which = np.repeat(np.arange(len(size)), size)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size) + begin[which]


def cuts(work: Integers, most: int) -> Iterator[slice]:
    """Cut a list into parts of at most so much work each, but of one at least.

    >>> [(part.start, part.stop) for part in cuts(np.array([3, 4, 9, 1]), 7)]
    [(0, 2), (2, 3), (3, 4)]
    """
    ends = np.cumsum(work)
    begun = 0
    while begun < len(work):
        done = int(ends[begun - 1]) if begun else 0
        past = max(int(np.searchsorted(ends, done + most, "right")), begun + 1)
        yield slice(begun, past)
        begun = past
