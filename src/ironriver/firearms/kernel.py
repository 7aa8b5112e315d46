"""The channel's exact sum over all alignments, compiled: millions of pairs a second on one core.

`Channel.log_pairs` is the form to read; this one gives the same numbers for pairs named by their
places in two lists of serials, of any lengths. It sums plain chances row by row. What falls below
the least float is at most 1e-300 in all, so a sum above `_SURE` is right to the last digits; where
it is below (long serials that have nothing in common), the pair is summed again in logarithms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver.firearms.channel import ALPHABET, Channel, Reals
from ironriver.firearms.compiled import compiled
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
    log_sum,
)

Integers = npt.NDArray[np.int64]

_SURE = 1e-280
_READS, _AFTER, _PUT, _FIRST, _ROWS = 6, 8, 9, 10, 11
"""Rows of the workspace: three of each track, two of readings, three of the observed serial."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Serials as one row of codes: serial k is `codes[starts[k] : starts[k + 1]]`.

    A code is the character's place in the alphabet; the alphabet's length is unreadable.
    """

    codes: Bytes
    starts: Integers

    def __len__(self) -> int:
        return len(self.starts) - 1


def pack(serials: Sequence[str] | pa.Array, alphabet: str = ALPHABET) -> Packed:
    """Pack serials in their plain form; marks outside the alphabet, and null, say nothing.

    >>> two = pack(["A1", "?Ñ9"])
    >>> two.codes.tolist(), two.starts.tolist()
    ([10, 1, 36, 36, 9], [0, 2, 5])
    """
    size = len(alphabet)
    if isinstance(serials, pa.Array | pa.ChunkedArray):
        return _pack_arrow(serials, alphabet)
    points = np.frombuffer("".join(serials).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    known = np.full(max(map(ord, alphabet)) + 2, size, dtype=np.uint8)
    known[[ord(mark) for mark in alphabet]] = np.arange(size)
    codes = known[np.minimum(points, len(known) - 1)]
    starts = np.zeros(len(serials) + 1, dtype=np.int64)
    np.cumsum([len(serial) for serial in serials], out=starts[1:])
    return Packed(codes, starts)


def _pack_arrow(serials: pa.Array | pa.ChunkedArray, alphabet: str) -> Packed:
    """Read the characters where they lie; a character of several bytes counts once."""
    if isinstance(serials, pa.ChunkedArray):
        serials = serials.combine_chunks()
    serials = serials.cast(pa.large_string()).fill_null("")
    n, offset = len(serials), serials.offset
    _, places, text = serials.buffers()
    starts = np.frombuffer(places, dtype=np.int64)[offset : offset + n + 1] if n else np.zeros(1)
    starts = starts.astype(np.int64)
    marks = np.frombuffer(text or b"", dtype=np.uint8)[starts[0] : starts[-1]]
    starts = starts - starts[0]
    known = np.full(256, len(alphabet), dtype=np.uint8)
    known[[ord(mark) for mark in alphabet]] = np.arange(len(alphabet))
    if len(marks) and marks.max() >= 0x80:
        first = (marks & 0xC0) != 0x80
        starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(first)))[starts]
        marks = marks[first]
    return Packed(known[marks], starts)


@dataclass(frozen=True, slots=True)
class CompiledChannel:
    """A channel made ready for the compiled sum.

    >>> made = CompiledChannel(Channel.from_rates())
    >>> seen, true = pack(["A1"]), pack(["A1", "B1"])
    >>> found = made.log_pairs(seen, true, np.array([0, 0]), np.array([0, 1]))
    >>> bool(found[0] > found[1])
    True
    """

    channel: Channel
    emission: Reals = field(init=False, repr=False, compare=False)
    """P(y read | x) for codes, [true, observed]; the last row and column are unreadable."""
    chances: Reals = field(init=False, repr=False, compare=False)
    """The chances of each kind of step, as `ironriver.firearms.logsums` names their places."""
    least: float = field(init=False, repr=False, compare=False)
    """Log of the least chance of one step: what a sum of so many steps cannot fall below."""

    def __post_init__(self) -> None:
        rates, size = self.channel.rates, len(self.channel.alphabet)
        every = np.arange(size + 1, dtype=np.int16)[:, None]
        # Emissions of every code against every code, as the channel itself gives them.
        table = self.channel.emissions(every.T, every.T)[:, :, 0]
        stay, plain = 1.0 - rates.insertion, 1.0 - rates.deletion - rates.transposition
        steps = [plain * stay, rates.deletion * stay, rates.transposition * stay]
        put = [rates.insertion / size] * size + [rates.insertion]
        chances = np.array([stay, *steps, rates.lead, rates.trail, rates.more, *put])
        steps = [rates.insertion / size, rates.deletion, rates.transposition, rates.lead]
        steps += [rates.trail, rates.more, float(table.min())]
        least = min((step for step in steps if step > 0.0), default=1.0)
        object.__setattr__(self, "emission", np.ascontiguousarray(table))
        object.__setattr__(self, "chances", chances)
        object.__setattr__(self, "least", math.log(least * 0.5))

    def log_pairs(self, observed: Packed, true: Packed, left: Integers, right: Integers) -> Reals:
        """Give log P(observed[left_i] | true[right_i]), minus infinity if it cannot be.

        Equal to `Channel.log_pairs` to 1e-12, and the same bits on every run. A place outside the
        lists raises IndexError.
        """
        left, right = _places(left, len(observed)), _places(right, len(true))
        if len(left) != len(right):
            raise ValueError(f"{len(left)} places on the left and {len(right)} on the right")
        longest = int(np.diff(true.starts).max(initial=0))
        powers = np.power(self.channel.rates.more, np.arange(longest + 1.0))
        out = np.empty(len(left))
        _log_pairs(
            observed.codes, observed.starts, true.codes, true.starts, left, right,
            self.emission, self.chances, powers, self.least, out,
        )  # fmt: skip
        return out


def _places(places: Integers, held: int) -> Integers:
    """Give the places as the compiled loops need them; they would read anything they are told."""
    places = np.ascontiguousarray(places, dtype=np.int64)
    if len(places) and not 0 <= int(places.min()) <= int(places.max()) < held:
        raise IndexError(f"a place outside the {held} serials held")
    return places


@compiled
def _log_pairs(
    seen: Bytes,
    seen_starts: Integers,
    true: Bytes,
    true_starts: Integers,
    left: Integers,
    right: Integers,
    emission: Reals,
    chances: Reals,
    powers: Reals,
    least: float,
    out: Reals,
) -> None:
    """Sum all pairs; what depends on the observed serial alone is made once for its run."""
    longest = 0
    for k in range(len(seen_starts) - 1):
        longest = max(longest, seen_starts[k + 1] - seen_starts[k])
    rows, cuts = np.empty((_ROWS, longest + 1)), np.empty((2, len(powers) + 1))
    before, length = -1, -1
    for k in range(len(left)):
        y = seen[seen_starts[left[k]] : seen_starts[left[k] + 1]]
        x = true[true_starts[right[k]] : true_starts[right[k] + 1]]
        if left[k] != before:
            before = left[k]
            _start(y, chances, rows)
        if len(x) != length:
            length = len(x)
            _cut(length, chances, powers, cuts)
        total = _sum(y, x, emission, chances, cuts, rows)
        if total >= _SURE or (len(y) + 2 * len(x) + 4) * least > -650.0:
            out[k] = math.log(total) if total > 0.0 else -np.inf
        else:
            out[k] = log_sum(y, x, emission, chances, powers)


@compiled
def _start(y: Bytes, chances: Reals, rows: Reals) -> None:
    """Fill what depends on the observed serial alone: what is put in, one by one and to the end."""
    m, end = len(y), 1.0
    rows[_AFTER, m] = 1.0
    for j in range(m, 0, -1):
        rows[_PUT, j] = chances[PUT + y[j - 1]]
        rows[_AFTER, j - 1] = rows[_AFTER, j] * rows[_PUT, j]
    for j in range(m + 1):
        end *= rows[_PUT, j] if j else 1.0
        rows[_FIRST, j] = end


@compiled
def _cut(n: int, chances: Reals, powers: Reals, cuts: Reals) -> None:
    """Fill what beginning, and ending, after i of n true characters weighs."""
    stop = 1.0 - chances[MORE]
    cuts[0, 0] = 0.0
    cuts[1, n] = 1.0 - chances[LEAD] - chances[TRAIL] if n else 1.0
    for k in range(1, n + 1):
        lost = powers[k - 1] * (stop if k < n else 1.0)
        cuts[0, k], cuts[1, n - k] = chances[LEAD] * lost, chances[TRAIL] * lost


@compiled
def _sum(y: Bytes, x: Bytes, emission: Reals, chances: Reals, cuts: Reals, rows: Reals) -> float:
    """Give P(y | x); the two tracks of a row are nothing lost at the beginning, or something."""
    m, n = len(y), len(x)
    plain, left_out, swap = chances[PLAIN], chances[LEFT_OUT], chances[SWAP]
    for j in range(m + 1):
        rows[0, j], rows[3, j] = rows[_FIRST, j], 0.0
    total, cut, fallen_cut = rows[0, m] * cuts[1, 0], 0.0, 0.0
    for i in range(1, n + 1):
        new, above, second = i % 3, (i + 2) % 3, (i + 1) % 3
        read, former, marks = _READS + i % 2, _READS + (i + 1) % 2, emission[x[i - 1]]
        whole, cut = rows[above, 0] * left_out, cuts[0, i] + rows[above + 3, 0] * left_out
        rows[new, 0], rows[new + 3, 0] = whole, cut
        # The last character of what is left has no next: a swap there is a plain reading.
        fallen, fallen_cut = 0.0, 0.0
        for j in range(1, m + 1):
            chance = marks[y[j - 1]]
            rows[read, j] = chance
            step, step_cut = rows[above, j - 1] * chance, rows[above + 3, j - 1] * chance
            fallen += step * rows[_AFTER, j]
            fallen_cut += step_cut * rows[_AFTER, j]
            step = rows[above, j] * left_out + step * plain
            step_cut = rows[above + 3, j] * left_out + step_cut * plain
            if i > 1 and j > 1:
                both = rows[read, j - 1] * rows[former, j] * swap
                step += rows[second, j - 2] * both
                step_cut += rows[second + 3, j - 2] * both
            whole = step + whole * rows[_PUT, j]
            cut = step_cut + cut * rows[_PUT, j]
            rows[new, j], rows[new + 3, j] = whole, cut
        total += (whole + fallen * swap) * cuts[1, i]
    return float((total + cut + fallen_cut * swap) * chances[STAY])
