"""What kind of gun a recovery speaks of: make, model, calibre, importer and type together.

A kind is a combination of make, model and calibre that the records state at least `TWICE` times,
or that the reference list of models names. With n_k rows of kind k (a model of the list is worth
`LISTED`), and fields stated independently of each other given the kind,

    P(k | all that is stated) ~ n_k product over fields and records of P(stated | k)

where a field is stated right with chance 1 - e, and else as anything, as often as that is stated
at all (naive Bayes). Names of families that many makers use ("AK-47") tell nothing apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ironriver.firearms.channel import Reals
from ironriver.reference.firearms import calibres, models
from ironriver.tracing.readiness_readings import Asked, Reading

NAMING = ("make", "model", "calibre")
WRONG = {"make": 0.05, "model": 0.1, "calibre": 0.03}
"""Chance that a record states the field wrongly; assumptions, near the worst of what was seen."""
ALIKE = 0.2
"""Chance that a calibre is stated as one that fits the same chamber."""
COPIED = 0.5
"""What another record of the gun weighs beside its own: lists copy each other."""
TWICE, LISTED = 2, 0.5
MOST_KINDS = 4000
_OTHER = 0.5
"""Rows that a kind nobody stated twice is worth."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is most probably true of a gun: for each field the values, likeliest first."""

    values: Mapping[str, tuple[tuple[str, float], ...]]
    known: float
    """P(it is one of the kinds)."""

    def best(self, name: str) -> tuple[str, float]:
        """Give the likeliest value of a field and its chance; nothing and 0 if there is none."""
        found = self.values.get(name, ())
        return found[0] if found else ("", 0.0)

    def chance(self, name: str, value: str) -> float:
        """Give the chance of a value."""
        return dict(self.values.get(name, ())).get(value, 0.0)


