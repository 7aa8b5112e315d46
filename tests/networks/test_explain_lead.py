"""A lead explained: what speaks against it first, what it would be without each reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lead_rows import Told, day

from ironriver.language import translator
from ironriver.networks.lead_fields import FIELDS
from ironriver.networks.lead_without import without_each
from ironriver.reports.explain_lead import _ASKED, _HELD_BY, LeadExplanation


def a_life() -> Told:
    told = Told()
    sale = {"purchaser": "per-case", "seller": "lic-a"}
    for gun in ("gun-1", "gun-2"):
        told.record("purchase", gun, day(0), sale, case_number="C1")
        told.traced(gun, "per-case", "lic-a", day(0), 200)
    told.record("theft", "gun-1", day(100), {})
    # Reports of this year are held, and none is of that sale.
    told.record("multiple_sale", "gun-9", day(3), {"purchaser": "per-b", "seller": "lic-b"})
    return told


@pytest.fixture(scope="module")
def leads() -> dict[str, dict[str, Any]]:
    return a_life().leads()


def test_what_speaks_against_a_lead_is_said_before_what_speaks_for_it(
    leads: dict[str, dict[str, Any]],
) -> None:
    told = "\n".join(LeadExplanation(leads["per-case"]).lines("en"))
    assert "A candidate is not a suspect" in told.splitlines()[1]
    assert told.index("a first purchaser is not a suspect") < told.index("What speaks for it")
    assert told.index("reported stolen") < told.index("What speaks for it")
    assert "the agency of the case" in told


def test_without_a_reason_a_lead_is_what_the_others_add_up_to(
    leads: dict[str, dict[str, Any]],
) -> None:
    lead = leads["per-case"]
    lines = list(LeadExplanation(lead).lines("en"))
    for reason in json.loads(lead["reasons_for"]):
        left = lead["log_odds"] - reason["log_odds"]
        assert any(f"({left:+.2f}, " in line for line in lines)


def test_a_dealer_is_told_by_its_rate_with_an_interval_and_never_by_a_count(
    leads: dict[str, dict[str, Any]],
) -> None:
    assert "lic-a" in leads
    told = "\n".join(LeadExplanation(leads["lic-a"]).lines("en"))
    assert "times what its volume leads one to expect, between" in told
    assert "chance gives" in told


def test_without_a_record_a_lead_is_what_the_other_records_make_of_it(
    leads: dict[str, dict[str, Any]],
) -> None:
    lead, told = leads["per-case"], a_life()
    records = json.loads(lead["record_ids"])
    with told.opened() as connection:
        found = without_each(connection, "per-case", "person", records)
        rows = connection.execute("SELECT count(*) FROM records").fetchall()
    assert rows == [(len(told.tables["records"]),)]
    stolen = next(row["record_id"] for row in told.tables["records"] if row["kind"] == "theft")
    left = {each.record_id: each.log_odds for each in found}
    assert left[stolen] > lead["log_odds"]
    case = [row["record_id"] for row in told.tables["records"] if row["kind"] == "purchase"]
    assert all(left[one] is not None for one in case)
    lines = list(LeadExplanation(lead, tuple(found)).lines("en"))
    assert any(line.split() == [stolen, f"{left[stolen]:+.2f}"] for line in lines)


def test_without_its_only_sign_there_is_no_lead() -> None:
    told = Told()
    sale = {"purchaser": "per-one", "seller": "lic-a"}
    record = told.record("purchase", "gun-1", day(0), sale, case_number="C1")
    assert "per-one" in told.leads()
    with told.opened() as connection:
        found = without_each(connection, "per-one", "person", [record])
    assert found[0].log_odds is None


def test_every_record_to_ask_for_and_every_field_has_words() -> None:
    from ironriver.networks.lead_reasons import _NEXT

    asked = [(record, holder) for rows in _NEXT.values() for _, record, holder in rows]
    assert {record for record, _ in asked} <= set(_ASKED)
    assert {holder for _, holder in asked} <= set(_HELD_BY)
    for kind, rows in _NEXT.items():
        assert {field for field, _, _ in rows} <= {field.name for field in FIELDS[kind]}
    assert translator("en")(_ASKED["case_file"])
