"""Why something stands as it does: the row as received, how it was read, what hangs on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from ironriver import engine
from ironriver.errors import WorkspaceError
from ironriver.governance import release
from ironriver.governance.release import Access
from ironriver.reports.export import expired_today, handling_by_source
from ironriver.tables import FIGURES, RAW_ROWS, ROW_TABLES, TABLES
from ironriver.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row or figure: the table it stands in, its columns, and the row as received."""

    table: str
    values: Mapping[str, Any]
    source: Mapping[str, Any]
    raw: Mapping[str, Any]
    attachments: tuple[str, ...] = ()


def explain(workspace: Workspace, identifier: str, access: Access) -> Explanation:
    """Explain a record or a figure by its id; what may not be seen is refused, not blanked."""
    connection = engine.connect(
        workspace, (*ROW_TABLES, "sources", "raw_rows", "figures", "parties", "quarantine")
    )
    figure = engine.query(connection, "SELECT * FROM figures WHERE figure_id = ?", (identifier,))
    if figure.num_rows:
        access.enter("view", identifier)
        released = release.release_rows(figure, FIGURES, {}, access).table.to_pylist()
        return Explanation("figures", released[0], {}, {})
    for name in ROW_TABLES:
        row = _one(connection, f'SELECT * FROM "{name}" WHERE record_id = ?', identifier)  # noqa: S608
        if row:
            return _row(workspace, connection, name, row, access)
    raise WorkspaceError(
        "there is no record or figure {id} in this workspace; `ironriver export WORKSPACE records` "
        "lists the records",
        id=identifier,
    )


def _row(
    workspace: Workspace,
    connection: duckdb.DuckDBPyConnection,
    name: str,
    row: Mapping[str, Any],
    access: Access,
) -> Explanation:
    place = (row["source_id"], row["row_number"])
    handling = handling_by_source(connection)
    here = engine.query(
        connection,
        f'SELECT * FROM "{name}" WHERE record_id = ?',  # noqa: S608
        (row["record_id"],),
    )
    raw = engine.query(
        connection, "SELECT * FROM raw_rows WHERE source_id = ? AND row_number = ?", place
    )
    expired = expired_today(connection)
    access.enter("view", row["record_id"])
    # The gate refuses here, before anything is shown, what this role and purpose may not see.
    values = release.release_rows(
        here, TABLES[name], handling, access, expired=expired
    ).table.to_pylist()
    received = release.release_rows(
        raw, RAW_ROWS, handling, access, expired=expired
    ).table.to_pylist()
    source = _one(connection, "SELECT * FROM sources WHERE source_id = ?", row["source_id"])
    as_received = {**received[0], "raw": _cells(received[0], source or {})} if received else {}
    attached = attachments(workspace, row["record_id"])
    return Explanation(name, values[0], source or {}, as_received, attached)


def _cells(received: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, str]:
    """Put the headings of its part back on a row's cells."""
    headings = json.loads(source["header"]).get(received["part"], [])
    cells = json.loads(received["raw"])
    return dict(zip(headings, cells, strict=False))


def attachments(workspace: Workspace, record_id: str) -> tuple[str, ...]:
    """Give the SHA-256 of every file attached to a record."""
    return tuple(
        entry.detail["file"]
        for entry in workspace.entries()
        if entry.action == "attach" and entry.object == record_id
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str, value: str) -> dict[str, Any] | None:
    rows = engine.query(connection, query, (value,)).to_pylist()
    return rows[0] if rows else None