@dataclass(frozen=True, slots=True)
class KindsOfGun:
    """Combinations of make, model and calibre; how often each, and who imported it."""

    kinds: tuple[tuple[str, str, str], ...]
    logs: Reals
    """Log of the rows of each kind; the last place is of any other."""
    usual: Mapping[str, Mapping[str, float]]
    """How often each value of a field is stated at all."""
    importers: Mapping[tuple[str, str], Mapping[str, int]]
    """Who is named as importer of each make and model."""
    pairs: frozenset[tuple[str, str, str]]
    """(model calibre, or make model): what was ever stated together."""
    _vectors: dict[tuple[str, str], Reals] = field(default_factory=dict, compare=False)

    @classmethod
    def learn(cls, readings: Iterable[Reading]) -> KindsOfGun:
        """Count what is stated together, and add what the reference list names."""
        counts: Counter[tuple[str, str, str]] = Counter()
        usual: dict[str, Counter[str]] = {name: Counter() for name in NAMING}
        importers: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for each in readings:
            for name in NAMING:
                value = each.said[name]
                if value:
                    usual[name][value] += 1
            if each.make and each.model and each.calibre:
                counts[each.make, each.model, each.calibre] += 1
            if each.make and each.importer:
                importers[each.make, each.model or ""][each.importer] += 1
        rows: dict[tuple[str, str, str], float] = {
            kind: float(count) for kind, count in counts.most_common(MOST_KINDS) if count >= TWICE
        }
        for model in models():
            for calibre in model.calibres if model.make else ():
                kind = (model.make, model.name, calibre)
                rows[kind] = rows.get(kind, 0.0) + LISTED
        kinds = tuple(sorted(rows))
        logs = np.log(np.array([*(rows[kind] for kind in kinds), _OTHER]))
        shares = {
            name: {value: count / found.total() for value, count in found.items()}
            for name, found in usual.items()
        }
        pairs = {("make model", kind[0], kind[1]) for kind in rows}
        pairs |= {("model calibre", kind[1], kind[2]) for kind in rows}
        return cls(kinds, logs, shares, importers, frozenset(pairs))

    def judge(self, asked: Asked, serials: Mapping[tuple[str, str], float] | None = None) -> Said:
        """Weigh the kinds of one recovery's gun.

        `serials` gives the log chance of its serial by make and model, where that was computed.
        """
        logs = self.logs.copy()
        for name in NAMING:
            stated = [(asked.said[name], 1.0), *((each.said[name], COPIED * each.probability)
                                                 for each in asked.others)]  # fmt: skip
            for value, weight in stated:
                if value:
                    logs += weight * self._vector(name, value)
        if serials:
            least = min(serials.values())
            logs += np.array([*(serials.get(kind[:2], least) for kind in self.kinds), least])
        chances = np.exp(logs - np.logaddexp.reduce(logs))
        return Said(self._values(asked, chances), float(1.0 - chances[-1]))

    def likely(self, said: Said) -> list[tuple[str, str]]:
        """Give the makes and models that may be meant, to be told apart by the serial."""
        makes = [value for value, _ in said.values.get("make", ())[:4]]
        wanted = {value for value, _ in said.values.get("model", ())[:4]}
        return sorted({kind[:2] for kind in self.kinds if kind[0] in makes and kind[1] in wanted})

    def together(self, what: str, one: str, other: str) -> bool:
        """Tell whether a make and model, or a model and calibre, were ever stated together."""
        return (what, one, other) in self.pairs

    def importer(self, make: str | None, model: str | None) -> tuple[tuple[str, float], ...]:
        """Give who imported guns of a make and model, with shares; half a row is for others."""
        found = self.importers.get((make or "", model or "")) or {}
        total = sum(found.values())
        ranked = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        return tuple((name, count / (total + 0.5)) for name, count in ranked)

    def _vector(self, name: str, value: str) -> Reals:
        """Give log P(value stated | kind), for each kind and any other."""
        key = (name, value)
        if key not in self._vectors:
            self._vectors[key] = self._weigh(name, value)
        return self._vectors[key]

    def _weigh(self, name: str, value: str) -> Reals:
        if name == "model" and value in _families():
            return np.zeros(len(self.kinds) + 1)
        place, wrong = NAMING.index(name), WRONG[name]
        usual = max(self.usual[name].get(value, 0.0), 1e-4)
        group = _chamber(value) if name == "calibre" else ""
        chances = np.full(len(self.kinds) + 1, wrong * usual)
        for number, kind in enumerate(self.kinds):
            if kind[place] == value:
                chances[number] += 1.0 - wrong
            elif group and _chamber(kind[place]) == group:
                chances[number] += ALIKE
        chances[-1] = usual
        return np.asarray(np.log(chances))

    def _values(self, asked: Asked, chances: Reals) -> dict[str, tuple[tuple[str, float], ...]]:
        """Sum the chances of kinds by the value of each field."""
        found: dict[str, tuple[tuple[str, float], ...]] = {}
        likely = np.flatnonzero(chances[:-1] > 1e-4).tolist()
        for place, name in enumerate(NAMING):
            sums: defaultdict[str, float] = defaultdict(float)
            for number in likely:
                sums[self.kinds[number][place]] += float(chances[number])
            own = asked.said[name]
            if own:
                sums[own] += float(chances[-1])
            found[name] = tuple(sorted(sums.items(), key=lambda each: (-each[1], each[0]))[:5])
        return found


def _chamber(calibre: str) -> str:
    known = calibres().get(calibre)
    return known.interchange if known else calibre


@cache
def _families() -> frozenset[str]:
    """Name the families that many makers use."""
    return frozenset(model.name for model in models() if not model.make) | frozenset(
        model.family for model in models() if model.family
    )


def same_chamber(one: str, other: str) -> bool:
    """Tell whether two calibres fit the same chamber.

    >>> same_chamber(".223 Rem", "5.56x45mm"), same_chamber("9x19mm", ".45 ACP")
    (True, False)
    """
    return _chamber(one) == _chamber(other)
