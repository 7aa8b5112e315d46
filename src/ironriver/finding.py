"""The command `ironriver find`: who is held under a name like this, and why."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from ironriver.options import AsJson, Lang, Purpose, WorkspaceArgument


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(find)


def find(
    workspace: WorkspaceArgument,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A person's name, in any order of its parts.")
    ],
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=50, help="How many persons to show.")
    ] = 10,
    purpose: Purpose = "",
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Search by a person's name; needs a working role and a purpose, and is entered in the audit.

    Shows who is held under a name like it, as written, with the ids of the records that say so and
    why these are held. No firearm is told of.
    """
    from ironriver import console
    from ironriver.reports import find_person

    with console.reading(workspace, purpose) as (ws, access):
        found = find_person.find_person(ws, name, access, limit)
    if as_json:
        typer.echo(json.dumps(find_person.as_json(found), ensure_ascii=False, indent=2))
        return
    for line in found.lines(lang):
        typer.echo(line)
