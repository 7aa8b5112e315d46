"""The bytes of a part, which can be read from the start as often as needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

Opener = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader reads: a file, or an archive member as a stream of unpacked bytes."""

    source: str
    """File name as received, for messages."""
    member: str
    """Archive member; empty for a plain file."""
    open: Opener

    @property
    def shown(self) -> str:
        """The name that messages give."""
        return f"{self.source}/{self.member}" if self.member else self.source

    def begin(self, count: int = 65_536) -> bytes:
        """Give the first `count` bytes, fewer where there are no more."""
        with self.open() as stream:
            return read_fully(stream, count)


def read_fully(stream: BinaryIO, count: int) -> bytes:
    """Read `count` bytes, fewer only at the end: a stream may give less than it is asked for."""
    pieces: list[bytes] = []
    while count > 0 and (piece := stream.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def skip(stream: BinaryIO, count: int) -> None:
    """Pass over `count` bytes."""
    if stream.seekable():
        stream.seek(count)
        return
    while count > 0 and (piece := stream.read(min(count, 1 << 20))):
        count -= len(piece)
