"""What the workspace's tests share: a fresh workspace, and the crash models of the benchmarks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from ironriver.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """Open a new workspace for writing."""
    with Workspace.create(tmp_path / "ws", "ana") as workspace:
        yield workspace
