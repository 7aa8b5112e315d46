"""The whole stage on small invented workspaces: who is whom, why, and what changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pyarrow as pa
import pytest
from parties import desk, party, resolved, seller, together

from ironriver import entities
from ironriver.tables import TABLES

BORN = dt.date(1980, 3, 5)
HOME = {"address": "1412 Template Ave", "city": "Laredo", "admin1": "US-48", "postcode": "78040"}
PEOPLE = [
    party(1, "GARZA TREVIÑO, ANA", birth_date=BORN, **HOME, phone="956-555-0199"),
    party(2, "Ana Garza", birth_date=BORN, **HOME),
    party(3, "Ana Garza Trevino", birth_date=BORN, address="9 Sample St", city="Austin",
          phone="(956) 555-0199", source_id="s2"),
    party(4, "COLE, ROBERT", birth_date=dt.date(1971, 8, 24), **HOME, phone="956-555-0199"),
    party(5, "Bob Cole", birth_date=dt.date(1971, 8, 24), id_number="X 55512"),
    party(6, "COLE, ROBERT Q", id_number="X55512", phone="956-555-0100"),
    party(7, "GARZA TREVIÑO, LUIS", birth_date=dt.date(2001, 1, 9), **HOME, phone="956-555-0199"),
    party(8, "ANA GARZA"),
    party(9, "Foxglove Tackle LLC", **HOME),
]  # fmt: skip
FIRMS = [
    seller(21, "FOXGLOVE ARMS LLC", "5-74-201-01-4A-12345", address="80 Mock Rd", city="Houston",
           admin1="US-48", postcode="77001"),
    seller(22, "Foxglove Arms", "5-74-201-01-7A-12345"),
    seller(23, "FOXGLOVE ARMS LLC", "5-74-201-01-7A-12354", address="80 Mock Road", city="Houston",
           admin1="US-48"),
    seller(24, "FOXGLOVE ARMS LLC", "5-74-201-01-9B-77001", address="80 Mock Rd", city="Houston",
           admin1="US-48", postcode="77001"),
    seller(25, "OLD MILL PAWN", "5-74-201-02-4A-54321", city="Austin", admin1="US-48"),
]  # fmt: skip
LISTED = [
    {"record_id": "r0021", "licence_key": "5-74-12345"},
    {"record_id": "r0024", "licence_key": "5-74-77001"},
]


@pytest.fixture(scope="module")
def found() -> dict[str, list[dict[str, Any]]]:
    return resolved([*PEOPLE, *FIRMS], listed=LISTED)


def test_a_handful_of_rows_is_judged_by_stated_priors_that_the_reasons_name(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    assert together(found, 1, 2, 3)
    assert together(found, 4, 5, 6)
    row = next(row for row in found["entity_members"] if row["party_id"] == "r0003/purchaser")
    reasons = json.loads(row["reasons"])
    fields = {reason["field"]: reason for reason in reasons}
    assert fields["birth_date"]["level"] == "same"
    assert fields["birth_date"]["basis"] == "stated"
    assert reasons[0]["log_odds"] < 0
    assert row["handling"] == "PERSONAL"
    assert "r0003" in json.loads(row["record_ids"])
    assert len(json.loads(row["record_ids"])) == 2


def test_reasons_add_up_to_the_log_odds(found: dict[str, list[dict[str, Any]]]) -> None:
    checked = 0
    for row in found["entity_members"]:
        reasons = json.loads(row["reasons"])
        assert sum(one["log_odds"] for one in reasons) == pytest.approx(row["log_odds"], abs=0.02)
        assert 0 < row["probability"] <= 1
        checked += len(reasons) > 2
    assert checked >= 6


def test_a_household_is_related_and_not_the_same(found: dict[str, list[dict[str, Any]]]) -> None:
    assert not together(found, 1, 7)
    relations = [row for row in found["matches"] if row["decision"] == "related"]
    pairs = {(row["left_id"][:5], row["right_id"][:5]) for row in relations}
    assert ("r0001", "r0007") in pairs
    assert any('"household"' in row["reasons"] for row in relations)


def test_a_name_alone_makes_nobody_one(found: dict[str, list[dict[str, Any]]]) -> None:
    alone = [row for row in found["entities"] if row["parties"] == 1]
    assert "per-r0008/purchaser" in {row["entity_id"] for row in alone}


def test_a_mistyped_licence_key_is_found_out_and_a_second_licence_is_related(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    assert together(found, 21, 22, 23)
    assert not together(found, 21, 24)
    assert not together(found, 21, 25)
    keys = {row["entity_id"]: row["licence_key"] for row in found["entities"]}
    assert keys["lic-r0021/licensee"] == "5-74-12345"
    decisions = {
        (row["left_id"][:5], row["right_id"][:5]): row["decision"] for row in found["matches"]
    }
    assert decisions["r0021", "r0024"] == "related"


def test_every_party_stands_in_one_entity_and_every_table_in_its_columns(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    ids = [row["party_id"] for row in found["entity_members"]]
    assert sorted(ids) == sorted(row["party_id"] for row in [*PEOPLE, *FIRMS])
    known = {row["entity_id"] for row in found["entities"]}
    assert {row["entity_id"] for row in found["entity_members"]} == known
    kinds = {row["entity_id"]: row["kind"] for row in found["entities"]}
    assert kinds["com-r0009/purchaser"] == "company"
    with desk([]) as connection:
        for name, table in entities.resolve_entities(connection).items():
            assert table.schema == TABLES[name].schema
            assert table.num_rows == 0


def test_the_order_of_arrival_changes_nothing(found: dict[str, list[dict[str, Any]]]) -> None:
    assert resolved([*FIRMS, *PEOPLE][::-1], listed=LISTED[::-1]) == found


def test_protected_attributes_beside_the_parties_change_nothing(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    size = len(PEOPLE) + len(FIRMS)
    told = {
        name: pa.array([f"{name} {place % 2}" for place in range(size)])
        for name in ("sex", "ethnicity", "surname_origin", "religion", "birth_place")
    }
    assert resolved([*PEOPLE, *FIRMS], listed=LISTED, extra=told) == found


def judgement(sequence: int, left: int, right: int, verdict: str) -> dict[str, Any]:
    return {
        "sequence": sequence, "about": "person", "left_id": f"r{left:04d}/purchaser",
        "right_id": f"r{right:04d}/purchaser", "verdict": verdict, "binds": True,
    }  # fmt: skip


def test_judgements_bind_and_are_told_as_the_reason() -> None:
    told = [judgement(7, 1, 2, "different"), judgement(9, 1, 8, "same"),
            judgement(11, 4, 5, "unsure")]  # fmt: skip
    made = resolved(PEOPLE, told)
    assert not together(made, 1, 2)
    assert together(made, 1, 8)
    assert together(made, 4, 5)
    decisions = {(row["left_id"][:5], row["right_id"][:5]): row for row in made["matches"]}
    assert decisions["r0001", "r0002"]["decision"] == "judged different"
    assert decisions["r0001", "r0008"]["decision"] == "judged same"
    assert "judgement 9" in decisions["r0001", "r0008"]["reasons"]
    member = next(row for row in made["entity_members"] if row["party_id"] == "r0008/purchaser")
    assert "judgement 9" in member["reasons"]


def test_two_rows_that_say_the_very_same_can_be_judged_apart() -> None:
    rows = [party(place, "COLE, ANN", birth_date=BORN, **HOME) for place in (1, 2, 3)]
    assert together(resolved(rows), 1, 2, 3)
    made = resolved(rows, [judgement(3, 1, 2, "different")])
    assert not together(made, 1, 2)
