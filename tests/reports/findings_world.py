"""A small invented workspace for the findings page: tables, sources, outlines and an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from ironriver.governance.access import Access
from ironriver.governance.roles import Role
from ironriver.reference.geography import BorderMap, Outline
from ironriver.reports.findings import FindingsModel, model
from ironriver.tables import TABLES

DAY = dt.date(2026, 3, 3)
NOON = dt.datetime(2026, 3, 4, 12, 5, tzinfo=dt.UTC)
CANARIES = ("Zacarias Quetzalpopoca", "Wilhelmina Thistlethwaite")
HOSTILE = "<img src=x onerror=alert(1)>\"&'{{7*7}}{x}"


@dataclass
class Journal:
    """Keeps its entries in a list."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def append(  # noqa: D102
        self,
        action: str,
        object: str,  # noqa: A002
        actor: str,
        role: str,
        purpose: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> int:
        self.lines.append((action, object))
        return len(self.lines)

    def entries(self) -> Iterator[Any]:  # noqa: D102
        return iter(())


def _box(code: str, name: str, west: float, south: float) -> Outline:
    east, north = west + 4.0, south + 3.0
    return Outline(code, name, [[(west, south), (east, south), (east, north), (west, north)]])


BORDER = BorderMap(
    (
        _box("US-04", "Arizona", -114, 32),
        _box("US-48", "Texas", -104, 29),
        _box("US-12", "Florida", -85, 27),
        _box("US-35", "New Mexico", -108, 33),
        _box("US-06", "California", -120, 34),
        _box("MX-26", "Sonora", -113, 28),
        _box("MX-08", "Chihuahua", -108, 27),
        _box("MX-28", "Tamaulipas", -100, 23),
    ),
    {"US-04013": (-112.0, 33.4), "US-12086": (-80.5, 25.6)},
    "INEGI; US Census Bureau",
    "invented",
)


@dataclass
class World:
    """Rows by table; what a row leaves out is null."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)

    def add(self, table: str, count: int = 1, **values: object) -> World:
        """Add `count` rows."""
        made = self.rows.setdefault(table, [])
        for _ in range(count):
            number = len(made) + 1
            names = TABLES[table].names
            plain = {"row_number": number, "record_id": f"{table}-{number}", "known_from": DAY}
            made.append({key: plain[key] for key in plain if key in names} | values)
        return self

    def source(
        self, source_id: str, name: str, rows: int, held: int = 0, handling: str = "PUBLIC"
    ) -> World:
        """Add a source."""
        return self.add(
            "sources",
            source_id=source_id,
            name=name,
            layout="layout",
            agency="Agency",
            handling=handling,
            rows_in=rows,
            rows_accepted=rows - held,
            rows_quarantined=held,
        )

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Give a connection with one view per table."""
        con = duckdb.connect()
        for name, table in TABLES.items():
            con.register(name, pa.Table.from_pylist(self.rows.get(name, []), table.schema))
        return con

    def findings(
        self,
        figures: Sequence[Any] = (),
        skipped: Sequence[tuple[str, str]] = (),
        role: Role = Role.ANALYST,
        purpose: str = "case 12/2026",
    ) -> FindingsModel:
        """Read the findings."""
        access = Access("ana", role, purpose, self.journal)
        return model(
            self.connect(), figures, "en", DAY, NOON, access, skipped=skipped, border=BORDER
        )


@dataclass(frozen=True)
class FigureRow:
    """A row of the table ``figures``."""

    population: str
    low: float | None
    high: float | None
    value: float | None = None
    interval: str = "identification"
    name: str = "Share from the United States (made there or legally imported into it)"
    numerator: float | None = 3480
    denominator: float | None = 7200
    period: str = "2008"
    as_of: str = "2009"
    assumptions: str = ""
    sources: str = '["a report"]'
    handling: str = "PUBLIC"


SHARES = (
    FigureRow("Guns: all of them", 0.116, 0.983, assumptions="nothing", name="Origin"),
    FigureRow("Guns: all of them", 0.87, 0.87, 0.87, interval="exact", name="Origin"),
)


def full_world(handling: str = "PUBLIC") -> World:
    """Every section has something to say."""
    world = World()
    world.source("f", "licensees.csv", 60).source("c", "border.csv", 12, 1, handling)
    world.source("r", "aseguramientos.csv", 83, 3, handling)
    world.source("m", "matrix.csv", 18).source("t", "rastreos.csv", 40, 0, handling)
    for state, county, count in (("US-04", "US-04013", 40), ("US-12", "US-12086", 20)):
        world.add(
            "licences",
            count,
            source_id="f",
            admin1=state,
            admin2=county,
            type="01",
            snapshot="2013-05",
            country="US",
        )
    for number, row in enumerate(world.rows["licences"]):
        row["licence_number"] = f"1-{86 if row['admin1'] == 'US-04' else 59}-013-01-5M-{number:05}"
        row["licence_key"] = f"1-{row['licence_number'][2:4]}-{number:05}"
    gun = {"source_id": "c", "kind": "crossing_seizure", "place": "Tucson Field Office"}
    world.add("records", 4, **gun, direction="outbound", type="pistol", quantity=2, country="US")
    world.add("records", 3, **gun, direction="other", type="rifle", quantity=5, country="US")
    world.add("records", 2, **gun, direction="inbound", type="pistol", quantity=7, country="US")
    rounds = {"source_id": "c", "place": "Laredo Field Office", "item": "ammunition"}
    world.add("ammunition", 1, **rounds, direction="outbound", quantity=3500, event_date=DAY)
    world.add("ammunition", 1, **rounds, direction="other", quantity=99, event_date=DAY)
    world.add("quarantine", 1, source_id="c", reason_code="bad_quantity", reason="x")
    world.add("quarantine", 3, source_id="r", reason_code=HOSTILE, reason=CANARIES[0])
    found = {"source_id": "r", "kind": "recovery", "country": "MX", "event_date": DAY}
    world.add("records", 45, **found, admin1="MX-26", type="rifle", serial_status="read")
    world.add("records", 30, **found, admin1="MX-08", type="pistol", serial_status="obliterated")
    world.add("records", 5, **found, admin1="MX-28", type="pistol", serial_status="read")
    _matrix(world)
    for place in range(40):
        licence = world.rows["licences"][0 if place < 25 else 45]["licence_number"]
        world.add(
            "trace_results", source_id="t", licence_number=licence, outcome="traced_to_purchaser"
        )
    world.add("parties", record_id="records-1", role="possessor", name=CANARIES[0])
    world.add("parties", record_id="trace_results-1", role="purchaser", name=CANARIES[1])
    world.add("raw_rows", source_id="r", row_number=1, raw=f'{{"nombre": "{CANARIES[0]}"}}')
    return world


def _matrix(world: World) -> None:
    cells = {("ARIZONA", "TEXAS"): 30, ("TEXAS", "TEXAS"): 50, ("TEXAS", "ARIZONA"): 20}
    cells |= {("ARIZONA", "ARIZONA"): 0}
    for period in ("2019", "2020"):
        printed = dict(cells)
        for place in ("ARIZONA", "TEXAS"):
            printed[place, "TOTAL"] = sum(n for key, n in cells.items() if key[0] == place)
            printed["TOTAL", place] = sum(n for key, n in cells.items() if key[1] == place)
        printed["TOTAL", "TOTAL"] = 100
        for (source, recovery), value in printed.items():
            world.add(
                "published_figures",
                source_id="m",
                series="ATF source and recovery states",
                period=period,
                from_place=source,
                to_place=recovery,
                value=float(value),
                is_total="TOTAL" in (source, recovery),
                unit="traces",
            )
