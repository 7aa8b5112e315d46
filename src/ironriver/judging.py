"""The command `ironriver review`: what waits for a judgement, and judging it."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ironriver.errors import MistakeError
from ironriver.language import mark, translator
from ironriver.options import AsJson, Lang, Purpose, WorkspaceArgument

if TYPE_CHECKING:
    from ironriver.governance.judge import Proposal
    from ironriver.governance.standing import About, Judgement
    from ironriver.reports.review import Item, Review

Two = tuple[str, str] | None
Same = Annotated[Two, typer.Option("--same", metavar="ID ID", help="Judge that two are one.")]
Different = Annotated[
    Two, typer.Option("--different", metavar="ID ID", help="Judge that two are not one.")
]
Unsure = Annotated[
    Two, typer.Option("--unsure", metavar="ID ID", help="Judge that nobody can tell.")
]
Why = Annotated[str, typer.Option("--why", help="Why; kept with the judgement.")]
Batch = Annotated[
    Path | None,
    typer.Option("--file", help="Enter all judgements of a CSV: left, right, verdict, why."),
]
Undo = Annotated[
    int | None, typer.Option("--undo", metavar="NUMBER", help="Undo the judgement of this number.")
]
InForce = Annotated[bool, typer.Option("--list", help="List the judgements in force.")]
Kind = Annotated[
    str | None,
    typer.Option("--about", help="Show, or judge, only firearm, person, licensee or network."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many matches to show.")]

_ENTERED = mark("judgement {number} entered: {left} {verdict} {right}")
_UNDONE = mark("judgement {number} undone: {left} {verdict} {right}")
_OVERTAKEN = mark(
    "judgement {number} ({verdict}, by {actor}) binds no longer: {by} takes its place"
)
_BACK = mark("judgement {number} ({verdict}, by {actor}) binds again")
_LATER = mark("stages take it into account when they next run")
_KEYS = mark("s same, d different, u unsure, n next, z undo the last, q quit")


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(review)


def review(
    workspace: WorkspaceArgument,
    same: Same = None,
    different: Different = None,
    unsure: Unsure = None,
    why: Why = "",
    file: Batch = None,
    undo: Undo = None,
    in_force: InForce = False,
    about: Kind = None,
    limit: Limit = 10,
    purpose: Purpose = "",
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Show the matches that wait for a judgement, most urgent first; judge them, or undo.

    At a terminal each is shown with the keys to judge it; elsewhere the list is printed.
    """
    from ironriver import console
    from ironriver.reports.review import Review

    pairs = {"same": same, "different": different, "unsure": unsure}
    kind = _kind(about)
    proposals = _asked(pairs, why, file, undo, in_force, kind)
    with console.reading(workspace, purpose) as (ws, access), Review(ws, access) as desk:
        if proposals:
            _told(desk, _enter(desk, proposals, file), _ENTERED, lang, as_json=as_json)
        elif undo is not None:
            _told(desk, [desk.undo(undo)], _UNDONE, lang, as_json=as_json)
        elif in_force:
            _list(desk, lang, as_json=as_json)
        elif sys.stdin.isatty() and not as_json and desk.may_judge:
            _talk(desk, kind, lang)
        else:
            _queue(desk, limit, kind, lang, as_json=as_json)


def _asked(
    pairs: dict[str, Two],
    why: str,
    file: Path | None,
    undo: int | None,
    in_force: bool,
    kind: About | None,
) -> list[Proposal]:
    """Read what is to be judged; more than one thing at a time is a mistake."""
    from ironriver.governance.judge import Proposal
    from ironriver.governance.judgement_file import read_judgements
    from ironriver.governance.standing import Verdict

    given = [(word, pair) for word, pair in pairs.items() if pair is not None]
    if len(given) + (file is not None) + (undo is not None) + in_force > 1:
        raise MistakeError(
            "give one of --same, --different, --unsure, --file, --undo and --list at a time"
        )
    if why and not given:
        raise MistakeError("--why goes with --same, --different or --unsure")
    if file is not None:
        return read_judgements(file)
    return [Proposal(left, right, Verdict(word), why, kind) for word, (left, right) in given]


def _kind(word: str | None) -> About | None:
    from ironriver.governance.standing import About

    if word is None:
        return None
    try:
        return About(word)
    except ValueError:
        raise MistakeError(
            "nothing is judged about {word}; judgements are about: {known}",
            word=word,
            known=", ".join(About),
        ) from None


