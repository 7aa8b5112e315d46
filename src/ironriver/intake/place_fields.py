"""Where a row's event, licensee or seller stands: fields of places and licences, read together."""

from __future__ import annotations

from ironriver.intake.layout import fold
from ironriver.intake.parsers import licences, places
from ironriver.intake.parsers.reading import Reading, Texts, Value

_MEXICO = {"MX", "MEX", "MEXICO", "ESTADOS UNIDOS MEXICANOS"}


def place(country: str, texts: Texts) -> Reading:
    """Read state, county, municipality, city, place and country of a row, either side."""
    state, county, municipality, city, place, row_country = texts
    if row_country is not None:
        country = "MX" if fold(row_country).upper() in _MEXICO else "US"
    if country == "MX":
        reading = places.read_mexico(state, municipality or county or city)
    else:
        reading = places.read_us(state, county, city or municipality)
    if place is not None:
        return Reading({**reading.values, "place": place}, reading.repairs, reading.problem)
    return reading


def office(texts: Texts) -> Reading:
    """Read the office or sector that made a seizure."""
    return places.read_office(texts[0]) if texts[0] else Reading()


def port(texts: Texts) -> Reading:
    """Read the port of entry that a row names; `unknown` where it names none."""
    return places.read_port(texts[0]) if texts[0] else Reading({"crossing": "unknown"})


def licence(texts: Texts) -> Reading:
    """Read a licence number, whole or in its six parts."""
    if texts[0] is not None:
        return _licence_columns(licences.read(texts[0]))
    return _licence_columns(licences.read("-".join(part or "" for part in texts[1:])))


def _licence_columns(reading: Reading) -> Reading:
    names = {"licence_type": "type", "licence_expiry": "expiry"}
    values = {names.get(name, name): value for name, value in reading.values.items()}
    return Reading(values, reading.repairs, reading.problem)


def licence_place(texts: Texts) -> Reading:
    """Read where a licensee stands: state, the local county code of its number, city, county."""
    state, local_county, city, county = texts
    reading = places.read_us(state, county, city)
    values: dict[str, Value] = dict(reading.values)
    admin1 = values.get("admin1")
    if local_county is not None and isinstance(admin1, str):
        code = places.us_county_code(admin1, local_county)
        values["admin2"] = code or values.get("admin2")
    return Reading({**values, "place": city}, reading.repairs, reading.problem)


def source_place(texts: Texts) -> Reading:
    """Read state and county of the last known licensee."""
    values = places.read_us(texts[0], texts[1], texts[2]).values
    return Reading({"source_admin1": values.get("admin1"), "source_admin2": values.get("admin2")})
