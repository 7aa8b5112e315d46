"""Split the name of a person into given names and surnames, where the split is certain.

Certain means: a comma stands between them, or the words known as given names or as surnames leave
one split only (a word in neither list may be either). Otherwise the parts stay empty: matching
works on the whole name, and a wrong split costs more than none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ironriver.intake.parsers import name_words
from ironriver.intake.parsers.blanks import is_blank
from ironriver.intake.parsers.reading import Reading

_LONGEST = 200
_ALIAS = re.compile(
    r"\s*(?:\(\s*[aA]\s*\)|,?\s+(?:[aA]lias|ALIAS|[aA]/[kK]/[aA]|A\.?K\.?A\.?)\s).*"
)
_TWO_PEOPLE = re.compile(r"[&/;+]|\b(?:and|or|dba|successor)\b", re.IGNORECASE)
_ODD = re.compile(r"[0-9@#*=<>{}\[\]|\\_]")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word with the particles before it: as written, and what it may be."""

    text: str
    given: bool
    surname: bool
    listed: bool = False


def read(text: str) -> Reading:
    """Read ``given_names``, ``surname_1`` and ``surname_2``, as written; None where uncertain.

    >>> list(read("PÉREZ LÓPEZ, JUAN CARLOS").values.values())
    ['JUAN CARLOS', 'PÉREZ', 'LÓPEZ']
    >>> list(read("María de los Ángeles Hernández Cruz").values.values())
    ['María de los Ángeles', 'Hernández', 'Cruz']
    >>> list(read("GUNS OF TEXAS LLC").values.values())
    [None, None, None]
    """
    text = text.replace(" - ", "-")
    cleaned = " ".join(_ALIAS.sub("", text.strip().strip('"')).split())
    folded = _fold(cleaned)
    if is_blank(folded) or len(text) > _LONGEST or _ODD.search(cleaned) or _is_body(folded):
        return _values()
    if _TWO_PEOPLE.search(cleaned):
        return _values()
    parts = [_words(part) for part in cleaned.split(",")]
    parts = [part for part in parts if part]
    if len(parts) == 2:
        return _around_comma(parts[0], parts[1])
    return _without_comma(parts[0]) if len(parts) == 1 else _values()


def is_person(text: str) -> bool:
    """Say whether nothing marks a name as that of a company, a shop or an authority.

    >>> is_person("SMITH, JOHN Q"), is_person("Armería El Norte S.A. de C.V.")
    (True, False)
    """
    return not _is_body(_fold(text))


def _is_body(folded: str) -> bool:
    words = re.sub(r"[^a-z ]", " ", folded.replace(".", "").replace("'", "")).split()
    pairs = set(map(" ".join, pairwise(words)))
    return not name_words.BODIES.isdisjoint(words) or not name_words.BODY_PAIRS.isdisjoint(pairs)


def _around_comma(surnames: Sequence[str], given: Sequence[str]) -> Reading:
    """Read ``SURNAME1 SURNAME2, GIVEN``; three surnames or more may be two people."""
    units = _units(surnames)
    if _has_conjunction(surnames):
        return _joined(surnames, " ".join(given))
    if _has_conjunction(given) or len(units) > 2:
        return _values()
    first, second = [unit.text for unit in units] + [None] * (2 - len(units))
    return _values(" ".join(given), first, second)


def _joined(words: Sequence[str], given: str | None) -> Reading:
    """Read ``Ortega y Gasset``: the conjunction stands between first and second surname."""
    place = next(i for i, word in enumerate(words) if i and _fold(word) == "y")
    left, right = _units(words[:place]), _units(words[place + 1 :])
    if len(right) != 1 or not left or (right[0].given and not right[0].surname):
        return _values()
    if given is None and (len(left) < 2 or not all(unit.given for unit in left[:-1])):
        return _values()
    if given is not None and len(left) != 1:
        return _values(given)
    names = given or " ".join(unit.text for unit in left[:-1])
    return _values(names, left[-1].text, right[0].text)


def _has_conjunction(words: Sequence[str]) -> bool:
    """Say whether "y" joins two of the words; at the end it is an initial."""
    return "y" in (_fold(word) for word in words[1:-1])


def _without_comma(words: Sequence[str]) -> Reading:
    if _has_conjunction(words):
        return _joined(words, None)
    units = _units(words)
    splits = set(_splits(units))
    return _values(*splits.pop()) if len(splits) == 1 else _values()


def _splits(units: Sequence[_Unit]) -> list[tuple[str, str, str | None]]:
    """Give every split of the units that their words allow: given names first, or last."""
    found: list[tuple[str, str, str | None]] = []
    if all(unit.listed for unit in units):
        return found
    for surnames in (1, 2):
        for given_first in (True, False):
            cut = len(units) - surnames if given_first else surnames
            ahead, behind = units[: max(cut, 0)], units[max(cut, 0) :]
            given, family = (ahead, behind) if given_first else (behind, ahead)
            if not family or len(given) > 3 or not any(unit.listed for unit in given):
                continue
            if all(unit.given for unit in given) and all(unit.surname for unit in family):
                second = family[1].text if surnames == 2 else None
                found.append((" ".join(unit.text for unit in given), family[0].text, second))
    return found


def _units(words: Sequence[str]) -> list[_Unit]:
    """Join particles to the word that follows them, and say what each unit may be."""
    units: list[_Unit] = []
    held: list[str] = []
    for place, word in enumerate(words):
        held.append(word)
        if _fold(word) in name_words.PARTICLES and place + 1 < len(words):
            continue
        units.append(_unit(held, bool(units)))
        held = []
    joined: list[_Unit] = []
    for unit in units:
        if joined and _is_devotion(unit) and joined[-1].given and not joined[-1].surname:
            joined[-1] = _Unit(f"{joined[-1].text} {unit.text}", True, False, True)
        else:
            joined.append(unit)
    return joined


def _unit(words: Sequence[str], follows: bool) -> _Unit:
    text = " ".join(words)
    core = _fold(words[-1]).replace(".", "")
    if len(words) > 1:
        return _Unit(text, False, True)
    if len(core) == 1:
        return _Unit(text, follows, False)
    parts = core.split("-")
    given = all(part in name_words.GIVEN for part in parts)
    surname = all(part in name_words.SURNAMES for part in parts)
    middle = core in name_words.ENGLISH_SURNAMES
    return _Unit(text, given or middle or not surname, surname or not given, given)


def _is_devotion(unit: _Unit) -> bool:
    """Say whether a unit is the second half of a given name, as in María del Carmen."""
    words = _fold(unit.text).split()
    return len(words) > 1 and words[0] in {"de", "del"} and words[-1] in name_words.DEVOTIONS


def _words(part: str) -> list[str]:
    """Give the words of a part without titles before and suffixes after the name."""
    words = part.split()
    while words and _fold(words[0]).replace(".", "") in name_words.TITLES and len(words) > 2:
        words = words[1:]
    while words and _fold(words[-1]).replace(".", "") in name_words.SUFFIXES:
        words = words[:-1]
    return words


@lru_cache(maxsize=65_536)
def _fold(text: str) -> str:
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return text.lower()


def _values(
    given: str | None = None, first: str | None = None, second: str | None = None
) -> Reading:
    return Reading({"given_names": given or None, "surname_1": first, "surname_2": second})
