"""Leads: who is a candidate and who is not, what is said of it, and that it hangs on no name."""

from __future__ import annotations

import csv
import json
import math
from typing import Any

import pytest
from lead_rows import Told, day

from ironriver.networks import lead_weights
from ironriver.networks.lead_fields import FIELDS
from ironriver.networks.lead_levels import bounds
from ironriver.tables import LEADS

KINDS = ("person", "licensee", "network")


def some_life() -> Told:
    """Tell of a few people: one in a case, one whom dealers reported, one who only bought."""
    told = Told()
    sale = {"purchaser": "per-case", "seller": "lic-a"}
    told.record("purchase", "gun-1", day(0), sale, case_number="C1", phone="555-1")
    told.record("purchase", "gun-2", day(9), sale, case_number="C1")
    told.traced("gun-1", "per-case", "lic-a", day(0), 200)
    for gun in ("gun-3", "gun-4", "gun-5"):
        told.record("multiple_sale", gun, day(4), {"purchaser": "per-three", "seller": "lic-b"},
                    phone="555-1")  # fmt: skip
    told.traced("gun-6", "per-only", "lic-b", day(0), 1500)
    told.traced("gun-7", "per-twice", "lic-b", day(0), 1500)
    told.traced("gun-8", "per-twice", "lic-c", day(40), 1500)
    return told


def reasons(lead: dict[str, Any], column: str) -> list[str]:
    return [each["field"] for each in json.loads(lead[column])]


def test_a_first_purchaser_alone_is_no_lead() -> None:
    found = some_life().leads()
    assert "per-only" not in found
    assert {"per-case", "per-three", "per-twice"} <= set(found)


def test_a_first_purchaser_in_a_chain_that_is_doubtful_is_still_no_lead() -> None:
    told = some_life()
    told.tables["network_members"] += [
        {"network_id": "network-1", "member_id": gun, "member_kind": "firearm", "probability": 0.3}
        for gun in ("gun-6", "gun-7")
    ]
    told.tables["networks"].append({"network_id": "network-1", "probability": 0.4})
    assert "per-only" not in told.leads()


def test_what_clears_a_person_stands_first_and_adds_nothing_for_the_lead() -> None:
    told = some_life()
    before = told.leads()["per-twice"]
    told.record("theft", "gun-7", day(300), {"seller": "lic-b"})
    after = told.leads()["per-twice"]
    assert reasons(after, "reasons_against")[0] == "stolen"
    assert after["log_odds"] < before["log_odds"]
    assert "first_purchaser" in reasons(before, "reasons_against")


def test_log_odds_are_the_sum_of_what_is_told_and_nothing_cuts_them_off() -> None:
    for lead in some_life().leads().values():
        told = json.loads(lead["reasons"])
        total = sum(each.get("log_odds", 0.0) for each in told)
        assert lead["log_odds"] == pytest.approx(total, abs=0.01)
        assert lead["probability"] == pytest.approx(1 / (1 + math.exp(-total)), abs=0.01)
    assert max(lead["log_odds"] for lead in some_life().leads().values()) > 5


def test_every_lead_names_its_records_its_reasons_and_what_to_ask_for_next() -> None:
    for lead in some_life().leads().values():
        assert json.loads(lead["record_ids"])
        assert json.loads(lead["reasons_for"])
        wanted = json.loads(lead["next_record"])
        assert wanted["record"]
        assert wanted["holder"]
        assert lead["handling"] == "SYNTHETIC"
        assert lead["lead_id"] == f"lead-{lead['candidate_id']}"


def test_ranks_run_from_one_without_a_gap() -> None:
    found = some_life().leads().values()
    assert sorted(lead["rank"] for lead in found) == list(range(1, len(found) + 1))


def test_a_shared_telephone_is_told_by_the_ids_that_share_it_and_never_by_itself() -> None:
    lead = some_life().leads()["per-three"]
    contact = next(
        each for each in json.loads(lead["reasons_for"]) if each["field"] == "contact"
    )  # fmt: skip
    assert contact["ids"] == ["per-case"]
    assert "555" not in json.dumps(lead, default=str)


def test_protected_attributes_beside_the_parties_move_no_score() -> None:
    told = some_life()
    beside = ("sex", "ethnicity", "surname_origin", "religion", "birth_place")
    assert told.leads(beside) == told.leads()
    for row in told.tables["parties"]:
        row |= {"name": "Somebody Else", "surname_1": "Else", "birth_date": day(-9000)}
    assert told.leads() == some_life().leads()


def test_no_field_is_about_what_a_person_is() -> None:
    said = " ".join(
        f"{field.name} {field.about}" for fields in FIELDS.values() for field in fields
    ).lower()
    barred = {"sex", "woman", "man", "surname", "name", "birth", "origin", "religion", "race"}
    assert not barred & set(said.replace(",", " ").replace("_", " ").split())


def test_the_same_rows_in_another_order_give_the_same_leads() -> None:
    told = some_life()
    for rows in told.tables.values():
        rows.reverse()
    assert told.leads() == some_life().leads()


def test_an_empty_workspace_has_no_leads() -> None:
    assert Told().leads() == {}
    with Told().opened() as connection:
        from ironriver.networks.leads import leads

        assert leads(connection)["leads"].schema == LEADS.schema


def test_every_level_of_every_field_has_a_weight() -> None:
    for kind, weights in lead_weights.packaged().items():
        for field, levels in zip(FIELDS[kind], weights.by_field, strict=True):
            assert len(levels) == len(field.levels) + 1
            assert levels[0] == 0.0
            if field.clears:
                assert (levels <= 0).all()
            if field.grows:
                assert (levels[1:] >= levels[:-1]).all()


def test_a_field_without_a_weight_is_an_error() -> None:
    with pytest.raises(KeyError):
        lead_weights.of_rows(csv.DictReader(["kind,part,name,level,value", "person,prior,,,0"]))


def test_bounds_of_every_stepped_field_ascend() -> None:
    for name in ("traced", "soon", "reports", "most", "sought", "excess", "stated", "years"):
        steps = bounds(name)
        assert len(steps)
        assert (steps[1:] > steps[:-1]).all()
