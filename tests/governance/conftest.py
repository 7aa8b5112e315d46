"""One workspace with names in it, read once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from guarded import Guarded, fill

from desk import Desk
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.workspace import Workspace


@pytest.fixture(scope="session")
def guarded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read an inbox full of names."""
    folder = tmp_path_factory.mktemp("guarded")
    (folder / "inbox").mkdir()
    with Workspace.create(folder / "workspace", account()) as workspace:
        fill(Desk(folder / "inbox", workspace, Access.current(workspace, "testing")))
    return folder / "workspace"


@pytest.fixture
def guarded(
    guarded_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Guarded]:
    """Give a copy of that workspace, open for writing."""
    path = tmp_path / "guarded"
    shutil.copytree(guarded_folder, path)
    with Workspace.open(path, write=True) as workspace:
        yield Guarded(path, workspace, account(), monkeypatch)
