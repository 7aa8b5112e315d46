"""The chance that another gun bears a serial: what the serials of all other rows look like there.

Serials run in series, so the chance follows them character by character (see `grammar`):

    P0(q) = P(length) product over i of (n(q_1 … q_i) + d P(q_i)) / (n(q_1 … q_i-1) + d)

n counts distinct serials of the same make and length that begin so, without q itself and without
the serial it is held against: of both it is asked whether they are one gun, so neither may stand
for the other guns. The usual marks P(q_i) at each place are those of all serials, these two among
them: a maker that writes one serial in a form of its own writes others so. Makes are sometimes
wrong: a small part of the chance is that of all makes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ironriver.firearms.channel import ALPHABET, Reals
from ironriver.firearms.compiled import compiled
from ironriver.firearms.grammar import LENGTH_WORTH, MARK_WORTH, USUAL_LENGTH
from ironriver.firearms.gun_records import Integers
from ironriver.firearms.kernel import Packed
from ironriver.firearms.logsums import Bytes

ANY_MAKE = 0.07
"""Chance that the make of a row is not that of its gun."""
RANGE_WORTH = 4.0
"""How many serials the usual marks are worth where series are counted: d above."""
LONGEST = 24
"""Characters beyond are not looked at."""
_SIZE = len(ALPHABET) + 1


@dataclass(frozen=True, slots=True)
class Series:
    """The distinct whole serials of each block (make and length), counted by their beginnings."""

    block: Integers
    """The block of each row, [rows]."""
    begin: Integers
    """Where the counts of a row's serial begin, -1 for an unreadable mark in it, [rows]."""
    counts: Integers
    """For each distinct serial: how many of its block share its first 0, 1, … characters."""
    marks: Reals
    """P(character) by block and place, [blocks, LONGEST, marks]; 1 for an unreadable one."""
    sizes: Integers
    """Serials of each block and of its make, [blocks, 2]."""
    names: Integers
    """Make and length of each block, [blocks, 2]."""

    @classmethod
    def of(cls, packed: Packed, rows: int, make: Integers) -> Series:
        """Count the serials of the first `rows` readings; rows of one make share blocks."""
        length = np.minimum(np.diff(packed.starts)[:rows], LONGEST)
        blocks, block = np.unique(np.stack((make, length), axis=1), axis=0, return_inverse=True)
        block = block.reshape(-1)
        grid = np.full((rows, LONGEST), 255, dtype=np.uint8)
        place = np.arange(LONGEST) < length[:, None]
        grid[place] = packed.codes[(packed.starts[:rows, None] + np.arange(LONGEST))[place]]
        whole = (length > 0) & ~((grid == _SIZE - 1) & place).any(axis=1)
        keys = np.concatenate((block[whole, None].astype(">u4").view(np.uint8).reshape(-1, 4),
                               grid[whole]), axis=1)  # fmt: skip
        wide = np.ascontiguousarray(keys).view(f"S{4 + LONGEST}").reshape(-1)
        _, first, inverse = np.unique(wide, return_index=True, return_inverse=True)
        distinct, their_block = grid[whole][first], block[whole][first]
        counts, starts = _counted(distinct, their_block, blocks[:, 1])
        begin = np.full(rows, -1, dtype=np.int64)
        begin[whole] = starts[inverse.reshape(-1)]
        marks, sizes = _usual(distinct, their_block, blocks)
        return cls(block, begin, counts, marks, sizes, blocks)


def _counted(grid: Bytes, block: Integers, lengths: Integers) -> tuple[Integers, Integers]:
    """Count, for each distinct serial in order, those of its block that begin alike."""
    length = lengths[block]
    starts = np.concatenate(([0], np.cumsum(length + 1)))
    counts = np.zeros(starts[-1], dtype=np.int64)
    new = np.ones(len(grid), dtype=np.bool_)
    new[1:] = block[1:] != block[:-1]
    for place in range(LONGEST + 1):
        if place:
            new[1:] |= grid[1:, place - 1] != grid[:-1, place - 1]
        group = np.cumsum(new) - 1
        held = np.flatnonzero(length >= place)
        counts[starts[held] + place] = np.bincount(group)[group[held]] if len(held) else 0
    return counts, starts[:-1]


