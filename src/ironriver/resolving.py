"""The command `ironriver resolve`: which records are one firearm, and which one is asked for."""

from __future__ import annotations

import typer

from ironriver.options import Lang, Purpose, Wait, WorkspaceArgument, say


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(resolve)


def resolve(
    workspace: WorkspaceArgument, purpose: Purpose = "", wait: Wait = 0.0, lang: Lang = "en"
) -> None:
    """Judge which records are one firearm."""
    from ironriver import console, pipeline

    with console.writing(workspace, wait, purpose) as (ws, access):
        changed = pipeline.run_stage(ws, pipeline.stage("resolve"), access)
    say("firearms written" if changed else "firearms unchanged", lang)
