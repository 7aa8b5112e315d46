"""Unpack gz and zip with bounds: nothing is written where a name in the archive says."""

from __future__ import annotations

import gzip
import io
import tempfile
import weakref
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISLNK
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from ironriver import settings
from ironriver.errors import InputError
from ironriver.intake.reading.content import Content
from ironriver.intake.reading.recognise import password_protected

_ALWAYS_FINE = 8 << 20
"""Unpacked bytes that no ratio is held against."""
_MOST_MEMBERS = 10_000
_DAMAGE = (EOFError, gzip.BadGzipFile, BadZipFile, zlib.error, NotImplementedError, RuntimeError)


def damaged(file: str) -> InputError:
    """Say that an archive is cut off or damaged."""
    return InputError("{file} is damaged or cut off; ask the sender for it again", file=file)


def check_size(file: str, unpacked: int, packed: int) -> None:
    """Refuse what unpacks to too much, in all or beside its packed size."""
    times, most = settings.number("max_expansion"), settings.whole("max_unpacked_mb")
    if unpacked > most << 20 or unpacked > max(_ALWAYS_FINE, times * packed):
        raise InputError(
            "{file} unpacks to more than {times} times its size or {most} MB and is refused as a "
            "bomb; if it is sound, set IRONRIVER_MAX_EXPANSION or IRONRIVER_MAX_UNPACKED_MB higher",
            file=file,
            times=f"{times:g}",
            most=most,
        )


class Bounded(io.RawIOBase):
    """A stream of unpacked bytes that stops at a bomb and words damage."""

    def __init__(self, stream: BinaryIO, file: str, packed: int) -> None:
        self._stream, self._file, self._packed = stream, file, packed
        self._given = 0

    def readable(self) -> bool:
        """Say that it can be read; it cannot be wound back."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, at most a megabyte at once."""
        try:
            piece = self._stream.read(1 << 20 if size < 0 else min(size, 1 << 20))
        except _DAMAGE:
            raise damaged(self._file) from None
        self._given += len(piece)
        check_size(self._file, self._given, self._packed)
        return piece

    def close(self) -> None:
        """Close it and what it reads from."""
        self._stream.close()
        super().close()


def gunzip(path: Path, name: str) -> Content:
    """Give the unpacked bytes of a gz file."""

    def open_() -> BinaryIO:
        # Closing Bounded closes GzipFile, which opened the file itself.
        return Bounded(gzip.open(path, "rb"), name, path.stat().st_size)  # type: ignore[arg-type, return-value]

    return Content(name, "", open_)


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip archive whose directory has been looked over."""

    path: Path
    name: str
    members: tuple[ZipInfo, ...]

    def content(self, member: ZipInfo) -> Content:
        """Give one member as content."""

        def open_() -> BinaryIO:
            try:
                with ZipFile(self.path) as archive:
                    stream = archive.open(member)
            except _DAMAGE:
                raise damaged(self.name) from None
            shown = f"{self.name}/{member.filename}"
            return Bounded(stream, shown, member.compress_size)  # type: ignore[arg-type, return-value]

        return Content(self.name, member.filename, open_)

    def mimetype(self) -> bytes:
        """Give what an OpenDocument file says that it is."""
        for member in self.members:
            if member.filename == "mimetype" and member.file_size < 200:
                with self.content(member).open() as stream:
                    return stream.read()
        return b""


def look_over(path: Path, name: str) -> Archive:
    """Read a zip's directory and refuse bombs, passwords, and names that point outside."""
    try:
        with ZipFile(path) as archive:
            members = tuple(archive.infolist())
    except _DAMAGE:
        raise damaged(name) from None
    if len(members) > _MOST_MEMBERS:
        raise InputError(
            "{file} holds more than {most} members; unpack it and keep what is needed",
            file=name,
            most=_MOST_MEMBERS,
        )
    size = path.stat().st_size
    packed = sum(member.compress_size for member in members)
    check_size(name, sum(member.file_size for member in members), min(packed, size))
    if packed > size:
        raise damaged(name)
    for member in members:
        if member.flag_bits & 1:
            raise password_protected(name)
        _check_name(member, name)
    return Archive(path, name, members)


def _check_name(member: ZipInfo, name: str) -> None:
    """Refuse a name that points outside, or a link."""
    written = member.orig_filename.replace("\\", "/")
    place = PurePosixPath(written)
    drive = len(written) > 1 and written[1] == ":"
    if place.is_absolute() or ".." in place.parts or drive or S_ISLNK(member.external_attr >> 16):
        raise InputError(
            "{file} holds {member}, which points outside the archive; do not open it, and ask the "
            "sender what it is",
            file=name,
            member=repr(member.filename),
        )


class LocalFile:
    """A file that can be opened by path: the source itself, or a member unpacked for a while."""

    def __init__(self, path: Path, content: Content | None = None) -> None:
        self.path = path
        if content:
            # Kept open until nobody holds this object any more; then it is gone from the disk.
            kept = tempfile.NamedTemporaryFile(prefix="ironriver-")  # noqa: SIM115
            weakref.finalize(self, kept.close)
            with content.open() as stream:
                while piece := stream.read(1 << 20):
                    kept.write(piece)
            kept.flush()
            self.path = Path(kept.name)
