"""A standard table as CSV, as a workbook or as a page, with its caution, population and day."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

from ironriver.governance.spreadsheet import spreadsheet_safe
from ironriver.language import mark, translator
from ironriver.reports.standard.sheet import CAUTION, Cell, Sheet

FORMS = ("html", "csv", "xlsx")
WITHHELD = mark("withheld")
_POPULATION = mark("Population: {population}.")
_AS_OF = mark("As known on {day}.")
_HANDLING = mark("Handling: {handling}.")
_HIDDEN = mark("{count} counts are withheld: they are small, or would tell a small one.")
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse}th,td{padding:.2rem .7rem;border-bottom:1px solid #ccc;"
    "text-align:right}th:first-child,td:first-child{text-align:left}.caution{border-left:4px "
    "solid #888;padding-left:1rem}"
)


def written(sheet: Sheet, form: str, lang: str) -> bytes:
    """Write a sheet in a form and a language."""
    return {"html": _html, "csv": _csv, "xlsx": _xlsx}[form](sheet, lang)


def told(sheet: Sheet, lang: str) -> Iterator[str]:
    """Give what must be read with a table: of which guns, as known when, with what care."""
    say = translator(lang)
    yield say(_POPULATION).format(population=say(sheet.population))
    yield say(_AS_OF).format(day=sheet.as_of.isoformat())
    yield say(_HANDLING).format(handling=sheet.handling)
    yield from (f"{say(note)}." for note in sheet.notes)
    if sheet.withheld:
        yield say(_HIDDEN).format(count=sheet.withheld)
    yield say(CAUTION)


def _rows(sheet: Sheet, lang: str) -> Iterator[tuple[Cell, ...]]:
    say = translator(lang)
    yield tuple(say(sheet.words.get(head, head)) for head in sheet.columns)
    for row in sheet.rows:
        first, *rest = sheet.said(row)
        shown = say(first) if isinstance(first, str) and first != row[0] else first
        yield shown, *rest


def _csv(sheet: Sheet, lang: str) -> bytes:
    """Write comma-separated UTF-8, what must be read with it first, as comment lines."""
    buffer = io.StringIO()
    say = translator(lang)
    for line in (say(sheet.title), *told(sheet, lang)):
        buffer.write(f"# {line}\n")
    writer = csv.writer(buffer, lineterminator="\n")
    for row in _rows(sheet, lang):
        writer.writerow([_safe(cell, say(WITHHELD), sheet) for cell in row])
    return buffer.getvalue().encode()


def _safe(cell: Cell, withheld: str, sheet: Sheet) -> Cell:
    if cell is None:
        return withheld if sheet.withheld else ""
    return spreadsheet_safe(cell) if isinstance(cell, str) else cell


def _xlsx(sheet: Sheet, lang: str) -> bytes:
    """Write a workbook: the table on the first sheet, what must be read with it above."""
    say = translator(lang)
    book = Workbook()
    page = book.active
    page.title = sheet.name[:31]
    for line in (say(sheet.title), *told(sheet, lang)):
        page.append([spreadsheet_safe(line)])
    page.append([])
    for row in _rows(sheet, lang):
        page.append([_safe(cell, say(WITHHELD), sheet) for cell in row])
    # A text that begins like a formula stays a text, whatever a spreadsheet makes of it.
    for cells in page.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return without_time(buffer.getvalue())


def without_time(packed: bytes) -> bytes:
    """Pack a workbook anew without the time of day: the same table gives the same bytes."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(packed)) as found, ZipFile(out, "w", ZIP_DEFLATED) as kept:
        for name in sorted(found.namelist()):
            whole = _TIME.sub(b"1980-01-01T00:00:00Z", found.read(name))
            kept.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), whole)
    return out.getvalue()


def _html(sheet: Sheet, lang: str) -> bytes:
    """Write one self-contained page that runs no script and asks nothing of any network."""
    say = translator(lang)
    title = html.escape(say(sheet.title))
    *notes, caution = told(sheet, lang)
    head, *body = _rows(sheet, lang)
    lines = [
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{title}</title>',
        f"<style>{_STYLE}</style><h1>{title}</h1>",
        *(f"<p>{html.escape(note)}</p>" for note in notes),
        f'<p class="caution">{html.escape(caution)}</p><table><thead><tr>',
        *(f'<th scope="col">{html.escape(str(cell))}</th>' for cell in head),
        "</tr></thead><tbody>",
    ]
    for row in body:
        cells = (_safe(cell, say(WITHHELD), sheet) for cell in row)
        lines.append(
            "<tr>" + "".join(f"<td>{html.escape(_number(c))}</td>" for c in cells) + "</tr>"
        )
    return ("\n".join([*lines, "</tbody></table></html>"]) + "\n").encode()


def _number(cell: Cell) -> str:
    if isinstance(cell, int):
        return f"{cell:,}"
    return "" if cell is None else str(cell)
