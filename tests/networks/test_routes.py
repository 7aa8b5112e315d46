"""Routes: each gun once, only crossings that a record names, and rows that say why."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from ironriver.networks import ROUTE_READS as READS
from ironriver.networks.route_places import place_points
from ironriver.networks.routes import period_names, read_guns, routes, routes_of
from ironriver.tables import TABLES


class Rows:
    """Rows of the tables that routes read; what is not said is null."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in READS}

    def put(self, name: str, **values: object) -> None:
        """Add a row."""
        self.tables[name].append(values)

    def gun(
        self, name: str, county: str, town: str, day: dt.date, crossing: str = "unknown"
    ) -> None:
        """Add a gun sold in a county, by an answer, and recovered in a municipality."""
        self.put("records", record_id=f"r-{name}", kind="recovery", country="MX", admin1=town[:5],
                 admin2=town, event_date=day, crossing=crossing)  # fmt: skip
        self.put("trace_results", record_id=f"a-{name}", source_admin1=county[:5],
                 source_admin2=county, purchase_date=dt.date(2015, 1, 1))  # fmt: skip
        for record in (f"r-{name}", f"a-{name}"):
            self.put("firearm_members", firearm_id=name, record_id=record, probability=0.99,
                     handling="TRACE_RESTRICTED")  # fmt: skip
        self.put("traces", trace_id=f"t-{name}", recovery_record_id=f"r-{name}", firearm_id=name,
                 probability=0.9, record_ids=json.dumps([f"a-{name}", f"r-{name}"]),
                 handling="TRACE_RESTRICTED")  # fmt: skip

    def connection(self) -> duckdb.DuckDBPyConnection:
        """Lay the tables out."""
        held = duckdb.connect()
        for name, rows in self.tables.items():
            held.register("_rows", pa.Table.from_pylist(rows, schema=TABLES[name].schema))
            held.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _rows')
        return held


PIMA, HARRIS = "US-04019", "US-48201"
NOGALES, HERMOSILLO, REYNOSA = "MX-26043", "MX-26030", "MX-28032"


def found(rows: Rows) -> list[dict[str, Any]]:
    return list(routes(rows.connection())["routes"].to_pylist())


@pytest.fixture
def usual() -> Rows:
    rows = Rows()
    for number in range(12):
        day = dt.date(2020, 1, 1) + dt.timedelta(days=40 * number)
        rows.gun(f"south-{number}", PIMA, HERMOSILLO if number % 3 else NOGALES, day)
        rows.gun(f"east-{number}", HARRIS, REYNOSA, day)
    rows.gun("far", HARRIS, NOGALES, dt.date(2021, 6, 1))
    return rows


def test_every_gun_counts_once_and_expectations_add_up(usual: Rows) -> None:
    # A second recovery and a second answer of one gun are no second gun.
    usual.put("records", record_id="again", kind="recovery", country="MX", admin1="MX-26",
              admin2=NOGALES, event_date=dt.date(2022, 1, 1), crossing="unknown")  # fmt: skip
    usual.put("firearm_members", firearm_id="far", record_id="again", probability=0.9)
    usual.put("traces", trace_id="t-again", recovery_record_id="again", firearm_id="far",
              probability=0.5, record_ids="[]", handling="TRACE_RESTRICTED")  # fmt: skip
    made = found(usual)
    assert sum(row["firearms"] for row in made) == 25
    assert len({row["route_id"] for row in made}) == len(made)


def test_a_row_tells_its_interval_its_reasons_and_its_records(usual: Rows) -> None:
    for row in found(usual):
        assert 0 < row["low"] <= row["ratio"] <= row["high"]
        assert row["expected"] > 0
        assert row["handling"] == "TRACE_RESTRICTED"
        assert len(json.loads(row["record_ids"])) == 2 * row["firearms"]
        assert {each["field"] for each in json.loads(row["reasons"])} >= {"expected", "crossing"}
        assert 1 <= row["seizures"] <= row["firearms"]


