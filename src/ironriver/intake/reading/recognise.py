"""Tell what a file is from its first bytes; its name is a hint only where the bytes leave doubt."""

from __future__ import annotations

import codecs
import json
from enum import Enum
from mmap import mmap

from ironriver.errors import InputError


class Kind(Enum):
    """What a file is."""

    TEXT = "delimited text"
    JSON_LINES = "JSON lines"
    PARQUET = "Parquet"
    XLSX = "xlsx"
    ODS = "ods"
    XLS = "xls"
    ZIP = "zip"
    GZIP = "gzip"


READ = "CSV, TSV, JSONL, Parquet, XLSX, XLS, ODS, .gz, .zip"

_OTHERS = (
    (0, b"%PDF", "PDF"),
    (0, b"\x89PNG", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"SQLite format 3\0", "SQLite"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (0, b"Rar!", "RAR"),
    (0, b"\xfd7zXZ", "XZ"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard"),
    (0, b"BZh", "bzip2"),
    (257, b"ustar", "tar"),
    (4, b"Standard Jet DB", "Access"),
    (4, b"Standard ACE DB", "Access"),
    (0, b"{\\rtf", "RTF"),
    (0, b"ARROW1", "Arrow"),
    (0, b"Obj\x01", "Avro"),
    (0, b"ORC", "ORC"),
    (0, b"\x7fELF", "ELF"),
    (0, b"MZ\x90", "EXE"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ALLOWED_CONTROLS = frozenset(b"\t\n\r\f\x01\x1a\x1f\0")


class UnreadableError(InputError):
    """A kind of file that is not read."""


def unreadable(file: str, kind: str) -> UnreadableError:
    """Say what a file looks like, and what is read."""
    return UnreadableError(
        "{file} looks like {kind}, which is not read; save it as one of: {read}",
        file=file,
        kind=kind,
        read=READ,
    )


def recognise(begin: bytes, file: str) -> Kind:
    """Tell the kind of a file by its first 64 KiB; zip and OLE need a closer look."""
    if begin.startswith(b"\x1f\x8b"):
        return Kind.GZIP
    if begin.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Kind.ZIP
    if begin.startswith(b"PAR1"):
        return Kind.PARQUET
    if begin.startswith(_OLE):
        return Kind.XLS
    for place, sign, kind in _OTHERS:
        if begin.startswith(sign, place):
            raise unreadable(file, kind)
    return _text_kind(begin, file)


def _text_kind(begin: bytes, file: str) -> Kind:
    """Tell delimited text from JSON lines, and both from what is no text or no table."""
    text = _as_text(begin, file)
    start = text.lstrip("\ufeff \t\r\n")
    lower = start[:200].lower()
    if lower.startswith(("<!doctype html", "<html", "<table", "<head")):
        raise unreadable(file, "HTML")
    if lower.startswith(("<?xml", "<workbook")):
        raise unreadable(file, "XML")
    if start.startswith("{"):
        if _is_object(start.split("\n", 1)[0]):
            return Kind.JSON_LINES
        if "\n" not in start or file.lower().removesuffix(".gz").endswith(("ndjson", "jsonl")):
            return Kind.JSON_LINES
    if start.startswith("{") or (start.startswith("[") and start[1:].lstrip().startswith("{")):
        raise UnreadableError(
            "{file} is one JSON document; write it as JSON lines, one object on each line",
            file=file,
        )
    return Kind.TEXT


def _as_text(begin: bytes, file: str) -> str:
    """Decode the beginning loosely, after making sure that it is text at all."""
    for mark, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if begin.startswith(mark):
            return begin.decode(encoding, "replace")
    half = max(len(begin) // 2, 1)
    even, odd = begin[::2].count(0) / half, begin[1::2].count(0) / half
    if len(begin) > 3 and max(even, odd) > 0.4 > 8 * min(even, odd):
        raise UnreadableError(
            "{file} looks like UTF-16 text without a byte order mark; save it as UTF-8", file=file
        )
    controls = sum(byte < 32 and byte not in _ALLOWED_CONTROLS for byte in begin[:4096])
    if controls > len(begin[:4096]) / 10 or begin.count(0) > len(begin) / 3:
        raise UnreadableError(
            "{file} is neither text nor of any kind that is known; save it as one of: {read}",
            file=file,
            read=READ,
        )
    return begin.decode("utf-8", "replace")


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def workbook_kind(members: set[str], mimetype: bytes, file: str) -> Kind | None:
    """Tell a workbook among zip archives by its members; None for an ordinary archive."""
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        if b"spreadsheet" in mimetype:
            return Kind.ODS
        raise unreadable(file, "OpenDocument")
    if "[Content_Types].xml" not in members:
        return None
    if any(name.startswith("xl/") and name.endswith("workbook.bin") for name in members):
        raise unreadable(file, "XLSB")
    if any(name.startswith("xl/") for name in members):
        return Kind.XLSX
    raise unreadable(file, "Office Open XML (DOCX, PPTX)")


def check_ole(data: bytes | mmap, file: str) -> None:
    """Make sure that an OLE container holds a workbook that can be opened."""

    def holds(entry: str) -> bool:
        return data.find(entry.encode("utf-16-le") + b"\0\0") >= 0

    if holds("EncryptedPackage"):
        raise password_protected(file)
    if not (holds("Workbook") or holds("Book")):
        raise unreadable(file, "OLE (DOC, PPT, MSG)")


def password_protected(file: str) -> InputError:
    """Say that a file needs a password."""
    return InputError(
        "{file} is password-protected; open it, take the password away, save and try again",
        file=file,
    )
