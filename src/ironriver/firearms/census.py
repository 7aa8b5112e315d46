"""How many pairs of rows stand in each cell of circumstances, counted without making the pairs.

Pairs are counted by how many rows of each role each day, place, file and series of case numbers
holds; then those that share a case or a request are moved to the cells where they belong. So the
counts are those of all pairs, of which there may be 10^12.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ironriver.firearms.channel import Reals
from ironriver.firearms.circumstances import (
    BY_DAYS,
    EDGES,
    LEVELS,
    NEAR_DAYS,
    Cells,
    Level,
    case_level,
    case_sizes,
    compare,
)
from ironriver.firearms.gun_records import NO_DAY, NONE, GunRecords, Integers
from ironriver.firearms.pairs import Pairs, in_large_case

_NEAR_EDGES = np.array([-NEAR_DAYS, 0, 1, NEAR_DAYS + 1])


def count_pairs(records: GunRecords, known: Iterable[Pairs]) -> Integers:
    """Count the pairs of rows in every cell, [cells].

    `known` holds all pairs that share a request, or a case that is not large (see `pairs`), each
    once in one of its parts; it may hold others.
    """
    cells, sizes = Cells(len(records.roles)), case_sizes(records)
    rows = np.arange(len(records))
    # By one source or not, series shared or not, roles, level.
    counts = _levels(records, rows, np.zeros_like(rows))
    large = np.flatnonzero(in_large_case(records))
    levels = case_level(sizes[records.case[large]])
    for level in np.unique(levels):
        held = large[levels == level]
        moved = _levels(records, held, records.case[held])
        counts -= moved
        counts[:, 0, :, :, level] += moved.sum(axis=(1, 4))
    role_1, role_2, one_source = np.indices((cells.roles, cells.roles, 2))
    found = np.zeros(len(cells))
    for apart in (0, 1):
        for level in range(LEVELS):
            at = cells.number(role_1, role_2, one_source, np.array(level), np.array(apart))
            found[at] = counts[:, apart, :, :, level].transpose(1, 2, 0)
    counted = found.astype(np.int64)
    for part in known:
        counted += _moves(records, sizes, part)
    return counted


def _moves(records: GunRecords, sizes: Integers, known: Pairs) -> Integers:
    """Move the pairs that share a request, or a case that is not large, to their cells."""
    cells, large = Cells(len(records.roles)), in_large_case(records)
    around = compare(records, sizes, known.left, known.right)
    one_case = records.case[known.left] == records.case[known.right]
    counted = one_case & large[known.left]
    moved = np.flatnonzero(
        (around.level == Level.SAME_REQUEST) | ((around.level != around.bare) & ~counted)
    )
    left, right = known.left[moved], known.right[moved]
    before = np.where(
        counted[moved], case_level(sizes[np.maximum(records.case[left], 0)]), around.bare[moved]
    )
    series = (records.series[left] != NONE) & (records.series[left] == records.series[right])
    role_1 = np.minimum(records.role[left], records.role[right])
    role_2 = np.maximum(records.role[left], records.role[right])
    old = cells.number(
        role_1, role_2, records.source[left] == records.source[right], before,
        series & ~counted[moved],
    )  # fmt: skip
    size = len(cells)
    return np.bincount(around.cell[moved], minlength=size) - np.bincount(old, minlength=size)


def _levels(records: GunRecords, rows: Integers, group: Integers) -> Reals:
    """Count the pairs of rows in one group by days and place alone.

    Gives [one source, series shared, roles, roles, levels].
    """
    source, series = records.source[rows], records.series[rows]
    held = series != NONE
    every = _bare(records, rows, group)
    filed = _bare(records, rows, _joined(group, source))
    serial = _bare(records, rows[held], _joined(group[held], series[held]))
    both = _bare(records, rows[held], _joined(group[held], series[held], source[held]))
    return np.array([[every - filed - serial + both, serial - both], [filed - both, both]])


def _bare(records: GunRecords, rows: Integers, group: Integers) -> Reals:
    """Count the pairs of rows in one group by their bare level, [roles, roles, levels]."""
    roles = len(records.roles)
    found = np.zeros((roles, roles, LEVELS))
    role, day, place = records.role[rows], records.day[rows], records.place[rows]
    everywhen = np.zeros_like(day)
    found[:, :, Level.DAYS_UNKNOWN] = _ranges(role, group, everywhen, np.array([0, 1]), roles)[
        :, :, 1
    ]
    dated = day != NO_DAY
    found[:, :, 1:BY_DAYS] = _ranges(role[dated], group[dated], day[dated], EDGES, roles)
    found[:, :, 0] -= found[:, :, 1:BY_DAYS].sum(axis=2)
    placed = dated & (place != NONE)
    near = _ranges(
        role[placed], _joined(group[placed], place[placed]), day[placed], _NEAR_EDGES, roles
    )
    before, same, after = near[:, :, 1], near[:, :, 2], near[:, :, 3]
    found[:, :, Level.DAYS_BEFORE] -= before
    found[:, :, Level.SAME_DAY] -= same
    found[:, :, Level.DAYS_AFTER] -= after
    found[:, :, Level.SAME_PLACE_AND_DAY] = same
    found[:, :, Level.SAME_PLACE_NEAR_DAY] = before + after
    return found


def _joined(first: Integers, *others: Integers) -> Integers:
    """Give each distinct combination of groups a number."""
    for other in others:
        first = first * (int(other.max(initial=0)) + 1) + other
        first = np.unique(first, return_inverse=True)[1].reshape(-1)
    return first


def _ranges(role: Integers, group: Integers, day: Integers, edges: Integers, roles: int) -> Reals:
    """Count the pairs of one group by how many days the second role's row is after the first's.

    Gives [roles, roles, ranges], the first role not after the second; of two rows of one role
    neither is the first. Range k begins at edge k - 1 and ends before edge k.
    """
    found = np.zeros((roles, roles, len(edges) + 1))
    if not len(day):
        return found
    day = day - day.min()
    span = int(day.max()) + 1
    key = group * (span + 1) + day
    held = [np.unique(key[role == each], return_counts=True) for each in range(roles)]
    until = [np.concatenate(([0], np.cumsum(counts))) for _, counts in held]
    for one in range(roles):
        keys, counts = held[one]
        base = keys // (span + 1) * (span + 1)
        for other in range(one, roles):
            theirs = held[other][0]
            if not len(keys) or not len(theirs):
                continue
            reach = [base] + [base + np.clip(keys - base + edge, 0, span) for edge in edges]
            reach.append(base + span)
            upto = [counts @ until[other][np.searchsorted(theirs, each)] for each in reach]
            found[one, other] = np.diff(np.array(upto, dtype=np.float64))
        _mirror(found[one, one], edges, len(keys) and counts.sum())
    return found


def _mirror(ranges: Reals, edges: Integers, rows: int) -> None:
    """Count each pair of rows of one role once, by the days between them."""
    same = int(np.flatnonzero(edges == 0)[0]) + 1
    ranges[:same] = 0.0
    ranges[same] = (ranges[same] - rows) / 2
