"""Lots of ammunition: rare and gathered is a finding, common and scattered is none."""

from __future__ import annotations

import datetime as dt
import json

import duckdb
import pyarrow as pa
import pytest

from ironriver.networks.ammunition import ammunition_lots, lots_by_gun
from ironriver.tables import TABLES

STATES = [f"MX-{number:02d}" for number in range(1, 31)]
Row = tuple[str, str, str, int]


def desk(rows: list[Row], guns: tuple[str, ...] = ()) -> duckdb.DuckDBPyConnection:
    """Lay out ammunition (headstamp, lot, state, day), each a case of its own, and guns by case."""
    tables = {
        "sources": [{"source_id": "s", "handling": "LAW_ENFORCEMENT"}],
        "ammunition": [
            {"source_id": "s", "record_id": f"a-{place}", "country": "MX", "headstamp": stamp,
             "calibre": "9x19mm", "lot": lot, "admin1": state, "admin2": f"{state}001",
             "case_number": f"case-{place}", "quantity": 50,
             "event_date": dt.date(2020, 1, 1) + dt.timedelta(days=day)}
            for place, (stamp, lot, state, day) in enumerate(rows)
        ],
        "records": [{"record_id": f"r-{case}", "kind": "recovery", "case_number": case}
                    for case in guns],
        "firearm_members": [{"firearm_id": f"gun-{case}", "record_id": f"r-{case}"}
                            for case in guns],
    }  # fmt: skip
    held = duckdb.connect()
    for name, content in tables.items():
        held.register("_rows", pa.Table.from_pylist(content, schema=TABLES[name].schema))
        held.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _rows')
    return held


COMMON: list[Row] = [
    ("WIN 19", f"LOT-{place % 7}", STATES[place % 30], place) for place in range(120)
]


def test_a_lot_that_gathers_in_one_state_is_flagged() -> None:
    gathered: list[Row] = [("WIN 19", "A1", "MX-26", day) for day in range(0, 50, 10)]
    found = {each.lot: each for each in ammunition_lots(desk(COMMON + gathered))}
    lot = found["A1"]
    assert lot.flagged
    assert (lot.state, lot.there, lot.seizures, lot.places) == ("MX-26", 5, 5, 1)
    assert lot.there_by_chance < 1
    assert lot.places_by_chance > 4
    assert not any(each.flagged for name, each in found.items() if name != "A1")
    assert json.loads(lot.reasons())[0]["field"] == "lot"
    assert lot.handling == "LAW_ENFORCEMENT"
    assert (lot.last_date - lot.first_date).days == 40


def test_a_lot_seen_once_is_no_finding() -> None:
    assert ammunition_lots(desk([("WIN", "B7", "MX-26", 1), ("WIN", "B8", "MX-26", 2)])) == []
    assert ammunition_lots(desk([])) == []


def test_a_lot_is_one_however_it_is_written() -> None:
    (lot,) = ammunition_lots(desk([("WIN 19", "b-7", "MX-26", 1), ("win", "B 7", "MX-02", 9)]))
    assert (lot.headstamp, lot.lot, lot.seizures, lot.places) == ("WIN", "B7", 2, 2)


def test_rows_of_one_case_are_one_seizure() -> None:
    held = desk([("WIN", "B7", "MX-26", 1), ("WIN", "B7", "MX-26", 1)])
    held.execute("UPDATE ammunition SET case_number = 'one'")
    assert ammunition_lots(held) == []


def test_a_rare_lot_ties_guns_more_than_a_common_one() -> None:
    rows = [*COMMON, ("WIN 19", "RARE", "MX-26", 1), ("WIN 19", "RARE", "MX-26", 200)]
    ties = lots_by_gun(desk(rows, guns=("case-0", "case-7", "case-120", "case-121"))).to_pylist()
    rarity = {row["firearm_id"]: row["rarity"] for row in ties}
    assert rarity["gun-case-120"] == rarity["gun-case-121"] > rarity["gun-case-0"] + 2
    assert rarity["gun-case-0"] == pytest.approx(rarity["gun-case-7"])
    assert {row["lot"] for row in ties} == {"WIN 9x19mm LOT0", "WIN 9x19mm RARE"}
