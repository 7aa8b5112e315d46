"""A few rows about invented guns, in the tables that links are computed from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from ironriver.networks import READS
from ironriver.tables import TABLES

DAY = dt.date(2020, 3, 2)


@dataclass
class Rows:
    """Rows by table; each gun has one record unless more are added."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **values: object) -> None:
        """Add a row."""
        self.tables.setdefault(table, []).append(values)

    def record(self, gun: str, record: str, kind: str, day: dt.date, **values: object) -> None:
        """Add a record of a gun; the agency had it on the day itself."""
        self.add("records", record_id=record, source_id="s", row_number=1, kind=kind,
                 event_date=day, known_from=values.pop("known_from", day), **values)  # fmt: skip
        self.add("firearm_members", firearm_id=gun, record_id=record, probability=1.0)
        if gun not in {row["firearm_id"] for row in self.tables.get("firearms", ())}:
            self.add("firearms", firearm_id=gun, make=values.get("make"),
                     model=values.get("model"), serial=values.get("serial"))  # fmt: skip

    def party(self, record: str, role: str, entity: str, **values: object) -> None:
        """Name a person or licensee in a record."""
        party = f"{record}/{role}"
        self.add("parties", party_id=party, record_id=record, role=role, **values)
        self.add("entity_members", entity_id=entity, party_id=party, probability=1.0)

    def bought(self, gun: str, day: dt.date, buyer: str, shop: str, **values: object) -> None:
        """Add a purchase of a gun."""
        person = {name: values.pop(name) for name in ("phone", "address") if name in values}
        self.record(gun, f"{gun}-buy", "purchase", day, country="US", admin1="US-48", **values)
        self.party(f"{gun}-buy", "purchaser", buyer, **person)
        self.party(f"{gun}-buy", "seller", shop)

    def judge(self, left: str, right: str, verdict: str) -> None:
        """Let a person have judged the guns of two records."""
        self.add("judgements", sequence=len(self.tables.get("judgements", ())) + 1,
                 about="network", left_id=left, right_id=right, verdict=verdict,
                 binds=True)  # fmt: skip

    def open(self) -> duckdb.DuckDBPyConnection:
        """Open the tables, those without rows empty."""
        connection = duckdb.connect()
        if not self.tables.get("sources"):
            self.add("sources", source_id="s", handling="SYNTHETIC")
        for name in READS:
            rows = pa.Table.from_pylist(self.tables.get(name, []), schema=TABLES[name].schema)
            connection.register("_rows", rows)
            connection.execute(f'CREATE TABLE "{name}" AS FROM _rows')
            connection.unregister("_rows")
        return connection


def ring(rows: Rows, name: str, buyers: int = 3, guns: int = 4, day: dt.date = DAY) -> list[str]:
    """Add a ring: a few buyers of one case, each several guns of one shop within weeks."""
    made = []
    for buyer in range(buyers):
        for each in range(guns):
            gun = f"gun-{name}{buyer}{each}"
            when = day + dt.timedelta(days=9 * buyer + 4 * each)
            rows.bought(
                gun, when, f"per-{name}{buyer}", f"lic-{name}", make="Romarm/Cugir",
                model="WASR-10", case_number=f"CASE-{name}", phone=f"555-0100-{name}",
            )  # fmt: skip
            made.append(gun)
    return made
