"""What make, importer, model, calibre and type say together of two rows being about one gun.

The fields are not independent: whoever writes Glock will write 9 mm. So a row is taken to describe
one of several *kinds of gun*, which nobody names; given the kind, the fields are independent:

    P(a, b | same gun) / P(a) P(b) = sum over k of P(k) P(a | k) P(b | k) / P(a) P(b)

(naive Bayes with a hidden class; Dempster, Laird & Rubin 1977). The kinds start from the
descriptions that occur whole and more than once. What else is written of a kind (an importer for a
maker, a clone's name, a calibre that fits the same chamber) is learned from rows already judged to
be one gun; until then it has a small even chance. A field not given says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ironriver.firearms.channel import Reals
from ironriver.firearms.gun_records import FIELDS, GunRecords, Integers

WRONG = 0.1
"""Chance, to begin with, that a row does not write a kind as it is usually written."""
WORTH = 10.0
"""How many rows that beginning is worth."""
ALONE = 0.3
"""How much a row by itself teaches, beside a pair judged to be one gun."""
OTHER = 0.02
"""Share of guns of no known kind."""
OTHERS = "any other"
MOST = 1000
"""Kinds, at most: the commonest. What is rarer is of no known kind."""
_LEAST = 1e-3
"""Pairs of less weight than this teach nothing."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of gun: their shares [kinds], and how each writes each field [kinds, values]."""

    shares: Reals
    writings: tuple[Reals, ...]
    begun: tuple[Reals, ...]
    """What the writings were before anything was learned."""
    taught: tuple[Reals, ...]
    """How many rows were learned to write each kind so, on the same grids."""
    names: tuple[str, ...]
    """Make, model and calibre that each kind started from; the last is of all others."""

    def with_taught(self, shares: Reals, taught: tuple[Reals, ...]) -> Kinds:
        """Give the kinds as they stand after so much was taught."""
        writings = []
        for seen, begun in zip(taught, self.begun, strict=True):
            table = seen + WORTH * begun
            writings.append(table / np.maximum(table.sum(axis=1, keepdims=True), 1e-300))
        return replace(self, shares=shares, writings=tuple(writings), taught=taught)

    def chances(self, descriptions: Integers, fields: int = len(FIELDS)) -> Reals:
        """Give P(first fields of a description | kind), [descriptions, kinds]."""
        found = np.ones((len(descriptions), len(self.shares)))
        for field in range(fields):
            given = descriptions[:, field] >= 0
            found[given] *= self.writings[field][:, descriptions[given, field]].T
        return found

    def log_ratios(
        self, descriptions: Integers, left: Integers, right: Integers, fields: int = len(FIELDS)
    ) -> Reals:
        """Give the log likelihood ratio of pairs of descriptions, [pairs]."""
        needed, sides = np.unique(np.concatenate((left, right)), return_inverse=True)
        one, other = np.split(sides.reshape(-1), 2)
        distinct, place = np.unique(one * len(needed) + other, return_inverse=True)
        chances = self.chances(descriptions[needed], fields)
        total = chances @ self.shares
        belongs = chances * self.shares / total[:, None]
        found = np.empty(len(distinct))
        for part in np.array_split(np.arange(len(distinct)), len(distinct) // 20_000 + 1):
            one, other = np.divmod(distinct[part], len(needed))
            found[part] = np.log(np.einsum("pk,pk->p", belongs[one], chances[other]) / total[other])
        return np.asarray(found[place.reshape(-1)])


def first_kinds(records: GunRecords) -> Kinds:
    """Begin with the whole descriptions that occur at least twice, and one kind for all others."""
    said = records.descriptions
    count = np.bincount(records.description, minlength=len(said)).astype(np.float64)
    naming = [FIELDS.index(name) for name in ("make", "model", "calibre")]
    whole = (said[:, naming] >= 0).all(axis=1)
    named, place = np.unique(said[:, naming], axis=0, return_inverse=True)
    often = np.bincount(place.reshape(-1), count * whole, len(named))
    kept = np.flatnonzero(often >= 2)
    kept = np.sort(kept[np.argsort(-often[kept], kind="stable")[:MOST]])
    shares = np.append(often[kept] / max(often[kept].sum(), 1.0) * (1.0 - OTHER), OTHER)
    writings = []
    for field, values in enumerate(records.values):
        given = said[:, field] >= 0
        seen = np.bincount(said[given, field], count[given], len(values)) + 0.5
        usual: Reals = np.asarray(seen / max(seen.sum(), 0.5), dtype=np.float64)
        table = np.tile(usual, (len(kept) + 1, 1))
        if field in naming:
            main = named[kept, naming.index(field)]
            table[:-1] *= WRONG
            table[np.arange(len(kept)), main] += 1.0 - WRONG
        elif len(values):
            table[:-1] = _written(said, count, field, place.reshape(-1), kept, usual)
        writings.append(table)
    if not len(kept):
        shares = np.ones(1)
    nothing = tuple(np.zeros_like(table) for table in writings)
    names = [
        " ".join(records.values[at][value] for at, value in zip(naming, row, strict=True))
        for row in named[kept]
    ]
    return Kinds(shares, tuple(writings), tuple(writings), nothing, (*names, OTHERS))


def _written(
    said: Integers, count: Reals, field: int, kind: Integers, kept: Integers, usual: Reals
) -> Reals:
    """Give how rows of each kind write a field that does not name the kind."""
    table = np.zeros((int(kind.max(initial=0)) + 1, len(usual)))
    given = said[:, field] >= 0
    np.add.at(table, (kind[given], said[given, field]), count[given])
    table = table[kept] + usual
    return np.asarray((1.0 - WRONG) * table / table.sum(axis=1, keepdims=True) + WRONG * usual)


def learn_kinds(
    kinds: Kinds,
    records: GunRecords,
    left: Integers,
    right: Integers,
    weight: Reals,
    share: float = 1.0,
) -> Kinds:
    """Learn from pairs of descriptions by the chance that they are of one gun: one round of EM.

    Where pairs teach a share of what they could, so do rows by themselves.
    """
    said = records.descriptions
    chances = kinds.chances(said)
    count = np.bincount(records.description, minlength=len(said)).astype(np.float64)
    count *= share
    belongs = chances * kinds.shares
    belongs /= belongs.sum(axis=1, keepdims=True)
    number, place = np.unique(left * len(said) + right, return_inverse=True)
    weights = np.bincount(place.reshape(-1), weight, len(number))
    number, weights = number[weights > _LEAST], weights[weights > _LEAST]
    taught = ALONE * belongs * count[:, None]
    for part in np.array_split(np.arange(len(number)), len(number) // 20_000 + 1):
        one, other = np.divmod(number[part], len(said))
        both = belongs[one] * chances[other]
        both *= (weights[part] / both.sum(axis=1))[:, None]
        np.add.at(taught, one, both)
        np.add.at(taught, other, both)
    learned = []
    for field, begun in enumerate(kinds.begun):
        given = said[:, field] >= 0
        seen = np.zeros(begun.shape[::-1])
        np.add.at(seen, said[given, field], taught[given])
        learned.append(seen.T)
    shares = (belongs * count[:, None]).sum(axis=0) + 0.1
    return kinds.with_taught(shares / shares.sum(), tuple(learned))
