"""The table of contents: every stage, in order.

A stage is a function from named tables to named tables and reads only what stands before it.
Run again on the same input, it writes the same bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from ironriver import engine, figures, firearms, networks, tracing
from ironriver.errors import IronRiverError, RefusedError
from ironriver.governance.digest import rows_digest
from ironriver.governance.release import Access
from ironriver.intake.inbox import Skipped
from ironriver.intake.reception import read_inbox
from ironriver.intake.stage import Progress, SourceReport
from ironriver.tables import ROW_TABLES, TABLES
from ironriver.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Stage:
    """One derived step: what it reads, what it writes, and how."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    run: Callable[[duckdb.DuckDBPyConnection, dt.date | None], Mapping[str, pa.Table]]


def _resolve(connection: duckdb.DuckDBPyConnection, day: dt.date | None) -> Mapping[str, pa.Table]:
    # What compiles machine code is loaded only where it is needed.
    from ironriver.firearms.resolution import resolve

    return resolve(connection, day)


def _entities(connection: duckdb.DuckDBPyConnection, day: dt.date | None) -> Mapping[str, pa.Table]:
    # Splink is loaded only where it is needed.
    from ironriver.entities import resolve_entities

    return resolve_entities(connection, day)


def _trace(connection: duckdb.DuckDBPyConnection, day: dt.date | None) -> Mapping[str, pa.Table]:
    # It reads serials in the form in which they are compared, which needs compiled code too.
    from ironriver.tracing.stage import trace

    return trace(connection, day)


def _readiness(
    connection: duckdb.DuckDBPyConnection, day: dt.date | None
) -> Mapping[str, pa.Table]:
    from ironriver.tracing.readiness import readiness

    return readiness(connection, day)


def _link(connection: duckdb.DuckDBPyConnection, day: dt.date | None) -> Mapping[str, pa.Table]:
    # It divides graphs with compiled code.
    from ironriver.networks.stage import link

    return link(connection, day)


def _channels(connection: duckdb.DuckDBPyConnection, day: dt.date | None) -> Mapping[str, pa.Table]:
    from ironriver.networks.channel_rows import gun_channels

    return gun_channels(connection, day)


def _routes(connection: duckdb.DuckDBPyConnection, day: dt.date | None) -> Mapping[str, pa.Table]:
    from ironriver.networks.routes import routes

    return routes(connection, day)


def _leads(connection: duckdb.DuckDBPyConnection, day: dt.date | None) -> Mapping[str, pa.Table]:
    from ironriver.networks.leads import leads

    return leads(connection, day)


_RESOLVED = ("firearms", "firearm_members", "matches", "learned")
_PARTIES = ("sources", "parties", "licences", "inspections", "trace_results", "judgements")
STAGES: tuple[Stage, ...] = (
    Stage("resolve", firearms.READS, _RESOLVED, _resolve),
    Stage("entities", _PARTIES, ("entities", "entity_members", "matches"), _entities),
    Stage("trace", tracing.READS, ("traces",), _trace),
    Stage("readiness", tracing.READINESS_READS, ("readiness",), _readiness),
    Stage("link", networks.READS, networks.WRITES, _link),
    Stage("channels", networks.CHANNEL_READS, ("gun_channels",), _channels),
    Stage("routes", networks.ROUTE_READS, ("routes",), _routes),
    Stage("leads", networks.LEAD_READS, ("leads",), _leads),
    Stage("measure", figures.READS, ("figures",), figures.measure),
)


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: files read, files skipped and why."""

    sources: tuple[SourceReport, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    stages: Mapping[str, bool] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether a file that was declared, or that the law refuses, could not be read."""
        return any(
            skipped.declared or isinstance(skipped.reason, RefusedError) for skipped in self.skipped
        )


def run(
    workspace: Workspace,
    inbox: Path,
    inbox_file: Path | None,
    access: Access,
    today: dt.date,
    progress: Progress,
) -> RunReport:
    """Read an inbox and carry out every stage; the accounting is checked before any of them."""
    report = intake(workspace, inbox, inbox_file, access, today, progress)
    return replace(report, stages=derive(workspace, access))


