"""Searching by a name needs a role and a purpose, is entered first, and tells of no gun."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ironriver import engine
from ironriver.errors import MistakeError
from ironriver.governance import access as access_module
from ironriver.governance import roles
from ironriver.governance.roles import account
from ironriver.reports.names_near import readings
from ironriver.workspace import Entry, Workspace
from named import named
from terminal import Command

PURPOSE = ("--purpose", "carpeta 12/2024")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read invented people once."""
    return named(tmp_path_factory.mktemp("named"))


@pytest.fixture
def place(once: Path, tmp_path: Path) -> Path:
    """Give a copy of that workspace."""
    return Path(shutil.copytree(once, tmp_path / "ws"))


def entries(path: Path) -> list[Entry]:
    with Workspace.open(path) as workspace:
        return list(workspace.entries())


def found(ironriver: Command, place: Path, name: str, *words: object) -> list[dict[str, Any]]:
    said = ironriver("find", place, name, "--json", *words, *PURPOSE)
    assert said.status == 0, said.err
    persons: list[dict[str, Any]] = json.loads(said.out)["persons"]
    return persons


def first_names(persons: list[dict[str, Any]]) -> list[str]:
    return [one["names"][0] for one in persons]


def become(path: Path, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace.open(path, write=True) as workspace:
        roles.grant(workspace, account(), f"account-{role}", roles.Role(role))
    monkeypatch.setattr(access_module, "account", lambda: f"account-{role}")


@pytest.mark.parametrize("role", ["analyst", "supervisor", "custodian"])
def test_without_a_purpose_nothing_is_searched_even_among_invented_rows(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    become(place, role, monkeypatch)
    for purpose in ((), ("--purpose", " - ")):
        said = ironriver("find", place, "Ana Garza", *purpose)
        assert (said.status, said.out) == (2, "")
        assert "--purpose" in said.err
        spanish = ironriver("find", place, "Ana Garza", *purpose, "--lang", "es")
        assert (spanish.status, "se busca solo con un propósito" in spanish.err) == (2, True)
    last = entries(place)[-1]
    assert (last.action, last.detail["code"]) == ("refusal", "no_finding_purpose")
    assert not [one for one in entries(place) if one.action == "find"]


@pytest.mark.parametrize("role", ["oversight", "reader"])
def test_those_who_watch_or_read_figures_may_not_search(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    become(place, role, monkeypatch)
    said = ironriver("find", place, "Ana Garza", *PURPOSE)
    assert (said.status, said.out) == (2, "")
    assert "for analysts, supervisors and custodians" in said.err
    spanish = ironriver("find", place, "Ana Garza", *PURPOSE, "--lang", "es").err
    assert "analistas, supervisores y custodios" in spanish
    assert (entries(place)[-1].action, entries(place)[-1].detail["code"]) == (
        "refusal",
        "no_finding",
    )


def test_a_search_is_entered_before_anything_is_read_and_without_the_name(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(entries(place))
    seen: list[list[str]] = []
    connect = engine.connect

    def watched(*arguments: Any) -> Any:  # noqa: ANN401
        seen.append([one.action for one in entries(place)[before:]])
        return connect(*arguments)

    monkeypatch.setattr(engine, "connect", watched)
    found(ironriver, place, "Ana Garza")
    assert seen == [["find"]]
    new = entries(place)[before:]
    assert [one.action for one in new] == ["find", "view", "export"]
    assert {one.purpose for one in new} == {PURPOSE[1]}
    journal = (place / "journal" / "log.jsonl").read_text("utf-8").lower()
    audit = ironriver("export", place, "audit").out.lower()
    assert ",find,persons by name," in audit
    assert not [word for word in ("garza", "ana ") if word in journal + audit]


def test_two_searches_of_one_name_cannot_be_told_to_be_so(ironriver: Command, place: Path) -> None:
    for _ in range(2):
        found(ironriver, place, "Ana Garza")
    told = [one.detail["sha256"] for one in entries(place) if one.action == "find"]
    assert len(told) == len(set(told)) == 2


def test_a_purpose_that_holds_the_name_is_refused_and_entered_nowhere(
    ironriver: Command, place: Path
) -> None:
    before = len(entries(place))
    said = ironriver("find", place, "Ana Garza", "--purpose", "what garza, ana did")
    assert (said.status, "case number" in said.err) == (2, True)
    assert len(entries(place)) == before


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("Ana Garza Treviño", "GARZA TREVIÑO, ANA"),
        ("garza trevino ana", "GARZA TREVIÑO, ANA"),
        ("Treviño Garza, Ana", "GARZA TREVIÑO, ANA"),
        ("GARSA TREVIÑO, A.", "GARZA TREVIÑO, ANA"),
        ("Ana Gazra", "GARZA TREVIÑO, ANA"),
        ("Pancho Cruz", "DE LA CRUZ, FRANCISCO"),
        ("Paco Delacruz", "DE LA CRUZ, FRANCISCO"),
        ("de la cruz francisco", "DE LA CRUZ, FRANCISCO"),
        ("Francisco Kruz", "DE LA CRUZ, FRANCISCO"),
        ("Okonkwo", "OKONKWO, LUIS"),
        ("LUIS ÓKONKWO", "OKONKWO, LUIS"),
    ],
)
def test_a_name_is_found_in_any_order_by_short_forms_sound_and_slips(
    ironriver: Command, place: Path, asked: str, nearest: str
) -> None:
    persons = found(ironriver, place, asked)
    assert first_names(persons)[0] == nearest
    assert [one["nearness"] for one in persons] == sorted(
        (one["nearness"] for one in persons), reverse=True
    )
    for one in persons:
        reasons = sum(reason["log_odds"] for reason in one["reasons"])
        assert one["nearness"] == pytest.approx(reasons, abs=0.002)
        assert one["nearness"] > 0


@pytest.mark.parametrize("asked", ["Luis Garzón Quiroga", "Ana Okonkwo", "Nobody Whatsoever"])
def test_a_name_that_differs_is_not_found(ironriver: Command, place: Path, asked: str) -> None:
    assert found(ironriver, place, asked) == []
    said = ironriver("find", place, asked, *PURPOSE, "--lang", "es")
    assert "no se conserva a nadie" in said.out


def test_what_is_found_is_an_entity_with_its_records_and_why_they_are_held(
    ironriver: Command, place: Path
) -> None:
    (ana, *_) = found(ironriver, place, "Ana Garza")
    assert ana["names"] == ["GARZA TREVIÑO, ANA", "Ana Garza"]
    assert (ana["kind"], ana["roles"], ana["records"]) == ("person", ["purchaser"], 2)
    assert {one["nexus"] for one in ana["record_ids"]} == {"multiple_sale_report"}
    assert ana["handling"] == "SYNTHETIC"
    said = ironriver("find", place, "Ana Garza", *PURPOSE, "--lang", "es").out
    assert "apellidos" in said
    assert "no hace sospechoso a nadie" in said


def test_no_gun_is_told_of(ironriver: Command, place: Path) -> None:
    for words in (("--json",), (), ("--lang", "es")):
        said = ironriver("find", place, "Ana Garza", *words, *PURPOSE)
        assert "GARZA" in said.out
        assert not [word for word in ("SYN0", "GLOCK", "pistol", "gun-") if word in said.out]


def test_what_is_shown_is_bounded(ironriver: Command, place: Path) -> None:
    said = json.loads(ironriver("find", place, "Garza", "--limit", 1, "--json", *PURPOSE).out)
    assert (len(said["persons"]), said["near"]) == (1, 3)
    assert "1 of 3" in ironriver("find", place, "Garza", "--limit", 1, *PURPOSE).out
    for limit in (0, 51):
        wrong = ironriver("find", place, "Garza", "--limit", limit, *PURPOSE)
        assert (wrong.status, "--limit" in wrong.err) == (2, True)


def test_a_name_that_has_expired_is_not_found(ironriver: Command, place: Path) -> None:
    assert found(ironriver, place, "Zoe Quackenbush") == []
    assert "QUACKENBUSH" not in ironriver("find", place, "Quackenbush", *PURPOSE).out


def test_the_trace_database_is_not_searched_whoever_is_asked_for(
    ironriver: Command, place: Path
) -> None:
    assert found(ironriver, place, "Alonso Quixano") == []
    (luis,) = found(ironriver, place, "Luis Okonkwo")
    assert {one["nexus"] for one in luis["record_ids"]} == {"multiple_sale_report"}
    lines = {
        ironriver("find", place, name, *PURPOSE).out.splitlines()[-1]
        for name in ("Alonso Quixano", "Ana Garza", "Nobody Whatsoever")
    }
    assert len(lines) == 1
    assert "sources not searched: 1" in lines.pop()


@pytest.mark.parametrize(
    ("asked", "english", "spanish"),
    [
        ("", "give a surname", "dé un apellido"),
        (" - ", "give a surname", "dé un apellido"),
        ("A. B.", "give a surname", "dé un apellido"),
        ("x" * 201, "at most 200", "a lo sumo 200"),
    ],
)
def test_a_name_that_says_too_little_or_too_much_is_refused_and_not_entered(
    ironriver: Command, place: Path, asked: str, english: str, spanish: str
) -> None:
    before = len(entries(place))
    for lang, phrase in (("en", english), ("es", spanish)):
        said = ironriver("find", place, asked, *PURPOSE, "--lang", lang)
        assert (said.status, said.out) == (2, "")
        assert phrase in said.err
    assert len(entries(place)) == before


def test_what_was_typed_into_a_name_does_not_steer_the_terminal(
    ironriver: Command, place: Path
) -> None:
    said = ironriver("find", place, "Ana \x1b[2J Garza", *PURPOSE)
    assert "GARZA" in said.out
    assert "\x1b" not in said.out + said.err


def test_readings_are_few_and_each_is_given_once() -> None:
    told = readings("Ana María de la Garza Treviño")
    assert ("ana maria", "garza", "trevino") in told
    assert len(told) == len(set(told)) <= 12
    with pytest.raises(MistakeError):
        readings("de")
