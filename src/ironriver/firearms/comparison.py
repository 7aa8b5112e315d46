"""A pair of rows in words: what each field says for or against one gun, and at which level.

Reasons hold field, level and log-odds, and name nobody; what speaks against comes first.
"""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
from rapidfuzz.distance import OSA

from ironriver.firearms.channel import Reals
from ironriver.firearms.circumstances import Circumstances, Level
from ironriver.firearms.gun_records import FIELDS, GunRecords
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.search.keys import skeleton
from ironriver.firearms.weighing import Model, Weights

_FAR = 3
_NEGLIGIBLE = 5e-5

Reason = dict[str, str | float]


def reasons(
    records: GunRecords, pairs: Pairs, around: Circumstances, weights: Weights, model: Model
) -> list[str]:
    """Give the reasons of each pair as JSON, the least log-odds first; they add up to the sum."""
    parts = _by_field(records, pairs, model)
    left, right = pairs.left, pairs.right
    serials = [records.serial.take(pa.array(side)).to_pylist() for side in (left, right)]
    alike = records.status[left] == records.status[right]
    one = records.descriptions[records.description[left]]
    other = records.descriptions[records.description[right]]
    found = []
    for pair in range(len(pairs)):
        level = Level(around.level[pair]).name.lower()
        said = [_reason("circumstances", level, weights.circumstances[pair])]
        if serials[0][pair] and serials[1][pair]:
            level = serial_level(serials[0][pair], serials[1][pair])
            said.append(_reason("serial", level, weights.serial[pair]))
        level = "same" if alike[pair] else "different"
        said.append(_reason("legibility", level, weights.legibility[pair]))
        for field, name in enumerate(FIELDS):
            level = agreement(one[pair, field], other[pair, field], parts[pair, field])
            if level != "given_once" or abs(parts[pair, field]) > _NEGLIGIBLE:
                said.append(_reason(name, level, parts[pair, field]))
        found.append(json.dumps(sorted(said, key=_order)))
    return found


def serial_level(one: str, other: str) -> str:
    """Say how two plain serials compare.

    >>> serial_level("AB12345", "A812345"), serial_level("AB12345", "B12345")
    ('look_alike', 'one_edit')
    """
    if one == other:
        return "same"
    if "?" in one or "?" in other:
        return "partly_read"
    if skeleton(one) == skeleton(other):
        return "look_alike"
    edits = int(OSA.distance(one, other, score_cutoff=_FAR - 1))
    if edits < _FAR:
        return ("same", "one_edit", "two_edits")[edits]
    return "part" if one in other or other in one else "other"


def _by_field(records: GunRecords, pairs: Pairs, model: Model) -> Reals:
    """Split the log ratio of descriptions by field, [pairs, FIELDS]: each given those before."""
    left, right = records.description[pairs.left], records.description[pairs.right]
    sums = [np.zeros(len(pairs))] + [
        model.kinds.log_ratios(records.descriptions, left, right, fields)
        for fields in range(1, len(FIELDS) + 1)
    ]
    return np.diff(np.stack(sums, axis=1), axis=1)


def agreement(one: int, other: int, ratio: float) -> str:
    """Name how two values of a field compare; -1 is not given.

    >>> agreement(3, 3, 0.5), agreement(3, 4, -2.0), agreement(3, 4, 1.5), agreement(-1, 3, 0.1)
    ('same', 'different', 'akin', 'given_once')
    """
    if one < 0 or other < 0:
        return "given_once"
    if one == other:
        return "same"
    # Two names that are written of one kind of gun: a maker and its importer, a clone.
    return "akin" if ratio > 0.0 else "different"


def _reason(field: str, level: str, log_odds: float) -> Reason:
    return {"field": field, "level": level, "log_odds": round(float(log_odds), 4)}


def _order(reason: Reason) -> tuple[float, str]:
    return float(reason["log_odds"]), str(reason["field"])
