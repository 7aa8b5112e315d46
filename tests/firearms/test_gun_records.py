"""Rows about single guns are read as arrays, in order of their ids."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pytest
from gun_rows import gun_tables

from ironriver import engine
from ironriver.firearms import READS
from ironriver.firearms.gun_records import NO_DAY, NONE, coded, read_gun_records
from ironriver.tables import TABLES

PROTECTED = ("name", "surname", "given_names", "sex", "birth_date", "birth_place", "religion")


def test_rows_of_several_guns_or_none_are_left_out() -> None:
    counts = {"a-1": 1, "a-2": 2, "a-3": 0, "a-4": None}
    rows = [{"record_id": name, "quantity": count} for name, count in counts.items()]
    assert read_gun_records(gun_tables(rows)).record_id.to_pylist() == ["a-1", "a-4"]


def test_rows_stand_in_order_of_their_ids() -> None:
    rows = [{"record_id": f"a-{number}", "make": f"m{number}"} for number in (3, 1, 2)]
    one, other = (read_gun_records(gun_tables(each)) for each in (rows, rows[::-1]))
    assert one.record_id.to_pylist() == ["a-1", "a-2", "a-3"]
    for name in ("source", "day", "description", "descriptions", "serial", "values"):
        assert str(getattr(one, name)) == str(getattr(other, name))


def test_a_serial_counts_only_as_far_as_it_was_read() -> None:
    said = {"read": "ab 12-5", "partial": "AB1*", "obliterated": "AB125", "absent": None}
    rows = [
        {"record_id": f"a-{place}", "serial": serial, "serial_status": status}
        for place, (status, serial) in enumerate(said.items())
    ]
    records = read_gun_records(gun_tables(rows))
    assert records.serial.to_pylist() == ["AB125", "AB1?", "", ""]
    assert records.has_serial.tolist() == [True, True, False, False]
    assert [records.statuses[code] for code in records.status] == list(said)


def test_a_date_that_is_not_known_to_the_day_is_not_known() -> None:
    day = pa.scalar(19_000, pa.int32()).cast(pa.date32()).as_py()
    rows: list[dict[str, Any]] = [
        {"record_id": "a-1", "event_date": day, "date_precision": "day"},
        {"record_id": "a-2", "event_date": day, "date_precision": "month"},
        {"record_id": "a-3", "event_date": None},
    ]
    assert read_gun_records(gun_tables(rows)).day.tolist() == [19_000, NO_DAY, NO_DAY]


def test_the_answer_to_a_request_bears_its_number() -> None:
    connection = gun_tables([{"record_id": "a-1", "reference": "2019-0042"}])
    answer = [{"record_id": "a-2", "source_id": "a", "request": "T2019-0042", "row_number": 2}]
    made = pa.Table.from_pylist(answer, TABLES["trace_results"].schema)
    connection.register("made", made)
    connection.execute("INSERT INTO trace_results SELECT * FROM made")
    records = read_gun_records(connection)
    assert records.reference[0] == records.reference[1] != NONE
    assert [records.roles[role] for role in records.role] == ["a recovery", "a trace_result"]


def test_a_reference_that_is_short_or_in_very_many_rows_is_none() -> None:
    often = [{"record_id": f"a-{number:03d}", "reference": "00000"} for number in range(60)]
    rows = [
        *often,
        {"record_id": "b-1", "reference": "17"},
        {"record_id": "b-2", "reference": "17001"},
    ]
    assert read_gun_records(gun_tables(rows)).reference.tolist() == [NONE] * 61 + [1]


@pytest.mark.parametrize(
    ("case", "series"), [("FED/SON/17", "FED"), ("fed-1", "FED"), ("1234", None), (None, None)]
)
def test_a_series_is_what_stands_before_the_first_dash_stroke_or_digit(
    case: str | None, series: str | None
) -> None:
    rows = [
        {"record_id": name, "case_number": number}
        for name, number in (("a-1", case), ("a-2", "FED-9"))
    ]
    found, fed = read_gun_records(gun_tables(rows)).series.tolist()
    assert found == (fed if series else NONE)
    assert fed != NONE


def test_no_person_is_read_and_no_protected_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = gun_tables([{"record_id": "a-1", "make": "Ruger"}])
    asked: list[str] = []

    def noting(_: object, sql: str) -> pa.Table:
        asked.append(sql)
        return connection.sql(sql).to_arrow_table()

    monkeypatch.setattr(engine, "query", noting)
    assert len(read_gun_records(connection)) == 1
    assert len(asked) == 1
    assert "parties" not in READS
    assert not any(re.search(rf"\b{word}\b", asked[0]) for word in ("parties", *PROTECTED))


def test_texts_are_numbered_in_order_and_nothing_is_minus_one() -> None:
    codes, values = coded(pa.chunked_array([["b", None], ["a", "b"]]))
    assert codes.tolist() == [1, -1, 0, 1]
    assert values == ("a", "b")
    assert coded(pa.chunked_array([[None, None]], pa.string()))[0].tolist() == [NONE, NONE]


def test_no_rows_make_no_records() -> None:
    assert len(read_gun_records(gun_tables([{"record_id": "a-1", "quantity": 9}]))) == 0
