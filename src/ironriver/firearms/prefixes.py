"""Serials in order, walked character by character: how likely the next gun of a group goes there.

A block holds the distinct serials of one group and length, in ascending order, by place. The
chance of the next character, after a prefix that n serials of the block share, n_c of which go on
with c, is

    P(c | prefix) = (1 - w) n_c / n + w P(c at its place)

w is learned for each place and size of n by leaving out one serial at a time (deleted
interpolation: Jelinek & Mercer 1980; leaving one out: Ney, Essen & Kneser 1994): it is 1 where a
serial stands alone, so no serial speaks for itself, and at the last place, where all are distinct.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ironriver.firearms.channel import Reals
from ironriver.firearms.compiled import compiled
from ironriver.firearms.logsums import Bytes

Integers = npt.NDArray[np.int64]

SIZES = 14
"""Sizes of n told apart: 1, 2, 3-4, 5-8, … with the largest together."""
RANGE_WORTH = 4.0
"""Before any serial, w is d / (n + d)."""
AROUND = 2
"""Free and held numbers are counted among those that differ in so many last characters."""
MOST_HELD = 0.9
_ROUNDS = 20
_BELIEVED = 2.0
"""How many serials that is worth at each place and size."""
_NODES = 20_000
"""More prefixes of one place would tell no more: so many of them, evenly spread, are looked at."""


class Blocks(NamedTuple):
    """All blocks; block b has its codes at `cells[base[b] + place * sizes[b] + serial]`."""

    cells: Bytes
    held: Bytes
    """How many records bear each serial, 255 or more as 255, at `first[b] + serial`."""
    base: Integers
    sizes: Integers
    length: Integers
    first: Integers
    marks: Reals
    """P(c at its place), [places of all blocks, alphabet]; block b begins at `places[b]`."""
    places: Integers
    widths: Reals
    """w, [places of all blocks, SIZES]."""


@compiled
def size_of(n: int) -> int:
    """Tell which of the sizes n belongs to.

    >>> [size_of(n) for n in (1, 2, 3, 4, 5, 10**9)]
    [0, 1, 2, 2, 3, 13]
    """
    size, rest = 0, n - 1
    while rest > 0 and size < SIZES - 1:
        rest >>= 1
        size += 1
    return size


@compiled
def learn_widths(blocks: Blocks) -> None:
    """Fill `widths`, block by block."""
    for b in range(len(blocks.sizes)):
        n, base = blocks.sizes[b], blocks.base[b]
        # How many characters each serial shares with the one before it.
        shared = np.zeros(n + 1, dtype=np.int64)
        for row in range(1, n):
            place = 0
            while (
                place < blocks.length[b]
                and blocks.cells[base + place * n + row] == blocks.cells[base + place * n + row - 1]
            ):
                place += 1
            shared[row] = place
        for place in range(blocks.length[b]):
            _learn_place(blocks, b, place, shared)


@compiled
def _learn_place(blocks: Blocks, b: int, place: int, shared: Integers) -> None:
    """Find w for one place: how much of what one serial does the others foretell."""
    width = np.empty(SIZES)
    believed = np.empty(SIZES)
    for size in range(SIZES):
        n = 1.0 if size == 0 else 1.5 * 2.0 ** (size - 1)
        believed[size] = RANGE_WORTH / (n + RANGE_WORTH) if size else 1.0
        width[size] = 0.5
    nodes = 1
    for row in range(1, blocks.sizes[b]):
        nodes += 1 if shared[row] < place else 0
    leap = 1 + nodes // _NODES
    for _ in range(_ROUNDS):
        own, all_ = np.zeros(SIZES), np.zeros(SIZES)
        low, node = 0, 0
        for row in range(1, blocks.sizes[b] + 1):
            if row == blocks.sizes[b] or shared[row] < place:
                node += 1
                if node % leap == 0:
                    _count_node(blocks, b, place, shared, low, row, width, own, all_)
                low = row
        for size in range(1, SIZES):
            part = own[size] + _BELIEVED * believed[size]
            width[size] = part / (all_[size] + _BELIEVED)
    width[0] = 1.0
    blocks.widths[blocks.places[b] + place] = width


@compiled
def _count_node(
    blocks: Blocks,
    b: int,
    place: int,
    shared: Integers,
    low: int,
    high: int,
    width: Reals,
    own: Reals,
    all_: Reals,
) -> None:
    """Add what the serials low … high - 1, of one prefix, say when each is left out in turn."""
    n = high - low
    if n < 2:
        return
    size = size_of(n)
    start = low
    for row in range(low + 1, high + 1):
        if row < high and shared[row] > place:
            continue
        alike = row - start
        code = blocks.cells[blocks.base[b] + place * blocks.sizes[b] + start]
        alone = width[size] * blocks.marks[blocks.places[b] + place, code]
        others = (1.0 - width[size]) * (alike - 1) / (n - 1)
        own[size] += alike * alone / (alone + others)
        all_[size] += alike
        start = row


@compiled
def bound(blocks: Blocks, b: int, place: int, low: int, high: int, code: int) -> int:
    """Give the first of the serials low … high - 1 whose character at `place` is not below."""
    column = blocks.base[b] + place * blocks.sizes[b]
    while low < high:
        middle = (low + high) >> 1
        if blocks.cells[column + middle] < code:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def step(blocks: Blocks, b: int, place: int, n: int, alike: int, code: int) -> float:
    """Give P(code | prefix), `alike` of the n serials with the prefix going on with it."""
    row = blocks.places[b] + place
    mark = blocks.marks[row, code]
    if n <= 0:
        return float(mark)
    width = blocks.widths[row, size_of(n)]
    return float((1.0 - width) * alike / n + width * mark)


@compiled
def tail(
    blocks: Blocks, b: int, serial: Bytes, place: int, low: int, high: int, taken: float
) -> float:
    """Give the chance of the characters from `place` on, low … high - 1 sharing those before.

    A serial that is held is borne by another gun only `taken` times as often as one that is not;
    what it gives up goes to the free ones around it (`share_free`).
    """
    chance, near, held = 1.0, 1.0, high - low
    for at in range(place, len(serial)):
        n = high - low
        if at == len(serial) - AROUND:
            near, held = chance, n
        if n > 0:
            low = bound(blocks, b, at, low, high, serial[at])
            high = bound(blocks, b, at, low, high, serial[at] + 1)
        chance *= step(blocks, b, at, n, high - low, serial[at])
    return chance * (taken if high > low else share_free(held * chance / near))


@compiled
def share_free(held: float) -> float:
    """Give how much likelier a free number is where so large a part of all around it is held."""
    return 1.0 / (1.0 - min(held, MOST_HELD))