def test_no_flow_is_drawn_through_a_crossing_that_no_record_names(usual: Rows) -> None:
    assert {row["crossing"] for row in found(usual)} == {"unknown"}
    usual.gun("named", PIMA, NOGALES, dt.date(2020, 5, 1), crossing="Nogales")
    made = found(usual)
    (through,) = [row for row in made if row["crossing"] != "unknown"]
    assert (through["crossing"], through["firearms"]) == ("Nogales", 1)
    assert json.loads(through["record_ids"]) == ["a-named", "r-named"]


def test_a_gun_stopped_on_its_way_ends_at_the_crossing(usual: Rows) -> None:
    usual.put("records", record_id="stop", kind="crossing_seizure", direction="outbound",
              event_date=dt.date(2020, 3, 1), crossing="Laredo", country="US")  # fmt: skip
    usual.put("records", record_id="sale", kind="purchase", event_date=dt.date(2020, 2, 1))
    for record in ("stop", "sale"):
        usual.put("firearm_members", firearm_id="stopped", record_id=record, probability=0.9,
                  handling="LAW_ENFORCEMENT")  # fmt: skip
    usual.put("parties", party_id="p", record_id="sale", role="seller")
    usual.put("entity_members", entity_id="lic-1", party_id="p", probability=0.9)
    usual.put("entities", entity_id="lic-1", kind="licensee", licence_key="5-74-00001")
    usual.put("licences", licence_key="5-74-00001", admin1="US-48", admin2=HARRIS)
    (row,) = [each for each in found(usual) if each["crossing"] == "Laredo"]
    assert row["recovery_admin1"] is None
    assert row["recovery_admin2"] is None
    assert (row["source_admin2"], row["handling"]) == (HARRIS, "LAW_ENFORCEMENT")


def test_the_first_period_has_no_change_and_a_later_one_has(usual: Rows) -> None:
    for number in range(12):
        usual.gun(f"late-{number}", HARRIS, NOGALES, dt.date(2024, 1, 1) + dt.timedelta(number))
    made = found(usual)
    periods = sorted({row["period"] for row in made})
    assert all(row["change"] is None for row in made if row["period"] == periods[0])
    (late,) = [
        row for row in made
        if (row["source_admin2"], row["recovery_admin2"], row["period"])
        == (HARRIS, NOGALES, periods[-1])
    ]  # fmt: skip
    assert late["change_low"] < late["change"] < late["change_high"]
    assert late["change"] > 0


def test_where_only_a_state_is_known_the_state_stands_for_the_county(usual: Rows) -> None:
    usual.gun("vague", PIMA, NOGALES, dt.date(2020, 8, 1))
    usual.tables["trace_results"][-1]["source_admin2"] = None
    (row,) = [each for each in found(usual) if each["source_admin2"] is None]
    assert row["source_admin1"] == "US-04"
    assert sum(each["firearms"] for each in found(usual)) == 26


def test_routes_between_states_count_the_same_guns(usual: Rows) -> None:
    guns = read_guns(usual.connection())
    states = routes_of(guns, by_state=True).to_pylist()
    assert sum(row["firearms"] for row in states) == len(guns) == 25
    assert {row["recovery_admin2"] for row in states} == {row["source_admin2"] for row in states}
    assert len(states) < len(found(usual))


def test_without_guns_there_are_no_routes() -> None:
    assert found(Rows()) == []
    assert read_guns(Rows().connection()) == []


def test_running_again_gives_the_same_rows(usual: Rows) -> None:
    assert found(usual) == found(usual)


def test_periods_are_whole_and_end_with_the_last_year() -> None:
    names = period_names([2016, 2019, 2020, 2025])
    assert names == {2016: "2014-2016", 2019: "2017-2019", 2020: "2020-2022", 2025: "2023-2025"}
    assert period_names([]) == {}


def test_every_place_has_a_point_even_one_that_no_list_knows() -> None:
    points = place_points([NOGALES, "MX-26999", "US-04", "MX-99999", "Nogales", "Nowhere"])
    assert points.shape == (6, 2)
    assert abs(points[0] - points[4]).max() < 0.6
