"""The public files, read as they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest

from ironriver import engine, pipeline
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.pipeline import RunReport
from ironriver.workspace import Workspace

Read = tuple[RunReport, duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def read(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Read]:
    data = request.getfixturevalue("shared_data")
    path = tmp_path_factory.mktemp("public") / "workspace"
    with Workspace.create(path, account()) as workspace:
        access = Access.current(workspace, "testing")
        report = pipeline.run(workspace, data, None, access, dt.date(2026, 1, 1), lambda *_: None)
        yield report, engine.connect(workspace)


def test_every_row_of_the_public_files_is_accounted_for(read: Read) -> None:
    report, _ = read
    rows = {source.name.split("/")[-1]: source.tally for source in report.sources}
    assert rows["ffl_2013_apr_jun_sample.csv"].rows == 36_390
    assert rows["atf-inspection-reports-data.ndjson"].rows == 1_925
    assert rows["cbp_weapons_sw_border_2025-07_sample.csv"].rows == 97
    assert rows["atf_source_recovery_long_2010_2020.csv"].rows == 33_330
    assert rows["ucdp_ged_mexico.csv"].rows == 18_957
    assert rows["ffl_2013_apr_jun_sample.csv"].quarantined == 0
    assert rows["atf-inspection-reports-data.ndjson"].quarantined == 1
    assert all(skipped.reason.text() for skipped in report.skipped)


def test_printed_totals_are_checks_and_never_added(read: Read) -> None:
    _, connection = read
    sql = (
        "SELECT sum(value) FILTER (NOT is_total), sum(value), "
        "sum(value) FILTER (from_place = 'TOTAL' AND to_place = 'TOTAL') "
        "FROM published_figures WHERE series LIKE 'ATF source%' AND period = '2010'"
    )
    assert connection.execute(sql).fetchall() == [(145_604, 582_416, 145_604)]


def test_other_is_not_southbound(read: Read) -> None:
    _, connection = read
    sql = (
        "SELECT direction, count(*) FROM (SELECT direction FROM records WHERE kind = "
        "'crossing_seizure' UNION ALL SELECT direction FROM ammunition) GROUP BY 1 ORDER BY 1"
    )
    assert connection.execute(sql).fetchall() == [("inbound", 29), ("other", 44), ("outbound", 24)]


def test_inspections_meet_the_licensee_list_on_the_lasting_key(read: Read) -> None:
    _, connection = read
    sql = "SELECT count(*) FROM inspections WHERE licence_key IN (SELECT licence_key FROM licences)"
    assert connection.execute(sql).fetchall()[0][0] == 454
