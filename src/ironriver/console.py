"""What the command line shows, and how it opens a workspace."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ironriver import pipeline
from ironriver.beforehand import check_folder
from ironriver.errors import RefusedError, WorkspaceError
from ironriver.governance.release import Access
from ironriver.governance.roles import Role, account
from ironriver.intake.stage import Progress as Step
from ironriver.intake.stage import SourceReport
from ironriver.language import translator
from ironriver.pipeline import RunReport
from ironriver.workspace import Snapshot, Workspace
from ironriver.workspace.audit import AuditReport

if TYPE_CHECKING:
    from ironriver.doctor import Check

_WRITERS = (Role.CUSTODIAN, Role.ANALYST, Role.SUPERVISOR)


@contextmanager
def writing(
    path: Path, wait: float, purpose: str, *, create: bool = False
) -> Iterator[tuple[Workspace, Access]]:
    """Open a workspace for writing; whatever the command enters is sealed at its end."""
    check_folder(path, create=create)
    opened = (
        Workspace.open_or_create(path, account(), wait)
        if create
        else Workspace.open(path, write=True, wait=wait)
    )
    with opened as workspace, _at_work(workspace, purpose) as access:
        if access.role not in _WRITERS:
            access.enter("refusal", "workspace", {"code": "role_may_not_write"})
            raise RefusedError(
                "the role {role} may not change a workspace; these may: {known}",
                role=access.role,
                known=", ".join(_WRITERS),
            )
        yield workspace, access


@contextmanager
def reading(path: Path, purpose: str) -> Iterator[tuple[Workspace, Access]]:
    """Open a workspace beside whoever writes in it; views and exports are entered and sealed."""
    check_folder(path)
    with Workspace.open(path) as workspace, _at_work(workspace, purpose) as access:
        yield workspace, access


def derive_for(path: Path, day: dt.date, purpose: str) -> None:
    """Derive the tables that say what could have been known on a day, before they are read."""
    with writing(path, 0.0, purpose) as (workspace, access):
        pipeline.derive(workspace, access, day)


@contextmanager
def _at_work(workspace: Workspace, purpose: str) -> Iterator[Access]:
    for warning in workspace.warnings:
        typer.echo(f"ironriver: {warning}", err=True)
    try:
        yield Access.current(workspace, purpose or None)
    finally:
        _seal(workspace)


def _seal(workspace: Workspace) -> None:
    """Sign what was entered; an account that may not read the key leaves that to the next."""
    try:
        workspace.seal()
    except WorkspaceError as error:
        typer.echo(f"ironriver: {error}", err=True)


@contextmanager
def output(path: Path | None) -> Iterator[BinaryIO]:
    """Give a file to write to, or the screen; an earlier file stays until the new one is whole."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.exists() and not path.is_file():
        with path.open("wb") as handle:
            yield handle
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as handle:
            yield handle
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def progress(inbox: Path, lang: str) -> Iterator[Step]:
    """Show files, rows and time left on a terminal; stay quiet elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _name, _rows: None
        return
    sizes = {
        path.relative_to(inbox).as_posix(): path.stat().st_size
        for path in inbox.rglob("*")
        if path.is_file()
    }
    rows_word = translator(lang)("rows")
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=sum(sizes.values()) or 1)
        begun: dict[str, int] = {}

        def step(name: str, rows: int) -> None:
            if name not in begun:
                bar.update(task, completed=sum(begun.values()))
                begun[name] = sizes.get(name, 0)
            bar.update(task, description=f"{name}: {rows:,} {rows_word}")

        yield step


def show_intake(report: RunReport, lang: str, *, as_json: bool) -> None:
    """Print what was read, file by file, and what was skipped and why."""
    if as_json:
        typer.echo(json.dumps(_run_json(report, lang), ensure_ascii=False, indent=2))
        return
    from ironriver.reports.findings.reading import REASONS

    say = translator(lang)
    for source in report.sources:
        typer.echo(_source_line(source, lang))
        for reason, count in sorted(source.tally.reasons.items()):
            typer.echo(f"    {count:,} {reason}: {say(REASONS.get(reason, reason))}")
        for note in source.notes:
            typer.echo(f"    {note}")
    if any(source.tally.quarantined for source in report.sources):
        typer.echo(say("`ironriver export WORKSPACE quarantine` lists each row with its reason"))
    if report.skipped:
        typer.echo(say("Not read:"))
    for skipped in report.skipped:
        typer.echo(f"  {skipped.reason.text(lang)}")


def _source_line(source: SourceReport, lang: str) -> str:
    say = translator(lang)
    if source.unchanged:
        return say("{name}: already read, nothing changed").format(name=source.name)
    return say(
        "{name}: {rows:,} rows in = {accepted:,} accepted + {quarantined:,} quarantined ({layout})"
    ).format(
        name=source.name,
        rows=source.tally.rows,
        accepted=source.tally.accepted,
        quarantined=source.tally.quarantined,
        layout=source.layout,
    )


def _run_json(report: RunReport, lang: str) -> dict[str, Any]:
    return {
        "sources": [_source_json(source) for source in report.sources],
        "skipped": [
            {"name": skipped.name, "reason": skipped.reason.text(lang)}
            for skipped in report.skipped
        ],
        "stages": dict(report.stages),
    }


def _source_json(source: SourceReport) -> dict[str, Any]:
    tally = source.tally
    return {
        "source_id": source.source_id,
        "name": source.name,
        "layout": source.layout,
        "unchanged": source.unchanged,
        "rows_in": tally.rows,
        "rows_accepted": tally.accepted,
        "rows_quarantined": tally.quarantined,
        "reasons": dict(tally.reasons),
        "notes": list(source.notes),
    }


def show_snapshots(snapshots: Iterable[Snapshot], lang: str, *, pruned: bool = False) -> None:
    """Print one line for each snapshot."""
    say = translator(lang)
    for each in snapshots:
        state = say("pruned") if pruned else say("current") if each.current else say("replaced")
        typer.echo(
            f"{each.sequence}\t{each.at}\t{each.action}\t{each.object[:16]}\t{each.bytes:,}\t{state}"
        )


def show_checks(checks: Iterable[Check], lang: str, *, as_json: bool) -> bool:
    """Print each check as it is made; say whether all are in order."""
    say = translator(lang)
    made: list[Check] = []
    for check in checks:
        made.append(check)
        if not as_json:
            typer.echo(f"{'✓' if check.ok else '✗'} {say(check.name)}: {check.found}")
            if not check.ok and check.advice:
                typer.echo(f"    → {say(check.advice)}")
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(check) for check in made], ensure_ascii=False))
    return all(check.ok for check in made)


def show_audit(report: AuditReport, lang: str, *, as_json: bool) -> bool:
    """Print what verification found and what cannot be vouched for; say whether all is sound."""
    if as_json:
        findings = [
            {"sequence": finding.sequence, "what": finding.what, "text": finding.text(lang)}
            for finding in report.findings
        ]
        window = [report.window.start, report.window.stop]
        typer.echo(json.dumps({"entries": report.entries, "findings": findings, "window": window}))
        return report.sound
    for finding in report.findings:
        typer.echo(finding.text(lang))
    if report.sound:
        sentence = "{entries:,} entries verified; none is changed, missing, inserted or reordered"
        typer.echo(translator(lang)(sentence).format(entries=report.entries))
    typer.echo(report.window_text(lang))
    return report.sound


def show_run(
    workspace: Workspace,
    report: RunReport,
    access: Access,
    lang: str,
    *,
    as_json: bool,
) -> None:
    """Print what was read and the findings, and write the findings page into the workspace."""
    from ironriver.reports import findings, findings_model, write_findings

    paths = write_findings(workspace, access, report.skipped)
    if as_json:
        show_intake(report, lang, as_json=True)
        return
    model = findings_model(workspace, access, lang, skipped=report.skipped)
    Console().print(findings.to_terminal(model, lang))
    for path in paths:
        typer.echo(str(path))
