"""The matches that wait for a judgement, and judging them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from ironriver.governance.access import total
from ironriver.governance.judge import Proposal
from ironriver.governance.standing import About, Judgement, Verdict
from ironriver.reports.review import Review
from ironriver.web.answers.pages import opened, told
from ironriver.web.bench import Bench, Who


def queue(bench: Bench, who: Who, *, limit: int, about: str | None) -> dict[str, Any]:
    """Give the most urgent matches, both sides as far as they may be seen."""
    with Review(bench.workspace, bench.access(who)) as desk:
        found = desk.queue(min(limit, bench.most_rows), About(about) if about else None)
        may_judge = desk.may_judge
    withheld = total(each for one in found.releases for each in one.withheld.items())
    return {
        "waiting": found.waiting,
        "may_judge": may_judge,
        "items": [_readable(asdict(item)) for item in found.items],
        "withheld": told(withheld, who.lang),
    }


def judgements(bench: Bench, who: Who) -> dict[str, Any]:
    """Give the judgements in force that may be seen."""
    with Review(bench.workspace, bench.access(who)) as desk:
        found, released = desk.judgements()
    for row in found:
        row |= {name: opened(row[name]) for name in ("contradicts", "record_ids")}
    return {"judgements": _readable(found), "withheld": told(released.withheld, who.lang)}


def judge(
    bench: Bench,
    who: Who,
    *,
    left_id: str,
    right_id: str,
    verdict: str,
    why: str,
    about: str | None,
) -> dict[str, Any]:
    """Enter one judgement."""
    kind = About(about) if about else None
    with Review(bench.workspace, bench.access(who)) as desk:
        made = desk.judge([Proposal(left_id, right_id, Verdict(verdict), why, kind)])
        return _made(made, desk.changed_by(made))


def undo(bench: Bench, who: Who, *, number: int) -> dict[str, Any]:
    """Undo a judgement; the one whose place it had taken binds again."""
    with Review(bench.workspace, bench.access(who)) as desk:
        made = [desk.undo(number)]
        return _made(made, desk.changed_by(made))


def _made(made: Iterable[Judgement], changed: Iterable[Judgement]) -> dict[str, Any]:
    """Tell what was entered or undone; of others' judgements no reason is told, it may name."""
    (one,) = made
    return {
        "number": one.sequence,
        "about": str(one.about),
        "left_id": one.left_id,
        "right_id": one.right_id,
        "verdict": str(one.verdict),
        "binds": one.binds,
        "changed": [
            {
                "number": each.sequence,
                "verdict": str(each.verdict),
                "actor": each.actor,
                "binds": each.binds,
                "overtaken_by": each.overtaken_by,
            }
            for each in changed
        ],
    }


def _readable(value: Any) -> Any:  # noqa: ANN401  whatever JSON holds
    """Give dates as text and words as plain text, at any depth."""
    if isinstance(value, dict):
        return {key: _readable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(each) for each in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
