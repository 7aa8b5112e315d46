"""The command line: one command per verb, thin."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ironriver import (
    custody,
    explaining,
    finding,
    judging,
    linking,
    requesting,
    resolving,
    settings,
    tracing_commands,
)
from ironriver.command_errors import of_system, of_usage
from ironriver.errors import IronRiverError, MistakeError
from ironriver.exporting import export
from ironriver.language import LANGUAGES, translator
from ironriver.options import (
    AsJson,
    AsOf,
    InboxFile,
    Lang,
    Purpose,
    Wait,
    WorkspaceArgument,
    known_day,
    say,
    today,
)
from ironriver.web import commands as web_commands
from ironriver.world.commands import world_app

app = typer.Typer(
    name="ironriver",
    help="Maps the flow of firearms from United States gun shops to Mexico.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


_STOPPED = 130
# What DuckDB raises in place of KeyboardInterrupt while it works.
_INTERRUPTED_QUERY = "Query interrupted"


def main() -> None:
    """Run the command line; an error is told in the chosen language, with its exit status."""
    lang = _language(sys.argv)
    try:
        _check_language(sys.argv)
        # A command that ends with a status of its own gives it back here.
        status = app(standalone_mode=False) or 0
        if status == _STOPPED:
            raise KeyboardInterrupt
        sys.exit(status)
    except IronRiverError as error:
        _fail(error.text(lang), error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        _fail(translator(lang)("stopped; what was finished is kept"), _STOPPED)
    except typer.TyperException as error:
        if not str(error):  # its help was printed
            sys.exit(2)
        _fail(of_usage(error).text(lang), 2)
    except RuntimeError as error:
        if str(error) != _INTERRUPTED_QUERY:
            raise
        _fail(translator(lang)("stopped; what was finished is kept"), _STOPPED)
    except OSError as error:
        told = of_system(error)
        _fail(told.text(lang), told.exit_code)


def _fail(text: str, status: int) -> None:
    typer.echo(f"ironriver: {text}", err=True)
    sys.exit(status)


def _language(arguments: list[str]) -> str:
    """Find the language before the arguments are read, so that their errors are told in it."""
    asked = _asked_language(arguments)
    return asked if asked in LANGUAGES else "en"


def _asked_language(arguments: list[str]) -> str:
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return settings.text("lang") or "en"


def _check_language(arguments: list[str]) -> None:
    asked = _asked_language(arguments)
    if asked not in LANGUAGES:
        raise MistakeError(
            "there is no language {lang}; languages are: {known}",
            lang=asked,
            known=", ".join(LANGUAGES),
        )


@app.command()
def run(
    inbox: Annotated[Path, typer.Argument(help="Folder of received files.")],
    workspace: Annotated[Path, typer.Option("--workspace", help="Made if it is not there.")],
    inbox_file: InboxFile = None,
    lang: Lang = "en",
    purpose: Purpose = "",
    wait: Wait = 0.0,
    as_json: AsJson = False,
) -> None:
    """Read an inbox and do everything, in order; print the findings and write the report."""
    from ironriver import console, pipeline
    from ironriver.intake.inbox import look_over

    look_over(inbox, inbox_file)  # a mistyped inbox makes no workspace
    with console.writing(workspace, wait, purpose, create=True) as (ws, access):
        with console.progress(inbox, lang) as progress:
            report = pipeline.run(ws, inbox, inbox_file, access, today(), progress)
        console.show_run(ws, report, access, lang, as_json=as_json)
    if report.failed:
        raise typer.Exit(2)


@app.command()
def intake(
    inbox: Annotated[Path, typer.Argument(help="Folder of received files.")],
    workspace: Annotated[Path, typer.Option("--workspace", help="Made if it is not there.")],
    inbox_file: InboxFile = None,
    lang: Lang = "en",
    purpose: Purpose = "",
    wait: Wait = 0.0,
    as_json: AsJson = False,
) -> None:
    """Read an inbox into a workspace, and nothing more."""
    from ironriver import console, pipeline
    from ironriver.intake.inbox import look_over

    look_over(inbox, inbox_file)  # a mistyped inbox makes no workspace
    with console.writing(workspace, wait, purpose, create=True) as (ws, access):
        with console.progress(inbox, lang) as progress:
            report = pipeline.intake(ws, inbox, inbox_file, access, today(), progress)
        console.show_intake(report, lang, as_json=as_json)
    if report.failed:
        raise typer.Exit(2)


@app.command()
def measure(
    workspace: WorkspaceArgument, purpose: Purpose = "", wait: Wait = 0.0, lang: Lang = "en"
) -> None:
    """Compute the figures of a workspace."""
    from ironriver import console, pipeline

    with console.writing(workspace, wait, purpose) as (ws, access):
        changed = pipeline.run_stage(ws, pipeline.stage("measure"), access)
    say("figures written" if changed else "figures unchanged", lang)


app.command()(export)


@app.command()
def check(
    workspace: WorkspaceArgument,
    claim: Annotated[str, typer.Argument(help="A claim with a number, in English or Spanish.")],
    lang: Lang = "en",
    purpose: Purpose = "",
    as_json: AsJson = False,
) -> None:
    """Say whether a number is true, of which guns, and under which assumptions."""
    from ironriver import console, engine, figures

    with console.reading(workspace, purpose) as (ws, access):
        access.enter("check", "claim")
        with engine.connect(ws, figures.READS) as connection:
            answer = figures.check(connection, claim, lang)
    typer.echo(answer.to_json(lang) if as_json else answer.to_text(lang))


@app.command()
def report(
    workspace: WorkspaceArgument,
    name: Annotated[str, typer.Argument(help="findings, or a table; see docs/tracing.md.")],
    form: Annotated[
        str, typer.Option("--format", help="html; of a table also csv, xlsx.")
    ] = "html",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="A file.")] = None,
    lang: Lang = "en",
    as_of: AsOf = None,
    purpose: Purpose = "",
) -> None:
    """Write a report as one self-contained page, or a standard table as CSV, XLSX or page."""
    from ironriver import beforehand, console
    from ironriver.reports import write_report

    day = known_day(as_of)
    path = out or Path(f"{name}-{lang}.{form}")
    beforehand.check_output(path)
    if day:
        console.derive_for(workspace, day, purpose)
    with console.reading(workspace, purpose) as (ws, access), console.output(path) as handle:
        handle.write(write_report(ws, name, form, access, lang, day))
    typer.echo(str(path))


@app.command()
def attach(
    workspace: WorkspaceArgument,
    record: Annotated[str, typer.Argument(metavar="RECORD", help="The record it belongs to.")],
    file: Annotated[Path, typer.Argument(help="A PDF or photograph.")],
    purpose: Purpose = "",
    wait: Wait = 0.0,
    lang: Lang = "en",
) -> None:
    """Keep a PDF or photograph beside a record."""
    from ironriver import console
    from ironriver.intake.attachments import attach as attached

    with console.writing(workspace, wait, purpose) as (ws, access):
        attached(ws, record, file, access)
    say("attached", lang)


@app.command()
def doctor(
    workspace: Annotated[Path | None, typer.Argument(help="A workspace, if there is one.")] = None,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Check the installation and a workspace, offline, and say what to do."""
    from ironriver import console
    from ironriver.doctor import examine

    if not console.show_checks(examine(workspace, lang), lang, as_json=as_json):
        raise typer.Exit(1)


custody.add_to(app)
explaining.add_to(app)
finding.add_to(app)
resolving.add_to(app)
judging.add_to(app)
linking.add_to(app)
tracing_commands.add_to(app)
requesting.add_to(app)
web_commands.add_to(app)
app.add_typer(world_app, name="world")

if __name__ == "__main__":
    main()
