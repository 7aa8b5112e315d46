"""geojson and shapely read GeoJSON back, lxml KML; no flow is drawn where none is known."""

from __future__ import annotations

import json
from collections import Counter

import geojson
import pyarrow as pa
from exchange_world import Written
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from shapely.geometry import shape

from ironriver.reference.geography import load_areas, load_ports
from ironriver.reports.exchange_formats import places
from ironriver.reports.exchange_formats.features import Feature, features, unplaced
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.geojson import write as write_geojson
from ironriver.reports.exchange_formats.kml import write as write_kml
from ironriver.tables import ROUTES

KML = "{http://www.opengis.net/kml/2.2}"
# The order in which OGC 07-147r2 has the children of a Placemark, as far as we use them.
ORDER = ("name", "TimeStamp", "styleUrl", "ExtendedData", "Point", "LineString")
PORTS = {port.name: port for port in load_ports()}


def drawn(written: Written) -> list[dict[str, object]]:
    read = geojson.loads(written("geojson"))
    assert read.is_valid, read.errors()
    return list(read["features"])


def test_geojson_and_shapely_read_every_feature(written: Written, findings: Findings) -> None:
    read = drawn(written)
    kinds = Counter(str(one["properties"]["kind"]) for one in read)  # type: ignore[index]
    recoveries = [row for row in findings.rows("records") if row["kind"] == "recovery"]
    assert kinds["recovery"] == len(recoveries) > 100
    assert kinds["route"] == findings.tables["routes"].num_rows > 5
    assert kinds["source_county"] > 3
    assert kinds["chain"] > 3
    assert set(kinds) == {"recovery", "crossing_seizure", "source_county", "route", "chain"}
    for one in read:
        geometry = shape(one["geometry"])
        assert geometry.is_valid
        west, south, east, north = geometry.bounds
        assert -180 <= west <= east <= -60  # the border's two countries
        assert 10 <= south <= north <= 72


def test_every_feature_says_its_records_or_that_it_is_a_count(written: Written) -> None:
    for one in drawn(written):
        told = one["properties"]
        assert isinstance(told, dict)
        assert told.get("record_ids") or told["kind"] == "source_county"
        assert told.get("handling") or told["kind"] == "source_county"


def test_counties_of_sale_add_up_to_the_guns_of_the_routes(
    written: Written, findings: Findings
) -> None:
    counts = [
        one["properties"]["firearms"]  # type: ignore[index]
        for one in drawn(written)
        if one["properties"]["kind"] == "source_county"  # type: ignore[index]
    ]
    assert sum(counts) == sum(row["firearms"] for row in findings.rows("routes"))


def test_lxml_reads_the_same_features_in_kml(written: Written) -> None:
    document = etree.fromstring(written("kml"), etree.XMLParser(resolve_entities=False))
    assert document.tag == f"{KML}kml"
    marks = list(document.iter(f"{KML}Placemark"))
    wanted = drawn(written)
    assert len(marks) == len(wanted) > 200
    styles = {f"#{style.get('id')}" for style in document.iter(f"{KML}Style")}
    for mark, one in zip(marks, wanted, strict=True):
        names = [etree.QName(child).localname for child in mark]
        assert names == [name for name in ORDER if name in names]
        assert mark.findtext(f"{KML}styleUrl") in styles
        data = {each.get("name"): each.findtext(f"{KML}value") for each in mark.iter(f"{KML}Data")}
        assert data["id"] == one["id"]
        text = mark.findtext(f".//{KML}coordinates") or ""
        at = [[float(number) for number in each.split(",")] for each in text.split()]
        held = one["geometry"]["coordinates"]  # type: ignore[index]
        assert at == (held if len(at) > 1 else [held])


def test_a_gun_stopped_at_a_port_stands_at_the_port_that_its_record_names(
    written: Written,
) -> None:
    stopped = [
        one
        for one in drawn(written)
        if one["properties"]["kind"] == "crossing_seizure"  # type: ignore[index]
        and one["properties"]["crossing"] in PORTS  # type: ignore[index]
        and one["properties"]["place_from"] != "record"  # type: ignore[index]
    ]
    assert stopped
    for one in stopped:
        assert one["properties"]["place_from"] == "port of entry"  # type: ignore[index]
        at = tuple(one["geometry"]["coordinates"])  # type: ignore[index]
        assert at == places.port(one["properties"]["crossing"])  # type: ignore[index]


