"""Iron River as a library."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import ironriver

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "inbox"


def test_everything_that_is_offered_is_there() -> None:
    for name in ironriver.__all__:
        assert getattr(ironriver, name) is not None
    with pytest.raises(AttributeError):
        _ = ironriver.nothing


def test_an_inbox_is_run_and_asked_in_a_few_lines(tmp_path: Path) -> None:
    with ironriver.Workspace.create(tmp_path / "w", "ana") as workspace:
        access = ironriver.Access("ana", "custodian", "a test", workspace)
        report = ironriver.run(
            workspace, EXAMPLE, None, access, dt.date(2026, 1, 1), lambda _name, _rows: None
        )
        assert not report.failed
        with ironriver.connect(workspace, ["records"]) as connection:
            recovered = connection.execute("SELECT count(*) FROM records WHERE kind = 'recovery'")
            assert recovered.fetchall()[0][0] > 500
