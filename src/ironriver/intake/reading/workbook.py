"""A sheet of a workbook, read by a process of its own."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from ironriver import settings
from ironriver.errors import InputError
from ironriver.intake.parts import BadRow, Chunk, Header
from ironriver.intake.reading.columns import text_table
from ironriver.intake.reading.packed import LocalFile, damaged
from ironriver.intake.reading.reasons import Reason, Reasons
from ironriver.intake.reading.recognise import Kind, password_protected
from ironriver.intake.reading.splitting import fit
from ironriver.language import mark

_HEAD = 60
"""Rows at the top of each sheet that are looked at."""
_FOLDER = str(Path(__file__).parent)
# Isolated: no site packages of the user, no environment; the project is not imported.
_START = "import sys; sys.path.append(sys.argv.pop(1)); from workbook_child.main import run; run()"
_LONGEST_LINE = 64 << 20
HIDDEN = mark("sheet {sheet} is hidden in the workbook; it was read")


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook on disk."""

    kind: Kind
    file: LocalFile
    shown: str

    def ask(self, sheet: int, first: int) -> Iterator[dict[str, Any]]:
        """Start the process and give what it says; an InputError where it fails or is killed."""
        memory, seconds = settings.whole("workbook_memory_mb"), settings.whole("workbook_seconds")
        numbers = (sheet, first, settings.whole("max_row_bytes"), memory, seconds)
        command = [sys.executable, "-I", "-c", _START, _FOLDER, self.kind.value]
        child = subprocess.Popen(
            [*command, str(self.file.path), *map(str, numbers)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        out = cast("IO[bytes]", child.stdout)
        try:
            for line in _lines(out, seconds):
                message = json.loads(line)
                if "end" in message:
                    return
                if "error" in message:
                    raise self._failure(message)
                yield message
            raise self._failure({"error": "killed"})
        finally:
            child.kill()
            child.wait()
            out.close()

    def _failure(self, message: dict[str, Any]) -> InputError:
        match message["error"]:
            case "password":
                return password_protected(self.shown)
            case "damaged":
                return damaged(self.shown)
            case "hostile":
                return InputError(
                    "{file} holds {what}, which no spreadsheet program writes, and is refused",
                    file=self.shown,
                    what=message["detail"],
                )
        return InputError(
            "{file} needs more than {memory} MB of memory or {seconds} s to open and is refused; "
            "save it as CSV, or set IRONRIVER_WORKBOOK_MEMORY_MB or "
            "IRONRIVER_WORKBOOK_SECONDS higher",
            file=self.shown,
            memory=settings.whole("workbook_memory_mb"),
            seconds=settings.whole("workbook_seconds"),
        )


def _lines(out: IO[bytes], seconds: int) -> Iterator[bytes]:
    """Give whole lines as they come; stop where none comes in time, or no more come."""
    rest = b""
    while select.select([out], [], [], seconds)[0] and (piece := os.read(out.fileno(), 1 << 20)):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > _LONGEST_LINE:
            return


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet; a row is what stands in one row of the sheet, and empty rows are passed over."""

    name: str
    book: Book
    number: int
    head: tuple[tuple[int, list[str]], ...]
    notes: tuple[str, ...] = ()
    self_describing: bool = False

    def sample(self, rows: int = 40) -> list[list[str]]:
        """Give the first rows as cells, title rows and headings among them."""
        return [list(cells) for _, cells in self.head[:rows]]

    def first_row_byte(self, header: Header) -> int | None:  # noqa: ARG002
        """Give None: cells of a sheet have no bytes of their own."""
        return None

    def chunks(self, header: Header, first_row: int) -> Iterator[Chunk]:
        """Read all rows below `header`; row numbers count on from `first_row`."""
        first, width = 1, len(header.names)
        if header.sample_row >= 0:
            place, cells = self.head[header.sample_row]
            first, width = place + 1, max(width, len(cells))
        extra = (f"column_{place + 1}" for place in range(len(header.names), width))
        names = (*header.names, *extra)
        reasons = Reasons(names, "utf-8", settings.whole("max_row_bytes"))
        for message in self.book.ask(self.number, first):
            rows: list[list[Any]] = message["rows"]
            if rows:
                yield self._chunk(rows, reasons, first_row)
                first_row += len(rows)

    def _chunk(self, rows: list[list[Any]], reasons: Reasons, first_row: int) -> Chunk:
        good: list[list[str]] = []
        numbers: list[int] = []
        ranges: list[str] = []
        bad: list[BadRow] = []
        for number, (place, cells, *long) in enumerate(rows, start=first_row):
            area = cell_range(self.name, place, len(reasons.names))
            result = reasons.too_long(long[0]) if cells is None else _fitted(cells, reasons)
            if isinstance(result, Reason):
                raw = f"{long[1]} […]" if cells is None else "\t".join(cells)
                bad.append(BadRow(number, result.code, result.sentence, raw, cell_range=area))
            else:
                good.append(result)
                numbers.append(number)
                ranges.append(area)
        cells_table = text_table(good, len(reasons.names))
        return Chunk(
            cells=cells_table.rename_columns(list(reasons.names)),
            row_numbers=np.array(numbers, dtype=np.int64),
            cell_ranges=ranges,
            bad=tuple(bad),
        )


def _fitted(cells: list[str], reasons: Reasons) -> list[str] | Reason:
    """Give the cells, empty ones added where the sheet stores none."""
    if any("\0" in cell for cell in cells):
        return reasons.nul("\t".join(cells).index("\0"))
    full = [*cells, *[""] * (len(reasons.names) - len(cells))]
    return fit(full, len(reasons.names)) or reasons.ragged(cells)


def cell_range(sheet: str, row: int, width: int) -> str:
    """Name the cells of a row as spreadsheets do.

    >>> cell_range("Hoja1", 17, 16), cell_range("Enero 2024", 2, 27)
    ('Hoja1!A17:P17', "'Enero 2024'!A2:AA2")
    """
    letters, rest = "", max(width, 1)
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(65 + place) + letters
    shown = sheet if sheet.isidentifier() else "'" + sheet.replace("'", "''") + "'"
    return f"{shown}!A{row}:{letters}{row}"


def open_workbook(kind: Kind, file: LocalFile, member: str, shown: str) -> list[SheetPart]:
    """Look over a workbook and give its sheets, empty ones left out and hidden ones noted."""
    book = Book(kind, file, shown)
    parts: list[SheetPart] = []
    for number, sheet in enumerate(book.ask(-1, _HEAD)):
        head = tuple((row, cells or [long[-1]]) for row, cells, *long in sheet["rows"])
        if head:
            name = f"{member}/{sheet['name']}" if member else sheet["name"]
            notes = () if sheet["state"] == "visible" else (HIDDEN.format(sheet=sheet["name"]),)
            parts.append(SheetPart(name, book, number, head, notes))
    if not parts:
        raise InputError("{file} has no sheet with anything in it", file=shown)
    return parts
