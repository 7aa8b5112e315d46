"""The only place that writes into a workspace: durable steps, each of which can be recorded.

A recorder sees every step before and after it is taken, so that a full or failing disk and a power
cut can be played. Nothing here decides what is written; see ``vault`` and ``journal`` for that.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from ironriver.errors import IronRiverError, WorkspaceError

try:
    from fcntl import F_FULLFSYNC, fcntl  # type: ignore[attr-defined,unused-ignore]
except ImportError:
    F_FULLFSYNC = None

StepKind = Literal[
    "folder", "create", "write", "sync", "truncate", "rename", "unlink", "sync_folder"
]


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the disk: `offset` and `data` for a write, `target` for a rename."""

    kind: StepKind
    path: Path
    offset: int = 0
    data: bytes = b""
    target: Path | None = None


class Recorder(Protocol):
    """Sees every step; may refuse one as a failing disk would."""

    def before(self, step: Step) -> int:
        """Give how many bytes of a write still fit, or raise an OSError."""
        ...

    def after(self, step: Step) -> None:
        """Take note of a step that was taken."""
        ...


_recorder: ContextVar[Recorder | None] = ContextVar("ironriver_disk_recorder", default=None)


@contextmanager
def recording(recorder: Recorder) -> Iterator[None]:
    """Let every disk made inside the block report to `recorder`."""
    token = _recorder.set(recorder)
    try:
        yield
    finally:
        _recorder.reset(token)


def disk_error(error: OSError, path: Path) -> IronRiverError:
    """Turn an operating-system error into one that says what to do.

    >>> str(disk_error(OSError(errno.ENOSPC, "No space left on device"), Path("ws/tmp/a")))
    'the disk is full: ws/tmp/a cannot be written; free some space and run the command again'
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return WorkspaceError(
            "the disk is full: {path} cannot be written; free some space and run the command again",
            path=path,
        )
    return IronRiverError(
        "{path} cannot be written: {reason}", path=path, reason=error.strerror or error
    )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn operating-system errors inside the block into ones that say what to do."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, path) from error


@contextmanager
def using(path: Path) -> Iterator[None]:
    """Turn operating-system errors of a block that reads and writes into one of ours."""
    try:
        yield
    except OSError as error:
        raise IronRiverError(
            "{path} cannot be used: {reason}", path=path, reason=error.strerror or error
        ) from error


def unfinished_name(folder: Path) -> Path:
    """Give a new name for a file that is not finished yet."""
    return folder / f"{secrets.token_hex(8)}.part"


def _sync(handle: int, *, folder: bool = False) -> None:
    if F_FULLFSYNC is not None:  # macOS: fsync alone leaves the bytes in the drive's own cache
        fcntl(handle, F_FULLFSYNC)
    elif folder:
        os.fsync(handle)
    else:  # bytes and size, all that reading needs; times may wait
        os.fdatasync(handle)


class DiskFile:
    """A file open for writing at its end; looks like a Python file to Arrow."""

    def __init__(self, path: Path, handle: int, size: int, recorder: Recorder | None) -> None:
        self.path = path
        self.closed = False
        self._handle = handle
        self._size = size
        self._recorder = recorder

    def write(self, data: bytes | memoryview) -> int:
        """Write all of `data` at the end."""
        left = memoryview(data).cast("B") if not isinstance(data, bytes) else memoryview(data)
        total = len(left)
        while left:
            left = left[self._write_once(left) :]
        return total

    def _write_once(self, data: memoryview) -> int:
        if self._recorder is None:
            written = os.write(self._handle, data)
        else:
            fits = self._recorder.before(Step("write", self.path, self._size, bytes(data)))
            written = os.write(self._handle, data[:fits])
            self._recorder.after(Step("write", self.path, self._size, bytes(data[:written])))
        self._size += written
        return written

    def sync(self) -> None:
        """Return once every byte is on the disk."""
        step = Step("sync", self.path)
        if self._recorder is not None:
            self._recorder.before(step)
        _sync(self._handle)
        if self._recorder is not None:
            self._recorder.after(step)

    def truncate(self, size: int) -> None:
        """Cut the file to `size` bytes."""
        step = Step("truncate", self.path, size)
        if self._recorder is not None:
            self._recorder.before(step)
        os.ftruncate(self._handle, size)
        self._size = size
        if self._recorder is not None:
            self._recorder.after(step)

    def fileno(self) -> int:
        """Give the operating system's number of the open file."""
        return self._handle

    def tell(self) -> int:
        """Give the file's size so far."""
        return self._size

    def flush(self) -> None:
        """Do nothing: there is no buffer of ours."""

    def close(self) -> None:
        """Close the file; its bytes are durable only after `sync`."""
        if not self.closed:
            self.closed = True
            # A late write must find no file: the number may stand for another one by then.
            handle, self._handle = self._handle, -1
            os.close(handle)


class Disk:
    """Durable steps on files; the recorder in force where it is made sees each one."""

    def __init__(self) -> None:
        self._recorder = _recorder.get()

    def _step(self, step: Step) -> None:
        if self._recorder is not None:
            self._recorder.before(step)
        match step.kind:
            case "folder":
                step.path.mkdir()
            case "rename":
                if step.target is None:
                    raise ValueError("a rename needs a target")
                step.path.replace(step.target)
            case "unlink":
                step.path.unlink()
            case _:
                handle = os.open(step.path, os.O_RDONLY)
                try:
                    _sync(handle, folder=True)
                finally:
                    os.close(handle)
        if self._recorder is not None:
            self._recorder.after(step)

    def make_folder(self, path: Path) -> None:
        """Make one folder and sync the one it stands in."""
        self._step(Step("folder", path))
        self.sync_folder(path.parent)

    def create(self, path: Path, mode: int = 0o600) -> DiskFile:
        """Make a new file and open it for writing; FileExistsError where there is one."""
        step = Step("create", path)
        if self._recorder is not None:
            self._recorder.before(step)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        if self._recorder is not None:
            self._recorder.after(step)
        return DiskFile(path, handle, 0, self._recorder)

    def append_to(self, path: Path) -> DiskFile:
        """Open an existing file for writing at its end."""
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        return DiskFile(path, handle, os.fstat(handle).st_size, self._recorder)

    def rename(self, path: Path, target: Path) -> None:
        """Give a file its lasting name; sync the target's folder afterwards."""
        self._step(Step("rename", path, target=target))

    def unlink(self, path: Path) -> None:
        """Remove a file's name; sync its folder afterwards."""
        self._step(Step("unlink", path))

    def sync_folder(self, path: Path) -> None:
        """Return once the names in a folder are on the disk."""
        self._step(Step("sync_folder", path))

    def publish(self, unfinished: Path, target: Path) -> None:
        """Rename a synced file to its lasting name and make the name durable."""
        self.rename(unfinished, target)
        self.sync_folder(target.parent)

    def place(self, data: bytes, unfinished: Path, target: Path, mode: int = 0o600) -> None:
        """Write `data` so that `target` holds all of it or does not exist."""
        file = self.create(unfinished, mode)
        try:
            file.write(data)
            file.sync()
        except BaseException:
            file.close()
            with suppress(OSError):
                self.unlink(unfinished)
            raise
        file.close()
        self.publish(unfinished, target)
