"""Commands of whoever keeps a workspace: sources, snapshots, roles and the audit journal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ironriver.options import AsJson, Lang, Purpose, Wait, WorkspaceArgument, day, say, today

audit_app = typer.Typer(help="Check the audit journal.", no_args_is_help=True)
role_app = typer.Typer(help="Say who may do what.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(withdraw)
    app.command()(snapshots)
    app.add_typer(audit_app, name="audit")
    app.add_typer(role_app, name="role")


def withdraw(
    workspace: WorkspaceArgument,
    source: Annotated[str, typer.Argument(help="SHA-256 of the source.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the journal.")],
    from_date: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Default: today.")
    ] = None,
    purpose: Purpose = "",
    wait: Wait = 0.0,
    lang: Lang = "en",
) -> None:
    """Let a source count no longer; what was known before stays known."""
    from ironriver import console, pipeline

    since = day(from_date) or today()
    with console.writing(workspace, wait, purpose) as (ws, access):
        ws.withdraw(source, since, access.actor, access.role, access.purpose, reason)
        pipeline.derive(ws, access)
    say("withdrawn", lang)


def snapshots(
    workspace: WorkspaceArgument,
    prune: Annotated[
        int | None, typer.Option("--prune", metavar="KEEP", help="Delete all but the newest KEEP.")
    ] = None,
    purpose: Purpose = "",
    wait: Wait = 0.0,
    lang: Lang = "en",
) -> None:
    """List the snapshots of a workspace, or prune the replaced ones."""
    from ironriver import console

    if prune is None:
        with console.reading(workspace, purpose) as (ws, _):
            console.show_snapshots(ws.snapshots(), lang)
        return
    with console.writing(workspace, wait, purpose) as (ws, access):
        console.show_snapshots(
            ws.prune(prune, access.actor, access.role, access.purpose), lang, pruned=True
        )


@audit_app.command("verify")
def audit_verify(
    workspace: WorkspaceArgument,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="A checkpoint that was kept elsewhere.")
    ] = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Verify the audit journal offline; say which entry is changed, missing or out of place."""
    from ironriver import console
    from ironriver.workspace import audit

    held = checkpoint.read_bytes() if checkpoint else None
    found = audit.verify(workspace, checkpoint=held)
    if not console.show_audit(found, lang, as_json=as_json):
        raise typer.Exit(1)


@role_app.command("list")
def role_list(
    workspace: WorkspaceArgument,
    purpose: Purpose = "",
    lang: Lang = "en",  # noqa: ARG001  # errors are told in it
) -> None:
    """List the accounts that hold a role."""
    from ironriver import console
    from ironriver.governance import roles

    with console.reading(workspace, purpose) as (ws, _):
        for account, role in sorted(roles.roles(ws).items()):
            typer.echo(f"{account}\t{role}")


@role_app.command("grant")
def role_grant(
    workspace: WorkspaceArgument,
    account: Annotated[str, typer.Argument(help="Operating-system account.")],
    role: Annotated[
        str, typer.Argument(help="custodian, analyst, supervisor, oversight or reader.")
    ],
    wait: Wait = 0.0,
    lang: Lang = "en",
) -> None:
    """Give an account a role in place of the one it has."""
    from ironriver import console
    from ironriver.governance import roles

    with console.writing(workspace, wait, "") as (ws, access):
        roles.grant(ws, access.actor, account, roles.as_role(role))
    say("granted", lang)


@role_app.command("revoke")
def role_revoke(
    workspace: WorkspaceArgument,
    account: Annotated[str, typer.Argument(help="Operating-system account.")],
    wait: Wait = 0.0,
    lang: Lang = "en",
) -> None:
    """Take an account's role away."""
    from ironriver import console
    from ironriver.governance import roles

    with console.writing(workspace, wait, "") as (ws, access):
        roles.revoke(ws, access.actor, account)
    say("revoked", lang)
