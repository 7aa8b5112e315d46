"""What is made and sold in this world: models, and how clerks write them."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from ironriver.world.chance import Floats, Ints

POOLS = ("traffic", "lawful", "forces", "central_america", "legal")
LONG = frozenset(
    {"rifle", "carbine", "shotgun", "submachine gun", "machine gun", "grenade launcher",
     "rocket launcher"}
)  # fmt: skip
COUNTRIES = {
    "US": ("UNITED STATES", "Estados Unidos"), "RO": ("ROMANIA", "Rumania"),
    "CN": ("CHINA", "China"), "RS": ("SERBIA", "Serbia"), "RU": ("RUSSIA", "Rusia"),
    "BE": ("BELGIUM", "Bélgica"), "IT": ("ITALY", "Italia"), "AT": ("AUSTRIA", "Austria"),
    "BR": ("BRAZIL", "Brasil"), "TR": ("TURKEY", "Turquía"), "CZ": ("CZECH REPUBLIC", "Chequia"),
    "HR": ("CROATIA", "Croacia"), "AR": ("ARGENTINA", "Argentina"), "DE": ("GERMANY", "Alemania"),
    "PH": ("PHILIPPINES", "Filipinas"), "MX": ("MEXICO", "México"), "IL": ("ISRAEL", "Israel"),
    "ES": ("SPAIN", "España"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Model:
    """One model; `serials` are grammars of ours, and no maker's own."""

    place: int
    make: str
    importer: str
    name: str
    type: str
    calibre: str
    country: str
    serials: tuple[str, ...]
    first_year: int
    last_year: int
    weights: tuple[float, ...]

    @property
    def long(self) -> bool:
        """Whether Mexican law calls it a long arm."""
        return self.type in LONG

    @property
    def reported_rifle(self) -> bool:
        """Whether multiple sales of it are reported on the rifle form."""
        return self.type in ("rifle", "carbine") and self.calibre not in (".22 LR", "12 ga")

    @property
    def handgun(self) -> bool:
        """Whether it is a pistol or revolver."""
        return self.type in ("pistol", "revolver")


@cache
def models() -> tuple[Model, ...]:
    """Give all models, the home-made gun last."""
    text = (resources.files("ironriver.world") / "models.csv").read_text("utf-8")
    return tuple(
        Model(
            place,
            row["make"],
            row["importer"],
            row["model"],
            row["type"],
            row["calibre"],
            row["country"],
            tuple(row["serial"].split("~")),
            int(row["from"]),
            int(row["to"]),
            tuple(float(row[pool]) for pool in POOLS),
        )
        for place, row in enumerate(csv.DictReader(text.splitlines()))
    )


def weights(pool: str) -> Floats:
    """Give the weight of every model in a pool of supply."""
    place = POOLS.index(pool)
    return np.array([model.weights[place] for model in models()])


def flags(name: str) -> Ints:
    """Give a yes/no property of every model as 0 or 1."""
    return np.array([int(getattr(model, name)) for model in models()])


@cache
def ways() -> dict[str, dict[str, list[str]]]:
    """Give how clerks write makes, families, calibres and types, from the world's own list."""
    return _toml("ways")


@cache
def names() -> dict[str, Any]:
    """Give the parts that invented names and shops are put together from."""
    return _toml("names")


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("ironriver.world") / f"{name}.toml").read_text("utf-8"))
