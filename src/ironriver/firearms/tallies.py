"""Add up what a channel is expected to have done to one pair of serials; compiled."""

from __future__ import annotations

from ironriver.firearms.channel import Reals
from ironriver.firearms.compiled import compiled
from ironriver.firearms.logsums import LEAD, LEFT_OUT, MORE, PLAIN, PUT, SWAP, Bytes

INSERTIONS, STAYS, DELETIONS, SWAPS, READS, SERIALS = range(6)
LEADS, TRAILS, FURTHER, STOPS, LOG, WEIGHT, IMPOSSIBLE = range(6, 13)
"""Places in the sums."""


@compiled
def lead(k: int, n: int, chances: Reals, powers: Reals) -> float:
    """Give the chance that k of n characters are lost at the beginning."""
    if k == 0:
        return 0.0
    return float(chances[LEAD] * powers[k - 1] * (1.0 - chances[MORE] if k < n else 1.0))


@compiled
def count(
    y: Bytes,
    x: Bytes,
    emission: Reals,
    chances: Reals,
    powers: Reals,
    sheets: Reals,
    share: float,
    confusion: Reals,
    sums: Reals,
) -> None:
    """Add what is expected of one pair."""
    for track in range(2):
        forward, back, last = sheets[track], sheets[2 + track], sheets[4 + track]
        _steps(y, x, emission, chances, forward, back, share, confusion, sums)
        _ends(y, x, track, forward, last, share, confusion, sums)
    _begins(len(x), chances, powers, sheets[3], share, sums)


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
    sums[INSERTIONS] += inserted
    sums[DELETIONS] += left_out
    sums[READS] += read
    sums[SWAPS] += swapped
    sums[STAYS] += left_out + read + swapped


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
            sums[STAYS] += way
            kept = i
            if j < m and i < n:
                kept = i + 1
                confusion[x[i], y[j]] += way
                sums[SWAPS] += way
                sums[STAYS] += way
                sums[INSERTIONS] += way * (m - 1 - j)
            if track == 0 and kept < n:
                _count_lost(n - kept, n, way, TRAILS, sums)


@compiled
def _begins(n: int, chances: Reals, powers: Reals, back: Reals, share: float, sums: Reals) -> None:
    """Count what was lost at the beginning."""
    for k in range(1, n + 1):
        _count_lost(k, n, lead(k, n, chances, powers) * back[k, 0] * share, LEADS, sums)


@compiled
def _count_lost(k: int, n: int, way: float, end: int, sums: Reals) -> None:
    """Count k of n characters lost at one end."""
    sums[end] += way
    sums[FURTHER] += way * (k - 1)
    sums[STOPS] += way if k < n else 0.0
