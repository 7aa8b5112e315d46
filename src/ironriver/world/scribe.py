"""Describes guns on paper: what a clerk writes for make, model, calibre, type and serial."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ironriver.world import noise
from ironriver.world.catalogue import COUNTRIES, Model, models, ways
from ironriver.world.chance import Floats, Ints
from ironriver.world.guns import World
from ironriver.world.people import slip

Repair = tuple[int, str, str, str]
"""Row (from 0), field, what is written, what is true."""


@dataclass(frozen=True, slots=True)
class Care:
    """How a class of clerks works: factors on the world's rates of failure."""

    spanish: bool
    slips: float = 1.0
    no_serial: float = 0.0
    missing: float = 1.0
    importer: float = 0.0


@dataclass(slots=True)
class Described:
    """Descriptions, one place of every list for each gun, with what is wrong in them."""

    make: list[str] = field(default_factory=list)
    model: list[str] = field(default_factory=list)
    calibre: list[str] = field(default_factory=list)
    type: list[str] = field(default_factory=list)
    serial: list[str] = field(default_factory=list)
    importer: list[str] = field(default_factory=list)
    country: list[str] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)


class Scribe:
    """Writes guns as the clerks of one file do."""

    def __init__(self, world: World, chance: np.random.Generator, care: Care) -> None:
        self._world, self._chance, self._care = world, chance, care
        self._rates = world.settings
        self._ways = ways()
        self._stamped = world.stamped

    def describe(self, guns: Ints, serials: list[str] | None = None) -> Described:
        """Describe guns; `serials` are texts to copy instead of reading the gun ("" reads it)."""
        out = Described()
        draws = self._chance.random((len(guns), 9))
        catalogue = models()
        for row, gun in enumerate(guns.tolist()):
            model = catalogue[self._world.model[gun]]
            self._names(out, row, model, draws[row])
            self._calibre(out, row, model, draws[row])
            copied = serials[row] if serials else ""
            out.serial.append(copied or self._serial(out, row, gun, draws[row]))
            known = draws[row, 8] >= self._care.importer
            out.importer.append(model.importer if known else "")
            place = 1 if self._care.spanish else 0
            out.country.append(COUNTRIES[model.country][place] if draws[row, 8] < 0.8 else "")
        return out

    def _names(self, out: Described, row: int, model: Model, draw: Floats) -> None:
        rates, care = self._rates, self._care
        make = model.make.upper() if not care.spanish else model.make
        name = model.name
        family = self._ways["family"].get(model.name)
        if care.spanish and draw[0] < rates["make_clerk"] and model.make in self._ways["make"]:
            make = self._one(self._ways["make"][model.make])
        if draw[1] < rates["make_typo"] * care.slips and make:
            wrong = slip(self._chance, make)
            out.repairs.append((row, "make", wrong, model.make))
            make = wrong
        if care.spanish and family and draw[2] < 0.4:
            name = self._one(family)
        if family and draw[2] > 1 - rates["make_family"] * care.slips:
            make = family[0]
            out.repairs.append((row, "make", make, model.make))
        if draw[3] < rates["make_missing"] * care.missing or not make:
            make = ""
        if draw[4] < rates["model_missing"] * care.missing:
            name = ""
        out.make.append(make)
        out.model.append(name if care.spanish else name.upper())
        spanish = self._ways["type"][model.type]
        out.type.append(self._one(spanish) if care.spanish else model.type.upper())

    def _calibre(self, out: Described, row: int, model: Model, draw: Floats) -> None:
        rates, care = self._rates, self._care
        calibre = model.calibre
        if draw[5] < rates["calibre_wrong"] * care.slips and calibre:
            other = models()[int(self._chance.integers(0, len(models()) - 1))].calibre
            if other and other != calibre:
                out.repairs.append((row, "calibre", other, calibre))
                calibre = other
        table = self._ways["calibre" if care.spanish else "us_calibre"]
        if calibre in table and (not care.spanish or draw[6] < rates["calibre_clerk"]):
            written = self._one(table[calibre])
            if out.repairs and out.repairs[-1][:2] == (row, "calibre"):
                out.repairs[-1] = (row, "calibre", written, out.repairs[-1][3])
            calibre = written
        missing = draw[6] > 1 - rates["calibre_missing"] * care.missing
        out.calibre.append("" if missing else calibre)

    def _serial(self, out: Described, row: int, gun: int, draw: Floats) -> str:
        world, words = self._world, self._ways["no_serial"]
        true = str(self._stamped[gun])
        if world.obliterated[gun]:
            return self._one(words["obliterated" if self._care.spanish else "us"])
        if not true or draw[7] < self._care.no_serial:
            return self._one(words["blank"]) if self._care.spanish else ""
        return self.copy(out, row, true, self._care.slips)

    def copy(self, out: Described, row: int, true: str, slips: float) -> str:
        """Copy a serial with the failures of a clerk."""
        rates, level = self._rates, self._chance.random()
        edge = 0.0
        written = true
        for name, fail in (
            ("serial_misread", noise.misread),
            ("serial_transposed", noise.transpose),
            ("serial_truncated", noise.truncate),
            ("serial_noise", noise.foreign_number),
        ):
            edge += rates[name] * slips
            if level < edge:
                written = fail(self._chance, true)
                if written != true:
                    out.repairs.append((row, "serial", written, true))
                break
        if self._chance.random() < rates["serial_spacing"]:
            written = noise.respace(self._chance, written)
            if out.repairs and out.repairs[-1][:2] == (row, "serial"):
                out.repairs[-1] = (row, "serial", written, true)
        return written

    def _one(self, texts: list[str]) -> str:
        """Take one text; the first ones are commoner."""
        return texts[int(self._chance.random() ** 1.7 * len(texts))]
