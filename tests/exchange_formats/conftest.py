"""One small world, read once, with every stage; and its findings in every format."""

from __future__ import annotations

import io
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from exchange_world import Written

from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.reports.exchange_formats import TABLES, write_as
from ironriver.reports.exchange_formats.gathering import Findings, gather
from ironriver.workspace import Workspace


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a world of 1,000 firearms and run every stage on it."""
    folder = tmp_path_factory.mktemp("exchange")
    ironriver = [sys.executable, "-m", "ironriver.cli"]
    world, workspace = folder / "world", folder / "workspace"
    made = ["world", "make", str(world), "--seed", "11", "--firearms", "1000"]
    for command in (made, ["run", str(world / "inbox"), "--workspace", str(workspace)]):
        subprocess.run([*ironriver, *command], check=True, capture_output=True)
    return workspace


@pytest.fixture(scope="session")
def findings(found: Path) -> Findings:
    """Give all rows that go into files."""
    with Workspace.open(found) as workspace:
        return gather(workspace, TABLES["xlsx"], "xlsx", Access.current(workspace, "testing"))


@pytest.fixture(scope="session")
def written(found: Path) -> Written:
    """Give a function that writes the findings in a format, once for each question."""

    @cache
    def write(form: str, network: str | None = None, with_names: bool = False) -> bytes:
        out = io.BytesIO()
        with Workspace.open(found) as workspace:
            access = Access(account(), "custodian", "testing", workspace)  # type: ignore[arg-type]
            write_as(workspace, form, out, access, network=network, with_names=with_names)
        return out.getvalue()

    return write