def _enter(desk: Review, proposals: list[Proposal], file: Path | None) -> list[Judgement]:
    from ironriver.governance.judgement_file import RowError
    from ironriver.governance.subjects import UnfitError

    try:
        return desk.judge(proposals)
    except UnfitError as error:
        if file is None:
            raise
        raise RowError(file.name, error.index + 1, error.column, error) from error


def _told(
    desk: Review, made: Sequence[Judgement], template: str, lang: str, *, as_json: bool = False
) -> None:
    """Say what was entered or undone, and what became of earlier judgements of the same two."""
    say = translator(lang)
    if as_json:
        _print_json([dataclasses.asdict(one) for one in made])
        return
    for one in made:
        line = say(template).format(
            number=one.sequence, left=one.left_id, verdict=one.verdict, right=one.right_id
        )
        typer.echo(line)
    for one in desk.changed_by(made):
        line = say(_BACK if one.binds else _OVERTAKEN).format(
            number=one.sequence, verdict=one.verdict, actor=one.actor, by=one.overtaken_by
        )
        typer.echo(line)
    typer.echo(say(_LATER))


def _list(desk: Review, lang: str, *, as_json: bool) -> None:
    from ironriver.reports.review_text import judgement_lines

    rows, released = desk.judgements()
    if as_json:
        _print_json(rows)
    else:
        for line in judgement_lines(rows, lang):
            typer.echo(line)
    for line in released.lines(lang):
        typer.echo(line, err=True)


def _queue(desk: Review, limit: int, kind: About | None, lang: str, *, as_json: bool) -> None:
    from rich.console import Console

    from ironriver.reports.review_text import queue_text

    queue = desk.queue(limit, kind)
    if as_json:
        items = [dataclasses.asdict(item) for item in queue.items]
        _print_json({"waiting": queue.waiting, "items": items})
    else:
        screen = Console()
        for part in queue_text(queue, lang):
            screen.print(part)
    for line in queue.lines(lang):
        typer.echo(line, err=True)


def _print_json(content: Any) -> None:  # noqa: ANN401  whatever JSON holds
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def _talk(desk: Review, kind: About | None, lang: str) -> None:
    """Show one match after another and take a key for each, until none waits or `q`."""
    from rich.console import Console

    from ironriver.reports.review_text import item_text

    passed: set[str] = set()
    made: list[int] = []
    say, screen = translator(lang), Console()
    while True:
        queue = desk.queue(1, kind, passed)
        if not queue.items:
            typer.echo(say("no match waits for a judgement"))
            break
        (item,) = queue.items
        waits = say("{waiting:,} wait").format(waiting=queue.waiting)
        screen.print(item_text(item, lang))
        key = _read(f"{waits} — {say(_KEYS)}: ")
        if key in ("q", None):
            break
        try:
            _take(desk, item, key, passed, made, lang)
        except MistakeError as error:
            typer.echo(error.text(lang), err=True)


def _take(desk: Review, item: Item, key: str, passed: set[str], made: list[int], lang: str) -> None:
    """Do what a key asks for; a MistakeError leaves everything as it was."""
    from ironriver.governance.judge import Proposal
    from ironriver.governance.standing import Verdict

    verdicts = {"s": Verdict.SAME, "d": Verdict.DIFFERENT, "u": Verdict.UNSURE}
    say = translator(lang)
    if key == "n":
        passed.add(item.match_id)
    elif key == "z":
        if not made:
            raise MistakeError("nothing was judged here that could be undone")
        _told(desk, [desk.undo(made[-1])], _UNDONE, lang)
        made.pop()
    elif key in verdicts:
        why = _read(say("Why: ")) or ""
        ids = (item.left.identifier, item.right.identifier)
        entered = desk.judge([Proposal(*ids, verdicts[key], why, item.about)])
        made.append(entered[0].sequence)
        _told(desk, entered, _ENTERED, lang)
    else:
        raise MistakeError("{key} is no key here: {keys}", key=key or "-", keys=say(_KEYS))


def _read(prompt: str) -> str | None:
    """Ask for one line; None where there is no more to come."""
    typer.echo(prompt, nl=False)
    line = sys.stdin.readline()
    return line.strip() if line else None
