"""Questions put to a batch engine: the same guns and figures as `identify` gives, from SQL.

Up to where the likeliest guns of each question are known, all is done on the engine; what comes
back is as small as what is shown. See `ironriver.firearms.sql`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.engines import BatchEngine
from ironriver.estimators.types import Probability
from ironriver.firearms.asked import EDITS, ENDS, Asked
from ironriver.firearms.gun_records import NO_DAY, Integers
from ironriver.firearms.holdings import Holdings
from ironriver.firearms.identify import Answers
from ironriver.firearms.question_weights import Weights
from ironriver.firearms.sql import likeliest_answers

_BLOCK = 10_000
"""Questions whose answers are put together at a time."""


def identify_on(
    engine: BatchEngine,
    questions: Sequence[Asked],
    weights: Weights,
    in_registry: Probability,
    most: int,
    least: float,
) -> Iterator[Answers]:
    """Give the `most` likeliest guns of each question, none below `least` but the first.

    As with `identify`, evidence for certain both ways raises ValueError.
    """
    held = weights.holdings
    rows = likeliest_answers(
        engine,
        _queries(questions, weights, in_registry),
        _records(held),
        weights.channel.channel,
        EDITS,
        True,
        lambda pairs: _levels(weights, pairs),
        max(held.registry.size, 1.0),
        ends=ENDS,
        days=held.timing.ranges(),
        most=most,
        least=least,
    )
    if rows["none"].null_count:
        raise ValueError("neither a candidate nor another gun can explain a query")
    none = np.ones(len(questions))
    none[_numbers(rows["query_id"])] = np.asarray(rows["none"])
    rows = rows.filter(pc.is_valid(rows["gun"]))
    query, gun = _numbers(rows["query_id"]), _numbers(rows["gun"])
    chance = np.asarray(rows["probability"])
    order = np.lexsort((gun, -chance, query))
    query, entry, odds = query[order], _numbers(rows["entry"])[order], np.asarray(rows["log_odds"])
    for first in range(0, len(questions), _BLOCK):
        here = slice(*np.searchsorted(query, [first, first + _BLOCK]))
        mine = order[here]
        yield Answers(
            query[here], gun[mine], entry[here], odds[mine], chance[mine],
            none[first : first + _BLOCK], first,
        )  # fmt: skip


def _numbers(column: pa.ChunkedArray) -> Integers:
    return np.asarray(column.cast(pa.int64()), dtype=np.int64)


def _queries(questions: Sequence[Asked], weights: Weights, in_registry: Probability) -> pa.Table:
    count = len(questions)
    mine = weights.said[len(weights.said) - count :]
    _, first, same = np.unique(mine, axis=0, return_index=True, return_inverse=True)
    return pa.table(
        {
            "query_id": np.arange(count),
            "serial": pa.array([one.serial for one in questions], pa.string()),
            "log_background": weights.background,
            "log_beyond": weights.beyond,
            "in_registry": np.full(count, in_registry.value),
            "description": _names(first[same.reshape(-1)]),
            "recovered": pa.array(weights.days, mask=weights.days == NO_DAY),
        }
    )


def _records(held: Holdings) -> pa.Table:
    """Give every reading as a record of its own; readings of one row are of one gun."""
    day = held.records.day[held.row]
    return pa.table(
        {
            "entry": np.arange(len(held.row)),
            "gun": held.registry.gun,
            "serial": held.texts,
            "description": _names(held.records.description[held.row]),
            "role": held.records.role[held.row],
            "day": pa.array(day, mask=day == NO_DAY),
        }
    )


def _names(numbers: Integers) -> pa.Array:
    """Give descriptions by name, as levels have their values."""
    return pa.array(numbers, pa.int64()).cast(pa.string())


def _levels(weights: Weights, pairs: pa.Table) -> pa.Table:
    """Say of each pair of descriptions, of a question and a row, what `Kinds` says of it."""
    left = len(weights.holdings.records.descriptions) + _numbers(pairs["asked"])
    ratios = weights.of_descriptions(left, _numbers(pairs["filed"]))
    return pairs.append_column("log_ratio", pa.array(ratios, pa.float64()))
