"""The licensees of the world: who sells, where, how much, and how files call them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ironriver.world.catalogue import names
from ironriver.world.chance import Floats, Ints, Marks, Texts, pick, pick_rows, share_out, stage
from ironriver.world.parameters import Settings
from ironriver.world.places import SOURCES, town_weights, towns

TYPES = ("01", "02", "07", "08")
_TYPE_WEIGHTS = (0.58, 0.14, 0.24, 0.04)
_MONTHS = "ABCDEFGHJKLM"


@dataclass(frozen=True, slots=True)
class Licensees:
    """All licensees, one place of every array each."""

    town: Ints
    type: Ints
    district: Texts
    sequence: Ints
    volume: Floats
    expiry_month: Ints
    """Months since 1970 of one expiry; every third year is another."""
    closed_day: Ints
    """Day of closing, far away where still open."""
    corrupt: Marks
    name: Texts
    street: Texts

    def __len__(self) -> int:
        return len(self.town)

    def key(self, place: int) -> str:
        """Give the lasting key: region, district, sequence."""
        return f"{self.district[place]}-{self.sequence[place]:05d}"

    def keys(self) -> Texts:
        """Give all keys."""
        return np.array([self.key(place) for place in range(len(self))], dtype=object)

    def expiry(self, place: int, day: int) -> str:
        """Give the expiry part of the licence in force on a day."""
        month = int(day / 30.4369)
        first = int(self.expiry_month[place])
        at = first + -(-(month + 1 - first) // 36) * 36
        return f"{(at // 12) % 10}{_MONTHS[at % 12]}"

    def number(self, place: int, day: int) -> str:
        """Give the whole licence number in force on a day."""
        town = towns()[self.town[place]]
        return (
            f"{self.district[place]}-{town.fips[2:]}-{TYPES[self.type[place]]}"
            f"-{self.expiry(place, day)}-{self.sequence[place]:05d}"
        )


def make_licensees(
    seed: int, firearms: int, settings: Settings, days: tuple[int, int]
) -> Licensees:
    """Make the licensees of a world; volumes are lognormal, so that few sell most."""
    chance = stage(seed, "licensees")
    size = max(160, firearms // 60)
    shares = [settings[f"source_{name.lower()}"] for name in SOURCES[:4]]
    source = share_out(chance, np.ones(size, dtype=np.int64), [*shares, 1 - sum(shares)])
    town = pick_rows(chance, town_weights(), source)
    district = np.array([towns()[place].district for place in town], dtype=object)
    volume = np.exp(chance.normal(0, settings["shop_sigma"], size))
    closed = chance.random(size) < settings["shop_closed"]
    day = chance.integers(days[0], days[1] + 1, size)
    parts, rooms = names()["shops"].split(","), names()["trades"].split(",")
    first, trade = pick(chance, np.ones(len(parts)), size), pick(chance, np.ones(len(rooms)), size)
    streets, kinds = names()["streets"].split(), names()["kinds"].split()
    number = chance.integers(100, 9999, size)
    street, kind = chance.integers(0, len(streets), size), chance.integers(0, len(kinds), size)
    corrupt = np.zeros(size, dtype=np.bool_)
    if settings["case_corrupt"] > 0:
        corrupt[chance.choice(size, max(len(SOURCES), size // 100), replace=False)] = True
    return Licensees(
        town=town,
        type=pick(chance, _TYPE_WEIGHTS, size),
        district=district,
        sequence=_sequences(chance, district),
        volume=volume,
        expiry_month=chance.integers(0, 36, size),
        closed_day=np.where(closed, day, 1 << 30),
        corrupt=corrupt,
        name=np.array(
            [f"{parts[a]} {rooms[b]}" for a, b in zip(first, trade, strict=True)], dtype=object
        ),
        street=np.array(
            [f"{n} {streets[s]} {kinds[k]}" for n, s, k in zip(number, street, kind, strict=True)],
            dtype=object,
        ),
    )


def _sequences(chance: np.random.Generator, district: Texts) -> Ints:
    """Give sequence numbers that no two licensees of one district share."""
    out = np.zeros(len(district), dtype=np.int64)
    for name in sorted(set(district.tolist())):
        mine = np.flatnonzero(district == name)
        out[mine] = chance.choice(100_000, len(mine), replace=False)
    return out


def choose(
    chance: np.random.Generator, licensees: Licensees, source: Ints, power: float = 1.0
) -> Ints:
    """Draw a licensee for each of `source`, by volume within the source."""
    sources = np.array([town.source for town in towns()])[licensees.town]
    table = np.zeros((len(SOURCES), len(licensees)))
    for row in range(len(SOURCES)):
        mine = np.flatnonzero(sources == row)
        mine = mine if len(mine) else np.arange(len(licensees))
        table[row, mine] = licensees.volume[mine] ** power
    return pick_rows(chance, table, source)


def variant(chance: np.random.Generator, name: str) -> str:
    """Give another way in which a file may write a licensee's name.

    >>> variant(np.random.Generator(np.random.PCG64(1)), "FOXGLOVE ARMS LLC")
    'THE FOXGLOVE ARMS LLC'
    """
    choice = int(chance.integers(0, 4))
    if choice == 0:
        return name.removesuffix(" LLC").removesuffix(" INC")
    if choice == 1:
        return name.replace("&", "AND") if "&" in name else f"THE {name}"
    if choice == 2:
        return name.title()
    return name.replace("SPORTING GOODS", "SPTG GDS").replace("FIREARMS", "FIREARM")
