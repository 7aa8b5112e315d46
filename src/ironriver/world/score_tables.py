"""What a score is made from: exported tables and the truth, side by side in DuckDB in memory.

Only columns of the contract are read, and of those only what scoring needs, so that any other
system's output in the same columns can be scored. A table comes as an Arrow table or as a Parquet,
CSV or JSON-lines file; one that is absent or empty is not run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver.errors import MistakeError
from ironriver.tables import ROW_TABLES

Given = Mapping[str, "Path | pa.Table"]
_ROW = "record_id source_id row_number:BIGINT"
_GUN = "make_raw make calibre_raw calibre model_raw model type_raw type serial_raw serial"

# Columns that must be there, then those that may be. A column without a type is text.
_GIVEN: dict[str, tuple[str, str]] = {
    **dict.fromkeys(ROW_TABLES, (_ROW, "")),
    "records": (
        _ROW,
        f"kind event_date:DATE admin1 importer quantity:BIGINT {_GUN} serial_status repairs",
    ),
    "trace_results": (_ROW, f"recovery_date:DATE {_GUN} serial_status repairs"),
    "sources": ("source_id", "name layout rows_in:BIGINT"),
    "quarantine": ("source_id row_number:BIGINT", "reason_code"),
    "parties": ("party_id record_id role", ""),
    "firearm_members": ("firearm_id record_id", "probability:DOUBLE"),
    "entity_members": ("entity_id party_id", "probability:DOUBLE"),
    "traces": (
        "recovery_record_id outcome",
        "origin diversion licensee_entity_id purchaser_entity_id probability:DOUBLE",
    ),
    "networks": ("network_id", "probability:DOUBLE"),
    "network_members": ("network_id member_id", "member_kind probability:DOUBLE"),
    "leads": ("rank:BIGINT candidate_id candidate_kind", "probability:DOUBLE"),
    "figures": ("name period", "value:DOUBLE low:DOUBLE high:DOUBLE interval population"),
}
_TRUTH: dict[str, tuple[str, str]] = {
    "firearms": (
        "firearm_key",
        "maker importer model calibre type serial stamped ring_key"
        " sale_date:DATE recovery_date:DATE",
    ),
    "rows": ("source_id row_number:BIGINT firearm_key readable:BOOLEAN", "kind"),
    "parties": ("source_id row_number:BIGINT role entity_key", ""),
    "entities": ("entity_key kind", "licence_key ring_key innocent:BOOLEAN corrupt:BOOLEAN"),
    "rings": ("ring_key", "channel"),
    "repairs": ("source_id row_number:BIGINT field observed true", ""),
    "trace_truth": (
        "source_id row_number:BIGINT outcome",
        "purchaser_key licensee_key origin diversion",
    ),
    "figures": ("name period value:DOUBLE", ""),
}
# What `score` looks for in a folder or a workspace.
NAMES = tuple(_GIVEN)
SUFFIXES = (".parquet", ".csv", ".jsonl")


@dataclass(frozen=True, slots=True)
class Desk:
    """Tables under their own names, the truth's under ``truth.``; empty where none was given."""

    connection: duckdb.DuckDBPyConnection
    present: frozenset[str]

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Give those of the named tables that are absent or empty."""
        return tuple(name for name in names if name not in self.present)

    def run(self, sql: str) -> None:
        """Run a statement."""
        self.connection.execute(sql)

    def table(self, sql: str) -> pa.Table:
        """Give the rows of a query."""
        return self.connection.sql(sql).to_arrow_table()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Give the rows of a small query."""
        return self.connection.execute(sql).fetchall()

    def count(self, sql: str) -> int:
        """Give the one whole number that a query finds."""
        return int(self.rows(sql)[0][0] or 0)


