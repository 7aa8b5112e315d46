"""A workspace whose guns and people were resolved is scored on them, through its exports."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ironriver import engine
from ironriver.governance.release import Access
from ironriver.workspace import Workspace
from terminal import Command
from weighed import commit, weighed

NOTHING = {"probability": 0.9, "log_odds": 2.2, "record_ids": "[]", "reasons": "[]"}
NOTHING |= {"handling": "SYNTHETIC"}


def _truth(path: Path, folder: Path) -> None:
    """Say that every seizure is a gun of its own and all sales were to one person."""
    folder.mkdir()
    with (
        Workspace.open(path) as workspace,
        engine.connect(workspace, ["records", "parties"]) as connection,
    ):
        rows = engine.query(
            connection,
            "SELECT source_id, row_number, 'k' || serial AS firearm_key, true AS readable, kind "
            "FROM records",
        )
        named = engine.query(
            connection,
            "SELECT source_id, row_number, role, role AS entity_key FROM parties",
        )
    pq.write_table(rows, folder / "rows.parquet")
    pq.write_table(named, folder / "parties.parquet")
    people = {"entity_key": ["purchaser", "licensee"], "kind": ["person", "licensee"]}
    empty = pa.array([None, None], pa.string())
    flags = pa.array([True, True])
    pq.write_table(
        pa.table(
            {**people, "licence_key": empty, "ring_key": empty, "innocent": flags, "corrupt": flags}
        ),
        folder / "entities.parquet",
    )


def test_exports_of_resolved_tables_are_scored(ironriver: Command, tmp_path: Path) -> None:
    path = weighed(tmp_path / "w")
    _truth(path, tmp_path / "truth")
    with Workspace.open(path, write=True) as workspace:
        access = Access.current(workspace, "testing")
        with engine.connect(workspace, ["records", "parties"]) as connection:
            serials = engine.run(connection, "SELECT record_id, serial FROM records").fetchall()
            parties = engine.run(connection, "SELECT party_id, role FROM parties").fetchall()
        guns = [{"firearm_id": f"gun-{s}", "record_id": r} | NOTHING for r, s in serials]
        entities = [{"entity_id": f"per-{role}", "party_id": p} | NOTHING for p, role in parties]
        commit(workspace, access, "firearm_members", guns)
        commit(workspace, access, "entity_members", entities)
    told = tmp_path / "score.json"
    said = ironriver("world", "score", path, tmp_path / "truth", "--json", told)
    assert said.status == 0, said.err
    sections = json.loads(told.read_text("utf-8"))["sections"]
    assert sections["same_gun"]["judged"] == 12
    assert sections["same_gun"]["all"]["pairs"]["f1"] == 1
    assert sections["same_entity"]["person"]["pairs"]["f1"] == 1
    for name in ("firearm_members", "entity_members", "matches", "judgements"):
        assert ironriver("export", path, name).status == 0
