"""Which run of which stage made a table, and when each source was read: from the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ironriver.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Run:
    """One line of the journal that brought rows in: a stage, or the reading of a source."""

    name: str
    sequence: int
    at: str
    """when it was entered (UTC)"""
    inputs: str | None = None
    """digest of what a stage read"""


@dataclass(frozen=True, slots=True)
class Lineage:
    """The runs that the current rows of a workspace come from."""

    stages: Mapping[str, tuple[Run, ...]]
    """by table; a table may be written by two stages"""
    sources: Mapping[str, Run]


def lineage(workspace: Workspace, tables: Iterable[str], as_of: dt.date | None) -> Lineage:
    """Give which runs made the tables and sources that are current on a day."""
    made: dict[str, Run] = {}
    read: dict[str, Run] = {}
    for entry in workspace.entries():
        detail = entry.detail or {}
        if entry.action == "derive":
            run = Run(entry.object, entry.sequence, entry.at, str(detail["inputs"]))
            # The same bytes may be written twice: the first line is the one that made them.
            for segment in detail["segments"]:
                made.setdefault(segment["sha256"], run)
        elif entry.action == "batch":
            read[entry.object] = Run("intake", entry.sequence, entry.at)
    stages = {
        name: tuple(
            made[segment.sha256]
            for segment in workspace.segments(name, as_of)
            if segment.sha256 in made
        )
        for name in tables
    }
    return Lineage(stages, read)
