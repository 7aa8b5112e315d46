"""Read text in working bytes: always UTF-8, always ending lines in a line feed.

Every working byte knows which byte of the part it came from, so that spans are those of the file
as received, whatever its encoding.
"""

from __future__ import annotations

import codecs

import numpy as np
import numpy.typing as npt

from ironriver.intake.reading.content import Content, read_fully, skip
from ironriver.intake.reading.survey import Survey

Places = npt.NDArray[np.int64]

_SURVEYED = "ironriver.undecodable"
codecs.register_error(
    _SURVEYED,
    # One byte that no UTF-8 text holds for each byte without a meaning.
    lambda error: (b"\xff" * (error.end - error.start), error.end),  # type: ignore[attr-defined]
)


def _widths(ascii_: int, lead: int, astral: int, broken: int) -> npt.NDArray[np.int64]:
    """Give, for each working byte, how many received bytes it stands for."""
    table = np.zeros(256, dtype=np.int64)
    table[:0x80] = ascii_
    table[0xC0:0xF0] = lead
    table[0xF0:0xFF] = astral
    table[0xFF] = broken
    return table


_WIDTHS = {
    "cp1252": _widths(1, 1, 1, 1),
    "utf-16-le": _widths(2, 2, 4, 1),
    "utf-16-be": _widths(2, 2, 4, 1),
}


def received_length(working: bytes, encoding: str) -> int:
    """Count the received bytes that `working` bytes stand for.

    >>> received_length("año".encode(), "cp1252")
    3
    """
    if encoding not in _WIDTHS:
        return len(working)
    return int(_WIDTHS[encoding][np.frombuffer(working, np.uint8)].sum())


class Feed:
    """A window over a text that moves forward; memory is what the caller lets it hold."""

    def __init__(self, content: Content, how: Survey, start: int, chunk_bytes: int) -> None:
        self.how = how
        self.data = b""
        self.offset = start
        """Where ``data[0]`` stands in the part."""
        self.ended = False
        self._held = b""
        self._chunk = max(chunk_bytes & ~1, 2)
        self._widths = _WIDTHS.get(how.encoding)
        self._stream = content.open()
        skip(self._stream, start)

    def more(self) -> None:
        """Read on; ``ended`` says that there was no more."""
        raw = read_fully(self._stream, self._chunk)
        self.ended = len(raw) < self._chunk
        fresh = self._convert(raw) if self._widths is not None else raw
        if self.how.lone_returns:
            fresh = fresh.replace(b"\r", b"\n")
        self.data = self.data + fresh if self.data else fresh
        if self.ended:
            self._stream.close()

    def drop(self, count: int) -> None:
        """Move on by `count` working bytes."""
        if self._widths is None:
            self.offset += count
        else:
            self.offset += received_length(self.data[:count], self.how.encoding)
        self.data = self.data[count:]

    def places(self, working: Places) -> Places:
        """Turn places in ``data`` into places in the part."""
        if self._widths is None:
            return working + self.offset
        reached = np.zeros(len(self.data) + 1, dtype=np.int64)
        np.cumsum(self._widths[np.frombuffer(self.data, np.uint8)], out=reached[1:])
        places: Places = reached[working] + self.offset
        return places

    def close(self) -> None:
        """Let go of the stream."""
        self._stream.close()

    def _convert(self, raw: bytes) -> bytes:
        if self.how.encoding == "cp1252":
            return raw.decode("cp1252", "surrogateescape").encode("utf-8", _SURVEYED)
        raw = self._held + raw
        keep = len(raw) - len(raw) % 2
        last = raw[keep - 2 : keep]
        high = last[1:] if self.how.encoding == "utf-16-le" else last[:1]
        if not self.ended and b"\xd8" <= high < b"\xdc":
            keep -= 2  # the other half of the pair comes next
        self._held = raw[keep:]
        text = raw[:keep].decode(self.how.encoding, "surrogatepass")
        odd = b"\xff" if self.ended and self._held else b""
        return text.encode("utf-8", "surrogatepass") + odd
