"""The command `ironriver resolve`: what is one firearm or person, and which gun is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ironriver.errors import MistakeError
from ironriver.language import mark, translator
from ironriver.options import AsJson, Engine, Lang, Purpose, Wait, WorkspaceArgument, day, say

if TYPE_CHECKING:
    from ironriver.engines import BatchEngine
    from ironriver.firearms.asked import Asked

Serial = Annotated[str | None, typer.Option("--serial", help="Ask which firearm bears it.")]
Make = Annotated[str | None, typer.Option("--make", help="Its make.")]
Model = Annotated[str | None, typer.Option("--model", help="Its model.")]
Calibre = Annotated[str | None, typer.Option("--calibre", help="Its calibre.")]
Type = Annotated[str | None, typer.Option("--type", help="pistol, rifle, …")]
Importer = Annotated[str | None, typer.Option("--importer", help="Its importer.")]
Recovered = Annotated[
    str | None, typer.Option("--recovered", metavar="DATE", help="When it was recovered.")
]
Questions = Annotated[
    Path | None,
    typer.Option(
        "--questions",
        metavar="FILE",
        help="Ask for every row of a CSV: serial, make, importer, model, calibre, type, recovered.",
    ),
]
Prior = Annotated[
    float,
    typer.Option(
        "--prior", min=0.0, max=1.0, help="How likely the firearm is one of those held at all."
    ),
]

_NO_ANSWER = mark("{number}. {serial}: no firearm held comes near it")
_QUESTION = mark("{number}. {serial}: none of the firearms held with probability {none:.4f}")
_ANSWER = mark("   {probability:.4f}  {gun}, by {record}")


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(resolve)


def resolve(
    workspace: WorkspaceArgument,
    serial: Serial = None,
    make: Make = None,
    model: Model = None,
    calibre: Calibre = None,
    type_: Type = None,
    importer: Importer = None,
    recovered: Recovered = None,
    questions: Questions = None,
    prior: Prior = 0.5,
    engine: Engine = "duckdb",
    purpose: Purpose = "",
    wait: Wait = 0.0,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Judge which records are of one firearm or person; or ask which firearm a serial is of."""
    if serial is None and questions is None:
        if make or model or calibre or type_ or importer or recovered:
            raise MistakeError("a firearm is asked for by its serial number; add --serial")
        _judge(workspace, purpose, wait, lang)
        return
    if serial is not None and questions is not None:
        raise MistakeError("--serial asks for one firearm and --questions for many; give one")
    from ironriver.engines import chosen
    from ironriver.firearms.asked import asked
    from ironriver.firearms.question_file import read_questions

    engine = chosen(engine)
    if questions is not None:
        rows = _answers(workspace, wanted := read_questions(questions), prior, purpose, engine)
    else:
        wanted = [asked(serial or "", make, model, calibre, type_, importer, day(recovered))]
        rows = _answers(workspace, wanted, prior, purpose, refuse=True)
    for line in _as_json(rows) if as_json else _as_text(rows, wanted, lang):
        typer.echo(line)


def _judge(workspace: Path, purpose: str, wait: float, lang: str) -> None:
    from ironriver import console, pipeline

    with console.writing(workspace, wait, purpose) as (ws, access):
        changed = [
            pipeline.run_stage(ws, pipeline.stage(name), access) for name in ("resolve", "entities")
        ]
    say("firearms written" if changed[0] else "firearms unchanged", lang)
    say("persons and licensees written" if changed[1] else "persons and licensees unchanged", lang)


def _answers(
    workspace: Path,
    wanted: list[Asked],
    prior: float,
    purpose: str,
    engine_name: str = "duckdb",
    *,
    refuse: bool = False,
) -> list[dict[str, Any]]:
    """Ask, and let what this role and purpose may see through the gate."""
    from ironriver import console, engine
    from ironriver.estimators.types import Probability
    from ironriver.firearms import holdings, question
    from ironriver.governance import release

    with console.reading(workspace, purpose) as (ws, access):
        access.enter("query", "firearm", {"serials": [one.serial for one in wanted[:100]]})
        with engine.connect(ws, holdings.READS) as connection:
            held = holdings.open_holdings(connection, ws.path / "cache" / "serials")
        with _batch(engine_name, ws.path / "cache") as batch:
            found = question.answer(held, wanted, Probability(prior), refuse=refuse, engine=batch)
        released = release.release_rows(found, question.ANSWERS, {}, access)
    return list(released.table.to_pylist())


@contextmanager
def _batch(name: str, folder: Path) -> Iterator[BatchEngine | None]:
    """Open what runs a batch; in this process the compiled index and channel are the fastest."""
    if name == "duckdb":
        yield None
        return
    from ironriver.engines import opened

    with opened(name, folder) as engine:
        yield engine


def _as_json(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        row["reasons"] = json.loads(row["reasons"])
        row["record_ids"] = json.loads(row["record_ids"])
        yield json.dumps(row, ensure_ascii=False)


def _as_text(rows: list[dict[str, Any]], wanted: list[Asked], lang: str) -> Iterator[str]:
    from ironriver.reports import reasons

    tell = translator(lang)
    by_question: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_question.setdefault(row["question"], []).append(row)
    for number, one in enumerate(wanted, start=1):
        answers = by_question.get(number, [])
        if not answers:
            yield tell(_NO_ANSWER).format(number=number, serial=one.serial or "-")
            continue
        none = answers[0]["none"]
        yield tell(_QUESTION).format(number=number, serial=one.serial, none=none)
        for row in answers:
            yield tell(_ANSWER).format(
                probability=row["probability"], gun=row["firearm_id"], record=row["record_id"]
            )
            yield from (f"           {line}" for line in reasons.lines(row["reasons"], lang))
