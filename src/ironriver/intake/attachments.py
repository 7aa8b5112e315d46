"""Files that belong to a record: a PDF of the trace sheet, a photograph of the serial."""

from __future__ import annotations

from pathlib import Path

from ironriver import engine
from ironriver.errors import InputError, WorkspaceError
from ironriver.governance.release import Access
from ironriver.tables import ROW_TABLES
from ironriver.workspace import Workspace

_KINDS = {
    b"%PDF-": "pdf",
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
}


def attach(workspace: Workspace, record_id: str, path: Path, access: Access) -> str:
    """Keep a PDF or photograph in the vault beside a record, and give its SHA-256.

    The same file at the same record twice changes nothing. Raises WorkspaceError where there is no
    such record, InputError where the file is something else.
    """
    connection = engine.connect(workspace, ROW_TABLES)
    rows = " UNION ALL ".join(f'SELECT record_id FROM "{name}"' for name in ROW_TABLES)  # noqa: S608
    found = engine.run(
        connection,
        f"SELECT count(*) FROM ({rows}) WHERE record_id = ?",  # noqa: S608
        (record_id,),
    )
    if found.fetchall() == [(0,)]:
        raise WorkspaceError("there is no record {id} in this workspace", id=record_id)
    with path.open("rb") as handle:
        start = handle.read(8)
    kind = next((kind for magic, kind in _KINDS.items() if start.startswith(magic)), None)
    if kind is None:
        raise InputError(
            "{file} is neither a PDF nor a photograph (JPEG, PNG, TIFF)", file=path.name
        )
    file_id = workspace.receive(path)
    known = any(
        entry.action == "attach" and entry.object == record_id and entry.detail["file"] == file_id
        for entry in workspace.entries()
    )
    if not known:
        access.enter("attach", record_id, {"file": file_id, "kind": kind})
    return file_id
