"""The options that commands share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from ironriver.language import translator

WorkspaceArgument = Annotated[Path, typer.Argument(metavar="WORKSPACE", help="The workspace.")]
Lang = Annotated[
    str, typer.Option("--lang", envvar="IRONRIVER_LANG", help="en or es.", show_default=True)
]
Purpose = Annotated[
    str,
    typer.Option(
        "--purpose", envvar="IRONRIVER_PURPOSE", help="Why restricted rows are read; recorded."
    ),
]
AsOf = Annotated[
    dt.datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="As known on this date."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Wait = Annotated[
    float, typer.Option("--wait", help="Seconds to wait for another process in the workspace.")
]
InboxFile = Annotated[
    Path | None,
    typer.Option("--inbox-file", help="Use this inbox.toml instead of the inbox's own."),
]


def today() -> dt.date:
    """Give the local date."""
    return dt.datetime.now(dt.UTC).astimezone().date()


def say(text: str, lang: str) -> None:
    """Print a sentence in a language."""
    typer.echo(translator(lang)(text))
