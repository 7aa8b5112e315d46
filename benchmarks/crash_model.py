"""A model of a disk that loses power: what was synced stays, anything else may be lost or torn.

A `Trace` records each step that a workspace takes on the disk. `power_cut` replays the steps up to
a cut: un-synced writes are dropped or torn at 512 bytes, un-synced names may be absent. It is
harsher than most file systems. Used by the tests and by ``crash_power.py``.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from pathlib import Path

from ironriver.workspace.disk import Step

SECTOR = 512
NAMING = ("folder", "create", "rename", "unlink")


@dataclass
class Trace:
    """Every step taken, in order; the file that a step is about is known by a number."""

    steps: list[Step] = field(default_factory=list)
    inodes: list[int] = field(default_factory=list)
    _names: dict[Path, int] = field(default_factory=dict)
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def before(self, step: Step) -> int:
        """Let every step pass."""
        return len(step.data)

    def after(self, step: Step) -> None:
        """Write a step down."""
        with self._lock:
            if step.kind == "create":
                self._count += 1
                self._names[step.path] = self._count
            inode = self._names.get(step.path, 0)
            if step.kind == "rename" and step.target is not None:
                self._names[step.target] = self._names.pop(step.path)
            if step.kind == "unlink":
                del self._names[step.path]
            self.steps.append(step)
            self.inodes.append(inode)

    def durable_bytes(self, path: Path, cut: int) -> bytes:
        """Give what had been synced of a file, name included, before step `cut`."""
        inode, content, synced, named = 0, bytearray(), b"", b""
        contents: dict[int, tuple[bytearray, bytes]] = {}
        for step, number in zip(self.steps[:cut], self.inodes[:cut], strict=True):
            content, synced = contents.get(number, (bytearray(), b""))
            _apply(content, step)
            contents[number] = (content, bytes(content) if step.kind == "sync" else synced)
            if step.kind == "rename" and step.target == path:
                inode = -number
            if step.kind == "sync_folder" and step.path == path.parent:
                inode = abs(inode)
            if inode > 0:
                named = contents[inode][1]
        return named


def _apply(content: bytearray, step: Step, keep: set[int] | None = None) -> None:
    """Do a write or truncation; of a write, only the sectors in `keep`."""
    if step.kind == "truncate":
        content[step.offset :] = bytes(max(0, step.offset - len(content)))
    if step.kind != "write":
        return
    end = step.offset + len(step.data)
    for sector in range(step.offset // SECTOR, (end + SECTOR - 1) // SECTOR):
        if keep is None or sector in keep:
            start = max(step.offset, sector * SECTOR)
            stop = min(end, (sector + 1) * SECTOR)
            content.extend(bytes(max(0, stop - len(content))))
            content[start:stop] = step.data[start - step.offset : stop - step.offset]


def _sectors(step: Step) -> range:
    return range(step.offset // SECTOR, (step.offset + len(step.data) + SECTOR - 1) // SECTOR)


def _contents(trace: Trace, cut: int, rng: random.Random, loss: float) -> dict[int, bytes]:
    """Give each file's bytes after the cut."""
    live: dict[int, bytearray] = {}
    synced: dict[int, bytes] = {}
    loose: dict[int, list[Step]] = {}
    for step, inode in zip(trace.steps[:cut], trace.inodes[:cut], strict=True):
        content = live.setdefault(inode, bytearray())
        _apply(content, step)
        if step.kind == "sync":
            synced[inode], loose[inode] = bytes(content), []
        elif step.kind in ("write", "truncate"):
            loose.setdefault(inode, []).append(step)
    result = {}
    for inode in live:
        content = bytearray(synced.get(inode, b""))
        for step in loose.get(inode, []):
            if step.kind == "truncate" and rng.random() >= loss:
                _apply(content, step)
            _apply(content, step, {one for one in _sectors(step) if rng.random() >= loss})
        result[inode] = bytes(content)
    return result


def _names(
    trace: Trace, cut: int, rng: random.Random, loss: float
) -> tuple[set[Path], dict[Path, int]]:
    """Give the folders and the names of files after the cut."""
    folders: set[Path] = set()
    names: dict[Path, int] = {}
    synced_later: set[Path] = set()
    durable = [False] * cut
    for index in range(cut - 1, -1, -1):
        step = trace.steps[index]
        if step.kind == "sync_folder":
            synced_later.add(step.path)
        place = step.target if step.target is not None else step.path
        durable[index] = place.parent in synced_later
    for index in range(cut):
        step = trace.steps[index]
        if step.kind not in NAMING or not (durable[index] or rng.random() >= loss):
            continue
        if step.kind == "folder":
            folders.add(step.path)
        elif step.kind == "create":
            names[step.path] = trace.inodes[index]
        else:
            names.pop(step.path, None)
            if step.target is not None:
                names[step.target] = trace.inodes[index]
    return folders, names


def power_cut(
    trace: Trace, root: Path, target: Path, cut: int | None = None, seed: int = 0
) -> None:
    """Rebuild under `target` what stood under `root` after a cut before step `cut`.

    Without a cut everything recorded is replayed. How much of the un-synced is lost varies by
    `seed`: nothing, half, or all of it.
    """
    rng = random.Random(seed)
    loss = rng.choice((0.0, 0.5, 0.5, 1.0)) if cut is not None else 0.0
    cut = len(trace.steps) if cut is None else cut
    contents = _contents(trace, cut, rng, loss)
    folders, names = _names(trace, cut, rng, loss)
    target.mkdir(parents=True, exist_ok=True)
    for folder in sorted(folders):
        if all(parent in folders for parent in folder.parents if parent.is_relative_to(root / "x")):
            (target / folder.relative_to(root)).mkdir(exist_ok=True)
    for path, inode in names.items():
        place = target / path.relative_to(root)
        if place.parent.is_dir():
            place.write_bytes(contents.get(inode, b""))
            place.chmod(0o600)


@dataclass
class FailingDisk:
    """Refuses step number `at`, and with `lasting` every step after it that takes space."""

    at: int
    error: int
    lasting: bool = True
    count: int = 0
    refused: int = 0

    def before(self, step: Step) -> int:
        """Raise at the chosen step; of a write before it, let half through."""
        self.count += 1
        takes_space = step.kind in ("write", "create", "folder", "rename", "sync")
        if self.count == self.at or (self.lasting and self.count > self.at and takes_space):
            self.refused += 1
            raise OSError(self.error, "played by the test")
        if self.count == self.at - 1 and len(step.data) > 1:
            return len(step.data) // 2
        return len(step.data)

    def after(self, step: Step) -> None:
        """Take no note."""
