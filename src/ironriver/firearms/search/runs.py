"""Runs: the entries of one stretch of the serials added, sorted by the hash of their skeletons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ironriver.firearms.compiled import inlined
from ironriver.firearms.search.arrays import Arrays
from ironriver.firearms.search.codes import LONGEST, Column
from ironriver.firearms.search.entries import (
    LONG,
    SHORT,
    Bytes,
    Keys,
    Rows,
    fingerprint,
    hash_again,
    pack,
    unpack,
)
from ironriver.firearms.search.keys import SKELETON
from ironriver.firearms.search.prefixes import (
    END,
    LINE,
    SKETCH,
    Words,
    enter,
    estimate,
    follow,
    mixed,
    root,
    scaled,
    sketch,
)

BUCKET = 4
"""Entries of a bucket, on average."""
BITS, MOST_BITS = 12, 20
"""Bits of the filter for each different prefix: as many as `ENTRY_BITS` allows, within these."""
ENTRY_BITS = 44
LEAST_LINES = 64
"""Lines of the filter at least: where there are few, chance fills some of them."""
SLICE = 1 << 19
"""Entries merged at a time, about."""

Allocate: TypeAlias = Callable[[str, npt.DTypeLike, int], np.ndarray]
Slices: TypeAlias = Iterator[tuple[Keys, Keys, Rows]]
"""Hashes, keys and rows of entries in the order of their hashes, part by part."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run: `count` serials from place `first` on, of which some are entries."""

    first: int
    count: int
    arrays: Arrays
    registers: Bytes
    """The sketch of its prefixes, see `prefixes.sketch`."""
    name: str = ""
    """Name of its file; empty in memory."""

    def bytes(self) -> int:
        """Give the bytes of all its arrays."""
        return sum(array.nbytes for array in self.arrays)


def in_memory(_name: str, kind: npt.DTypeLike, size: int) -> np.ndarray:
    """Make room for an array in memory, all zero."""
    return np.zeros(size, dtype=kind)


@dataclass(slots=True)
class Gathering:
    """Serials taken up for a run that is not sorted yet."""

    first: int
    count: int = 0
    hashes: list[Keys] = field(default_factory=list)
    keys: list[Keys] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)
    texts: list[Bytes] = field(default_factory=list)
    text_used: int = 0
    registers: Bytes = field(default_factory=lambda: np.zeros(SKETCH, dtype=np.uint8))

    def take(self, column: Column) -> None:
        """Take up a column."""
        symbols = SKELETON[column.codes]
        lengths = np.diff(column.starts)
        long = lengths[lengths > SHORT]
        text = np.empty(int(long.sum() + 2 * len(long)), dtype=np.uint8)
        hashes, keys = (np.empty(len(column), dtype=np.uint64) for _ in range(2))
        rows = np.empty(len(column), dtype=np.uint32)
        size = pack(
            column.starts, column.codes, symbols, self.count, text, self.text_used,
            hashes, keys, rows,
        )  # fmt: skip
        sketch(self.registers, column.starts, symbols)
        self.hashes.append(hashes[:size])
        self.keys.append(keys[:size])
        self.rows.append(rows[:size])
        self.texts.append(text)
        self.text_used += len(text)
        self.count += len(column)

    def run(self, allocate: Allocate, *, whole: bool = True) -> Run:
        """Sort what was gathered into a run, and forget it. See `assemble`."""
        hashes = _joined(self.hashes, np.uint64)
        order = np.argsort(hashes, kind="stable")
        hashes = hashes[order]
        keys = _joined(self.keys, np.uint64)[order]
        rows = _joined(self.rows, np.uint32)[order]
        text = allocate("text", np.uint8, self.text_used)
        text[:] = _joined(self.texts, np.uint8)
        del order
        slices = iter([(hashes, keys, rows)])
        arrays = assemble(slices, len(keys), text, self.registers, allocate, whole=whole)
        return Run(self.first, self.count, arrays, self.registers)


def _joined(parts: list[np.ndarray], kind: npt.DTypeLike) -> np.ndarray:
    whole = np.concatenate([np.empty(0, dtype=kind), *parts])
    parts.clear()
    return whole


