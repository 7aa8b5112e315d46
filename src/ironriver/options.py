"""The options that commands share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from ironriver.errors import MistakeError
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
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As known on this date."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Wait = Annotated[
    float, typer.Option("--wait", help="Seconds to wait for another process in the workspace.")
]
Engine = Annotated[
    str,
    typer.Option("--engine", envvar="IRONRIVER_ENGINE", help="What runs a batch: duckdb or spark."),
]
InboxFile = Annotated[
    Path | None,
    typer.Option("--inbox-file", help="Use this inbox.toml instead of the inbox's own."),
]


def today() -> dt.date:
    """Give the local date."""
    return dt.datetime.now(dt.UTC).astimezone().date()


def day(text: str | None) -> dt.date | None:
    """Read a date of the command line.

    >>> day("2024-05-31")
    datetime.date(2024, 5, 31)
    """
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise MistakeError("{text} is no date; write it as 2024-05-31", text=text) from None


def known_day(as_of: str | None) -> dt.date | None:
    """Read the day on which something was known; what will be known later nobody can tell."""
    known = day(as_of)
    if known and known > today():
        raise MistakeError(
            "{day} lies in the future; what will be known then cannot be said today, {today}",
            day=known,
            today=today(),
        )
    return known


def say(text: str, lang: str) -> None:
    """Print a sentence in a language."""
    typer.echo(translator(lang)(text))
