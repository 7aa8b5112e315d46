"""`ironriver export WS --as FORMAT`: the same bytes every time, entered in the journal first."""

from __future__ import annotations

from pathlib import Path

import pytest
from exchange_world import Written

from ironriver.reports.exchange_formats import NAMES, TABLES
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.workspace import Workspace
from terminal import Command


@pytest.mark.parametrize("form", NAMES)
def test_a_file_is_written_twice_with_the_same_bytes(
    form: str, ironriver: Command, found: Path, written: Written, tmp_path: Path
) -> None:
    out = tmp_path / "findings"
    said = ironriver("export", found, "--as", form, "-o", out)
    assert (said.status, said.out, said.err) == (0, "", "")
    assert out.read_bytes() == written(form)


def test_the_journal_says_what_left_table_by_table(
    ironriver: Command, found: Path, findings: Findings, tmp_path: Path
) -> None:
    with Workspace.open(found) as workspace:
        before = len(list(workspace.entries()))
    out = tmp_path / "findings"
    ironriver("export", found, "--as", "stix", "--purpose", "case 7", "-o", out)
    with Workspace.open(found) as workspace:
        entries = list(workspace.entries())[before:]
    assert [(each.action, each.object) for each in entries] == [
        ("export", name) for name in ("stix", *TABLES["stix"])
    ]
    assert {each.purpose for each in entries} == {"case 7"}
    assert [each.detail["rows"] for each in entries[1:]] == [
        findings.tables[name].num_rows for name in TABLES["stix"]
    ]


def test_names_are_entered_as_an_export_of_parties(
    ironriver: Command, found: Path, tmp_path: Path
) -> None:
    ironriver("export", found, "--as", "ftm", "--names", "-o", tmp_path / "findings")
    with Workspace.open(found) as workspace:
        last = list(workspace.entries())[-1]
    assert (last.action, last.object) == ("export", "parties")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "TABLE is missing"),
        (("records", "--as", "kml"), "name one: a table, or with --as"),
        (("--as", "shapefile"), "there is no format shapefile; formats are: graphml, nodes-edges"),
        (("records", "--names"), "--network and --names go with --as"),
        (("--as", "kml", "--network", "n"), "there is no network n"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_written(
    words: tuple[str, ...], told: str, ironriver: Command, found: Path, tmp_path: Path
) -> None:
    out = tmp_path / "findings"
    said = ironriver("export", found, *words, "-o", out)
    assert said.status == 2
    assert told in said.err
    assert not out.exists()


def test_a_day_before_anything_was_known_has_no_findings(
    ironriver: Command, found: Path, tmp_path: Path
) -> None:
    out = tmp_path / "findings"
    said = ironriver("export", found, "--as", "ftm", "--as-of", "1999-01-01", "-o", out)
    assert said.status == 0
    assert out.read_bytes() == b""
