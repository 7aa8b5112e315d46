"""The lines of a block of working bytes, found all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.intake.reading.feed import Places, received_length
from ironriver.intake.reading.survey import Survey, decodes, is_utf8

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a block: where each starts, where its text ends, and what is wrong with it."""

    block: bytes
    data: npt.NDArray[np.uint8]
    starts: Places
    ends: Places
    """End of the text, line end excluded."""
    blank: Marks
    too_long: Marks
    nul: Marks
    encoding: dict[int, int]
    """Line to the place of its first undecodable byte."""
    written_in: str
    """The encoding of the file as received."""

    def __len__(self) -> int:
        return len(self.starts)

    def line_of(self, places: Places) -> Places:
        """Give the lines that `places` stand in."""
        return np.searchsorted(self.starts, places, side="right") - 1

    def received(self, line: int, place: int) -> int:
        """Give `place` as a byte of the row as received, counted from 0."""
        return received_length(self.block[self.starts[line] : place], self.written_in)

    def text(self, line: int) -> str:
        r"""Give one line as text; bytes that cannot be decoded are written out as ``\xe9``."""
        return self.block[self.starts[line] : self.ends[line]].decode("utf-8", "backslashreplace")


def find_lines(block: bytes, how: Survey, max_row_bytes: int) -> Lines:
    """Find the lines of `block`, which ends at a line end or is the last.

    A carriage return belongs to the line end when it stands right before the line feed or at the
    very end of the text; elsewhere it is text.
    """
    data = np.frombuffer(block, np.uint8)
    feeds = np.flatnonzero(data == 10).astype(np.int64, copy=False)
    starts = np.concatenate((np.zeros(1, np.int64), feeds + 1))
    ends = np.append(feeds, len(block))
    if starts[-1] == len(block):
        starts, ends = starts[:-1], ends[:-1]
    if b"\r" in block:
        ends = ends - ((ends > starts) & (data[ends - 1] == 13))
    too_long = ends - starts > max_row_bytes
    nul = np.zeros(len(starts), np.bool_)
    if b"\0" in block:
        nul[np.searchsorted(starts, np.flatnonzero(data == 0), side="right") - 1] = True
    return Lines(
        block=block,
        data=data,
        starts=starts,
        ends=ends,
        blank=_blank(block, data, starts, ends) & ~too_long,
        too_long=too_long,
        nul=nul,
        encoding=_undecodable(block, starts, ends, how) if how.mixed else {},
        written_in=how.encoding,
    )


def _blank(block: bytes, data: npt.NDArray[np.uint8], starts: Places, ends: Places) -> Marks:
    """Mark lines without any text, or with spaces only."""
    blank: Marks = starts == ends
    full = np.flatnonzero(~blank)
    spaced = full[(data[starts[full]] == 32) & (data[ends[full] - 1] == 32)]
    for line in spaced.tolist():
        blank[line] = not block[starts[line] : ends[line]].strip(b" ")
    return blank


def _undecodable(block: bytes, starts: Places, ends: Places, how: Survey) -> dict[int, int]:
    """Find lines that do not fit the encoding, and the first byte of each that does not.

    In a Windows-1252 file these are also the lines that are UTF-8: they would be read wrongly.
    """
    legacy = how.encoding == "cp1252"
    if not legacy and is_utf8(block):
        return {}
    high = np.flatnonzero(np.frombuffer(block, np.uint8) >= 0x80)
    found: dict[int, int] = {}
    for line in np.unique(np.searchsorted(starts, high, side="right") - 1).tolist():
        start, end = int(starts[line]), int(ends[line])
        try:
            text = block[start:end].decode("utf-8")
        except UnicodeDecodeError as error:
            found[line] = start + error.start
            continue
        if legacy and decodes(text.encode("cp1252")):
            found[line] = int(high[np.searchsorted(high, start)])
    return found
