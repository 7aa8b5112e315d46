"""Doubts about a serial, as suggestions: what a reader would ask before searching for it.

Every probability comes from a count, never from a guess:

* *marker*: a sign of `k` characters ("PAT", "S/N") would begin or end a true serial by chance with
  probability ``c = alphabet ** -k``; with even odds for "label" and "part of the serial" the
  posterior is ``1 / (1 + c)``.
* *look-alike*: letters of two alphabets in one serial are one alphabet mistyped: 1. A serial
  wholly of look-alikes could be Cyrillic or Greek by intent with probability ``(k / n) ** length``
  (`k` of the alphabet's `n` letters look Latin); posterior as above.
* *exponent*: ``5.21934E+06`` shows 6 of 7 digits, so ``10 ** (exponent - decimals)`` numbers read
  like it, each as likely as the next.
"""

from __future__ import annotations

import re

from ironriver.intake.parsers.reading import Repair

_CYRILLIC = dict(zip("АВЕЅІЈКМНОРСТУХ", "ABESIJKMHOPCTYX", strict=True))  # noqa: RUF001
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))  # noqa: RUF001
_LOOK_ALIKE = str.maketrans(_CYRILLIC | _GREEK)
# Letters of the Russian alphabet with those of Serbian and Ukrainian in the table; of the Greek.
_CYRILLIC_LETTERS, _GREEK_LETTERS = 36, 24

_PATENT = re.compile(r"^(?:U\.? ?S\.? ?)?(PAT(?:ENTE?|\.)?)[ .:#NO]*[0-9][0-9,. ]*$")
_LABEL = re.compile(
    r"^((?:N[OU]M(?:ERO)?|NO|NRO|N|S/N|S\.N|SN|SER(?:IE|IAL)?|MAT(?:R(?:[IÍ]CULA)?)?)"
    r"(?:[. ]+(?:DE )?(?:SERIE|MATR[IÍ]CULA|NO|NUMBER))?)"
    r"(?:[ .:#º°]+)(?=[0-9A-Z]*[0-9])(.+)$"
)
_EXPONENT = re.compile(r"^([0-9])(?:[.,]([0-9]+))?E([+-]?)([0-9]{1,2})$")
_QUOTED = re.compile(r'^="([^"]*)"$')
_GROUPED = re.compile(r"^[0-9]{1,3}(?:([,.'])[0-9]{3})(?:\1[0-9]{3})*$")
_POINT_ZERO = re.compile(r"^([0-9]{3,})[.,]0+$")
_FRAME = re.compile(r"^\*([^*]+)\*$")


def doubts(text: str) -> tuple[Repair, ...]:
    """List the suggestions for an evened serial; none for most.

    >>> [(one.to, one.rule, one.probability) for one in doubts("5.21934E+06")]
    [('5219340', 'spreadsheet_exponent', 0.1)]
    """
    found = (
        _look_alike(text),
        _patent(text) or _label(text),
        _formula(text),
        _exponent(text),
        _grouped(text),
    )
    return tuple(one for one in found if one is not None)


def _repair(text: str, to: str, rule: str, probability: float) -> Repair:
    return Repair("serial", text, to, rule, probability)


def _posterior(chance: float) -> float:
    return 1.0 / (1.0 + chance)


def _look_alike(text: str) -> Repair | None:
    folded = text.translate(_LOOK_ALIKE)
    if folded == text:
        return None
    letters = [mark for mark in text if mark.isalpha()]
    if not folded.isascii():  # a letter that looks like none of ours: written so by intent
        return None
    if any(mark.isascii() for mark in letters):
        return _repair(text, folded, "look_alike_letter", 1.0)
    greek = letters[0] in _GREEK
    share = len(_GREEK) / _GREEK_LETTERS if greek else len(_CYRILLIC) / _CYRILLIC_LETTERS
    return _repair(text, folded, "look_alike_letter", _posterior(share ** len(letters)))


def _patent(text: str) -> Repair | None:
    """Note a patent number: many slides bear one, it names no gun, nothing takes its place."""
    match = _PATENT.match(text)
    if match is None:
        return None
    return _repair(text, "", "patent_number", _posterior(26.0 ** -len(match[1].rstrip("."))))


def _label(text: str) -> Repair | None:
    match = _LABEL.match(text)
    if match is not None:
        letters = sum(mark.isalpha() for mark in match[1])
        return _repair(text, match[2], "label_before_serial", _posterior(26.0**-letters))
    framed = _FRAME.match(text)
    if framed is None:
        return None
    return _repair(text, framed[1].strip(), "framed_by_stars", _posterior(36.0**-2))


def _formula(text: str) -> Repair | None:
    """Undo ``="00123"``, a spreadsheet's way to keep a text; other formulas hold no serial."""
    if not text.startswith("="):
        return None
    quoted = _QUOTED.match(text)
    return _repair(text, quoted[1] if quoted else "", "spreadsheet_formula", 1.0)


def _exponent(text: str) -> Repair | None:
    """Note a number in exponent form; without a sign (``1E5``) it stands as it was typed."""
    match = _EXPONENT.match(text)
    if match is None or match[3] == "-":
        return None
    decimals, exponent = match[2] or "", int(match[4])
    if exponent < len(decimals):
        return None
    number = match[1] + decimals + "0" * (exponent - len(decimals))
    if not match[3]:
        # Every spreadsheet prints the sign; a chance hit of digits-E-digits is the other reading.
        return _repair(text, text, "looks_like_number", _posterior(26.0**-1))
    return _repair(text, number, "spreadsheet_exponent", 10.0 ** (len(decimals) - exponent))


def _grouped(text: str) -> Repair | None:
    match = _GROUPED.match(text)
    if match is not None:
        bare = text.replace(match[1], "")
        return _repair(text, bare, "thousands_mark", _posterior(36.0 ** (len(bare) - len(text))))
    point = _POINT_ZERO.match(text)
    if point is None:
        return None
    marks = len(text) - len(point[1])
    return _repair(text, point[1], "spreadsheet_number", _posterior(36.0**-marks))
