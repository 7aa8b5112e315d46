"""The guns of the world and what becomes of them: one array for each thing that is true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ironriver.world.catalogue import flags, models
from ironriver.world.chance import Ints, Marks, Texts, pick, pick_rows, stage
from ironriver.world.licensees import Licensees, make_licensees
from ironriver.world.parameters import Settings
from ironriver.world.people import People, make_people
from ironriver.world.places import municipality_weights
from ironriver.world.rings import PORTS, Rings, make_rings
from ironriver.world.serials import assign, share
from ironriver.world.supply import CHANNELS, NEVER, lawful_guns, mexican_guns, ring_guns

OUTCOMES = ("at_large", "recovered_mx", "recovered_us", "seized_crossing")
AT_LARGE, MX, US, CROSSING = range(4)
AUTHORITIES = (
    "SEDENA", "SEMAR", "Guardia Nacional", "FGR", "Policía Estatal", "Policía Municipal",
    "Fiscalía",
)  # fmt: skip
ARMY, FEDERAL, STATE = 0, (1, 2, 3), (4, 5, 6)
_OTHERS = (0.05, 0.15, 0.12, 0.30, 0.18, 0.20)
FATES = ("found", "out_of_business", "record_illegible", "no_response", "licensee_only")
_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is true. Days count from 1970; -1 is none, NEVER is no day."""

    seed: int
    settings: Settings
    days: tuple[int, int]
    licensees: Licensees
    people: People
    rings: Rings
    channel: Ints
    ring: Ints
    model: Ints
    visit: Ints
    source: Ints
    state: Ints
    licensee: Ints
    purchaser: Ints
    sale_day: Ints
    acquired_day: Ints
    made_day: Ints
    serial: Texts
    port: Ints
    crossing_day: Ints
    outcome: Ints
    recovery_day: Ints
    municipality: Ints
    authority: Ints
    obliterated: Marks
    stamped: Texts
    """What stands on each gun: its serial, or the number stamped over it."""
    restamped: Marks
    fate: Ints

    def __len__(self) -> int:
        return len(self.model)

    def key(self, gun: int) -> str:
        """Give the key of a gun."""
        return f"F{gun:08d}"


def make_world(seed: int, firearms: int, days: tuple[int, int], settings: Settings) -> World:
    """Make a world of `firearms` guns; `days` are the first and last day of its records."""
    licensees = make_licensees(seed, firearms, settings, days)
    rings = make_rings(seed, firearms, settings, licensees, days)
    moved = ring_guns(seed, settings, rings, licensees)
    mexican = round(firearms * settings["mexican_share"])
    parts = [moved, mexican_guns(seed, mexican, settings, days)]
    rest = max(firearms - len(moved["model"]) - mexican, 0)
    parts.append(lawful_guns(seed, rest, settings, licensees, days))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in moved}
    people = _number_persons(seed, columns, rings, licensees, settings, days)
    chance = stage(seed, "making")
    made = _made(chance, columns)
    visit = np.where(columns["visit"] < 0, NEVER + np.arange(len(made)), columns["visit"])
    serial = assign(chance, columns["model"], made, visit)
    share(chance, columns["model"], serial, settings["shared_serials"])
    fate = _fates(chance, len(made), settings)
    journey = _journeys(seed, columns, rings, settings, days)
    grounds = chance.random(len(made)) < settings["obliterated"] * np.where(
        columns["ring"] >= 0, 1.3, 0.6
    )
    over = (chance.random(len(made)) < settings["restamped"]) & ~grounds & (serial != "")
    stamped = serial.copy()
    stamped[over] = _other_number(chance, serial[over])
    return World(
        seed=seed, settings=settings, days=days, licensees=licensees, people=people, rings=rings,
        made_day=made, serial=serial, obliterated=grounds, stamped=stamped, restamped=over,
        fate=fate, **columns, **journey,
    )  # fmt: skip


def _number_persons(
    seed: int, columns: dict[str, Ints], rings: Rings, licensees: Licensees, settings: Settings,
    days: tuple[int, int],
) -> People:  # fmt: skip
    """Give numbers to the innocent purchasers after the rings' persons, and make all persons."""
    wanted = columns["purchaser"] == -2
    lawful = wanted & (columns["channel"] == 0)
    fresh = wanted & ~lawful
    lots, place = np.unique(columns["visit"][lawful], return_inverse=True)
    columns["purchaser"][lawful] = rings.persons + place
    start = rings.persons + len(lots)
    columns["purchaser"][fresh] = start + np.arange(int(fresh.sum()))
    size = start + int(fresh.sum())
    town = np.zeros(size, dtype=np.int64)
    sold = columns["purchaser"] >= 0
    town[columns["purchaser"][sold]] = licensees.town[columns["licensee"][sold]]
    groups = np.repeat(np.arange(len(rings)), 2 + rings.couriers)
    first = np.cumsum(2 + rings.couriers) - (2 + rings.couriers)
    staff = rings.first_person[groups] + np.arange(len(groups)) - first[groups]
    town[staff] = licensees.town[rings.shops[groups, 0]]
    return make_people(seed, size, town, settings, days)


