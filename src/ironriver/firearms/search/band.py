"""A row of the edit table, cut to its band, as bits: optimal string alignment with wildcards.

Row `depth` belongs to a prefix of so many symbols; its cell c to the first depth + c - edits
characters of the pattern, c from 0 to 2 edits (Ukkonen 1985: no other cell can be within the
limit). A row is one number: bit c of byte e is set if the distance of that cell is at most e. All
cells step at once (Wu & Manber 1992, "Fast Text Searching Allowing Errors"), with the swap added.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ironriver.firearms.compiled import inlined

Masks = npt.NDArray[np.uint32]
WideMasks = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
Table = npt.NDArray[np.int64]

SYMBOLS = np.uint32(0xFFFFFFFE)
"""All symbols, as bits; the end of a skeleton is none."""

_BIAS = 4
_ONE, _BYTE, _WINDOW = np.uint64(1), np.uint64(255), np.uint64(127)
_BIT = np.uint32(1)
_BIT_PLACES = np.zeros(32, dtype=np.int64)
for _place in range(32):
    _BIT_PLACES[((1 << _place) * 0x077CB531 % 2**32) >> 27] = _place


@inlined
def lowest(bits: np.uint32) -> int:
    """Give the place of the lowest bit set (Leiserson, Prokop & Randall 1998)."""
    alone = np.uint32(bits & (~bits + _BIT))
    return int(_BIT_PLACES[np.uint32(alone * np.uint32(0x077CB531)) >> np.uint32(27)])


def words(longest: int) -> int:
    """Give how many words the places of a pattern take."""
    return (longest + _BIAS) // 64 + 2


@inlined
def mark(masks: Masks, places: WideMasks) -> None:
    """Note at which places of a pattern each symbol stands: bits of ``places[symbol]``."""
    used = (len(masks) + _BIAS) // 64 + 2
    for symbol in range(len(places)):
        for word in range(used):
            places[symbol, word] = 0
    for spot in range(len(masks)):
        where = spot + _BIAS
        bits = masks[spot]
        while bits:
            places[lowest(bits), where >> 6] |= _ONE << np.uint64(where & 63)
            bits &= bits - _BIT


@inlined
def window(places: WideMasks, symbol: int, depth: int, edits: int) -> np.uint64:
    """Give the cells of row `depth` whose last character a symbol matches; bit 0 is cell -1."""
    where = depth - edits - 2 + _BIAS
    low = places[symbol, where >> 6] >> np.uint64(where & 63)
    high = (places[symbol, (where >> 6) + 1] << _ONE) << np.uint64(63 - (where & 63))
    return np.uint64((low | high) & _WINDOW)


@inlined
def inside(size: int, depth: int, edits: int) -> np.uint64:
    """Give the cells of row `depth` that a pattern of `size` characters reaches."""
    most = min(size - depth + edits, 2 * edits) + 1
    return (_ONE << np.uint64(max(most, 0))) - _ONE


@inlined
def first_row(size: int, edits: int) -> np.uint64:
    """Give the row of the empty prefix: n characters of the pattern are n edits away."""
    row = np.uint64(0)
    for limit in range(edits + 1):
        for done in range(min(limit, size) + 1):
            row |= _ONE << np.uint64(8 * limit + edits + done)
    return row


@inlined
def advance(
    places: WideMasks,
    size: int,
    row: np.uint64,
    before: np.uint64,
    depth: int,
    edits: int,
    last: int,
    new: int,
) -> np.uint64:
    """Give row `depth`, for a prefix that ends with `last` and `new`, from the two before it."""
    cells = inside(size, depth, edits)
    here = window(places, new, depth, edits)
    same = here >> _ONE
    # Bit c of `here` is cell c - 1: the pattern's last but one matches the new symbol.
    swap = here & (window(places, last, depth, edits) >> _ONE)
    made = row & same & cells
    out = made
    for limit in range(1, edits + 1):
        fewer = (row >> np.uint64(8 * (limit - 1))) & _BYTE
        swapped = (before >> np.uint64(8 * (limit - 1))) & swap
        equal = (row >> np.uint64(8 * limit)) & same
        made = (equal | fewer | (fewer >> _ONE) | (made << _ONE) | swapped) & cells
        out |= made << np.uint64(8 * limit)
    return out


@inlined
def live(
    masks: Masks,
    places: WideMasks,
    row: np.uint64,
    before: np.uint64,
    depth: int,
    edits: int,
    last: int,
) -> np.uint32:
    """Give the symbols after which some cell of the next row is still within the limit."""
    size = len(masks)
    swaps = np.uint64(0)
    if edits:
        if (row >> np.uint64(8 * (edits - 1))) & _BYTE:
            return SYMBOLS
        # A swap: the last symbol is the pattern's next but one, and the next symbol its next.
        swaps = (before >> np.uint64(8 * (edits - 1))) & _BYTE
        swaps &= window(places, last, depth + 1, edits) >> _ONE
    cells = (row >> np.uint64(8 * edits)) & inside(size - 1, depth, edits)
    found = np.uint32(0)
    base = depth - edits
    while cells:
        found |= masks[base + lowest(np.uint32(cells))]
        cells &= cells - _ONE
    while swaps:
        found |= masks[base + lowest(np.uint32(swaps)) - 1]
        swaps &= swaps - _ONE
    return found & SYMBOLS


@inlined
def within(row: np.uint64, size: int, depth: int, edits: int) -> bool:
    """Tell whether the whole pattern is within the limit of a prefix."""
    cell = size - depth + edits
    return 0 <= cell <= 2 * edits and (row >> np.uint64(8 * edits + cell)) & _ONE == _ONE


@inlined
def apart(masks: WideMasks, codes: Bytes, length: int, limit: int, table: Table) -> int:
    """Give the distance of a plain pattern and plain codes, or `limit` + 1 if it is larger."""
    size = len(masks)
    if abs(size - length) > limit:
        return limit + 1
    for done in range(size + 1):
        table[0, done] = done
    for depth in range(1, length + 1):
        row, up, above = depth % 3, (depth - 1) % 3, (depth - 2) % 3
        new = np.uint64(codes[depth - 1])
        table[row, 0] = depth
        least = depth
        for done in range(1, size + 1):
            same = (masks[done - 1] >> new) & np.uint64(1)
            best = table[up, done - 1] + (0 if same else 1)
            best = min(best, table[up, done] + 1, table[row, done - 1] + 1)
            if done > 1 and depth > 1:
                last = np.uint64(codes[depth - 2])
                if (masks[done - 1] >> last) & (masks[done - 2] >> new) & np.uint64(1):
                    best = min(best, table[above, done - 2] + 1)
            table[row, done] = best
            least = min(least, best)
        if least > limit:
            return limit + 1
    return int(min(table[length % 3, size], limit + 1))
