"""Standard tables of how guns moved: shares with intervals, routes by period, lots."""

from __future__ import annotations

import datetime as dt
import json

import duckdb
import pyarrow as pa
import pytest

from desk import Desk
from ironriver.governance.release import Access
from ironriver.networks import ROUTE_READS
from ironriver.networks.channels import CHANNELS
from ironriver.reports.standard.movement import BUILDERS, channel_shares, lots, route_changes
from ironriver.tables import TABLES

DAY = dt.date(2025, 1, 1)
Rows = dict[str, list[dict[str, object]]]


def held(rows: Rows) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in ("gun_channels", "routes", "ammunition", *ROUTE_READS):
        table = pa.Table.from_pylist(rows.get(name, []), schema=TABLES[name].schema)
        connection.register("_rows", table)
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _rows')
    return connection


def guns(number: int, channel: str, handling: str, sure: float = 0.9) -> list[dict[str, object]]:
    rest = [name for name in CHANNELS if name != channel]
    said = [{"channel": channel, "probability": sure}]
    said += [{"channel": name, "probability": (1 - sure) / len(rest)} for name in rest]
    return [
        {"firearm_id": f"gun-{channel}-{place}", "channel": channel, "channels": json.dumps(said),
         "handling": handling}
        for place in range(number)
    ]  # fmt: skip


def route(source: str, period: str, firearms: int, handling: str) -> dict[str, object]:
    return {
        "route_id": f"{source}-{period}", "source_admin1": source[:5], "source_admin2": source,
        "recovery_admin1": "MX-26", "recovery_admin2": "MX-26043", "crossing": "unknown",
        "period": period, "firearms": firearms, "expected": 5.0, "ratio": 2.0, "low": 1.1,
        "high": 3.0, "flagged": True, "handling": handling,
    }  # fmt: skip


@pytest.fixture
def access(desk: Desk) -> Access:
    return desk.access


def test_shares_of_channels_come_with_intervals(access: Access) -> None:
    rows = guns(9000, "straw_purchase", "SYNTHETIC") + guns(3000, "forces_loss", "SYNTHETIC")
    sheet = channel_shares(held({"gun_channels": rows}), access, DAY)
    told = {row[0]: row[1:] for row in sheet.rows}
    assert set(told) == set(CHANNELS)
    for share, low, high in told.values():
        assert 0 <= float(str(low)) <= float(str(share)) <= float(str(high)) <= 1
    assert float(str(told["straw_purchase"][0])) > 2 * float(str(told["forces_loss"][0])) > 0.1
    assert sum(float(str(share)) for share, *_ in told.values()) == pytest.approx(1, abs=0.01)


def test_a_share_that_rests_on_few_restricted_guns_is_hidden(access: Access) -> None:
    few = guns(60, "straw_purchase", "LAW_ENFORCEMENT", sure=0.995)
    sheet = channel_shares(held({"gun_channels": few}), access, DAY)
    told = {row[0]: row[1] for row in sheet.rows}
    assert told["straw_purchase"] is not None
    assert told["home_made"] is None
    assert sheet.withheld > 0


def test_a_small_period_of_a_restricted_route_is_hidden_with_its_cover(access: Access) -> None:
    rows = [route("US-04019", "2017-2019", 40, "TRACE_RESTRICTED"),
            route("US-04019", "2020-2022", 3, "TRACE_RESTRICTED"),
            route("US-48201", "2017-2019", 50, "TRACE_RESTRICTED"),
            route("US-48201", "2020-2022", 60, "TRACE_RESTRICTED")]  # fmt: skip
    sheet = route_changes(held({"routes": rows}), access, DAY)
    guns_of = {(row[0], row[3]): row[4:] for row in sheet.rows}
    assert set(guns_of["US-04019", "2020-2022"]) == {None}
    # Its neighbour is hidden too, for the total of the route would give it away.
    assert guns_of["US-04019", "2017-2019"][0] is None
    assert sheet.withheld >= 2


def test_synthetic_routes_pass_as_they_are(access: Access) -> None:
    sheet = route_changes(held({"routes": [route("US-04019", "2017-2019", 3, "SYNTHETIC")]}),
                          access, DAY)  # fmt: skip
    ((sold, found, crossing, period, number, *_, out),) = sheet.rows
    assert (sold, found, crossing, period, number, out) == (
        "US-04019", "MX-26043", "unknown", "2017-2019", 3, "yes",
    )  # fmt: skip


def test_lots_are_listed_beside_chance_and_few_are_hidden(access: Access) -> None:
    def seized(handling: str) -> Rows:
        return {
            "sources": [{"source_id": "s", "handling": handling}],
            "ammunition": [
                {"source_id": "s", "record_id": f"a-{place}", "country": "MX", "headstamp": "WIN",
                 "calibre": "9x19mm", "lot": "A7", "admin1": f"MX-0{place + 1}",
                 "case_number": f"c-{place}", "event_date": dt.date(2020, 1 + place, 1)}
                for place in range(3)
            ],
        }  # fmt: skip

    open_, closed = (lots(held(seized(h)), access, DAY) for h in ("SYNTHETIC", "LAW_ENFORCEMENT"))
    assert [row[:5] for row in open_.rows] == [("WIN", "9x19mm", "A7", 3, 3)]
    assert (closed.rows, closed.withheld) == ((), 1)


@pytest.mark.parametrize("name", BUILDERS)
def test_an_empty_workspace_gives_an_empty_table(name: str, access: Access) -> None:
    sheet = BUILDERS[name](held({}), access, DAY)
    assert sheet.name == name
    assert sheet.withheld == 0
