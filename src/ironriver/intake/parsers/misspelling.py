"""How probable it is that an unknown name is a misspelling of a listed one.

A noisy channel against "none of these". Let the text have `n` characters and lie `d` edits
(optimal string alignment) from the nearest listed name, letters and digits that look alike
(``O0``, ``IL1``, ``S5``, ``Z2``, ``B8``, ``G6``) and doubled letters counting as equal:

* misspelt: each character is wrong with probability ``ERROR``, so `d` edits have the binomial
  probability ``B(d; n, ERROR)``, look-alikes and doubled letters counted as edits here;
* not on the list: ``q(d, n)``, the share of listed names of that length whose nearest *other*
  listed name lies at distance `d`: measured on the list itself, with one name added for smoothing.

With ``u`` the prior probability that a name is not on the list, the odds are
``(1 - u) B(d; n, ERROR) / (u q(d, n))``. Among listed names the probability is shared in proportion
to ``weight * (ERROR / 2) ** a * (ERROR / 72) ** b``: half of all wrong characters are taken for one
that looks alike or doubled (`a` of the edits), the other half for any of 36 (`b` of them).

``ERROR``, that half, and ``u`` are assumptions of ours, to be measured once there are judged pairs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

ERROR = 0.03
FARTHEST = 3
SHORTEST = 4  # a name of three characters is an edit away from hundreds
_ALPHABET = 36
_DOUBLED = re.compile(r"([A-Z])\1+")
_SHOWN = 0.05
_ALIKE = str.maketrans("0L15286", "OIISZBG")

Neighbours = Mapping[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A listed name, what differs, and the posterior probability."""

    name: str
    rule: str
    probability: float


def alike(key: str) -> str:
    """Fold characters that look alike, and doubled letters.

    >>> alike("M16AI") == alike("M16A1"), alike("BERRETA") == alike("BERETTA")
    (True, True)
    """
    return _DOUBLED.sub(r"\1", key).translate(_ALIKE)


def measure(known: Iterable[tuple[str, str]]) -> Neighbours:
    """Measure ``q(d, n)`` on pairs of key and name; keys of one name are no neighbours."""
    pairs = sorted(set(known))
    keys = [alike(key) for key, _ in pairs]
    codes = {name: code for code, name in enumerate(sorted({name for _, name in pairs}))}
    owner = np.array([codes[name] for _, name in pairs])
    near: Counter[tuple[int, int]] = Counter()
    sizes: Counter[int] = Counter()
    for first in range(0, len(keys), 256):
        block = process.cdist(
            keys[first : first + 256], keys, scorer=OSA.distance, score_cutoff=FARTHEST,
            dtype=np.uint8,
        )  # fmt: skip
        block[owner[first : first + 256, None] == owner[None, :]] = FARTHEST + 1
        for key, distance in zip(keys[first : first + 256], block.min(axis=1), strict=True):
            sizes[len(key)] += 1
            if distance <= FARTHEST:
                near[len(key), int(distance)] += 1
    return {
        (size, distance): (near[size, distance] + 1) / (sizes[size] + 2)
        for size in sizes
        for distance in range(FARTHEST + 1)
    }


class Channel:
    """Listed keys with their names and weights."""

    def __init__(
        self,
        known: Sequence[tuple[str, str, float]],
        unlisted: float,
        neighbours: Neighbours | None = None,
    ) -> None:
        self._known = known
        self._alike = [alike(key) for key, _, _ in known]
        self._unlisted = unlisted
        self._near = neighbours or measure((key, name) for key, name, _ in known)
        self._longest = max(size for size, _ in self._near)

    def suggest(self, key: str) -> tuple[Suggestion, ...]:
        """List the names that `key` may be a misspelling of, the likeliest first."""
        size, folded = len(key), alike(key)
        reach = min(FARTHEST, size // 3) if size >= SHORTEST else 0
        hits = process.extract(
            folded, self._alike, scorer=OSA.distance, score_cutoff=reach, limit=50
        )
        shares: dict[str, float] = {}
        edits: dict[str, tuple[int, int]] = {}
        rules: dict[str, str] = {}
        for _, distance, place in hits:
            listed, name, weight = self._known[place]
            both = max(distance, OSA.distance(key, listed))
            similar, other = both - int(distance), int(distance)
            share = weight * (ERROR / 2) ** similar * (ERROR / 2 / _ALPHABET) ** other
            if share > shares.get(name, 0.0):
                shares[name], edits[name] = share, (other, both)
                rules[name] = _rule(key, listed, other)
        if not shares:
            return ()
        nearest, both = min(edits.values())
        listed_odds = (1 - self._unlisted) * _binomial(both, size)
        odds = listed_odds / (self._unlisted * self._share(len(folded), nearest))
        known = odds / (1 + odds)
        total = sum(shares.values())
        found = [
            Suggestion(name, rules[name], part)
            for name, share in shares.items()
            if (part := known * share / total) >= _SHOWN
        ]
        return tuple(sorted(found, key=lambda one: (-one.probability, one.name))[:3])

    def _share(self, size: int, distance: int) -> float:
        """Look up ``q``; a length that no listed name has takes the nearest shorter one's."""
        size = min(size, self._longest)
        while (size, distance) not in self._near and size > 1:
            size -= 1
        return self._near.get((size, distance), 1.0)


def _rule(key: str, listed: str, other: int) -> str:
    """Name what differs: ``confusion I/1`` for look-alikes, else a misspelling."""
    pairs = [(a, b) for a, b in zip(key, listed, strict=False) if a != b]
    if other or len(key) != len(listed) or not pairs:
        return "misspelling"
    alone = len(pairs) == 1 and alike(pairs[0][0]) == alike(pairs[0][1])
    return f"confusion {pairs[0][0]}/{pairs[0][1]}" if alone else "misspelling"


def _binomial(edits: int, size: int) -> float:
    return comb(size, min(edits, size)) * ERROR**edits * (1 - ERROR) ** max(size - edits, 0)
