"""What is looked at before a command opens anything: a mistake then costs and changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

from ironriver.errors import MistakeError, WorkspaceError
from ironriver.workspace.folder import exists


def check_folder(path: Path, *, create: bool = False) -> None:
    """Tell of a mistyped workspace, or of one that is closed to this account, before opening it."""
    if path.exists() and not path.is_dir():
        raise WorkspaceError("{path} is a file; a workspace is a folder", path=path)
    if exists(path):
        if not os.access(path / "journal" / "log.jsonl", os.R_OK | os.W_OK):
            raise WorkspaceError(
                "the workspace {path} may not be read and written by this account, and every view "
                "is entered in its journal first; ask whoever keeps it for permission",
                path=path,
            )
    elif not create and not (path / "journal").exists():
        near = sorted(each.name for each in _folders(path.parent) if exists(each))
        raise WorkspaceError(
            "{path} holds no workspace; workspaces beside it: {near}; "
            "`ironriver run INBOX --workspace {path}` makes one",
            path=path,
            near=", ".join(near) or "-",
        )


def _folders(parent: Path) -> list[Path]:
    try:
        return [each for each in parent.iterdir() if each.is_dir()]
    except OSError:
        return []


def check_output(path: Path | None) -> None:
    """Refuse, before anything is read or entered, a place that cannot be written to."""
    if path is None:
        return
    if path.is_dir():
        raise MistakeError("{path} is a folder; name a file", path=path)
    if not path.parent.is_dir():
        raise MistakeError("there is no folder {path} to write to; make it first", path=path.parent)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise MistakeError("{path} may not be written by this account", path=path)