def test_the_date_of_a_recovery_is_a_time_stamp_in_kml(written: Written) -> None:
    document = etree.fromstring(written("kml"))
    dates = [one.text for one in document.iter(f"{KML}when")]
    dated = [one for one in drawn(written) if one["properties"].get("date")]  # type: ignore[attr-defined]
    assert dates == [one["properties"]["date"] for one in dated]  # type: ignore[index]
    assert dates


AREAS = {country: [area.code for area in load_areas(country)] for country in ("MX", "US")}  # type: ignore[arg-type]


def routed(source: str, recovery: str | None, crossing: str) -> list[Feature]:
    row = dict.fromkeys(ROUTES.names) | {
        "route_id": "route-1",
        "source_admin1": source[:5],
        "source_admin2": source,
        "recovery_admin1": recovery and recovery[:5],
        "recovery_admin2": recovery,
        "crossing": crossing,
        "record_ids": '["a-1"]',
        "reasons": "[]",
        "handling": "SYNTHETIC",
    }
    table = pa.Table.from_pylist([row], ROUTES.schema)
    return list(features(Findings({"routes": table}, (), {}), {}))


@given(
    st.sampled_from(AREAS["US"]),
    st.sampled_from(AREAS["MX"]),
    st.sampled_from([*PORTS, "unknown", "the old ford", ""]),
)
def test_a_route_goes_through_a_crossing_only_if_a_record_names_it(
    source: str, recovery: str, crossing: str
) -> None:
    (one,) = routed(source, recovery, crossing)
    ends = [places.area(source), places.area(recovery)]
    if crossing in PORTS:
        assert list(one.positions) == [ends[0], places.port(crossing), ends[1]]
        assert one.properties["way"] == crossing
    else:
        assert list(one.positions) == ends
        assert one.properties["way"] == "not recorded"


def test_a_gun_stopped_at_a_crossing_ends_there_and_half_a_flow_is_not_drawn() -> None:
    (one,) = routed("US-04019", None, "Nogales")
    assert one.positions == (places.area("US-04019"), places.port("Nogales"))
    assert routed("US-04019", None, "unknown") == []
    assert routed("US-99", "MX-26043", "Nogales") == []


def test_what_has_no_known_place_is_counted(findings: Findings, written: Written) -> None:
    assert json.loads(written("geojson"))["unplaced"] == 0
    told = {"county of nowhere": 12, "US-04019": 30}
    some = Findings({}, (), {})
    assert [one.label for one in features(some, told)] == ["US-04019"]
    assert unplaced(some, told) == 1
    assert b'"unplaced": 1}' in b"".join(write_geojson(some, told))
    assert b"<description>unplaced: 1<" in b"".join(write_kml(some, told))


def test_no_line_of_the_world_leaves_the_places_that_its_records_name(
    written: Written, findings: Findings
) -> None:
    ports = {places.port(name): name for name in PORTS}
    crossings = {row["record_id"]: row["crossing"] for row in findings.rows("records")}
    for one in drawn(written):
        kind = one["properties"]["kind"]  # type: ignore[index]
        if kind not in ("route", "chain"):
            continue
        named = {crossings.get(record) for record in one["properties"]["record_ids"]}  # type: ignore[index]
        for at in one["geometry"]["coordinates"][1:-1]:  # type: ignore[index]
            assert tuple(at) not in ports or ports[tuple(at)] in named


def test_a_network_has_its_own_chains_and_no_counts_of_others(
    written: Written, findings: Findings
) -> None:
    network = max(findings.rows("networks"), key=lambda row: row["firearms"])["network_id"]
    read = json.loads(written("geojson", network))["features"]
    kinds = {one["properties"]["kind"] for one in read}
    assert kinds <= {"recovery", "crossing_seizure", "chain"}
    guns = {
        row["member_id"] for row in findings.rows("network_members") if row["network_id"] == network
    }
    assert {one["properties"]["firearm_id"] for one in read} <= guns
