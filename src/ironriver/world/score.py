"""Score tables against the truth of a world: what has run is measured, the rest is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from ironriver.tables import ROW_TABLES
from ironriver.world import (
    score_figures,
    score_intake,
    score_judged,
    score_leads,
    score_networks,
    score_readings,
    score_traces,
)
from ironriver.world.score_measures import Result, plain
from ironriver.world.score_tables import Desk, lay_out
from ironriver.world.score_truth import identify


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score and the tables it needs."""

    name: str
    needs: tuple[str, ...]
    measure: Callable[[Desk], Result]


PARTS: tuple[Part, ...] = (
    Part("rows", ("truth.rows",), score_intake.rows),
    Part("readings", ("records", "truth.rows", "truth.firearms"), score_readings.readings),
    Part("repairs", ("records", "truth.rows", "truth.repairs"), score_readings.repairs),
    Part("same_gun", ("firearm_members", "truth.rows"), score_judged.same_gun),
    Part("same_entity", ("entity_members", "parties", "truth.parties"), score_judged.same_entity),
    Part("traces", ("traces", "truth.trace_truth"), score_traces.traces),
    Part("networks", ("network_members", "truth.firearms"), score_networks.networks),
    Part("leads", ("leads", "truth.entities"), score_leads.leads),
    Part("figures", ("figures", "truth.figures"), score_figures.figures),
)


@dataclass(frozen=True, slots=True)
class Score:
    """What was measured, by part; and which parts were not, with the tables they lack."""

    sections: Mapping[str, Result]
    not_run: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_json(self) -> str:
        """Give the whole as JSON; what has no value is null."""
        content = {"sections": plain(dict(self.sections)), "not_run": dict(self.not_run)}
        return json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n"


def score(tables: Mapping[str, Path | pa.Table], truth: Path) -> Score:
    """Score tables in contract columns against the truth tables in a folder.

    A table is an Arrow table or a Parquet, CSV or JSON-lines file; those of other names are not
    looked at. MistakeError if a table lacks a column it must have, or the folder holds no truth.
    """
    desk = lay_out(tables, truth)
    try:
        identify(desk)
        score_networks.place_members(desk)
        score_readings.know_guns(desk)
        lacking = {part.name: _lacking(desk, part) for part in PARTS}
        return Score(
            {part.name: part.measure(desk) for part in PARTS if not lacking[part.name]},
            {name: missing for name, missing in lacking.items() if missing},
        )
    finally:
        desk.connection.close()


def _lacking(desk: Desk, part: Part) -> tuple[str, ...]:
    """Give the tables that a part lacks; one table of rows is enough for joining rows at all."""
    missing = desk.missing(part.needs)
    if not missing and not desk.present.intersection(ROW_TABLES):
        return () if part.name == "figures" else ("records",)
    return missing
