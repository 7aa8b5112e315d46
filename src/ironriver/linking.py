"""The command `link`: which guns moved together, and the supply chains behind them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ironriver.language import mark, translator
from ironriver.options import AsJson, AsOf, Lang, Purpose, Wait, WorkspaceArgument, known_day, say

Limit = Annotated[int, typer.Option("--limit", min=1, help="How many supply chains to show.")]

_FOUND = mark("{networks:,} supply chains of {firearms:,} firearms; the largest:")
_CHAIN = mark(
    "{network}  {firearms:,} firearms, one network with probability {probability:.2f}; overlap "
    "{stability:.2f} when some are left out; {first} to {last}; most likely {channel} "
    "({chance:.0%})"
)
_HINT = mark("`ironriver explain WORKSPACE ID` says why, record by record")


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(link)


def link(
    workspace: WorkspaceArgument,
    limit: Limit = 10,
    as_of: AsOf = None,
    purpose: Purpose = "",
    wait: Wait = 0.0,
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Link guns that were moved together, and find the supply chains behind them."""
    day = known_day(as_of)
    changed = _carry_out(workspace, day, purpose, wait)
    rows = _largest(workspace, day, purpose)
    if as_json:
        typer.echo(json.dumps(rows[:limit], ensure_ascii=False, default=str, indent=2))
        return
    say("supply chains written" if changed else "supply chains unchanged", lang)
    for line in _lines(rows, limit, lang):
        typer.echo(line)


def _carry_out(workspace: Path, day: dt.date | None, purpose: str, wait: float) -> bool:
    """Run the stages of this room; for an earlier day also those before, on what was known then."""
    from ironriver import console, networks, pipeline

    places = [place for place, each in enumerate(pipeline.STAGES) if each.name in networks.STAGES]
    stages = pipeline.STAGES[: places[-1] + 1] if day else [pipeline.STAGES[at] for at in places]
    with console.writing(workspace, wait, purpose) as (ws, access):
        done = {each.name: pipeline.run_stage(ws, each, access, day) for each in stages}
    return any(done[name] for name in networks.STAGES)


def _largest(workspace: Path, day: dt.date | None, purpose: str) -> list[dict[str, Any]]:
    """Give the supply chains that this role and purpose may see, the largest first."""
    from ironriver import console, engine
    from ironriver.governance import release
    from ironriver.reports.export import handling_by_source
    from ironriver.tables import NETWORKS

    with console.reading(workspace, purpose) as (ws, access):
        with engine.connect(ws, ("networks", "sources"), day) as connection:
            rows = engine.query(connection, _LARGEST)
            handling = handling_by_source(connection)
        access.enter("view", "networks")
        return list(release.release_rows(rows, NETWORKS, handling, access).table.to_pylist())


_LARGEST = "SELECT * FROM networks ORDER BY firearms DESC, network_id"


def _lines(rows: list[dict[str, Any]], limit: int, lang: str) -> Iterator[str]:
    from ironriver.networks.channels import CHANNELS

    tell = translator(lang)
    guns = sum(row["firearms"] for row in rows)
    yield tell(_FOUND).format(networks=len(rows), firearms=guns)
    for row in rows[:limit]:
        best = json.loads(row["channels"])[0]
        yield tell(_CHAIN).format(
            network=row["network_id"],
            firearms=row["firearms"],
            probability=row["probability"],
            stability=row["stability"],
            first=row["first_date"],
            last=row["last_date"],
            channel=tell(CHANNELS[best["channel"]]),
            chance=best["probability"],
        )
    if rows:
        yield tell(_HINT)
