"""An analyst's desk for tests: an inbox to fill and a workspace that reads it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ironriver import engine, pipeline
from ironriver.governance.release import Access
from ironriver.pipeline import RunReport
from ironriver.workspace import Workspace

TODAY = dt.date(2026, 1, 1)


@dataclass
class Desk:
    """An analyst's desk: an inbox, a workspace, and what reading gave."""

    inbox: Path
    workspace: Workspace
    access: Access

    def put(self, name: str, content: str | bytes) -> Path:
        """Lay a file into the inbox."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def declare(self, **keys: object) -> None:
        """Add a source to the inbox file."""
        lines = ["[[source]]"]
        for key, value in keys.items():
            if isinstance(value, dict):
                inner = ", ".join(f'"{name}" = "{field}"' for name, field in value.items())
                lines.append(f"{key} = {{ {inner} }}")
            else:
                lines.append(
                    f"{key} = {value}" if isinstance(value, dt.date) else f'{key} = "{value}"'
                )
        with (self.inbox / "inbox.toml").open("a", encoding="utf-8") as handle:
            handle.write("\n".join(lines) + "\n")

    def read(self, today: dt.date = TODAY) -> RunReport:
        """Read the inbox."""
        return pipeline.intake(
            self.workspace, self.inbox, None, self.access, today, lambda *_: None
        )

    def rows(self, sql: str, as_of: dt.date | None = None) -> list[dict[str, Any]]:
        """Ask the workspace."""
        with engine.connect(self.workspace, None, as_of) as connection:
            return engine.query(connection, sql).to_pylist()
