"""Locks between processes: one writer at a time, and one appender to the journal at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ironriver.errors import WorkspaceError
from ironriver.workspace.disk import Disk

_POLL_SECONDS = 0.05


class WriterLock:
    """The lock that the one writer of a workspace holds; the file names its process."""

    def __init__(self, path: Path, wait: float, disk: Disk) -> None:
        _ensure(path, disk)
        self._file = disk.append_to(path)
        deadline = time.monotonic() + wait
        while not self._try():
            if time.monotonic() >= deadline:
                self._file.close()
                raise WorkspaceError(
                    "the workspace {path} is in use by process {pid}; "
                    "wait for it to end, or run again with --wait SECONDS",
                    path=path.parent,
                    pid=path.read_text("utf-8", "replace").strip() or "?",
                )
            time.sleep(_POLL_SECONDS)
        with suppress(OSError):  # the lock holds without the number, also on a full disk
            self._file.truncate(0)
            self._file.write(f"{os.getpid()}\n".encode())

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return False
            raise
        return True

    def release(self) -> None:
        """Let the next writer in."""
        self._file.close()


def _ensure(path: Path, disk: Disk) -> None:
    """Make a lock file that is not there; it says nothing, so losing one costs nothing."""
    if not path.exists():
        with suppress(FileExistsError):
            disk.create(path).close()


@contextmanager
def held(path: Path, disk: Disk, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock file for the length of the block, waiting for whoever has it."""
    _ensure(path, disk)
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
