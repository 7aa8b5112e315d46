"""One standard table on its way out: what it counts, of which guns, as known when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ironriver.language import mark

CAUTION = mark(
    "Read with care: not every gun used in a crime is seized, not every seized gun is sent for "
    "tracing, and not every request finds an answer. Offices choose which guns they send, so the "
    "guns counted here are no random sample, of no larger group. A trace ends at the first retail "
    "sale; what happened after it, and how guns in general come to crime, it does not say. A gun "
    "that was made abroad may still have come through the United States."
)
"""The caution that ATF prints with its own tables, in our own words."""

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with everything that must stand beside it; texts are English templates."""

    name: str
    title: str
    population: str
    as_of: dt.date
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """A withheld count is None."""
    notes: tuple[str, ...] = ()
    withheld: int = 0
    handling: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    """What codes in cells stand for, where they are to be translated."""

    def said(self, row: Sequence[Cell]) -> tuple[Cell, ...]:
        """Give the cells of a row with their codes as English words."""
        return tuple(self.words.get(cell, cell) if isinstance(cell, str) else cell for cell in row)
