"""The commands of the synthetic world: make one, and score tables against its truth."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ironriver.errors import MistakeError

world_app = typer.Typer(
    help="A synthetic border world with known truth, and scoring against it.", no_args_is_help=True
)


@world_app.command("make")
def make_world(
    folder: Annotated[Path, typer.Argument(help="Where inbox/ and truth/ are written.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")],
    firearms: Annotated[int, typer.Option("--firearms", min=1, help="How many guns to invent.")],
    years: Annotated[str, typer.Option("--years", help="First and last year.")] = "2015-2025",
    difficulty: Annotated[
        str, typer.Option("--difficulty", help="How bad the paperwork is: easy, real or hard.")
    ] = "real",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change a parameter; may be repeated."),
    ] = None,
) -> None:
    """Invent a world of the trade and write it as the files that agencies exchange."""
    from ironriver.world.make import make

    make(folder, seed, firearms, _years(years), difficulty, _settings(settings or []))
    typer.echo(str(folder))


def _years(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{4})-(\d{4})", text)
    if match is None or match[1] > match[2]:
        raise MistakeError("{given} is no span of years such as 2015-2025", given=text)
    return int(match[1]), int(match[2])


def _settings(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for text, (name, sign, _) in zip(given, pairs, strict=True):
        if not (name.strip() and sign):
            raise MistakeError("--set {given} is not of the form name=value", given=text)
    return {name.strip(): value.strip() for name, _, value in pairs}


@world_app.command("score")
def score_tables(
    context: typer.Context,
    workspace: Annotated[
        Path, typer.Argument(metavar="WS", help="A workspace, or a folder of exported tables.")
    ],
    truth: Annotated[Path, typer.Argument(metavar="TRUTH", help="The world's truth folder.")],
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write everything as JSON too.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", envvar="IRONRIVER_LANG", help="en or es.")] = "en",
    purpose: Annotated[
        str,
        typer.Option("--purpose", envvar="IRONRIVER_PURPOSE", help="Recorded with each export."),
    ] = "",
) -> None:
    """Say how well a workspace, or any other system's tables, found the truth."""
    from ironriver.world.score import score
    from ironriver.world.score_tables import in_folder
    from ironriver.world.score_text import to_text

    with tempfile.TemporaryDirectory(prefix="ironriver-score-") as scratch:
        if (workspace / "workspace.json").exists():
            tables = _exported(context, workspace, Path(scratch), lang, purpose)
        else:
            tables = in_folder(workspace)
        found = score(tables, truth)
    if json_file is not None:
        json_file.write_text(found.to_json(), encoding="utf-8")
    typer.echo(to_text(found, lang), nl=False)


def _exported(
    context: typer.Context, workspace: Path, scratch: Path, lang: str, purpose: str
) -> dict[str, Path]:
    """Export what scoring reads, by the export command itself: gate and audit journal included.

    Scoring stands apart from the rooms it judges and may not import them; the command line that it
    was called from has the command.
    """
    from ironriver.tables import TABLES
    from ironriver.world.score_tables import NAMES

    root = context.find_root()
    group = root.command
    export = group.get_command(root, "export") if hasattr(group, "get_command") else None
    if export is None:
        raise MistakeError("{path} is a workspace; score it with ironriver", path=workspace)
    paths = {name: scratch / f"{name}.parquet" for name in NAMES if name in TABLES}
    for name, path in paths.items():
        words = [str(workspace), name, "--format", "parquet", "-o", str(path), "--lang", lang]
        export.main([*words, "--purpose", purpose], standalone_mode=False)
    return paths
