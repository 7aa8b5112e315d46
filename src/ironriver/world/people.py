"""The people of the world: households, names, births, addresses, telephones, vehicles.

A person is a number; what belongs to it is drawn once for all in arrays, so that a million persons
cost a few bytes each. Clerks write the same person differently in every file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ironriver.world.catalogue import names
from ironriver.world.chance import Ints, Marks, stage
from ironriver.world.parameters import Settings
from ironriver.world.places import towns

_FIRST_BIRTH, _LAST_BIRTH = -10_950, 12_000
"""Days since 1970 between which people are born (1940 to 2002)."""


@dataclass(frozen=True, slots=True)
class People:
    """All persons, one place of every array each."""

    household: Ints
    given: Ints
    middle: Ints
    surname: Ints
    second: Ints
    hispanic: Marks
    """Whether the name has two surnames; of the form of the name only, and in no file."""
    born: Ints
    town: Ints
    street: Ints
    moved_day: Ints
    phone: Ints
    plate: Ints
    document: Ints

    def __len__(self) -> int:
        return len(self.given)


def make_people(
    seed: int, size: int, town: Ints, settings: Settings, days: tuple[int, int]
) -> People:
    """Make `size` persons who live in the towns given; neighbours in number share households."""
    chance = stage(seed, "people")
    starts = chance.random(size) < 0.72
    starts[:1] = True
    household = np.cumsum(starts) - 1
    homes = int(household[-1]) + 1 if size else 0
    head = np.flatnonzero(starts)
    lists = {name: len(names()[name].split()) for name in ("given_es", "given_en")}
    lasts = {name: len(names()[name].split()) for name in ("surname_es", "surname_en")}
    two = (chance.random(homes) < 0.45)[household]
    surname_home = chance.integers(0, 1 << 30, homes)[household]
    moved = chance.random(size) < settings["person_moved"]
    return People(
        household=household,
        given=_place(chance, size, two, lists["given_es"], lists["given_en"]),
        middle=chance.integers(0, 1 << 20, size),
        surname=surname_home % np.where(two, lasts["surname_es"], lasts["surname_en"]),
        second=chance.integers(0, lasts["surname_es"], size),
        hispanic=two,
        born=chance.integers(_FIRST_BIRTH, _LAST_BIRTH, size),
        town=town[head][household] if size else town,
        street=chance.integers(0, 1 << 40, homes)[household],
        moved_day=np.where(moved, chance.integers(days[0] - 2000, days[1] + 1, size), 1 << 30),
        phone=chance.integers(0, 10**7, size),
        plate=chance.integers(0, 10**6, size),
        document=chance.integers(0, 10**8, size),
    )


def _place(chance: np.random.Generator, size: int, two: Marks, spanish: int, english: int) -> Ints:
    """Draw places in one of two lists; the lists' beginnings are commoner."""
    return (chance.random(size) ** 1.6 * np.where(two, spanish, english)).astype(np.int64)


class Clerk:
    """Writes persons as the clerk of one file does."""

    def __init__(
        self, people: People, chance: np.random.Generator, settings: Settings, style: int
    ) -> None:
        self._people, self._chance, self._settings, self._style = people, chance, settings, style
        lists = names()
        self._given = (lists["given_en"].split(), lists["given_es"].split())
        self._surnames = (lists["surname_en"].split(), lists["surname_es"].split())
        self._streets, self._kinds = lists["streets"].split(), lists["kinds"].split()
        self._nicknames: dict[str, str] = lists["nicknames"]

    def true_name(self, person: int) -> str:
        """Give a name in full, given names first."""
        people = self._people
        two = int(people.hispanic[person])
        given = self._given[two][people.given[person]]
        last = self._surnames[two][people.surname[person]]
        if two:
            return f"{given} {last} {self._surnames[1][people.second[person]]}"
        return f"{given} {chr(65 + int(people.middle[person]) % 23)}. {last}"

    def name(self, person: int) -> str:
        """Write a name: nickname, dropped surname, slip of the key, in the file's order."""
        people, draw = self._people, self._chance.random(4)
        two = int(people.hispanic[person])
        given = self._given[two][people.given[person]]
        if draw[0] < self._settings["name_nick"]:
            given = self._nicknames.get(given, given)
        last = self._surnames[two][people.surname[person]]
        if two and draw[1] >= self._settings["surname_dropped"]:
            last += ("-" if draw[2] < 0.08 else " ") + self._surnames[1][people.second[person]]
        elif not two and draw[1] < 0.5:
            given += f" {chr(65 + int(people.middle[person]) % 23)}"
        if draw[3] < self._settings["name_typo"]:
            last = slip(self._chance, last)
        if self._style % 3 == 0:
            return f"{last.upper()}, {given.upper()}"
        return f"{given} {last}" if self._style % 3 == 1 else f"{given} {last}".upper()

    def address(self, person: int, day: int) -> tuple[str, str, str, str]:
        """Give street, city, state and postal code on a day."""
        people = self._people
        town = towns()[people.town[person]]
        code = int(people.street[person]) + (
            0 if day < people.moved_day[person] else 7919 * (person + 1)
        )
        street = self._streets[code // 9000 % len(self._streets)]
        kind = self._kinds[code // 200_000 % len(self._kinds)]
        if self._chance.random() < 0.1:
            kind = {"ST": "STREET", "AVE": "AVENUE", "RD": "ROAD"}.get(kind, kind)
        text = f"{100 + code % 9000} {street} {kind}"
        zip_code = f"{town.zip}{code // 3_000_000 % 100:02d}"
        return text, town.city.upper(), town.state, zip_code

    def phone(self, person: int, home: int = -1) -> str:
        """Give a telephone; `home` is the person whose telephone it is, if another's."""
        number = int(self._people.phone[home if home >= 0 else person])
        if self._style % 2:
            return f"({200 + number % 700}) 555-{number // 700 % 10_000:04d}"
        return f"{200 + number % 700}-555-{number // 700 % 10_000:04d}"

    def plate(self, person: int) -> str:
        """Give a plate of no state's form."""
        number = int(self._people.plate[person])
        return f"ZZ{number % 10}-{number // 10 % 10_000:04d}"

    def document(self, person: int) -> str:
        """Give the number of an identity document, of no state's form."""
        return f"X{int(self._people.document[person]):08d}"

    def birth(self, person: int) -> int:
        """Give the day of birth, in days since 1970."""
        return int(self._people.born[person])


def slip(chance: np.random.Generator, text: str) -> str:
    """Let a finger slip once: a letter doubled, dropped, swapped with the next, or a neighbour's.

    >>> slip(np.random.Generator(np.random.PCG64(1)), "BERETTA")
    'BERTETA'
    """
    if len(text) < 3:
        return text
    place = int(chance.integers(1, len(text) - 1))
    how = int(chance.integers(0, 4))
    here, after = text[place], text[place + 1]
    if how == 0:
        return text[: place + 1] + here + text[place + 1 :]
    if how == 1:
        return text[:place] + text[place + 1 :]
    if how == 2:
        return text[:place] + after + here + text[place + 2 :]
    return text[:place] + _KEYS.get(here.upper(), here) + text[place + 1 :]


_KEYS = dict(zip("QWERTYUIOPASDFGHJKLZXCVBNM", "WERTYUIOIASDFGHJKLKXCVBNMN", strict=True))
