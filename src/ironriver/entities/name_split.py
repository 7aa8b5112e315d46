"""A best guess at given names and surnames, for comparing only.

Intake leaves a name whole where its split is uncertain, because its columns are read by people. A
comparison has to guess, and a wrong guess costs little: the surnames and given names of two parties
are also compared in changed places.
"""

from __future__ import annotations

import re
import unicodedata

from ironriver.intake.parsers import name_words

_NO_LETTER = re.compile(r"[^a-z]+")
_JOINED = re.compile(r"\b(mc|mac|st|san|santa) ")
_PARTICLES = frozenset(
    [
        "de",
        "del",
        "la",
        "las",
        "los",
        "y",
        "e",
        "von",
        "van",
        "der",
        "den",
        "da",
        "do",
        "das",
        "dos",
        "di",
        "du",
        "le",
    ]
)
_ALIAS = re.compile(r"\(.*?\)|\balias\b.*|\ba/?k/?a\b.*", re.IGNORECASE)

Split = tuple[str, str | None, str | None]
"""Given names, first and second surname, folded."""


def split(name: str) -> Split:
    """Guess the parts of a person's name, folded to plain small letters and without particles.

    Before a comma stand the surnames. Without one, given names come first: the last word is the
    surname of two words, the last two are the surnames of three or more, unless the word before
    the last is an initial or a known given name.

    >>> split("DE LA CRUZ HERNÁNDEZ, María G.")
    ('maria g', 'cruz', 'hernandez')
    >>> split("Juan Q Specimen"), split("Olivia Valdez Yocupicio")
    (('juan q', 'specimen', None), ('olivia', 'valdez', 'yocupicio'))
    """
    ahead, comma, behind = _ALIAS.sub(" ", name).partition(",")
    left, right = _words(ahead), _words(behind)
    if comma and left and right:
        return " ".join(right), left[0], left[1] if len(left) > 1 else None
    words = left + right
    if len(words) < 2:
        return "", words[0] if words else None, None
    two = len(words) > 2 and not _is_given(words[-2])
    cut = len(words) - (2 if two else 1)
    return " ".join(words[:cut]), words[cut], words[cut + 1] if two else None


def _is_given(word: str) -> bool:
    return len(word) == 1 or (word in name_words.GIVEN and word not in name_words.SURNAMES)


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark)).lower()
    joined = _JOINED.sub(r"\1", " ".join(_NO_LETTER.sub(" ", plain.replace("'", "")).split()))
    dropped = _PARTICLES | name_words.TITLES | name_words.SUFFIXES
    return [word for word in joined.split() if word not in dropped or word == "c"]
