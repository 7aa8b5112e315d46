"""Column-wise work on chunks: distinct texts once, answers for every row.

A file of a million rows holds few thousand distinct dates, places and descriptions. Each distinct
set of texts is read once and its answer laid over the rows that hold it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.intake.fields import Read
from ironriver.intake.parsers.reading import Problem, Reading, Repair, Texts, Value

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_CACHE_LIMIT = 200_000
# Texts that repeat less than this often are not worth a dictionary.
_LEAST_REPEATS = 4
_SAMPLE = 4_000
_RADIX_LIMIT = 2**62


def trimmed(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Trim the edges of texts; an empty text becomes null.

    Texts that repeat come back as a dictionary array: they are then trimmed, read, filtered and
    written once for all rows that hold them.
    """
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    start = flat[:_SAMPLE]
    if pc.count_distinct(start).as_py() * _LEAST_REPEATS > len(start):
        return _trimmed(flat)
    encoded = pc.dictionary_encode(flat)
    again = pc.dictionary_encode(_trimmed(encoded.dictionary))
    return pa.DictionaryArray.from_arrays(again.indices.take(encoded.indices), again.dictionary)


def _trimmed(texts: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def plain(column: pa.Array) -> pa.Array:
    """Give a dictionary array as plain texts, and any other as it is."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def distinct(columns: Sequence[pa.Array | None], rows: int) -> tuple[list[Texts], Codes]:
    """Give the distinct tuples of texts, and for each row which of them it holds.

    Columns that are None hold null throughout.
    """
    combined: Codes = np.zeros(rows, dtype=np.int64)
    size = 1
    for column in columns:
        if column is None:
            continue
        codes, count = _codes(column)
        if size > _RADIX_LIMIT // (count + 1):
            combined, size = _dense(combined)
        combined = combined * (count + 1) + codes
        size *= count + 1
    inverse, count = _dense(combined)
    first: Codes = np.empty(count, dtype=np.int64)
    first[inverse[::-1]] = np.arange(rows - 1, -1, -1)
    chosen = [
        [None] * count if column is None else column.take(pa.array(first)).to_pylist()
        for column in columns
    ]
    return list(zip(*chosen, strict=True)), inverse


def _codes(column: pa.Array) -> tuple[Codes, int]:
    encoded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
    return codes, len(encoded.dictionary)


def _dense(values: Codes) -> tuple[Codes, int]:
    codes, count = _codes(pa.array(values))
    return codes - 1, count


@dataclass(slots=True)
class Findings:
    """What was noticed row by row: the first problem, and every suggestion."""

    rows: int
    problems: dict[int, Problem] = field(default_factory=dict)
    repairs: dict[int, list[Repair]] = field(default_factory=dict)

    def refuse(self, mask: Mask, problem: Problem) -> None:
        """Note a problem for every row of `mask` that has none yet."""
        for row in np.flatnonzero(mask).tolist():
            self.problems.setdefault(row, problem)

    def suggest(self, row: int, repairs: Sequence[Repair]) -> None:
        """Note suggestions for a row."""
        self.repairs.setdefault(row, []).extend(repairs)

    @property
    def good(self) -> Mask:
        """Rows without a problem."""
        mask = np.ones(self.rows, dtype=np.bool_)
        mask[list(self.problems)] = False
        return mask

    def repairs_json(self) -> pa.Array:
        """Give the suggestions of each row as JSON, null where there are none."""
        texts: list[str | None] = [None] * self.rows
        for row, repairs in self.repairs.items():
            texts[row] = f"[{', '.join(map(_repair_json, repairs))}]"
        return pa.array(texts, pa.string())


@lru_cache(maxsize=65_536)
def _repair_json(repair: Repair) -> str:
    facts = {
        "field": repair.field,
        "from": repair.from_,
        "to": repair.to,
        "rule": repair.rule,
        "probability": round(repair.probability, 4),
    }
    return json.dumps(facts, ensure_ascii=False)


class ColumnReader:
    """Applies one reader of fields to the rows of a chunk, remembering what it has read."""

    def __init__(self, inputs: tuple[str, ...], outputs: tuple[str, ...], read: Read) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self._read = read
        self._known: dict[Texts, Reading] = {}

    def apply(
        self, columns: Sequence[pa.Array | None], schema: pa.Schema, findings: Findings
    ) -> dict[str, pa.Array]:
        """Read the columns together; give the output columns that `schema` holds."""
        texts, inverse = distinct(columns, findings.rows)
        readings = [self._reading(each) for each in texts]
        self._note(readings, inverse, findings)
        names = frozenset(schema.names)
        index = pa.array(inverse.astype(np.int32))
        return {
            name: _spread([reading.values.get(name) for reading in readings], index, field.type)
            for name, field in (
                (name, schema.field(name)) for name in self.outputs if name in names
            )
        }

    def _reading(self, texts: Texts) -> Reading:
        reading = self._known.get(texts)
        if reading is None:
            if len(self._known) >= _CACHE_LIMIT:
                self._known.clear()
            reading = self._known[texts] = self._read(texts)
        return reading

    @staticmethod
    def _note(readings: Sequence[Reading], inverse: Codes, findings: Findings) -> None:
        notable = np.array(
            [reading.problem is not None or bool(reading.repairs) for reading in readings],
            dtype=np.bool_,
        )
        if not notable.any():
            return
        for row in np.flatnonzero(notable[inverse]).tolist():
            reading = readings[inverse[row]]
            if reading.problem is not None:
                findings.problems.setdefault(row, reading.problem)
            if reading.repairs:
                findings.suggest(row, reading.repairs)


def _spread(values: list[Value], index: pa.Array, type_: pa.DataType) -> pa.Array:
    """Lay the values of distinct texts over the rows that hold them; texts stay a dictionary."""
    read = pa.array(values, type_)
    if not pa.types.is_string(type_):
        return read.take(index)
    encoded = pc.dictionary_encode(read)
    return pa.DictionaryArray.from_arrays(encoded.indices.take(index), encoded.dictionary)


def rows_as_json(cells: pa.Table) -> pa.Array:
    """Give each row as a JSON array of its cells; an empty or absent cell is an empty text.

    >>> rows_as_json(pa.table({"FOLIO": ["1"], "MARCA": pa.array([None], pa.string())}))[0].as_py()
    '["1",""]'
    """
    texts = [_escaped(column) for column in cells.columns]
    inner = pc.binary_join_element_wise(*texts, '","', null_handling="replace", null_replacement="")
    return pc.binary_join_element_wise('["', inner, '"]', "")


def _escaped(column: pa.ChunkedArray) -> pa.Array:
    """Escape what JSON text may not hold; most columns hold none of it."""
    texts = column.combine_chunks()
    content = texts.buffers()[2].to_pybytes() if texts.buffers()[2] else b""
    if b"\\" in content:
        texts = pc.replace_substring(texts, "\\", "\\\\")
    if b'"' in content:
        texts = pc.replace_substring(texts, '"', '\\"')
    if not content or np.frombuffer(content, np.uint8).min() >= ord(" "):
        return texts
    marked = pc.match_substring_regex(texts, r"[\x00-\x1f]").fill_null(False)
    named = [
        "".join(f"\\u{ord(mark):04x}" if mark < " " else mark for mark in text)
        for text in texts.filter(marked).to_pylist()
    ]
    return pc.replace_with_mask(texts, marked, pa.array(named, pa.string()))
