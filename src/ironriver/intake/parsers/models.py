"""Read a model: its spelling evened, and what the list knows about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from ironriver.intake.parsers import serial_words
from ironriver.intake.parsers.misspelling import Channel
from ironriver.intake.parsers.reading import Repair
from ironriver.reference.firearms import tables

# The list holds the models that matter at the border, so half of all texts may be on no list.
UNLISTED = 0.5
_SHOWN, _MAKER_SHOWN = 0.05, 0.5

_PREFIX = re.compile(r"^(?:MODELO|MODEL|MOD|TIPO)\b[.: ]*(?=\w)")


@dataclass(frozen=True, slots=True)
class ModelReading:
    """The evened model, the listed models it may be, and suggestions."""

    model: str | None = None
    listed: tuple[tables.Model, ...] = ()
    repairs: tuple[Repair, ...] = ()


def even(text: str) -> str:
    """Even a model's spelling: upper case, single blanks, no word for "model".

    >>> even(" Mod.  1911 ")
    '1911'
    """
    return _PREFIX.sub("", " ".join(text.upper().split()))


def key(text: str) -> str:
    """Fold a model for comparison: letters and digits only.

    >>> key("AK 47") == key("ak-47")
    True
    """
    return serial_words.fold(even(text)).replace(" ", "")


@cache
def _by_key() -> dict[str, tuple[tables.Model, ...]]:
    found: dict[str, list[tables.Model]] = {}
    for model in tables.models():
        for name in dict.fromkeys(key(one) for one in (model.name, *model.aliases)):
            found.setdefault(name, []).append(model)
    return {name: tuple(listed) for name, listed in found.items()}


@cache
def _channel() -> Channel:
    return Channel(
        tuple(
            (name, listed[0].name, sum(model.weight for model in listed))
            for name, listed in sorted(_by_key().items())
            if len(name) > 3
        ),
        UNLISTED,
    )


def known(text: str) -> tuple[tables.Model, ...]:
    """Give the listed models that a text names, of any make; numbers alone name none.

    >>> {model.family for model in known("cuerno de chivo")}
    {'AK'}
    """
    folded = key(text)
    return () if folded.isdigit() or len(folded) < 2 else _by_key().get(folded, ())


def likely(text: str, field: str) -> tuple[Repair, ...]:
    """Suggest what a family word in another field's place means, by the weight of each meaning.

    ``P(name) = weight of its listed models / (weight of all that the text names + 1)``, the 1
    standing for a model on no list. A maker is suggested only where it is likelier than not: an
    AR-15 may be anybody's.
    """
    listed = known(text)
    total = sum(model.weight for model in listed) + 1
    sums: dict[str, float] = {}
    for model in listed:
        name = model.name if field == "model" else model.make
        sums[name] = sums.get(name, 0.0) + model.weight
    rule = "model_in_place_of_make" if field == "model" else "maker_of_model"
    least = _SHOWN if field == "model" else _MAKER_SHOWN
    ranked = sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    return tuple(
        Repair(field, text, name, rule, weight / total)
        for name, weight in ranked[:3]
        if name and weight / total > least
    )


@lru_cache(maxsize=65_536)
def read(text: str | None, make: str | None) -> ModelReading:
    """Read a model cell beside the make as far as that is certain.

    >>> read("92 FS", "Beretta").model, read("R-15", None).model
    ('92FS', 'AR-15')
    """
    if text is None or not serial_words.fold(text):
        return ModelReading()
    evened = even(text)
    folded = key(_without(evened, make))
    if make is None and folded.isdigit():  # a bare number is a model only beside its make
        return ModelReading(evened)
    listed = _by_key().get(folded, ())
    of_make = tuple(model for model in listed if model.make == make) if make else ()
    free = of_make or tuple(model for model in listed if not make or not model.make)
    names = {model.name for model in of_make or (one for one in free if not one.make)}
    names = names or {model.name for model in free}
    if len(names) == 1:
        return ModelReading(names.pop(), of_make or free)
    if listed or len(key(evened)) < 4:
        return ModelReading(evened, free)
    return ModelReading(evened, (), _misspelt(text, folded, make))


def _without(evened: str, make: str | None) -> str:
    """Take the record's own make off the head of its model."""
    if make is None:
        return evened
    words = evened.split()
    name = serial_words.fold(make).replace(" ", "")
    for count in range(1, len(words)):
        if serial_words.fold(" ".join(words[:count])).replace(" ", "") == name:
            return " ".join(words[count:])
    return evened


def _misspelt(text: str, folded: str, make: str | None) -> tuple[Repair, ...]:
    """Suggest listed models; those of another make than the record's are left out."""
    found = []
    for one in _channel().suggest(folded):
        makers = {model.make for model in tables.models() if model.name == one.name}
        if make is None or make in makers or "" in makers:
            found.append(Repair("model", text, one.name, one.rule, one.probability))
    return tuple(found)
