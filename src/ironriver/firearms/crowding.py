"""How often a gun that is not held is read as a given serial: sums over one error, compiled.

P(q) = sum over true serials s of P(s) P(q | s). The sum is exact over the serials one error away:
the serial itself, one character read as another, left out, put in, swapped with the next, or lost
at an end. More errors are left to the caller.
"""

from __future__ import annotations

from typing import NamedTuple

from ironriver.firearms.channel import Reals
from ironriver.firearms.compiled import compiled
from ironriver.firearms.logsums import LEAD, LEFT_OUT, MORE, PLAIN, PUT, SWAP, TRAIL, Bytes
from ironriver.firearms.prefixes import (
    AROUND,
    RANGE_WORTH,
    Blocks,
    Integers,
    bound,
    share_free,
    step,
    tail,
)

NEGLIGIBLE = 1e-4
"""Of the sum found so far; a serial has some hundred neighbours, most of them far less likely."""


class Noise(NamedTuple):
    """A channel, as the sums need it."""

    emission: Reals
    """P(read | true) for codes."""
    chances: Reals
    """As `ironriver.firearms.logsums` names them."""
    noisy: Reals
    """P(read at its place), [places of all blocks, alphabet]."""


class Path(NamedTuple):
    """A serial's way into one block: after i characters."""

    low: Integers
    high: Integers
    before: Reals
    """The chance of those characters."""
    own: Integers
    """[0]: 1 if the whole serial is held by its own records alone: they are left out."""


@compiled
def follow(blocks: Blocks, b: int, y: Bytes, own: int, path: Path) -> None:
    """Walk into block b as far as serial and block go, `own` records of the serial left out."""
    end = min(len(y), blocks.length[b])
    path.low[0], path.high[0] = 0, blocks.sizes[b]
    for i in range(end):
        low, high = path.low[i], path.high[i]
        if high > low:
            low = bound(blocks, b, i, low, high, y[i])
            high = bound(blocks, b, i, low, high, y[i] + 1)
        path.low[i + 1], path.high[i + 1] = low, high
    whole = end == len(y) == blocks.length[b] and path.high[end] > path.low[end]
    path.own[0] = 1 if whole and blocks.held[blocks.first[b] + path.low[end]] <= own else 0
    path.before[0] = 1.0
    for i in range(end):
        n = path.high[i] - path.low[i] - path.own[0]
        alike = path.high[i + 1] - path.low[i + 1] - path.own[0]
        path.before[i + 1] = path.before[i] * step(blocks, b, i, n, max(alike, 0), y[i])


@compiled
def _around(blocks: Blocks, b: int, path: Path) -> float:
    """Count the held serials with the same beginning, for each unit of chance that it has."""
    around = max(blocks.length[b] - AROUND, 0)
    return float((path.high[around] - path.low[around] - path.own[0]) / path.before[around])


@compiled
def as_given(blocks: Blocks, b: int, taken: float, path: Path) -> float:
    """Give the chance that another gun bears the serial that was followed."""
    end = blocks.length[b]
    if path.high[end] - path.low[end] > path.own[0]:
        return float(path.before[end] * taken)
    free = share_free(_around(blocks, b, path) * path.before[end])
    return float(path.before[end] * free)


@compiled
def _free_last(blocks: Blocks, noise: Noise, b: int, mark: int, path: Path) -> float:
    """Sum over the last characters that no held serial with the same beginning has."""
    i = blocks.length[b] - 1
    low, total = path.low[i], 0.0
    part = _around(blocks, b, path) * path.before[i]
    n = path.high[i] - path.low[i] - path.own[0]
    for code in range(blocks.marks.shape[1]):
        if low < path.high[i] and blocks.cells[blocks.base[b] + i * blocks.sizes[b] + low] == code:
            low = bound(blocks, b, i, low, path.high[i], code + 1)
        elif code != mark:
            chance = step(blocks, b, i, n, 0, code)
            total += noise.emission[code, mark] * chance * share_free(part * chance)
    return total


@compiled
def same_length(
    blocks: Blocks, noise: Noise, b: int, y: Bytes, taken: float, path: Path, s: Bytes
) -> float:
    """Sum over no error, a wrong character, and a swap; relative to all read as it is."""
    end, total, suffix = len(y), as_given(blocks, b, taken, path), 1.0
    for i in range(end - 1, -1, -1):
        s[i] = y[i]
    for i in range(end - 1, -1, -1):
        row = blocks.places[b] + i
        own = noise.emission[y[i], y[i]]
        least = NEGLIGIBLE * total * own / path.before[i]
        known, sum_ = _replaced(blocks, noise, b, i, y[i], taken, least, path, s)
        n = path.high[i] - path.low[i] - path.own[0]
        fresh = step(blocks, b, i, n, 0, y[i]) / blocks.marks[row, y[i]]
        others = max(noise.noisy[row, y[i]] - known, 0.0) * fresh * suffix
        if i == end - 1:
            others = _free_last(blocks, noise, b, y[i], path)
        total += path.before[i] * (sum_ + others) / own
        suffix *= blocks.marks[row, y[i]]
        if i + 1 < end and y[i] != y[i + 1]:
            s[i], s[i + 1] = y[i + 1], y[i]
            swapped = tail(blocks, b, s, i, path.low[i], path.high[i], taken)
            both = noise.emission[y[i], y[i]] * noise.emission[y[i + 1], y[i + 1]]
            ratio = noise.chances[SWAP] / noise.chances[PLAIN] ** 2
            total += path.before[i] * swapped * ratio if both > 0.0 else 0.0
            s[i], s[i + 1] = y[i], y[i + 1]
    return total


