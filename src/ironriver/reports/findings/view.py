"""What a section shows, in the reader's language: the shapes that page and terminal draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from ironriver.reports.findings.cells import Cell
from ironriver.reports.findings.words import Words


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that is shown."""

    label: str
    number: bool = False
    drawing: Markup | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell that is shown: a text, a drawing under it, a second line, how many rows it spans."""

    text: str
    drawing: Markup | None = None
    withheld: bool = False
    below: str = ""
    span: int = 1


def entry(cell: Cell, words: Words, drawing: Markup | None = None) -> Entry:
    """Show a count; a withheld one has no drawing, which would give it away."""
    return Entry(words.cell(cell), None if cell.withheld else drawing, cell.withheld)


@dataclass(frozen=True, slots=True)
class TableView:
    """A table that is shown; an entry that heads its row is the first of a full row.

    A `long` table may break across columns of print; a `kept` one has headings over several rows.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    foot: tuple[Entry, ...] = ()
    note: str = ""
    long: bool = False
    kept: bool = False
    kind: Literal["table"] = "table"

    @property
    def withheld(self) -> bool:
        """Whether the release gate withholds any of its counts."""
        return any(each.withheld for row in self.rows for each in row)


@dataclass(frozen=True, slots=True)
class FigureView:
    """A drawing with its caption and, for those who cannot see it, what it shows."""

    drawing: Markup
    legend: Markup
    caption: str
    kind: Literal["figure"] = "figure"


@dataclass(frozen=True, slots=True)
class Note:
    """A line of text between tables; a check says whether it holds."""

    text: str
    holds: bool | None = None
    kind: Literal["note"] = "note"


Block = TableView | FigureView | Note


@dataclass(frozen=True, slots=True)
class Rest:
    """A source that a section rests on, how many of its rows, and what may be done with them."""

    name: str
    rows: str
    handling: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section: its finding, what speaks against it, what is shown, and what it rests on."""

    name: str
    label: str
    title: str
    says: str
    against: tuple[str, ...]
    blocks: tuple[Block, ...]
    rests_on: tuple[Rest, ...]
    as_of: str
    empty: bool = field(default=False)
