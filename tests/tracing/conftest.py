"""A small world with a monitored case, read and traced once for all tests here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from traced_world import Traced

from ironriver import pipeline
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.workspace import Workspace
from ironriver.world.make import make


@pytest.fixture(scope="session")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    folder = tmp_path_factory.mktemp("traced")
    make(folder / "world", 77, 2500, (2018, 2023), "real", {"monitored_case": "1"})
    with Workspace.create(folder / "workspace", account()) as workspace:
        access = Access.current(workspace, "testing")
        today = dt.date(2025, 6, 30)
        pipeline.intake(workspace, folder / "world" / "inbox", None, access, today, lambda *_: None)
        found = Traced(folder / "workspace", folder / "world" / "truth", access, workspace)
        found.trace()
        yield found
