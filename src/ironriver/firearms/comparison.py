"""A pair of rows in words: what each field says for or against one gun, and at which level.

Reasons hold field, level and log-odds, and name nobody; what speaks against comes first.
"""

from __future__ import annotations

import numpy as np
from rapidfuzz.distance import OSA

from ironriver.firearms.channel import Reals
from ironriver.firearms.circumstances import Circumstances, Level
from ironriver.firearms.gun_records import FIELDS, GunRecords, Integers
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.search.keys import skeleton
from ironriver.firearms.weighing import Model, Weights

_FAR = 3
_NEGLIGIBLE = 5e-5

_REASON = '{"field": "%s", "level": "%s", "log_odds": %r}'
_LEVELS = {int(level): level.name.lower() for level in Level}


def reasons(
    records: GunRecords, pairs: Pairs, around: Circumstances, weights: Weights, model: Model
) -> list[str]:
    """Give the reasons of each pair as JSON, the least log-odds first; they add up to the sum."""
    left, right = pairs.left, pairs.right
    parts = _by_field(records, pairs, model).tolist()
    serials = _serial_levels(records, left, right)
    alike = (records.status[left] == records.status[right]).tolist()
    one = records.descriptions[records.description[left]].tolist()
    other = records.descriptions[records.description[right]].tolist()
    levels = around.level.tolist()
    circumstances, serial = weights.circumstances.tolist(), weights.serial.tolist()
    legibility = weights.legibility.tolist()
    found = []
    for pair in range(len(pairs)):
        said = [(circumstances[pair], "circumstances", _LEVELS[levels[pair]])]
        if serials[pair]:
            said.append((serial[pair], "serial", serials[pair]))
        said.append((legibility[pair], "legibility", "same" if alike[pair] else "different"))
        for name, mine, theirs, odds in zip(
            FIELDS, one[pair], other[pair], parts[pair], strict=True
        ):
            level = agreement(mine, theirs, odds)
            if level != "given_once" or abs(odds) > _NEGLIGIBLE:
                said.append((odds, name, level))
        found.append(_json(said))
    return found


def _json(said: list[tuple[float, str, str]]) -> str:
    """Write reasons (log-odds, field, level) as JSON; none of the words needs an escape."""
    ordered = sorted((round(odds, 4), field, level) for odds, field, level in said)
    return "[" + ", ".join(_REASON % (field, level, odds) for odds, field, level in ordered) + "]"


def _serial_levels(records: GunRecords, left: Integers, right: Integers) -> list[str]:
    """Say how the serials of pairs compare, each two serials once; empty where one has none."""
    held = records.serial.dictionary_encode()
    texts, code = held.dictionary.to_pylist(), np.asarray(held.indices, dtype=np.int64)
    two, place = np.unique(code[left] * len(texts) + code[right], return_inverse=True)
    levels = []
    for number in two.tolist():
        one, other = texts[number // len(texts)], texts[number % len(texts)]
        levels.append(serial_level(one, other) if one and other else "")
    return [levels[at] for at in place.reshape(-1).tolist()]


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
