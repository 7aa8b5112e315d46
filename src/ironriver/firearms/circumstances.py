"""How two rows stand to each other apart from the gun: by request, case, place and days.

Each pair of rows falls into one *cell*: their two roles, whether one file holds both, a level, and
whether one office numbers them as different cases. How many pairs a cell holds is counted, not
sampled (see `census`), so that the share of them that are the same gun is a prior that rests on the
lists as they are: among all pairs of a purchase and a recovery hardly one is of the same gun, among
two lists of one case every second may be.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ironriver.firearms.gun_records import NO_DAY, NONE, Flags, GunRecords, Integers

NEAR_DAYS = 9
"""Two offices may enter the same seizure so many days apart."""
EDGES = np.array([-365, -30, 0, 1, 31, 366, 1826])
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
BY_DAYS = int(Level.SAME_REQUEST)
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
    """The cell and level of each pair, and the level it would have without request and case."""

    cell: Integers
    level: Integers
    bare: Integers

    def of(self, pairs: Integers) -> Circumstances:
        """Give those of some of the pairs."""
        return Circumstances(self.cell[pairs], self.level[pairs], self.bare[pairs])


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


def case_level(size: Integers) -> Integers:
    """Give the level of a case of which one list names at most so many guns."""
    return np.asarray(Level.SAME_CASE_OF_ONE + np.digitize(size, _CASE_SIZES))


def compare(records: GunRecords, sizes: Integers, left: Integers, right: Integers) -> Circumstances:
    """Find the circumstances of pairs of rows, given `case_sizes`."""
    swap = records.role[left] > records.role[right]
    one, other = np.where(swap, right, left), np.where(swap, left, right)
    role_1, role_2 = records.role[one], records.role[other]
    gap = records.day[other] - records.day[one]
    # Of two rows of one role neither is the first.
    gap = np.where(role_1 == role_2, np.abs(gap), gap)
    dated = (records.day[one] != NO_DAY) & (records.day[other] != NO_DAY)
    bare = np.where(dated, np.digitize(gap, EDGES) + 1, Level.DAYS_UNKNOWN)
    beside = dated & (np.abs(gap) <= NEAR_DAYS) & _share(records.place, one, other)
    bare = np.where(beside, Level.SAME_PLACE_NEAR_DAY, bare)
    bare = np.where(beside & (gap == 0), Level.SAME_PLACE_AND_DAY, bare)
    case = _share(records.case, one, other)
    level = np.where(case, case_level(sizes[np.maximum(records.case[one], 0)]), bare)
    request = _share(records.reference, one, other) & (role_1 != role_2)
    level = np.where(request, Level.SAME_REQUEST, level)
    apart = _share(records.series, one, other) & ~case & ~request
    one_source = records.source[one] == records.source[other]
    cells = Cells(len(records.roles))
    return Circumstances(cells.number(role_1, role_2, one_source, level, apart), level, bare)


def _share(values: Integers, one: Integers, other: Integers) -> Flags:
    return np.asarray((values[one] != NONE) & (values[one] == values[other]))
