"""Rows about guns for tests: as arrays, and as tables that the stage reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from ironriver.firearms.gun_records import FIELDS, NO_DAY, GunRecords, Integers, coded
from ironriver.tables import TABLES

Row = Mapping[str, Any]
_DAY = dt.date(2020, 1, 1)


def gun_records(rows: Sequence[Row]) -> GunRecords:
    """Give rows as arrays; what a row does not say is not given.

    A row may have id, source, role, day (a number), place, case, series, reference, serial, status
    and FIELDS. Where it has no series, that is what stands before the first dash of its case.
    """

    def codes(name: str, default: str | None = None) -> tuple[Integers, tuple[str, ...]]:
        return coded(
            pa.chunked_array([[_text(row.get(name, default)) for row in rows]], pa.string())
        )

    fields = [codes(name) for name in FIELDS]
    said = np.stack([found for found, _ in fields], axis=1)
    descriptions, description = np.unique(said, axis=0, return_inverse=True)
    role, roles = codes("role", "list recovery")
    status, statuses = codes("status", "read")
    series = [row.get("series", (row.get("case") or "").partition("-")[0]) or None for row in rows]
    size = len(rows)
    return GunRecords(
        pa.array([row.get("id", f"r{place:06d}") for place, row in enumerate(rows)]),
        codes("source", "a")[0],
        role,
        roles,
        np.array([row.get("day", NO_DAY) for row in rows], dtype=np.int64),
        codes("place")[0],
        codes("case")[0],
        coded(pa.chunked_array([series], pa.string()))[0],
        codes("reference")[0],
        description.reshape(-1).astype(np.int64),
        descriptions.astype(np.int64),
        tuple(values for _, values in fields),
        pa.array([row.get("serial", "") for row in rows], pa.string()),
        status,
        statuses,
        pa.array([row.get("known_from", _DAY) for row in rows], pa.date32()),
        pa.array(["SYNTHETIC"] * size),
    )


def gun_tables(
    records: Sequence[Row], judgements: Sequence[tuple[str, str, str]] = ()
) -> duckdb.DuckDBPyConnection:
    """Give a connection with the tables that the stage reads; judgements are left, right, verdict.

    A record needs record_id; its source is that of its id, up to the dash, and is read by a layout
    of its own name unless `layouts` names another.
    """
    connection = duckdb.connect()
    whole = []
    for number, row in enumerate(records):
        source = row["record_id"].partition("-")[0]
        usual = {"source_id": source, "row_number": number, "kind": "recovery",
                 "known_from": _DAY, "quantity": 1, "date_precision": "day",
                 "serial_status": "read" if row.get("serial") else "absent"}  # fmt: skip
        whole.append(usual | dict(row))
    sources = {row["source_id"]: row.pop("layout", row["source_id"]) for row in whole}
    listed = [
        {"source_id": name, "layout": layout, "handling": "SYNTHETIC", "known_from": _DAY}
        for name, layout in sources.items()
    ]
    said = [
        {"left_id": one, "right_id": other, "verdict": verdict, "about": "firearm", "binds": True}
        for one, other, verdict in judgements
    ]
    for name, found in (
        ("records", whole), ("trace_results", []), ("sources", listed), ("judgements", said)
    ):  # fmt: skip
        made = pa.Table.from_pylist(found, TABLES[name].schema)
        connection.register("made", made)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM made")
        connection.unregister("made")
    return connection


def _text(value: object) -> str | None:
    return None if value is None else str(value)
