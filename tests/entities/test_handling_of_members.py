"""A party that stands alone is handled as its own source says, and no more strictly."""

from __future__ import annotations

from pathlib import Path

from ironriver import engine, pipeline
from ironriver.governance.release import Access
from ironriver.workspace import Workspace
from weighed import weighed


def test_no_member_is_handled_more_strictly_than_its_sources(tmp_path: Path) -> None:
    folder = weighed(tmp_path, "LAW_ENFORCEMENT")
    with Workspace.open(folder, write=True) as workspace:
        pipeline.run_stage(
            workspace, pipeline.stage("entities"), Access.current(workspace, "testing")
        )
        with engine.connect(workspace, ("entity_members",)) as connection:
            rows = connection.sql("SELECT handling, count(*) FROM entity_members GROUP BY ALL")
            assert dict(rows.fetchall()).keys() == {"LAW_ENFORCEMENT"}
