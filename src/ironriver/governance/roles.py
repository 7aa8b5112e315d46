"""Roles are entries of the journal: who granted what to whom, and nothing beside it.

Whoever wrote the first entry created the workspace and is its custodian. A grant counts only if its
author was a custodian at that moment, and a revocation only if a custodian remains, so an entry
slipped in by somebody else changes nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NoReturn, Protocol

from ironriver.errors import MistakeError, RefusedError


class Role(StrEnum):
    """What an account may do in one workspace."""

    CUSTODIAN = "custodian"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    OVERSIGHT = "oversight"
    READER = "reader"


class Entry(Protocol):
    """The fields of a journal entry that roles rest on."""

    @property
    def actor(self) -> str: ...  # noqa: D102
    @property
    def action(self) -> str: ...  # noqa: D102
    @property
    def object(self) -> str: ...  # noqa: D102
    @property
    def detail(self) -> Mapping[str, Any] | None: ...  # noqa: D102


class Journal(Protocol):
    """The part of a workspace that governance needs."""

    def append(
        self,
        action: str,
        object: str,  # noqa: A002
        actor: str,
        role: str,
        purpose: str = "",
        detail: dict[str, Any] | None = None,
    ) -> int:
        """Write one entry and make it last, or raise."""
        ...

    def entries(self) -> Iterator[Any]:
        """Give every entry in order (see `Entry`)."""
        ...


def account() -> str:
    """Give the operating-system account that runs this process.

    Asked of the system by user number: variables such as ``USER`` can be set to anything.
    """
    if sys.platform == "win32":
        return os.getlogin()
    import pwd

    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid-{number}"


def as_role(word: str) -> Role:
    """Give the role called `word`, or say which exist.

    >>> as_role("analyst")
    <Role.ANALYST: 'analyst'>
    """
    try:
        return Role(word)
    except ValueError:
        raise MistakeError(
            "there is no role {role}; roles are: {known}", role=word, known=", ".join(Role)
        ) from None


def roles(journal: Journal) -> dict[str, Role]:
    """Read the journal once and give every account that holds a role."""
    held: dict[str, Role] = {}
    for number, entry in enumerate(journal.entries()):
        follow(held, number, entry)
    return held


def follow(held: dict[str, Role], number: int, entry: Entry) -> None:
    """Bring the roles in `held` up to the journal's entry `number`, the entries before it done."""
    if number == 0:
        held[entry.actor] = Role.CUSTODIAN
    if entry.action not in ("grant", "revoke") or held.get(entry.actor) != Role.CUSTODIAN:
        return
    word = (entry.detail or {}).get("role", "") if entry.action == "grant" else None
    if word is not None and word not in set(Role):
        return
    if word != Role.CUSTODIAN and _is_last_custodian(held, entry.object):
        return
    if word is None:
        held.pop(entry.object, None)
    else:
        held[entry.object] = Role(word)


def role_of(journal: Journal, name: str) -> Role | None:
    """Give the role that the account `name` holds, or None."""
    return roles(journal).get(name)


def grant(journal: Journal, actor: str, name: str, role: Role) -> None:
    """Give the account `name` a role in place of the one it has; custodians only.

    Raises RefusedError, itself journalled, if `actor` is no custodian or none would remain.
    """
    held = _as_custodian(journal, actor, "grant", name)
    if role != Role.CUSTODIAN and _is_last_custodian(held, name):
        _refuse_last(journal, actor, "grant", name)
    journal.append("grant", name, actor, held[actor], detail={"role": str(role)})


def revoke(journal: Journal, actor: str, name: str) -> None:
    """Take the role of the account `name` away; custodians only, and never the last of them."""
    held = _as_custodian(journal, actor, "revoke", name)
    if name not in held:
        raise MistakeError(
            "{account} holds no role; accounts with a role are: {known}",
            account=name,
            known=", ".join(sorted(held)),
        )
    if _is_last_custodian(held, name):
        _refuse_last(journal, actor, "revoke", name)
    journal.append("revoke", name, actor, held[actor], detail={"role": str(held[name])})


def _is_last_custodian(held: Mapping[str, Role], name: str) -> bool:
    custodians = {each for each, role in held.items() if role == Role.CUSTODIAN}
    return custodians == {name}


def _as_custodian(journal: Journal, actor: str, action: str, name: str) -> dict[str, Role]:
    held = roles(journal)
    if held.get(actor) != Role.CUSTODIAN:
        custodians = sorted(each for each, role in held.items() if role == Role.CUSTODIAN)
        role = held.get(actor)
        detail = {"asked": action, "code": "not_custodian"}
        journal.append("refusal", name, actor, role or "none", detail=detail)
        raise RefusedError(
            "only a custodian grants and revokes roles; {actor} holds the role {role}; "
            "ask a custodian: {custodians}",
            actor=actor,
            role=role or "none",
            custodians=", ".join(custodians) or "-",
        )
    return held


def _refuse_last(journal: Journal, actor: str, action: str, name: str) -> NoReturn:
    detail = {"asked": action, "code": "last_custodian"}
    journal.append("refusal", name, actor, Role.CUSTODIAN, detail=detail)
    raise RefusedError(
        "{account} is the last custodian, and a workspace needs one; "
        "grant another account the role custodian first",
        account=name,
    )