def _made(chance: np.random.Generator, columns: dict[str, Ints]) -> Ints:
    """Draw the day of making: before sale or loss, while the model was made; one for each lot."""
    day = np.minimum(columns["sale_day"], columns["acquired_day"])
    day = np.where(day >= NEVER, columns["acquired_day"], day)
    _, lot = np.unique(
        np.stack([columns["visit"] % (1 << 29), columns["model"], day]), axis=1, return_inverse=True
    )
    shelf = 20 + chance.exponential(220, int(lot.max(initial=0)) + 1).astype(np.int64)[lot.ravel()]
    first = np.array([(each.first_year - 1970) * _YEAR for each in models()])[columns["model"]]
    last = np.array([(each.last_year - 1969) * _YEAR for each in models()])[columns["model"]]
    old = columns["channel"] >= CHANNELS.index("forces_loss")
    span = np.maximum(np.minimum(last, day - 30) - first, 1)
    spread = first + chance.random(len(day)) * span
    made = np.where(old, spread, np.clip(day - shelf, first, last - 1))
    return made.astype(np.int64)


def _fates(chance: np.random.Generator, size: int, settings: Settings) -> Ints:
    shares = [settings[name] for name in FATES[1:]]
    return pick(chance, [1 - sum(shares), *shares], size)


def _other_number(chance: np.random.Generator, serial: Texts) -> Texts:
    """Stamp another number: two of the digits changed."""
    out = serial.copy()
    for place, text in enumerate(serial):
        spots = [spot for spot, mark in enumerate(text) if mark.isdigit()]
        if len(spots) > 2 and place % 7 == 0:
            out[place] = _changed(text, spots[-2], int(chance.integers(1, 10)))
        elif spots:
            out[place] = _changed(text, spots[-1], 3)
    return out


def _changed(text: str, spot: int, by: int) -> str:
    return f"{text[:spot]}{(int(text[spot]) + by) % 10}{text[spot + 1 :]}"


def _journeys(
    seed: int, columns: dict[str, Ints], rings: Rings, settings: Settings, days: tuple[int, int]
) -> dict[str, Ints]:
    """Draw crossing, recovery, place and authority of every gun."""
    chance = stage(seed, "journeys")
    size = len(columns["model"])
    ring, acquired = columns["ring"], columns["acquired_day"]
    moved, lawful = ring >= 0, columns["channel"] == 0
    crosses = moved & (chance.random(size) < settings["cross_share"])
    caught = crosses & (chance.random(size) < settings["crossing_seized"])
    crossing_day = acquired + 3 + chance.exponential(28, size).astype(np.int64)
    delay = _delays(chance, acquired, settings, days)
    wanted = np.where(moved, settings["recovered_ever"], settings["mexican_recovered"])
    found_mx = ((crosses & ~caught) | (~moved & ~lawful)) & (chance.random(size) < wanted)
    found_us = moved & ~crosses & (chance.random(size) < settings["us_recovered"])
    found_us |= lawful & (acquired < NEVER)
    day = np.where(lawful, acquired, np.where(caught, crossing_day, acquired + delay))
    day = np.where(crosses & ~caught, np.maximum(day, crossing_day + 2), day)
    inside = (day >= days[0]) & (day <= days[1])
    outcome = np.select([caught & inside, found_mx & inside, found_us & inside], [3, 1, 2], 0)
    rank = chance.integers(0, PORTS, size)
    port = np.where(crosses, rings.ports[np.maximum(ring, 0), rank], -1)
    mexico = outcome == MX
    town = pick_rows(chance, municipality_weights(), np.maximum(columns["state"], 0))
    found = {
        "port": port,
        "crossing_day": np.where(crosses, crossing_day, NEVER),
        "outcome": outcome,
        "recovery_day": np.where(outcome > 0, day, NEVER),
        "municipality": np.where(mexico, town, -1),
        "authority": np.where(mexico, _authorities(chance, columns["model"], settings), -1),
    }
    _found_together(chance, ring, found, settings)
    return found


def _found_together(
    chance: np.random.Generator, ring: Ints, found: dict[str, Ints], settings: Settings
) -> None:
    """Let some guns of a ring turn up in one seizure with the gun of the ring before them."""
    guns = np.flatnonzero((found["outcome"] == MX) & (ring >= 0))
    joins = chance.random(len(guns)) < settings["found_together"]
    joins[:1] = False
    joins[1:] &= ring[guns[1:]] == ring[guns[:-1]]
    leader = guns[np.maximum.accumulate(np.where(joins, 0, np.arange(len(guns))))]
    joins &= found["recovery_day"][leader] > found["crossing_day"][guns]
    for name in ("recovery_day", "municipality", "authority"):
        found[name][guns[joins]] = found[name][leader[joins]]


def _delays(
    chance: np.random.Generator, acquired: Ints, settings: Settings, days: tuple[int, int]
) -> Ints:
    """Draw the days from a ring's hands to recovery, given that recovery is after the first day."""
    shape, mean = settings["delay_shape"], settings["delay_mean"] * _YEAR
    delay = 15 + chance.gamma(shape, mean / shape, len(acquired))
    for _ in range(12):
        early = acquired + delay < days[0]
        if not early.any():
            break
        delay[early] = 15 + chance.gamma(shape, mean / shape, int(early.sum()))
    return delay.astype(np.int64)


def _authorities(chance: np.random.Generator, model: Ints, settings: Settings) -> Ints:
    """Draw who seizes: the army more often long guns."""
    long = flags("long")[model] == 1
    army = chance.random(len(model)) < np.where(long, settings["army_long"], settings["army_short"])
    return np.where(army, ARMY, 1 + pick(chance, _OTHERS, len(model)))
