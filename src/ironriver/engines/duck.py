"""The batch engine in this process: DuckDB, spilling to disk above its memory limit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType
from duckdb.sqltypes import DOUBLE, VARCHAR

from ironriver import settings
from ironriver.engine import query, run
from ironriver.engines.statement import PairFunction


class DuckEngine:
    """DuckDB as a batch engine, in memory; `folder` takes what does not fit."""

    def __init__(self, folder: Path) -> None:
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "memory_limit": settings.text("memory_limit"),
                "threads": settings.whole("threads"),
                "temp_directory": str(folder / "spill"),
                "python_enable_replacements": False,
                # Rows are a set: their order is the caller's business, and keeping it costs memory.
                "preserve_insertion_order": False,
            },
        )

    def load(self, name: str, rows: pa.Table | Path) -> None:
        """Give a name to an Arrow table, or to a Parquet file or folder of them."""
        if isinstance(rows, Path):
            found = str(rows / "**" / "*.parquet") if rows.is_dir() else str(rows)
            text = "'" + found.replace("'", "''") + "'"
            run(self._connection, f"CREATE VIEW {name} AS SELECT * FROM read_parquet({text})")  # noqa: S608
            return
        self._connection.register("_rows", rows)
        run(self._connection, f"CREATE TABLE {name} AS SELECT * FROM _rows")  # noqa: S608
        self._connection.unregister("_rows")

    def function(self, name: str, call: PairFunction) -> None:
        """Let statements call a function of two texts by a name; NULL in gives NULL out."""
        arrays: Any = call  # its own annotations know no Arrow arrays
        self._connection.create_function(
            name, arrays, [VARCHAR, VARCHAR], DOUBLE, type=PythonUDFType.ARROW
        )

    def keep(self, name: str, sql: str) -> None:
        """Work a SELECT out once and give its rows a name."""
        run(self._connection, f"CREATE TABLE {name} AS {sql}")

    def rows(self, sql: str) -> pa.Table:
        """Run a SELECT and give its rows; they must fit in memory."""
        return query(self._connection, sql)

    def write(self, sql: str, folder: Path) -> None:
        """Run a SELECT and write its rows, as they come, as Parquet into a new folder."""
        folder.mkdir(parents=True)
        text = "'" + str(folder / "part-0.parquet").replace("'", "''") + "'"
        run(self._connection, f"COPY ({sql}) TO {text} (FORMAT parquet)")

    def close(self) -> None:
        """Let go of all that was loaded and kept."""
        self._connection.close()
