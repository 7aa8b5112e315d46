"""The serials of rows in every way they may be read, and how pairs of them compare.

Beside the serial as written stands what is left without a word that was copied with it (``MOD 12
FX1234``): such a reading is possible, not certain, and has a small chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.firearms.channel import Reals
from ironriver.firearms.compiled import compiled
from ironriver.firearms.gun_records import Integers
from ironriver.firearms.kernel import CompiledChannel, Packed, pack
from ironriver.firearms.logsums import Bytes

FARTHEST = 12
"""Guns of one lot are looked for so many numbers apart."""
COPIED = 0.01
"""Chance that a word in front was copied with the serial and is no part of it."""
_COPIED_WORD = r"^(?:MODELO|MOD|CALIBRE|CAL|SERIE|SER|MATRICULA|MAT|NUMERO|NUM|TIPO)"
_LONGEST_TAIL = 3
_NO_STEP = 0


@dataclass(frozen=True, slots=True)
class Readings:
    """Serials of rows: reading k below the number of rows is row k's own, as written."""

    packed: Packed
    texts: pa.Array
    row: Integers
    """Which row each reading is of."""
    other: Integers
    """Where the other readings of each row begin among all readings, [rows + 1]."""

    @classmethod
    def of(cls, serials: pa.Array) -> Readings:
        """Read plain serials, one for each row; empty ones stay empty."""
        texts, rows = [], []
        for word in (r"", r"[0-9]", r"[0-9]{2}"):
            pattern = f"{_COPIED_WORD}{word}(?P<rest>[0-9A-Z?]{{4,}})$"
            found = pc.struct_field(pc.extract_regex(serials, pattern), "rest")
            held = pc.indices_nonzero(pc.is_valid(found))
            texts.append(found.take(held))
            rows.append(np.asarray(held, dtype=np.int64))
        row = np.concatenate(rows)
        order = np.argsort(row, kind="stable")
        others = pa.concat_arrays(texts).take(pa.array(order))
        every = pa.concat_arrays([serials.cast(pa.string()), others.cast(pa.string())])
        size = len(serials)
        begin = size + np.searchsorted(row[order], np.arange(size + 1))
        return cls(pack(every), every, np.concatenate((np.arange(size), row[order])), begin)

    def log_likelihoods(
        self, channel: CompiledChannel, observed: Integers, true: Integers
    ) -> Reals:
        """Give log P(serial of observed row | serial of true row), over all readings of both."""
        found = channel.log_pairs(self.packed, self.packed, observed, true)
        several = np.flatnonzero(
            (self.other[observed + 1] > self.other[observed])
            | (self.other[true + 1] > self.other[true])
        )
        found[several] = self._by_others(channel, observed[several], true[several])
        return found

    def _by_others(self, channel: CompiledChannel, observed: Integers, true: Integers) -> Reals:
        """Sum over all ways to read either serial of each pair."""
        ways_seen = self.other[observed + 1] - self.other[observed] + 1
        ways_true = self.other[true + 1] - self.other[true] + 1
        ways = ways_seen * ways_true
        starts = np.cumsum(ways) - ways
        pair = np.repeat(np.arange(len(ways)), ways)
        which_seen, which_true = np.divmod(np.arange(len(pair)) - starts[pair], ways_true[pair])
        seen, meant = (
            self._reading(observed[pair], which_seen),
            self._reading(true[pair], which_true),
        )
        less = np.log(COPIED) * ((which_seen > 0).astype(np.float64) + (which_true > 0))
        logs = channel.log_pairs(self.packed, self.packed, seen, meant) + less
        return np.asarray(np.logaddexp.reduceat(logs, starts)) if len(ways) else logs

    def _reading(self, row: Integers, which: Integers) -> Integers:
        """Give the readings of rows: 0 is the row's own, the others follow."""
        return np.where(which == 0, row, self.other[row] + which - 1)


def steps(packed: Packed, left: Integers, right: Integers) -> Integers:
    """Give how many numbers apart two serials stand that differ at their end only; else 0.

    >>> both = pack(["AB1009", "AB1010", "AB2009"])
    >>> steps(both, np.array([0, 0]), np.array([1, 2])).tolist()
    [1, 0]
    """
    found = np.empty(len(left), dtype=np.int64)
    _steps(packed.codes, packed.starts, left, right, found)
    return found


@compiled
def _steps(codes: Bytes, starts: Integers, left: Integers, right: Integers, out: Integers) -> None:
    for pair in range(len(left)):
        one = codes[starts[left[pair]] : starts[left[pair] + 1]]
        other = codes[starts[right[pair]] : starts[right[pair] + 1]]
        out[pair] = _NO_STEP
        if len(one) != len(other):
            continue
        place = 0
        while place < len(one) and one[place] == other[place]:
            place += 1
        if len(one) - place > _LONGEST_TAIL:
            continue
        apart = 0
        for mark in range(place, len(one)):
            if one[mark] > 9 or other[mark] > 9:
                apart = 0
                break
            apart = apart * 10 + int(one[mark]) - int(other[mark])
        if abs(apart) <= FARTHEST:
            out[pair] = abs(apart)
