"""Read a calibre, inches against millimetres, as far as the text is certain.

A text means a calibre *exactly* (``9x19``, ``.38 Súper``), *usually* (``9 mm``, ``.22``, ``.45``)
or *possibly* (``.38``, ``7.62``). Exact readings are values. A usual reading is a value too unless
the listed models of that make and model take only another of the calibres that the text may mean:
"9 mm" on a Makarov is 9x18mm, as a suggestion. So a bare "9 mm" is read as 9x19mm for a gun whose
make and model are unknown or take it, and the raw text stays beside. Possible readings are
suggestions, as is ``28 mm`` for 5.7x28mm, the case's length in place of the calibre.

``P(c) = (W(c) + 1) / (sum over candidates of (W + 1) + 1)``: `W` is the weight of the listed models
with that make and model that take `c`; without such models, the calibre's own weight if guns of
the stated type take it. The last 1 is for a calibre on no list.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from ironriver.intake.parsers.misspelling import Channel
from ironriver.intake.parsers.reading import Repair
from ironriver.reference.firearms import tables

# The prior share of words in a calibre cell that are no misspelt calibre word: our assumption.
UNLISTED = 0.05

_NOISE = re.compile(r"\b(?:CALIBRES?|CALIBERS?|CALIBRE|CAL|CARTUCHOS?|DE|DEL|EL|TIPO|MARCA)\b\.?")
_SAME = {
    "PARABELLUM": "LUGER", "PARA": "LUGER",
    "PB": "LUGER", "ESPECIAL": "SPECIAL", "SPL": "SPECIAL", "ESP": "SPECIAL", "SPEC": "SPECIAL",
    "AUTO": "ACP", "AUTOMATIC": "ACP", "AUTOMATICA": "ACP", "AUTOM": "ACP", "MAG": "MAGNUM",
    "GAUGE": "GA", "GAGE": "GA", "REMINGTON": "REM", "WINCHESTER": "WIN", "OTAN": "NATO",
    "SHORT": "CORTO", "CORTA": "CORTO", "KURZ": "CORTO", "LONG": "LARGO", "LARGA": "LARGO",
    "MILIMETROS": "MM", "MILIMETRO": "MM", "WEATHERBY": "WBY",
    "GOVT": "GOVERNMENT", "BLK": "BLACKOUT", "MAK": "MAKAROV",
}  # fmt: skip
_TOKEN = re.compile(r"\d+(?:\.\d+)?X\d+|\d+-\d+(?![\d.])|\d+(?:\.\d+)?|[A-Z]&[A-Z]|[A-Z]+")


def key(text: str) -> str:
    """Fold a calibre to its numbers and words, in no order.

    >>> key("0.38'' Súper") == key("38 SUPER"), key("7,62 x 39 mm")
    (True, '7.62X39')
    """
    plain = unicodedata.normalize("NFKD", text.upper())
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    plain = re.sub(r"(?<=\d),(?=\d)", ".", plain).replace("\u00d7", "X")
    plain = re.sub(r"(?<=\b[A-Z])\.\s?(?=[A-Z]\b)", "", plain)
    plain = re.sub(r"(?<=\d)\s*(?:MM\.?)?\s*[X*]\s*(?=\d)", "X", plain)
    plain = re.sub(r"(?<=\d)\s*[-/]\s*(?=\d)", "-", plain)
    plain = re.sub(r"(?<![\d])0*\.(?=\d)", " ", _NOISE.sub(" ", plain))
    plain = re.sub(r"\b(\d+)\.0+\b(?!X)", r"\1", plain)
    tokens = {_SAME.get(token, token) for token in _TOKEN.findall(plain)}
    if "MM" in tokens and not (len(tokens) == 2 and any(_is_bare(token) for token in tokens)):
        tokens.discard("MM")
    return " ".join(sorted(tokens))


def _is_bare(token: str) -> bool:
    return token.replace(".", "").isdigit()


@cache
def _known() -> dict[str, dict[str, str]]:
    """Give for each key the calibres it may mean, and how."""
    found: dict[str, dict[str, str]] = {}
    for alias in tables.calibre_aliases():
        found.setdefault(key(alias.text), {}).setdefault(alias.calibre, alias.reading)
    for name in tables.calibres():
        found.setdefault(key(name), {})[name] = "exact"
    return found


@cache
def _words() -> frozenset[str]:
    return frozenset(token for known in _known() for token in known.split())


@cache
def _types(calibre: str) -> frozenset[str]:
    return frozenset(model.type for model in tables.models() if calibre in model.calibres)


@lru_cache(maxsize=65_536)
def read(
    text: str | None,
    make: str | None = None,
    listed: tuple[tables.Model, ...] = (),
    type_: str | None = None,
) -> tuple[str | None, tuple[Repair, ...]]:
    """Read a calibre cell beside the make, the listed models and the type, where certain.

    >>> read("9 mm")[0], read("9 Luger")[0], read(".38 Súper")[0], read("7,62x39")[0]
    ('9x19mm', '9x19mm', '.38 Super', '7.62x39mm')
    """
    if text is None or not (folded := key(text)):
        return None, ()
    meant = _known().get(folded, {})
    exact = [name for name, reading in meant.items() if reading == "exact"]
    if len(exact) == 1:
        return exact[0], ()
    if not meant and (misspelt := _misspelt(text, folded)):
        return None, misspelt
    rules = dict.fromkeys(meant, "several_calibres") or _without_unknown_words(folded)
    rules |= _cases(folded) if "usual" not in meant.values() else {}
    if not rules:
        return None, ()
    weights, stated = _weights(tuple(rules), make, listed, type_)
    usual = [name for name, reading in meant.items() if reading == "usual"]
    if len(usual) == 1 and not (stated and not weights[usual[0]]):
        return usual[0], ()
    total = sum(weight + 1 for weight in weights.values()) + 1
    ranked = sorted(weights.items(), key=lambda one: (-one[1], one[0]))[:3]
    return None, tuple(
        Repair("calibre", text, name, rules[name], (weight + 1) / total) for name, weight in ranked
    )


def _misspelt(text: str, folded: str) -> tuple[Repair, ...]:
    """Suggest the calibre whose word an unknown word misspells."""
    unknown = [token for token in folded.split() if token.isalpha() and token not in _words()]
    if len(unknown) != 1:
        return ()
    found = []
    for one in _channel().suggest(unknown[0]):
        word = _SAME.get(one.name, one.name)
        meant = _known().get(" ".join(sorted({*folded.split()} - {*unknown} | {word})), {})
        sure = [name for name, reading in meant.items() if reading != "possible"]
        if len(sure) == 1:
            found.append(Repair("calibre", text, sure[0], one.rule, one.probability))
    return tuple(found)


@cache
def _channel() -> Channel:
    """Give the words of calibres, each weighing what its calibres weigh."""
    weights: dict[str, float] = {}
    for alias in tables.calibre_aliases():
        weight = tables.calibres()[alias.calibre].weight
        for token in key(alias.text).split():
            if token.isalpha() and len(token) > 3:
                weights[token] = weights.get(token, 0.0) + weight
    for word, same in _SAME.items():
        if len(word) > 3:
            weights[word] = weights.get(same, 1.0)
    return Channel([(word, word, weight) for word, weight in sorted(weights.items())], UNLISTED)


def _without_unknown_words(folded: str) -> dict[str, str]:
    kept = " ".join(token for token in folded.split() if token in _words())
    return dict.fromkeys(_known().get(kept, {}), "words_left_out")


def _cases(folded: str) -> dict[str, str]:
    """Give the calibres whose case is as long as the text says, when it is millimetres."""
    number = folded.removesuffix(" MM")
    return {
        one.name: "case_length_as_calibre"
        for one in tables.calibres().values()
        if one.case_mm == number and number != folded
    }


def _weights(
    names: tuple[str, ...], make: str | None, listed: tuple[tables.Model, ...], type_: str | None
) -> tuple[dict[str, float], bool]:
    """Weigh candidates, and tell whether listed models of the record's own kind did it."""
    of_make = tuple(model for model in tables.models() if make and model.make == make)
    for models in (listed, of_make):
        weights = {
            name: sum((model.weight for model in models if name in model.calibres), 0.0)
            for name in names
        }
        if any(weights.values()):
            return weights, True
    weights = {
        name: 0.0 if type_ and _types(name) and type_ not in _types(name) else one.weight
        for name, one in ((name, tables.calibres()[name]) for name in names)
    }
    return weights, False
