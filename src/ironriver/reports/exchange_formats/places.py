"""Points for the codes of states, counties and municipalities, and for ports of entry."""

from __future__ import annotations

from functools import cache

from ironriver.reference.geography import load_areas, load_ports, load_states

Point = tuple[float, float]
"""Longitude and latitude, in degrees, to five places (about a metre)."""


def point(longitude: float, latitude: float) -> Point:
    """Give a point as files hold it.

    >>> point(-110.123456789, 29)
    (-110.12346, 29.0)
    """
    return round(float(longitude), 5), round(float(latitude), 5)


@cache
def _areas() -> dict[str, Point]:
    states = (*load_states("MX"), *load_states("US"))
    areas = (*load_areas("MX"), *load_areas("US"))
    return {each.code: point(each.longitude, each.latitude) for each in states} | {
        each.code: point(each.longitude, each.latitude) for each in areas
    }


@cache
def _ports() -> dict[str, Point]:
    return {each.name: point(each.longitude, each.latitude) for each in load_ports()}


def area(*codes: str | None) -> Point | None:
    """Give a point inside the first of these areas that is known.

    >>> area("MX-26999", "MX-26") == area("MX-26")
    True
    """
    return next((_areas()[code] for code in codes if code in _areas()), None)


def port(name: str | None) -> Point | None:
    """Give the point of a port of entry by its name; null for `unknown` and for other names.

    >>> port("unknown") is None
    True
    """
    return _ports().get(name or "")
