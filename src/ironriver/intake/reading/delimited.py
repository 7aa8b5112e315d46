"""A part of delimited text, read in chunks of constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ironriver import settings
from ironriver.intake.parts import Chunk, Header
from ironriver.intake.reading.content import Content
from ironriver.intake.reading.dialect import find_delimiter
from ironriver.intake.reading.feed import Feed
from ironriver.intake.reading.head import HeadRow, first_lines, first_rows
from ironriver.intake.reading.lines import Lines
from ironriver.intake.reading.reasons import ENCODING_NAMES, Reasons
from ironriver.intake.reading.rows import Grid, Rows, read_rows
from ironriver.intake.reading.stream import Stream
from ironriver.intake.reading.survey import Survey, survey
from ironriver.language import mark

READ_AS = mark("the text is no UTF-8 and was read as {encoding}")
SOME_NOT_UTF8 = mark("the text is UTF-8 but for some lines, which are in quarantine")
_LOOKED_AT = 100
"""Lines from which the delimiter is told."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """Delimited text."""

    name: str
    content: Content
    how: Survey
    delimiter: str
    max_row_bytes: int
    chunk_bytes: int
    self_describing: bool = False
    notes: tuple[str, ...] = ()
    _head: list[HeadRow] = field(default_factory=list)

    def sample(self, rows: int = 40) -> list[list[str]]:
        """Give the first rows as cells, title rows and headings among them."""
        return [list(row.cells) for row in self._first(rows)]

    def first_row_byte(self, header: Header) -> int | None:
        """Give the byte where data rows begin; None where there are none."""
        rows = self._first(header.sample_row + 2)
        return rows[header.sample_row + 1].first if len(rows) > header.sample_row + 1 else None

    def chunks(self, header: Header, first_row: int) -> Iterator[Chunk]:
        """Read all data rows below `header`; row numbers count on from `first_row`."""
        start = self.first_row_byte(header)
        if start is None:
            return
        names = self._names(header)
        grid = Grid(self.delimiter, names, self.max_row_bytes, self.how.lone_returns)
        reasons = Reasons(names, self.how.encoding, self.max_row_bytes)

        def read_block(lines: Lines, after: int | None) -> Rows:
            return read_rows(lines, grid, reasons, after)

        feed = Feed(self.content, self.how, start, self.chunk_bytes)
        yield from Stream(feed, self.max_row_bytes, reasons, read_block).chunks(first_row)

    def _first(self, count: int) -> list[HeadRow]:
        if len(self._head) < count:
            self._head[:] = first_rows(
                self.content, self.how, self.delimiter, count, self.max_row_bytes
            )
        return self._head[:count]

    def _names(self, header: Header) -> tuple[str, ...]:
        """Give a name to every cell of the heading row, also to those the caller left out."""
        width = len(header.names)
        if header.sample_row >= 0:
            width = max(width, len(self._first(header.sample_row + 1)[-1].cells))
        extra = (f"column_{place + 1}" for place in range(len(header.names), width))
        return (*header.names, *extra)


def open_text(content: Content, how: Survey | None = None) -> TextPart:
    """Look over a text and give it as a part, its delimiter told by its first lines."""
    how = how or survey(content)
    max_row_bytes = settings.whole("max_row_bytes")
    lines = first_lines(content, how, _LOOKED_AT, max_row_bytes)
    texts = [lines.text(line) for line in range(min(len(lines), _LOOKED_AT))]
    return TextPart(
        name=content.member,
        content=content,
        how=how,
        delimiter=find_delimiter(texts, content.shown),
        max_row_bytes=max_row_bytes,
        chunk_bytes=settings.whole("chunk_bytes"),
        notes=_notes(how),
    )


def _notes(how: Survey) -> tuple[str, ...]:
    """Say what encoding was taken, where it was not plain UTF-8."""
    if how.encoding == "utf-8":
        return (SOME_NOT_UTF8,) if how.mixed else ()
    return (READ_AS.format(encoding=ENCODING_NAMES[how.encoding]),)
