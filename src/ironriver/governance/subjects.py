"""What the ids of a judgement name, and what two of them can be judged to be one of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from ironriver.errors import MistakeError
from ironriver.governance.standing import About
from ironriver.tables import Handling

# The tables in which ids are looked up.
READS = ("records", "trace_results", "parties", "sources")

_LICENSEES = frozenset({"licensee", "trade_name"})
# A seller may be a shop or a neighbour: the other party decides.
_EITHER = frozenset({"seller"})
_UNASKED = (About.LICENSEE, About.PERSON, About.FIREARM)


class UnfitError(MistakeError):
    """A judgement that cannot be entered.

    ``column`` names the part of it that is wrong, ``index`` its place among those given at once.
    """

    def __init__(self, message: str, column: str, **values: object) -> None:
        self.column = column
        self.index = 0
        super().__init__(message, **values)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an id names: a record (`role` is None) or a party in its role."""

    identifier: str
    record_id: str
    role: str | None
    handling: Handling


def subjects(connection: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> dict[str, Subject]:
    """Look ids up; those that name no record of a firearm and no party are left out."""
    rows = connection.execute(_LOOK_UP, {"ids": sorted(set(ids))}).fetchall()
    return {
        identifier: Subject(identifier, record_id, role, Handling(handling))
        for identifier, record_id, role, handling in rows
    }


_LOOK_UP = """
WITH named AS (
  SELECT record_id AS id, record_id, NULL AS role, source_id FROM records
  UNION ALL SELECT record_id, record_id, NULL, source_id FROM trace_results
  UNION ALL SELECT party_id, record_id, role, source_id FROM parties)
SELECT id, record_id, role, handling FROM named JOIN sources USING (source_id)
WHERE id IN (SELECT unnest($ids))
"""


def found(known: dict[str, Subject], identifier: str, column: str) -> Subject:
    """Give what an id names, or say that it names nothing."""
    if identifier not in known:
        raise UnfitError(
            "there is no record of a firearm and no party {id} in this workspace; "
            "`ironriver export WORKSPACE records` and `parties` list them",
            column,
            id=identifier,
        )
    return known[identifier]


def about_of(left: Subject, right: Subject, asked: About | None) -> About:
    """Tell what two ids can be judged to be one of, by what they name; `asked` must fit."""
    if left.identifier == right.identifier:
        raise UnfitError("{id} stands on both sides; judge two ids", "right", id=left.identifier)
    if (left.role is None) is not (right.role is None):
        raise UnfitError(
            "{left} and {right} are a record and a party; judge two records or two parties",
            "right",
            left=left.identifier,
            right=right.identifier,
        )
    fitting = _kinds(left) & _kinds(right)
    if not fitting:
        raise UnfitError(
            "{left} ({left_role}) and {right} ({right_role}) are a person and a licensee; "
            "judge two persons or two licensees",
            "right",
            left=left.identifier,
            left_role=left.role,
            right=right.identifier,
            right_role=right.role,
        )
    if asked is None:
        # Two records are of one firearm, unless a network is asked for.
        return next(each for each in _UNASKED if each in fitting)
    if asked not in fitting:
        raise UnfitError(
            "{left} and {right} cannot be one {about}, only one {known}",
            "right",
            left=left.identifier,
            right=right.identifier,
            about=asked,
            known=", ".join(sorted(fitting)),
        )
    return asked


def _kinds(subject: Subject) -> set[About]:
    if subject.role is None:
        return {About.FIREARM, About.NETWORK}
    if subject.role in _EITHER:
        return {About.PERSON, About.LICENSEE}
    return {About.LICENSEE if subject.role in _LICENSEES else About.PERSON}
