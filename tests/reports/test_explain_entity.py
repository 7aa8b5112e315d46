"""A person or licensee is explained party by party, in words, and named to those who may know."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from desk import Desk
from ironriver import pipeline
from ironriver.entities.licensee_fields import LICENSEE
from ironriver.entities.person_fields import PERSON
from ironriver.governance import access as access_module
from ironriver.governance import roles
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.reports import reasons
from ironriver.workspace import Workspace
from named import OLD, RECENT, SALES, judge_again, named, put, sale
from terminal import Command
from weighed import ids

PURPOSE = ("--purpose", "case 12")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read invented people once."""
    return named(tmp_path_factory.mktemp("named"))


@pytest.fixture
def place(once: Path, tmp_path: Path) -> Path:
    """Give a copy of that workspace."""
    return Path(shutil.copytree(once, tmp_path / "ws"))


def purchaser(place: Path, name: str) -> str:
    (party,) = ids(place, "parties", f"name = '{name}' AND source_id IN "
                   "(SELECT source_id FROM parties WHERE name = 'Ana Garza')")  # fmt: skip
    return party


def told(ironriver: Command, place: Path, identifier: str) -> dict[str, Any]:
    said = ironriver("explain", place, identifier, "--json", *PURPOSE)
    assert said.status == 0, said.err
    answer: dict[str, Any] = json.loads(said.out)
    return answer


def test_parties_are_told_with_reasons_in_words_in_both_languages(
    ironriver: Command, place: Path
) -> None:
    asked = f"per-{purchaser(place, 'GARZA TREVIÑO, ANA')}"
    said = ironriver("explain", place, asked, *PURPOSE)
    assert said.status == 0
    assert "GARZA TREVIÑO, ANA; Ana Garza; parties: 2" in said.out
    assert "date of birth: the same" in said.out
    assert "makes nobody a suspect" in said.out
    spanish = ironriver("explain", place, asked, *PURPOSE, "--lang", "es").out
    assert "fecha de nacimiento: igual" in spanish
    assert "Sus partes, la menos segura primero" in spanish
    assert "date of birth" not in spanish
    assert not [word for word in ("SYN0", "GLOCK", "gun-") if word in said.out + spanish]
    answer = told(ironriver, place, asked)
    sure = [one["log_odds"] for one in answer["members"]]
    assert sure == sorted(sure)
    assert len(sure) == answer["entity"]["parties"] == 2


def test_who_lives_together_is_related_and_who_is_alike_is_a_rival(
    ironriver: Command, place: Path
) -> None:
    answer = told(ironriver, place, f"per-{purchaser(place, 'GARZA TREVIÑO, ANA')}")
    luis = f"per-{purchaser(place, 'GARZA TREVIÑO, LUIS')}"
    assert {one["other_entity"] for one in answer["related"]} == {luis}
    assert {one["decision"] for one in answer["related"]} == {"related"}
    assert not [one for one in answer["rivals"] if one["decision"] in ("joined", "related")]


def test_an_id_of_any_party_leads_to_where_it_stands_now(ironriver: Command, place: Path) -> None:
    first = f"per-{purchaser(place, 'GARZA TREVIÑO, ANA')}"
    second = f"per-{purchaser(place, 'Ana Garza')}"
    heads = {told(ironriver, place, one)["entity"]["entity_id"] for one in (first, second)}
    assert len(heads) == 1
    (head,) = heads
    (other,) = {first, second} - heads
    assert f"{other} is {head} now" in ironriver("explain", place, other, *PURPOSE).out
    as_company = head.replace("per-", "com-")
    assert f"{as_company} is {head} now" in ironriver("explain", place, as_company, *PURPOSE).out


def test_a_licensee_is_told_with_its_lasting_key(ironriver: Command, place: Path) -> None:
    (shop, *_) = ids(place, "parties", "role = 'seller'")
    answer = told(ironriver, place, f"lic-{shop}")
    assert answer["entity"]["kind"] == "licensee"
    assert answer["entity"]["licence_key"] == "5-74-12345"


