"""A Parquet file as text rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ironriver import settings
from ironriver.errors import InputError
from ironriver.intake.parts import Chunk, Header
from ironriver.intake.reading.packed import LocalFile, damaged

_BATCH = 65_536


@dataclass(frozen=True, slots=True)
class ParquetPart:
    """A Parquet file; every value as text, dates as ISO."""

    name: str
    shown: str
    file: LocalFile
    keys: tuple[str, ...]
    notes: tuple[str, ...] = ()
    self_describing: bool = field(default=True)

    def sample(self, rows: int = 40) -> list[list[str]]:
        """Give the column names, and the first rows below them."""
        found = [list(self.keys)]
        first = next(self._tables(max(rows - 1, 1)), None)
        if first is not None and rows > 1:
            columns = [column.fill_null("").to_pylist() for column in first.columns]
            found += [list(row) for row in zip(*columns, strict=True)]
        return found

    def first_row_byte(self, header: Header) -> int | None:  # noqa: ARG002
        """Give None: rows of a column store have no place of their own."""
        return None

    def chunks(self, header: Header, first_row: int) -> Iterator[Chunk]:
        """Read all rows; the header's names are the columns, in their order."""
        names = [*header.names, *self.keys[len(header.names) :]]
        for table in self._tables(_BATCH):
            numbers = np.arange(first_row, first_row + table.num_rows, dtype=np.int64)
            yield Chunk(table.rename_columns(names), numbers)
            first_row += table.num_rows

    def _tables(self, rows: int) -> Iterator[pa.Table]:
        try:
            with pq.ParquetFile(self.file.path, pre_buffer=False) as file:
                for batch in file.iter_batches(batch_size=rows):
                    arrays = [as_text(column) for column in batch.columns]
                    yield pa.table(arrays, names=[str(n) for n in range(len(arrays))])
        except (pa.ArrowException, OSError, MemoryError, UnicodeError):
            raise damaged(self.shown) from None


def open_parquet(file: LocalFile, name: str, shown: str) -> ParquetPart:
    """Look over a Parquet file."""
    try:
        with pq.ParquetFile(file.path) as opened:
            schema, rows = opened.schema_arrow, opened.metadata.num_rows
    except (pa.ArrowException, OSError, MemoryError, UnicodeError):
        raise damaged(shown) from None
    most = settings.whole("max_unpacked_mb")
    if rows * max(len(schema), 1) > most << 20:
        raise InputError(
            "{file} says that it holds {rows} rows, more than {most} MB of cells; if it is sound, "
            "set IRONRIVER_MAX_UNPACKED_MB higher",
            file=shown,
            rows=rows,
            most=most,
        )
    return ParquetPart(name, shown, file, tuple(schema.names))


def as_text(column: pa.Array) -> pa.Array:
    """Give a column as text; empty text is null.

    >>> as_text(pa.array([5.0, None, 0.1])).to_pylist()
    ['5', None, '0.1']
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_nested(kind):
        values = (value.as_py() for value in column)
        text = pa.array([v if v is None else _json(v) for v in values], pa.string())
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        text = pa.array([_binary(value.as_py()) for value in column], pa.string())
    elif pa.types.is_timestamp(kind):
        text = pc.replace_substring_regex(column.cast(pa.string()), r"\.0+([-+Z]|$)", r"\1")
    else:
        text = column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _binary(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()
