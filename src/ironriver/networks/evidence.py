"""What the rows say of each gun, and what ties guns together, as flat arrays.

Names and other personal fields are compared inside the query and leave it as whole numbers: equal
numbers mean equal values, and nothing else can be read from them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver import engine
from ironriver.networks.evidence_queries import FACTS, GUNS, LISTED, TIES, WITHIN

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]

UNKNOWN = -1
"""In a column of codes: the rows do not say."""
NO_DAY = -(1 << 30)
"""In a column of days since 1970: the rows do not say."""


@dataclass(frozen=True, slots=True)
class Guns:
    """Every gun of a workspace, one place of every array each, in the order of their ids."""

    ids: pa.Array
    make: Ints
    model: Ints
    calibre: Ints
    purchaser: Ints
    """Entity of the last known retail purchaser."""
    licensee: Ints
    """Entity of the licensee who sold it or lost it."""
    source: Ints
    """State of that licensee."""
    sale_day: Ints
    theft_day: Ints
    """The day a theft or loss in the United States was told."""
    forces_day: Ints
    """The day a theft or loss in Mexico was told."""
    recovery_day: Ints
    state: Ints
    municipality: Ints
    crossing_day: Ints
    crossing: Ints
    recovered: Marks
    """Recovered, intercepted or shown in court: whether anybody found it."""
    first_known: Ints
    series: Ints
    """Make, letters before the number, and length: guns whose numbers can be compared."""
    number: Ints
    """The digits of its serial; UNKNOWN where none can be compared."""
    first_record: pa.Array
    """The record of it that was known first."""
    labels: dict[str, pa.Array]
    """What the codes of a column stand for, by column."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Ties:
    """What ties guns together: a gun, a value, and the record that says so; sorted by value.

    The values of one kind are whole numbers from 0 on; `days` is when it was, as the record says.
    """

    gun: Ints
    value: Ints
    day: Ints
    record: Ints

    def __len__(self) -> int:
        return len(self.gun)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The guns, the ties between them by kind, and the records that `Ties.record` stands for."""

    guns: Guns
    ties: dict[str, Ties]
    records: pa.Array
    related: Ints
    """Pairs of purchasers [pairs, 2] judged related, and not the same."""
    judged: Ints
    """What persons decided [judgements, 3]: two guns, and 1 for one network or -1 for not."""
    labels: dict[str, pa.Array]
    """What the values of ties stand for: entity ids; null where it is a personal field."""


_CODES = ("make", "model", "calibre", "purchaser", "licensee", "source", "state",
          "municipality", "crossing", "series")  # fmt: skip
_DAYS = ("sale_day", "theft_day", "forces_day", "recovery_day", "crossing_day", "first_known")
ENTITY_TIES = ("purchaser", "possessor", "licensee")
"""Kinds of ties whose values are entities."""


def read_evidence(desk: duckdb.DuckDBPyConnection, before: dt.date | None = None) -> Evidence:
    """Read the evidence of all guns; the connection holds the tables of `networks.READS`.

    Temporary tables named `net_…` are left in it. With `before`, of the rows that were known before
    that day, the rest as if it had not come.
    """
    engine.run(desk, FACTS, [before, before])
    for statement in (LISTED, TIES, WITHIN):
        engine.run(desk, statement)
    guns = _guns(engine.query(desk, GUNS))
    records = engine.query(desk, "SELECT record_id FROM net_records ORDER BY record_id")
    return Evidence(
        guns=guns,
        ties=_ties(desk),
        records=_whole(records["record_id"]),
        related=_related(desk, guns.labels["purchaser"]),
        judged=_judged(desk),
        labels=_entity_labels(desk),
    )


def _guns(rows: pa.Table) -> Guns:
    coded, labels = {}, {}
    for name in _CODES:
        coded[name], labels[name] = codes(rows[name])
    days = {
        name: np.asarray(_whole(rows[name]).cast(pa.int32()).fill_null(NO_DAY), dtype=np.int64)
        for name in _DAYS
    }
    number = np.asarray(_whole(rows["number"]).fill_null(UNKNOWN), dtype=np.int64)
    recovered = np.asarray(_whole(rows["recovered"]).fill_null(False), dtype=np.bool_)
    return Guns(
        ids=_whole(rows["firearm_id"]),
        recovered=recovered,
        number=number,
        first_record=_whole(rows["first_record"]),
        labels=labels,
        **coded,
        **days,
    )


def codes(column: pa.ChunkedArray | pa.Array) -> tuple[Ints, pa.Array]:
    """Turn texts into whole numbers in the order of the texts; UNKNOWN where there is none.

    >>> codes(pa.array(["b", None, "a"]))[0].tolist()
    [1, -1, 0]
    """
    whole = _whole(column)
    names = whole.drop_null().unique().sort()
    place = pa.compute.index_in(whole, value_set=names) if len(names) else whole.is_null()
    if not len(names):
        return np.full(len(whole), UNKNOWN, dtype=np.int64), names
    return np.asarray(place.fill_null(UNKNOWN), dtype=np.int64), names


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _ties(desk: duckdb.DuckDBPyConnection) -> dict[str, Ties]:
    """Give the ties by kind; values that only one gun has say nothing of two guns."""
    found = {}
    names = engine.run(desk, "SELECT DISTINCT kind FROM net_ties ORDER BY kind").fetchall()
    for (kind,) in names:
        rows = engine.query(
            desk,
            "SELECT gun, value, day, record FROM net_within WHERE kind = ?"
            " ORDER BY value, day, gun, record",
            (kind,),
        )
        found[str(kind)] = Ties(
            *(np.asarray(_whole(rows[name]), dtype=np.int64) for name in rows.column_names)
        )
    return found


def _related(desk: duckdb.DuckDBPyConnection, purchasers: pa.Array) -> Ints:
    rows = engine.query(desk, _RELATED)
    if not len(purchasers) or not rows.num_rows:
        return np.empty((0, 2), dtype=np.int64)
    sides = [
        np.asarray(
            pa.compute.index_in(_whole(rows[name]), value_set=purchasers).fill_null(UNKNOWN),
            dtype=np.int64,
        )
        for name in ("left_entity", "right_entity")
    ]
    pairs = np.stack(sides, axis=1)
    return pairs[(pairs >= 0).all(axis=1)]


_RELATED = """
SELECT DISTINCT least(l.entity_id, r.entity_id) AS left_entity,
       greatest(l.entity_id, r.entity_id) AS right_entity
