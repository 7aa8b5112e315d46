"""P0 of many queries: one error near by, more by the places of characters; compiled."""

from __future__ import annotations

import math

import numpy as np

from ironriver.firearms.channel import Reals
from ironriver.firearms.compiled import compiled
from ironriver.firearms.crowding import (
    Noise,
    Path,
    as_given,
    follow,
    one_longer,
    one_shorter,
    pattern,
    same_length,
)
from ironriver.firearms.distance import LONGEST, NEAR, as_it_is, further, lost, share
from ironriver.firearms.logsums import TRAIL, Bytes
from ironriver.firearms.prefixes import Blocks, Integers

_LOOKED = 4096
"""Held serials that are looked at for a query with unreadable characters."""


@compiled
def log_densities(
    codes: Bytes,
    starts: Integers,
    groups: Integers,
    own: Integers,
    stray: float,
    taken: float,
    blocks: Blocks,
    block_of: Integers,
    sizes: Integers,
    usual: Reals,
    noise: Noise,
    out: Reals,
) -> None:
    """Give log P0 of each query, mixed with that of all guns."""
    places = LONGEST + 4
    path = Path(
        np.zeros(places, dtype=np.int64),
        np.zeros(places, dtype=np.int64),
        np.zeros(places),
        np.zeros(1, dtype=np.int64),
    )
    scratch = np.zeros(places, dtype=np.uint8)
    pool = len(sizes) - 1
    for k in range(len(out)):
        y = codes[starts[k] : starts[k + 1]]
        g = groups[k]
        found = _log_density(
            y, own[k], taken, True, blocks, block_of[g], sizes[g], usual[g], noise, path, scratch
        )
        if g != pool and stray > 0.0:
            other = _log_density(
                y, own[k], taken, False, blocks, block_of[pool], sizes[pool], usual[pool], noise,
                path, scratch,
            )  # fmt: skip
            found = np.logaddexp(math.log(1.0 - stray) + found, math.log(stray) + other)
        out[k] = found


@compiled
def log_beyond(
    codes: Bytes,
    starts: Integers,
    groups: Integers,
    errors: int,
    blocks: Blocks,
    block_of: Integers,
    sizes: Integers,
    usual: Reals,
    noise: Noise,
    out: Reals,
) -> None:
    """Give log B of each query."""
    for k in range(len(out)):
        y, g = codes[starts[k] : starts[k + 1]], groups[k]
        out[k] = further(y, errors, block_of[g], blocks, sizes[g], usual[g], noise)


@compiled
def _log_density(
    y: Bytes,
    own: int,
    taken: float,
    whole: bool,
    blocks: Blocks,
    block_of: Integers,
    size: int,
    usual: Reals,
    noise: Noise,
    path: Path,
    scratch: Bytes,
) -> float:
    """Give log P0 of one query among the guns of one group; not `whole`, read as it is."""
    unreadable, end, readable = noise.noisy.shape[1], len(y), 0
    for mark in y:
        readable += 1 if mark < unreadable else 0
    far = further(y, NEAR, block_of, blocks, size, usual, noise)
    exact = as_it_is(y, noise)
    near, b = 0.0, block_of[end] if end <= LONGEST else -1
    if readable < end and b >= 0:
        near = share(end, blocks, block_of, size) * pattern(blocks, b, y, unreadable, _LOOKED)
    elif readable == end and whole:
        near = _near(y, own, taken, blocks, block_of, size, noise, path, scratch)
    elif readable == end and b >= 0:
        follow(blocks, b, y, own, path)
        near = share(end, blocks, block_of, size) * as_given(blocks, b, taken, path)
    return float(np.logaddexp(exact + math.log(near), far)) if near > 0.0 else far


@compiled
def _near(
    y: Bytes,
    own: int,
    taken: float,
    blocks: Blocks,
    block_of: Integers,
    size: int,
    noise: Noise,
    path: Path,
    scratch: Bytes,
) -> float:
    """Sum over true serials at most one error away, relative to all read as it is."""
    end, total = len(y), 0.0
    for length in range(max(end - 1, 1), min(end + 4, LONGEST + 1)):
        b = block_of[length]
        if b < 0 or end == 0:
            continue
        follow(blocks, b, y, own, path)
        s, part = scratch[:length], 0.0
        if length == end:
            part = same_length(blocks, noise, b, y, taken, path, s)
        elif length == end - 1:
            part = one_shorter(blocks, noise, b, y, taken, path, s)
        elif length == end + 1:
            part = one_longer(blocks, noise, b, y, taken, path, s)
        else:
            part = path.before[end] * lost(TRAIL, length - end, noise)
        total += part * share(length, blocks, block_of, size)
    return total
