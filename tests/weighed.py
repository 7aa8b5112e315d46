"""A workspace whose records and parties were weighed against each other, by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from desk import Desk
from ironriver import engine
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.tables import TABLES
from ironriver.workspace import Workspace

SALES = (
    "Report Number,Date of Sale,FFL Number,Licensee Name,FFL State,Firearm Type,Manufacturer,"
    "Serial Number,Purchaser Name,Purchaser DOB,Purchaser Address,Remarks\n"
)
SEIZURES = "Folio;Fecha;Entidad;Municipio;Tipo;Marca;Calibre;No. de serie;Carpeta\n"
REASONS = [
    {"field": "serial", "level": "one character typed otherwise", "log_odds": 3.5},
    {"field": "calibre", "level": "differs", "log_odds": -2.25},
]


def weighed(folder: Path, handling: str = "SYNTHETIC", name: str = "JUANA TEZONTLE") -> Path:
    """Read seizures and sales in `folder`, commit matches among them, and give the workspace."""
    (folder / "inbox").mkdir(parents=True)
    path = folder / "ws"
    with Workspace.create(path, account()) as workspace:
        desk = Desk(folder / "inbox", workspace, Access.current(workspace, "testing"))
        rows = (f"{n};01/02/2025;Sonora;Cajeme;Pistola;GLOCK;9MM;SON{n};CI/{n}\n" for n in range(8))
        desk.put("seizures.csv", SEIZURES + "".join(rows))
        sold = (
            f"MS-{n},01/05/2025,5-74-029-07-6D-92629,NOPALERA ARMS,TX,PISTOL,GLOCK,SON{n},"
            f"{name},01/02/1980,12 TEZONTLE RD,\n"
            for n in range(4)
        )
        desk.put("sales.csv", SALES + "".join(sold))
        desk.declare(files="seizures.csv", nexus="seizure", handling=handling)
        desk.declare(files="sales.csv", nexus="multiple_sale_report", handling=handling)
        assert not desk.read().skipped
        _weigh(desk, handling)
        workspace.seal()
    return path


def ids(path: Path, table: str, where: str = "true") -> list[str]:
    """Give ids of records or parties, in a fixed order."""
    key = "party_id" if table == "parties" else "record_id"
    with Workspace.open(path) as workspace, engine.connect(workspace, [table]) as connection:
        sql = f"SELECT {key} FROM {table} WHERE {where} ORDER BY row_number, source_id, 1"
        return [row[0] for row in engine.run(connection, sql).fetchall()]


def match(about: str, left: str, right: str, probability: float, handling: str) -> dict[str, Any]:
    """Give one row of matches."""
    return {
        "match_id": f"{left}~{right}",
        "about": about,
        "left_id": left,
        "right_id": right,
        "probability": probability,
        "log_odds": 1.25,
        "decision": "joined" if probability > 0.5 else "apart",
        "record_ids": json.dumps([left.split("/")[0], right.split("/")[0]]),
        "reasons": json.dumps(REASONS),
        "handling": handling,
    }


def _weigh(desk: Desk, handling: str) -> None:
    """Weigh neighbours among the seizures, and the purchasers of the first two sales."""
    guns = [row["record_id"] for row in desk.rows(
        "SELECT record_id FROM records WHERE kind = 'recovery' ORDER BY row_number")]  # fmt: skip
    people = [row["party_id"] for row in desk.rows(
        "SELECT party_id FROM parties WHERE role = 'purchaser' ORDER BY row_number")]  # fmt: skip
    chances = (0.5, 0.6, 0.8, 0.001, 0.93)
    rows = [
        match("firearm", left, right, chance, handling)
        for left, right, chance in zip(guns, guns[1:6], chances, strict=False)
    ]
    rows.append(match("person", people[0], people[1], 0.7, handling))
    # The last two are thought to be one gun of three records, so more hangs on their match.
    members = [("gun-a", guns[4]), ("gun-b", guns[5]), ("gun-b", guns[6]), ("gun-b", guns[7])]
    commit(desk.workspace, desk.access, "matches", rows)
    commit(
        desk.workspace,
        desk.access,
        "firearm_members",
        [
            {"firearm_id": gun, "record_id": record, "probability": 0.9, "log_odds": 2.2,
             "record_ids": json.dumps([record]), "reasons": "[]", "handling": handling}
            for gun, record in members
        ],
    )  # fmt: skip


def commit(ws: Workspace, access: Access, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Commit the rows of one derived table as a stage of its own."""
    with ws.segment(table) as writer:
        writer.write(pa.Table.from_pylist(list(rows), TABLES[table].schema))
    segments = (writer.segment,) if writer.segment else ()
    ws.commit_derived(f"hand {table}", "by hand", segments, access.actor, access.role)
