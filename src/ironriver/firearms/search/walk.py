"""The walk: all skeletons of a run within so many edits of a pattern, each met once.

The run is walked as the tree of its prefixes (see `prefixes`), depth first. With each prefix goes
its row of the edit table, cut to the band that can still matter (Ukkonen 1985); a branch is left
where no cell of the row is within the limit, so every skeleton within it is met, and none twice.
The distance is optimal string alignment: insertion, deletion, substitution, swap of neighbours, no
part edited twice. An unreadable character matches any one character, on either side, for nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ironriver.firearms.compiled import compiled
from ironriver.firearms.search.entries import Bytes, Keys, Places, Rows, fingerprint, signed, unpack
from ironriver.firearms.search.prefixes import Words, follow, followers, mixed, root, scaled

Masks = npt.NDArray[np.uint32]
WideMasks = npt.NDArray[np.uint64]
Hits = npt.NDArray[np.uint32]
Table = npt.NDArray[np.int64]

DONE, FULL, DAMAGED, VAGUE = 0, 1, 2, 3
"""How a walk ended: all met; no room for more; the run is not what was written; too many steps."""

_ONE = np.uint32(1)
_SYMBOLS = np.uint32(0xFFFFFFFE)  # all but the end
_BIT_PLACES = np.zeros(32, dtype=np.int64)
for _place in range(32):
    _BIT_PLACES[((1 << _place) * 0x077CB531 % 2**32) >> 27] = _place


@compiled
def lowest(bits: np.uint32) -> int:
    """Give the place of the lowest bit set (Leiserson, Prokop & Randall 1998)."""
    alone = np.uint32(bits & (~bits + _ONE))
    return int(_BIT_PLACES[np.uint32(alone * np.uint32(0x077CB531)) >> np.uint32(27)])


@compiled
def live(masks: Masks, rows: Table, depth: int, edits: int, last: int) -> np.uint32:
    """Give the symbols after which some cell of the next row is still within the limit."""
    found = np.uint32(0)
    for cell in range(2 * edits + 1):
        done = depth + cell - edits  # characters of the pattern that this cell has used up
        if done < 0 or done > len(masks):
            continue
        if rows[depth, cell] < edits:
            return _SYMBOLS
        if done == len(masks):
            continue
        if rows[depth, cell] == edits:
            found |= masks[done]
        # A swap: the last symbol is the pattern's next but one, and the next symbol its next.
        if (
            depth
            and done
            and rows[depth - 1, cell] < edits
            and (masks[done] >> np.uint32(last)) & _ONE
        ):
            found |= masks[done - 1]
    return found & _SYMBOLS


@compiled
def advance(masks: Masks, rows: Table, depth: int, edits: int, last: int, new: int) -> None:
    """Write the row of a prefix of `depth` symbols whose two last are `last` and `new`."""
    for cell in range(2 * edits + 1):
        done = depth + cell - edits
        best = edits + 1
        if 0 <= done <= len(masks):
            if cell < 2 * edits:
                best = min(best, rows[depth - 1, cell + 1] + 1)
            if cell:
                best = min(best, rows[depth, cell - 1] + 1)
            if done:
                same = (masks[done - 1] >> np.uint32(new)) & _ONE
                best = min(best, rows[depth - 1, cell] + (0 if same else 1))
            if done > 1 and depth > 1 and rows[depth - 2, cell] < best - 1:
                first = masks[done - 1] >> np.uint32(last)
                if first & (masks[done - 2] >> np.uint32(new)) & _ONE:
                    best = rows[depth - 2, cell] + 1
        rows[depth, cell] = best


@compiled
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


class Arrays(NamedTuple):
    """The arrays of a run; entries stand in the order of the hashes of their skeletons."""

    keys: Keys
    """Plain forms [entries], see `entries`."""
    rows: Rows
    """Row of each entry in the run [entries]."""
    prints: Bytes
    """A fingerprint of the skeleton [entries]."""
    buckets: Rows
    """First entry of each bucket of hashes [buckets + 1]."""
    words: Words
    """The filter of prefixes [lines * 16]."""
    text: Bytes
    """Serials too long for a key."""


class Scratch(NamedTuple):
    """What a walk writes on; nothing in it outlives a walk."""

    states: Keys
    left: Masks
    symbols: Bytes
    rows: Table
    table: Table
    codes: Bytes


class Patterns(NamedTuple):
    """What is looked for: pattern i is ``starts[i]`` to ``starts[i + 1]`` of both masks."""

    starts: Places
    masks: Masks
    """The symbols that each place of a pattern matches, as bits."""
    plain: WideMasks
    """The same for plain codes."""
    edits: Bytes
    """Edits allowed, for each pattern."""


@compiled
def collect(
    run: Arrays,
    scratch: Scratch,
    skeleton: Bytes,
    hashed: np.uint64,
    depth: int,
    plain: WideMasks,
    limit: int,
    out: Hits,
    filled: int,
) -> int:
    """Append the rows of all entries whose skeleton is the walk's; give the new end.

    With a limit of 0 or more, only those whose plain form is within it. Gives -1 where `out` is
    full, -2 for damage.
    """
    bucket = scaled(hashed, np.uint64(len(run.buckets) - 1))
    first, past = signed(run.buckets[bucket]), signed(run.buckets[bucket + np.uint64(1)])
    if first > past or past > len(run.keys):
        return -2
    mark = fingerprint(hashed)
    for entry in range(first, past):
        if run.prints[entry] != mark:
            continue
        length = unpack(run.keys[entry], run.text, scratch.codes)
        if length < 0:
            return -2
        same = length == depth
        place = 0
        while same and place < depth:
            same = skeleton[scratch.codes[place]] == scratch.symbols[place + 1]
            place += 1
        if not same:
            continue
        if limit >= 0 and apart(plain, scratch.codes, length, limit, scratch.table) > limit:
            continue
        if filled == len(out):
            return -1
        out[filled] = run.rows[entry]
        filled += 1
    return filled


@compiled
def walk(
    run: Arrays,
    scratch: Scratch,
    skeleton: Bytes,
    masks: Masks,
    plain: WideMasks,
    edits: int,
    limit: int,
    steps: int,
    out: Hits,
    filled: int,
) -> tuple[int, int]:
    """Append the rows of all entries within the edits of one pattern; how it ended, the new end."""
    size = len(masks)
    rows, left, states, symbols = scratch.rows, scratch.left, scratch.states, scratch.symbols
    for cell in range(2 * edits + 1):
        done = cell - edits
        rows[0, cell] = done if 0 <= done <= size else edits + 1
    depth = 0
    states[0] = root()
    symbols[0] = 0
    while depth >= 0:
        # A prefix is met for the first time: is it whole, and where does the walk go on?
        hashed = mixed(states[depth])
        found = followers(run.words, hashed)
        cell = size - depth + edits
        if found & _ONE and 0 <= cell <= 2 * edits and rows[depth, cell] <= edits:
            end = collect(run, scratch, skeleton, hashed, depth, plain, limit, out, filled)
            if end < 0:
                return (FULL if end == -1 else DAMAGED), filled
            filled = end
        left[depth] = 0
        if depth < size + edits:
            left[depth] = found & live(masks, rows, depth, edits, signed(symbols[depth]))
        while depth >= 0 and left[depth] == 0:
            depth -= 1
        if depth < 0:
            break
        new = lowest(left[depth])
        left[depth] &= left[depth] - _ONE
        advance(masks, rows, depth + 1, edits, signed(symbols[depth]), new)
        states[depth + 1] = follow(states[depth], np.uint64(new))
        depth += 1
        symbols[depth] = new
        steps -= 1
        if steps < 0:
            return VAGUE, filled
    return DONE, filled


@compiled
def walk_all(
    run: Arrays,
    scratch: Scratch,
    skeleton: Bytes,
    patterns: Patterns,
    first: int,
    filled: int,
    exact: bool,
    steps: int,
    out: Hits,
    ends: Places,
) -> tuple[int, int]:
    """Walk for patterns from `first` on until all are done or `out` is full; empty ones find none.

    ``ends[i]`` becomes the end of what pattern i found in `out`. Gives how it ended, and the first
    pattern not done.
    """
    for place in range(first, len(patterns.starts) - 1):
        begin, end = patterns.starts[place], patterns.starts[place + 1]
        if begin == end:
            ends[place] = filled
            continue
        edits = signed(patterns.edits[place])
        status, filled = walk(
            run, scratch, skeleton, patterns.masks[begin:end], patterns.plain[begin:end],
            edits, edits if exact else -1, steps, out, filled,
        )  # fmt: skip
        if status != DONE:
            return status, place
        ends[place] = filled
    return DONE, len(patterns.starts) - 1
