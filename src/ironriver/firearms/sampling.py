"""From which pairs a model is learned where rows are many.

Up to `MANY` rows all pairs are learned from. Of more, `DRAWN` rows are drawn by a hash of their id,
so which are drawn does not depend on their order, and the pairs that they stand in stand for all: a
pair teaches half for each of its rows that was drawn. How likely a pair is depends on what else its
two rows may be; so all pairs of both are weighed with it, but teach nothing unless they were drawn
too. (Drawing rows and pairing them among themselves would take away most true partners, and others
would be taken for them.)

Left out is what the model believed at first holds for hopeless: what pairs below `HOPELESS` could
teach is nothing. Lots are counted over all pairs.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from ironriver.firearms.circumstances import LEVELS
from ironriver.firearms.fitting import Evidence, first_model, lot_steps
from ironriver.firearms.gun_records import Flags, Integers
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.readings import FARTHEST
from ironriver.firearms.weighing import Scales, weigh

MANY = 60_000
"""Rows whose pairs are all learned from."""
DRAWN = 40_000
"""Rows drawn of more, about."""
HOPELESS = -14.0
_CHUNK = 1 << 16
_HASHES = 2**64


def sample(scales: Scales, found: Iterable[Pairs], counts: Integers) -> Evidence:
    """Choose what to learn from among all pairs, given in order; `counts` are those of all."""
    rows = len(scales.records)
    pairs, steps = _hopeful(scales, found)
    drawn = drawn_rows(scales.records.record_id)
    taught = (drawn[pairs.left].astype(np.float64) + drawn[pairs.right]) / 2
    near = np.zeros(rows, dtype=np.bool_)
    near[pairs.left[taught > 0]] = near[pairs.right[taught > 0]] = True
    held = np.flatnonzero(near[pairs.left] | near[pairs.right])
    pairs = Pairs(pairs.left[held], pairs.right[held])
    around = scales.circumstances(pairs)
    share = float(drawn.mean())
    return Evidence(scales, pairs, around, counts, taught[held], share, steps)


def _hopeful(scales: Scales, found: Iterable[Pairs]) -> tuple[Pairs, Integers]:
    """Give the pairs that are not hopeless, and how many guns of one list stand so far apart."""
    model = first_model(scales.records)
    steps = np.zeros((LEVELS, FARTHEST + 1), dtype=np.int64)
    kept = [Pairs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))]
    for pairs in found:
        around = scales.circumstances(pairs)
        view = scales.serials(pairs, model.channel)
        steps += lot_steps(scales.records, pairs, around, view)
        log_odds = weigh(scales, pairs, around, view, model).log_odds
        hopeful = log_odds >= HOPELESS
        kept.append(Pairs(pairs.left[hopeful], pairs.right[hopeful]))
    left, right = (
        np.concatenate([getattr(each, side) for each in kept]) for side in ("left", "right")
    )
    return Pairs(left, right), steps


def drawn_rows(record_id: pa.Array) -> Flags:
    """Tell which rows are drawn."""
    limit = _HASHES * min(1.0, DRAWN / max(len(record_id), 1))
    chunks = (record_id.slice(at, _CHUNK).to_pylist() for at in range(0, len(record_id), _CHUNK))
    return np.array([_hash(name) < limit for chunk in chunks for name in chunk], dtype=np.bool_)


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
