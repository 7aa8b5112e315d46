"""What happened in the invented world: who bought what where, and what was found again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from example_inbox.guns import MODELS, Gun, make_gun, next_in_line
from example_inbox.places import (
    CHIHUAHUA,
    CITIES,
    SONORA,
    Licensee,
    Person,
    make_licensee,
    make_person,
    somewhere,
)

SEED = "iron river example inbox 1"


@dataclass(slots=True)
class Life:
    """One gun's way: sold, perhaps lost or seized at the border, perhaps recovered."""

    gun: Gun
    sold: dt.date | None = None
    licensee: Licensee | None = None
    purchaser: Person | None = None
    in_case: bool = False
    multiple: bool = False
    stolen: dt.date | None = None
    police_loss: dt.date | None = None
    crossing: dt.date | None = None
    recovered: dt.date | None = None
    state: str = ""
    municipality: str = ""
    carpeta: str = ""


@dataclass(slots=True)
class World:
    """Everything the papers are written from."""

    licensees: list[Licensee]
    lives: list[Life] = field(default_factory=list)

    def recovered_in(self, state: str) -> list[Life]:
        """Give the guns recovered in a state, by date."""
        found = [life for life in self.lives if life.state == state]
        return sorted(found, key=lambda life: (life.recovered or dt.date.max, life.gun.serial))


def _day(random: Random, first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=random.randint(0, (last - first).days))


def _recover(random: Random, life: Life, after: dt.date | None = None) -> None:
    start = dt.date(2023, 1, 2)
    last = dt.date(2024, 6, 28)
    first = max(start, after + dt.timedelta(days=20)) if after else start
    if first >= last:
        return
    life.recovered = _day(random, first, last)
    life.state = random.choices(("Sonora", "Chihuahua"), (65, 35))[0]
    places = SONORA if life.state == "Sonora" else CHIHUAHUA
    life.municipality = somewhere(random, places)
    life.carpeta = (
        f"CI/{life.municipality[:3].upper()}/{random.randint(1, 1900):04d}/{life.recovered.year}"
    )


def _case_purchases(random: Random, world: World) -> None:
    """Five buyers, two of them at one address, buy rows of the same rifle from three dealers."""
    near = [
        each for each in world.licensees if each.city.state == "AZ" and each.type in {"01", "02"}
    ]
    dealers = random.sample(near, 3)
    buyers = [make_person(random, dealers[0].city) for _ in range(5)]
    buyers[1] = Person(
        buyers[1].given, buyers[1].surname, buyers[1].birth, buyers[0].address, buyers[0].city,
        buyers[0].phone, buyers[1].plate, buyers[1].id_number,
    )  # fmt: skip
    wanted = tuple(
        m for m in MODELS if m.name in {"WASR-10", "M82A1", "FIVE-SEVEN", "AR-15", "GOVERNMENT"}
    )
    day = dt.date(2022, 9, 6)
    while sum(life.in_case for life in world.lives) < 60:
        buyer, dealer = random.choice(buyers), random.choice(dealers)
        gun = make_gun(random, wanted)
        together = random.randint(1, 5)
        for step in range(together):
            life = Life(
                next_in_line(gun, step * random.choice((1, 1, 2))), day, dealer, buyer, in_case=True
            )
            life.multiple = together > 1
            fate = random.random()
            if fate < 0.4:
                _recover(random, life, day)
            elif fate < 0.52:
                life.crossing = day + dt.timedelta(days=random.randint(3, 60))
            world.lives.append(life)
        day += dt.timedelta(days=random.randint(4, 18))


def _retail_sales(random: Random, world: World) -> None:
    """Sales over many years; most of the recovered guns have one of these behind them."""
    dealers = [each for each in world.licensees if each.type in {"01", "02", "07"}]
    weights = [random.paretovariate(1.3) for _ in dealers]
    while len(world.lives) < 480:
        dealer = random.choices(dealers, weights)[0]
        buyer = make_person(random, random.choice([dealer.city, random.choice(CITIES)]))
        day = _day(random, dt.date(2009, 1, 5), dt.date(2024, 1, 31))
        together = random.choices((1, 2, 3, 4), (80, 12, 5, 3))[0]
        gun = make_gun(random)
        for step in range(together):
            life = Life(next_in_line(gun, step), day, dealer, buyer, multiple=together > 1)
            if random.random() < 0.78:
                _recover(random, life, day)
            elif day > dt.date(2019, 1, 1):
                life.crossing = day + dt.timedelta(days=random.randint(3, 120))
            world.lives.append(life)


def _other_ways(random: Random, world: World) -> None:
    """Thefts from licensees, arms lost by police, and guns of which nothing is known."""
    handguns = tuple(model for model in MODELS if not model.long)
    for _ in range(60):
        life = Life(make_gun(random), licensee=random.choice(world.licensees))
        life.stolen = _day(random, dt.date(2019, 1, 10), dt.date(2024, 3, 1))
        if random.random() < 0.25:
            _recover(random, life, life.stolen)
        world.lives.append(life)
    for _ in range(50):
        life = Life(make_gun(random, handguns if random.random() < 0.75 else MODELS))
        life.police_loss = _day(random, dt.date(2014, 1, 10), dt.date(2024, 1, 20))
        if random.random() < 0.3:
            _recover(random, life, life.police_loss)
        world.lives.append(life)
    while sum(bool(life.state) for life in world.lives) < 600:
        life = Life(make_gun(random))
        _recover(random, life)
        world.lives.append(life)


def tell() -> World:
    """Make the whole story; the same every time."""
    random = Random(f"{SEED}: story")
    world = World([make_licensee(random, at) for at in range(1, 301)])
    _case_purchases(random, world)
    _retail_sales(random, world)
    _other_ways(random, world)
    return world
