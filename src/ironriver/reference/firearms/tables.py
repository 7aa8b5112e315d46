"""The tables, typed and read once.

Weights say how often a thing turns up among recoveries in Mexico. They are counts where somebody
published one, and else an assumption of ours that the table states; only ratios are ever used.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

# What a code in the NCIC table weighs that nobody singled out.
PLAIN_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Make:
    """A maker or an importer."""

    name: str
    codes: tuple[str, ...]
    country: str
    importer: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Model:
    """A model: no make where the name is a family that many make."""

    name: str
    make: str
    family: str
    type: str
    calibres: tuple[str, ...]
    importer: str
    weight: float
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calibre:
    """A calibre; those of one interchange group fit the same chambers, or nearly."""

    name: str
    interchange: str
    case_mm: str
    weight: float


@dataclass(frozen=True, slots=True)
class CalibreAlias:
    """A way to write a calibre, and how surely it means it: exact, usual or possible."""

    text: str
    calibre: str
    reading: str


@dataclass(frozen=True, slots=True)
class GunType:
    """A type of firearm; its class is short, long or other."""

    name: str
    kind: str
    spanish: str
    ncic_code: str


def rows(name: str) -> list[dict[str, str]]:
    """Read a table of this folder as it stands."""
    text = (resources.files("ironriver.reference.firearms") / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def makes() -> dict[str, Make]:
    """Give all makes by name: the checked ones, then those that only the code table knows."""
    found: dict[str, Make] = {}
    taken: set[str] = set()
    for row in rows("makes_checked"):
        codes = tuple(row["codes"].split())
        taken.update(codes)
        found[row["make"]] = Make(
            row["make"], codes, row["country"], row["role"] == "importer", float(row["weight"])
        )
    coded: dict[str, list[dict[str, str]]] = {}
    for row in rows("makes"):
        if row["code"] not in taken:
            coded.setdefault(row["make"], []).append(row)
    for name, named in coded.items():
        if name not in found:
            codes = tuple(row["code"] for row in named)
            found[name] = Make(name, codes, named[0]["country"], False, PLAIN_WEIGHT)
    return found


@cache
def make_aliases() -> tuple[tuple[str, str], ...]:
    """Give the pairs of alias and make."""
    return tuple((row["alias"], row["make"]) for row in rows("make_aliases"))


@cache
def models() -> tuple[Model, ...]:
    """Give all models."""
    return tuple(
        Model(
            row["model"],
            row["make"],
            row["family"],
            row["type"],
            _split(row["calibres"]),
            row["importer"],
            float(row["weight"]),
            _split(row["aliases"]),
        )
        for row in rows("models")
    )


@cache
def calibres() -> dict[str, Calibre]:
    """Give all calibres by name."""
    return {
        row["calibre"]: Calibre(
            row["calibre"],
            row["interchange"] or row["calibre"],
            row["case_mm"],
            float(row["weight"]),
        )
        for row in rows("calibres")
    }


@cache
def calibre_aliases() -> tuple[CalibreAlias, ...]:
    """Give the ways to write a calibre."""
    return tuple(
        CalibreAlias(row["alias"], row["calibre"], row["reading"])
        for row in rows("calibre_aliases")
    )


@cache
def types() -> dict[str, GunType]:
    """Give all types by name."""
    return {
        row["type"]: GunType(row["type"], row["class"], row["spanish"], row["ncic_code"])
        for row in rows("types")
    }


@cache
def type_aliases() -> tuple[tuple[str, str], ...]:
    """Give the pairs of word and type."""
    return tuple((row["alias"], row["type"]) for row in rows("type_aliases"))


@cache
def country_aliases() -> tuple[tuple[str, str], ...]:
    """Give the pairs of word and ISO 3166-1 alpha-2 code, beside the names Babel knows."""
    return tuple((row["alias"], row["country"]) for row in rows("countries"))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
