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
    from ironriver.governance.release import Access
    from ironriver.reports.explain import Explanation
    from ironriver.reports.explain_entity import EntityExplanation
    from ironriver.reports.explain_gun import GunExplanation
    from ironriver.reports.explain_lead import LeadExplanation
    from ironriver.reports.explain_network import LinkExplanation, NetworkExplanation
    from ironriver.reports.explain_trace import TraceExplanation
    from ironriver.workspace import Workspace

    Told = (
        EntityExplanation
        | GunExplanation
        | LeadExplanation
        | LinkExplanation
        | NetworkExplanation
        | TraceExplanation
    )


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
    from ironriver.reports.explain import Explanation

    with console.reading(workspace, purpose) as (ws, access):
        found = _explained(ws, identifier, access)
    if as_json:
        text = json.dumps(dataclasses.asdict(found), ensure_ascii=False, default=str, indent=2)
        typer.echo(text)
    elif isinstance(found, Explanation):
        _show(found, lang)
    else:
        typer.echo("\n".join(found.lines(lang)))


def _explained(workspace: Workspace, identifier: str, access: Access) -> Explanation | Told:
    """Ask each kind of thing in turn whether the id is one of its own."""
    from ironriver.reports.explain import explain as explained
    from ironriver.reports.explain_entity import explain_entity
    from ironriver.reports.explain_gun import explain_gun
    from ironriver.reports.explain_lead import explain_lead
    from ironriver.reports.explain_network import explain_link, explain_network
    from ironriver.reports.explain_trace import explain_trace

    return (
        explain_gun(workspace, identifier, access)
        or explain_entity(workspace, identifier, access)
        or explain_trace(workspace, identifier, access)
        or explain_network(workspace, identifier, access)
        or explain_link(workspace, identifier, access)
        or explain_lead(workspace, identifier, access)
        or explained(workspace, identifier, access)
    )


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
