"""SQL over a workspace: DuckDB in this process, in memory, over segments whose bytes were checked.

Nothing of DuckDB's is kept: one flipped bit in a Parquet file gave it silently wrong answers, so a
segment's digest is checked before it may be read, and only those files can be read at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ironriver import settings
from ironriver.errors import IronRiverError, MistakeError
from ironriver.governance.judgements import judgements_table
from ironriver.tables import TABLES, Table, table
from ironriver.workspace import Workspace
from ironriver.workspace.folder import spill_folder


class QueryError(IronRiverError):
    """A query of ours is wrong; the message shows its SQL."""


_SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.bool_(): "BOOLEAN",
}


def connect(
    ws: Workspace, tables: Iterable[str] | None = None, as_of: date | None = None
) -> duckdb.DuckDBPyConnection:
    """Open tables (all by default) as views, as known on a day (everything known by default).

    Only the asked tables' segments are checked. The connection can read those segments and no
    other file, and its settings are locked.
    """
    wanted = [table(name) for name in (TABLES if tables is None else tables)]
    paths = {
        one.name: [ws.verified_path(segment) for segment in ws.segments(one.name, as_of)]
        for one in wanted
    }
    try:
        connection = duckdb.connect(":memory:", config=_config(ws))
    except duckdb.ParserException as error:
        raise MistakeError(
            "IRONRIVER_MEMORY_LIMIT is {text}, which is no amount of memory such as 2GB",
            text=settings.text("memory_limit"),
        ) from error
    try:
        allowed = [path for found in paths.values() for path in found]
        run(connection, f"SET allowed_paths = [{_texts(allowed)}]")
        for one in wanted:
            if one.name == "audit":
                _hold(connection, one.name, ws.audit_table())
            elif one.name == "judgements":
                _hold(connection, one.name, judgements_table(ws, as_of))
            else:
                run(connection, _view(one, paths[one.name]))
        run(connection, "SET python_enable_replacements = false")
        run(connection, "SET enable_external_access = false")
        run(connection, "SET lock_configuration = true")
    except BaseException:
        connection.close()
        raise
    return connection


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> duckdb.DuckDBPyConnection:
    """Run a statement, its values bound; a QueryError shows the SQL where it fails.

    >>> run(duckdb.connect(), "SELECT ? + 1", [1]).fetchone()
    (2,)
    """
    try:
        return connection.execute(sql, parameters or None)
    except duckdb.Error as error:
        raise _query_error(error, sql) from error


def _query_error(error: duckdb.Error, sql: str) -> QueryError:
    return QueryError("{reason}\n\nin the query\n\n{sql}", reason=error, sql=sql)


def query(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> pa.Table:
    """Run a query, its values bound, and give its rows as an Arrow table."""
    try:
        return connection.sql(sql, params=parameters or None).to_arrow_table()
    except duckdb.Error as error:
        raise _query_error(error, sql) from error


def _config(ws: Workspace) -> dict[str, Any]:
    return {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": settings.text("memory_limit"),
        "threads": settings.whole("threads"),
        "temp_directory": str(spill_folder(ws.path.absolute() / "tmp")),
    }


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _texts(paths: Sequence[Path]) -> str:
    return ", ".join(_text(path.absolute()) for path in paths)


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _view(one: Table, paths: Sequence[Path]) -> str:
    """Give the view of one table: its columns in order, typed even where it is empty."""
    if paths:
        columns = ", ".join(_name(column.name) for column in one.columns)
        source = f"FROM read_parquet([{_texts(paths)}])"
    else:
        columns = ", ".join(
            f"CAST(NULL AS {_SQL_TYPES[column.type]}) AS {_name(column.name)}"
            for column in one.columns
        )
        source = "WHERE false"
    return f"CREATE VIEW {_name(one.name)} AS SELECT {columns} {source}"


def _hold(connection: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Copy an Arrow table into the connection."""
    connection.register("_rows", rows)
    run(connection, f"CREATE TABLE {_name(name)} AS SELECT * FROM _rows")  # noqa: S608
    connection.unregister("_rows")
