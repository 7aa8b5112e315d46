"""The pairs of rows whose serials are near each other, in any way either may be read.

Each distinct serial is looked up once. Where two are near, each row of the rarer one meets all rows
that bear the other, if these are no more than `LARGEST`; else the `NEAREST` of them by make and
day. Of more rows that bear one and the same serial, each meets its neighbours in that order. So all
pairs are found but for placeholders that stand in hundreds of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.firearms.gun_records import NO_DAY, GunRecords, Integers
from ironriver.firearms.pairs import BATCH, LARGEST, cuts, spread
from ironriver.firearms.readings import Readings
from ironriver.firearms.search import SerialIndex
from ironriver.firearms.search.codes import LONGEST

NEAREST = 20
"""How many rows a row meets of those that bear one serial, where these are more than `LARGEST`."""
EDITS, ENDS = 2, 3
"""How far apart two serials may be to be weighed; see `SerialIndex.search`."""


def like_serials(records: GunRecords, readings: Readings) -> tuple[Integers, Integers]:
    """Give the pairs of rows with near serials, some perhaps twice or the other way round."""
    nothing = np.empty(0, dtype=np.int64)
    parts = [(nothing, nothing), *like_in_batches(records, readings)]
    one, other = (np.concatenate(side) for side in zip(*parts, strict=True))
    return one, other


def like_in_batches(
    records: GunRecords, readings: Readings, batch: int = BATCH
) -> Iterator[tuple[Integers, Integers]]:
    """Give the same pairs, at most about so many at a time."""
    blocks = _Blocks.of(records, readings)
    index = SerialIndex.of(blocks.texts)
    size = pc.utf8_length(blocks.texts)
    partly = pc.or_(pc.match_substring(blocks.texts, "?"), pc.greater(size, LONGEST - ENDS))
    # Either of two finds the other, so one of them is enough; but not those too vague to be asked
    # with, nor, where ends are missing, those that are unread in part or all but too long.
    shy = np.array(partly, dtype=np.bool_)
    for near in index.stream(blocks.texts, EDITS, ends=ENDS, refuse=False, batch=batch):
        shy[near.skipped] = True
        once = (near.query <= near.entry) | shy[near.entry]
        yield from blocks.rows(near.query[once], near.entry[once], batch)


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
    most: int
    """Above all of these."""
    keys: Integers
    """Of each reading: text and circumstance as one number, in order."""

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
        circumstance, most = circumstance[order], int(circumstance.max(initial=0)) + 1
        keys = text[order] * most + circumstance
        return cls(coded.dictionary, begin, row[order], circumstance, most, keys)

    def rows(
        self, one: Integers, other: Integers, batch: int
    ) -> Iterator[tuple[Integers, Integers]]:
        """Give the pairs of rows that pairs of texts make, at most about so many at a time."""
        size = np.diff(self.begin)
        swap = size[one] > size[other]
        rare, often = np.where(swap, other, one), np.where(swap, one, other)
        for some in cuts(size[rare], batch):
            pair, here = spread(self.begin[rare[some]], self.begin[rare[some] + 1])
            begin, end = self._met(rare[some][pair], often[some][pair], here)
            for few in cuts(end - begin, batch):
                which, there = spread(begin[few], end[few])
                yield self.row[here[few][which]], self.row[there]

    def _met(self, rare: Integers, often: Integers, here: Integers) -> tuple[Integers, Integers]:
        """Give the range of readings of another text that each reading meets."""
        first, last = self.begin[often], self.begin[often + 1]
        begin, end = first.copy(), last.copy()
        crowded = np.flatnonzero(last - first > LARGEST)
        middle = self._place(rare[crowded], often[crowded], here[crowded])
        latest = last[crowded] - NEAREST - 1
        begin[crowded] = np.clip(middle - NEAREST // 2, first[crowded], latest)
        end[crowded] = begin[crowded] + NEAREST + 1
        return begin, end

    def _place(self, rare: Integers, often: Integers, here: Integers) -> Integers:
        """Find where readings would stand among those of another text; their own in their own."""
        place = np.searchsorted(self.keys, often * self.most + self.circumstance[here])
        return np.where(rare == often, here, place)
