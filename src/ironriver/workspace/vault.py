"""The vault: sources verbatim and segments, each under the SHA-256 of its bytes."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from ironriver.errors import DamageError, InputError, WorkspaceError
from ironriver.workspace.disk import Disk, disk_error, unfinished_name
from ironriver.workspace.history import Segment

_BLOCK = 1 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")


def digest_of(path: Path) -> str:
    """Hash a file's bytes, a block at a time."""
    with path.open("rb") as handle:
        return file_digest(handle, "sha256").hexdigest()


class Vault:
    """Files by digest; each is checked once before it is given out."""

    def __init__(self, folder: Path, unfinished: Path, disk: Disk) -> None:
        self.raw = folder / "raw"
        self.seg = folder / "seg"
        self._unfinished = unfinished
        self._disk = disk
        self._checked: set[Path] = set()

    def receive(self, path: Path) -> str:
        """Keep a file verbatim and give its SHA-256; the same file twice changes nothing."""
        try:
            with path.open("rb") as handle:
                size = path.stat().st_size
                if any(kept.stat().st_size == size for kept in self.raw.iterdir()):
                    name = file_digest(handle, "sha256").hexdigest()
                    if (self.raw / name).exists():
                        self.source_path(name)
                        return name
                    handle.seek(0)
                return self._copy(handle)
        except OSError as error:
            raise InputError(
                "{path} cannot be read: {reason}", path=path, reason=error.strerror or error
            ) from error

    def receive_bytes(self, data: bytes) -> str:
        """Keep bytes verbatim; give their SHA-256."""
        name = sha256(data).hexdigest()
        if (self.raw / name).exists():
            self.source_path(name)
            return name
        return self._copy(io.BytesIO(data))

    def _copy(self, handle: BinaryIO) -> str:
        """Copy, hash, sync and name; a fault of the disk leaves nothing behind."""
        part = unfinished_name(self._unfinished)
        digest = sha256()
        try:
            file = self._disk.create(part, 0o400)
            try:
                while block := handle.read(_BLOCK):
                    digest.update(block)
                    file.write(block)
                file.sync()
            finally:
                file.close()
            target = self.raw / digest.hexdigest()
            if target.exists():
                self._disk.unlink(part)
            else:
                self._disk.publish(part, target)
        except BaseException as error:
            with suppress(OSError):
                self._disk.unlink(part)
            if isinstance(error, OSError):
                raise disk_error(error, part) from error
            raise
        return target.name

    def source_path(self, source_id: str) -> Path:
        """Give the path of a source whose bytes were checked."""
        path = self.raw / source_id
        if not DIGEST.fullmatch(source_id):
            raise WorkspaceError("{source} names no source", source=source_id)
        self._check(path, source_id, "source")
        return path

    def segment_path(self, segment: Segment) -> Path:
        """Give the path of a segment whose bytes were checked."""
        path = self.seg / f"{segment.sha256}.parquet"
        self._check(path, segment.sha256, f"segment of {segment.table}")
        return path

    def has_segment(self, segment: Segment) -> bool:
        """Tell whether a segment stands in the vault, of the right size."""
        path = self.seg / f"{segment.sha256}.parquet"
        return path.exists() and path.stat().st_size == segment.bytes

    def _check(self, path: Path, digest: str, what: str) -> None:
        if path in self._checked:
            return
        try:
            found = digest_of(path)
        except FileNotFoundError:
            raise DamageError(
                "{what} {digest} is missing from the vault", what=what, digest=digest
            ) from None
        except OSError as error:
            raise DamageError(
                "{what} {digest} cannot be read: {reason}",
                what=what,
                digest=digest,
                reason=error.strerror or error,
            ) from error
        if found != digest:
            raise DamageError(
                "{what} {digest} was changed: its bytes hash to {found}; put it back from a copy, "
                "or move it away and read its source again",
                what=what,
                digest=digest,
                found=found,
            )
        self._checked.add(path)
