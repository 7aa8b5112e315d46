"""Names put into restricted sources come out of no door but for those who may see them."""

from __future__ import annotations

import pytest
from guarded import (
    AUTHORITY,
    CANARIES,
    EXPIRED,
    FILE,
    FRESH,
    HOLDER,
    NOTED,
    OFFICER,
    POSSESSOR,
    QUARANTINED,
    RESTRICTED,
    SELLER,
    TRACED,
    Guarded,
)

from ironriver.governance.release import WithheldError
from ironriver.governance.roles import Role
from ironriver.reports.export import FORMATS
from ironriver.tables import ROW_TABLES, TABLES


def found(text: str) -> set[str]:
    return {name for name in CANARIES if name.lower() in text.lower()}


@pytest.mark.parametrize(
    ("role", "purpose", "forms"),
    [
        (Role.READER, "case 12", FORMATS),
        (Role.OVERSIGHT, "case 12", ("csv",)),
        (Role.ANALYST, "", ("jsonl",)),
        (Role.CUSTODIAN, " - ", ("parquet",)),
    ],
)
def test_no_name_comes_out_of_any_door_without_role_and_purpose(
    guarded: Guarded, role: Role, purpose: str, forms: tuple[str, ...]
) -> None:
    tried = dict(guarded.doors(guarded.as_role(role, purpose), forms))
    assert len(tried) > len(TABLES) * len(forms) + 10
    leaks = {door: names for door, text in tried.items() if (names := found(text))}
    assert not leaks


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR, Role.CUSTODIAN])
def test_with_a_purpose_working_roles_get_the_names_that_have_not_expired(
    guarded: Guarded, role: Role
) -> None:
    access = guarded.as_role(role, "carpeta 12/2024")
    for form in FORMATS:
        parties = found(guarded.export("parties", form, access))
        assert parties == {FRESH, TRACED, SELLER, HOLDER}
        assert found(guarded.export("raw_rows", form, access)) == parties | {
            AUTHORITY,
            NOTED,
            QUARANTINED,
        }
        assert found(guarded.export("records", form, access)) == {AUTHORITY, NOTED}
        assert FILE in guarded.export("sources", form, access)


def test_names_stand_in_the_journal_for_nobody(guarded: Guarded) -> None:
    access = guarded.as_role(Role.ANALYST, "carpeta 12/2024")
    tried = dict(guarded.doors(access, ["csv"]))
    given = found("".join(tried.values()))
    assert given >= {FRESH, TRACED, SELLER, HOLDER}
    assert EXPIRED not in given
    assert not found(tried["journal"] + tried["audit"])
    shown = "".join(tried[door] for door in ("report en", "report es", "check en", "check es"))
    assert found(shown) <= {FILE}


@pytest.mark.parametrize("role", [Role.CUSTODIAN, Role.OVERSIGHT])
def test_a_row_of_the_trace_database_leaves_by_no_door(guarded: Guarded, role: Role) -> None:
    access = guarded.as_role(role, "carpeta 12/2024")
    tried = dict(guarded.doors(access, ["jsonl"]))
    tell_tale = (RESTRICTED, POSSESSOR, OFFICER, "TRC1", "REQ1")
    for door, text in tried.items():
        assert not [word for word in tell_tale if word in text], door
    assert "origin.records.us_sourced.submitted." in tried["export figures jsonl"]
    identifiers = guarded.ids("trace_results")
    assert identifiers
    for identifier in identifiers:
        assert found(tried[f"explain {identifier}"]) == set()
        # Nor as an id in a figure, since that tells how the trace of this gun ended.
        others = "".join(t for d, t in tried.items() if d.startswith(("export", "report", "check")))
        assert identifier not in others


def test_a_refusal_names_reason_and_remedy_in_both_languages(guarded: Guarded) -> None:
    access = guarded.as_role(Role.ANALYST)
    with pytest.raises(WithheldError) as caught:
        guarded.export("parties", "csv", access)
    assert "--purpose" in caught.value.text("en")
    assert caught.value.text("es") != caught.value.text("en")
    assert "--purpose" in caught.value.text("es")
    assert caught.value.codes[0] in {"no_purpose", "trace_restricted"}
    last = list(guarded.workspace.entries())[-1]
    assert (last.action, last.object, last.actor) == ("refusal", "parties", access.actor)
    assert set(last.detail["withheld"]) == {"no_purpose", "trace_restricted"}


def test_quarantine_and_its_reason_are_held_back_like_the_rows(guarded: Guarded) -> None:
    access = guarded.as_role(Role.ANALYST, "carpeta 12/2024")
    assert "31/31/2099" in guarded.export("quarantine", "csv", access)
    assert QUARANTINED in guarded.export("raw_rows", "csv", access)
    with pytest.raises(WithheldError):
        guarded.export("quarantine", "csv", guarded.as_role(Role.OVERSIGHT, "x1"))


def test_oversight_sees_what_is_held_and_why_but_no_file_name(guarded: Guarded) -> None:
    text = guarded.export("sources", "csv", guarded.as_role(Role.OVERSIGHT))
    assert text.count("LAW_ENFORCEMENT") == 2
    assert text.count("TRACE_RESTRICTED") == 2
    assert FILE not in text
    assert "multiple_sale_report" in text


def test_every_row_table_is_tried(guarded: Guarded) -> None:
    assert {"records", "licences", "trace_results", "published_figures"} <= set(ROW_TABLES)
    assert guarded.ids("licences")
