"""Where the world's guns are bought, cross and turn up: real places, weights of ours."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from ironriver.reference.geography import load_ports, load_states
from ironriver.world.chance import Floats, Ints

SOURCES = ("TX", "AZ", "CA", "NM", "other")
"""The four border states, and all others together."""
_NEAR = {
    "28": ("2301", "2305", "2304"), "19": ("2304", "2305", "2310"), "05": ("2303", "2302"),
    "08": ("2402", "2403", "2408", "2406"), "26": ("2604", "2601", "2608", "2602"),
    "02": ("2504", "2506", "2503", "2505"),
}  # fmt: skip
_BY_SOURCE = {
    "TX": ("2304", "2305", "2303", "2402"), "AZ": ("2604", "2608", "2601"),
    "CA": ("2504", "2506", "2503"), "NM": ("2402", "2408", "2406"),
    "other": ("2304", "2402", "2604", "2504", "2305"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    """A town in the United States with the licences' region and district of its county."""

    state: str
    fips: str
    county: str
    city: str
    zip: str
    district: str
    weight: float

    @property
    def source(self) -> int:
        """The place of its state among SOURCES."""
        return SOURCES.index(self.state) if self.state in SOURCES else len(SOURCES) - 1


@dataclass(frozen=True, slots=True)
class Municipality:
    """A Mexican municipality (INEGI code, state code)."""

    code: str
    state: str
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Group:
    """An invented customer group: states of its territory, early and late in the years."""

    key: str
    name: str
    territory: tuple[str, ...]
    later: tuple[str, ...]


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("ironriver.world") / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def towns() -> tuple[Town, ...]:
    """Give all towns."""
    return tuple(
        Town(
            row["state"],
            row["fips"],
            row["county"],
            row["city"],
            row["zip"],
            row["district"],
            float(row["weight"]),
        )
        for row in _rows("us_places")
    )


@cache
def municipalities() -> tuple[Municipality, ...]:
    """Give all municipalities, those of one state together."""
    return tuple(
        Municipality(row["code"], row["state"], row["municipality"], float(row["weight"]))
        for row in _rows("mx_places")
    )


@cache
def states() -> tuple[str, ...]:
    """Give the codes of the Mexican states in the order of the routes' table."""
    return tuple(row["state"] for row in _rows("routes"))


@cache
def state_names() -> dict[str, str]:
    """Give the Mexican states' short names by code."""
    return {state.code[-2:]: state.name for state in load_states("MX")}


@cache
def route_weights() -> Floats:
    """Give the weight of each Mexican state (columns) for each source (rows)."""
    rows = _rows("routes")
    return np.array([[float(row[source]) for row in rows] for source in SOURCES])


@cache
def town_weights() -> Floats:
    """Give the weight of each town (columns) for each source (rows)."""
    table = np.zeros((len(SOURCES), len(towns())))
    for place, town in enumerate(towns()):
        table[town.source, place] = town.weight
    return table


@cache
def municipality_weights() -> Floats:
    """Give the weight of each municipality (columns) for each state of the routes (rows)."""
    table = np.zeros((len(states()), len(municipalities())))
    for place, each in enumerate(municipalities()):
        table[states().index(each.state), place] = each.weight
    return table


@cache
def groups() -> tuple[Group, ...]:
    """Give all customer groups."""
    return tuple(
        Group(
            row["group"],
            row["name"],
            tuple(row["territory"].split()),
            tuple(row["later"].split()),
        )
        for row in _rows("groups")
    )


@cache
def group_weights(late: bool) -> Floats:
    """Give the weight of each group (columns) in each state of the routes (rows)."""
    table = np.zeros((len(states()), len(groups())))
    for column, group in enumerate(groups()):
        for rank, state in enumerate(group.later if late else group.territory):
            table[states().index(state), column] = 1 / (1 + rank)
    return table


@cache
def port_codes() -> tuple[str, ...]:
    """Give the codes of all ports of entry, in the reference's order."""
    return tuple(port.code for port in load_ports())


@cache
def port_names() -> dict[str, str]:
    """Give the ports' names by code."""
    return {port.code: port.name for port in load_ports()}


def port_choices(source: Ints, state: Ints, rank: Ints) -> Ints:
    """Give the port of rank `rank` for a source and a Mexican state, nearest first."""
    codes = port_codes()
    table = np.empty((len(SOURCES), len(states()), 4), dtype=np.int64)
    for row, name in enumerate(SOURCES):
        for column, code in enumerate(states()):
            choice = _NEAR.get(code) or _BY_SOURCE[name]
            for place in range(4):
                table[row, column, place] = codes.index(choice[place % len(choice)])
    return table[source, state, rank % 4]
