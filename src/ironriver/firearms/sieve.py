"""Weigh pairs in batches, and keep those that may matter: memory grows with what is kept.

Far below `APART` a pair says only that its two rows contradict each other. Where `clusters` knows
that without the pair (one list names both, or they bear two names), the pair is dropped. So no row
comes to another gun by it; what a dropped pair would take from a row's probability is below `FLOOR`
says, one in 20,000.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ironriver.firearms.clusters import names
from ironriver.firearms.gun_records import NONE, Flags, GunRecords, Integers
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.weighing import Model, Scales, Weights, weigh

FLOOR = -10.0
"""Log-odds below which a pair may be dropped; below `APART`."""
_PARTS = ("circumstances", "serial", "description", "legibility")


def weigh_pairs(scales: Scales, pairs: Pairs, model: Model) -> Weights:
    """Give the log-odds of pairs, field by field."""
    view = scales.serials(pairs, model.channel)
    return weigh(scales, pairs, scales.circumstances(pairs), view, model)


def sieve(
    scales: Scales, found: Iterable[Pairs], model: Model, judged: Pairs
) -> tuple[Pairs, Weights]:
    """Give the pairs that may matter with their weights, the judged ones among them.

    Pairs come in order, each once; how they are cut into batches changes nothing.
    """
    name, rows = names(scales.records), len(scales.records)
    bound = judged.left * rows + judged.right
    nothing = Pairs(*np.empty((2, 0), dtype=np.int64))
    kept = [(nothing, weigh_pairs(scales, nothing, model))]
    for pairs in found:
        weights = weigh_pairs(scales, pairs, model)
        held = np.flatnonzero(
            (weights.log_odds >= FLOOR)
            | ~_told(scales.records, name, pairs)
            | np.isin(pairs.left * rows + pairs.right, bound)
        )
        kept.append((Pairs(pairs.left[held], pairs.right[held]), weights.of(held)))
    left, right = (
        np.concatenate([getattr(each, side) for each, _ in kept]) for side in ("left", "right")
    )
    parts = (np.concatenate([getattr(each, part) for _, each in kept]) for part in _PARTS)
    return Pairs(left, right), Weights(*parts)


def _told(records: GunRecords, name: Integers, pairs: Pairs) -> Flags:
    """Tell where two rows contradict each other though they were never weighed."""
    source, one, other = records.source, name[pairs.left], name[pairs.right]
    unlike = (np.minimum(one, other) != NONE) & (one != other)
    return np.asarray(unlike | (source[pairs.left] == source[pairs.right]))
