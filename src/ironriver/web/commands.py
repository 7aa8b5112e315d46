"""The commands `ironriver serve` and `ironriver users`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ironriver.errors import MistakeError, RefusedError
from ironriver.governance.roles import Role
from ironriver.language import mark, translator
from ironriver.options import Lang, WorkspaceArgument, say

if TYPE_CHECKING:
    from ironriver.governance.access import Access
    from ironriver.web.server import Server

users_app = typer.Typer(help="Say who may sign in to a server.", no_args_is_help=True)
UserName = Annotated[str, typer.Argument(metavar="NAME", help="The account.")]

_SERVED = mark("served on {address}/api/v1; its routes: {address}/api/v1/docs (stop with Ctrl-C)")
_ADDED = mark("{name} may sign in; the role is given by `ironriver role grant`")
_SECRET = mark("second factor, shown this once; enter it in an authenticator program:")
_PASSWORD = mark("Password")
_ONCE_MORE = mark("Once more")
_NOBODY = mark("nobody may sign in yet; `ironriver users add WORKSPACE NAME` adds a user")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(serve)
    app.add_typer(users_app, name="users")


def serve(
    workspace: WorkspaceArgument,
    host: Annotated[
        str, typer.Option("--host", help="An address; others than loopback need a certificate.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="A port.")] = 8765,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="A name under which it is reached; may be repeated."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="PEM file of the certificate chain.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="PEM file of its key.")] = None,
    lang: Lang = "en",
) -> None:
    """Serve a workspace to those who sign in, on this machine unless a certificate is given."""
    from ironriver.beforehand import check_folder
    from ironriver.web.protection import LOOPBACK
    from ironriver.web.server import Server

    check_folder(workspace)
    _check_certificate(host, certificate, key)
    server = Server(workspace)
    if not server.accounts.users():
        say(_NOBODY, lang)
    address = f"{'https' if certificate else 'http'}://{host}:{port}"
    typer.echo(translator(lang)(_SERVED).format(address=address))
    hosts = LOOPBACK | {host.lower()} | {each.lower() for each in name or ()}
    _run(server, frozenset(hosts), host, port, certificate, key)


def _run(
    server: Server,
    hosts: frozenset[str],
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
) -> None:
    import uvicorn

    from ironriver.web.app import make_app

    uvicorn.run(
        make_app(server, hosts, secure=certificate is not None),
        host=host,
        port=port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_level="warning",
        # Addresses hold ids and filters; what was looked at stands in the journal instead.
        access_log=False,
        server_header=False,
        limit_concurrency=200,
        timeout_graceful_shutdown=5,
    )


def _check_certificate(host: str, certificate: Path | None, key: Path | None) -> None:
    """Refuse to be reached from elsewhere in the open."""
    from ironriver.web.protection import LOOPBACK

    if (certificate is None) is not (key is None):
        raise MistakeError("--certificate and --key go together; give both or neither")
    if host not in LOOPBACK and certificate is None:
        raise RefusedError(
            "{host} can be reached from other machines, and passwords do not travel in the open; "
            "give --certificate and --key",
            host=host,
        )


@users_app.command("add")
def users_add(workspace: WorkspaceArgument, name: UserName, lang: Lang = "en") -> None:
    """Let an account sign in; its password is asked for, or read from a pipe as one line."""
    from ironriver import console
    from ironriver.web import one_time
    from ironriver.web.accounts import Accounts

    with console.reading(workspace, "") as (ws, access):
        _permit(access, name)
        secret = Accounts(ws.path).add(name, _password(lang))
        access.enter("add user", name)
    tell = translator(lang)
    typer.echo(tell(_ADDED).format(name=name))
    typer.echo(tell(_SECRET))
    typer.echo(f"  {secret}")
    typer.echo(f"  {one_time.enrolment(secret, name)}")


@users_app.command("list")
def users_list(workspace: WorkspaceArgument, lang: Lang = "en") -> None:
    """List who may sign in, with the role that each holds."""
    from ironriver import console
    from ironriver.governance import roles
    from ironriver.web.accounts import Accounts

    with console.reading(workspace, "") as (ws, access):
        access.enter("view", "users")
        held, users = roles.roles(ws), Accounts(ws.path).users()
    for user in users:
        typer.echo(f"{user.name}\t{held.get(user.name, '-')}\t{user.added}")
    if not users:
        say(_NOBODY, lang)


@users_app.command("remove")
def users_remove(workspace: WorkspaceArgument, name: UserName, lang: Lang = "en") -> None:
    """Let an account sign in no longer; its open sessions end, and its role stays as it is."""
    from ironriver import console
    from ironriver.web.accounts import Accounts

    with console.reading(workspace, "") as (ws, access):
        _permit(access, name)
        access.enter("remove user", name)
        Accounts(ws.path).remove(name)
    say("removed", lang)


def _permit(access: Access, name: str) -> None:
    """Refuse, and enter the refusal, whoever is no custodian."""
    if access.role != Role.CUSTODIAN:
        access.enter("refusal", name, {"asked": "users", "code": "not_custodian"})
        raise RefusedError("only a custodian says who may sign in; ask one")


def _password(lang: str) -> str:
    """Ask for a password twice at a terminal; read one line elsewhere."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    tell = translator(lang)
    first = typer.prompt(tell(_PASSWORD), hide_input=True)
    if typer.prompt(tell(_ONCE_MORE), hide_input=True) != first:
        raise MistakeError("the two passwords differ; nothing was changed")
    return str(first)
