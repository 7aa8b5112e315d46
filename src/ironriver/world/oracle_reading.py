"""What a world's own parameters say of a row: how likely each model writes it, and each serial.

``P(row | model) = P(description | model) x P(serial | model)``. The description is make, model and
calibre as intake read them; the serial is one of the model's grammar, or a slip of the pen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ironriver.world.catalogue import POOLS, models, ways, weights
from ironriver.world.chance import Floats
from ironriver.world.noise import _ALIKE
from ironriver.world.parameters import Settings
from ironriver.world.serials import capacity

_MARKS = {"d": "[0-9]", "l": "[A-HJ-NPR-Z]", "a": "[A-Z]", "y": "[0-9]", "z": "[0-9]"}
_DROPPED = re.compile(r"[\s./-]+")
_PATENT, _NUMBER = re.compile(r"PAT\d{7}"), re.compile(r"\d{5,6}")
PREFIXED = re.compile(r"(?:MOD|CAL)\d{1,2}(?=.{4})")
# A slip that no rule of the world explains; small, so that it never decides.
UNEXPLAINED = 1e-13

Description = tuple[str | None, str | None, str | None]


def plain(serial: str | None) -> str:
    """Take out what clerks put in and leave out at will; a letter is not yet a digit.

    >>> plain("a1-56490 22ro")
    'A15649022RO'
    """
    return _DROPPED.sub("", (serial or "").upper())


@dataclass(frozen=True, slots=True)
class Slips:
    """The rates at which a serial is written wrong."""

    misread: float
    transposed: float
    truncated: float
    noise: float

    @property
    def none(self) -> float:
        """The probability of a serial written as it is."""
        return max(1.0 - self.misread - self.transposed - self.truncated - self.noise, 0.05)


def slips(settings: Settings, factor: float, copied: bool) -> Slips:
    """Give the rates of one class of clerks; a federal copy may differ by one more character."""
    again = settings["duplicate_differs"] * 0.4 if copied else 0.0
    return Slips(
        settings["serial_misread"] * factor + again,
        settings["serial_transposed"] * factor,
        settings["serial_truncated"] * factor,
        settings["serial_noise"] * factor,
    )


def written(text: str, true: str, rates: Slips) -> float:
    """Give P(text | true serial), both plain: the world's slips, summed over how each comes about.

    >>> rates = Slips(0.06, 0.012, 0.014, 0.01)
    >>> written("FX1234", "FX1234", rates) > written("FX1284", "FX1234", rates) > 1e-4
    True
    """
    if text == true:
        return rates.none
    found = UNEXPLAINED
    if len(text) == len(true):
        places = [place for place, mark in enumerate(true) if text[place] != mark]
        spots = max(sum(mark in _ALIKE for mark in true), 1)
        if len(places) <= 2:
            found += math.prod(rates.misread / spots * _alike(true[p], text[p]) for p in places)
        if len(places) == 2 and places[1] == places[0] + 1:
            first, second = places
            if text[first] == true[second] and text[second] == true[first]:
                found += rates.transposed / (len(true) - 1)
    bare = text.rstrip("*")
    lost = len(true) - len(bare)
    if 1 <= lost <= 4:
        part = rates.truncated / 9
        found += part * true.startswith(bare) + part * (bare == text and true.endswith(text))
    if text.endswith(true) and PREFIXED.match(text):
        found += rates.noise / 3 / 196
    return found + _foreign(text, rates)


@lru_cache(maxsize=4096)
def _alike(true: str, seen: str) -> float:
    """Give the chance that a misread character comes out as this one."""
    looks = _ALIKE.get(true, "")
    found = (0.65 if true.isdigit() else 1.0) * (seen in looks) / max(len(looks), 1)
    return found + (0.35 / 9 if true.isdigit() and seen.isdigit() else 0.0)


def _foreign(text: str, rates: Slips) -> float:
    """Give the chance of a patent number or any other number in the serial's place."""
    if _PATENT.fullmatch(text):
        return rates.noise / 3 / 9_000_000
    return rates.noise / 3 / 990_000 if _NUMBER.fullmatch(text) else 0.0


class Reader:
    """Gives likelihoods by model; every distinct text is looked at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._slips = slips(settings, 1.0, copied=False)
        self._grammars = [
            (place, re.compile("".join(_MARKS.get(m, re.escape(m)) for m in plain_grammar(g))),
             1.0 / capacity(g) / len(model.serials))
            for place, model in enumerate(models())
            for g in model.serials
            if g
        ]  # fmt: skip
        self.prior = _prior(settings)
        self._aliases = [_aliases(name) for name in ("make", "family")]

    @lru_cache(maxsize=1 << 16)  # noqa: B019  (a reader lives as long as one judgement)
    def serial(self, text: str) -> Floats:
        """Give P(serial as written | model) for every model; ones where nothing was read."""
        if not text:
            return np.ones(len(models()))
        rates = self._slips
        wrong = rates.misread + rates.transposed + rates.truncated
        digits = sum(mark.isdigit() for mark in text)
        floor = wrong * 0.1 ** max(digits, 2) / 26.0 ** (len(text) - digits)
        found = np.full(len(models()), floor + _foreign(text, rates))
        for place, grammar, share in self._grammars:
            if grammar.fullmatch(text):
                found[place] += rates.none * share
        return found

    @lru_cache(maxsize=1 << 16)  # noqa: B019
    def description(self, said: Description) -> Floats:
        """Give P(make, model, calibre as read | model) for every model; the unsaid counts 1."""
        make, name, calibre = said
        rates, found = self._settings, np.ones(len(models()))
        for place, model in enumerate(models()):
            if make:
                wrong = rates["make_family"] + rates["make_typo"]
                same = _same(make, model.make) or _same(make, model.importer)
                found[place] *= 1 - wrong if same else wrong / 30
            if name:
                ways_to = self._aliases[1].get(model.name, ())
                known = _same(name, model.name) or any(_same(name, each) for each in ways_to)
                found[place] *= (0.6 if ways_to else 0.95) if known else 0.05 / 100
            if calibre:
                same = _same(calibre, model.calibre) or _interchange(calibre, model.calibre)
                found[place] *= 1 - rates["calibre_wrong"] if same else rates["calibre_wrong"] / 15
        return found


def plain_grammar(grammar: str) -> str:
    """Take the separators out of a grammar, as out of a serial."""
    return re.sub(r"[\s./-]+", "", grammar)


def _prior(settings: Settings) -> Floats:
    """Give the share of every model among the guns of the world."""
    mexican = settings["mexican_share"]
    central = settings["central_american_part"]
    mix = {
        "traffic": settings["trafficked_share"],
        "lawful": max(1 - settings["trafficked_share"] - mexican, 0.0),
        "forces": mexican * settings["forces_part"],
        "central_america": mexican * central,
        "legal": mexican * max(1 - settings["forces_part"] - central, 0.0),
    }
    total = np.zeros(len(models()))
    for pool in POOLS:
        each = weights(pool)
        total += mix[pool] * each / max(each.sum(), 1e-12)
    shares: Floats = total / total.sum()
    return shares


def _aliases(name: str) -> dict[str, Sequence[str]]:
    return dict(ways()[name])


@lru_cache(maxsize=65_536)
def _fold(text: str) -> str:
    return "".join(mark for mark in text.upper() if mark.isalnum())


def _same(left: str, right: str) -> bool:
    return bool(right) and _fold(left) == _fold(right)


def _interchange(left: str, right: str) -> bool:
    pairs = ({"223REM", "556X45MM"}, {"308WIN", "762X51MM"})
    return any({_fold(left), _fold(right)} <= pair for pair in pairs)
