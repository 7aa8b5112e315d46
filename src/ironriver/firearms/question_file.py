"""Questions from a CSV file: a serial in each row, and whatever else is known of the gun."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from ironriver.errors import InputError
from ironriver.firearms.asked import Asked, asked

COLUMNS = ("serial", "make", "importer", "model", "calibre", "type", "recovered")


def read_questions(path: Path) -> list[Asked]:
    """Read questions; UTF-8, the first row names the columns, of which `serial` must be there.

    A file that is none, an unknown column and a day that is none are InputErrors that name file,
    row and column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            found = list(_questions(path.name, csv.reader(handle, strict=True)))
    except UnicodeDecodeError as error:
        raise InputError("{file} is not UTF-8; save it as CSV in UTF-8", file=path.name) from error
    except csv.Error as error:
        raise InputError(
            "{file} is no CSV that can be read: {reason}", file=path.name, reason=error
        ) from error
    if not found:
        raise InputError(
            "{file} holds no question; each row below the headings is one", file=path.name
        )
    return found


def _questions(file: str, rows: Iterator[list[str]]) -> Iterator[Asked]:
    headings = [text.strip().lower() for text in next(rows, [])]
    if "serial" not in headings or not set(headings) <= set(COLUMNS):
        raise InputError(
            "{file} has the columns {found}; it needs serial, and may have: {known}",
            file=file,
            found=", ".join(headings) or "-",
            known=", ".join(COLUMNS[1:]),
        )
    for number, cells in enumerate(rows, start=1):
        said = {name: cell.strip() for name, cell in zip(headings, cells, strict=False)}
        yield asked(
            said.get("serial", ""),
            said.get("make") or None,
            said.get("model") or None,
            said.get("calibre") or None,
            said.get("type") or None,
            said.get("importer") or None,
            _day(file, number, said.get("recovered", "")),
        )


def _day(file: str, row: int, text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(
            "{file}, row {row}, column {column}: {text} is no date; write it as 2024-05-31",
            file=file,
            row=row,
            column="recovered",
            text=text,
        ) from None
