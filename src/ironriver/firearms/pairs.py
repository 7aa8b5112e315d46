"""Which pairs of rows are worth weighing: like serials, one request, one case, place and days.

However the rows are made up, a row meets at most a few times `LARGEST` others for each serial near
its own and for each circumstance, so that neither a placeholder that thousands of rows bear as
their serial nor a city where hundreds of guns are seized in a week makes pairs without end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ironriver.firearms.circumstances import NEAR_DAYS
from ironriver.firearms.gun_records import NO_DAY, NONE, Flags, GunRecords, Integers

LARGEST = 100
"""In a case with more rows than this only like serials are weighed; where a row has more others in
reach at its place, those of its own day alone, and where these are more, none. Of the rows that
bear one serial a row is weighed against so many (see `likeness`)."""


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
    rows = len(records)
    place = np.where(records.day == NO_DAY, NONE, records.place)
    same = np.zeros(rows, dtype=np.int64)
    found = [
        _in_groups(records.reference, same, 0, rows),
        _in_groups(np.where(in_large_case(records), NONE, records.case), same, 0, rows),
        _in_groups(place, records.day, NEAR_DAYS, LARGEST),
        _in_groups(place, records.day, 0, LARGEST),
    ]
    left, right = (np.concatenate(side) for side in zip(*found, strict=True))
    return paired(left, right, rows)


def in_large_case(records: GunRecords) -> Flags:
    """Tell which rows stand in a case of more than `LARGEST` rows."""
    held = records.case != NONE
    sizes = np.bincount(records.case[held], minlength=int(records.case.max(initial=0)) + 1)
    return np.asarray(held & (sizes[records.case] > LARGEST))


def _in_groups(
    group: Integers, day: Integers, reach: int, largest: int
) -> tuple[Integers, Integers]:
    """Give the pairs of one group whose days lie at most `reach` apart, but for crowded ones."""
    order = np.lexsort((day, group))
    order = order[group[order] != NONE]
    if not len(order):
        return order, order
    first = int(day[order].min()) - reach
    width = int(day[order].max()) + reach + 1 - first
    key = group[order] * width + day[order] - first
    begin = np.searchsorted(key, key - reach)
    end = np.searchsorted(key, key + reach, side="right")
    crowded = end - begin - 1 > largest
    # A crowded row is met by those that are not; two crowded ones do not meet.
    here, there = spread(begin[~crowded], end[~crowded])
    return order[np.flatnonzero(~crowded)[here]], order[there]


def spread(begin: Integers, end: Integers) -> tuple[Integers, Integers]:
    """Give each number of the ranges from `begin` to before `end`, and of which range it is."""
    size = end - begin
    which = np.repeat(np.arange(len(size)), size)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size) + begin[which]
