"""Split one row of delimited text into cells, strictly.

The grammar is RFC 4180 with one widening: a quote inside a cell that does not begin with one is
literal text, as in ``4" cañón``. Anything else that RFC 4180 forbids is broken, not guessed at.
"""

from __future__ import annotations

from enum import Enum

QUOTE = '"'


class State(Enum):
    """How a split ended."""

    WHOLE = "whole"
    OPEN = "open"
    """A quoted cell is still open at the end of the text."""
    BROKEN = "broken"
    """Text follows a closing quote."""


class Splitter:
    r"""Split text that arrives line by line, so that a long quoted cell is scanned only once.

    >>> row = Splitter(",")
    >>> row.feed('a,"b')
    <State.OPEN: 'open'>
    >>> row.feed('\nc",4" barrel')
    <State.WHOLE: 'whole'>
    >>> row.cells
    ['a', 'b\nc', '4" barrel']
    """

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.cells: list[str] = []
        self._quoted: list[str] = []
        self._open = False

    def feed(self, text: str) -> State:
        """Take the next piece: the first line, or a line end and the line after it."""
        at = 0
        while True:
            if not self._open:
                if not text.startswith(QUOTE, at):
                    end = text.find(self.delimiter, at)
                    if end < 0:
                        self.cells.append(text[at:])
                        return State.WHOLE
                    self.cells.append(text[at:end])
                    at = end + 1
                    continue
                self._open = True
                at += 1
            end = self._closing(text, at)
            if end < 0:
                return State.OPEN
            self._open = False
            if end == len(text):
                return State.WHOLE
            if text[end] != self.delimiter:
                return State.BROKEN
            at = end + 1

    def _closing(self, text: str, at: int) -> int:
        """Give the place after the closing quote, the cell kept; -1 where there is none."""
        while True:
            quote = text.find(QUOTE, at)
            if quote < 0:
                self._quoted.append(text[at:])
                return -1
            self._quoted.append(text[at:quote])
            if not text.startswith(QUOTE, quote + 1):
                self.cells.append("".join(self._quoted))
                self._quoted.clear()
                return quote + 1
            self._quoted.append(QUOTE)
            at = quote + 2


def split_line(line: str, delimiter: str) -> tuple[list[str], State]:
    """Split one line into its cells.

    >>> split_line('a;"b;c";4" barrel', ";")
    (['a', 'b;c', '4" barrel'], <State.WHOLE: 'whole'>)
    """
    if QUOTE not in line:
        return line.split(delimiter), State.WHOLE
    splitter = Splitter(delimiter)
    state = splitter.feed(line)
    return splitter.cells, state


def fit(cells: list[str], width: int) -> list[str] | None:
    """Give exactly `width` cells, or None where the row is ragged.

    Empty cells too many at the end are dropped: spreadsheets write them.

    >>> fit(["a", "b", "", ""], 2), fit(["a"], 2), fit(["a", "b", "c"], 2)
    (['a', 'b'], None, None)
    """
    if len(cells) == width:
        return cells
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    return None