def lay_out(given: Given, truth: Path) -> Desk:
    """Read the given tables and the truth; MistakeError where one lacks a column it must have."""
    connection = duckdb.connect(
        ":memory:", config={"autoinstall_known_extensions": False, "threads": 2}
    )
    connection.execute("CREATE SCHEMA truth")
    present = {name for name in _GIVEN if _lay(connection, name, given.get(name), _GIVEN[name])}
    if not truth.is_dir():
        raise MistakeError("{folder} is no folder with truth tables", folder=truth)
    for name, columns in _TRUTH.items():
        path = truth / f"{name}.parquet"
        if _lay(connection, f"truth.{name}", path if path.exists() else None, columns):
            present.add(f"truth.{name}")
    if not present & {"truth.rows", "truth.figures"}:
        raise MistakeError(
            "{folder} holds no truth; these tables are looked for: {known}",
            folder=truth,
            known=", ".join(_TRUTH),
        )
    return Desk(connection, frozenset(present))


def in_folder(folder: Path) -> dict[str, Path]:
    """Find the tables of a folder of exports: ``<table>.parquet``, ``.csv`` or ``.jsonl``."""
    paths = {
        name: folder / f"{name}{suffix}" for name in NAMES for suffix in reversed(SUFFIXES)
        if (folder / f"{name}{suffix}").exists()
    }  # fmt: skip
    if not paths:
        raise MistakeError(
            "{folder} is neither a workspace nor a folder of exported tables such as {example}",
            folder=folder,
            example="records.parquet",
        )
    return paths


def _typed(text: str) -> Iterator[tuple[str, str]]:
    for word in text.split():
        name, _, kind = word.partition(":")
        yield name, kind or "VARCHAR"


def _lay(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    given: Path | pa.Table | None,
    columns: tuple[str, str],
) -> bool:
    """Create one table, typed even where nothing was given; say whether it holds a row."""
    wanted = dict(_typed(" ".join(columns)))
    typed = ", ".join(f'"{column}" {kind}' for column, kind in wanted.items())
    connection.execute(f"CREATE TABLE {name} ({typed})")
    if given is None:
        return False
    try:
        rows = _relation(connection, given, wanted)
        lacking = [column for column, _ in _typed(columns[0]) if column not in rows.columns]
        if lacking:
            raise MistakeError(
                "table {table} lacks {columns}; it has: {known}",
                table=name,
                columns=", ".join(lacking),
                known=", ".join(rows.columns),
            )
        chosen = (
            f'CAST("{column}" AS {kind})' if column in rows.columns else f"CAST(NULL AS {kind})"
            for column, kind in wanted.items()
        )
        rows.project(", ".join(chosen)).insert_into(name)
    except (duckdb.Error, pa.ArrowInvalid) as error:
        raise MistakeError(
            "table {table} cannot be read: {reason}", table=name, reason=error
        ) from error
    (found,) = connection.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)  # noqa: S608
    return bool(found)


def _relation(
    connection: duckdb.DuckDBPyConnection, given: Path | pa.Table, wanted: Mapping[str, str]
) -> duckdb.DuckDBPyRelation:
    if isinstance(given, pa.Table):
        return connection.from_arrow(given)
    if not given.exists():
        raise MistakeError("there is no file {path}", path=given)
    if given.suffix == ".parquet":
        return connection.from_parquet(str(given))
    if given.suffix == ".csv":
        return connection.read_csv(str(given), header=True, all_varchar=True)
    texts = ", ".join(f"{column}: 'VARCHAR'" for column in wanted)
    return connection.sql(
        f"FROM read_json(?, format = 'newline_delimited', columns = {{{texts}}})",
        params=[str(given)],
    )


def codes(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Turn a column into whole numbers that are equal where its values are."""
    encoded = column.combine_chunks().dictionary_encode()
    whole = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    return np.asarray(whole.indices.fill_null(-1)).astype(np.int64)


def numbers(column: pa.ChunkedArray | Sequence[float]) -> npt.NDArray[np.float64]:
    """Give a column as floats; a null is NaN."""
    return np.asarray(column, dtype=np.float64)
