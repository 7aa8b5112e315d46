"""How two rows stand to each other apart from the gun: by request, case, place and days.

Each pair of rows falls into one *cell*: their two roles, whether one file holds both, and a level.
How many pairs a cell holds is counted, not sampled, so that the share of them that are the same gun
is a prior that rests on the lists as they are: among all pairs of a purchase and a recovery hardly
one is of the same gun, among two lists of one case every second may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from scipy.sparse import coo_array

from ironriver.firearms.channel import Reals
from ironriver.firearms.gun_records import NO_DAY, NONE, Flags, GunRecords, Integers

NEAR_DAYS = 9
"""Two offices may enter the same seizure so many days apart."""
_EDGES = np.array([-365, -30, 0, 1, 31, 366, 1826])
"""Where the ranges of days from one row to the other begin, the first apart."""
_CASE_SIZES = np.array([2, 5, 13])


class Level(IntEnum):
    """What stands between two rows, the most telling first that holds."""

    DAYS_UNKNOWN = 0
    YEAR_BEFORE = 1
    MONTHS_BEFORE = 2
    DAYS_BEFORE = 3
    SAME_DAY = 4
    DAYS_AFTER = 5
    MONTHS_AFTER = 6
    YEARS_AFTER = 7
    LONG_AFTER = 8
    SAME_REQUEST = 9
    SAME_CASE_OF_ONE = 10
    SAME_CASE_OF_FEW = 11
    SAME_CASE_OF_SEVERAL = 12
    SAME_CASE_OF_MANY = 13
    SAME_PLACE_AND_DAY = 14
    SAME_PLACE_NEAR_DAY = 15


LEVELS = len(Level)
_BY_DAYS = Level.SAME_REQUEST
"""Levels below this one speak of days alone."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of pairs as numbers: roles, one source or two, level, and whether the cases differ."""

    roles: int

    def number(
        self, role_1: Integers, role_2: Integers, one_source: Flags, level: Integers, apart: Flags
    ) -> Integers:
        """Give the cell's number; the first role must not come after the second."""
        roles = role_1 * self.roles + role_2
        return ((roles * 2 + one_source) * LEVELS + level) * 2 + apart

    def first(self, role_1: int, role_2: int, one_source: int) -> int:
        """Give the number of the first cell of two roles, the one of level 0 and no cases apart."""
        return ((role_1 * self.roles + role_2) * 2 + one_source) * 2 * LEVELS

    def one_source(self, cell: Integers) -> Flags:
        """Tell which cells are of rows from one file."""
        return np.asarray(cell // (2 * LEVELS) % 2 == 1)

    def level(self, cell: Integers) -> Integers:
        """Give the level of each cell."""
        return cell // 2 % LEVELS

    def kind(self, cell: Integers) -> Integers:
        """Give the cell without its roles: what cells of different roles have in common."""
        return cell % (4 * LEVELS)

    def parts(self, cell: int) -> tuple[int, int, int, int, int]:
        """Give roles, whether one source, level, and whether cases differ, of one cell."""
        rest, apart = divmod(cell, 2)
        rest, level = divmod(rest, LEVELS)
        rest, one_source = divmod(rest, 2)
        role_1, role_2 = divmod(rest, self.roles)
        return role_1, role_2, one_source, level, apart

    def __len__(self) -> int:
        return self.roles * self.roles * 4 * LEVELS


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The cell and level of each pair."""

    cell: Integers
    level: Integers


def case_sizes(records: GunRecords) -> Integers:
    """Give for each case the most guns that one list names in it."""
    held = records.case != NONE
    sources = int(records.source.max(initial=0)) + 1
    lists, counts = np.unique(
        records.case[held] * sources + records.source[held], return_counts=True
    )
    sizes = np.zeros(int(records.case.max(initial=0)) + 1, dtype=np.int64)
    np.maximum.at(sizes, lists // sources, counts)
    return sizes


def compare(records: GunRecords, sizes: Integers, left: Integers, right: Integers) -> Circumstances:
    """Find the circumstances of pairs of rows, given `case_sizes`."""
    swap = records.role[left] > records.role[right]
    one, other = np.where(swap, right, left), np.where(swap, left, right)
    role_1, role_2 = records.role[one], records.role[other]
    gap = records.day[other] - records.day[one]
    # Of two rows of one role neither is the first.
    gap = np.where(role_1 == role_2, np.abs(gap), gap)
    dated = (records.day[one] != NO_DAY) & (records.day[other] != NO_DAY)
    level = np.where(dated, np.digitize(gap, _EDGES) + 1, Level.DAYS_UNKNOWN)
    beside = dated & (np.abs(gap) <= NEAR_DAYS) & _share(records.place, one, other)
    level = np.where(beside, Level.SAME_PLACE_NEAR_DAY, level)
    level = np.where(beside & (gap == 0), Level.SAME_PLACE_AND_DAY, level)
    case = _share(records.case, one, other)
    size = np.where(case, sizes[np.maximum(records.case[one], 0)], 0)
    level = np.where(case, Level.SAME_CASE_OF_ONE + np.digitize(size, _CASE_SIZES), level)
    request = _share(records.reference, one, other) & (role_1 != role_2)
    level = np.where(request, Level.SAME_REQUEST, level)
    apart = _share(records.series, one, other) & ~case & ~request
    one_source = records.source[one] == records.source[other]
    cells = Cells(len(records.roles))
    return Circumstances(cells.number(role_1, role_2, one_source, level, apart), level)


def _share(values: Integers, one: Integers, other: Integers) -> Flags:
    return np.asarray((values[one] != NONE) & (values[one] == values[other]))


def count_pairs(records: GunRecords, seen: Integers, in_large_case: Flags) -> Integers:
    """Count the pairs of rows in every cell, [cells].

    Pairs by days alone are counted from how many rows each role has on each day; the others are
    those `seen`, the cells of all pairs that share a case, a request, or place and days, and those
    of rows `in_large_case`, whose cases are too large to pair them all.
    """
    cells = Cells(len(records.roles))
    counts = np.bincount(seen, minlength=len(cells)).astype(np.float64)
    within = np.zeros((cells.roles, cells.roles, _BY_DAYS))
    order = np.argsort(records.source, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(records.source[order])) + 1):
        within += _by_days(records, rows)
    across = _by_days(records, order) - within
    files = int(records.source.max(initial=0)) + 1
    numbered = np.flatnonzero(records.series != NONE)
    series, file = records.series[numbered], records.source[numbered]
    apart_within = _shared(records, numbered, series * files + file)
    apart_across = _shared(records, numbered, series) - apart_within
    large = np.flatnonzero(in_large_case)
    cased_within = _shared(records, large, records.case[large] * files + records.source[large])
    cased_across = _shared(records, large, records.case[large]) - cased_within
    roles = np.argwhere(np.triu(np.ones((cells.roles, cells.roles))))
    for one_source, pairs, apart, cased in (
        (0, across, apart_across, cased_across),
        (1, within, apart_within, cased_within),
    ):
        for role_1, role_2 in roles:
            at = cells.first(role_1, role_2, one_source) + 2 * Level.SAME_CASE_OF_MANY
            counts[at] += cased[role_1, role_2]
        differ = apart / np.maximum(pairs.sum(axis=2), 1.0)
        share = np.clip(differ, 0.0, 1.0)[:, :, None]
        for flag, part in ((0, pairs * (1.0 - share)), (1, pairs * share)):
            for role_1, role_2 in roles:
                at = cells.first(role_1, role_2, one_source) + flag
                here = counts[at : at + 2 * _BY_DAYS : 2]
                here[:] = np.maximum(here, part[role_1, role_2])
    return np.ceil(counts).astype(np.int64)


def _shared(records: GunRecords, rows: Integers, group: Integers) -> Reals:
    """Count the pairs of rows with one group, by their roles, [roles, roles]."""
    roles = len(records.roles)
    _, group = np.unique(group, return_inverse=True)
    held = coo_array(
        (np.ones(len(rows)), (group.reshape(-1), records.role[rows])),
        shape=(int(group.max(initial=0)) + 1, roles),
    ).tocsr()
    pairs = np.asarray((held.T @ held).todense())
    alone = np.bincount(records.role[rows], minlength=roles)
    pairs[np.diag_indices(roles)] = (pairs.diagonal() - alone) / 2
    return pairs


def _by_days(records: GunRecords, rows: Integers) -> Reals:
    """Count the pairs of rows by roles and range of days, [roles, roles, levels by days]."""
    roles = len(records.roles)
    found = np.zeros((roles, roles, int(_BY_DAYS)))
    day, role = records.day[rows], records.role[rows]
    found[:, :, Level.DAYS_UNKNOWN] = _shared(records, rows, np.zeros_like(rows))
    if not (day != NO_DAY).any():
        return found
    first, last = int(day[day != NO_DAY].min()), int(day.max())
    edges = [first - last, *_EDGES.tolist(), last - first + 1]
    present = np.unique(role)
    counts = {
        each: np.bincount(day[(role == each) & (day != NO_DAY)] - first, minlength=last - first + 1)
        for each in present
    }
    until = {each: np.concatenate(([0], np.cumsum(counts[each]))) for each in present}
    for place, one in enumerate(present):
        days = np.flatnonzero(counts[one])
        for other in present[place:]:
            reach = [np.clip(days + edge, 0, last - first + 1) for edge in edges]
            upto = np.array([counts[one][days] @ until[other][each] for each in reach])
            ranges = np.diff(upto).astype(np.float64)
            if one == other:
                ranges[: Level.SAME_DAY - 1] = 0.0
                ranges[Level.SAME_DAY - 1] = (counts[one] * (counts[one] - 1)).sum() / 2
            found[one, other, 1:] = ranges
            found[one, other, 0] -= ranges.sum()
    return found
