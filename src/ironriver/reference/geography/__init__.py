"""States, municipalities, counties, ports of entry and offices of both countries.

The built tables come from ``tools/build_geography.py``; ports, offices, aliases and the crosswalk
of new municipalities are kept by hand, each row with its source or note.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from ironriver.reference.geography.outlines import BorderMap, Outline, read_outlines

Country = Literal["MX", "US"]

__all__ = [
    "Area",
    "BorderMap",
    "NewMunicipality",
    "Office",
    "Outline",
    "Port",
    "State",
    "area_aliases",
    "border_map",
    "load_areas",
    "load_new_municipalities",
    "load_offices",
    "load_ports",
    "load_states",
    "retired_counties",
    "state_aliases",
]


@dataclass(frozen=True, slots=True)
class State:
    """A state or territory: code (MX-26, US-04), names, and a point inside it, in degrees."""

    code: str
    name: str
    official_name: str
    postal: str | None
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Area:
    """A municipality or county: code (MX-26043, US-04019), and a point inside it, in degrees.

    ``kind`` is what a county calls itself (county, parish, city, …); empty for municipalities.
    """

    code: str
    name: str
    kind: str
    state: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class NewMunicipality:
    """A municipality younger than the shipped outlines, and the one it is shown within."""

    code: str
    name: str
    state: str
    parent: str
    since: int
    note: str


@dataclass(frozen=True, slots=True)
class Port:
    """A land port of entry on the border with Mexico, by BTS code; one point for the port."""

    code: str
    name: str
    state: str
    latitude: float
    longitude: float
    other_names: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Office:
    """A field office or sector of US Customs and Border Protection on that border."""

    name: str
    kind: str
    states: tuple[str, ...]
    seat: str
    latitude: float
    longitude: float
    source: str


@cache
def load_states(country: Country) -> tuple[State, ...]:
    """Give the states of a country, and the territories of the United States, by code.

    >>> [state.name for state in load_states("MX") if state.code == "MX-26"]
    ['Sonora']
    """
    number = "code" if country == "MX" else "fips"
    return tuple(
        State(
            f"{country}-{row[number]}",
            row["name"],
            row.get("official_name", row["name"]),
            row.get("postal"),
            *_point(row),
        )
        for row in _rows(f"{country.lower()}_states.csv")
    )


@cache
def load_areas(country: Country) -> tuple[Area, ...]:
    """Give the municipalities of Mexico, or the counties of the United States, by code.

    >>> next(area.name for area in load_areas("US") if area.code == "US-04019")
    'Pima'
    """
    table, number = {
        "MX": ("mx_municipalities.csv", "code"),
        "US": ("us_counties.csv", "fips"),
    }[country]
    return tuple(
        Area(
            f"{country}-{row[number]}",
            row["name"],
            row.get("kind", ""),
            f"{country}-{row['state']}",
            *_point(row),
        )
        for row in _rows(table)
    )


@cache
def load_new_municipalities() -> tuple[NewMunicipality, ...]:
    """Give the municipalities of Mexico that are younger than the outlines."""
    return tuple(
        NewMunicipality(
            f"MX-{row['code']}",
            row["name"],
            f"MX-{row['code'][:2]}",
            f"MX-{row['parent']}",
            int(row["since"]),
            row["note"],
        )
        for row in _rows("mx_new_municipalities.csv")
    )


@cache
def retired_counties() -> Mapping[str, str]:
    """Map the codes of counties that are no more to those of their successors."""
    rows = _rows("us_retired_counties.csv")
    return {f"US-{row['code']}": f"US-{row['successor']}" for row in rows}


@cache
def load_ports() -> tuple[Port, ...]:
    """Give the land ports of entry on the border of both countries."""
    return tuple(
        Port(
            row["code"],
            row["name"],
            f"US-{row['state']}",
            *_point(row),
            tuple(name for name in row["other_names"].split("|") if name),
            row["source"],
        )
        for row in _rows("ports.csv")
    )


@cache
def load_offices() -> tuple[Office, ...]:
    """Give the field offices and sectors along the border; a point is the seat's city centre."""
    return tuple(
        Office(
            row["name"],
            row["kind"],
            tuple(f"US-{state}" for state in row["states"].split("|")),
            row["seat"],
            *_point(row),
            row["source"],
        )
        for row in _rows("cbp_offices.csv")
    )


@cache
def state_aliases() -> tuple[tuple[str, str], ...]:
    """Give (state code, other name or abbreviation) of both countries."""
    return tuple((row["state"], row["alias"]) for row in _rows("state_aliases.csv"))


@cache
def area_aliases() -> tuple[tuple[str, str], ...]:
    """Give (municipality or county code, name by which people call it or its chief town)."""
    return tuple((row["code"], row["alias"]) for row in _rows("place_aliases.csv"))


@cache
def border_map() -> BorderMap:
    """Give simplified outlines of all states, and a point for every municipality and county.

    A new municipality has the point of the one it is shown within. For display only: a simplified
    outline does not decide in which state a point lies.
    """
    areas = (*load_areas("MX"), *load_areas("US"))
    points = {area.code: (area.longitude, area.latitude) for area in areas}
    points |= {new.code: points[new.parent] for new in load_new_municipalities()}
    text = (resources.files(__name__) / "border_map.json").read_text(encoding="utf-8")
    return read_outlines(text, points)


def _rows(name: str) -> Sequence[Mapping[str, str]]:
    text = (resources.files(__name__) / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _point(row: Mapping[str, str]) -> tuple[float, float]:
    return float(row["latitude"]), float(row["longitude"])
