"""What each field of a question says of each row that may be meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ironriver.firearms.asked import EDITS, Asked
from ironriver.firearms.channel import Reals
from ironriver.firearms.gun_records import FIELDS, NO_DAY, Integers
from ironriver.firearms.holdings import Holdings
from ironriver.firearms.kernel import CompiledChannel, Packed, pack
from ironriver.firearms.surroundings import ANY_MAKE

_EPOCH = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Weights:
    """What the fields of each question say of each row."""

    holdings: Holdings
    channel: CompiledChannel
    background: Reals
    beyond: Reals
    """log P(serial) of a gun that is held, but that so few errors do not lead to."""
    said: Integers
    """Descriptions: those of the rows, then one for each question, [descriptions, FIELDS]."""
    days: Integers
    """The day of recovery of each question."""

    @classmethod
    def of(cls, holdings: Holdings, questions: Sequence[Asked], queries: Packed) -> Weights:
        """Weigh questions, whose serials are also given packed, against all that is held."""
        known = [
            {text: place for place, text in enumerate(values)} for values in holdings.records.values
        ]
        said = [
            [known[at].get(getattr(one, name) or "", -1) for at, name in enumerate(FIELDS)]
            for one in questions
        ]
        mine = np.array(said, dtype=np.int64).reshape(-1, len(FIELDS))
        channel = CompiledChannel(holdings.model.channel)
        background = holdings.density.log_density(queries, mine[:, 0], channel, ANY_MAKE)
        beyond = holdings.density.log_beyond(queries, mine[:, 0], channel, EDITS)
        every = np.concatenate((holdings.records.descriptions, mine))
        days = [NO_DAY if one.recovered is None else one.recovered.toordinal() - _EPOCH
                for one in questions]  # fmt: skip
        return cls(holdings, channel, background, beyond, every, np.array(days, dtype=np.int64))

    def evidence(self, query: Integers, entry: Integers) -> Reals:
        """Give the log ratios of all fields but the serial, for pairs (question, reading)."""
        return self.described(query, entry, len(FIELDS)) + self.timed(query, entry)

    def described(self, query: Integers, entry: Integers, fields: int) -> Reals:
        """Give the log ratios of the first so many fields of the description."""
        records = self.holdings.records
        right = records.description[self.holdings.row[entry]]
        left = len(records.descriptions) + query
        return self.of_descriptions(left, right, fields)

    def of_descriptions(self, left: Integers, right: Integers, fields: int = len(FIELDS)) -> Reals:
        """Give the log ratios of pairs of places in `said`, to the twelfth digit.

        What says nothing says exactly nothing: the last digits of a sum over kinds would choose
        among records of a gun that fit as well as each other.
        """
        found = self.holdings.model.kinds.log_ratios(self.said, left, right, fields)
        return np.asarray(np.round(found, 12) + 0.0)  # no minus zero

    def serial(self, serials: Sequence[str], query: Integers, entry: Integers) -> Reals:
        """Give the log ratios of the serials."""
        held = self.holdings.registry.serials
        logs = self.channel.log_pairs(pack(serials), held, query, entry)
        return np.asarray(logs - self.background[query])

    def timed(self, query: Integers, entry: Integers) -> Reals:
        """Give the log ratios of the day of recovery."""
        held = self.holdings
        return held.timing.log_ratios(held.records, held.row[entry], self.days[query])
