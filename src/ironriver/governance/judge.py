"""Entering a judgement: that two ids are the same, are not, or that nobody can tell.

What is entered is checked first: both ids exist and are of one kind, and no judgement in force
rules it out. Nothing leaves by it, so it may be about any row; showing the rows is the gate's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import duckdb

from ironriver.errors import MistakeError, RefusedError
from ironriver.governance.access import Access
from ironriver.governance.judgements import JUDGE, UNDO, Docket, docket
from ironriver.governance.policy import Use, decide, states_purpose
from ironriver.governance.standing import About, Judgement, Verdict
from ironriver.governance.subjects import READS, Subject, UnfitError, about_of, found, subjects
from ironriver.tables import Handling

__all__ = ["READS", "Proposal", "UnfitError", "judge", "judge_all", "permit_judging", "undo"]

_LONGEST_WHY = 2_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A judgement that somebody wants to enter; what it is about follows from its ids."""

    left_id: str
    right_id: str
    verdict: Verdict
    why: str
    about: About | None = None


def permit_judging(access: Access, object_: str) -> None:
    """Refuse, and journal the refusal, where role or purpose does not allow judging."""
    decision = decide(access.role, access.purpose, None, Use.JUDGE)
    if not decision.allowed:
        access.enter("refusal", object_, {"asked": JUDGE, "code": decision.code})
        raise RefusedError(decision.reason)


def judge(connection: duckdb.DuckDBPyConnection, access: Access, one: Proposal) -> Judgement:
    """Enter one judgement and give it as it binds; `connection` holds the tables of `READS`.

    The same judgement by the same account twice changes nothing. Raises UnfitError where ids do not
    exist, are of different kinds or one, or where judgements in force rule it out.
    """
    return judge_all(connection, access, [one])[0]


def judge_all(
    connection: duckdb.DuckDBPyConnection, access: Access, proposals: Sequence[Proposal]
) -> list[Judgement]:
    """Enter judgements in their order, all or none; see `judge`.

    The error of the first that is unfit bears its place among them as ``index``.
    """
    permit_judging(access, "judgements")
    known = subjects(connection, {each for one in proposals for each in _ids(one)})
    now = docket(access.journal)
    checked = []
    for index, one in enumerate(proposals):
        try:
            checked.append(_check(now, access, one, known, -1 - index))
        except UnfitError as error:
            error.index = index
            raise
    numbers = {each.sequence: each.sequence for each in checked}
    for each in checked:
        if numbers[each.sequence] < 0:
            numbers[each.sequence] = _enter(access, each)
    # Somebody else may have judged meanwhile: what the journal holds now is what counts.
    entered = docket(access.journal).all
    for number in numbers.values():
        if entered[number].contradicts:
            _refuse(entered[number], entered[number].contradicts)
    return [entered[numbers[each.sequence]] for each in checked]


def undo(access: Access, number: int) -> Judgement:
    """Undo a judgement and give it; the one whose place it had taken binds again.

    Raises MistakeError where there is none of that number, it is undone already, or what would
    bind again contradicts others.
    """
    permit_judging(access, str(number))
    now = docket(access.journal)
    one = now.all.get(number)
    if one is None:
        raise MistakeError(
            "there is no judgement {number}; `ironriver review WORKSPACE --list` lists them",
            number=number,
        )
    if one.undone_by is not None:
        raise MistakeError(
            "judgement {number} was undone already, by entry {by}", number=number, by=one.undone_by
        )
    back = now.behind(number) if one.binds else None
    if back is not None:
        now.standing.drop(one.pair)
        if against := now.standing.against(back):
            raise MistakeError(
                "without judgement {number}, judgement {back} would bind again, and judgements "
                "{numbers} rule that out; undo one of these first",
                number=number,
                back=back.sequence,
                numbers=_listed(against),
            )
    access.enter(UNDO, str(number), {"judgement": number, "known_from": _today().isoformat()})
    return docket(access.journal).all[number]


def _ids(one: Proposal) -> tuple[str, str]:
    return one.left_id, one.right_id


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).astimezone().date()


def _check(
    now: Docket, access: Access, one: Proposal, known: dict[str, Subject], number: int
) -> Judgement:
    """Give the judgement as it would stand, under a number below zero while it has none yet."""
    left, right = found(known, one.left_id, "left"), found(known, one.right_id, "right")
    about = about_of(left, right, one.about)
    smaller, larger = sorted(_ids(one))
    new = Judgement(
        sequence=number, at="", known_from=_today(), actor=access.actor, role=str(access.role),
        about=about, left_id=smaller, right_id=larger, verdict=one.verdict, why=_why(one.why),
        record_ids=tuple(sorted({left.record_id, right.record_id})),
        handling=max(left.handling, right.handling, key=list(Handling).index),
    )  # fmt: skip
    standing = now.standing.of(new.pair)
    if standing is not None and _says(standing) == _says(new):
        return standing
    if against := now.standing.against(new):
        _refuse(new, against)
    now.judge(new)
    return new


def _says(one: Judgement) -> tuple[str, Verdict, str]:
    return one.actor, one.verdict, one.why


def _why(text: str) -> str:
    """Put a reason on one line; a judgement without one, or with a book of them, is unfit."""
    why = " ".join(text.encode("utf-8", "replace").decode().split())
    if not states_purpose(why):
        raise UnfitError("a judgement needs its reason; say why", "why")
    if len(why) > _LONGEST_WHY:
        raise UnfitError(
            "the reason has {length:,} characters; say it in {most:,}",
            "why",
            length=len(why),
            most=_LONGEST_WHY,
        )
    return why


def _enter(access: Access, one: Judgement) -> int:
    detail = {
        "about": str(one.about),
        "left": one.left_id,
        "right": one.right_id,
        "verdict": str(one.verdict),
        "why": one.why,
        "known_from": one.known_from.isoformat(),
        "record_ids": list(one.record_ids),
        "handling": str(one.handling),
    }
    return access.enter(JUDGE, f"{one.left_id} {one.right_id}", detail)


def _refuse(new: Judgement, against: Iterable[int]) -> NoReturn:
    """Say which judgements rule one out; those of the same file are named by their rows."""
    rows = [-number for number in against if number < 0]
    values = {
        "left": new.left_id,
        "right": new.right_id,
        "verdict": new.verdict,
        "numbers": _listed(number for number in against if number >= 0),
    }
    if rows:
        raise UnfitError(
            "{left} and {right}: {verdict} contradicts what rows {rows} of the file and "
            "judgements {numbers} say together",
            "verdict",
            rows=_listed(rows),
            **values,
        )
    raise UnfitError(
        "{left} and {right}: {verdict} contradicts what judgements {numbers} say together; "
        "undo one of them first",
        "verdict",
        **values,
    )


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers)) or "-"
