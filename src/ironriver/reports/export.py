"""A table on its way out, through the release gate."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ironriver import engine
from ironriver.errors import MistakeError
from ironriver.governance import release
from ironriver.governance.release import Access, Release
from ironriver.governance.retention import Expired, expired_purchasers
from ironriver.tables import Handling, table
from ironriver.workspace import Workspace

FORMATS = ("csv", "parquet", "jsonl")


def export(
    workspace: Workspace,
    name: str,
    form: str,
    out: BinaryIO,
    access: Access,
    as_of: dt.date | None = None,
) -> Release:
    """Write a table in its contract's columns; rows that may not leave are counted, not written."""
    if form not in FORMATS:
        raise MistakeError(
            "there is no format {form}; formats are: {known}", form=form, known=", ".join(FORMATS)
        )
    contract = table(name)
    masked = release.needs_expired(contract)
    reads = {name, "sources"} | (EXPIRY_READS if masked else set())
    connection = engine.connect(workspace, reads, as_of)
    rows = engine.query(connection, f'SELECT * FROM "{contract.name}"')  # noqa: S608
    expired = expired_today(connection) if masked else None
    released = release.release_rows(
        rows, contract, handling_by_source(connection), access, expired=expired
    )
    for piece in _WRITERS[form](released.table):
        out.write(piece)
    return released


def handling_by_source(connection: duckdb.DuckDBPyConnection) -> dict[str, Handling]:
    """Give each source's handling."""
    rows = engine.run(connection, "SELECT source_id, handling FROM sources").fetchall()
    return {source_id: Handling(word) for source_id, word in rows}


# What must be known to tell which multiple-sale purchasers have expired.
EXPIRY_READS = {"records", "parties", "trace_results", "quarantine", "sources"}


def expired_today(connection: duckdb.DuckDBPyConnection) -> Expired:
    """Give the purchasers whose names may no longer be shown.

    Today decides, also where tables are asked for as known on an earlier day: a name that has
    expired does not come back by asking for the past.
    """
    tables = {
        name: engine.query(connection, f'SELECT * FROM "{name}"')  # noqa: S608
        for name in sorted(EXPIRY_READS)
    }
    today = dt.datetime.now(dt.UTC).astimezone().date()
    return expired_purchasers(
        tables["records"],
        tables["parties"],
        tables["trace_results"],
        on=today,
        quarantine=tables["quarantine"],
        sources=tables["sources"],
    )


def _csv(rows: pa.Table) -> Iterator[bytes]:
    """Write comma-separated UTF-8; a text that a spreadsheet would run is made harmless."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(rows.column_names)
    texts = [pa.types.is_string(field.type) for field in rows.schema]
    for batch in rows.to_batches(max_chunksize=10_000):
        columns = [
            [release.spreadsheet_safe(value) if value else value for value in column.to_pylist()]
            if is_text
            else column.to_pylist()
            for column, is_text in zip(batch.columns, texts, strict=True)
        ]
        # The writer leaves a carriage return bare, and what follows it would begin a line anew.
        bare = any(
            pc.any(pc.match_substring(column, "\r")).as_py()
            for column, is_text in zip(batch.columns, texts, strict=True)
            if is_text
        )
        writer = csv.writer(
            buffer, lineterminator="\n", quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL
        )
        writer.writerows(zip(*columns, strict=True))
        yield _emptied(buffer)
    yield _emptied(buffer)


def _json_lines(rows: pa.Table) -> Iterator[bytes]:
    """Write one JSON object a line; columns that hold JSON stay texts."""
    for batch in rows.to_batches(max_chunksize=10_000):
        lines = (
            json.dumps(row, ensure_ascii=False, default=dt.date.isoformat)
            for row in batch.to_pylist()
        )
        yield "".join(f"{line}\n" for line in lines).encode()


def _parquet(rows: pa.Table) -> Iterator[bytes]:
    buffer = io.BytesIO()
    pq.write_table(rows, buffer, compression="zstd", write_page_checksum=True)
    yield buffer.getvalue()


def _emptied(buffer: io.StringIO) -> bytes:
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content


_WRITERS: dict[str, Callable[[pa.Table], Iterator[bytes]]] = {
    "csv": _csv,
    "jsonl": _json_lines,
    "parquet": _parquet,
}
