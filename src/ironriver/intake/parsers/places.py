"""Read states, municipalities, counties, ports of entry and offices into codes.

A name that is known gives its code. A near miss is only suggested; a name that two places of a
state share decides nothing and is suggested for each. Unknown places are no problem: the text is
kept in ``place``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from ironriver.intake.parsers.blanks import is_blank
from ironriver.intake.parsers.reading import Reading, Repair, Value
from ironriver.reference.geography import (
    Country,
    load_offices,
    load_ports,
    load_states,
    retired_counties,
)
from ironriver.reference.geography import gazetteer as gaz

_MOST_SUGGESTED = 3
_ABROAD = {"canada": "CA", "mexico": "MX", "guatemala": "GT", "belize": "BZ", "belice": "BZ"}
_TOTALS = frozenset({"total", "totals", "totales", "grand total", "all", "all states"})
_ONE_COUNTY = {"US-11": "US-11001", "US-66": "US-66010"}
_PORT_NOISE = re.compile(
    r"\b(?:land )?port of entry\b|\bpoe\b|\bport of\b|\bport\b|\bpuerto de entrada\b"
    r"|\bgarita(?: de)?\b|\bcrossing\b|\bcruce(?: fronterizo)?(?: de)?\b|\baduana de\b"
    r"|\bpuente internacional\b"
    r"|\binternational bridge\b|\bbridge\b|\bpuente\b"
)
_PORT_STATE = re.compile(r" (?:tx|texas|az|arizona|ca|california|nm|new mexico)$")


def read_mexico(state: str | None, municipality: str | None) -> Reading:
    """Read a Mexican state and municipality into INEGI codes.

    Without a state a municipality is known only if no other in the country bears its name, or if
    its text names the state ("Nogales, Son.").

    >>> [read_mexico(*t).values["admin2"] for t in (("Son.", "Cajeme"), (None, "Tijuana"))]
    ['MX-26018', 'MX-02004']
    """
    state, municipality = _text(state), _text(municipality)
    repairs: list[Repair] = []
    admin1 = gaz.find_state("MX", state) if state else None
    if state and admin1 is None:
        repairs += _suggest("admin1", state, gaz.near_states("MX", state))
    name, admin1 = _split_state(municipality, admin1) if municipality else (None, admin1)
    admin2 = None
    if name and (admin1 or not state):
        admin2, more = _area("MX", admin1, name)
        if admin2 is None and (parts := gaz.split_state(name, admin1)):
            admin2 = _area("MX", parts[1], parts[0])[0]
        repairs += () if admin2 else more
    if admin2 is None and admin1 is None and name and not state:
        admin1 = gaz.find_state("MX", name)
    if admin1 is None and admin2 is not None:
        admin1 = admin2[:5]
    return Reading(_values("MX", admin1, admin2, municipality), tuple(repairs))


def read_us(state: str | None, county: str | None = None, city: str | None = None) -> Reading:
    """Read a US state or territory and county into FIPS codes; the city stays as received.

    Neighbour countries that stand in a column of states (CANADA) give their country and no state.

    >>> read_us("AZ", "Pima County", "TUCSON").values["admin2"]
    'US-04019'
    """
    county, city = _text(county), _text(city)
    # ND and SD are states; n/d and s/d say that there is none.
    state = state.strip() if state and state.strip().isalpha() else _text(state)
    if state is None:
        return Reading(_values("US", None, None, city))
    admin1 = gaz.find_state("US", state)
    if admin1 is None and is_blank(state):
        return Reading(_values("US", None, None, city))
    if admin1 is None:
        key = gaz.fold(state)
        country = None if key in _TOTALS else _ABROAD.get(key, "US")
        near = gaz.near_states("US", state) if country == "US" else []
        place = city or (state if country != "US" and country is not None else None)
        return Reading(_values(country, None, None, place), _suggest("admin1", state, near))
    admin2, repairs = _area("US", admin1, county) if county else (None, ())
    return Reading(_values("US", admin1, admin2 or _ONE_COUNTY.get(admin1), city), repairs)


def us_county_code(admin1: str, local: str) -> str | None:
    """Give the county code of a state (US-12) and the county's own three digits, if there is one.

    >>> us_county_code("US-04", "19"), us_county_code("US-04", "999")
    ('US-04019', None)
    """
    code = f"{admin1}{local.strip().zfill(3)}"
    code = retired_counties().get(code, code)
    return code if admin1.startswith("US-") and code in gaz.area_codes() else None


def read_port(text: str) -> Reading:
    """Read a port of entry on the border of both countries into ``crossing``, by its BTS name.

    A bridge or a Mexican side stands for the port it belongs to. A port that is not on the list
    keeps its text; an empty one is ``unknown``.

    >>> [read_port(t).values["crossing"] for t in ("2604", "Nogales POE, AZ", "Ysleta")]
    ['Nogales', 'Nogales', 'El Paso']
    """
    if is_blank(text):
        return Reading({"crossing": "unknown"})
    keys = [gaz.fold(text)]
    keys.append(_PORT_STATE.sub("", keys[0]))
    keys.append(" ".join(_PORT_NOISE.sub(" ", keys[1]).split()))
    keys.append(_PORT_STATE.sub("", keys[2]))
    digits = re.match(r"\s*(\d{4})\b", text)
    names = _ports()
    found = names.get(digits[1]) if digits else None
    found = found or next((names[key] for key in keys if key in names), None)
    return Reading({"crossing": found or text.strip()})


def read_office(text: str) -> Reading:
    """Read a CBP field office or sector along the border.

    ``admin1`` is given only where its area lies in one state; the point is its seat's.

    >>> read_office("Tucson Field Office").values["admin1"]
    'US-04'
    """
    offices = {gaz.fold(office.name): office for office in load_offices()}
    office = offices.get(gaz.fold(text))
    if office is None:
        return Reading({"place": text.strip() or None})
    admin1 = office.states[0] if len(office.states) == 1 else None
    return Reading(
        {
            "country": "US",
            "admin1": admin1,
            "place": text.strip(),
            "latitude": office.latitude,
            "longitude": office.longitude,
        }
    )


def _area(country: Country, admin1: str | None, name: str) -> tuple[str | None, tuple[Repair, ...]]:
    """Give the code that a name means, or else what it may mean."""
    coded = _coded(country, admin1, name)
    if coded is not None:
        return coded, ()
    codes = gaz.find_area(country, admin1, name)
    if len(codes) == 1:
        return next(iter(codes)), ()
    if codes:
        if len(codes) > _MOST_SUGGESTED:
            return None, ()
        shared = [gaz.Near(code, 1 / len(codes)) for code in sorted(codes)]
        return None, _suggest("admin2", name, shared, "shared_name")
    near = gaz.near_areas(country, admin1, name) if admin1 else []
    return None, _suggest("admin2", name, near)


def _coded(country: Country, admin1: str | None, name: str) -> str | None:
    """Read a code in digits: five of them, or the last three where the state is known."""
    digits = name.removeprefix(f"{country}-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    code = f"{country}-{digits.zfill(5)}" if len(digits) > 3 else f"{admin1}{digits.zfill(3)}"
    return code if code in gaz.area_codes() and code.startswith(admin1 or country) else None


def _split_state(text: str, admin1: str | None) -> tuple[str | None, str | None]:
    """Split "Nogales, Son." into town and state; a state that contradicts `admin1` leaves none."""
    parts = [part.strip() for part in re.split(r"[,()]", text) if part.strip()]
    if len(parts) > 1 and gaz.fold(parts[-1]) in {"mexico", "mex", "mx"} and len(parts) > 2:
        parts.pop()
    if len(parts) != 2:
        return text, admin1
    named = gaz.find_state("MX", parts[1])
    if named is None:
        return text, admin1
    if admin1 is not None and admin1 != named:
        return None, admin1
    return parts[0], named


def _suggest(
    field: str, text: str, near: Iterable[gaz.Near], rule: str = "near_name"
) -> tuple[Repair, ...]:
    return tuple(
        Repair(field, text, found.code, rule, found.probability)
        for found in list(near)[:_MOST_SUGGESTED]
    )


def _values(
    country: str | None, admin1: str | None, admin2: str | None, place: str | None
) -> Mapping[str, Value]:
    area = gaz.area(admin2) if admin2 else None
    return {
        "country": country,
        "admin1": admin1,
        "admin2": admin2,
        "place": place,
        "latitude": area.latitude if area else None,
        "longitude": area.longitude if area else None,
    }


def _text(text: str | None) -> str | None:
    """Give a text without edges, None for one that says nothing."""
    return None if text is None or is_blank(text) else text.strip()


@cache
def _ports() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for port in load_ports():
        for name in (port.code, port.name, *port.other_names):
            names[gaz.fold(name)] = port.name
    states = {state.code: state for state in load_states("US")}
    for port in load_ports():
        state = states[port.state]
        names[gaz.fold(f"{port.name} {state.name}")] = port.name
    return names
