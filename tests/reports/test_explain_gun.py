"""A firearm is explained record by record, what speaks against it first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ironriver.reports import reasons
from terminal import Command
from weighed import weighed


def _explain(ironriver: Command, *words: object) -> str:
    done = ironriver("explain", *words)
    assert done.status == 0, done.err
    return done.out


@pytest.fixture
def resolved(tmp_path: Path, ironriver: Command) -> Path:
    """Give a workspace in which one gun was seized and sold, and others were not."""
    workspace = weighed(tmp_path)
    assert ironriver("resolve", workspace).status == 0
    return workspace


def test_a_firearm_is_told_in_both_languages(resolved: Path, ironriver: Command) -> None:
    rows = ironriver("export", resolved, "firearms", "--format", "jsonl").out.splitlines()
    gun = json.loads(rows[0])["firearm_id"]
    assert f"{gun}: " in _explain(ironriver, resolved, gun)
    assert "Sus registros" in _explain(ironriver, resolved, gun, "--lang", "es")
    found = json.loads(_explain(ironriver, resolved, gun, "--json"))
    assert found["firearm"]["firearm_id"] == gun
    assert {member["firearm_id"] for member in found["members"]} == {gun}


def test_reasons_are_read_against_first_and_unknown_codes_stay() -> None:
    given = json.dumps(
        [{"field": "serial", "level": "same", "log_odds": 3.0}, {"field": "odd", "level": "x"}]
    )
    assert list(reasons.lines(given, "en")) == ["       odd: x", "+3.00  serial number: the same"]
    assert list(reasons.lines(None, "es")) == []
