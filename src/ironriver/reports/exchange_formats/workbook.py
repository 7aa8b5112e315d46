"""A workbook with a sheet for each table; a text that looks like a formula stays a text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from ironriver.errors import MistakeError
from ironriver.governance.spreadsheet import spreadsheet_safe
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.standard.writing import without_time

MOST_ROWS = 1_048_576
"""Rows of a sheet, its heading among them."""
MOST_LETTERS = 32_767
"""Letters of a cell; what is longer is cut, and says by how much."""
# Text as received may hold a name, and a findings file has no need of it.
_LEFT_OUT = {"records": {"authority", "notes"}, "sources": {"header", "notes"}}


def write(findings: Findings) -> Iterator[bytes]:
    """Write the workbook; the same findings give the same bytes.

    Raises MistakeError where a table has more rows than a sheet can hold.
    """
    for name, rows in findings.tables.items():
        if rows.num_rows >= MOST_ROWS:
            raise MistakeError(
                "{table} has {rows} rows, and a sheet holds {most}; "
                "use --format parquet or csv, table by table",
                table=name,
                rows=rows.num_rows,
                most=MOST_ROWS - 1,
            )
    book = Workbook(write_only=True)
    for name, rows in findings.tables.items():
        columns = [each for each in rows.column_names if each not in _LEFT_OUT.get(name, ())]
        named = name == "entities" and findings.names
        sheet = book.create_sheet(name)
        sheet.append([*columns, "name"] if named else columns)
        for row in findings.rows(name):
            cells = [_cell(sheet, row[column]) for column in columns]
            if named:
                cells.append(_cell(sheet, findings.names.get(row["entity_id"])))
            sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    yield without_time(buffer.getvalue())


def _cell(sheet: Any, value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, str):
        return value
    safe = spreadsheet_safe(ILLEGAL_CHARACTERS_RE.sub("\ufffd", value))
    # A line ends with a line feed in a cell; readers of XML would make one of all others.
    text = safe.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_LETTERS:
        end = f" … +{len(text) - MOST_LETTERS + 20}"
        text = text[: MOST_LETTERS - 20] + end
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
