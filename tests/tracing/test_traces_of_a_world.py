"""Traces of a world: one for every recovery, each hop with its record, as known on any day."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from traced_world import Traced

from ironriver import engine
from ironriver.errors import RefusedError
from ironriver.governance.access import Access
from ironriver.governance.roles import Role
from ironriver.reports import standard
from ironriver.reports.explain_trace import explain_trace
from ironriver.reports.standard.build import build
from ironriver.reports.standard.licensees import shrunken
from ironriver.reports.standard.writing import written
from ironriver.tables import TABLES, Handling, Outcome
from ironriver.tracing import READS
from ironriver.tracing.history import history
from ironriver.tracing.stage import trace


def asked(traced: Traced, sql: str, as_of: dt.date | None = None) -> list[dict[str, Any]]:
    with engine.connect(traced.workspace, None, as_of) as connection:
        return list(engine.query(connection, sql).to_pylist())


@pytest.fixture(scope="module")
def rows(traced: Traced) -> list[dict[str, Any]]:
    return asked(traced, "SELECT * FROM traces ORDER BY trace_id")


def test_every_recovery_has_one_trace(traced: Traced, rows: list[dict[str, Any]]) -> None:
    recoveries = asked(traced, "SELECT record_id FROM records WHERE kind = 'recovery'")
    assert sorted(row["recovery_record_id"] for row in rows) == sorted(
        row["record_id"] for row in recoveries
    )


def test_no_chain_has_a_hop_that_no_record_of_the_gun_holds(
    traced: Traced, rows: list[dict[str, Any]]
) -> None:
    members = asked(traced, "SELECT firearm_id, record_id FROM firearm_members")
    of_gun: dict[str, set[str]] = {}
    for row in members:
        of_gun.setdefault(row["firearm_id"], set()).add(row["record_id"])
    hops = 0
    for row in rows:
        for hop in json.loads(row["chain"]):
            hops += 1
            assert hop["record_ids"]
            assert set(hop["record_ids"]) <= of_gun[row["firearm_id"]]
        assert set(json.loads(row["record_ids"])) == of_gun[row["firearm_id"]]
    assert hops > len(rows)


def test_every_trace_states_codes_a_probability_and_reasons(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert Outcome(row["outcome"])
        assert 0.0 <= row["probability"] <= 1.0
        odds = [reason["log_odds"] for reason in json.loads(row["reasons"]) if "log_odds" in reason]
        assert odds
        assert odds == sorted(odds)
        assert row["basis"] in ("answer", "records", "expected")


def test_an_answer_that_names_a_purchaser_is_taken_over(rows: list[dict[str, Any]]) -> None:
    answered = [row for row in rows if row["outcome_raw"] == "TRACED TO PURCHASER"]
    assert answered
    right = [row for row in answered if row["outcome"] == "traced_to_purchaser"]
    assert len(right) >= 0.97 * len(answered)
    assert all(row["purchaser_entity_id"] and row["sale_date"] for row in right)


def test_outcomes_are_mostly_those_of_the_truth(traced: Traced, rows: list[dict[str, Any]]) -> None:
    true = pq.read_table(traced.truth / "trace_truth.parquet").to_pylist()
    outcome = {(row["source_id"], row["row_number"]): row["outcome"] for row in true}
    places = asked(traced, "SELECT record_id, source_id, row_number FROM records")
    place = {row["record_id"]: (row["source_id"], row["row_number"]) for row in places}
    right = [row["outcome"] == outcome[place[row["recovery_record_id"]]] for row in rows]
    said = sum(row["probability"] for row in rows) / len(rows)
    assert sum(right) / len(right) > 0.8
    assert said == pytest.approx(sum(right) / len(right), abs=0.08)


def test_the_same_records_give_the_same_bytes(traced: Traced) -> None:
    found = []
    for _ in range(2):
        with engine.connect(traced.workspace, READS) as connection:
            sink = io.BytesIO()
            pq.write_table(trace(connection)["traces"], sink)
            found.append(sink.getvalue())
    assert found[0] == found[1]


def true_day(traced: Traced) -> list[tuple[str, str, dt.date]]:
    """Give recoveries of the monitored ring, a purchase record, and when both were known."""
    rings = pq.read_table(traced.truth / "rings.parquet").to_pylist()
    (ring,) = [each["ring_key"] for each in rings if each["monitored"]]
    guns = pq.read_table(traced.truth / "firearms.parquet", columns=["firearm_key", "ring_key"])
    mine = {row["firearm_key"] for row in guns.to_pylist() if row["ring_key"] == ring}
    truth = pq.read_table(traced.truth / "rows.parquet").to_pylist()
    gun_of = {(row["source_id"], row["row_number"]): row["firearm_key"] for row in truth}
    records = asked(
        traced, "SELECT record_id, source_id, row_number, kind, known_from FROM records"
    )
    by_gun: dict[str, list[dict[str, Any]]] = {}
    for row in records:
        key = gun_of.get((row["source_id"], row["row_number"]))
        if key in mine:
            by_gun.setdefault(str(key), []).append(row)
    out = []
    for found in by_gun.values():
        sales = [row for row in found if row["kind"] in ("purchase", "multiple_sale")]
        first = min(sales, key=lambda row: (row["known_from"], row["record_id"]), default=None)
        for row in found:
            if row["kind"] == "recovery" and first:
                day = max(row["known_from"], first["known_from"])
                out.append((row["record_id"], first["record_id"], day))
    return out


def test_the_day_on_which_a_purchaser_could_be_linked_is_that_of_the_truth(traced: Traced) -> None:
    wanted, right, linked = true_day(traced), 0, 0
    with engine.connect(traced.workspace, READS) as connection:
        for recovery, purchase, day in wanted:
            told = {each.record_id: each for each in history(connection, recovery).entries}
            if purchase in told and told[purchase].linked_from:
                linked += 1
                right += told[purchase].linked_from == day
    assert linked >= 5
    assert right >= 0.8 * linked


def test_a_trace_of_that_day_names_the_purchaser_and_of_the_day_before_does_not(
    traced: Traced,
) -> None:
    sure = {row["recovery_record_id"]: row for row in asked(
        traced, "SELECT * FROM traces WHERE purchaser_probability > 0.95")}  # fmt: skip
    with engine.connect(traced.workspace, READS) as connection:
        told = {name: history(connection, name) for name, _, _ in true_day(traced) if name in sure}
    # The earliest: there, most is still unknown on the day before.
    name = min(told, key=lambda each: (told[each].possible["purchaser"], each))
    day = told[name].possible["purchaser"]
    wanted = f"SELECT purchaser_entity_id FROM traces WHERE recovery_record_id = '{name}'"
    for when, there in ((day, True), (day - dt.timedelta(days=1), False)):
        traced.trace(when)
        found = [row["purchaser_entity_id"] for row in asked(traced, wanted, when)]
        assert any(found) is there


def test_a_history_leaves_out_a_purchaser_whom_only_an_expired_report_names(
    traced: Traced,
) -> None:
    named = asked(
        traced, "SELECT recovery_record_id FROM traces WHERE purchaser_probability > 0.9 ORDER BY 1"
    )
    with engine.connect(traced.workspace, READS) as connection:
        told = replace(
            history(connection, named[0]["recovery_record_id"]), handling=Handling.PERSONAL
        )
    report = min(min(ids) for ids in told.named_by.values())
    naming = {name for name, ids in told.named_by.items() if report in ids}
    assert naming & set(told.purchasers)
    others = {name for name in naming if told.named_by[name] != {report}}
    left = told.without(frozenset({report})).purchasers
    assert set(left) == set(told.purchasers) - (naming - others)
    assert not told.without(frozenset().union(*told.named_by.values())).purchasers
    world = replace(told, handling=Handling.SYNTHETIC)
    assert world.without(frozenset({report})).purchasers == told.purchasers


def test_what_is_only_expected_names_no_seller_no_purchaser_and_no_sale(
    rows: list[dict[str, Any]],
) -> None:
    """So that no table of sales, sellers or times counts what nobody answered."""
    expected = [row for row in rows if row["basis"] == "expected"]
    assert expected
    told = ("licensee_entity_id", "purchaser_entity_id", "sale_date", "time_to_crime_days")
    assert not [row for row in expected if any(row[name] is not None for name in told)]


def test_a_trace_explains_itself_in_both_languages(
    traced: Traced, rows: list[dict[str, Any]]
) -> None:
    sold = next(row for row in rows if row["purchaser_entity_id"])
    found = explain_trace(traced.workspace, sold["trace_id"], traced.access)
    assert found is not None
    english = list(found.lines("en"))
    assert "A first purchaser is not a suspect." in english
    assert any(sold["sale_date"].isoformat() in line for line in english)
    assert list(found.lines("es"))
    assert explain_trace(traced.workspace, "trace-none", traced.access) is None


@pytest.mark.parametrize("name", standard.NAMES)
@pytest.mark.parametrize("form", standard.FORMS)
def test_every_standard_table_carries_its_caution_population_and_day(
    traced: Traced, name: str, form: str
) -> None:
    told = standard.write_standard(traced.workspace, name, form, traced.access, "en")
    if form == "xlsx":
        cells = load_workbook(io.BytesIO(told)).active.iter_rows(values_only=True)
        text = "\n".join(str(cell) for row in cells for cell in row if cell is not None)
    else:
        text = told.decode()
    assert "no random sample" in text
    assert "Population: " in text
    assert "As known on 20" in text
    assert told == standard.write_standard(traced.workspace, name, form, traced.access, "en")


def test_the_annual_table_adds_up_to_the_guns_sent_for_tracing(traced: Traced) -> None:
    told = standard.write_standard(traced.workspace, "mexico_by_year", "csv", traced.access, "en")
    lines = [line for line in told.decode().splitlines() if not line.startswith("#")]
    *years, total = [[int(cell) for cell in line.rsplit(",", 5)[1:]] for line in lines[1:]]
    assert len(years) >= 5
    assert [sum(column) for column in zip(*years, strict=True)] == total
    assert all(sum(row[:-1]) == row[-1] for row in years)
    assert total[-1] > 50


def test_licensees_stand_in_order_of_name(traced: Traced) -> None:
    told = standard.write_standard(
        traced.workspace, "short_time_to_crime", "csv", traced.access, "en"
    )
    lines = [line for line in told.decode().splitlines() if not line.startswith("#")][1:]
    names = [line.split(",")[0].strip('"') for line in lines]
    assert len(names) > 10
    assert names == sorted(names)


def test_a_rate_of_few_guns_is_drawn_to_that_of_all() -> None:
    few, many = shrunken(2, 2, (5.0, 5.0)), shrunken(200, 200, (5.0, 5.0))
    assert 0.5 < few[0] < many[0] < 1.0
    assert few[2] - few[1] > many[2] - many[1]
    assert few[1] < few[0] < few[2]


@dataclass
class Journal:
    """Notes what would be entered."""

    entered: list[str]

    def append(self, action: str, *_: object) -> int:
        """Note what was done."""
        self.entered.append(action)
        return len(self.entered)


def test_restricted_counts_leave_only_where_they_are_not_small() -> None:
    """Names of licensees do not leave at all from the trace database; small counts are withheld."""
    entered: list[str] = []
    connection = duckdb.connect()
    _restricted(connection)
    access = Access("tester", Role.ANALYST, "testing", Journal(entered))  # type: ignore[arg-type]
    sheet = build(connection, "mexico_by_year", access, dt.date(2024, 1, 1))
    assert sheet.withheld
    assert sheet.handling == "TRACE_RESTRICTED"
    shown = [cell for row in sheet.rows for cell in row[1:]]
    assert None in shown
    assert all(cell is None or cell == 0 or int(cell) >= 10 for cell in shown)
    assert b"withheld" in written(sheet, "csv", "en")
    with pytest.raises(RefusedError):
        build(connection, "short_time_to_crime", access, dt.date(2024, 1, 1))
    assert "refusal" in entered


def _restricted(connection: duckdb.DuckDBPyConnection) -> None:
    """Hold twelve guns of one year and three of another, all from the trace database."""
    told = [
        {
            "trace_id": f"trace-r{number}", "recovery_record_id": f"r{number}",
            "firearm_id": f"gun-{number}", "outcome": "traced_to_purchaser", "origin": "us_made",
            "basis": "answer", "handling": "TRACE_RESTRICTED", "probability": 0.9,
            "recovery_date": dt.date(2020 if number < 12 else 2021, 1, 1),
            "licensee_entity_id": "lic-1", "time_to_crime_days": 400,
        }
        for number in range(15)
    ]  # fmt: skip
    tables = {
        "traces": told,
        "records": [{"record_id": f"r{number}", "source_id": "s", "country": "MX",
                     "kind": "recovery"} for number in range(15)],
        "sources": [{"source_id": "s", "layout": "trace_requests"}],
        "firearm_members": [{"firearm_id": f"gun-{number}", "record_id": f"r{number}"}
                            for number in range(15)],
        "trace_results": [], "parties": [], "entities": [], "entity_members": [],
    }  # fmt: skip
    for name, rows in tables.items():
        connection.register("_rows", pa.Table.from_pylist(rows, schema=TABLES[name].schema))
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _rows')
