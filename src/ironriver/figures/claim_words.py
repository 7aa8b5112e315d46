"""Turn the words of a claim into plain words and digits, by the table ``claim_words.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import Any

NUMBER = r"(?<![\d.])(\d+(?:\.\d+)?)"


@cache
def lexicon() -> dict[str, Any]:
    """Give the table of words."""
    path = resources.files("ironriver.figures") / "claim_words.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def alternatives(words: list[str] | dict[str, int]) -> str:
    """Write words as one regular expression, longer phrases first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def fold(text: str) -> str:
    """Drop accents and capitals; write dashes, percent signs and thousands in one way.

    >>> fold("Él dijo: 80 por ciento de 137,000 en EE. UU.")
    'el dijo: 80% de 137000 en united states'
    """
    text = re.sub(lexicon()["capitals"]["us"], "united states", text)
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark)).lower()
    plain = re.sub("[‐-―−]", "-", plain).replace("’", "'")  # noqa: RUF001  a minus sign
    plain = re.sub(r"\s*(?:%|\bper\s?cent\b|\bpor ciento\b|\bpct\b\.?)", "%", plain)
    plain = re.sub(r"(?<![\d.,])\d{1,3}(?:[, ]\d{3})+(?![\d])", _digits, plain)
    plain = re.sub(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![\d%]|\s*mil)", _digits, plain)
    plain = re.sub(r"(\d),(\d{1,2})(?!\d)", r"\1.\2", plain)
    plain = re.sub(r"(\d)k\b", r"\1 thousand", plain)
    plain = re.sub(r"\bfy\s?(?=\d)", "", plain)
    return re.sub(r"\s+", " ", re.sub(r"[\"“”«»()\[\];]", " ", plain)).strip()


def _digits(match: re.Match[str]) -> str:
    """Drop the separators of a grouped number."""
    return re.sub(r"[^\d]", "", match.group())


def without_noise(plain: str) -> str:
    """Blank calibres, rifle names and the like: numbers that are not claimed."""
    for pattern in lexicon()["noise"]["patterns"]:
        plain = re.sub(pattern, " ", plain)
    return plain


def digits(plain: str) -> str:
    """Write number words as digits.

    >>> digits("eighty-seven%"), digits("ochenta y siete%"), digits("two hundred thousand guns")
    ('87%', '87%', '200000 guns')
    """
    numbers: dict[str, int] = lexicon()["numbers"]
    multipliers: dict[str, int] = lexicon()["multipliers"]
    word = alternatives(numbers)
    plain = re.sub(r"\b(?:half a million|medio millon)\b", "500000", plain)
    plain = re.sub(rf"\ba (?={alternatives(multipliers)})", "1 ", plain)
    plain = re.sub(rf"\b(?:{word})\b", lambda found: str(numbers[found.group()]), plain)
    plain = re.sub(r"\b([2-9]0)(?:-| | y )([1-9])\b(?!\d)", _sum, plain)
    times = re.compile(rf"{NUMBER}\s+({alternatives(multipliers)})\b(?:\s+de\b)?")
    while found := times.search(plain):
        product = float(found.group(1)) * multipliers[found.group(2)]
        plain = plain[: found.start()] + f"{product:.0f}" + plain[found.end() :]
    return plain


def _sum(match: re.Match[str]) -> str:
    """Add tens and units."""
    return str(int(match.group(1)) + int(match.group(2)))


def slots(plain: str) -> dict[str, str]:
    """Find what the words mean, slot by slot; of several meanings the first listed is taken.

    >>> slots("weapons seized by the army")["layer"]
    'seized'
    """
    found: dict[str, str] = {}
    table = lexicon()
    for measure in table["alone"]["measures"]:
        words = alternatives(table["slots"]["measure"][measure])
        if re.search(rf"(?<!\w)(?:{words})(?!\w)", plain):
            found.setdefault("measure", measure)
            plain = re.sub(rf"(?<!\w)(?:{words})(?!\w)", " ; ", plain)
    for slot, meanings in table["slots"].items():
        for meaning, words in meanings.items():
            if re.search(rf"(?<!\w)(?:{alternatives(words)})(?!\w)", plain):
                found.setdefault(slot, meaning)
    return found
