"""Ask which gun is meant: a serial and whatever else is known, against all guns held.

    P(gun | question) = prior x P(serial | gun) x ratios of the other fields, against none of these

See `identify` and `posterior` for the sum, `density` for what stands against every candidate, and
`kinds` for the description. Reasons add up to the log-odds of the gun against none of these.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from ironriver.engines import BatchEngine
from ironriver.estimators.types import Probability
from ironriver.firearms.asked import EDITS, ENDS, Asked
from ironriver.firearms.channel import Reals
from ironriver.firearms.comparison import agreement, serial_level
from ironriver.firearms.gun_records import FIELDS, Integers
from ironriver.firearms.holdings import Holdings
from ironriver.firearms.identify import Answers, identify
from ironriver.firearms.kernel import pack
from ironriver.firearms.question_batch import identify_on
from ironriver.firearms.question_weights import Weights
from ironriver.tables import Column, Table

SHOWN = 10
_NEGLIGIBLE = 5e-5
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


def ask(
    holdings: Holdings,
    questions: Sequence[Asked],
    in_registry: Probability,
    shown: int = SHOWN,
    *,
    refuse: bool = True,
    engine: BatchEngine | None = None,
) -> Iterator[pa.Table]:
    """Answer questions, in batches of ANSWERS; a question that no gun comes near has no row.

    A serial too vague to search is a MistakeError, or with `refuse` off has no answer. With an
    `engine` guns are found and weighed by it, in SQL, instead of by the compiled index and channel;
    it refuses nothing.
    """
    weights = Weights.of(holdings, questions, pack([one.serial for one in questions]))
    if engine is None:
        found = _compiled(holdings, questions, weights, in_registry, refuse=refuse)
    else:
        found = identify_on(engine, questions, weights, in_registry, shown, LEAST)
    for answers in found:
        yield _table(holdings, questions, weights, answers, shown)


def answer(
    holdings: Holdings,
    questions: Sequence[Asked],
    in_registry: Probability,
    *,
    refuse: bool = True,
    engine: BatchEngine | None = None,
) -> pa.Table:
    """Answer all questions in one table; see `ask`."""
    parts = list(ask(holdings, questions, in_registry, refuse=refuse, engine=engine))
    return pa.concat_tables([ANSWERS.schema.empty_table(), *parts])


def _compiled(
    holdings: Holdings,
    questions: Sequence[Asked],
    weights: Weights,
    in_registry: Probability,
    *,
    refuse: bool,
) -> Iterator[Answers]:
    """Search with the compiled index and weigh with the compiled channel."""
    serials = [one.serial for one in questions]
    return identify(
        pack(serials),
        holdings.registry,
        holdings.index.stream(serials, EDITS, ends=ENDS, refuse=refuse),
        weights.channel,
        weights.background,
        in_registry,
        weights.evidence,
        weights.beyond,
    )


def _table(
    holdings: Holdings,
    questions: Sequence[Asked],
    weights: Weights,
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
    weights: Weights,
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
