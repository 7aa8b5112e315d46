"""What a channel is expected to have done to pairs of serials: the E-step of learning, compiled.

Forward and backward sums of the channel's steps (`ironriver.firearms.channel`), in plain chances,
for one pair after the other; each pair counts with its weight.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ironriver.firearms.channel import Reals
from ironriver.firearms.compiled import compiled
from ironriver.firearms.kernel import CompiledChannel, Integers, Packed
from ironriver.firearms.logsums import (
    LEAD,
    LEFT_OUT,
    MORE,
    PLAIN,
    PUT,
    STAY,
    SWAP,
    TRAIL,
    Bytes,
)

LONGEST = 255
"""Pairs with a longer serial teach nothing: they are no serials."""
FAINT = 1e-250
"""Nor do pairs of a chance below: with so many errors they are not one gun, or no serials."""
_INSERTIONS, _STAYS, _DELETIONS, _SWAPS, _READS, _SERIALS = range(6)
_LEADS, _TRAILS, _FURTHER, _STOPS, _LOG, _WEIGHT, _IMPOSSIBLE = range(6, 13)


@dataclass(frozen=True, slots=True)
class Counts:
    """Expected counts of pairs, each times its weight."""

    confusion: Reals
    """[true, observed] over the alphabet."""
    insertions: float
    stays: float
    deletions: float
    swaps: float
    reads: float
    serials: float
    lead: float
    trail: float
    further: float
    """Lost characters after the first of their end."""
    stops: float
    log_likelihood: float
    weight: float
    """Of the pairs that teach something."""
    impossible: float
    """Weight of the pairs that the channel cannot make at all."""


def expect(
    made: CompiledChannel, observed: Packed, true: Packed, left: Integers, right: Integers,
    weights: Reals,
) -> Counts:  # fmt: skip
    """Count what the channel did to make observed[left_i] of true[right_i], `weights` times."""
    size = len(made.channel.alphabet)
    confusion, sums = np.zeros((size + 1, size + 1)), np.zeros(_IMPOSSIBLE + 1)
    longest = int(np.diff(true.starts).max(initial=0))
    powers = np.power(made.channel.rates.more, np.arange(longest + 1.0))
    _expect(
        observed.codes, observed.starts, true.codes, true.starts, left, right, weights,
        made.emission, made.chances, powers, made.least, confusion, sums,
    )  # fmt: skip
    return Counts(confusion[:size, :size].copy(), *sums.tolist())


@compiled
def _expect(
    seen: Bytes,
    seen_starts: Integers,
    true: Bytes,
    true_starts: Integers,
    left: Integers,
    right: Integers,
    weights: Reals,
    emission: Reals,
    chances: Reals,
    powers: Reals,
    least: float,
    confusion: Reals,
    sums: Reals,
) -> None:
    """Add up all pairs."""
    side = LONGEST + 2
    # Of each track: forward sums, what is left to do after them, and the chance of ending there.
    forward, back = np.empty((2, side, side)), np.empty((2, side, side))
    last = np.empty((2, side, side))
    after = np.empty(side)
    for k in range(len(left)):
        y = seen[seen_starts[left[k]] : seen_starts[left[k] + 1]]
        x = true[true_starts[right[k]] : true_starts[right[k] + 1]]
        if weights[k] <= 0.0 or max(len(y), len(x)) > LONGEST:
            continue
        after[len(y)] = 1.0
        for j in range(len(y), 0, -1):
            after[j - 1] = after[j] * chances[PUT + y[j - 1]]
        total = 0.0
        for track in range(2):
            _go_forward(y, x, track, emission, chances, powers, forward[track])
            _end(y, x, track, emission, chances, powers, after, last[track])
            _go_back(y, x, emission, chances, last[track], back[track])
            total += _ending(y, x, forward[track], last[track])
        if total <= FAINT:
            # Nothing at all, where no chance is too small for a float: it cannot be.
            never = total == 0.0 and (len(y) + 2 * len(x) + 4) * least > -650.0
            sums[_IMPOSSIBLE] += weights[k] if never else 0.0
            continue
        sums[_LOG] += weights[k] * math.log(total)
        sums[_WEIGHT] += weights[k]
        sums[_SERIALS] += weights[k] if len(x) else 0.0
        share = weights[k] / total
        for track in range(2):
            _steps(y, x, emission, chances, forward[track], back[track], share, confusion, sums)
            _ends(y, x, track, forward[track], last[track], share, confusion, sums)
        _begins(len(x), chances, powers, back[1], share, sums)


@compiled
def _go_forward(
    y: Bytes, x: Bytes, track: int, emission: Reals, chances: Reals, powers: Reals, sums: Reals
) -> None:
    """Fill the forward sums: [i, j], i of the true and j of the observed are done."""
    n, m = len(x), len(y)
    for i in range(n + 1):
        for j in range(m + 1):
            total = 0.0
            if j == 0:
                total = _lead(i, n, chances, powers) if track else (0.0 if i else 1.0)
            else:
                total = sums[i, j - 1] * chances[PUT + y[j - 1]]
            if i:
                total += sums[i - 1, j] * chances[LEFT_OUT]
            if i and j:
                total += sums[i - 1, j - 1] * emission[x[i - 1], y[j - 1]] * chances[PLAIN]
            if i > 1 and j > 1:
                both = emission[x[i - 1], y[j - 2]] * emission[x[i - 2], y[j - 1]]
                total += sums[i - 2, j - 2] * both * chances[SWAP]
            sums[i, j] = total


@compiled
def _lead(k: int, n: int, chances: Reals, powers: Reals) -> float:
    """Give the chance that k of n characters are lost at the beginning."""
    if k == 0:
        return 0.0
    return float(chances[LEAD] * powers[k - 1] * (1.0 - chances[MORE] if k < n else 1.0))


@compiled
def _trail(k: int, n: int, track: int, chances: Reals, powers: Reals) -> float:
    """Give the chance that k of n characters are lost at the end, or that none is lost."""
    if k == 0:
        return 1.0 if track or n == 0 else float(1.0 - chances[LEAD] - chances[TRAIL])
    if track:
        return 0.0
    return float(chances[TRAIL] * powers[k - 1] * (1.0 - chances[MORE] if k < n else 1.0))


@compiled
def _end(
    y: Bytes,
    x: Bytes,
    track: int,
    emission: Reals,
    chances: Reals,
    powers: Reals,
    after: Reals,
    last: Reals,
) -> None:
    """Fill what ending at [i, j] is worth; a swap that has no next is a plain reading."""
    n, m = len(x), len(y)
    for i in range(n + 1):
        last[i, m] = _trail(n - i, n, track, chances, powers) * chances[STAY]
        weight = 0.0
        if i < n:
            weight = _trail(n - i - 1, n, track, chances, powers) * chances[STAY] * chances[SWAP]
        for j in range(m):
            last[i, j] = weight * emission[x[i], y[j]] * after[j + 1] if i < n else 0.0


@compiled
def _go_back(y: Bytes, x: Bytes, emission: Reals, chances: Reals, last: Reals, back: Reals) -> None:
    """Fill what each forward sum is multiplied by on all its ways to the end."""
    n, m = len(x), len(y)
    for i in range(n, -1, -1):
        for j in range(m, -1, -1):
            total = last[i, j]
            if j < m:
                total += back[i, j + 1] * chances[PUT + y[j]]
            if i < n:
                total += back[i + 1, j] * chances[LEFT_OUT]
            if i < n and j < m:
                total += back[i + 1, j + 1] * emission[x[i], y[j]] * chances[PLAIN]
            if i + 1 < n and j + 1 < m:
                both = emission[x[i + 1], y[j]] * emission[x[i], y[j + 1]]
                total += back[i + 2, j + 2] * both * chances[SWAP]
            back[i, j] = total


@compiled
def _ending(y: Bytes, x: Bytes, forward: Reals, last: Reals) -> float:
    total = 0.0
    for i in range(len(x) + 1):
        for j in range(len(y) + 1):
            total += forward[i, j] * last[i, j]
    return total


@compiled
def _steps(
    y: Bytes,
    x: Bytes,
    emission: Reals,
    chances: Reals,
    forward: Reals,
    back: Reals,
    share: float,
    confusion: Reals,
    sums: Reals,
) -> None:
    """Count insertions, deletions, readings and swaps that have a next character."""
    n, m = len(x), len(y)
    inserted, left_out, read, swapped = 0.0, 0.0, 0.0, 0.0
    for i in range(n + 1):
        for j in range(m + 1):
            here = forward[i, j] * share
            if j < m:
                inserted += here * chances[PUT + y[j]] * back[i, j + 1]
            if i < n:
                left_out += here * chances[LEFT_OUT] * back[i + 1, j]
            if i < n and j < m:
                one = here * emission[x[i], y[j]] * chances[PLAIN] * back[i + 1, j + 1]
                confusion[x[i], y[j]] += one
                read += one
            if i + 1 < n and j + 1 < m:
                both = emission[x[i + 1], y[j]] * emission[x[i], y[j + 1]] * chances[SWAP]
                one = here * both * back[i + 2, j + 2]
                confusion[x[i + 1], y[j]] += one
                confusion[x[i], y[j + 1]] += one
                swapped += one
    sums[_INSERTIONS] += inserted
    sums[_DELETIONS] += left_out
    sums[_READS] += read
    sums[_SWAPS] += swapped
    sums[_STAYS] += left_out + read + swapped


@compiled
def _ends(
    y: Bytes,
    x: Bytes,
    track: int,
    forward: Reals,
    last: Reals,
    share: float,
    confusion: Reals,
    sums: Reals,
) -> None:
    """Count how serials end: what was lost there, and swaps that had no next character."""
    n, m = len(x), len(y)
    for i in range(n + 1):
        for j in range(m + 1):
            way = forward[i, j] * last[i, j] * share
            sums[_STAYS] += way
            kept = i
            if j < m and i < n:
                kept = i + 1
                confusion[x[i], y[j]] += way
                sums[_SWAPS] += way
                sums[_STAYS] += way
                sums[_INSERTIONS] += way * (m - 1 - j)
            if track == 0 and kept < n:
                _count_lost(n - kept, n, way, _TRAILS, sums)


@compiled
def _begins(n: int, chances: Reals, powers: Reals, back: Reals, share: float, sums: Reals) -> None:
    """Count what was lost at the beginning."""
    for k in range(1, n + 1):
        _count_lost(k, n, _lead(k, n, chances, powers) * back[k, 0] * share, _LEADS, sums)


@compiled
def _count_lost(k: int, n: int, way: float, end: int, sums: Reals) -> None:
    """Count k of n characters lost at one end."""
    sums[end] += way
    sums[_FURTHER] += way * (k - 1)
    sums[_STOPS] += way if k < n else 0.0
