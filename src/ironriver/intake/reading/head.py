"""The first rows of a text, read as well as can be before anything is known about its columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ironriver.intake.reading.content import Content
from ironriver.intake.reading.feed import Feed
from ironriver.intake.reading.lines import Lines, find_lines
from ironriver.intake.reading.splitting import Splitter, State, split_line
from ironriver.intake.reading.survey import Survey

_CELL = 2_000
_PIECE = 1 << 18
_REACH = 40
"""A heading in quotes spans at most this many further lines."""


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A row near the top: its cells, and the bytes of the part that it takes, line end included."""

    cells: list[str]
    first: int
    end: int


def first_lines(content: Content, how: Survey, count: int, max_row_bytes: int) -> Lines:
    """Give lines from the top: at least `count` with text, unless there are fewer."""
    return _window(content, how, count, max_row_bytes)[0]


def first_rows(
    content: Content, how: Survey, delimiter: str, count: int, max_row_bytes: int
) -> list[HeadRow]:
    """Split the first `count` rows; blank lines are passed over, over-long cells cut."""
    lines, feed = _window(content, how, count + _REACH, max_row_bytes)
    begins = feed.places(lines.starts).tolist()
    edges = [*begins[1:], int(feed.places(np.array([len(lines.block)]))[0])]
    rows: list[HeadRow] = []
    line = 0
    while line < len(lines) and len(rows) < count:
        if lines.blank[line]:
            line += 1
            continue
        cells, last = _best_cells(lines, line, delimiter)
        cells = [cell[:_CELL] for cell in cells]
        rows.append(HeadRow(cells, begins[line], edges[last]))
        line = last + 1
    return rows


def _window(content: Content, how: Survey, count: int, max_row_bytes: int) -> tuple[Lines, Feed]:
    """Read on from the top until `count` lines with text are there."""
    feed = Feed(content, how, how.mark, _PIECE)
    try:
        while True:
            feed.more()
            cut = len(feed.data) if feed.ended else feed.data.rfind(b"\n") + 1
            lines = find_lines(feed.data[:cut], how, max_row_bytes)
            enough = int(np.count_nonzero(~lines.blank)) >= count
            if feed.ended or enough or len(feed.data) > 4 * max_row_bytes + _PIECE:
                return lines, feed
    finally:
        feed.close()


def _best_cells(lines: Lines, line: int, delimiter: str) -> tuple[list[str], int]:
    """Split one row; a quoted cell may run on over lines that are less wide than the whole."""
    text = lines.text(line)
    cells, state = split_line(text, delimiter)
    if state is State.WHOLE:
        return cells, line
    if state is State.OPEN:
        splitter = Splitter(delimiter)
        splitter.feed(text)
        widths: list[int] = []
        for below in range(line + 1, min(line + 1 + _REACH, len(lines))):
            widths.append(len(lines.text(below).split(delimiter)))
            piece = lines.block[lines.ends[below - 1] : lines.ends[below]]
            state = splitter.feed(piece.decode("utf-8", "backslashreplace"))
            if state is State.WHOLE and len(splitter.cells) > max(widths):
                return splitter.cells, below
            if state is not State.OPEN:
                break
    return text.split(delimiter), line
