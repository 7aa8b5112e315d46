"""Read the type of a firearm, in Spanish, English or NCIC code."""

from __future__ import annotations

from functools import cache, lru_cache

from ironriver.intake.parsers import serial_words
from ironriver.intake.parsers.misspelling import Channel
from ironriver.intake.parsers.reading import Repair
from ironriver.reference.firearms import tables

# The prior share of type words that are on no list: an assumption of ours.
UNLISTED = 0.05


@cache
def _known() -> dict[str, str]:
    return {_key(alias): name for alias, name in tables.type_aliases()}


@cache
def _channel() -> Channel:
    words = sorted((key, name) for key, name in _known().items() if len(key) > 4)
    return Channel([(key, name, 1.0) for key, name in words], UNLISTED)


def _key(text: str) -> str:
    return serial_words.fold(text).replace(" ", "") or text.strip()


@lru_cache(maxsize=65_536)
def read(text: str | None) -> tuple[str | None, tuple[Repair, ...]]:
    """Read a type cell; plurals and a model after the word do no harm.

    >>> read("Fusil"), read("REVÓLVERES")[0], read("PI")[0]
    (('rifle', ()), 'revolver', 'pistol')
    """
    if text is None or not text.strip():
        return None, ()
    known = _known()
    folded = _key(text)
    for form in (folded, folded.removesuffix("S"), folded.removesuffix("ES")):
        if form in known:
            return known[form], ()
    words = serial_words.fold(text).split()
    for head in ("".join(words[:count]) for count in range(len(words) - 1, 0, -1)):
        if len(head) > 4 and head in known:
            return _narrower(known[head], words), ()
    found = _channel().suggest(folded)
    return None, tuple(Repair("type", text, one.name, one.rule, one.probability) for one in found)


def _narrower(name: str, words: list[str]) -> str:
    """Take the type after a class: ``arma larga tipo fusil`` is a rifle."""
    if name not in ("long gun", "handgun"):
        return name
    tails = ("".join(words[first:]) for first in range(1, len(words)))
    return next((_known()[tail] for tail in tails if len(tail) > 4 and tail in _known()), name)


def kind(name: str | None) -> str | None:
    """Give the class of a type: short, long or other.

    >>> kind("submachine gun")
    'long'
    """
    return tables.types()[name].kind if name in tables.types() else None
