"""Read who made a firearm, and who imported it: two answers that clerks write into one cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from ironriver.intake.parsers import countries, models, serial_words
from ironriver.intake.parsers.misspelling import Channel
from ironriver.intake.parsers.reading import Repair
from ironriver.reference.firearms import tables

# The prior share of guns whose maker stands on no list: an assumption of ours.
UNLISTED = 0.02
# A name on the list is taken for itself above this probability.
CERTAIN = 0.95

_ENDINGS = {
    "INC", "LLC", "CORP", "CORPORATION", "CO", "COMPANY", "COMPANIA", "CIA", "LTD", "LTDA", "SA",
    "LIMITED", "GMBH", "SPA", "SRL", "AG", "CV", "THE", "AND", "Y", "E", "MARCA", "DE",
}  # fmt: skip
_GENERIC = {
    "ARMS", "FIREARMS", "FIREARM", "MFG", "MANUFACTURING", "INTERNATIONAL", "INTL", "USA",
    "INDUSTRIES", "ARMORY", "GUNS", "WEAPONS", "BRANDS",
}  # fmt: skip
_PARTS = re.compile(r"[/()\[\],;+]|\b(?:IMPORT(?:ED|ADO|ADA|ADOR|ER)?(?: (?:BY|POR))?|IMP)\b[.:]?")


@dataclass(frozen=True, slots=True)
class MakeReading:
    """What a make cell says; ``rest`` is what stands beside the make in the cell."""

    make: str | None = None
    importer: str | None = None
    repairs: tuple[Repair, ...] = ()
    rest: str = ""
    given_as_model: str = ""


def key(text: str) -> str:
    """Fold a maker's name: no accents, marks, corporate endings or word for "and".

    >>> key("Smith y Wesson, Inc.") == key("SMITH & WESSON")
    True
    """
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    dotted = re.sub(r"(?<=\b[^\W\d_])\.(?=[^\W\d_](?:\b|\.))", "", text)
    words = serial_words.fold(re.sub(r"['`´’]", "", dotted)).split()  # noqa: RUF001
    return [word for word in words if word not in _ENDINGS] or words


@cache
def _known() -> dict[str, tables.Make]:
    """Give every key of every make: checked names and aliases first, codes last."""
    makes = tables.makes()
    found: dict[str, tables.Make] = {}
    checked = [make for make in makes.values() if make.weight > tables.PLAIN_WEIGHT]
    for make in checked:
        found.setdefault(key(make.name), make)
    for alias, name in tables.make_aliases():
        found.setdefault(key(alias), makes[name])
    for make in checked:
        short = "".join(word for word in _words(make.name) if word not in _GENERIC)
        if len(short) > 3:
            found.setdefault(short, make)
    return found


@cache
def _listed() -> dict[str, tables.Make]:
    """Give the keys that only the code table knows: names, then codes of three letters."""
    found: dict[str, tables.Make] = {}
    makes = tables.makes().values()
    for make in makes:
        found.setdefault(key(make.name), make)
    for make in makes:
        for code in make.codes:
            if len(code) == 3:
                found.setdefault(code, make)
    return {name: make for name, make in found.items() if name not in _known()}


@cache
def channel_keys() -> tuple[tuple[str, str, float], ...]:
    """Give key, make and weight of all that a misspelling may mean; codes are none of it."""
    keys = {name: make for name, make in _known().items() if len(name) > 2}
    for make in tables.makes().values():
        keys.setdefault(key(make.name), make)
    return tuple((name, make.name, make.weight) for name, make in sorted(keys.items()))


@cache
def _channel() -> Channel:
    near = {
        (int(row["length"]), int(row["distance"])): float(row["share"])
        for row in tables.rows("make_neighbours")
    }
    return Channel(channel_keys(), UNLISTED, near)


def find(text: str) -> tables.Make | None:
    """Give the make that a text names outright.

    >>> find("F.N. Herstal").name
    'FN Herstal'
    """
    folded = key(text)
    if (make := _known().get(folded)) is not None:
        return make
    short = "".join(word for word in _words(text) if word not in _GENERIC)
    return _known().get(short) if len(short) > 3 else None


@lru_cache(maxsize=65_536)
def read(text: str | None) -> MakeReading:
    """Read a make cell.

    >>> found = read("Romarm/Cugir (Century)")
    >>> found.make, found.importer
    ('Romarm/Cugir', 'Century Arms')
    """
    if text is None or not (folded := serial_words.fold(text)) or is_no_name(folded):
        return MakeReading()
    if (make := _known().get(key(text))) is not None:
        return _alone(text, make)
    if models.known(text):
        return _beside(text) or MakeReading(given_as_model=text)
    if countries.read(text) is not None:
        return MakeReading()
    if (listed := _listed().get(key(text))) is not None:
        return _if_certain(text, listed)
    if (make := find(text)) is not None:
        return _alone(text, make)
    return _parts(text) or _beside(text) or MakeReading(repairs=_misspelt("make", text))


def read_importer(text: str | None) -> tuple[str | None, tuple[Repair, ...]]:
    """Read an importer cell: any listed make may import."""
    if text is None or not (folded := serial_words.fold(text)) or is_no_name(folded):
        return None, ()
    make = find(text) or _listed().get(key(text))
    return (make.name, ()) if make is not None else (None, _misspelt("importer", text))


def is_no_name(folded: str) -> bool:
    """Tell words for "none", "unknown" or "cannot be read" from names."""
    return bool(
        serial_words.UNKNOWN.fullmatch(folded)
        or serial_words.ABSENT.fullmatch(folded)
        or serial_words.ILLEGIBLE.search(folded)
        or serial_words.OBLITERATED.search(folded)
        or folded in ("SIN MARCA", "SIN MODELO", "SIN CALIBRE", "OTRO", "OTRA", "OTROS", "OTHER")
    )


def _if_certain(text: str, make: tables.Make) -> MakeReading:
    """Take a rare name for itself only where it is not more likely a common one misspelt.

    "Wichester" is a maker in the code table, and one letter short of Winchester.
    """
    if key(text) in make.codes:
        return MakeReading(make.name)
    doubts = _misspelt("make", text)
    itself = next((one.probability for one in doubts if one.to == make.name), 0.0)
    return MakeReading(make.name) if itself >= CERTAIN else MakeReading(repairs=doubts)


def _alone(text: str, make: tables.Make) -> MakeReading:
    """Take a maker; suggest an importer that stands where the maker should.

    Some importers also make: of the listed models that bear the importer's name, the share that
    another firm made, one added to either side.
    """
    if not make.importer:
        return MakeReading(make.name)
    made = sum(one.make == make.name for one in tables.models())
    brought = sum(one.importer == make.name for one in tables.models())
    share = (brought + 1) / (made + brought + 2)
    repair = Repair("importer", text, make.name, "importer_as_make", share)
    return MakeReading(repairs=(repair,))


def _parts(text: str) -> MakeReading | None:
    """Read several names in one cell; all of them must be known."""
    parts = [part for part in _PARTS.split(text.upper()) if key(part)]
    found = [find(part) for part in parts]
    known = list(dict.fromkeys(make for make in found if make is not None))
    if len(parts) < 2 or None in found:
        return None
    makers = [make for make in known if not make.importer]
    importers = [make.name for make in known if make.importer]
    importer = importers[0] if len(importers) == 1 else None
    if len(makers) == 1:
        return MakeReading(makers[0].name, importer)
    total = sum(make.weight for make in makers)
    return MakeReading(
        None,
        importer,
        tuple(
            Repair("make", text, make.name, "several_makes", make.weight / total)
            for make in sorted(makers, key=lambda make: (-make.weight, make.name))
        ),
    )


def _beside(text: str) -> MakeReading | None:
    """Read a known make at the head or the end of a cell that goes on."""
    words = re.sub(r"[/(),;]", " ", text).split()
    for count in range(min(len(words) - 1, 4), 0, -1):
        for head in (True, False):
            name = " ".join(words[:count] if head else words[-count:])
            rest = " ".join(words[count:] if head else words[:-count])
            make = find(name)
            if make is None or not key(rest):
                continue
            if not make.importer:
                return MakeReading(make.name, rest=rest)
            if (inner := read(rest)).make is not None:
                return replace(inner, importer=make.name)
    return None


def _misspelt(field: str, text: str) -> tuple[Repair, ...]:
    found = _channel().suggest(key(text))
    return tuple(Repair(field, text, one.name, one.rule, one.probability) for one in found)


def standing_in(text: str, make: str) -> tuple[Repair, ...]:
    """Suggest a make whose name stands in another cell, by the channel's chance that it is one."""
    found = _channel().suggest(key(make))
    chance = next((one.probability for one in found if one.name == make), 0.0)
    return (Repair("make", text, make, "make_in_model", chance),)
