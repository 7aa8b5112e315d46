"""The digest by which the journal names what left."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pyarrow.csv as pa_csv


def rows_digest(rows: pa.Table) -> str:
    """Give the SHA-256 of rows written as plain CSV with headings (hexadecimal)."""
    sink = _HashingFile()
    plain = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in rows.columns
    ]
    pa_csv.write_csv(pa.table(plain, names=rows.column_names), pa.PythonFile(sink, mode="w"))
    return sink.hash.hexdigest()


class _HashingFile:
    """A file that keeps only the hash of what is written to it."""

    closed = False

    def __init__(self) -> None:
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        """Hold nothing back."""

    def close(self) -> None:
        self.closed = True
