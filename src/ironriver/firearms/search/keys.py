"""The comparison forms of a serial: plain (A-Z, 0-9 and ``?``), and its skeleton of look-alikes.

The skeleton maps each character by itself, so that edits between skeletons never exceed edits
between plain forms: whoever searches skeletons finds all that a search of plain forms would find.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import numpy.typing as npt

from ironriver.firearms.channel import ALPHABET
from ironriver.intake.parsers.serials import even

Codes = npt.NDArray[np.uint8]

WILDCARD = "?"
LOOK_ALIKE_CLASSES = ("0ODQ", "1IL", "2Z", "5S", "8B", "6G", "UV")
"""Characters taken for one another free of charge; each other character is a class of its own."""

WILD = len(ALPHABET) + 1
"""Code of an unreadable character; 1 to 36 are `ALPHABET`, 0 is none."""

_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))  # noqa: RUF001
_CYRILLIC = dict(zip("АВЕЗКМНОРСТУХІЈЅԚԜ", "ABE3KMHOPCTYXIJSQW", strict=True))
_LATIN = dict(zip("ØĐŁĦŦƗÐ", "0DLHTID", strict=True))
_ALIKE = _GREEK | _CYRILLIC | _LATIN
# The same marks as in `ironriver.intake.parsers.serials`, which tells read from partial by them.
_MARKS = re.compile(r"[*?_#¿\ufffd\u25a1\u25a0]|\.{2,}")
_NUMBER_SIGN = re.compile(r"^(?:NO?\.?\s*)?#\s*(?=[0-9A-Z])")
_FRAMED = re.compile(r"^\*[^*?_#]+\*$")


def plain(text: str) -> str:
    """Give the comparison form: characters of `ALPHABET`, and ``?`` for each unreadable one.

    Upper case, NFKC, no separators or accents; Greek and Cyrillic capitals by their looks, digits
    of any script by their value. Letter O stays apart from 0.

    >>> plain("gñk-o12*"), plain("AB 12…5"), plain("*LT338*"), plain("№ #77")
    ('GNKO12?', 'AB12?5', 'LT338', '77')
    """
    text = even(text)
    text = text[1:-1] if _FRAMED.match(text) else _NUMBER_SIGN.sub("", text)
    return "".join(map(_fold, _MARKS.sub(WILDCARD, text)))


def _fold(mark: str) -> str:
    """Give what one character stands for: one of the alphabet, ``?``, or nothing."""
    if mark in _KNOWN:
        return mark
    if mark in _ALIKE:
        return _ALIKE[mark]
    base = unicodedata.normalize("NFD", mark)[0]
    if base in _KNOWN:
        return base
    if base in _ALIKE:
        return _ALIKE[base]
    value = unicodedata.digit(mark, None)
    if value is not None:
        return str(value)
    return WILDCARD if mark.isalnum() else ""


_KNOWN = frozenset(ALPHABET + WILDCARD)


def _skeletons() -> Codes:
    leader = {mark: group[0] for group in LOOK_ALIKE_CLASSES for mark in group}
    leaders = [leader.get(mark, mark) for mark in ALPHABET]
    place = {mark: code for code, mark in enumerate(dict.fromkeys(leaders), 1)}
    codes = [0, *(place[mark] for mark in leaders), len(place) + 1]
    return np.array(codes, dtype=np.uint8)


SKELETON = _skeletons()
"""Skeleton code of each plain code [38]: 1 to 26 are classes, the last is unreadable."""

SKELETON_WILD = int(SKELETON[-1])
SKELETON_LETTERS = "".join(
    WILDCARD if code == WILD else ALPHABET[list(SKELETON[1:]).index(SKELETON[code])]
    for code in range(1, WILD + 1)
)
_TO_SKELETON = str.maketrans(ALPHABET + WILDCARD, SKELETON_LETTERS)


def skeleton(text: str) -> str:
    """Give the skeleton of a plain form: each character as the first of its class.

    >>> skeleton("GLK5O12?")
    '61K5012?'
    """
    return text.translate(_TO_SKELETON)
