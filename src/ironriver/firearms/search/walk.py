"""The walk: all skeletons of a run within so many edits of a pattern, each met once.

The run is walked as the tree of its prefixes (see `prefixes`), depth first, a block of them at a
time. With each prefix goes its row of the edit table (see `band`); a branch is left where no cell
of the row is within the limit, so every skeleton within it is met, and none twice. The distance is
optimal string alignment: insertion, deletion, substitution, swap of neighbours, no part edited
twice. An unreadable character matches any one character, on either side, for nothing.
"""

from __future__ import annotations

import numpy as np

from ironriver.firearms.compiled import inlined
from ironriver.firearms.search.arrays import BLOCK, SPREAD, Arrays, Hits, Patterns, Scratch
from ironriver.firearms.search.band import (
    Masks,
    WideMasks,
    advance,
    apart,
    first_row,
    live,
    lowest,
    mark,
    within,
)
from ironriver.firearms.search.entries import (
    LONG,
    Bytes,
    Places,
    fingerprint,
    signed,
    state_of,
    unpack,
)
from ironriver.firearms.search.prefixes import follow, followers, mixed, root, scaled

DONE, FULL, DAMAGED, VAGUE = 0, 1, 2, 3
"""How a walk ended: all met; no room for more; the run is not what was written; too many steps."""

_ONE = np.uint32(1)
_BYTE, _ROW = np.uint64(255), np.uint64(0xFFFFFF)


@inlined
def noted(row: np.uint64, before: np.uint64, last: int, depth: int) -> np.uint64:
    """Pack what goes with a prefix: of the row before, only the bytes a swap can need."""
    place = np.uint64(last | depth << 8) << np.uint64(40)
    return row | (before & np.uint64(0xFFFF)) << np.uint64(24) | place


@inlined
def collect(
    run: Arrays,
    scratch: Scratch,
    skeleton: Bytes,
    state: np.uint64,
    hashed: np.uint64,
    plain: WideMasks,
    limit: int,
    out: Hits,
    filled: int,
) -> int:
    """Append the rows of all entries with a skeleton; give the new end.

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
        key = run.keys[entry]
        if key & LONG and unpack(key, run.text, scratch.codes) < 0:
            return -2
        if state_of(key, run.text, skeleton, scratch.codes) != state:
            continue
        if limit >= 0:
            length = unpack(key, run.text, scratch.codes)
            if apart(plain, scratch.codes, length, limit, scratch.table) > limit:
                continue
        if filled == len(out):
            return -1
        out[filled] = run.rows[entry]
        filled += 1
    return filled


@inlined
def visit(
    run: Arrays, scratch: Scratch, masks: Masks, edits: int, top: int, count: int
) -> tuple[int, int]:
    """Visit the topmost prefixes of the stack; give its new top, and how many are whole and near.

    They are looked up together, so that their cache misses overlap.
    """
    states, notes, block, found = scratch.states, scratch.notes, scratch.block, scratch.found
    size, hits = len(masks), 0
    top -= count
    for spot in range(count):
        block[0, spot], block[1, spot] = states[top + spot], notes[top + spot]
        block[2, spot] = mixed(states[top + spot])
        found[spot] = followers(run.words, block[2, spot])
    for spot in range(count):
        note = block[1, spot]
        row, before = note & _ROW, (note >> np.uint64(24)) & np.uint64(0xFFFF)
        last, depth = signed((note >> np.uint64(40)) & _BYTE), signed(note >> np.uint64(48))
        if found[spot] & _ONE and within(row, size, depth, edits):
            block[3, hits] = spot
            hits += 1
        if found[spot] <= _ONE or depth >= size + edits:
            continue
        left = found[spot] & live(masks, scratch.places, row, before, depth, edits, last)
        while left:
            new = lowest(left)
            left &= left - _ONE
            made = advance(scratch.places, size, row, before, depth + 1, edits, last, new)
            states[top] = follow(block[0, spot], np.uint64(new))
            notes[top] = noted(made, row, new, depth + 1)
            top += 1
    return top, hits


@inlined
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
    mark(masks, scratch.places)
    scratch.states[0] = root()
    scratch.notes[0] = noted(first_row(len(masks), edits), np.uint64(0), 0, 0)
    top = 1
    while top:
        count = min(top, BLOCK)
        steps -= count
        if steps < 0 or top + count * SPREAD > len(scratch.states):
            return VAGUE, filled
        top, hits = visit(run, scratch, masks, edits, top, count)
        for hit in range(hits):
            spot = scratch.block[3, hit]
            end = collect(
                run, scratch, skeleton, scratch.block[0, spot], scratch.block[2, spot],
                plain, limit, out, filled,
            )  # fmt: skip
            if end < 0:
                return (FULL if end == -1 else DAMAGED), filled
            filled = end
    return DONE, filled


@inlined
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
