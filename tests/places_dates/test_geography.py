"""The shipped tables: complete, unique, and every point where it can be."""

from __future__ import annotations

from importlib import resources

import pytest
from shapely.geometry import MultiPolygon, Point, Polygon

from ironriver.reference.geography import (
    Country,
    area_aliases,
    border_map,
    load_areas,
    load_new_municipalities,
    load_offices,
    load_ports,
    load_states,
    retired_counties,
    state_aliases,
)
from ironriver.reference.geography.gazetteer import state_index

# South, north, west, east. The United States reach from Samoa to Maine and across 180 degrees.
BOXES: dict[Country, tuple[float, float, float, float]] = {
    "MX": (14.5, 32.8, -118.4, -86.7),
    "US": (-14.6, 71.4, -180.0, 180.0),
}
LOWER_48 = (24.4, 49.4, -124.9, -66.9)
FAR = {"02", "15", "60", "66", "69", "72", "78"}


def inside(latitude: float, longitude: float, box: tuple[float, float, float, float]) -> bool:
    south, north, west, east = box
    return south <= latitude <= north and west <= longitude <= east


@pytest.mark.parametrize(("country", "states", "areas"), [("MX", 32, 2_465), ("US", 56, 3_233)])
def test_tables_are_complete_and_their_codes_unique(
    country: Country, states: int, areas: int
) -> None:
    known = {state.code for state in load_states(country)}
    codes = [area.code for area in load_areas(country)]
    assert len(known) == states
    assert len(codes) == len(set(codes)) == areas
    assert {area.state for area in load_areas(country)} == known
    assert all(area.code.startswith(area.state) and area.name for area in load_areas(country))


@pytest.mark.parametrize("country", ["MX", "US"])
def test_every_point_lies_where_its_country_is(country: Country) -> None:
    for place in (*load_states(country), *load_areas(country)):
        assert inside(place.latitude, place.longitude, BOXES[country])
        if country == "US" and place.code[3:5] not in FAR:
            assert inside(place.latitude, place.longitude, LOWER_48)


def test_aliases_and_crosswalks_speak_of_places_that_exist() -> None:
    areas = {area.code for country in ("MX", "US") for area in load_areas(country)}
    states = {state.code for country in ("MX", "US") for state in load_states(country)}
    assert {code for code, _ in area_aliases()} <= areas
    assert {code for code, _ in state_aliases()} <= states
    assert set(retired_counties().values()) <= areas
    assert not areas.intersection(retired_counties())
    for new in load_new_municipalities():
        assert new.code not in areas
        assert new.parent in areas
        assert new.parent.startswith(new.state)


@pytest.mark.parametrize("country", ["MX", "US"])
def test_no_two_states_share_an_abbreviation(country: Country) -> None:
    index = state_index(country)
    mine = [(code, alias) for code, alias in state_aliases() if code.startswith(country)]
    assert [alias for code, alias in mine if index[_key(alias)] != code] == []


def _key(alias: str) -> str:
    from ironriver.reference.geography.gazetteer import fold

    return fold(alias).replace(" ", "")


def test_ports_are_the_27_of_the_bts_and_lie_on_the_border() -> None:
    ports = load_ports()
    assert len({port.code for port in ports}) == len({port.name for port in ports}) == 27
    outlines = {outline.code: outline for outline in border_map().states}
    mexico = [
        MultiPolygon([Polygon(ring) for ring in outlines[f"MX-{code}"].rings])
        for code in ("02", "05", "08", "19", "26", "28")
    ]
    for port in ports:
        point = Point(port.longitude, port.latitude)
        assert min(state.distance(point) for state in mexico) < 0.06
        assert port.source


def test_offices_have_states_that_exist() -> None:
    states = {state.code for state in load_states("US")}
    assert all(set(office.states) <= states and office.states for office in load_offices())


def test_outlines_cover_every_state_and_hold_its_municipalities() -> None:
    border = border_map()
    states = {state.code for country in ("MX", "US") for state in load_states(country)}
    assert {outline.code for outline in border.states} == states
    for outline in border.states:
        shape = MultiPolygon([Polygon(ring) for ring in outline.rings]).buffer(0.1)
        points = [at for code, at in border.points.items() if code.startswith(outline.code)]
        held = sum(shape.contains(Point(x - 360 if x > 0 else x, y)) for x, y in points)
        # Small islands are left out of the outlines; Hawaii and the territories are islands.
        assert points
        assert held >= 0.97 * len(points) or outline.code[3:] in FAR
        assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in outline.rings)


def test_a_new_municipality_is_drawn_at_the_one_it_is_shown_within() -> None:
    points = border_map().points
    for new in load_new_municipalities():
        assert points[new.code] == points[new.parent]


def test_the_map_names_its_sources_and_stays_small() -> None:
    border = border_map()
    assert "INEGI, Marco Geoestadístico" in border.attribution
    assert "US Census Bureau, cartographic boundary files 2016" in border.attribution
    assert border.provenance
    file = resources.files("ironriver.reference.geography") / "border_map.json"
    assert len(file.read_bytes()) < 900_000
