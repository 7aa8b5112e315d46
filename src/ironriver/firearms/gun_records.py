"""The rows that each speak of one gun, as arrays: what is compared when guns are told apart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ironriver import engine
from ironriver.firearms.search.keys import plain

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NO_DAY = -(10**6)
"""Stands for a date that is not known to the day."""
NONE = -1
"""Stands for a text that is not given."""
FIELDS = ("make", "importer", "model", "calibre", "type")
"""What describes a gun beside its serial number."""
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class GunRecords:
    """Rows about one gun each, in order of record id; all arrays are as long as there are rows.

    Texts are places in a list of distinct texts (-1: not given), days are counted from 1970.
    """

    record_id: pa.Array
    source: Integers
    role: Integers
    """What the row tells and from what kind of list: layout and kind, a place in `roles`."""
    roles: tuple[str, ...]
    day: Integers
    place: Integers
    case: Integers
    series: Integers
    """By which office the case is numbered: what stands before its first dash, stroke or digit."""
    reference: Integers
    """The source's own number of the row; a trace answer has that of its request."""
    description: Integers
    """A place in `descriptions`."""
    descriptions: Integers
    """Distinct descriptions [descriptions, FIELDS]: places in `values`."""
    values: tuple[tuple[str, ...], ...]
    """The distinct texts of each of FIELDS."""
    serial: pa.Array
    """In plain form; empty where none was read."""
    status: Integers
    """A place in `statuses`."""
    statuses: tuple[str, ...]
    known_from: pa.Array
    handling: pa.Array

    def __len__(self) -> int:
        return len(self.record_id)

    @property
    def has_serial(self) -> Flags:
        """Whether a serial was read, at least in part."""
        return np.asarray(pc.greater(pc.utf8_length(self.serial), 0))


# A request's number stands behind a T in the answer to it.
_SPOKEN = """
WITH spoken AS (
  SELECT record_id, source_id, known_from, kind, event_date, date_precision, admin2, case_number,
         reference, make, importer, model, calibre, type, serial, serial_status
  FROM records WHERE coalesce(quantity, 1) = 1
  UNION ALL
  SELECT record_id, source_id, known_from, 'trace_result', recovery_date, 'day', admin2,
         case_number, regexp_replace(request, '^T', ''), make, importer, model, calibre, type,
         serial, serial_status
  FROM trace_results
)
SELECT record_id, source_id, spoken.known_from, layout || ' ' || kind AS role,
       CASE WHEN date_precision = 'day' THEN event_date - DATE '1970-01-01' END AS day, admin2,
       case_number, regexp_extract(upper(case_number), '^[^-/0-9]+') AS series, reference,
       make, importer, model, calibre, type,
       CASE WHEN serial_status IN ('read', 'partial') THEN serial END AS serial,
       coalesce(serial_status, '') AS status, sources.handling
FROM spoken JOIN sources USING (source_id) ORDER BY record_id
"""
_SHORTEST_REFERENCE = 5
_OFTENEST_REFERENCE = 50
"""What more rows bear is no number of one row."""


def read_gun_records(connection: duckdb.DuckDBPyConnection) -> GunRecords:
    """Read every row about a single gun from the tables `records` and `trace_results`."""
    rows = engine.query(connection, _SPOKEN).combine_chunks()
    role, roles = coded(rows["role"])
    status, statuses = coded(rows["status"])
    fields = [coded(rows[name]) for name in FIELDS]
    said = np.stack([codes for codes, _ in fields], axis=1) if len(rows) else np.empty((0, 5), int)
    descriptions, description = np.unique(said, axis=0, return_inverse=True)
    reference = pc.if_else(
        pc.greater_equal(pc.utf8_length(rows["reference"]), _SHORTEST_REFERENCE),
        rows["reference"],
        pa.scalar(None, pa.string()),
    )
    series = pc.if_else(pc.equal(rows["series"], ""), pa.scalar(None, pa.string()), rows["series"])
    return GunRecords(
        _flat(rows["record_id"]),
        coded(rows["source_id"])[0],
        role,
        roles,
        np.asarray(pc.fill_null(rows["day"].cast(pa.int64()), NO_DAY)),
        coded(rows["admin2"])[0],
        coded(rows["case_number"])[0],
        coded(series)[0],
        _of_few(coded(reference)[0]),
        description.reshape(-1).astype(np.int64),
        descriptions.astype(np.int64),
        tuple(values for _, values in fields),
        _plain(_flat(rows["serial"])),
        status,
        statuses,
        _flat(rows["known_from"]),
        _flat(rows["handling"]),
    )


def coded(column: pa.ChunkedArray) -> tuple[Integers, tuple[str, ...]]:
    """Give each text as its place among the distinct ones, which are in order; null is -1.

    >>> coded(pa.chunked_array([["b", None, "a"]]))[0].tolist()
    [1, -1, 0]
    """
    found = _flat(column).dictionary_encode()
    if not len(found.dictionary):
        return np.full(len(found), NONE, dtype=np.int64), ()
    order = pc.array_sort_indices(found.dictionary)
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[np.asarray(order)] = np.arange(len(order))
    rank[-1] = NONE
    places = np.asarray(pc.fill_null(found.indices, len(order)))
    return rank[places], tuple(found.dictionary.take(order).to_pylist())


def _of_few(reference: Integers) -> Integers:
    """Take away references that too many rows bear."""
    held = np.bincount(reference + 1)
    return np.where(held[reference + 1] > _OFTENEST_REFERENCE, NONE, reference)


def _flat(column: pa.ChunkedArray) -> pa.Array:
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pa.concat_arrays(flat.chunks) if isinstance(flat, pa.ChunkedArray) else flat


def _plain(serials: pa.Array) -> pa.Array:
    """Put each distinct serial in the form in which they are compared."""
    found = serials.dictionary_encode()
    texts = pa.array([plain(text) for text in found.dictionary.to_pylist()], pa.string())
    return pc.fill_null(texts.take(found.indices), "")
