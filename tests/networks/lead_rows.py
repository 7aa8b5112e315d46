"""Invented rows of a small workspace, as tables in DuckDB, for leads and dealers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from ironriver.networks import LEAD_READS
from ironriver.networks.leads import leads
from ironriver.tables import TABLES

Rows = dict[str, list[dict[str, Any]]]
FIRST = dt.date(2021, 3, 1)


def day(after: int) -> dt.date:
    """Give a day so many days after the first sale."""
    return FIRST + dt.timedelta(days=after)


class Told:
    """What a small inbox told, row by row."""

    def __init__(self) -> None:
        self.tables: Rows = {name: [] for name in LEAD_READS}
        self._number = 0

    def source(self, source: str) -> str:
        """Add a source once."""
        if source not in {row["source_id"] for row in self.tables["sources"]}:
            self.tables["sources"].append({"source_id": source, "handling": "SYNTHETIC"})
        return source

    def entity(self, entity: str, kind: str) -> None:
        """Add an entity once."""
        if entity not in {row["entity_id"] for row in self.tables["entities"]}:
            key = entity if kind == "licensee" else None
            row = {"entity_id": entity, "kind": kind, "licence_key": key}
            self.tables["entities"].append(row)

    def record(
        self, kind: str, gun: str, on: dt.date, people: Mapping[str, str], **more: object
    ) -> str:  # fmt: skip
        """Add a row about a gun; `people` gives the entity of each role."""
        self._number += 1
        record = f"r{self._number:04d}"
        source = self.source(str(more.pop("source", kind)))
        personal = {name: more.pop(name) for name in ("phone", "address") if name in more}
        self.tables["records"].append(
            {"record_id": record, "source_id": source, "kind": kind, "event_date": on,
             "date_precision": "day", "country": "MX" if kind == "recovery" else "US",
             "make": "Acme", "model": "One", **more}
        )  # fmt: skip
        self.tables["firearm_members"].append({"firearm_id": gun, "record_id": record})
        if gun not in {row["firearm_id"] for row in self.tables["firearms"]}:
            row = {"firearm_id": gun, "type": "pistol", "make": "Acme", "model": "One"}
            self.tables["firearms"].append(row)
        for role, entity in people.items():
            self.entity(entity, "licensee" if role == "seller" else "person")
            party = f"{record}/{role}"
            given = personal if role != "seller" else {}
            self.tables["parties"].append(
                {"party_id": party, "record_id": record, "role": role, **given}
            )
            self.tables["entity_members"].append({"entity_id": entity, "party_id": party})
        return record

    def traced(
        self, gun: str, purchaser: str, dealer: str, sale: dt.date, days: int, **more: object
    ) -> None:  # fmt: skip
        """Add the recovery of a gun and its trace."""
        found = sale + dt.timedelta(days=days)
        record = self.record("recovery", gun, found, {}, **more)
        self.entity(purchaser, "person")
        self.entity(dealer, "licensee")
        self.tables["traces"].append(
            {"trace_id": f"trace-{record}", "recovery_record_id": record, "firearm_id": gun,
             "outcome": "traced_to_purchaser", "diversion": "retail", "basis": "answer",
             "purchaser_entity_id": purchaser, "licensee_entity_id": dealer, "sale_date": sale,
             "recovery_date": found, "time_to_crime_days": days, "probability": 0.99,
             "record_ids": json.dumps([record])}
        )  # fmt: skip
        # The answer names the purchaser, and is a row of its own.
        self._number += 1
        answer = f"t{self._number:04d}"
        source = self.source("answers")
        self.tables["trace_results"].append(
            {"record_id": answer, "source_id": source, "purchase_date": sale, "make": "Acme",
             "model": "One"}
        )  # fmt: skip
        self.tables["firearm_members"].append({"firearm_id": gun, "record_id": answer})
        party = {"party_id": f"{answer}/purchaser", "record_id": answer, "role": "purchaser"}
        self.tables["parties"].append(party)
        self.tables["entity_members"].append(
            {"entity_id": purchaser, "party_id": party["party_id"]}
        )

    @contextmanager
    def opened(
        self, beside_parties: Sequence[str] = ()
    ) -> Iterator[duckdb.DuckDBPyConnection]:  # fmt: skip
        """Open the tables; `beside_parties` are more columns that parties carry."""
        connection = duckdb.connect(":memory:")
        for name, rows in self.tables.items():
            held = pa.Table.from_pylist(rows, schema=TABLES[name].schema)
            if name == "parties":
                for column in beside_parties:
                    told = [f"{column} {place % 2}" for place in range(len(rows))]
                    held = held.append_column(column, pa.array(told, pa.string()))
            connection.register("_rows", held)
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _rows')
            connection.unregister("_rows")
        yield connection
        connection.close()

    def leads(self, beside_parties: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
        """Give the leads by candidate."""
        with self.opened(beside_parties) as connection:
            rows = leads(connection)["leads"].to_pylist()
        return {row["candidate_id"]: row for row in rows}
