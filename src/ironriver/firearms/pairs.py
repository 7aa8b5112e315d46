"""Which pairs of rows are worth weighing: like serials, one request, one case, place and days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ironriver.firearms.circumstances import NEAR_DAYS
from ironriver.firearms.compiled import compiled
from ironriver.firearms.gun_records import NO_DAY, NONE, Flags, GunRecords, Integers

LARGEST = 100
"""In a case with more rows than this, or with more in reach of a row at one place, only like
serials are weighed."""


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
    """Give the pairs that share a request, a case, or a place within a few days."""
    rows = len(records)
    same = np.zeros(rows, dtype=np.int64)
    found = [
        _in_groups(records.reference, same, 0),
        _in_groups(np.where(in_large_case(records), NONE, records.case), same, 0),
        _in_groups(np.where(records.day == NO_DAY, NONE, records.place), records.day, NEAR_DAYS),
    ]
    left, right = (np.concatenate(side) for side in zip(*found, strict=True))
    return paired(left, right, rows)


def in_large_case(records: GunRecords) -> Flags:
    """Tell which rows stand in a case of more than `LARGEST` rows."""
    held = records.case != NONE
    sizes = np.bincount(records.case[held], minlength=int(records.case.max(initial=0)) + 1)
    return np.asarray(held & (sizes[records.case] > LARGEST))


def _in_groups(group: Integers, day: Integers, reach: int) -> tuple[Integers, Integers]:
    """Give the pairs of one group whose days lie at most `reach` apart."""
    order = np.lexsort((day, group))
    order = order[group[order] != NONE]
    size = _count_beside(group[order], day[order], reach, LARGEST)
    left = np.repeat(np.arange(len(order)), size)
    starts = np.cumsum(size) - size
    right = left + 1 + np.arange(len(left)) - starts[left]
    return order[left], order[right]


@compiled
def _count_beside(group: Integers, day: Integers, reach: int, largest: int) -> Integers:
    """Count for each row the following rows of its group within reach; none where too many."""
    count = np.zeros(len(group), dtype=np.int64)
    end = 0
    for row in range(len(group)):
        end = max(end, row + 1)
        while end < len(group) and group[end] == group[row] and day[end] - day[row] <= reach:
            end += 1
        beside = end - row - 1
        count[row] = beside if beside <= largest else 0
    return count
