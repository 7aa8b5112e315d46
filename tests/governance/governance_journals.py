"""A journal in memory, and one that cannot be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    """One entry."""

    action: str
    object: str
    actor: str
    role: str
    purpose: str
    detail: Mapping[str, Any] | None


@dataclass
class MemoryJournal:
    """Keeps its entries in a list."""

    lines: list[Line] = field(default_factory=list)

    def append(
        self,
        action: str,
        object: str,  # noqa: A002
        actor: str,
        role: str,
        purpose: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> int:
        """Keep one entry."""
        self.lines.append(Line(action, object, actor, role, purpose, detail))
        return len(self.lines) - 1

    def entries(self) -> Iterator[Line]:
        """Give every entry in order."""
        return iter(self.lines)


class FullDisk(MemoryJournal):
    """Reads, but cannot be written."""

    def append(
        self,
        action: str,
        object: str,  # noqa: A002
        actor: str,
        role: str,
        purpose: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> int:
        """Fail as a full disk does."""
        raise OSError(28, "No space left on device")


def founded(creator: str = "ana") -> MemoryJournal:
    """Give a journal as its creator leaves it."""
    journal = MemoryJournal()
    journal.append("create", "workspace", creator, "custodian")
    return journal
