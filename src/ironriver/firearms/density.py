"""P0(q): how often a gun that is not held is read as the serial q, if it is of q's maker.

The alternative to every candidate. It is a density of *observed* serials: the chance of each true
serial of another gun (`ironriver.firearms.prefixes`), summed with the channel over one error
(`ironriver.firearms.crowding`), and for more errors the chance of each character in its place:

    P0(q) = sum over s, at most one error from q, of P(s) P(q | s)
            + P(more errors) P(length of q) product over i of P(q_i read at place i)

Guns of one maker do not share a number: a serial that is held is another gun's only with `TAKEN`
of the chance of its surroundings, so that a hit is weighed against the misread neighbour of its
lot and not against itself. Where the maker itself may be wrong, P0 is mixed with that of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ironriver.firearms.channel import ALPHABET, Reals
from ironriver.firearms.crowding import Noise
from ironriver.firearms.distance import LONGEST
from ironriver.firearms.grammar import chances_at_places
from ironriver.firearms.kernel import CompiledChannel, Integers, Packed
from ironriver.firearms.logsums import Bytes
from ironriver.firearms.nearness import log_beyond, log_densities
from ironriver.firearms.prefixes import SIZES, Blocks, learn_widths

TAKEN = 0.05
"""How much likelier a free number is than one that a held gun of the group bears."""


@dataclass(frozen=True, slots=True)
class Density:
    """The serials of each group of guns (a maker's, a model's), and of all together.

    >>> from ironriver.firearms.channel import Channel
    >>> from ironriver.firearms.kernel import pack
    >>> held = pack([f"AB{number:04d}" for number in range(0, 1000, 2)])
    >>> density = Density.learn(held, np.zeros(500, dtype=np.int64))
    >>> noise = CompiledChannel(Channel.from_rates())
    >>> logs = density.log_density(pack(["AB0501", "AB7501"]), np.array([0, 0]), noise)
    >>> bool(logs[0] - logs[1] > 3)
    True
    """

    blocks: Blocks
    block_of: Integers
    """The block of each [group, length], or -1; the last group is all guns."""
    sizes: Integers
    """Distinct serials of each group."""
    usual: Reals
    """P(c) of each group where it has no serials of a length, [groups, alphabet]."""

    @classmethod
    def learn(
        cls,
        serials: Packed,
        groups: Integers,
        rows: Integers | None = None,
        alphabet: str = ALPHABET,
    ) -> Density:
        """Learn from `serials`, of which `rows` (all, if none) belong to `groups`.

        A serial may belong to several groups, such as its maker's and its model's; -1 is none.
        Serials with unreadable characters teach nothing.
        """
        rows = np.arange(len(serials)) if rows is None else rows
        known = groups >= 0
        count = int(groups.max(initial=-1)) + 1
        every = np.concatenate((rows[known], np.arange(len(serials))))
        group = np.concatenate((groups[known], np.full(len(serials), count)))
        return _learn(serials, every, group, count + 1, alphabet)

    def log_density(
        self,
        queries: Packed,
        groups: Integers,
        channel: CompiledChannel,
        stray: float = 0.0,
        own: Integers | None = None,
    ) -> Reals:
        """Give log P0 of each query, for guns of its group; -1 or an unknown group is all guns.

        `stray` is the chance that the group is wrong. `own` tells how many of the held records of
        each very serial are the query itself (0, if none is given): they say nothing.
        """
        own = np.zeros(len(queries), dtype=np.int64) if own is None else own.astype(np.int64)
        noise, usual = self._noise(channel)
        out = np.empty(len(queries))
        log_densities(
            queries.codes, queries.starts, self._known(groups), own, stray, TAKEN, self.blocks,
            self.block_of, self.sizes, usual, noise, out,
        )  # fmt: skip
        return out

    def log_beyond(
        self, queries: Packed, groups: Integers, channel: CompiledChannel, edits: int
    ) -> Reals:
        """Give log B: a gun of the group is read as the query with more than so many errors.

        By the places of characters alone: with many errors, nothing else is left.
        """
        noise, usual = self._noise(channel)
        out = np.empty(len(queries))
        log_beyond(
            queries.codes, queries.starts, self._known(groups), edits + 1, self.blocks,
            self.block_of, self.sizes, usual, noise, out,
        )  # fmt: skip
        return out

    def _known(self, groups: Integers) -> Integers:
        pool = len(self.sizes) - 1
        groups = np.where((groups < 0) | (groups > pool), pool, groups).astype(np.int64)
        return np.where(self.sizes[groups] > 0, groups, pool)

    def _noise(self, channel: CompiledChannel) -> tuple[Noise, Reals]:
        size = self.usual.shape[1]
        emission = channel.emission[:size, :size]
        noise = Noise(channel.emission, channel.chances, self.blocks.marks @ emission)
        return noise, self.usual @ emission


def _learn(serials: Packed, rows: Integers, groups: Integers, count: int, alphabet: str) -> Density:
    """Put the serials in order, by group and length, and learn each block."""
    lengths = np.diff(serials.starts)
    readable = np.ones(len(serials), dtype=np.bool_)
    unread = np.flatnonzero(serials.codes >= len(alphabet))
    readable[np.searchsorted(serials.starts, unread, "right") - 1] = False
    fit = readable[rows] & (lengths[rows] <= LONGEST) & (lengths[rows] > 0)
    rows, groups = rows[fit], groups[fit]
    block_of = np.full((count, LONGEST + 2), -1, dtype=np.int64)
    parts: list[tuple[int, int, Bytes, Bytes]] = []
    for length in np.unique(lengths[rows]):
        here = lengths[rows] == length
        starts = serials.starts[rows[here]]
        cells = np.empty((len(starts), length), dtype=np.uint8)
        for place in range(length):
            cells[:, place] = serials.codes[starts + place]
        for group, codes, held in _in_order(groups[here], cells):
            block_of[group, length] = len(parts)
            parts.append((group, int(length), codes, held))
    sizes = np.zeros(count, dtype=np.int64)
    for group, _, _, held in parts:
        sizes[group] += len(held)
    counts = [
        np.array([np.bincount(place, minlength=len(alphabet)) for place in codes])
        for _, _, codes, _ in parts
    ]
    seen = np.zeros((count, len(alphabet)))
    for (group, *_), found in zip(parts, counts, strict=True):
        seen[group] += found.sum(axis=0)
    usual = chances_at_places(np.zeros_like(seen), 0, seen, alphabet)[0]
    marks = [
        chances_at_places(found, len(held), seen[group], alphabet)[0]
        for (group, _, _, held), found in zip(parts, counts, strict=True)
    ]
    blocks = _blocks([(codes, held) for _, _, codes, held in parts], marks, len(alphabet))
    learn_widths(blocks)
    return Density(blocks, block_of, sizes, usual)


def _in_order(groups: Integers, cells: Bytes) -> list[tuple[int, Bytes, Bytes]]:
    """Give each group's distinct serials in ascending order, by place, and how many bear each."""
    length = cells.shape[1]
    # Big-endian bytes compare like the numbers; codes from 1, as a zero byte would be dropped.
    keys = np.empty((len(groups), 4 + length), dtype=np.uint8)
    keys[:, :4] = (groups + 0x01010101).astype(">u4").view(np.uint8).reshape(-1, 4)
    keys[:, 4:] = cells + 1
    words, held = np.unique(keys.view(f"S{4 + length}").ravel(), return_counts=True)
    distinct = words.view(np.uint8).reshape(len(words), 4 + length)
    owner = distinct[:, :4].copy().view(">u4").ravel().astype(np.int64) - 0x01010101
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    bearers: Bytes = np.minimum(held, 255).astype(np.uint8)
    return [
        (int(owner[low]), np.ascontiguousarray(distinct[low:high, 4:].T) - 1, bearers[low:high])
        for low, high in zip(starts, [*starts[1:], len(words)], strict=True)
    ]


def _blocks(parts: Sequence[tuple[Bytes, Bytes]], marks: Sequence[Reals], size: int) -> Blocks:
    """Lay the blocks one behind the other."""
    count = np.array([codes.shape[1] for codes, _ in parts], dtype=np.int64)
    length = np.array([codes.shape[0] for codes, _ in parts], dtype=np.int64)
    rows = int(length.sum())
    nothing = np.zeros(0, dtype=np.uint8)
    return Blocks(
        np.concatenate([nothing, *(codes.ravel() for codes, _ in parts)]),
        np.concatenate([nothing, *(held for _, held in parts)]),
        np.cumsum(count * length) - count * length,
        count,
        length,
        np.cumsum(count) - count,
        np.concatenate([np.zeros((0, size)), *marks]),
        np.cumsum(length) - length,
        np.ones((rows, SIZES)),
    )
