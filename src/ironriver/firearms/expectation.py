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
from ironriver.firearms.tallies import IMPOSSIBLE, LOG, SERIALS, WEIGHT, count, lead

LONGEST = 255
"""Pairs with a longer serial teach nothing: they are no serials."""
FAINT = 1e-250
"""Nor do pairs of a chance below: with so many errors they are not one gun, or no serials."""


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
    confusion, sums = np.zeros((size + 1, size + 1)), np.zeros(IMPOSSIBLE + 1)
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
    # Two tracks each: forward sums, what is left to do after them, the chance of ending there.
    sheets, after = np.empty((6, LONGEST + 2, LONGEST + 2)), np.empty(LONGEST + 2)
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
            _go_forward(y, x, track, emission, chances, powers, sheets[track])
            _end(y, x, track, emission, chances, powers, after, sheets[4 + track])
            _go_back(y, x, emission, chances, sheets[4 + track], sheets[2 + track])
            total += _ending(y, x, sheets[track], sheets[4 + track])
        if total <= FAINT:
            # Nothing at all, where no chance is too small for a float: it cannot be.
            never = total == 0.0 and (len(y) + 2 * len(x) + 4) * least > -650.0
            sums[IMPOSSIBLE] += weights[k] if never else 0.0
            continue
        sums[LOG] += weights[k] * math.log(total)
        sums[WEIGHT] += weights[k]
        sums[SERIALS] += weights[k] if len(x) else 0.0
        count(y, x, emission, chances, powers, sheets, weights[k] / total, confusion, sums)


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
                total = lead(i, n, chances, powers) if track else (0.0 if i else 1.0)
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