def test_without_a_role_for_names_the_ids_stand_in_their_place(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = purchaser(place, "GARZA TREVIÑO, ANA")
    with Workspace.open(place, write=True) as workspace:
        roles.grant(workspace, account(), "account-reader", roles.Role.READER)
    monkeypatch.setattr(access_module, "account", lambda: "account-reader")
    for words in ((), ("--json",)):
        said = ironriver("explain", place, f"per-{party}", *words, *PURPOSE)
        assert said.status == 0
        assert party in said.out
        assert "garza" not in (said.out + said.err).lower()


def test_restricted_persons_are_told_only_with_a_purpose(
    ironriver: Command, tmp_path: Path
) -> None:
    place = named(tmp_path, "LAW_ENFORCEMENT")
    asked = f"per-{purchaser(place, 'GARZA TREVIÑO, ANA')}"
    said = ironriver("explain", place, asked)
    assert (said.status, said.out) == (2, "")
    assert "--purpose" in said.err
    assert "GARZA" in ironriver("explain", place, asked, *PURPOSE).out


def test_a_party_of_the_trace_database_is_told_to_nobody(ironriver: Command, place: Path) -> None:
    (party,) = ids(place, "parties", "name = 'QUIXANO, ALONSO'")
    said = ironriver("explain", place, f"per-{party}", *PURPOSE)
    assert (said.status, said.out) == (2, "")
    assert "aggregates" in said.err


def test_an_id_that_names_nobody_is_a_mistake(ironriver: Command, place: Path) -> None:
    said = ironriver("explain", place, "per-nobody/purchaser", *PURPOSE)
    assert (said.status, said.out) == (2, "")


def test_an_expired_name_is_told_neither_by_its_id_nor_through_whom_it_was_taken_for(
    ironriver: Command, tmp_path: Path
) -> None:
    (tmp_path / "inbox").mkdir()
    place = tmp_path / "ws"
    with Workspace.create(place, account()) as workspace:
        desk = Desk(tmp_path / "inbox", workspace, Access.current(workspace, "testing"))
        who = ("QUACKENBUSH, ZOE", "05/05/1975", "5 LEGEND WAY")
        put(desk, "old.csv", SALES, sale(1, *who, OLD), known_from=OLD)
        put(desk, "new.csv", SALES, sale(2, *who, RECENT))
        judge_again(desk)
        workspace.seal()
        (entity,) = desk.rows("SELECT * FROM entities WHERE kind = 'person'")
        rows = desk.rows(
            "SELECT party_id, record_id FROM parties JOIN sources USING (source_id) "
            "WHERE role = 'purchaser' ORDER BY sources.known_from"
        )
    gone, kept = rows
    assert entity["parties"] == 2
    assert entity["entity_id"] == f"per-{gone['party_id']}"
    for lang, phrase in (("en", "has expired"), ("es", "ha caducado")):
        said = ironriver("explain", place, entity["entity_id"], *PURPOSE, "--lang", lang)
        assert (said.status, said.out, phrase in said.err) == (2, "", True)
    outs = [
        ironriver("explain", place, f"per-{kept['party_id']}", *PURPOSE).out,
        ironriver("explain", place, f"per-{kept['party_id']}", "--json", *PURPOSE).out,
        ironriver("find", place, "Zoe Quackenbush", *PURPOSE).out,
        ironriver("find", place, "Zoe Quackenbush", "--json", *PURPOSE).out,
    ]
    for out in outs:
        assert "QUACKENBUSH" in out
        assert kept["party_id"] in out
        assert gone["record_id"] not in out
    assert "left out" in outs[0]


def test_every_code_of_both_models_has_its_phrase() -> None:
    for model in (PERSON, LICENSEE):
        for field in model.fields:
            assert field.name in reasons.FIELDS
            assert {level.name for level in field.levels} <= set(reasons.LEVELS)


def test_every_code_that_the_stage_writes_has_its_phrase(place: Path) -> None:
    with Workspace.open(place, write=True) as workspace:
        desk = Desk(place, workspace, Access.current(workspace, "testing"))
        pipeline.run_stage(workspace, pipeline.stage("entities"), desk.access)
        rows = desk.rows("SELECT reasons FROM entities UNION ALL SELECT reasons FROM entity_members"
                         " UNION ALL SELECT reasons FROM matches")  # fmt: skip
    given = [one for row in rows for one in json.loads(row["reasons"])]
    assert len({one["field"] for one in given}) > 8
    assert {one["field"] for one in given} <= set(reasons.FIELDS)
    assert {one["level"] for one in given} <= set(reasons.LEVELS)