def _usual(grid: Bytes, block: Integers, blocks: Integers) -> tuple[Reals, Integers]:
    """Give the usual marks at each place of each block, drawn to those of its length in all.

    With them go the numbers of serials of each block and of its make.
    """
    lengths = blocks[:, 1]
    seen = np.zeros((len(blocks), LONGEST, _SIZE - 1))
    for place in range(LONGEST):
        held = grid[:, place] < _SIZE - 1
        np.add.at(seen[:, place], (block[held], grid[held, place]), 1.0)
    of_length = np.zeros((LONGEST + 1, LONGEST, _SIZE - 1))
    np.add.at(of_length, lengths, seen)
    of_length = (of_length + 1.0) / (of_length + 1.0).sum(axis=2, keepdims=True)
    usual = (seen + MARK_WORTH * of_length[lengths]) / (
        seen.sum(axis=2, keepdims=True) + MARK_WORTH
    )
    marks = np.concatenate((usual, np.ones((len(blocks), LONGEST, 1))), axis=2)
    count = np.bincount(block, minlength=len(blocks))
    _, make = np.unique(blocks[:, 0], return_inverse=True)
    total = np.bincount(make.reshape(-1), count)[make.reshape(-1)].astype(np.int64)
    return marks, np.stack((count, total), axis=1)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The serials of all rows, by make and of all makes together."""

    packed: Packed
    by_make: Series
    of_all: Series
    make_known: Integers

    @classmethod
    def of(cls, packed: Packed, make: Integers) -> Surroundings:
        """Count the serials of rows; a make of -1 is not known."""
        rows = len(make)
        return cls(
            packed,
            Series.of(packed, rows, make),
            Series.of(packed, rows, np.zeros(rows, dtype=np.int64)),
            (make >= 0).astype(np.int64),
        )

    def log_densities(self, rows: Integers, others: Integers) -> Reals:
        """Give log P0(serial of a row), the row held against another, for pairs of rows."""
        of_all = self._logs(self.of_all, rows, others)
        by_make = self._logs(self.by_make, rows, others)
        mixed = np.logaddexp(np.log1p(-ANY_MAKE) + by_make, np.log(ANY_MAKE) + of_all)
        return np.where(self.make_known[rows] == 1, mixed, of_all)

    def _logs(self, series: Series, rows: Integers, others: Integers) -> Reals:
        out = np.empty(len(rows))
        _log_densities(
            self.packed.codes, self.packed.starts, rows, others, series.block, series.begin,
            series.counts, series.marks, series.sizes, series.names, out,
        )  # fmt: skip
        return out


@compiled
def _log_densities(
    codes: Bytes,
    starts: Integers,
    rows: Integers,
    others: Integers,
    block: Integers,
    begin: Integers,
    counts: Integers,
    marks: Reals,
    sizes: Integers,
    names: Integers,
    out: Reals,
) -> None:
    for pair in range(len(rows)):
        row, other = rows[pair], others[pair]
        here, there = block[row], block[other]
        one = codes[starts[row] : starts[row + 1]]
        two = codes[starts[other] : starts[other + 1]]
        own = 1 if begin[row] >= 0 else 0
        # Of the other serial's make, and of its block: there it is left out.
        counted = begin[other] >= 0 and begin[other] != begin[row]
        kin = counted and names[here, 0] == names[there, 0]
        beside = kin and here == there
        length = names[here, 1]
        prior = length * math.log(USUAL_LENGTH) - USUAL_LENGTH - math.lgamma(length + 1.0)
        total = math.log(
            sizes[here, 0] - own - (1 if beside else 0) + LENGTH_WORTH * math.exp(prior)
        ) - math.log(sizes[here, 1] - own - (1 if kin else 0) + LENGTH_WORTH)
        for place in range(min(len(one), LONGEST)):
            usual = marks[here, place, one[place]]
            if own == 0:
                total += math.log(usual)
                continue
            before = counts[begin[row] + place] - (2 if beside else 1)
            beside = beside and one[place] == two[place]
            alike = counts[begin[row] + place + 1] - (2 if beside else 1)
            total += math.log((alike + RANGE_WORTH * usual) / (before + RANGE_WORTH))
        out[pair] = total
