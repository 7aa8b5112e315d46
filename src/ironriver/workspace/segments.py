"""Write immutable Parquet segments: zstd, page checksums, hashed on the way to the disk.

Arrow encodes and compresses on a thread of its own, while the caller makes the next rows.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from ironriver.errors import IronRiverError
from ironriver.tables import Table
from ironriver.workspace.disk import Disk, DiskFile, unfinished_name, writing
from ironriver.workspace.history import Segment

ROW_GROUP_ROWS = 250_000
_ROW_GROUP_BYTES = 128 << 20

# Columns whose values hardly repeat: a dictionary would only be built to be thrown away.
_WITHOUT_DICTIONARY = frozenset(
    (
        "record_id",
        "party_id",
        "row_number",
        "first_byte",
        "last_byte",
        "raw",
        "cell_range",
        "serial",
        "serial_raw",
        "reference",
        "latitude",
        "longitude",
    )
)
# Columns by which a reader can leave out row groups.
_WITH_STATISTICS = frozenset(("source_id", "row_number", "known_from", "event_date"))


class _HashedFile:
    """A file for Arrow that hashes what is written to it."""

    def __init__(self, file: DiskFile) -> None:
        self._file = file
        self.digest = sha256()

    @property
    def closed(self) -> bool:
        return self._file.closed

    def write(self, data: bytes | memoryview) -> int:
        if self._file.closed:  # Arrow ends a failed file once more when it is collected
            return len(data)
        self.digest.update(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self._file.tell()

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """Leave closing to the segment, which syncs first."""

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


class SegmentWriter:
    """One segment in the making; a context manager. Afterwards `segment` names what was kept.

    Nothing is kept where the block raises, or where no row was written (`segment` is None).
    """

    def __init__(self, table: Table, folder: Path, unfinished: Path, disk: Disk) -> None:
        self.segment: Segment | None = None
        self._table = table
        self._schema: pa.Schema = table.schema
        self._written: pa.Schema | None = None
        self._folder = folder
        self._disk = disk
        self._path = unfinished_name(unfinished)
        self._waiting: list[pa.Table] = []
        self._waiting_rows = self._waiting_bytes = self._rows = 0
        self._file: DiskFile | None = None
        self._hashed: _HashedFile | None = None
        self._parquet: pq.ParquetWriter | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._under_way: Future[None] | None = None

    def __enter__(self) -> SegmentWriter:
        return self

    def write(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Add rows; their columns must be the table's, in its order and of its types."""
        table = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
        table = self._conforming(table)
        if not table.num_rows:
            return
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        self._waiting_bytes += table.nbytes
        if self._waiting_rows >= ROW_GROUP_ROWS or self._waiting_bytes >= _ROW_GROUP_BYTES:
            self._hand_over()

    def _conforming(self, rows: pa.Table) -> pa.Table:
        if rows.schema.equals(self._written or self._schema):
            self._written = rows.schema
            return rows
        given, wanted = rows.schema.names, list(self._table.names)
        if given != wanted:
            raise IronRiverError(
                "rows for table {table} have the columns {given}; the table has {wanted}",
                table=self._table.name,
                given=", ".join(given),
                wanted=", ".join(wanted),
            )
        for have, want in zip(rows.schema, self._schema, strict=True):
            if not _fits(have.type, want.type):
                raise IronRiverError(
                    "column {column} of table {table} is {have}, but must be {want}",
                    column=want.name,
                    table=self._table.name,
                    have=have.type,
                    want=want.type,
                )
        if self._written is None:
            self._written = _as_written(rows.schema, self._schema)
        return rows.cast(self._written)

    def _hand_over(self) -> None:
        """Give the waiting rows to the writing thread, once it is done with those before."""
        rows = pa.concat_tables(self._waiting)
        self._rows += rows.num_rows
        self._waiting, self._waiting_rows, self._waiting_bytes = [], 0, 0
        if self._parquet is None:
            self._start()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1)
        self._settle()
        self._under_way = self._thread.submit(self._encode, rows)

    def _start(self) -> None:
        with writing(self._path):
            self._file = self._disk.create(self._path, 0o400)
            self._hashed = _HashedFile(self._file)
            names = self._table.names
            self._parquet = pq.ParquetWriter(
                self._hashed,
                self._written,
                store_schema=False,
                compression="zstd",
                compression_level=1,
                use_dictionary=[name for name in names if name not in _WITHOUT_DICTIONARY],
                write_statistics=[name for name in names if name in _WITH_STATISTICS],
                write_page_checksum=True,
            )

    def _encode(self, rows: pa.Table) -> None:
        if self._parquet is not None:
            # Each batch brings dictionaries of its own; a row group's column has one.
            self._parquet.write_table(rows.unify_dictionaries(), row_group_size=ROW_GROUP_ROWS)

    def _settle(self) -> None:
        if self._under_way is not None:
            under_way, self._under_way = self._under_way, None
            with writing(self._path):
                under_way.result()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._abandon()

    def _finish(self) -> None:
        if self._waiting:
            self._hand_over()
        if self._rows == 0:
            return
        self._settle()
        if self._parquet is None or self._hashed is None or self._file is None:
            return
        with writing(self._path):
            self._parquet.close()
            self._parquet = None
            self._file.sync()
            size = self._file.tell()
            self._file.close()
            name = self._hashed.digest.hexdigest()
            self._disk.publish(self._path, self._folder / f"{name}.parquet")
        self._file = None
        self.segment = Segment(self._table.name, name, self._rows, size)

    def _abandon(self) -> None:
        """End the thread, and remove the file if it was not kept."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)
        if self._file is not None:
            self._file.close()
            with suppress(OSError):
                self._disk.unlink(self._path)
        if self._parquet is not None:
            with suppress(Exception):  # the footer of a file that is gone
                self._parquet.close()


def _as_written(given: pa.Schema, contract: pa.Schema) -> pa.Schema:
    """Keep texts that come as dictionaries so, until they are written: the file is the same."""
    dictionary = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        want.with_type(dictionary) if pa.types.is_dictionary(have.type) else want
        for have, want in zip(given, contract, strict=True)
    )


def _fits(have: pa.DataType, want: pa.DataType) -> bool:
    """Tell whether a type says the same as another: an empty column, wide or repeated text."""
    if pa.types.is_dictionary(have):
        have = have.value_type
    text = (pa.string(), pa.large_string(), pa.string_view())
    return bool(have == want or pa.types.is_null(have) or (have in text and want in text))
