"""The channel's sum in logarithms, for serials so long that plain chances would vanish."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ironriver.firearms.channel import Reals
from ironriver.firearms.compiled import compiled

Bytes = npt.NDArray[np.uint8]

STAY, PLAIN, LEFT_OUT, SWAP, LEAD, TRAIL, MORE, PUT = range(8)
"""Places in the list of chances that the compiled sums are given; from `PUT` on, the chance that
each code is put in."""


@compiled
def log_sum(y: Bytes, x: Bytes, emission: Reals, chances: Reals, powers: Reals) -> float:
    """Give log P(y | x) in logarithms: slower than plain sums, and nothing is too small."""
    n, stop = len(x), math.log(1.0 - chances[MORE])
    logs, cuts, reads = np.log(chances), np.log(powers), np.log(emission)
    total = -np.inf
    rows = np.empty((3, len(y) + 1, 2))
    for i in range(n + 1):
        rows[i % 3] = -np.inf
        if i:
            rows[i % 3, 0, 1] = logs[LEAD] + cuts[i - 1] + (stop if i < n else 0.0)
        else:
            rows[0, 0, 0] = 0.0
        whole = _log_row(y, x[: i + 1], i, 0, reads, logs, rows)
        cut = _log_row(y, x[: i + 1], i, 1, reads, logs, rows)
        if i < n:
            lost = cuts[n - i - 1] + (stop if i else 0.0)
            total = _plus(total, whole + logs[TRAIL] + lost)
        else:
            kept = 1.0 - chances[LEAD] - chances[TRAIL] if n else 1.0
            total = _plus(_plus(total, whole + math.log(kept)), cut)
    return total + float(logs[STAY])


@compiled
def _log_row(
    y: Bytes, x: Bytes, i: int, track: int, reads: Reals, logs: Reals, rows: Reals
) -> float:
    """Fill row i of one track, and give what it is worth if the serial ends here."""
    row, above, second = rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3]
    end = -np.inf
    for j in range(len(y) + 1):
        sum_ = row[j, track]
        if i:
            sum_ = _plus(sum_, above[j, track] + logs[LEFT_OUT])
        if j:
            end += logs[PUT + y[j - 1]]
            sum_ = _plus(sum_, row[j - 1, track] + logs[PUT + y[j - 1]])
        if i and j:
            step = above[j - 1, track] + reads[x[i - 1], y[j - 1]]
            end = _plus(end, step + logs[SWAP])
            sum_ = _plus(sum_, step + logs[PLAIN])
        if i > 1 and j > 1:
            both = reads[x[i - 1], y[j - 2]] + reads[x[i - 2], y[j - 1]]
            sum_ = _plus(sum_, second[j - 2, track] + both + logs[SWAP])
        row[j, track] = sum_
    return _plus(end, float(row[len(y), track]))


@compiled
def _plus(one: float, other: float) -> float:
    """Add two chances given as logarithms."""
    high, low = (one, other) if one > other else (other, one)
    return high if low == -np.inf else high + math.log1p(math.exp(low - high))