def intake(
    workspace: Workspace,
    inbox: Path,
    inbox_file: Path | None,
    access: Access,
    today: dt.date,
    progress: Progress,
) -> RunReport:
    """Read an inbox, then check that every row of every source is accounted for."""
    results = list(read_inbox(workspace, inbox, inbox_file, access, today, progress))
    check_accounting(workspace)
    return RunReport(
        tuple(result for result in results if isinstance(result, SourceReport)),
        tuple(result for result in results if isinstance(result, Skipped)),
    )


def derive(workspace: Workspace, access: Access, as_of: dt.date | None = None) -> dict[str, bool]:
    """Carry out every derived stage in order; say for each whether it wrote anything new.

    With `as_of` the stages see what was known on that day, and their tables are kept for that day.
    """
    return {each.name: run_stage(workspace, each, access, as_of) for each in STAGES}


def stage(name: str) -> Stage:
    """Give the stage called `name`."""
    return next(each for each in STAGES if each.name == name)


def run_stage(
    workspace: Workspace, stage: Stage, access: Access, as_of: dt.date | None = None
) -> bool:
    """Carry out one stage; say whether it wrote anything new."""
    with engine.connect(workspace, stage.reads, as_of) as connection:
        inputs = _inputs_digest(workspace, stage, as_of, connection)
        made = stage.run(connection, as_of)
    segments = []
    for name in stage.writes:
        with workspace.segment(name) as writer:
            writer.write(made[name].select(TABLES[name].names).cast(TABLES[name].schema))
        if writer.segment:
            segments.append(writer.segment)
    return workspace.commit_derived(
        stage.name, inputs, tuple(segments), access.actor, access.role, access.purpose, as_of
    )


def _inputs_digest(
    workspace: Workspace,
    stage: Stage,
    as_of: dt.date | None,
    connection: duckdb.DuckDBPyConnection,
) -> str:
    """Name what a stage reads: segments by their digests, judgements by their rows."""
    names = {
        name: [segment.sha256 for segment in workspace.segments(name, as_of)]
        for name in stage.reads
    }
    if "judgements" in stage.reads:
        names["judgements"] = [rows_digest(engine.query(connection, "SELECT * FROM judgements"))]
    return hashlib.sha256(json.dumps(names, sort_keys=True).encode()).hexdigest()


_ACCOUNTING = """
WITH accepted AS ({accepted}),
counted AS (SELECT source_id, count(*) AS rows FROM accepted GROUP BY source_id),
refused AS (SELECT source_id, count(*) AS rows FROM quarantine GROUP BY source_id),
kept AS (SELECT source_id, count(*) AS rows FROM raw_rows GROUP BY source_id)
SELECT name, rows_in, coalesce(counted.rows, 0), coalesce(refused.rows, 0), coalesce(kept.rows, 0)
FROM sources
LEFT JOIN counted USING (source_id)
LEFT JOIN refused USING (source_id)
LEFT JOIN kept USING (source_id)
WHERE coalesce(counted.rows, 0) <> rows_accepted
   OR coalesce(refused.rows, 0) <> rows_quarantined
   OR rows_accepted + rows_quarantined <> rows_in
   OR coalesce(kept.rows, 0) <> rows_in
"""


def check_accounting(workspace: Workspace) -> None:
    """Raise unless each source's rows in are its rows accepted and quarantined, row for row."""
    connection = engine.connect(workspace, ("sources", "quarantine", "raw_rows", *ROW_TABLES))
    accepted = " UNION ALL ".join(f'SELECT source_id FROM "{name}"' for name in ROW_TABLES)  # noqa: S608
    wrong = engine.run(connection, _ACCOUNTING.format(accepted=accepted)).fetchall()
    for name, rows_in, rows_accepted, rows_quarantined, kept in wrong:
        raise IronRiverError(
            "{file}: {rows} rows came in, but {accepted} stand in tables, {quarantined} in "
            "quarantine and {kept} among the rows as received",
            file=name,
            rows=rows_in,
            accepted=rows_accepted,
            quarantined=rows_quarantined,
            kept=kept,
        )
