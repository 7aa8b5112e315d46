"""What is true, as Parquet tables keyed by file and row; written as the files are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ironriver.world.answers import Answers, true_origin, true_outcome
from ironriver.world.catalogue import models
from ironriver.world.guns import AUTHORITIES, OUTCOMES, World
from ironriver.world.noise import day_of
from ironriver.world.paper import Paper
from ironriver.world.papers_case import monitored_ring
from ironriver.world.places import groups, municipalities, port_codes
from ironriver.world.rings import ROLES
from ironriver.world.supply import CHANNELS, NEVER

_TEXT, _WHOLE, _DATE, _YES = pa.string(), pa.int64(), pa.date32(), pa.bool_()
_KEY = [("source_id", _TEXT), ("row_number", _WHOLE)]
SCHEMAS: dict[str, list[tuple[str, pa.DataType]]] = {
    "rows": [
        *_KEY, ("firearm_key", _TEXT), ("kind", _TEXT), ("readable", _YES),
        ("duplicate_of_row", _TEXT),
    ],
    "parties": [*_KEY, ("role", _TEXT), ("entity_key", _TEXT)],
    "repairs": [*_KEY, ("field", _TEXT), ("observed", _TEXT), ("true", _TEXT)],
    "trace_truth": [
        *_KEY, ("outcome", _TEXT), ("purchaser_key", _TEXT), ("licensee_key", _TEXT),
        ("origin", _TEXT), ("diversion", _TEXT),
    ],
    "answers": [*_KEY, ("firearm_key", _TEXT), ("outcome", _TEXT), ("origin", _TEXT)],
    "firearms": [
        *((name, _TEXT) for name in (
            "firearm_key", "maker", "importer", "model", "calibre", "type", "serial", "stamped",
            "origin",
        )),
        ("made_date", _DATE), ("licensee_key", _TEXT), ("purchaser_key", _TEXT),
        ("sale_date", _DATE), ("channel", _TEXT), ("ring_key", _TEXT), ("crossing", _TEXT),
        ("crossing_date", _DATE), ("outcome", _TEXT), ("recovery_date", _DATE),
        ("recovery_admin1", _TEXT), ("recovery_admin2", _TEXT), ("authority", _TEXT),
        ("traceable", _YES), ("obliterated", _YES),
    ],
    "entities": [
        ("entity_key", _TEXT), ("kind", _TEXT), ("licence_key", _TEXT), ("ring_key", _TEXT),
        ("ring_role", _TEXT), ("innocent", _YES), ("corrupt", _YES),
    ],
    "memberships": [("entity_key", _TEXT), ("ring_key", _TEXT), ("role", _TEXT)],
    "rings": [
        ("ring_key", _TEXT), ("channel", _TEXT), ("customer_group", _TEXT), ("first_date", _DATE),
        ("last_date", _DATE), ("firearms", _WHOLE), ("predecessor", _TEXT), ("monitored", _YES),
    ],
    "figures": [("name", _TEXT), ("period", _TEXT), ("value", pa.float64())],
}  # fmt: skip
_DIVERSION = {
    "forces_loss": "forces_loss", "mexican_legal_sale": "mexican_legal_sale",
    "central_american_stock": "central_american_stock", "home_made": "unknown",
}  # fmt: skip
CHUNK = 100_000


class Truth:
    """Writes the truth of a world, table by table."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world = world
        self._first = np.full(len(world), "", dtype=object)
        folder.mkdir(parents=True, exist_ok=True)
        self._writers = {
            name: pq.ParquetWriter(
                folder / f"{name}.parquet", pa.schema(columns), compression="zstd"
            )
            for name, columns in SCHEMAS.items()
        }

    def add(self, paper: Paper, source_id: str, answers: Answers | None) -> None:
        """Add what is behind the rows of a paper that was written."""
        keys = [self._world.key(gun) if gun >= 0 else None for gun in paper.guns.tolist()]
        numbers = range(1, len(keys) + 1)
        self._put(
            "rows",
            [source_id] * len(keys), list(numbers), keys, paper.kinds or [paper.kind] * len(keys),
            paper.readable or [True] * len(keys), self._duplicates(paper, source_id),
        )  # fmt: skip
        self._lines("parties", source_id, paper.parties)
        self._lines("repairs", source_id, paper.repairs)
        if paper.recovery:
            self._traces(paper, source_id)
        if answers is not None:
            self._put(
                "answers",
                [source_id] * len(keys), list(numbers), keys, answers.outcome, answers.origin,
            )  # fmt: skip

    def _lines(self, table: str, source_id: str, lines: list[tuple]) -> None:  # type: ignore[type-arg]
        columns = list(zip(*lines, strict=True)) if lines else []
        if columns:
            rows = [row + 1 for row in columns[0]]
            self._put(table, [source_id] * len(rows), rows, *columns[1:])

    def _duplicates(self, paper: Paper, source_id: str) -> list[str | None]:
        """Give the record of the same recovery that an earlier file holds."""
        if not paper.recovery:
            return [None] * len(paper.guns)
        earlier = self._first[paper.guns]
        fresh = earlier == ""
        for row in np.flatnonzero(fresh).tolist():
            self._first[paper.guns[row]] = f"{source_id[:16]}-{row + 1}"
        return [text or None for text in earlier]

    def _traces(self, paper: Paper, source_id: str) -> None:
        world, columns = self._world, ([], [], [], [], [])  # type: ignore[var-annotated]
        for gun in paper.guns.tolist():
            outcome = true_outcome(world, gun)
            buyer, shop = int(world.purchaser[gun]), int(world.licensee[gun])
            channel = CHANNELS[world.channel[gun]]
            reached = outcome == "traced_to_purchaser" and buyer >= 0
            columns[0].append(str(outcome))
            columns[1].append(f"P{buyer:08d}" if reached else None)
            columns[2].append(world.licensees.key(shop) if shop >= 0 else None)
            columns[3].append(true_origin(world, gun))
            columns[4].append(_DIVERSION.get(channel, "retail"))
        rows = list(range(1, len(paper.guns) + 1))
        self._put("trace_truth", [source_id] * len(rows), rows, *columns)

    def finish(self, figures: list[tuple[str, str, float]]) -> None:
        """Write what hangs on no file, and close the tables."""
        for first in range(0, len(self._world), CHUNK):
            self._firearms(first, min(first + CHUNK, len(self._world)))
        self._entities()
        self._rings()
        self._put("figures", *map(list, zip(*figures, strict=True)))
        for writer in self._writers.values():
            writer.close()

    def _put(self, table: str, *columns: object) -> None:
        schema = pa.schema(SCHEMAS[table])
        arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
        self._writers[table].write_table(pa.Table.from_arrays(arrays, schema=schema))

    def _firearms(self, first: int, last: int) -> None:
        world, span = self._world, range(first, last)
        catalogue = [models()[place] for place in world.model[first:last]]
        shops = world.licensees.keys()
        shop, buyer = world.licensee[first:last], world.purchaser[first:last]
        ring, port = world.ring[first:last], world.port[first:last]
        towns, codes = municipalities(), port_codes()
        town = [towns[place] if place >= 0 else None for place in world.municipality[first:last]]
        self._put(
            "firearms", [world.key(gun) for gun in span], *_descriptions(catalogue),
            world.serial[first:last].tolist(), world.stamped[first:last].tolist(),
            [true_origin(world, gun) for gun in span], _dates(world.made_day[first:last]),
            [shops[place] if place >= 0 else None for place in shop],
            [f"P{place:08d}" if place >= 0 else None for place in buyer],
            _dates(world.sale_day[first:last]),
            [CHANNELS[place] for place in world.channel[first:last]],
            [f"R{place:06d}" if place >= 0 else None for place in ring],
            [codes[place] if place >= 0 else None for place in port],
            _dates(world.crossing_day[first:last]),
            [OUTCOMES[place] for place in world.outcome[first:last]],
            _dates(world.recovery_day[first:last]),
            [f"MX-{each.state}" if each else None for each in town],
            [f"MX-{each.code}" if each else None for each in town],
            [AUTHORITIES[place] if place >= 0 else None for place in world.authority[first:last]],
            [true_outcome(world, gun) == "traced_to_purchaser" for gun in span],
            world.obliterated[first:last].tolist(),
        )  # fmt: skip

    def _entities(self) -> None:
        world = self._world
        rings = world.rings
        first: dict[int, tuple[int, str]] = {}
        lines: list[tuple[str, str, str]] = []
        for ring in range(len(rings)):
            staff = int(rings.first_person[ring])
            for place in range(2 + int(rings.couriers[ring] + rings.buyers[ring])):
                role = "buyer"
                if place < 2 + int(rings.couriers[ring]):
                    role = ROLES[min(place, 2)]
                first.setdefault(staff + place, (ring, role))
                lines.append((f"P{staff + place:08d}", f"R{ring:06d}", role))
        self._put("memberships", *zip(*lines, strict=True))
        for start in range(0, len(world.people), CHUNK):
            span = range(start, min(start + CHUNK, len(world.people)))
            known = [first.get(person) for person in span]
            self._put(
                "entities", [f"P{person:08d}" for person in span], ["person"] * len(span),
                [None] * len(span), [f"R{each[0]:06d}" if each else None for each in known],
                [each[1] if each else "none" for each in known], [each is None for each in known],
                [False] * len(span),
            )  # fmt: skip
        shops = world.licensees
        keys, size = shops.keys().tolist(), len(shops)
        self._put(
            "entities", keys, ["licensee"] * size, keys, [None] * size, ["none"] * size,
            (~shops.corrupt).tolist(), shops.corrupt.tolist(),
        )  # fmt: skip

    def _rings(self) -> None:
        rings, size = self._world.rings, len(self._world.rings)
        watched = monitored_ring(self._world)
        self._put(
            "rings", [f"R{ring:06d}" for ring in range(size)],
            [CHANNELS[place + 1] for place in rings.channel],
            [groups()[place].key for place in rings.group], _dates(rings.first_day),
            _dates(rings.last_day), rings.size.tolist(),
            [f"R{place:06d}" if place >= 0 else None for place in rings.predecessor],
            [ring == watched for ring in range(size)],
        )  # fmt: skip


def _descriptions(catalogue: list) -> list[list[str]]:  # type: ignore[type-arg]
    return [
        [getattr(each, name) for each in catalogue]
        for name in ("make", "importer", "name", "calibre", "type")
    ]


def _dates(days: np.ndarray) -> list:  # type: ignore[type-arg]
    return [day_of(day) if day < NEVER else None for day in days.tolist()]
