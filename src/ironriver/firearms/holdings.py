"""The guns that a workspace knows of, ready to be asked about: rows, index, what was learned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ironriver import engine
from ironriver.errors import DamageError, MistakeError
from ironriver.firearms.density import Density
from ironriver.firearms.fitting import first_model
from ironriver.firearms.gun_records import GunRecords, Integers, coded, read_gun_records
from ironriver.firearms.identify import Registry
from ironriver.firearms.learned import from_table
from ironriver.firearms.readings import Readings
from ironriver.firearms.search import SerialIndex
from ironriver.firearms.timing import Timing, read_timing
from ironriver.firearms.weighing import Model

READS = ("records", "trace_results", "sources", "firearm_members", "learned")
_WORTH_KEEPING = 100_000
"""An index over fewer serials is made faster than it is found on the disk."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """Rows about guns, which gun each is of, and how they are searched and weighed."""

    records: GunRecords
    guns: tuple[str, ...]
    registry: Registry
    """Serials in every reading; guns are places in `guns`."""
    row: Integers
    """Which row each reading is of."""
    texts: pa.Array
    index: SerialIndex
    density: Density
    model: Model
    timing: Timing


def open_holdings(connection: duckdb.DuckDBPyConnection, kept: Path | None = None) -> Holdings:
    """Read what is held; the index stays in the folder `kept`, if there is one, for the next time.

    Rows that the stage `resolve` has not seen yet are guns of their own. A workspace without rows
    about guns is a MistakeError.
    """
    records = read_gun_records(connection)
    if not len(records):
        raise MistakeError("the workspace holds no row about a single firearm; read an inbox first")
    named = engine.query(
        connection,
        "SELECT coalesce(firearm_id, 'gun-' || record_id) AS gun FROM "
        "(SELECT unnest(?::VARCHAR[]) AS record_id) LEFT JOIN firearm_members USING (record_id) "
        "ORDER BY record_id",
        [records.record_id.to_pylist()],
    )
    gun, guns = coded(named["gun"])
    learned = engine.query(connection, "SELECT * FROM learned WHERE stage = 'resolve'")
    readings = Readings.of(records.serial)
    make = records.descriptions[records.description, 0]
    return Holdings(
        records,
        guns,
        Registry(readings.packed, gun[readings.row], float(len(guns))),
        readings.row,
        readings.texts,
        _index(readings.texts, kept),
        Density.learn(readings.packed, make[readings.row]),
        from_table(learned, records, first_model(records)),
        read_timing(learned.filter(pc.equal(learned["part"], "cells")), records),
    )


def _index(texts: pa.Array, kept: Path | None) -> SerialIndex:
    """Open the index that was kept for these serials, or make it."""
    if kept is None or len(texts) < _WORTH_KEEPING:
        return SerialIndex.of(texts)
    try:
        return SerialIndex.open(kept)
    except (DamageError, OSError):
        pass
    try:
        return SerialIndex.build(kept, [texts])
    except OSError:  # a folder that may not be written is no reason to give no answer
        return SerialIndex.of(texts)
