"""The command `trace`: where recovered guns came from, and since when that could be known."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ironriver.language import mark, translator
from ironriver.options import AsJson, AsOf, Lang, Purpose, Wait, WorkspaceArgument, known_day, say

if TYPE_CHECKING:
    from ironriver.tracing.history import History
    from ironriver.tracing.stage import Progress

POSSIBLE = {
    "requested": mark("a trace was asked for"),
    "answered": mark("the tracing center answered"),
    "licensee": mark("the records received sufficed to name the licensee"),
    "purchaser": mark("the records received sufficed to name the purchaser"),
}


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(trace)


def trace(
    workspace: WorkspaceArgument,
    history: Annotated[
        str | None,
        typer.Option(
            "--history",
            metavar="RECOVERY",
            help="List when each fact about a recovery became known, and when its trace first "
            "became possible.",
        ),
    ] = None,
    readiness: Annotated[
        bool,
        typer.Option(
            "--readiness",
            help="Say which recoveries are ready for a trace request, and what would make it fail.",
        ),
    ] = False,
    as_of: AsOf = None,
    purpose: Purpose = "",
    wait: Wait = 0.0,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Trace every recovery: chain of custody, outcome, origin and time-to-crime."""
    day = known_day(as_of)
    if history is not None:
        _show_history(workspace, history, day, purpose, lang, as_json=as_json)
        return
    if readiness:
        from ironriver.requesting import check_all

        progress = _progress(lang)
        check_all(workspace, day, purpose, wait, lang, progress, as_json=as_json)
        return
    changed = _carry_out(workspace, day, purpose, wait, lang)
    say("traces written" if changed else "traces unchanged", lang)


def _carry_out(workspace: Path, day: dt.date | None, purpose: str, wait: float, lang: str) -> bool:
    """Run the stage; for an earlier day also those before it, on what was known then."""
    from ironriver import console, pipeline
    from ironriver.tracing import stage as tracing

    with console.writing(workspace, wait, purpose) as (ws, access), _progress(lang) as progress:
        for stage in pipeline.STAGES:
            if stage.name == "trace":
                told = replace(stage, run=partial(tracing.trace, progress=progress))
                return pipeline.run_stage(ws, told, access, day)
            if day:
                pipeline.run_stage(ws, stage, access, day)
    return False


@contextmanager
def _progress(lang: str) -> Iterator[Progress | None]:
    """Show how many recoveries are traced and the time left; stay quiet off a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Left

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Left())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(translator(lang)("recoveries traced"), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show_history(
    workspace: Path, recovery: str, day: dt.date | None, purpose: str, lang: str, *, as_json: bool
) -> None:
    from ironriver import console, engine
    from ironriver.governance.policy import Use
    from ironriver.reports.export import EXPIRY_READS, expired_today
    from ironriver.tracing import READS
    from ironriver.tracing.history import history

    if day:
        console.derive_for(workspace, day, purpose)
    with console.reading(workspace, purpose) as (ws, access):
        with engine.connect(ws, {*READS, *EXPIRY_READS}, day) as connection:
            found = history(connection, recovery).without(expired_today(connection).records)
        access.permit("view", found.recovery_record_id, found.handling, Use.ROW)
        typer.echo(found.to_json() if as_json else "\n".join(_lines(found, lang)))


def _lines(found: History, lang: str) -> Iterator[str]:
    from ironriver.tracing.words import HOPS

    tell = translator(lang)
    for name, day in found.possible.items():
        yield f"{day}  {tell(POSSIBLE[name])}"
    yield ""
    yield tell("What was received, and since when the records tie it to the recovery:")
    for each in found.entries:
        what = ", ".join(tell(HOPS[hop]) for hop in each.hops) or each.kind
        since = each.linked_from.isoformat() if each.linked_from else tell("never")
        yield f"{each.known_from}  {since:<10}  {each.record_id}  {what} ({each.day or '—'})"
