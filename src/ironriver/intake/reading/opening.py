"""Recognise a received file by its content and open it as parts."""

from __future__ import annotations

import mmap
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from ironriver.errors import InputError
from ironriver.intake.parts import Part
from ironriver.intake.reading.content import Content
from ironriver.intake.reading.delimited import open_text
from ironriver.intake.reading.jsonlines import open_json
from ironriver.intake.reading.packed import Archive, LocalFile, gunzip, look_over
from ironriver.intake.reading.parquet import open_parquet
from ironriver.intake.reading.recognise import (
    Kind,
    UnreadableError,
    check_ole,
    recognise,
    workbook_kind,
)
from ironriver.intake.reading.workbook import open_workbook
from ironriver.language import mark

NOT_READ = mark("a member of the archive was not read: {why}")
_WORKBOOKS = (Kind.XLSX, Kind.ODS, Kind.XLS)
_CLUTTER = ("thumbs.db", "desktop.ini")


def open_source(path: Path, name: str) -> list[Part]:
    """Open the file at `path`, received as `name`, and give its parts.

    A plain file is one part, each sheet of a workbook is one, and so is each member of an archive.
    Raises InputError for what is empty, damaged, unknown, hostile or locked.
    """
    content = Content(name, "", lambda: path.open("rb", buffering=0))
    begin = _begin(content)
    kind = recognise(begin, name)
    if kind is Kind.ZIP:
        archive = look_over(path, name)
        members = {member.filename for member in archive.members}
        kind = workbook_kind(members, archive.mimetype(), name) or kind
        if kind is Kind.ZIP:
            return _open_archive(archive)
    if kind is Kind.GZIP:
        return _open_packed(gunzip(path, name))
    return _open_plain(content, kind, LocalFile(path))


def _begin(content: Content) -> bytes:
    begin = content.begin()
    if not begin.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise InputError("{file} is empty; ask the sender for it again", file=content.shown)
    return begin


def _open_plain(content: Content, kind: Kind, file: LocalFile | None) -> list[Part]:
    """Open what is no archive; formats that need a file get one while their parts live."""
    if kind is Kind.TEXT:
        return [open_text(content)]
    if kind is Kind.JSON_LINES:
        return [open_json(content)]
    file = file or LocalFile(Path(), content)
    if kind is Kind.PARQUET:
        return [open_parquet(file, content.member, content.shown)]
    if kind is Kind.XLS:
        with (
            file.path.open("rb") as stream,
            mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            check_ole(data, content.shown)
    return list(open_workbook(kind, file, content.member, content.shown))


def _open_packed(content: Content) -> list[Part]:
    """Open one unpacked stream, which must be no archive itself."""
    kind = recognise(_begin(content), content.shown)
    if kind not in (Kind.ZIP, Kind.GZIP):
        return _open_plain(content, kind, None)
    if kind is Kind.ZIP:
        file = LocalFile(Path(), content)
        inner = look_over(file.path, content.shown)
        members = {member.filename for member in inner.members}
        kind = workbook_kind(members, inner.mimetype(), content.shown) or kind
        if kind in _WORKBOOKS:
            return _open_plain(content, kind, file)
    raise InputError(
        "{file} is an archive within an archive; unpack the outer one first", file=content.shown
    )


def _open_archive(archive: Archive) -> list[Part]:
    """Open the members of a zip; members of a kind that is not read are noted, not hidden."""
    parts: list[Any] = []
    refused: list[UnreadableError] = []
    for member in archive.members:
        if member.is_dir() or _is_clutter(member.filename) or not member.file_size:
            continue
        try:
            parts += _open_packed(archive.content(member))
        except UnreadableError as error:
            refused.append(error)
    if not parts:
        if refused:
            raise refused[0]
        raise InputError(
            "{file} holds nothing to read; ask the sender for it again", file=archive.name
        )
    notes = tuple(NOT_READ.format(why=error) for error in refused)
    return [replace(parts[0], notes=(*parts[0].notes, *notes)), *parts[1:]]


def _is_clutter(name: str) -> bool:
    """Say whether a member is what operating systems leave in archives."""
    place = PurePosixPath(name)
    hidden = place.name.startswith(".") or "__MACOSX" in place.parts
    return hidden or place.name.lower() in _CLUTTER
