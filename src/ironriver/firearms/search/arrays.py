"""The arrays that a search reads and writes: a run's, the patterns', and its scratch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ironriver.firearms.search.band import Masks, Table, WideMasks, words
from ironriver.firearms.search.codes import LONGEST
from ironriver.firearms.search.entries import Bytes, Keys, Places, Rows
from ironriver.firearms.search.prefixes import Words

Hits = npt.NDArray[np.uint32]

BLOCK = 32
"""Prefixes visited together."""
SPREAD = 31
"""Symbols that may follow a prefix, at most."""


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
    """Prefixes to visit, as a stack: their states."""
    notes: Keys
    """And for each, its row, the row before, its last symbol and its depth; see `noted`."""
    block: Keys
    """States, notes, hashes of the prefixes being visited, and hits among them [4, BLOCK]."""
    found: Masks
    places: WideMasks
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


def scratch_for(longest: int, most_edits: int) -> Scratch:
    """Make what a walk for patterns of at most `longest` characters writes on.

    The stack rises in depth, and a block reaches down to a depth only where fewer than `BLOCK`
    prefixes stand above: so of each depth there are at most `BLOCK * SPREAD` on it.
    """
    room = BLOCK * SPREAD * (longest + most_edits + 2)
    return Scratch(
        states=np.empty(room, dtype=np.uint64),
        notes=np.empty(room, dtype=np.uint64),
        block=np.empty((4, BLOCK), dtype=np.uint64),
        found=np.empty(BLOCK, dtype=np.uint32),
        places=np.empty((32, words(longest)), dtype=np.uint64),
        table=np.empty((3, longest + 1), dtype=np.int64),
        codes=np.empty(LONGEST, dtype=np.uint8),
    )
