"""A world small enough to score by hand: four guns, one ring of three, eight rows in two files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

A, B = "a" * 64, "b" * 64
Rows = list[dict[str, Any]]

TRUTH: dict[str, Rows] = {
    "firearms": [
        {"firearm_key": "g1", "maker": "COLT", "serial": "AB123", "ring_key": "r"},
        {"firearm_key": "g2", "maker": "COLT", "serial": "AB124", "ring_key": "r"},
        {"firearm_key": "g3", "maker": "GLOCK", "serial": "X1", "ring_key": "r"},
        {"firearm_key": "g4", "maker": "RUGER", "serial": "S4", "ring_key": None},
    ],
    "rows": [
        {"source_id": A, "row_number": n, "firearm_key": key, "readable": readable}
        for n, key, readable in [
            (1, "g1", True), (2, "g2", True), (3, "g3", True), (4, "g4", True), (5, "g1", False),
        ]
    ]
    + [
        {"source_id": B, "row_number": n, "firearm_key": key, "readable": True}
        for n, key in [(1, "g1"), (2, "g1"), (3, "g2"), (4, None)]
    ],
    "parties": [
        {"source_id": A, "row_number": n, "role": role, "entity_key": key}
        for n, role, key in [
            (1, "purchaser", "ana"), (2, "purchaser", "ana"), (3, "purchaser", "beto"),
            (4, "purchaser", "carla"), (1, "seller", "shop"), (2, "seller", "shop"),
        ]
    ],
    "entities": [
        {"entity_key": "ana", "kind": "person", "ring_key": "r", "innocent": False},
        {"entity_key": "beto", "kind": "person", "ring_key": "r", "innocent": False},
        {"entity_key": "carla", "kind": "person", "ring_key": None, "innocent": True},
        {"entity_key": "shop", "kind": "licensee", "innocent": True, "corrupt": False},
    ],
    "rings": [{"ring_key": "r", "channel": "straw_purchase"}],
    "repairs": [
        {"source_id": B, "row_number": 1, "field": "serial", "observed": "A8123", "true": "AB123"},
        {"source_id": B, "row_number": 2, "field": "make", "observed": "KOLT", "true": "COLT"},
    ],
    "trace_truth": [
        {"source_id": B, "row_number": 1, "outcome": "traced_to_purchaser", "origin": "us_made",
         "purchaser_key": "ana", "licensee_key": "shop"},
        {"source_id": B, "row_number": 3, "outcome": "traced_to_purchaser", "origin": "us_made",
         "purchaser_key": "ana", "licensee_key": "shop"},
    ],
    "figures": [
        {"name": "yearly flow", "period": "2020", "value": 200.0},
        {"name": "US share", "period": "2020", "value": 0.7},
    ],
}  # fmt: skip

TABLES: dict[str, Rows] = {
    "records": [
        {"record_id": f"{source[0]}{n}", "source_id": source, "row_number": n, "kind": kind,
         "serial": serial, "make": make, "serial_status": status, "repairs": json.dumps(repairs)}
        for source, n, kind, serial, make, status, repairs in [
            (A, 1, "purchase", "AB123", "COLT", "read", []),
            (A, 2, "purchase", "AB124", "COLT", "read", []),
            (A, 3, "purchase", "X1", "GLOCK", "read", []),
            (A, 4, "purchase", "S4", None, "read", []),
            (B, 1, "recovery", "A8123", "COLT", "read",
             [{"field": "serial", "from": "A8123", "to": "ab-123", "rule": "look_alike",
               "probability": 0.7},
              {"field": "serial", "from": "A8123", "to": "AE123", "rule": "look_alike",
               "probability": 0.2}]),
            (B, 2, "recovery", None, None, "obliterated", []),
            (B, 4, "recovery", None, None, "absent", []),
        ]
    ],
    "quarantine": [
        {"source_id": A, "row_number": 5, "reason_code": "torn"},
        {"source_id": B, "row_number": 3, "reason_code": "date_invalid"},
    ],
    "sources": [{"source_id": A, "layout": "purchases"}, {"source_id": B, "layout": "seizures"}],
    "parties": [
        {"party_id": f"a{n}/{role}", "record_id": f"a{n}", "role": role}
        for n, role in [(1, "purchaser"), (2, "purchaser"), (3, "purchaser"), (4, "purchaser"),
                        (1, "seller"), (2, "seller")]
    ],
    "firearm_members": [
        {"firearm_id": "f1", "record_id": "a1", "probability": 1.0},
        {"firearm_id": "f1", "record_id": "b1", "probability": 0.9},
        {"firearm_id": "f1", "record_id": "a2", "probability": 0.4},
        {"firearm_id": "f3", "record_id": "a3", "probability": 1.0},
    ],
    "entity_members": [
        {"entity_id": "e1", "party_id": "a1/purchaser", "probability": 1.0},
        {"entity_id": "e1", "party_id": "a2/purchaser", "probability": 0.9},
        {"entity_id": "e2", "party_id": "a3/purchaser", "probability": 1.0},
        {"entity_id": "e3", "party_id": "a4/purchaser", "probability": 1.0},
        {"entity_id": "s", "party_id": "a1/seller", "probability": 1.0},
    ],
    "traces": [
        {"recovery_record_id": "b1", "outcome": "traced_to_purchaser", "origin": "us_imported",
         "purchaser_entity_id": "e1", "licensee_entity_id": None, "probability": 0.8},
    ],
    "networks": [{"network_id": "n", "probability": 0.9}],
    "network_members": [
        {"network_id": "n", "member_id": member, "member_kind": kind, "probability": 0.9}
        for member, kind in [("f1", "firearm"), ("f3", "firearm"), ("e1", "person"),
                             ("e3", "person")]
    ],
    "leads": [
        {"rank": n, "candidate_id": candidate, "candidate_kind": kind, "probability": p}
        for n, candidate, kind, p in [(1, "n", "network", 0.9), (2, "e3", "person", 0.8),
                                      (3, "e1", "person", 0.6), (4, "s", "licensee", 0.3)]
    ],
    "figures": [
        {"name": "yearly flow", "period": "2020", "value": 180.0, "low": 150.0, "high": 250.0,
         "interval": "credible", "population": "all"},
        {"name": "US share", "period": "2020", "value": 0.5, "low": 0.4, "high": 0.6,
         "interval": "identification", "population": "seized"},
        {"name": "other", "period": "2020", "value": 1.0, "low": 1.0, "high": 1.0,
         "interval": "exact", "population": "all"},
    ],
}  # fmt: skip


def arrow(rows: Rows) -> pa.Table:
    """Make a table with every column that some row has."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: [row.get(name) for row in rows] for name in names})


def write_truth(folder: Path, truth: dict[str, Rows] = TRUTH) -> Path:
    """Write truth tables to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in truth.items():
        pq.write_table(arrow(rows), folder / f"{name}.parquet")
    return folder


def tables() -> dict[str, pa.Table]:
    """Give the tables of a system that makes some mistakes."""
    return {name: arrow(rows) for name, rows in TABLES.items()}
