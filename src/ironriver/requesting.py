"""The command `request`, and the checking of all recoveries before anything is sent."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ironriver.errors import MistakeError
from ironriver.language import mark, translator
from ironriver.options import AsJson, Lang, Purpose, WorkspaceArgument, say

if TYPE_CHECKING:
    from ironriver.tracing.readiness import Progress

_READY = mark("{count:,} of {total:,} recoveries and requests are ready to be sent")
_FAIL = mark("{count:,} would fail, as likely as not")
_COMMON = mark("What is wrong, in how many:")
_REPAIRS = mark(
    "{count:,} suggestions, {sure:,} of them with a probability of 0.9 or more; none is applied"
)
_NEXT = mark(
    "`ironriver request WORKSPACE RECORD -o FILE.pdf` fills in the form; "
    "`ironriver export WORKSPACE readiness` lists all"
)
_SURE, _EVEN = 0.9, 0.5


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(request)


def request(
    workspace: WorkspaceArgument,
    record: Annotated[str, typer.Argument(metavar="RECORD", help="The recovery to be traced.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="The file to write: .pdf, .xlsx or .csv.")
    ],
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="FIELD",
            help="Put the suggestion for this field in its place; may be given more than once.",
        ),
    ] = None,
    lang: Lang = "en",
    purpose: Purpose = "",
) -> None:
    """Fill in a trace request (ATF Form 3312.1, in Spanish 3312.1(S)) for a recovery."""
    from ironriver import beforehand, console
    from ironriver.reports import forms

    form = out.suffix.removeprefix(".").lower()
    if form not in forms.FORMS:
        raise MistakeError(
            "{path}: a request is written as .pdf, .xlsx or .csv; name the file so", path=out
        )
    beforehand.check_output(out)
    with console.reading(workspace, purpose) as (ws, access):
        written = forms.write_request(ws, record, form, access, lang, tuple(accept or ()))
        with console.output(out) as handle:
            handle.write(written)
    typer.echo(str(out))


def check_all(
    workspace: Path,
    day: dt.date | None,
    purpose: str,
    wait: float,
    lang: str,
    progress: AbstractContextManager[Progress | None],
    *,
    as_json: AsJson = False,
) -> None:
    """Run the stage `readiness`, for an earlier day also those before it; print what it found."""
    from ironriver import console, engine, pipeline
    from ironriver.governance import release
    from ironriver.tables import READINESS
    from ironriver.tracing.readiness import readiness

    with console.writing(workspace, wait, purpose) as (ws, access):
        with progress as told:
            changed = _run(pipeline, ws, access, day, partial(readiness, progress=told))
        with engine.connect(ws, ("readiness",), day) as connection:
            rows = engine.query(connection, "SELECT * FROM readiness ORDER BY record_id")
        released = release.release_rows(rows, READINESS, {}, access)
    for line in released.lines(lang):
        typer.echo(line, err=True)
    found = released.table.to_pylist()
    if as_json:
        typer.echo(json.dumps(_summary(found), ensure_ascii=False, indent=2))
        return
    say("readiness written" if changed else "readiness unchanged", lang)
    typer.echo("\n".join(_lines(found, lang)))


def _run(pipeline: Any, ws: Any, access: Any, day: dt.date | None, run: Any) -> bool:  # noqa: ANN401
    for stage in pipeline.STAGES:
        if stage.name == "readiness":
            return bool(pipeline.run_stage(ws, replace(stage, run=run), access, day))
        if day and stage.name != "trace":
            pipeline.run_stage(ws, stage, access, day)
    return False


def _summary(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    problems = Counter(each["problem"] for row in found for each in json.loads(row["problems"]))
    repairs = [each for row in found for each in json.loads(row["suggested_repairs"])]
    return {
        "recoveries": len(found),
        "ready": sum(row["ready"] for row in found),
        "would_fail": sum(row["risk"] >= _EVEN for row in found),
        "problems": dict(sorted(problems.items(), key=lambda each: (-each[1], each[0]))),
        "suggestions": len(repairs),
        "sure_suggestions": sum(each["probability"] >= _SURE for each in repairs),
    }


def _lines(found: Sequence[dict[str, Any]], lang: str) -> Iterator[str]:
    from ironriver.tracing.readiness_words import PROBLEMS

    tell, told = translator(lang), _summary(found)
    yield tell(_READY).format(count=told["ready"], total=told["recoveries"])
    yield tell(_FAIL).format(count=told["would_fail"])
    yield tell(_COMMON)
    for code, count in told["problems"].items():
        text = tell(PROBLEMS[code]).format(maker="…", marks="…")
        yield f"  {count:>7,}  {text}"
    yield tell(_REPAIRS).format(count=told["suggestions"], sure=told["sure_suggestions"])
    yield tell(_NEXT)
