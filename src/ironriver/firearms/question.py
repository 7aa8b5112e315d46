"""Ask which gun is meant: a serial and whatever else is known, against all guns held.

    P(gun | question) = prior x P(serial | gun) x ratios of the other fields, against none of these

See `identify` and `posterior` for the sum, `density` for what stands against every candidate, and
`kinds` for the description. Reasons add up to the log-odds of the gun against none of these.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ironriver.estimators.types import Probability
from ironriver.firearms.channel import Reals
from ironriver.firearms.comparison import agreement, serial_level
from ironriver.firearms.gun_records import FIELDS, NO_DAY, Integers
from ironriver.firearms.holdings import Holdings
from ironriver.firearms.identify import Answers, identify
from ironriver.firearms.kernel import CompiledChannel, Packed, pack
from ironriver.firearms.search.keys import plain
from ironriver.firearms.surroundings import ANY_MAKE
from ironriver.intake.parsers import description
from ironriver.tables import Column, Table

EDITS, ENDS = 2, 3
SHOWN = 10
_NEGLIGIBLE = 5e-5
_EPOCH = dt.date(1970, 1, 1).toordinal()
LEAST = 1e-4
"""Guns less likely than this are not shown, but for the likeliest."""

ANSWERS = Table(
    "answers",
    "A firearm that a question may mean.",
    (
        Column("question", pa.int64(), "which question, from 1"),
        Column("rank", pa.int64(), "its place among the answers, from 1"),
        Column("firearm_id", pa.string(), "the firearm"),
        Column("record_id", pa.string(), "the record of it that fits the question best"),
        Column("probability", pa.float64(), "that this firearm is meant"),
        Column("log_odds", pa.float64(), "against none of the firearms held"),
        Column("none", pa.float64(), "probability that none of the firearms held is meant"),
        Column("record_ids", pa.string(), "the records it rests on"),
        Column("reasons", pa.string(), "why, field by field, what speaks against it first"),
        Column("handling", pa.string(), "strictest handling of these records"),
    ),
    derived=True,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A gun as somebody describes it, in the words of the tables; only the serial must be given."""

    serial: str
    make: str | None = None
    importer: str | None = None
    model: str | None = None
    calibre: str | None = None
    type: str | None = None
    recovered: dt.date | None = None


def asked(
    serial: str,
    make: str | None = None,
    model: str | None = None,
    calibre: str | None = None,
    type: str | None = None,  # noqa: A002
    importer: str | None = None,
    recovered: dt.date | None = None,
) -> Asked:
    """Read a question as a row of a file would be read.

    >>> asked("glk o12", "Glock GmbH", calibre="9 mm Parabellum").serial
    'GLKO12'
    """
    values = description.read(make, model, calibre, type, importer, None).values
    read = {name: str(values[name]) if values[name] else None for name in FIELDS}
    return Asked(
        plain(serial),
        read["make"],
        read["importer"],
        read["model"],
        read["calibre"],
        read["type"],
        recovered,
    )


def ask(
    holdings: Holdings,
    questions: Sequence[Asked],
    in_registry: Probability,
    shown: int = SHOWN,
    *,
    refuse: bool = True,
) -> Iterator[pa.Table]:
    """Answer questions, in batches of ANSWERS; a question that no gun comes near has no row.

    A serial too vague to search is a MistakeError, or with `refuse` off has no answer.
    """
    queries = pack([one.serial for one in questions])
    weights = _Weights.of(holdings, questions, queries)
    found = holdings.index.stream(
        [one.serial for one in questions], EDITS, ends=ENDS, refuse=refuse
    )
    for answers in identify(
        queries,
        holdings.registry,
        found,
        weights.channel,
        weights.background,
        in_registry,
        weights.evidence,
    ):
        yield _table(holdings, questions, weights, answers, shown)


def answer(
    holdings: Holdings,
    questions: Sequence[Asked],
    in_registry: Probability,
    *,
    refuse: bool = True,
) -> pa.Table:
    """Answer all questions in one table; see `ask`."""
    parts = list(ask(holdings, questions, in_registry, refuse=refuse))
    return pa.concat_tables([ANSWERS.schema.empty_table(), *parts])


