"""Find out how a text file is encoded and how its lines end, before a row is read.

A byte order mark decides. Else the file is UTF-8 if all of it is. A file in which at least as many
lines are UTF-8 beyond ASCII as are not is UTF-8 with damaged lines; any other is Windows-1252,
which contains all printable Latin-1. Lines that do not fit the decision are never read under
another encoding: they go to quarantine, where a person can see them.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver.errors import InputError
from ironriver.intake.reading.content import Content, read_fully

_PIECE = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
"""Bytes that Windows-1252 leaves without a meaning."""


@dataclass(frozen=True, slots=True)
class Survey:
    """How a text is to be read."""

    encoding: str
    """``utf-8``, ``utf-16-le``, ``utf-16-be`` or ``cp1252``."""
    mark: int
    """Bytes of the byte order mark."""
    lone_returns: bool
    """Lines end in a carriage return alone."""
    mixed: bool
    """Some lines may not fit the encoding, so that each must be looked at."""


def survey(content: Content) -> Survey:
    """Decide encoding and line ends of `content`, reading all of it once; twice if not UTF-8."""
    begin = content.begin(4)
    if begin in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        raise InputError("{file} is UTF-32 text; save it as UTF-8", file=content.shown)
    encoding, mark = next(
        ((name, len(sign)) for sign, name in _MARKS if begin.startswith(sign)), ("", 0)
    )
    if encoding.startswith("utf-16"):
        feed = "\n".encode(encoding)
        lone = not any(_aligned(piece, feed) for piece in _fixed_pieces(content))
        return Survey(encoding, mark, lone, mixed=True)
    fits, lone = True, True
    for piece in _line_pieces(content):
        lone = lone and b"\n" not in piece
        fits = fits and (piece.isascii() or is_utf8(piece))
    if fits:
        return Survey("utf-8", mark, lone, mixed=False)
    good, bad = count_beyond_ascii(content)
    if encoding or good >= bad:
        return Survey("utf-8", mark, lone, mixed=True)
    undefined = any(byte in piece for piece in _fixed_pieces(content) for byte in _UNDEFINED)
    return Survey("cp1252", 0, lone, mixed=good > 0 or undefined)


def is_utf8(data: bytes) -> bool:
    """Say whether `data` is UTF-8; Arrow's check is ten times as fast as decoding."""
    offsets = np.array([0, len(data)], dtype=np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    try:
        pa.Array.from_buffers(pa.large_string(), 1, buffers).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def count_beyond_ascii(content: Content) -> tuple[int, int]:
    """Count the lines with bytes beyond ASCII that are UTF-8, and those that are not."""
    good = bad = 0
    for piece in _line_pieces(content):
        data = np.frombuffer(piece, np.uint8)
        ends = np.append(np.flatnonzero((data == 10) | (data == 13)), len(data))
        high = np.unique(np.searchsorted(ends, np.flatnonzero(data >= 0x80)))
        if is_utf8(piece):
            good += len(high)
            continue
        # Only a line with a lead byte before a continuation byte can be UTF-8 beyond ASCII.
        pair = (data[:-1] >= 0xC2) & (data[1:] >= 0x80) & (data[1:] < 0xC0)
        likely = np.unique(np.searchsorted(ends, np.flatnonzero(pair)))
        found = _utf8_among(piece, ends, likely)
        good += found
        bad += len(high) - found
    return good, bad


def _utf8_among(piece: bytes, ends: npt.NDArray[np.intp], lines: npt.NDArray[np.intp]) -> int:
    """Count which of `lines` are UTF-8."""
    starts = np.where(lines > 0, ends[lines - 1] + 1, 0)
    spans = zip(starts.tolist(), ends[lines].tolist(), strict=True)
    return sum(decodes(piece[start:end]) for start, end in spans)


def decodes(line: bytes, encoding: str = "utf-8") -> bool:
    """Say whether `line` can be decoded."""
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _fixed_pieces(content: Content) -> Iterator[bytes]:
    """Give the content in pieces of even length."""
    with content.open() as stream:
        while piece := read_fully(stream, _PIECE):
            yield piece


def _line_pieces(content: Content) -> Iterator[bytes]:
    """Give the content in pieces that end at a line end, where there is one within reach."""
    rest = b""
    for fresh in _fixed_pieces(content):
        piece = rest + fresh if rest else fresh
        cut = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
        if cut == 0 and len(piece) > 4 * _PIECE:
            cut = len(piece)
        yield piece[:cut]
        rest = piece[cut:]
    yield rest


def _aligned(piece: bytes, unit: bytes) -> bool:
    """Say whether the two-byte `unit` stands at an even place of `piece`."""
    at = piece.find(unit)
    while at >= 0 and at % 2:
        at = piece.find(unit, at + 1)
    return at >= 0
