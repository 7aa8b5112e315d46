"""Read numbers: whole ones as counts, and decimals.

A mark before exactly three last digits groups thousands: the comma always (Mexico and the United
States), the point where the number must be whole (Spain) unless the digits are ``000``, which may
as well be a fraction. In a decimal number a single point is a decimal point.
"""

from __future__ import annotations

import math
import re
import unicodedata

from ironriver.intake.parsers.blanks import is_blank
from ironriver.intake.parsers.reading import Problem, Reading

_LARGEST = 10**12
_LONGEST = 60
_SHOWN = 40

_UNITS = (
    "un|una uno one a/dos two/tres three/cuatro four/cinco five/seis six/siete seven/ocho eight"
    "/nueve nine/diez ten/once eleven/doce twelve/trece thirteen/catorce fourteen/quince fifteen"
    "/dieciseis sixteen/diecisiete seventeen/dieciocho eighteen/diecinueve nineteen"
).replace("|", " ")
_TENS = (
    "veinte twenty/treinta thirty/cuarenta forty/cincuenta fifty/sesenta sixty/setenta seventy"
    "/ochenta eighty/noventa ninety"
)
_THINGS = (
    r"(?:\s*(?:pzas?|piezas?|unidad(?:es)?|u|pcs?|ea|each|armas?|cartuchos?|cargador(?:es)?|rounds?"
    r"|rds|firearms?|guns?|magazines?)\.?)?"
)
_WITH_THING = re.compile(rf"(.*?[^a-z\s]){_THINGS}|(.*?)", re.ASCII)
_IN_WORDS = re.compile(r"(.+?)\s*\(([a-z ]+)\)")
_PLAIN = re.compile(r"\+?(\d{1,15})(?:\.0*|,0{0,2})?", re.ASCII)
_COMMAS = re.compile(r"\+?(\d{1,3}(?:[, ']\d{3})+)(?:\.0*)?", re.ASCII)
_POINTS = re.compile(r"\+?(\d{1,3}(?:[. ]\d{3})+)(?:,0*)?", re.ASCII)
_THOUSANDTHS = re.compile(r"\+?\d{1,3}\.000", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d{1,20}(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII)
_DECIMAL_COMMAS = re.compile(r"[+-]?\d{1,3}(?:[, ']\d{3})+(?:\.\d*)?", re.ASCII)
_DECIMAL_POINTS = re.compile(r"[+-]?\d{1,3}(?:[. ]\d{3})+(?:,\d*)|[+-]?\d{1,20},\d+", re.ASCII)
_MANY_POINTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}", re.ASCII)


def _words() -> dict[str, int]:
    """Give the numbers 0 to 100 as words of both languages, folded."""
    known = {"cero": 0, "zero": 0, "ninguno": 0, "ninguna": 0, "cien": 100, "one hundred": 100}
    units = [words.split() for words in _UNITS.split("/")]
    for number, names in enumerate(units, 1):
        known |= dict.fromkeys(names, number)
    for ten, words in enumerate(_TENS.split("/"), 2):
        spanish, english = words.split()
        known |= {spanish: ten * 10, english: ten * 10}
        for unit, names in enumerate(units[:9], 1):
            for name in names:
                known[f"{spanish} y {name}"] = ten * 10 + unit
                known[f"{english} {name}"] = ten * 10 + unit
                if ten == 2:
                    known[f"veinti{name}"] = 20 + unit
    return known


_WORDS = _words()


def read(text: str, minimum: int = 0) -> Reading:
    """Read a whole number, in digits or words, into ``quantity``.

    >>> [read(t).values["quantity"] for t in ("1,250", "100.0", "dos", "05 (CINCO)", "3 pzas")]
    [1250, 100, 2, 5, 3]
    """
    folded = _fold(text)
    if is_blank(folded):
        return Reading({"quantity": None})
    number = _whole(folded) if len(folded) <= _LONGEST else None
    if number is None and _is_negative(folded):
        return _refused("quantity", "quantity_negative", f"{_shown(text)} is below zero")
    if number is None or number > _LARGEST:
        return _refused("quantity", "quantity_invalid", f"{_shown(text)} is not a whole number")
    if number < minimum:
        reason = f"{_shown(text)} is below the least possible, {minimum}"
        return _refused("quantity", "quantity_invalid", reason)
    return Reading({"quantity": number})


def read_number(text: str) -> Reading:
    """Read a decimal number, signed or not, into ``number``; a percent sign falls away.

    >>> [read_number(t).values["number"] for t in ("-117.03", "1,234.5", "1.234,5", "12,5 %")]
    [-117.03, 1234.5, 1234.5, 12.5]
    """
    folded = _fold(text).removesuffix("%").strip()
    if is_blank(folded):
        return Reading({"number": None})
    number = _decimal(folded) if len(folded) <= _LONGEST else None
    if number is None or not math.isfinite(number):
        return _refused("number", "number_invalid", f"{_shown(text)} is not a number")
    return Reading({"number": number})


def _whole(text: str) -> int | None:
    """Give the whole number that a folded text says, None if it says none."""
    if text in _WORDS:
        return _WORDS[text]
    if match := _IN_WORDS.fullmatch(text):
        number, words = _whole(match[1]), match[2].strip()
        return number if _WORDS.get(words, number) == number else None
    if (match := _WITH_THING.fullmatch(text)) and match[1]:
        text = match[1]
    if _THOUSANDTHS.fullmatch(text):
        return None
    if match := _PLAIN.fullmatch(text):
        return int(match[1])
    if match := _COMMAS.fullmatch(text) or _POINTS.fullmatch(text):
        return int(re.sub(r"\D", "", match[1]))
    if "e" in text and _DECIMAL.fullmatch(text):
        value = float(text)
        return int(value) if 0 <= value <= _LARGEST and value.is_integer() else None
    return None


def _decimal(text: str) -> float | None:
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _DECIMAL_COMMAS.fullmatch(text):
        return float(re.sub(r"[, ']", "", text))
    if _MANY_POINTS.fullmatch(text):
        return float(text.replace(".", ""))
    if _DECIMAL_POINTS.fullmatch(text):
        return float(re.sub(r"[. ]", "", text).replace(",", "."))
    return None


def _is_negative(folded: str) -> bool:
    inner = folded[1:-1] if folded.startswith("(") and folded.endswith(")") else None
    if folded.startswith("-"):
        inner = folded[1:].strip()
    return inner is not None and len(inner) <= _LONGEST and _decimal(inner) is not None


def _fold(text: str) -> str:
    """Give the text in lower case, without accents, minus signs and spaces made plain."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.replace("\u2212", "-"))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(text.lower().split())


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _refused(name: str, code: str, reason: str) -> Reading:
    return Reading({name: None}, problem=Problem(code, reason))
