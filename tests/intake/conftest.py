"""A workspace and an inbox to fill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk

from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.workspace import Workspace


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give an empty inbox and a new workspace."""
    (tmp_path / "inbox").mkdir()
    with Workspace.create(tmp_path / "workspace", account()) as workspace:
        yield Desk(tmp_path / "inbox", workspace, Access.current(workspace, "testing"))
