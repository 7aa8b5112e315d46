"""The command `ironriver explain`: why something stands as it does."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ironriver.language import translator
from ironriver.options import AsJson, Lang, Purpose, WorkspaceArgument

if TYPE_CHECKING:
    from ironriver.reports.explain import Explanation


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(explain)


def explain(
    workspace: WorkspaceArgument,
    identifier: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A record, firearm, person, licensee, trace, link, network, lead or figure.",
        ),
    ],
    lang: Lang = "en",
    purpose: Purpose = "",
    as_json: AsJson = False,
) -> None:
    """Show why a record, gun, person, licensee, trace, link, network, lead or figure stands so."""
    from ironriver import console
    from ironriver.reports.explain import explain as explained
    from ironriver.reports.explain_entity import EntityExplanation, explain_entity
    from ironriver.reports.explain_gun import GunExplanation, explain_gun
    from ironriver.reports.explain_lead import LeadExplanation, explain_lead
    from ironriver.reports.explain_network import (
        LinkExplanation,
        NetworkExplanation,
        explain_link,
        explain_network,
    )
    from ironriver.reports.explain_trace import TraceExplanation, explain_trace

    with console.reading(workspace, purpose) as (ws, access):
        found = (
            explain_gun(ws, identifier, access)
            or explain_entity(ws, identifier, access)
            or explain_trace(ws, identifier, access)
            or explain_network(ws, identifier, access)
            or explain_link(ws, identifier, access)
            or explain_lead(ws, identifier, access)
            or explained(ws, identifier, access)
        )
    if as_json:
        text = json.dumps(dataclasses.asdict(found), ensure_ascii=False, default=str, indent=2)
        typer.echo(text)
    elif isinstance(
        found,
        GunExplanation
        | EntityExplanation
        | TraceExplanation
        | NetworkExplanation
        | LinkExplanation
        | LeadExplanation,
    ):
        typer.echo("\n".join(found.lines(lang)))
    else:
        _show(found, lang)


def _show(found: Explanation, lang: str) -> None:
    """Print a record or figure: what speaks against it first, then how it was read."""
    say = translator(lang)
    values = {name: value for name, value in found.values.items() if value not in (None, "")}
    repairs = json.loads(str(values.pop("repairs", None) or "[]"))
    if repairs:
        typer.echo(say("What may be wrong, and what it may be instead:"))
    for repair in repairs:
        typer.echo(
            f"  {repair['field']}: {repair['from']} → {repair['to']} "
            f"({repair['rule']}, {repair['probability']:.0%})"
        )
    _block(say("How it was read ({table}):").format(table=found.table), values)
    if found.raw:
        place = found.raw.get("cell_range") or found.raw.get("row_number")
        heading = say("As received, in {file}, row {place}:")
        _block(heading.format(file=found.source.get("name"), place=place), found.raw["raw"])
    for file in found.attachments:
        typer.echo(f"{say('Attached:')} {file}")


def _block(heading: str, values: dict[str, Any]) -> None:
    typer.echo(heading)
    width = max((len(name) for name in values), default=0)
    for name, value in values.items():
        shown = value.isoformat() if isinstance(value, dt.date) else value
        typer.echo(f"  {name:<{width}}  {shown}")
