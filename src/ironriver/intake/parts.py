"""What a reader hands on: a source in parts, a part in chunks of text rows.

A part is the file itself, a sheet of a workbook, or a member of an archive. Everything is text: a
serial ``00000001`` or ``1E5`` stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be split into cells; it goes to quarantine with its reason."""

    row_number: int
    reason_code: str
    reason: str
    raw: str
    first_byte: int | None = None
    last_byte: int | None = None
    cell_range: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one part, in order.

    ``cells`` has one string column per heading (null where the cell is empty or absent), as long
    as ``row_numbers``. Byte spans of ``cells`` and ``bad`` together tile the part without a gap
    from the first data row on; workbooks give ``cell_ranges`` instead, and Parquet neither.
    """

    cells: pa.Table
    row_numbers: Rows
    first_bytes: Rows | None = None
    last_bytes: Rows | None = None
    cell_ranges: Sequence[str] | None = None
    bad: Sequence[BadRow] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Header:
    """Where a part's headings stand: the sample row that holds them, and their names.

    ``sample_row`` is -1 for a part without headings, whose first row is data.
    """

    sample_row: int
    names: tuple[str, ...]


class Part(Protocol):
    """One table within a source."""

    @property
    def name(self) -> str:
        """Sheet or archive member; empty for a plain file."""
        ...

    @property
    def self_describing(self) -> bool:
        """Headings are certain (JSON lines, Parquet): the sample's first row holds them."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What a reader should know: an encoding other than UTF-8, a hidden sheet."""
        ...

    def sample(self, rows: int = 40) -> list[list[str]]:
        """Give the first rows as cells, title rows and headings among them."""
        ...

    def first_row_byte(self, header: Header) -> int | None:
        """Give the byte where data rows begin; None for workbooks, Parquet and no rows at all."""
        ...

    def chunks(self, header: Header, first_row: int) -> Iterator[Chunk]:
        """Read all data rows below `header`; row numbers count on from `first_row`."""
        ...
