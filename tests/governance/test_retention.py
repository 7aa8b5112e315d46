"""A purchaser named only in a multiple-sale report is forgotten after two years."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pyarrow as pa
import pytest

from ironriver.governance.retention import EXPIRED, Expired, expired_purchasers, mask_expired
from ironriver.tables import (
    ENTITY_MEMBERS,
    LEADS,
    MATCHES,
    NETWORK_MEMBERS,
    PARTIES,
    QUARANTINE,
    RAW_ROWS,
    RECORDS,
    SOURCES,
    TRACE_RESULTS,
    TRACES,
    Table,
)

SOLD = dt.date(2020, 3, 15)
TODAY = dt.date(2024, 6, 1)


def made(table: Table, *rows: dict[str, Any]) -> pa.Table:
    empty = dict.fromkeys(table.names)
    return pa.Table.from_pylist([empty | row for row in rows], schema=table.schema)


def sale(**values: object) -> dict[str, Any]:
    row = {"record_id": "r1", "source_id": "s", "row_number": 1, "kind": "multiple_sale"}
    row |= {"event_date": SOLD, "known_from": SOLD, "serial": "AB-1234", "make": "Glock"}
    return row | values


def party(**values: object) -> dict[str, Any]:
    return {"party_id": "p1", "record_id": "r1", "role": "purchaser", "name": "ANA"} | values


def ask(
    *records: dict[str, Any],
    traces: tuple[dict[str, Any], ...] = (),
    parties: pa.Table | None = None,
    on: dt.date = TODAY,
    quarantine: pa.Table | None = None,
    sources: pa.Table | None = None,
) -> Expired:
    return expired_purchasers(
        made(RECORDS, *records),
        made(PARTIES, party()) if parties is None else parties,
        made(TRACE_RESULTS, *traces),
        on=on,
        quarantine=quarantine,
        sources=sources,
    )


@pytest.mark.parametrize(
    ("on", "gone"),
    [
        (dt.date(2022, 3, 14), False),
        (dt.date(2022, 3, 15), True),
        (dt.date(2021, 12, 31), False),
        (dt.date(2030, 1, 1), True),
    ],
)
def test_a_name_expires_on_the_same_day_two_years_later(on: dt.date, gone: bool) -> None:
    assert ask(sale(), on=on).parties == ({"p1"} if gone else set())


def test_a_sale_of_a_leap_day_expires_on_the_first_of_march() -> None:
    leap = sale(event_date=dt.date(2020, 2, 29), known_from=None)
    assert not ask(leap, on=dt.date(2022, 2, 28)).parties
    assert ask(leap, on=dt.date(2022, 3, 1)).parties


def test_the_clock_starts_with_the_earlier_of_sale_and_receipt() -> None:
    future = sale(event_date=dt.date(2092, 1, 1), known_from=SOLD)
    assert ask(future).parties == {"p1"}
    assert ask(sale(event_date=SOLD, known_from=TODAY)).parties == {"p1"}
    assert ask(sale(event_date=None, known_from=None)).parties == {"p1"}


@pytest.mark.parametrize(
    ("serial", "make", "kept"),
    [
        ("AB 1234", "Glock", True),
        ("ab1234", None, True),
        ("AB-1234", "Beretta", False),
        ("AB-1235", "Glock", False),
        (None, "Glock", False),
    ],
)
@pytest.mark.parametrize("found", ["trace", "recovery", "crossing_seizure", "exhibit"])
def test_a_traced_purchaser_stays(serial: str, make: str, kept: bool, found: str) -> None:
    gun = {"serial": serial, "make": make}
    if found == "trace":
        answer = ask(sale(), traces=({"record_id": "t", **gun},))
    else:
        answer = ask(sale(), sale(record_id="r2", row_number=2, kind=found, **gun))
    assert answer.parties == (set() if kept else {"p1"})


def test_letter_o_and_digit_zero_are_the_same_when_a_gun_turns_up() -> None:
    assert not ask(sale(serial="O12"), traces=({"serial": "012", "make": "Glock"},)).parties


def test_two_guns_without_a_serial_are_not_the_same_gun() -> None:
    assert ask(sale(serial=None), traces=({"serial": None, "make": "Glock"},)).parties


@pytest.mark.parametrize("kind", ["theft", "multiple_sale", "purchase"])
def test_another_sale_or_a_theft_is_no_trace(kind: str) -> None:
    assert "p1" in ask(sale(), sale(record_id="r2", row_number=2, kind=kind)).parties


def test_only_purchasers_of_multiple_sales_expire() -> None:
    parties = made(
        PARTIES,
        party(),
        party(party_id="dealer", role="seller"),
        party(party_id="buyer-in-case", record_id="r9"),
    )
    gone = ask(sale(), sale(record_id="r9", row_number=9, kind="purchase"), parties=parties)
    assert gone.parties == {"p1"}
    assert gone.rows == {("s", 1)}


def test_quarantined_reports_expire_with_the_day_they_were_received() -> None:
    quarantine = made(
        QUARANTINE,
        {"source_id": "old", "row_number": 4},
        {"source_id": "new", "row_number": 5},
        {"source_id": "seizures", "row_number": 6},
    )
    report = {"nexus": "multiple_sale_report"}
    sources = made(
        SOURCES,
        {"source_id": "old", "known_from": SOLD} | report,
        {"source_id": "new", "known_from": TODAY} | report,
        {"source_id": "seizures", "known_from": SOLD, "nexus": "seizure"},
    )
    assert ask(quarantine=quarantine, sources=sources).rows == {("old", 4)}


def test_every_personal_field_is_masked_and_no_id() -> None:
    texts = {column.name: "SECRET" for column in PARTIES.columns if column.type == pa.string()}
    ids = {"party_id": "p1", "record_id": "r1", "role": "purchaser", "source_id": "s"}
    row = texts | ids | {"birth_date": SOLD, "row_number": 1, "phone": None}
    masked = mask_expired(made(PARTIES, row), Expired(frozenset({"p1"}))).to_pylist()[0]
    assert "SECRET" not in str(masked)
    assert masked["birth_date"] is None
    assert masked["phone"] is None
    assert masked["name"] == masked["address"] == EXPIRED
    assert {name: masked[name] for name in ids} == ids
    kept = mask_expired(made(PARTIES, row), Expired(frozenset({"another"})))
    assert kept.to_pylist() == [dict.fromkeys(PARTIES.names) | row]


@pytest.mark.parametrize("raw", ['["ANA SECRET", "", "x"]', "SECRET, torn", '{"a": "SECRET"}'])
def test_the_row_as_received_is_masked_whatever_it_holds(raw: str) -> None:
    rows = made(
        RAW_ROWS,
        {"source_id": "s", "row_number": 1, "raw": raw},
        {"source_id": "s", "row_number": 2, "raw": '["BETO"]'},
    )
    masked = mask_expired(rows, Expired(rows=frozenset({("s", 1)})))["raw"].to_pylist()
    assert "SECRET" not in masked[0]
    assert EXPIRED in json.dumps(json.loads(masked[0]))
    assert masked[1] == '["BETO"]'


def test_notes_and_reasons_of_an_expired_row_are_masked() -> None:
    gone = Expired(rows=frozenset({("s", 1)}))
    records = made(RECORDS, sale(notes="paid by ANA"), sale(row_number=2, notes="fine"))
    assert mask_expired(records, gone)["notes"].to_pylist() == [EXPIRED, "fine"]
    quarantine = made(QUARANTINE, {"source_id": "s", "row_number": 1, "reason": "ANA is no date"})
    assert mask_expired(quarantine, gone)["reason"].to_pylist() == [EXPIRED]


def test_whom_an_expired_purchaser_was_taken_for_is_masked() -> None:
    gone = Expired(frozenset({"p1"}))
    rows = [
        {"entity_id": "per-p0", "party_id": party, "reasons": "[1]", "handling": handling}
        for party, handling in (("p1", "PERSONAL"), ("p2", "PERSONAL"), ("p1", "SYNTHETIC"))
    ]
    masked = mask_expired(made(ENTITY_MEMBERS, *rows), gone)
    assert masked["entity_id"].to_pylist() == [EXPIRED, "per-p0", "per-p0"]
    assert masked["reasons"].to_pylist() == [EXPIRED, "[1]", "[1]"]
    pair = {"left_id": "p1", "right_id": "p2", "reasons": "[1]", "handling": "PERSONAL"}
    told = mask_expired(made(MATCHES, pair), gone).to_pylist()[0]
    assert (told["left_id"], told["right_id"], told["reasons"]) == (EXPIRED,) * 3


def test_a_trace_names_no_purchaser_whom_only_an_expired_report_names() -> None:
    gone = Expired(frozenset({"p1"}), frozenset(), frozenset({"r1"}))

    def trace(*hops: tuple[str, str | None], handling: str = "PERSONAL") -> dict[str, Any]:
        chain = [{"hop": "sold", "purchaser": who, "record_ids": [record]} for record, who in hops]
        return {"trace_id": "t", "chain": json.dumps(chain), "licensee_entity_id": "lic-1",
                "purchaser_entity_id": "per-p1", "purchaser_probability": 0.9,
                "record_ids": json.dumps([record for record, _ in hops]),
                "handling": handling}  # fmt: skip

    only = trace(("r1", "per-p1"), ("r2", None))
    also_answered = trace(("r1", "per-p1"), ("r2", "per-p1"))
    another = trace(("r1", "per-p9"), ("r2", "per-p1"))
    synthetic = trace(("r1", "per-p1"), handling="SYNTHETIC")
    told = mask_expired(made(TRACES, only, also_answered, another, synthetic), gone).to_pylist()
    assert [row["purchaser_entity_id"] for row in told] == [EXPIRED, *["per-p1"] * 3]
    assert [row["purchaser_probability"] for row in told] == [None, 0.9, 0.9, 0.9]
    assert [[hop["purchaser"] for hop in json.loads(row["chain"])] for row in told] == [
        [EXPIRED, None], ["per-p1", "per-p1"], [EXPIRED, "per-p1"], ["per-p1"],
    ]  # fmt: skip
    assert {row["licensee_entity_id"] for row in told} == {"lic-1"}
    assert mask_expired(made(TRACES, only), Expired()).to_pylist()[0]["chain"] == only["chain"]


def test_who_stands_in_a_chain_or_a_lead_for_expired_records_alone_is_masked() -> None:
    gone = Expired(frozenset({"p1"}), records=frozenset({"r1"}))
    members = [
        {"member_id": "per-1", "member_kind": kind, "record_ids": ids, "handling": handling}
        for kind, ids, handling in (
            ("person", '["r1"]', "PERSONAL"),
            ("person", '["r1", "r2"]', "PERSONAL"),
            ("firearm", '["r1"]', "PERSONAL"),
            ("person", '["r1"]', "SYNTHETIC"),
        )
    ]
    masked = mask_expired(made(NETWORK_MEMBERS, *members), gone)
    assert masked["member_id"].to_pylist() == [EXPIRED, "per-1", "per-1", "per-1"]
    lead = {"lead_id": "lead-per-1", "candidate_id": "per-1", "candidate_kind": "person",
            "record_ids": '["r1"]', "reasons_for": "[1]", "handling": "PERSONAL"}  # fmt: skip
    told = mask_expired(made(LEADS, lead), gone).to_pylist()[0]
    assert (told["lead_id"], told["candidate_id"], told["reasons_for"]) == (EXPIRED,) * 3


@pytest.mark.parametrize(
    "table", [PARTIES, RAW_ROWS, RECORDS, QUARANTINE, ENTITY_MEMBERS, MATCHES, LEADS, TRACES]
)
def test_an_empty_table_is_masked_into_itself(table: Table) -> None:
    gone = Expired(frozenset({"p1"}), frozenset({("s", 1)}))
    assert mask_expired(table.schema.empty_table(), gone).schema.equals(table.schema)