FROM matches JOIN entity_members AS l ON l.party_id = left_id
JOIN entity_members AS r ON r.party_id = right_id
WHERE about = 'person' AND decision = 'related' AND l.entity_id <> r.entity_id
ORDER BY 1, 2
"""


def _judged(desk: duckdb.DuckDBPyConnection) -> Ints:
    rows = engine.query(desk, _JUDGED)
    columns = [np.asarray(_whole(rows[name]), dtype=np.int64) for name in rows.column_names]
    return np.stack(columns, axis=1)


_JUDGED = """
SELECT DISTINCT ON (least(a.gun, b.gun), greatest(a.gun, b.gun))
       least(a.gun, b.gun) AS one, greatest(a.gun, b.gun) AS other,
       CAST(if(verdict = 'same', 1, -1) AS BIGINT) AS verdict
FROM judgements
JOIN firearm_members AS l ON l.record_id = left_id
JOIN firearm_members AS r ON r.record_id = right_id
JOIN net_guns AS a ON a.firearm_id = l.firearm_id
JOIN net_guns AS b ON b.firearm_id = r.firearm_id
WHERE binds AND about = 'network' AND verdict IN ('same', 'different') AND a.gun <> b.gun
ORDER BY 1, 2, sequence DESC
"""


def _entity_labels(desk: duckdb.DuckDBPyConnection) -> dict[str, pa.Array]:
    labels = {}
    for kind in ENTITY_TIES:
        rows = engine.query(
            desk,
            "SELECT DISTINCT dense, text FROM net_listed WHERE kind = ? ORDER BY dense",
            (kind,),
        )
        labels[kind] = _whole(rows["text"])
    return labels
