"""`ironriver resolve`: which firearm is asked for, and what it says where it cannot tell."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from terminal import Command
from weighed import weighed


@pytest.fixture
def resolved(tmp_path: Path, ironriver: Command) -> Path:
    """Give a workspace of eight seizures, SON0 to SON7, of which four were sold."""
    workspace = weighed(tmp_path)
    assert ironriver("resolve", workspace).status == 0
    return workspace


def _asked(ironriver: Command, workspace: Path, *words: object) -> list[dict[str, Any]]:
    done = ironriver("resolve", workspace, *words, "--json")
    assert done.status == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_serial_leads_to_its_firearm_with_reasons_that_add_up(
    resolved: Path, ironriver: Command
) -> None:
    answers = _asked(ironriver, resolved, "--serial", "5ON-3", "--make", "Glock GmbH")
    best = answers[0]
    assert [best["rank"], best["question"]] == [1, 1]
    assert best["probability"] == max(one["probability"] for one in answers)
    assert sum(one["probability"] for one in answers) + best["none"] == pytest.approx(1, abs=1e-3)
    for one in answers:
        assert math.fsum(r["log_odds"] for r in one["reasons"]) == pytest.approx(
            one["log_odds"], abs=1e-3
        )
        assert one["record_ids"]
        assert one["handling"] == "SYNTHETIC"
    records = {
        json.loads(line)["record_id"]: json.loads(line)["serial"]
        for line in ironriver("export", resolved, "records", "--format", "jsonl").out.splitlines()
    }
    assert records[best["record_id"]] == "SON3"


def test_the_answer_is_told_in_both_languages(resolved: Path, ironriver: Command) -> None:
    english = ironriver("resolve", resolved, "--serial", "SON3")
    spanish = ironriver("resolve", resolved, "--serial", "SON3", "--lang", "es")
    assert "none of the firearms held" in english.out
    assert "serial number: the same" in english.out
    assert "ninguna de las armas" in spanish.out
    assert "matrícula: igual" in spanish.out


def test_many_are_asked_from_a_file_and_keep_their_order(
    resolved: Path, ironriver: Command, tmp_path: Path
) -> None:
    file = tmp_path / "questions.csv"
    file.write_text("serial,make,recovered\nSON1,Glock,2025-03-01\nZZZ99999,,\n,,\nSON2,,\n")
    assert {one["question"] for one in _asked(ironriver, resolved, "--questions", file)} == {1, 4}
    told = ironriver("resolve", resolved, "--questions", file).out
    assert "2. ZZZ99999: no firearm held comes near it" in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("serial,colour\nA,b\n", "colour"),
        ("make\nGlock\n", "it needs serial"),
        ("serial\n", "no question"),
        ("serial,recovered\nSON1,01/02/2025\n", "row 1, column recovered"),
        ('serial\n"SON1\n', "no CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_row_and_column(
    resolved: Path, ironriver: Command, tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "questions.csv"
    file.write_text(text)
    done = ironriver("resolve", resolved, "--questions", file)
    assert done.status == 2
    assert "questions.csv" in done.err
    assert says in done.err


@pytest.mark.parametrize("serial", ["", "?", "****", "A", "ñ", "***?5"])
def test_a_serial_that_says_too_little_is_refused_and_not_searched(
    resolved: Path, ironriver: Command, serial: str
) -> None:
    done = ironriver("resolve", resolved, "--serial", serial)
    assert done.status in (0, 2)
    if done.status == 2:
        assert "readable characters" in done.err
    else:
        assert "no firearm held comes near it" in done.out


@pytest.mark.parametrize("serial", ["A1" * 100, "ЅОΝ3", "SÓÑ3", "SON3\x00"])
def test_odd_serials_are_answered(resolved: Path, ironriver: Command, serial: str) -> None:
    assert ironriver("resolve", resolved, "--serial", serial).status == 0


def test_look_alikes_of_other_scripts_are_read_by_their_looks(
    resolved: Path, ironriver: Command
) -> None:
    latin = _asked(ironriver, resolved, "--serial", "SON3")
    assert _asked(ironriver, resolved, "--serial", "ЅОΝ3") == latin


def test_what_goes_with_a_serial_needs_one(resolved: Path, ironriver: Command) -> None:
    assert ironriver("resolve", resolved, "--make", "Glock").status == 2
    both = ironriver("resolve", resolved, "--serial", "SON3", "--questions", "x.csv")
    assert both.status == 2


def test_every_question_stands_in_the_journal(resolved: Path, ironriver: Command) -> None:
    before = ironriver("export", resolved, "audit").out.count(",query,")
    _asked(ironriver, resolved, "--serial", "SON3")
    assert ironriver("export", resolved, "audit").out.count(",query,") == before + 1


def test_rows_of_restricted_sources_are_not_answered_with(
    tmp_path: Path, ironriver: Command
) -> None:
    workspace = weighed(tmp_path, "TRACE_RESTRICTED")
    assert ironriver("resolve", workspace).status == 0
    done = ironriver("resolve", workspace, "--serial", "SON3", "--purpose", "case 7")
    assert done.status == 2
    assert "nothing of answers may leave" in done.err


def test_a_thousand_questions_with_one_serial_are_searched_as_one(
    resolved: Path, ironriver: Command, tmp_path: Path
) -> None:
    file = tmp_path / "same.csv"
    file.write_text("serial\n" + "SON3\n" * 1000)
    found = _asked(ironriver, resolved, "--questions", file)
    firsts = {one["firearm_id"] for one in found if one["rank"] == 1}
    assert len({one["question"] for one in found}) == 1000
    assert len(firsts) == 1


def test_an_engine_that_is_not_there_says_what_to_do(
    resolved: Path, ironriver: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "questions.csv"
    file.write_text("serial\nSON1\n")
    asked = ("resolve", resolved, "--questions", file, "--engine")
    unknown = ironriver(*asked, "polars")
    assert unknown.status == 2
    assert "--engine takes duckdb, spark" in unknown.err
    monkeypatch.setitem(sys.modules, "pyspark.sql.functions", None)
    missing = ironriver(*asked, "spark")
    assert missing.status == 2
    assert "pip install 'ironriver[spark]'" in missing.err
    assert ironriver("resolve", resolved, "--serial", "SON1", "--engine", "spark").status == 0


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
def test_spark_answers_a_file_as_it_is_answered_here(
    resolved: Path, ironriver: Command, tmp_path: Path
) -> None:
    file = tmp_path / "questions.csv"
    file.write_text(
        "serial,make,recovered\nSON1,Glock,2025-03-01\nZZZ99999,,\n,,\nS0N,,\nXSON2,,\n"
    )
    here = _asked(ironriver, resolved, "--questions", file)
    there = _asked(ironriver, resolved, "--questions", file, "--engine", "spark")
    assert len(here) > 3
    figures = ("probability", "log_odds", "none")
    for one, other in zip(here, there, strict=True):
        assert [one.pop(name) for name in figures] == pytest.approx(
            [other.pop(name) for name in figures], abs=1e-9
        )
        assert one == other
    assert not list((resolved / "cache").glob("batch-*"))
