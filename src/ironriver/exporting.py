"""The command `export`: one table as rows, or the findings in a format of other programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from ironriver.errors import MistakeError
from ironriver.governance.release import Release
from ironriver.options import AsOf, Lang, Purpose, WorkspaceArgument, known_day

TableName = Annotated[
    str | None,
    typer.Argument(metavar="TABLE", help="A table; see docs/tables.md.", show_default=False),
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAME",
        help="In place of a table, the findings: graphml, nodes-edges, geojson, kml, ftm, stix, "
        "niem, prov or xlsx; see docs/exports.md.",
    ),
]
Network = Annotated[
    str | None,
    typer.Option("--network", metavar="ID", help="With --as: only this supply chain."),
]
Names = Annotated[
    bool,
    typer.Option("--names", help="With --as: names beside ids, where role and purpose allow it."),
]


def export(
    workspace: WorkspaceArgument,
    table: TableName = None,
    form: Annotated[str, typer.Option("--format", help="csv, parquet or jsonl.")] = "csv",
    written_as: As = None,
    network: Network = None,
    names: Names = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A file; else the screen.")
    ] = None,
    as_of: AsOf = None,
    purpose: Purpose = "",
    lang: Lang = "en",
) -> None:
    """Write a table or the findings out, through the release gate."""
    from ironriver import beforehand

    _check(table, written_as, network, names=names)
    day = known_day(as_of)
    beforehand.check_output(out)
    if written_as is None:
        _tell([_table(workspace, table or "", form, out, day, purpose)], lang)
        return
    _tell(_findings(workspace, written_as, network, names, out, day, purpose), lang)


def _check(table: str | None, written_as: str | None, network: str | None, *, names: bool) -> None:
    from ironriver.reports.exchange_formats import check_form

    if written_as is not None:
        check_form(written_as)
    if table is None and written_as is None:
        raise MistakeError(
            "{name} is missing; `{command} --help` shows how",
            name="TABLE",
            command="ironriver export",
        )
    if table is not None and written_as is not None:
        raise MistakeError(
            "name one: a table, or with --as a format of the findings; "
            "`ironriver export --help` shows how"
        )
    if table is not None and (network is not None or names):
        raise MistakeError("--network and --names go with --as; a table is written as it is")


def _table(
    workspace: Path, name: str, form: str, out: Path | None, day: dt.date | None, purpose: str
) -> Release:
    from ironriver import console
    from ironriver.reports import export as exports
    from ironriver.tables import table as contract

    if day and contract(name).derived:
        console.derive_for(workspace, day, purpose)
    with console.reading(workspace, purpose) as (ws, access), console.output(out) as handle:
        return exports.export(ws, name, form, handle, access, day)


def _findings(
    workspace: Path,
    form: str,
    network: str | None,
    names: bool,
    out: Path | None,
    day: dt.date | None,
    purpose: str,
) -> Iterable[Release]:
    from ironriver import console
    from ironriver.reports.exchange_formats import write_as

    if day:
        console.derive_for(workspace, day, purpose)
    with console.reading(workspace, purpose) as (ws, access), console.output(out) as handle:
        return write_as(ws, form, handle, access, network=network, as_of=day, with_names=names)


def _tell(releases: Iterable[Release], lang: str) -> None:
    for each in releases:
        for line in each.lines(lang):
            typer.echo(line, err=True)
