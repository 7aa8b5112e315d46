"""The pairs of rows whose serials are near each other, in any way either may be read.

Each distinct serial is looked up once. Where two are near, each row of the rarer one meets all rows
that bear the other, if these are no more than `LARGEST`; else the `NEAREST` of them by make and
day. Of more rows that bear one and the same serial, each meets its neighbours in that order. So all
pairs are found but for placeholders that stand in hundreds of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.firearms.gun_records import NO_DAY, GunRecords, Integers
from ironriver.firearms.pairs import LARGEST, spread
from ironriver.firearms.readings import Readings
from ironriver.firearms.search import SerialIndex

NEAREST = 20
"""How many rows a row meets of those that bear one serial, where these are more than `LARGEST`."""
EDITS, ENDS = 2, 3
"""How far apart two serials may be to be weighed; see `SerialIndex.search`."""


def like_serials(records: GunRecords, readings: Readings) -> tuple[Integers, Integers]:
    """Give the pairs of rows with near serials, some perhaps twice or the other way round."""
    blocks = _Blocks.of(records, readings)
    size = len(blocks.texts)
    index = SerialIndex.of(blocks.texts)
    found = [np.empty(0, dtype=np.int64)]
    for near in index.stream(blocks.texts, EDITS, ends=ENDS, refuse=False):
        # Either of two finds the other, but for those too vague to be asked with.
        one, other = np.minimum(near.query, near.entry), np.maximum(near.query, near.entry)
        found.append(np.unique(one * size + other))
    number = np.unique(np.concatenate(found))
    return blocks.rows(number // max(size, 1), number % max(size, 1))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Readings in order of their text, and of make and day where texts are equal."""

    texts: pa.Array
    """Distinct, without the empty one."""
    begin: Integers
    """Where the readings of each text begin, [texts + 1]."""
    row: Integers
    circumstance: Integers
    """Of each reading: make and day, as one number in that order."""

    @classmethod
    def of(cls, records: GunRecords, readings: Readings) -> _Blocks:
        """Put the readings in order."""
        held = np.flatnonzero(pc.greater(pc.utf8_length(readings.texts), 0))
        coded = readings.texts.take(pa.array(held)).dictionary_encode()
        text = np.asarray(coded.indices, dtype=np.int64)
        row = readings.row[held]
        known = records.day[records.day != NO_DAY]
        first = int(known.min(initial=0))
        day = np.where(records.day == NO_DAY, 0, records.day - first + 1)
        make = records.descriptions[records.description, 0] + 1
        circumstance = (make * (int(day.max(initial=0)) + 1) + day)[row]
        order = np.lexsort((row, circumstance, text))
        begin = np.searchsorted(text[order], np.arange(len(coded.dictionary) + 1))
        return cls(coded.dictionary, begin, row[order], circumstance[order])

    def rows(self, one: Integers, other: Integers) -> tuple[Integers, Integers]:
        """Give the pairs of rows that pairs of texts make."""
        size = np.diff(self.begin)
        swap = size[one] > size[other]
        rare, often = np.where(swap, other, one), np.where(swap, one, other)
        pair, here = spread(self.begin[rare], self.begin[rare + 1])
        rare, often = rare[pair], often[pair]
        first, last = self.begin[often], self.begin[often + 1]
        begin, end = first.copy(), last.copy()
        crowded = np.flatnonzero(last - first > LARGEST)
        middle = self._place(rare[crowded], often[crowded], here[crowded])
        latest = last[crowded] - NEAREST - 1
        begin[crowded] = np.clip(middle - NEAREST // 2, first[crowded], latest)
        end[crowded] = begin[crowded] + NEAREST + 1
        which, there = spread(begin, end)
        return self.row[here[which]], self.row[there]

    def _place(self, rare: Integers, often: Integers, here: Integers) -> Integers:
        """Find where readings would stand among those of another text; their own in their own."""
        most = int(self.circumstance.max(initial=0)) + 1
        text = np.repeat(np.arange(len(self.texts)), np.diff(self.begin))
        keys = text * most + self.circumstance
        place = np.searchsorted(keys, often * most + self.circumstance[here])
        return np.where(rare == often, here, place)
