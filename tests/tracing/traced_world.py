"""A workspace whose recoveries were traced, and the truth of its world."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from ironriver import pipeline
from ironriver.governance.release import Access
from ironriver.workspace import Workspace

FIRST = ("resolve", "entities", "trace")


@dataclass(frozen=True)
class Traced:
    """A workspace whose recoveries were traced, and the truth of its world."""

    path: Path
    truth: Path
    access: Access
    workspace: Workspace

    def trace(self, as_of: dt.date | None = None) -> None:
        """Derive traces and what they rest on."""
        for stage in pipeline.STAGES:
            if stage.name in FIRST:
                pipeline.run_stage(self.workspace, stage, self.access, as_of)
