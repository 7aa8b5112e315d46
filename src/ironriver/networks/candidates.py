"""Which pairs of guns are worth weighing: those that share something, block by block.

A block is what shares one value. Its guns stand in the order of their days, and each is compared
with those next to it, so that a large dealer or a large city costs no more than its guns, and
cannot tie together what lies far apart.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ironriver.networks.compared import bounds
from ironriver.networks.evidence import NO_DAY, UNKNOWN, Evidence, Guns, Ints

CLOSE, WIDE = 40, 400
"""How many neighbours of a block a gun is compared with: of weak signs, and of strong ones."""


def candidates(evidence: Evidence, wide: int = WIDE) -> tuple[Ints, Ints]:
    """Give the pairs worth weighing, the smaller place first, each once, in order."""
    size = len(evidence.guns)
    found = [np.empty(0, dtype=np.int64)]
    for left, right in _blocks(evidence, wide):
        low, high = np.minimum(left, right), np.maximum(left, right)
        found.append(_each_once(low[low != high] * size + high[low != high]))
    keys = _each_once(np.concatenate(found))
    return keys // max(size, 1), keys % max(size, 1)


def _each_once(keys: Ints) -> Ints:
    """Give keys in order, each once; by sorting, which for many keys is faster than hashing."""
    keys = np.sort(keys)
    return keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if len(keys) else keys


def _blocks(evidence: Evidence, wide: int) -> Iterator[tuple[Ints, Ints]]:
    guns = evidence.guns
    for kind, ties in evidence.ties.items():
        if kind != "licensee":
            yield neighbours(ties.gun, ties.value, ties.day, wide)
    every = np.arange(len(guns))
    sold = np.where(guns.sale_day > NO_DAY, guns.sale_day, guns.theft_day)
    longest = int(bounds("sale_gap")[-1])
    yield neighbours(every, guns.licensee, sold, wide, longest)
    area_model = _joined(guns.source, guns.model)
    yield neighbours(every, area_model, guns.sale_day, CLOSE, longest)
    yield neighbours(every, guns.source, guns.sale_day, CLOSE, int(bounds("sale_gap")[2]))
    yield neighbours(every, guns.source, guns.theft_day, wide // 2, int(bounds("theft_gap")[-1]))
    far = int(bounds("recovery_gap")[-1])
    yield neighbours(every, guns.municipality, guns.recovery_day, CLOSE, far)
    yield neighbours(every, _joined(guns.state, guns.model), guns.recovery_day, CLOSE // 2, far)
    yield neighbours(every, guns.crossing, guns.crossing_day, CLOSE // 2)
    numbered = np.where(guns.number >= 0, guns.series, UNKNOWN)
    yield neighbours(every, numbered, guns.number, 4)
    yield _families(guns, evidence.related)


def neighbours(
    gun: Ints, block: Ints, order: Ints, reach: int, farthest: int | None = None
) -> tuple[Ints, Ints]:
    """Pair each gun with the `reach` next ones of its block, no farther than `farthest` apart.

    Guns without a block or, where `farthest` is given, without a day are left out.

    >>> block, days = np.array([5, 5, 5, 6]), np.array([1, 2, 90, 2])
    >>> left, right = neighbours(np.arange(4), block, days, 9, 7)
    >>> list(zip(left.tolist(), right.tolist()))
    [(0, 1)]
    """
    kept = block >= 0
    if farthest is not None:
        kept &= order > NO_DAY
    gun, block, order = gun[kept], block[kept], order[kept]
    place = np.lexsort((gun, order, block))
    gun, block, order = gun[place], block[place], order[place]
    lefts, rights = [gun[:0]], [gun[:0]]
    for step in range(1, reach + 1):
        together = block[step:] == block[:-step]
        if farthest is not None:
            together &= order[step:] - order[:-step] <= farthest
        if not together.any():
            break
        lefts.append(gun[:-step][together])
        rights.append(gun[step:][together])
    return np.concatenate(lefts), np.concatenate(rights)


def _joined(one: Ints, other: Ints) -> Ints:
    """Give one code for two; UNKNOWN where either is."""
    width = int(other.max(initial=0)) + 1
    return np.where((one >= 0) & (other >= 0), one * width + other, UNKNOWN)


def _families(guns: Guns, related: Ints) -> tuple[Ints, Ints]:
    """Pair the guns of purchasers who are related: each person's first few with the other's."""
    kept = np.flatnonzero(guns.purchaser >= 0)
    kept = kept[np.argsort(guns.purchaser[kept], kind="stable")]
    people = guns.purchaser[kept]
    lefts, rights = [kept[:0]], [kept[:0]]
    for one, other in related.tolist():
        here = kept[np.searchsorted(people, one) : np.searchsorted(people, one, side="right")]
        there = kept[np.searchsorted(people, other) : np.searchsorted(people, other, side="right")]
        here, there = here[:CLOSE], there[:CLOSE]
        lefts.append(np.repeat(here, len(there)))
        rights.append(np.tile(there, len(here)))
    return np.concatenate(lefts), np.concatenate(rights)
