"""The store of record: one folder that holds sources, tables, journal and keys as files."""

from __future__ import annotations

from ironriver.workspace.history import Batch, Segment, Snapshot
from ironriver.workspace.inspection import Finding
from ironriver.workspace.lines import Entry
from ironriver.workspace.notes import Checkpoint
from ironriver.workspace.segments import SegmentWriter
from ironriver.workspace.store import Workspace

__all__ = [
    "Batch",
    "Checkpoint",
    "Entry",
    "Finding",
    "Segment",
    "SegmentWriter",
    "Snapshot",
    "Workspace",
]
