"""Carry a text through block by block, and give every byte to exactly one row.

A row ends where the next one begins, so that spans tile by construction; blank lines belong to
the row above them. The last row of a block therefore waits until the next block's first is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ironriver.intake.parts import BadRow, Chunk
from ironriver.intake.reading.feed import Feed, Places
from ironriver.intake.reading.lines import Lines, Marks, find_lines
from ironriver.intake.reading.reasons import Reason, Reasons
from ironriver.intake.reading.rows import CUT, Rows, cut_text

ReadBlock = Callable[[Lines, "int | None"], Rows]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows of a block, their starts as bytes of the part."""

    starts: Places
    good: Marks
    cells: pa.Table | None
    bad: list[tuple[Reason, str]]


@dataclass(frozen=True, slots=True)
class Stream:
    """A text from its first data row on, with the way to read a block of it."""

    feed: Feed
    max_row_bytes: int
    reasons: Reasons
    read_block: ReadBlock

    def chunks(self, first_row: int) -> Iterator[Chunk]:
        """Give all rows, numbered on from `first_row`."""
        waiting: _Piece | None = None
        for piece in self._pieces():
            if waiting:
                yield self._finish(waiting, int(piece.starts[0]), first_row)
                first_row += len(waiting.starts)
            waiting = piece
        if waiting:
            yield self._finish(waiting, self.feed.offset, first_row)

    def _pieces(self) -> Iterator[_Piece]:
        feed = self.feed
        try:
            while feed.data or not feed.ended:
                cut = len(feed.data) if feed.ended else feed.data.rfind(b"\n") + 1
                if not cut and len(feed.data) > self.max_row_bytes + 1:
                    yield self._pass_over()
                    continue
                if cut:
                    lines = find_lines(feed.data[:cut], feed.how, self.max_row_bytes)
                    after = None if feed.ended else len(feed.data) - cut
                    rows = self.read_block(lines, after)
                    if len(rows.starts):
                        yield _Piece(feed.places(rows.starts), rows.good, rows.cells, rows.bad)
                    feed.drop(rows.used)
                if not feed.ended:
                    feed.more()
        finally:
            feed.close()

    def _pass_over(self) -> _Piece:
        """Pass over a line that is too long to hold, keeping its beginning."""
        feed = self.feed
        start, size, begin, last = feed.offset, 0, b"", b""
        while True:
            end = feed.data.find(b"\n")
            text = feed.data if end < 0 else feed.data[:end]
            size += len(text)
            begin += text[: 8 * CUT - len(begin)]
            last = text[-1:] or last
            feed.drop(len(text) + (end >= 0))
            if end >= 0 or (feed.ended and not feed.data):
                break
            feed.more()
        reason = self.reasons.too_long(size - (last == b"\r"))
        return _Piece(np.array([start]), np.zeros(1, np.bool_), None, [(reason, cut_text(begin))])

    def _finish(self, piece: _Piece, end: int, first_row: int) -> Chunk:
        """Give the chunk: number the rows and close their spans; the last one ends before `end`."""
        numbers = np.arange(first_row, first_row + len(piece.starts), dtype=np.int64)
        lasts = np.append(piece.starts[1:], end) - 1
        amiss = np.flatnonzero(~piece.good).tolist()
        bad = tuple(
            BadRow(
                row_number=int(numbers[at]),
                reason_code=reason.code,
                reason=reason.sentence,
                raw=raw,
                first_byte=int(piece.starts[at]),
                last_byte=int(lasts[at]),
            )
            for at, (reason, raw) in zip(amiss, piece.bad, strict=True)
        )
        names = self.reasons.names
        cells = piece.cells
        if cells is None:
            cells = pa.table([pa.array([], pa.string())] * len(names), names=list(names))
        return Chunk(
            cells=cells.rename_columns(list(names)),
            row_numbers=numbers[piece.good],
            first_bytes=piece.starts[piece.good],
            last_bytes=lasts[piece.good],
            bad=bad,
        )