def assemble(
    slices: Slices, size: int, text: Bytes, registers: Bytes, allocate: Allocate, *, whole: bool
) -> Arrays:
    """Write the arrays of a run of `size` entries; without its filter if it is not to be `whole`.

    A run without a filter can be merged but not searched.
    """
    keys, rows = allocate("keys", np.uint64, size), allocate("rows", np.uint32, size)
    prints = allocate("prints", np.uint8, size)
    buckets = allocate("buckets", np.uint32, max(size // BUCKET, 1) + 1)
    lines = filter_lines(size, estimate(registers)) if whole else 0
    words = allocate("words", np.uint32, lines * LINE)
    codes = np.empty(LONGEST, dtype=np.uint8)
    end = 0
    for hashed, some_keys, some_rows in slices:
        past = end + len(hashed)
        keys[end:past], rows[end:past] = some_keys, some_rows
        place(hashed, end, buckets, prints)
        if whole:
            enter_keys(words, some_keys, text, SKELETON, codes)
        end = past
    np.cumsum(buckets, out=buckets)
    return Arrays(keys, rows, prints, buckets, words, text)


def filter_lines(size: int, edges: int) -> int:
    """Give the lines of the filter for so many entries and different prefixes.

    What the filter holds too many must stay below one for a prefix, or walks would never end.
    """
    bits = min(max(ENTRY_BITS * size, BITS * edges), MOST_BITS * edges)
    return max(-(-bits // (32 * LINE)), LEAST_LINES)


@inlined
def place(hashed: Keys, first: int, buckets: Rows, prints: Bytes) -> None:
    """Count entries into buckets (from 1 on), and write their fingerprints."""
    size = np.uint64(len(buckets) - 1)
    for entry in range(len(hashed)):
        buckets[scaled(hashed[entry], size) + np.uint64(1)] += np.uint32(1)
        prints[first + entry] = fingerprint(hashed[entry])


@inlined
def enter_keys(words: Words, keys: Keys, text: Bytes, skeleton: Bytes, codes: Bytes) -> None:
    """Enter all prefixes of entries into the filter; codes of one entry are unpacked at a time."""
    for entry in range(len(keys)):
        state = root()
        for spot in range(max(unpack(keys[entry], text, codes), 0)):
            symbol = np.uint64(skeleton[codes[spot]])
            enter(words, mixed(state), symbol)
            state = follow(state, symbol)
        enter(words, mixed(state), np.uint64(END))


def merged(runs: Sequence[Run], allocate: Allocate) -> Run:
    """Merge runs of stretches that follow each other into one, slice by slice of the hashes."""
    registers = np.maximum.reduce([run.registers for run in runs])
    texts = [run.arrays.text for run in runs]
    text = allocate("text", np.uint8, sum(map(len, texts)))
    np.concatenate([np.empty(0, dtype=np.uint8), *texts], out=text)
    size = sum(len(run.arrays.keys) for run in runs)
    arrays = assemble(_slices(runs, size), size, text, registers, allocate, whole=True)
    return Run(runs[0].first, sum(run.count for run in runs), arrays, registers)


def _slices(runs: Sequence[Run], size: int) -> Slices:
    parts = size // SLICE + 1
    shifts = np.cumsum([0, *(len(run.arrays.text) for run in runs)])
    begun = [0] * len(runs)
    codes = np.empty(LONGEST, dtype=np.uint8)
    for part in range(1, parts + 1):
        found: list[tuple[Keys, Keys, Rows]] = []
        for which, run in enumerate(runs):
            past = _below(run.arrays, part / parts)
            keys = run.arrays.keys[begun[which] : past]
            hashed = np.empty(len(keys), dtype=np.uint64)
            hash_again(keys, run.arrays.text, SKELETON, codes, hashed)
            rows = run.arrays.rows[begun[which] : past]
            keys = np.where(keys & LONG, keys + np.uint64(shifts[which]), keys)
            found.append((hashed, keys, rows + np.uint32(run.first - runs[0].first)))
            begun[which] = past
        hashed, keys, rows = (np.concatenate(each) for each in zip(*found, strict=True))
        order = np.argsort(hashed, kind="stable")
        yield hashed[order], keys[order], rows[order]


def _below(arrays: Arrays, part: float) -> int:
    """Give how many entries have a hash within the first `part` of all hashes."""
    if part >= 1.0:
        return len(arrays.keys)
    codes, hashed = np.empty(LONGEST, dtype=np.uint8), np.empty(1, dtype=np.uint64)
    low, high, bound = 0, len(arrays.keys), np.uint64(part * 2.0**64)
    while low < high:
        middle = (low + high) // 2
        hash_again(arrays.keys[middle : middle + 1], arrays.text, SKELETON, codes, hashed)
        low, high = (middle + 1, high) if hashed[0] < bound else (low, middle)
    return low