@compiled
def _replaced(
    blocks: Blocks,
    noise: Noise,
    b: int,
    i: int,
    mark: int,
    taken: float,
    least: float,
    path: Path,
    s: Bytes,
) -> tuple[float, float]:
    """Sum over what other serials have at place i; also how much of the noise they explain.

    A character whose chance, whatever follows it, is below `least` is not followed.
    """
    n = path.high[i] - path.low[i] - path.own[0]
    known = blocks.marks[blocks.places[b] + i, mark] * noise.emission[mark, mark]
    total, low = 0.0, path.low[i]
    while low < path.high[i]:
        code = blocks.cells[blocks.base[b] + i * blocks.sizes[b] + low]
        high = bound(blocks, b, i, low, path.high[i], code + 1)
        if code != mark:
            misread = noise.emission[code, mark]
            chance = misread * step(blocks, b, i, n, high - low, code)
            if chance > least:
                s[i] = code
                total += chance * tail(blocks, b, s, i + 1, low, high, taken)
            known += blocks.marks[blocks.places[b] + i, code] * misread
        low = high
    s[i] = mark
    return known, total


@compiled
def one_longer(
    blocks: Blocks, noise: Noise, b: int, y: Bytes, taken: float, path: Path, s: Bytes
) -> float:
    """Sum over one character left out, or lost at an end; relative to all read as it is."""
    end = len(y)
    for i in range(end):
        s[i + 1] = y[i]
    stop = 1.0 - noise.chances[MORE]
    total, suffix = 0.0, 1.0
    kept = 1.0 - noise.chances[LEAD] - noise.chances[TRAIL]
    for i in range(end, -1, -1):
        row = blocks.places[b] + i
        weight = noise.chances[LEFT_OUT]
        weight += noise.chances[TRAIL] * stop / kept if i == end else 0.0
        weight += noise.chances[LEAD] * stop / kept if i == 0 else 0.0
        sum_, known, low = 0.0, 0.0, path.low[i]
        n = path.high[i] - path.low[i]
        while low < path.high[i] and i < end:
            code = blocks.cells[blocks.base[b] + i * blocks.sizes[b] + low]
            high = bound(blocks, b, i, low, path.high[i], code + 1)
            s[i] = code
            chance = step(blocks, b, i, n, high - low, code)
            sum_ += chance * tail(blocks, b, s, i + 1, low, high, taken)
            known += blocks.marks[row, code]
            low = high
        fresh = step(blocks, b, i, n, 0, 0) / blocks.marks[row, 0]
        sum_ += max(1.0 - known, 0.0) * fresh * suffix if i < end else 1.0
        total += path.before[i] * sum_ * weight
        if i:
            suffix *= blocks.marks[row, y[i - 1]]
            s[i] = y[i - 1]
    return total


@compiled
def one_shorter(
    blocks: Blocks, noise: Noise, b: int, y: Bytes, taken: float, path: Path, s: Bytes
) -> float:
    """Sum over one character put in; relative to all read as it is."""
    end, total = len(y), 0.0
    for i in range(1, end):
        s[i - 1] = y[i]
    for i in range(end):
        low, high = path.low[i], path.high[i]
        ratio = noise.chances[PUT + y[i]] / (noise.emission[y[i], y[i]] * noise.chances[PLAIN])
        total += path.before[i] * tail(blocks, b, s, i, low, high, taken) * ratio
    return total


@compiled
def pattern(blocks: Blocks, b: int, y: Bytes, unreadable: int, most: int) -> float:
    """Give the chance of the characters that can be read, looking at `most` serials at most.

    What stands before the last characters is counted among the held serials; the last run freely.
    """
    place, low, high, chance = 0, 0, blocks.sizes[b], 1.0
    while place < len(y) and y[place] != unreadable:
        n = high - low
        if n > 0:
            low = bound(blocks, b, place, low, high, y[place])
            high = bound(blocks, b, place, low, high, y[place] + 1)
        chance *= step(blocks, b, place, n, high - low, y[place])
        place += 1
    around = max(place, len(y) - AROUND)
    before, last = 1.0, 1.0
    for at in range(place, len(y)):
        if y[at] != unreadable:
            mark = blocks.marks[blocks.places[b] + at, y[at]]
            before, last = (before * mark, last) if at < around else (before, last * mark)
    if before == 1.0 or high <= low:
        return chance * before * last
    leap, looked, alike = max(1, (high - low) // most), 0, 0.0
    for row in range(low, high, leap):
        looked += 1
        alike += 1.0 if _fits(blocks, b, row, y[:around], place, unreadable) else 0.0
    # If nothing runs freely, one of those that fit may be the very gun.
    alike = max(alike - 0.5, 0.0) if last == 1.0 else alike
    return chance * last * (alike + RANGE_WORTH * before) / (looked + RANGE_WORTH)


@compiled
def _fits(blocks: Blocks, b: int, row: int, y: Bytes, place: int, unreadable: int) -> bool:
    """Tell whether a held serial has the readable characters from `place` on."""
    for at in range(place, len(y)):
        code = blocks.cells[blocks.base[b] + at * blocks.sizes[b] + row]
        if y[at] != unreadable and y[at] != code:
            return False
    return True
