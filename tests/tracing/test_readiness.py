"""The stage `readiness` on a small world: its rows, its order, and what it never does."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pyarrow as pa
import pytest
from traced_world import Traced

from ironriver import engine, pipeline
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.tables import READINESS
from ironriver.tracing import READINESS_READS
from ironriver.tracing.readiness import readiness
from ironriver.tracing.readiness_words import LOOK, PROBLEMS
from ironriver.workspace import Workspace
from ironriver.world.make import make


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    """Read and resolve a small world; readiness rests on nothing later."""
    folder = tmp_path_factory.mktemp("readiness")
    make(folder / "world", 78, 2500, (2018, 2023), "real", {})
    with Workspace.create(folder / "workspace", account()) as workspace:
        access = Access.current(workspace, "testing")
        today = dt.date(2025, 6, 30)
        pipeline.intake(workspace, folder / "world" / "inbox", None, access, today, lambda *_: None)
        pipeline.run_stage(workspace, pipeline.stage("resolve"), access)
        yield Traced(folder / "workspace", folder / "world" / "truth", access, workspace)


@pytest.fixture(scope="module")
def checked(traced: Traced) -> pa.Table:
    """Check all recoveries once."""
    with engine.connect(traced.workspace, READINESS_READS) as connection:
        return readiness(connection)["readiness"]


def rows(traced: Traced, sql: str) -> list[tuple[object, ...]]:
    with engine.connect(traced.workspace) as connection:
        return engine.run(connection, sql).fetchall()


def test_every_recovery_has_one_row_in_the_contract_columns(
    traced: Traced, checked: pa.Table
) -> None:
    assert checked.schema == READINESS.schema
    held = rows(traced, "SELECT record_id FROM records WHERE kind = 'recovery' ORDER BY 1")
    assert checked["record_id"].to_pylist() == [each for (each,) in held]
    assert len(checked) > 100


def test_every_row_has_a_probability_a_reason_and_its_own_record(checked: pa.Table) -> None:
    for row in checked.to_pylist():
        assert 0.0 <= row["risk"] <= 1.0
        assert row["record_id"] in json.loads(row["record_ids"])
        assert json.loads(row["reasons"])
        for each in json.loads(row["problems"]):
            assert each["problem"] in PROBLEMS
            assert each["look_at"] in LOOK
            assert 0.0 <= each["probability"] <= 1.0
        for each in json.loads(row["suggested_repairs"]):
            assert 0.5 <= each["probability"] <= 1.0
            assert each["to"] != each["from"]


def test_the_same_input_gives_the_same_rows(traced: Traced, checked: pa.Table) -> None:
    with engine.connect(traced.workspace, READINESS_READS) as connection:
        assert readiness(connection)["readiness"].equals(checked)


def test_no_suggestion_is_applied_to_a_record(traced: Traced) -> None:
    before = rows(traced, "SELECT * FROM records ORDER BY record_id")
    pipeline.run_stage(traced.workspace, pipeline.stage("readiness"), traced.access)
    assert rows(traced, "SELECT * FROM records ORDER BY record_id") == before


def test_a_request_whose_serial_nobody_could_read_is_foreseen_to_fail(
    traced: Traced, checked: pa.Table
) -> None:
    unread = {
        record
        for (record,) in rows(
            traced,
            "SELECT record_id FROM records JOIN sources USING (source_id) "
            "WHERE layout = 'trace_requests' AND serial_status = 'obliterated'",
        )
    }
    assert unread
    judged = [row for row in checked.to_pylist() if row["record_id"] in unread]
    assert not [row for row in judged if row["ready"]]


def test_a_later_request_for_the_same_gun_is_never_ready(checked: pa.Table) -> None:
    again = [
        row
        for row in checked.to_pylist()
        if any(
            each["problem"] == "requested_already" and each["probability"] >= 0.5
            for each in json.loads(row["problems"])
        )
    ]
    assert again
    assert not [row for row in again if row["ready"]]


def test_answers_to_other_requests_move_the_risk_and_its_own_answer_does_not(
    traced: Traced, checked: pa.Table
) -> None:
    request, reference = rows(
        traced,
        "SELECT r.record_id, reference FROM records r JOIN sources USING (source_id) "
        "JOIN trace_results t ON t.request = 'T' || r.reference WHERE layout = 'trace_requests' "
        "AND t.outcome = 'traced_to_purchaser' ORDER BY 1 LIMIT 1",
    )[0]
    with engine.connect(traced.workspace, READINESS_READS) as connection:
        desk = connection.cursor()
        engine.run(desk, "CREATE TEMP TABLE told AS SELECT * FROM trace_results")
        engine.run(
            desk, "UPDATE told SET outcome = 'serial_invalid' WHERE request = 'T' || ?", [reference]
        )
        engine.run(desk, "CREATE OR REPLACE TEMP VIEW trace_results AS SELECT * FROM told")
        turned = _read(desk)
    before = {row["record_id"]: row["risk"] for row in checked.to_pylist()}
    assert turned[str(request)] == before[request]
    assert turned != before


def _read(desk: object) -> dict[str, float]:
    from ironriver.tracing.readiness import Checker
    from ironriver.tracing.readiness_readings import read_asked

    asked = read_asked(desk)  # type: ignore[arg-type]
    checker = Checker.of(desk, asked)  # type: ignore[arg-type]
    return {row["record_id"]: row["risk"] for row in checker.rows()}  # type: ignore[misc]
