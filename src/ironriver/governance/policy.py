"""The one policy: every export, report, page and command asks `decide` and nothing else.

A reason is a code with a sentence; the sentence says what to do where something can be done.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ironriver import settings
from ironriver.governance.roles import Role
from ironriver.language import mark
from ironriver.tables import Handling


class Use(StrEnum):
    """What is asked for."""

    ROW = "row"
    """Rows that hold ids, guns, dates and places, but no personal field."""
    NAMES = "names"
    """Rows that hold personal fields, or text as received that may hold one."""
    AGGREGATE = "aggregate"
    """Counts and figures, under the rules of the smallest cell."""
    AUDIT = "audit"
    """The journal of views, exports and decisions."""
    JUDGE = "judge"
    """A decision of one's own: that two ids are the same, are not, or that nobody can tell."""
    FIND = "find"
    """Searching by a person's name, in rows of whatever handling; what is found is `NAMES`."""


# Roles that work on records; oversight and readers see figures and public rows.
WORKING = frozenset({Role.CUSTODIAN, Role.ANALYST, Role.SUPERVISOR})
WATCHING = frozenset({Role.CUSTODIAN, Role.SUPERVISOR, Role.OVERSIGHT})
FREE = frozenset({Handling.PUBLIC, Handling.SYNTHETIC})

_LEAST_CELL = 10

REASONS: dict[str, str] = {
    "allowed": mark("allowed"),
    "no_role": mark("this account holds no role in the workspace; ask a custodian for one"),
    "no_audit": mark("the audit is for custodians, supervisors and oversight"),
    "no_names": mark("names are for analysts, supervisors and custodians; ask for figures instead"),
    "no_rows": mark(
        "rows that are not public are for analysts, supervisors and custodians; "
        "ask for figures instead"
    ),
    "no_purpose": mark(
        "rows marked PERSONAL or LAW_ENFORCEMENT leave only with a purpose; "
        'add --purpose "..." or set IRONRIVER_PURPOSE'
    ),
    "trace_restricted": mark(
        "contents of the United States trace database leave only as audited aggregates; "
        "ask for figures instead"
    ),
    "unknown_handling": mark(
        "it is not known how these rows must be handled; take their source in again"
    ),
    "no_judging": mark("judgements are for analysts, supervisors and custodians"),
    "no_judging_purpose": mark(
        'a judgement is entered only with a purpose; add --purpose "..." or set IRONRIVER_PURPOSE'
    ),
    "no_finding": mark(
        "searching by a person's name is for analysts, supervisors and custodians; "
        "ask for figures instead"
    ),
    "no_finding_purpose": mark(
        "a person's name is searched for only with a purpose, of whatever rows; "
        'add --purpose "..." or set IRONRIVER_PURPOSE'
    ),
    "small_cell": mark("they are small, or the difference between totals would tell a small one"),
    "small_figure": mark("the figure rests on fewer firearms than may be published"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be given, and why."""

    allowed: bool
    code: str

    @property
    def reason(self) -> str:
        """The sentence, in English (the key of its translation)."""
        return REASONS[self.code]


ALLOWED = Decision(True, "allowed")


def states_purpose(purpose: str) -> bool:
    """Tell whether a purpose says anything at all.

    >>> states_purpose(" - ")
    False
    """
    return any(letter.isalnum() for letter in purpose)


def smallest_cell() -> int:
    """Give the smallest count that leaves: the setting ``minimum_cell``, but never below 10.

    The setting comes from the environment of whoever asks, so it can only make the rule stricter.
    """
    return max(_LEAST_CELL, settings.whole("minimum_cell"))


def decide(role: Role | None, purpose: str, handling: Handling | None, use: Use) -> Decision:
    """Judge one use of rows of one handling; what is not known is refused.

    >>> decide(Role.READER, "", Handling.LAW_ENFORCEMENT, Use.ROW).code
    'no_rows'
    >>> decide(Role.ANALYST, "case 12/2024", Handling.LAW_ENFORCEMENT, Use.ROW).allowed
    True
    """
    if role is None:
        return Decision(False, "no_role")
    if use is Use.AUDIT:
        return ALLOWED if role in WATCHING else Decision(False, "no_audit")
    if use is Use.JUDGE:
        return _whatever_rows(role, purpose, "no_judging")
    if use is Use.FIND:
        return _whatever_rows(role, purpose, "no_finding")
    if handling is None:
        return Decision(False, "unknown_handling")
    if use is Use.AGGREGATE:
        return ALLOWED
    if handling is Handling.TRACE_RESTRICTED:
        return Decision(False, "trace_restricted")
    if handling in FREE:
        return _free(role, use)
    if role not in WORKING:
        return Decision(False, "no_names" if use is Use.NAMES else "no_rows")
    return ALLOWED if states_purpose(purpose) else Decision(False, "no_purpose")


def _whatever_rows(role: Role, purpose: str, code: str) -> Decision:
    """Judge what needs a working role and a purpose, of whatever rows; `code` begins its refusals.

    By a judgement nothing leaves, and a search by name is one even among rows that are free.
    """
    if role not in WORKING:
        return Decision(False, code)
    return ALLOWED if states_purpose(purpose) else Decision(False, f"{code}_purpose")


def _free(role: Role, use: Use) -> Decision:
    """Judge public and invented rows: free for every role, their names for working roles only."""
    if use is Use.NAMES and role not in WORKING:
        return Decision(False, "no_names")
    return ALLOWED
