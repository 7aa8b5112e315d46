"""The append-only journal: read, checked, appended to, and sealed.

A line exists once it is whole and on the disk. Only bytes after the last valid line, and only if no
checkpoint covers them, may be cut; they are kept beside the journal. Anything else is damage.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ironriver.errors import DamageError, IronRiverError
from ironriver.workspace.diagnosis import diagnose
from ironriver.workspace.disk import Disk, DiskFile, disk_error, unfinished_name
from ironriver.workspace.lines import (
    FIRST_PREVIOUS,
    TABLE_LINES,
    Entry,
    from_line,
    line_hash,
    problem,
    to_line,
)
from ironriver.workspace.locks import held
from ironriver.workspace.merkle import Tree, leaf_hash

_LEAVES_AT_ONCE = 65_536


class Journal:
    """The lines read and checked so far, as a Merkle tree, and the way to add one."""

    def __init__(self, folder: Path, disk: Disk, listener: Callable[[Entry], None]) -> None:
        self.folder = folder
        self.path = folder / "log.jsonl"
        self.tree = Tree()
        self.cuts: list[str] = []
        self._disk = disk
        self._listener = listener
        self._end = 0
        self._last = FIRST_PREVIOUS.encode()
        self._tail = b""
        self._broken = False

    def locked(self, *, shared: bool = False) -> contextlib.AbstractContextManager[None]:
        """Hold the lock of one append, or of one read, for the length of a block."""
        return held(self.folder / "lock", self._disk, shared=shared)

    def read(self) -> None:
        """Read and check the lines that stand after those already read; the lock must be held."""
        try:
            with self.path.open("rb", buffering=1 << 20) as handle:
                if handle.seek(0, 2) < self._end:
                    raise DamageError("the journal became shorter while it was in use")
                handle.seek(self._end)
                self._take(handle)
        except FileNotFoundError:
            raise DamageError("the journal {path} is missing", path=self.path) from None

    def _take(self, lines: Iterator[bytes]) -> None:
        leaves: list[bytes] = []
        sequence = len(self.tree)
        self._tail = b""
        for raw in lines:
            line = raw[:-1]
            if raw[-1:] != b"\n" or problem(line, sequence, self._last):
                self._tail = raw + b"".join(lines)
                break
            self._last = line_hash(line)
            self._end += len(raw)
            leaves.append(leaf_hash(line))
            sequence += 1
            if line.startswith(TABLE_LINES):
                self._hear(sequence - 1, line)
            if len(leaves) == _LEAVES_AT_ONCE:
                self.tree.extend(b"".join(leaves))
                leaves.clear()
        self.tree.extend(b"".join(leaves))
        if self._tail and not unfinished(self._tail):
            self._raise_damage()

    def _hear(self, sequence: int, line: bytes) -> None:
        try:
            self._listener(from_line(line))
        except (ValueError, KeyError, TypeError) as error:
            raise DamageError(
                "journal line {sequence} cannot be understood", sequence=sequence
            ) from error

    def _raise_damage(self) -> None:
        first = diagnose(self.path)[0]
        raise DamageError(first.message, **dict(first.values))

    @property
    def has_unfinished_tail(self) -> bool:
        """Whether bytes of a line that was never finished stand at the end."""
        return bool(self._tail)

    def cut_tail(self) -> None:
        """Cut an unfinished tail, keeping its bytes beside; the lock must be held."""
        if not self._tail:
            return
        name, copy = f"cut-{len(self.tree)}", 1
        while (self.folder / name).exists():
            copy += 1
            name = f"cut-{len(self.tree)}.{copy}"
        part = unfinished_name(self.folder.parent / "tmp")
        self._disk.place(self._tail, part, self.folder / name)
        file = self._disk.append_to(self.path)
        try:
            file.truncate(self._end)
            file.sync()
        finally:
            file.close()
        self.cuts.append(name)
        self._tail = b""

    def append(self, entry: Entry) -> Entry:
        """Add one line and return once it is on the disk; the lock must be held.

        Sequence and previous are filled in here. Where the line cannot be written the journal
        stays as it was and an error is raised, so that what it would have recorded is not done.
        """
        if self._broken:
            raise IronRiverError("the journal cannot be written; open the workspace again")
        self.read()
        self.cut_tail()
        entry = replace(entry, sequence=len(self.tree), previous=self._last.decode())
        line = to_line(entry)
        try:
            file = self._disk.append_to(self.path)
        except OSError as error:
            raise disk_error(error, self.path) from error
        try:
            file.write(line + b"\n")
            file.sync()
        except OSError as error:
            self._take_back(file)
            raise disk_error(error, self.path) from error
        finally:
            file.close()
        self._last = line_hash(line)
        self._end += len(line) + 1
        self.tree.extend(leaf_hash(line))
        if line.startswith(TABLE_LINES):
            self._listener(entry)
        return entry

    def _take_back(self, file: DiskFile) -> None:
        """Cut a line that could not be made durable; if that fails too, write no more."""
        try:
            file.truncate(self._end)
            file.sync()
        except OSError:
            self._broken = True

    def entries(self) -> Iterator[Entry]:
        """Read the entries again, each with its leaf hash, checking the chain on the way."""
        previous = FIRST_PREVIOUS.encode()
        with self.path.open("rb", buffering=1 << 20) as handle:
            for sequence in range(len(self.tree)):
                line = handle.readline()[:-1]
                if leaf_hash(line) != self.tree.leaf(sequence) or problem(line, sequence, previous):
                    raise DamageError(
                        "journal line {sequence} changed while it was in use", sequence=sequence
                    )
                previous = line_hash(line)
                yield from_line(line, self.tree.leaf(sequence))


def unfinished(tail: bytes) -> bool:
    """Tell a line whose writing was broken off from one that was changed afterwards.

    A broken-off write has lost its end, or whole disk sectors, which read as NUL.
    """
    line, end, after = tail.partition(b"\n")
    return not after and (not end or b"\0" in line)