@dataclass(frozen=True, slots=True)
class _Weights:
    """What the fields of each question say of each row."""

    holdings: Holdings
    channel: CompiledChannel
    background: Reals
    said: Integers
    """Descriptions: those of the rows, then one for each question, [descriptions, FIELDS]."""
    days: Integers
    """The day of recovery of each question."""

    @classmethod
    def of(cls, holdings: Holdings, questions: Sequence[Asked], queries: Packed) -> _Weights:
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
        every = np.concatenate((holdings.records.descriptions, mine))
        days = [NO_DAY if one.recovered is None else one.recovered.toordinal() - _EPOCH
                for one in questions]  # fmt: skip
        return cls(holdings, channel, background, every, np.array(days, dtype=np.int64))

    def evidence(self, query: Integers, entry: Integers) -> Reals:
        """Give the log ratios of all fields but the serial, for pairs (question, reading)."""
        return self.described(query, entry, len(FIELDS)) + self.timed(query, entry)

    def described(self, query: Integers, entry: Integers, fields: int) -> Reals:
        """Give the log ratios of the first so many fields of the description."""
        records = self.holdings.records
        right = records.description[self.holdings.row[entry]]
        left = len(records.descriptions) + query
        return self.holdings.model.kinds.log_ratios(self.said, left, right, fields)

    def serial(self, serials: Sequence[str], query: Integers, entry: Integers) -> Reals:
        """Give the log ratios of the serials."""
        held = self.holdings.registry.serials
        logs = self.channel.log_pairs(pack(serials), held, query, entry)
        return np.asarray(logs - self.background[query])

    def timed(self, query: Integers, entry: Integers) -> Reals:
        """Give the log ratios of the day of recovery."""
        held = self.holdings
        return held.timing.log_ratios(held.records, held.row[entry], self.days[query])


def _table(
    holdings: Holdings,
    questions: Sequence[Asked],
    weights: _Weights,
    answers: Answers,
    shown: int,
) -> pa.Table:
    """Give the likeliest answers to each question, with their reasons."""
    starts = np.flatnonzero(np.diff(answers.query, prepend=-1))
    rank = np.arange(len(answers)) - np.repeat(starts, np.diff(np.append(starts, len(answers))))
    kept = np.flatnonzero((rank < shown) & ((answers.probability >= LEAST) | (rank == 0)))
    query, entry = answers.query[kept], answers.entry[kept]
    ids = holdings.records.record_id.take(pa.array(holdings.row[entry]))
    reasons = _reasons(holdings, questions, weights, (query, entry), answers.log_odds[kept])
    return pa.table(
        {
            "question": query + 1,
            "rank": rank[kept] + 1,
            "firearm_id": [holdings.guns[gun] for gun in answers.gun[kept]],
            "record_id": ids,
            "probability": answers.probability[kept],
            "log_odds": answers.log_odds[kept],
            "none": answers.none[query - answers.first],
            "record_ids": [json.dumps([name]) for name in ids.to_pylist()],
            "reasons": reasons,
            "handling": holdings.records.handling.take(pa.array(holdings.row[entry])),
        },
        schema=ANSWERS.schema,
    )


def _reasons(
    holdings: Holdings,
    questions: Sequence[Asked],
    weights: _Weights,
    pairs: tuple[Integers, Integers],
    log_odds: Reals,
) -> list[str]:
    """Give the reasons of pairs (question, reading) as JSON; they add up to the log-odds."""
    query, entry = pairs
    records, row = holdings.records, holdings.row[entry]
    parts = np.diff(
        [np.zeros(len(query))]
        + [weights.described(query, entry, upto + 1) for upto in range(len(FIELDS))],
        axis=0,
    )
    timed = weights.timed(query, entry)
    serial = weights.serial([one.serial for one in questions], query, entry)
    prior = log_odds - serial - parts.sum(axis=0) - timed
    read = holdings.texts.take(pa.array(entry)).to_pylist()
    theirs = records.descriptions[records.description[row]]
    mine = weights.said[len(records.descriptions) + query]
    found = []
    for at in range(len(query)):
        one = questions[int(query[at])]
        said = [("prior", "one_of_those_held", prior[at]),
                ("serial", serial_level(one.serial, read[at]), serial[at])]  # fmt: skip
        for field, name in enumerate(FIELDS):
            level = agreement(mine[at, field], theirs[at, field], parts[field, at])
            if level != "given_once" or abs(parts[field, at]) > _NEGLIGIBLE:
                said.append((name, level, parts[field, at]))
        if one.recovered is not None:
            said.append(("recovered", "day_given", timed[at]))
        found.append(_json(said))
    return found


def _json(found: list[tuple[str, str, float]]) -> str:
    """Write reasons as the tables do, the least first."""
    found.sort(key=lambda reason: (reason[2], reason[0]))
    return json.dumps(
        [
            {"field": field, "level": level, "log_odds": round(float(log_odds), 4)}
            for field, level, log_odds in found
        ]
    )
