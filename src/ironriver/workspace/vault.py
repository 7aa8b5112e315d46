"""The vault: sources verbatim and segments, each under the SHA-256 of its bytes."""

from __future__ import annotations

import re
from contextlib import closing, suppress
from hashlib import file_digest, sha256
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO

from ironriver.errors import DamageError, InputError, WorkspaceError
from ironriver.workspace.disk import Disk, unfinished_name, writing
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
                return self._known(path, handle) or self._copy(handle)
        except OSError as error:
            raise InputError(
                "{path} cannot be read: {reason}", path=path, reason=error.strerror or error
            ) from error

    def _known(self, path: Path, handle: BufferedReader) -> str:
        """Give the SHA-256 of a file that is kept already; files of new sizes are not hashed."""
        size = path.stat().st_size
        if all(kept.stat().st_size != size for kept in self.raw.iterdir()):
            return ""
        name = file_digest(handle, "sha256").hexdigest()
        handle.seek(0)
        if not (self.raw / name).exists():
            return ""
        self.source_path(name)
        return name

    def receive_bytes(self, data: bytes) -> str:
        """Keep bytes verbatim; give their SHA-256."""
        name = sha256(data).hexdigest()
        if (self.raw / name).exists():
            self.source_path(name)
            return name
        return self._copy(BytesIO(data))

    def _copy(self, handle: BinaryIO) -> str:
        """Copy, hash, sync and name; a fault of the disk leaves nothing behind."""
        part = unfinished_name(self._unfinished)
        digest = sha256()
        try:
            with writing(part):
                file = self._disk.create(part, 0o400)
            with closing(file):
                while block := handle.read(_BLOCK):
                    digest.update(block)
                    with writing(part):
                        file.write(block)
                with writing(part):
                    file.sync()
            target = self.raw / digest.hexdigest()
            with writing(part):
                self._disk.publish(part, target)
        except BaseException:
            with suppress(OSError):
                self._disk.unlink(part)
            raise
        return target.name

    def source_path(self, source_id: str) -> Path:
        """Give the path of a source whose bytes were checked."""
        path = self.raw / source_id
        if not DIGEST.fullmatch(source_id):
            raise WorkspaceError("{source} names no source", source=source_id)
        self._check(path, source_id)
        return path

    def segment_path(self, segment: Segment) -> Path:
        """Give the path of a segment whose bytes were checked."""
        path = self.seg / f"{segment.sha256}.parquet"
        self._check(path, segment.sha256)
        return path

    def has_segment(self, segment: Segment) -> bool:
        """Tell whether a segment stands in the vault, of the right size."""
        path = self.seg / f"{segment.sha256}.parquet"
        return path.exists() and path.stat().st_size == segment.bytes

    def _check(self, path: Path, digest: str) -> None:
        if path in self._checked:
            return
        try:
            found = digest_of(path)
        except FileNotFoundError:
            raise DamageError("{path} is missing from the vault", path=path) from None
        except OSError as error:
            raise DamageError(
                "{path} cannot be read: {reason}",
                path=path,
                reason=error.strerror or error,
            ) from error
        if found != digest:
            raise DamageError(
                "{path} was changed: its bytes hash to {found}; put it back from a copy, or move "
                "it away and read its source again",
                path=path,
                found=found,
            )
        self._checked.add(path)
