"""How likely a serial is by the places of its characters alone, where errors are many; compiled."""

from __future__ import annotations

import math

from ironriver.firearms.channel import Reals
from ironriver.firearms.compiled import compiled
from ironriver.firearms.crowding import Noise
from ironriver.firearms.grammar import LENGTH_WORTH, USUAL_LENGTH
from ironriver.firearms.logsums import LEAD, LEFT_OUT, MORE, PLAIN, PUT, STAY, TRAIL, Bytes
from ironriver.firearms.prefixes import Blocks, Integers

LONGEST = 40
"""Longer serials are judged by their length and usual characters; none is a maker's."""
MOST_LOST = 3
NEAR = 2
"""The least errors that the sums over neighbours leave out."""
_LEAST = 1e-300


@compiled
def as_it_is(y: Bytes, noise: Noise) -> float:
    """Give the log of the chance that a serial is read as it is."""
    kept = 1.0 - noise.chances[LEAD] - noise.chances[TRAIL]
    total = math.log(kept) + (len(y) + 1) * math.log(noise.chances[STAY])
    plain = noise.chances[PLAIN] / noise.chances[STAY]
    for mark in y:
        total += math.log(max(plain * noise.emission[mark, mark], _LEAST))
    return total


@compiled
def share(length: int, blocks: Blocks, block_of: Integers, size: int) -> float:
    """Give the chance that a serial of the group has a length."""
    held = 0
    if length <= LONGEST and block_of[length] >= 0:
        held = blocks.sizes[block_of[length]]
    return (held + math.exp(_log_unseen(length))) / (size + LENGTH_WORTH)


@compiled
def _log_unseen(length: int) -> float:
    """Give the log of how many serials of a length are believed in before any is seen."""
    logs = length * math.log(USUAL_LENGTH) - USUAL_LENGTH - math.lgamma(length + 1.0)
    return logs + math.log(LENGTH_WORTH)


@compiled
def lost(end: int, count: int, noise: Noise) -> float:
    """Give the chance that `count` characters are lost at an end, relative to none."""
    more = noise.chances[MORE]
    kept = 1.0 - noise.chances[LEAD] - noise.chances[TRAIL]
    return float(noise.chances[end] / kept * more ** (count - 1) * (1.0 - more))


@compiled
def at_least(errors: int, mean: float) -> float:
    """Give the chance of so many errors or more, if they come independently, `mean` on average."""
    term = math.exp(-mean)
    rest = -math.expm1(-mean) if errors > 0 else 1.0
    for count in range(1, errors):
        term *= mean / count
        rest -= term
    return max(rest, 1e-6)


@compiled
def further(
    y: Bytes,
    errors: int,
    block_of: Integers,
    blocks: Blocks,
    size: int,
    usual: Reals,
    noise: Noise,
) -> float:
    """Give the log of the chance of a serial that many errors or more from its true one.

    Each character in its place, for the length given and those from which an end was lost.
    """
    end = len(y)
    if end > LONGEST:
        return _log_unseen(end) - math.log(size + LENGTH_WORTH) + _usual(y, usual)
    mean = -as_it_is(y, noise)
    slip = noise.chances[LEAD] + noise.chances[TRAIL]
    slip += end * (noise.chances[LEFT_OUT] + noise.chances[PUT] * len(usual))
    beside = share(end + 1, blocks, block_of, size) + share(max(end - 1, 0), blocks, block_of, size)
    weight = share(end, blocks, block_of, size) + 0.5 * min(slip, 0.5) * beside
    weight *= at_least(errors, mean)
    b = block_of[end]
    if b < 0:
        total = weight * math.exp(_usual(y, usual))
    else:
        total = weight * _placed(y, blocks.places[b], noise)
    for count in range(1, min(MOST_LOST, LONGEST - end) + 1):
        b = block_of[end + count]
        if b >= 0:
            held = share(end + count, blocks, block_of, size)
            first = blocks.places[b]
            more = at_least(max(errors - count, 1), mean)
            total += held * more * lost(TRAIL, count, noise) * _placed(y, first, noise)
            # Two lost at the beginning are no single error, nor searched for as one.
            more = 1.0 if errors == NEAR and count >= NEAR else more
            total += held * more * lost(LEAD, count, noise) * _placed(y, first + count, noise)
    return math.log(max(total, _LEAST))


@compiled
def _usual(y: Bytes, usual: Reals) -> float:
    """Give the log of the chance of characters wherever they stand."""
    total = 0.0
    for mark in y:
        total += math.log(usual[mark]) if mark < len(usual) else 0.0
    return total


@compiled
def _placed(y: Bytes, first: int, noise: Noise) -> float:
    """Give the chance of characters in their places, counted from the row `first`."""
    chance, unreadable = 1.0, noise.noisy.shape[1]
    for i in range(len(y)):
        if y[i] < unreadable:
            chance *= noise.noisy[first + i, y[i]]
    return chance
