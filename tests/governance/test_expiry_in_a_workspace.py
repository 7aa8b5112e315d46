"""Names that have expired come out of a real workspace by no way of asking."""

from __future__ import annotations

import csv
import io
import json

import pytest
from guarded import EXPIRED as NAME
from guarded import FRESH, NOTED, OLD, RECENT, SALES, TODAY, Guarded, sale

from desk import Desk
from ironriver.governance.retention import EXPIRED
from ironriver.governance.roles import Role
from ironriver.reports.explain import explain
from ironriver.reports.export import export


def rows(guarded: Guarded, table: str) -> list[dict[str, str]]:
    out = io.BytesIO()
    export(guarded.workspace, table, "csv", out, guarded.as_role(Role.SUPERVISOR, "case 12"))
    return list(csv.DictReader(io.StringIO(out.getvalue().decode(), newline="")))


def test_an_expired_row_as_received_keeps_its_headings_and_shows_no_cell(guarded: Guarded) -> None:
    of_sale = {
        row["row_number"]: json.loads(row["raw"])
        for row in rows(guarded, "raw_rows")
        if "MS-" in row["raw"] or EXPIRED in row["raw"]
    }
    assert of_sale["2"] == [EXPIRED] * len(SALES.split(","))
    assert len(of_sale["1"]) == len(of_sale["2"])
    assert f"JUANA {FRESH}" in of_sale["1"]


def test_an_expired_record_keeps_the_gun_and_loses_the_remarks(guarded: Guarded) -> None:
    by_serial = {row["serial"]: row for row in rows(guarded, "records")}
    assert by_serial["AAA102"]["notes"] == EXPIRED
    assert by_serial["AAA102"]["make"] == by_serial["AAA101"]["make"] != ""
    assert by_serial["AAA101"]["notes"] == f"paid by {NOTED}"


def test_an_expired_record_is_explained_without_its_purchaser(guarded: Guarded) -> None:
    access = guarded.as_role(Role.SUPERVISOR, "case 12")
    record = next(row for row in rows(guarded, "records") if row["serial"] == "AAA102")
    told = explain(guarded.workspace, record["record_id"], access)
    assert NAME not in str(told)
    assert set(told.raw["raw"]) == set(SALES.split(","))
    assert set(told.raw["raw"].values()) == {EXPIRED}


@pytest.mark.parametrize("table", ["parties", "raw_rows", "records"])
def test_asking_for_an_earlier_day_does_not_bring_a_name_back(desk: Desk, table: str) -> None:
    desk.put("sales.csv", "\n".join([SALES, sale(1, OLD, "AAA1", NAME, NAME)]) + "\n")
    desk.declare(files="sales.csv", nexus="multiple_sale_report", handling="LAW_ENFORCEMENT",
                 known_from=OLD)  # fmt: skip
    assert not desk.read(TODAY).skipped
    out = io.BytesIO()
    export(desk.workspace, table, "jsonl", out, desk.access, as_of=OLD)
    assert EXPIRED in out.getvalue().decode()
    assert NAME not in out.getvalue().decode()


def test_a_quarantined_report_expires_with_its_reason(desk: Desk) -> None:
    for known_from, name in ((OLD, "old"), (RECENT, "new")):
        line = sale(1, f"31/31/2{name}", "AAA1", f"{NAME}{name}")
        desk.put(f"{name}.csv", f"{SALES}\n{line}\n")
        desk.declare(files=f"{name}.csv", nexus="multiple_sale_report", known_from=known_from,
                     handling="LAW_ENFORCEMENT")  # fmt: skip
    assert not desk.read(TODAY).skipped
    texts = {}
    for table in ("quarantine", "raw_rows"):
        out = io.BytesIO()
        export(desk.workspace, table, "jsonl", out, desk.access)
        texts[table] = out.getvalue().decode()
    assert len(texts["quarantine"].splitlines()) == 2
    assert "31/31/2new" in texts["quarantine"]
    assert f"{NAME}new" in texts["raw_rows"]
    for text in texts.values():
        assert EXPIRED in text
        assert "2old" not in text
        assert f"{NAME}old" not in text
