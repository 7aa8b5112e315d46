"""Roles live in the journal, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from governance_journals import MemoryJournal, founded
from hypothesis import given
from hypothesis import strategies as st

from ironriver.errors import MistakeError, RefusedError
from ironriver.governance.roles import Role, account, as_role, grant, revoke, role_of, roles

NAMES = ("ana", "beto", "caro")


def test_whoever_creates_a_workspace_is_its_custodian() -> None:
    journal = founded("ana")
    assert role_of(journal, "ana") is Role.CUSTODIAN
    assert role_of(journal, "beto") is None


def test_an_empty_journal_gives_nobody_a_role() -> None:
    assert roles(MemoryJournal()) == {}


def test_a_grant_takes_the_place_of_the_former_role() -> None:
    journal = founded()
    grant(journal, "ana", "beto", Role.ANALYST)
    grant(journal, "ana", "beto", Role.OVERSIGHT)
    assert role_of(journal, "beto") is Role.OVERSIGHT


def test_only_a_custodian_grants_and_the_refusal_is_journalled() -> None:
    journal = founded()
    grant(journal, "ana", "beto", Role.SUPERVISOR)
    for actor in ("beto", "stranger"):
        with pytest.raises(RefusedError, match="ask a custodian: ana"):
            grant(journal, actor, actor, Role.CUSTODIAN)
        assert journal.lines[-1].action == "refusal"
        assert journal.lines[-1].actor == actor
    assert role_of(journal, "stranger") is None


@pytest.mark.parametrize(
    "leave",
    [
        lambda journal: revoke(journal, "ana", "ana"),
        lambda journal: grant(journal, "ana", "ana", Role.READER),
    ],
    ids=["revoked", "demoted"],
)
def test_the_last_custodian_stays(leave: Callable[[MemoryJournal], None]) -> None:
    journal = founded()
    with pytest.raises(RefusedError, match="last custodian"):
        leave(journal)
    assert journal.lines[-1].action == "refusal"
    assert role_of(journal, "ana") is Role.CUSTODIAN


def test_a_custodian_may_leave_once_there_is_another() -> None:
    journal = founded()
    grant(journal, "ana", "beto", Role.CUSTODIAN)
    revoke(journal, "beto", "ana")
    assert roles(journal) == {"beto": Role.CUSTODIAN}


def test_revoking_from_nobody_says_who_holds_a_role() -> None:
    with pytest.raises(MistakeError, match="accounts with a role are: ana"):
        revoke(founded(), "ana", "zoe")


def test_a_grant_slipped_into_the_journal_by_another_counts_for_nothing() -> None:
    journal = founded()
    journal.append("grant", "eve", "eve", "custodian", detail={"role": "custodian"})
    journal.append("revoke", "ana", "eve", "custodian")
    journal.append("grant", "beto", "ana", "custodian", detail={"role": "emperor"})
    assert roles(journal) == {"ana": Role.CUSTODIAN}


def test_two_custodians_who_revoke_each_other_at_once_leave_one() -> None:
    journal = founded()
    grant(journal, "ana", "beto", Role.CUSTODIAN)
    journal.append("revoke", "beto", "ana", "custodian")
    journal.append("revoke", "ana", "beto", "custodian")
    assert roles(journal) == {"ana": Role.CUSTODIAN}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["grant", "revoke"]),
            st.sampled_from(NAMES),
            st.sampled_from(NAMES),
            st.sampled_from([*Role, "nonsense"]),
        ),
        max_size=30,
    )
)
def test_whatever_is_written_a_custodian_remains(
    moves: list[tuple[str, str, str, str]],
) -> None:
    journal = founded()
    for action, actor, name, role in moves:
        journal.append(action, name, actor, "?", detail={"role": str(role)})
        assert Role.CUSTODIAN in roles(journal).values()


def test_the_account_is_the_systems_and_not_the_environments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = account()
    for variable in ("USER", "LOGNAME", "LNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(variable, "somebody-else")
    assert account() == before != "somebody-else"


def test_an_unknown_role_lists_those_that_exist() -> None:
    with pytest.raises(MistakeError, match="custodian, analyst, supervisor, oversight, reader"):
        as_role("boss")
