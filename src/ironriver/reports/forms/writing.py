"""A trace request as comma-separated text and as a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from ironriver.governance.spreadsheet import spreadsheet_safe
from ironriver.language import mark, translator
from ironriver.reports.forms.fields import PARTS
from ironriver.reports.forms.request import Entry, TraceRequest
from ironriver.reports.standard.writing import without_time
from ironriver.tables import Handling

TITLE = mark("Trace request (fields of ATF Form 3312.1)")
HEADINGS = (
    mark("Part"), mark("Field"), mark("Required"), mark("Value"), mark("As received"),
    mark("Suggested"), mark("Probability"), mark("Note"),
)  # fmt: skip
BY_HAND = mark("to be filled in by the agency")
ACCEPTED = mark("suggestion accepted")
LOOK_FIRST = mark("suggestion: look at the gun first; it was not put in the field")
EMPTY = mark("required and empty")
YES = mark("yes")
RISK = mark("Probability that the request fails as it stands: {risk}")
UNKNOWN_RISK = mark("Whether the request would fail is withheld")
NOT_READY = mark("Not ready to be sent: mend first what is listed below.")
READY = mark("Nothing speaks against sending it as it stands.")
HANDLING = mark("Handling: {handling}")
SYNTHETIC = mark("SYNTHETIC: an invented gun, for practice only")
PROBLEMS = mark("What may make it fail")
LOOK_AT = mark("Look at")
RECORDS = mark("Records")
CAUTION = mark("A suggestion is not a reading: whoever signs has looked at the gun.")
_WIDTHS = (6, 40, 10, 34, 26, 26, 12, 60)


def heading_lines(request: TraceRequest, lang: str) -> Iterator[str]:
    """Give what stands above the fields: the record, its handling, the risk, what is withheld."""
    say = translator(lang)
    yield say(TITLE)
    yield f"{say(RECORDS)}: {request.record_id}"
    yield say(HANDLING).format(handling=request.handling)
    if request.handling is Handling.SYNTHETIC:
        yield say(SYNTHETIC)
    if request.risk is None:
        yield say(UNKNOWN_RISK)
    else:
        yield say(RISK).format(risk=f"{request.risk:.0%}")
        yield say(READY if request.ready else NOT_READY)
    yield from (say(note) for note in request.notes)
    yield say(CAUTION)


def note(entry: Entry, lang: str) -> str:
    """Give what must be said of a field."""
    say = translator(lang)
    if entry.accepted:
        return say(ACCEPTED)
    if entry.suggested:
        return say(LOOK_FIRST)
    if entry.field.by_hand:
        return say(BY_HAND)
    return say(EMPTY) if entry.field.mandatory and not entry.value else ""


def cells(entry: Entry, lang: str) -> list[str]:
    """Give the cells of a field, as `HEADINGS` names them."""
    say = translator(lang)
    chance = "" if entry.probability is None else f"{entry.probability:.2f}"
    return [
        entry.field.part,
        say(entry.field.heading),
        say(YES) if entry.field.mandatory else "",
        entry.value,
        entry.written,
        entry.suggested,
        chance,
        note(entry, lang),
    ]


def _rows(request: TraceRequest, lang: str) -> Iterator[list[str]]:
    say = translator(lang)
    yield [say(each) for each in HEADINGS]
    for entry in request.entries:
        yield cells(entry, lang)


def _trouble_rows(request: TraceRequest, lang: str) -> Iterator[list[str]]:
    say = translator(lang)
    if request.troubles:
        yield [say(PROBLEMS), say(HEADINGS[6]), say(LOOK_AT), say(RECORDS)]
    for each in request.troubles:
        yield [each.text, f"{each.probability:.2f}", each.look_at, " ".join(each.record_ids)]


def csv_bytes(request: TraceRequest, lang: str) -> bytes:
    """Write comma-separated UTF-8: what must be read with it first, as comment lines."""
    buffer = io.StringIO()
    for line in heading_lines(request, lang):
        buffer.write(f"# {line}\n")
    writer = csv.writer(buffer, lineterminator="\n")
    for row in _rows(request, lang):
        writer.writerow([spreadsheet_safe(cell) for cell in row])
    for row in _trouble_rows(request, lang):
        buffer.write("# ")
        writer.writerow([spreadsheet_safe(cell) for cell in row])
    return buffer.getvalue().encode()


def xlsx_bytes(request: TraceRequest, lang: str) -> bytes:
    """Write a workbook: the form on the first sheet, what may make it fail on the second."""
    say = translator(lang)
    book = Workbook()
    page = book.active
    page.title = "3312.1(S)" if lang == "es" else "3312.1"
    for line in heading_lines(request, lang):
        page.append([line])
    page["A1"].font = Font(bold=True, size=14)
    page.append([])
    first = page.max_row + 1
    part = ""
    for number, row in enumerate(_rows(request, lang)):
        if number and row[0] != part:
            part = row[0]
            page.append([part, say(PARTS[part])])
            page.cell(page.max_row, 2).font = Font(bold=True)
        page.append(row)
    for cell in page[first]:
        cell.font = Font(bold=True)
    for place, width in enumerate(_WIDTHS):
        page.column_dimensions["ABCDEFGH"[place]].width = width
    found = book.create_sheet(say(PROBLEMS)[:31])
    for row in _trouble_rows(request, lang):
        found.append(row)
    for sheet in (page, found):
        _keep_text(sheet, first)
    buffer = io.BytesIO()
    book.save(buffer)
    return without_time(buffer.getvalue())


def _keep_text(sheet: object, first: int) -> None:
    """Keep a text that begins like a formula a text, and break long lines of the table."""
    for cells_ in sheet.iter_rows():  # type: ignore[attr-defined]
        for cell in cells_:
            if isinstance(cell.value, str):
                cell.data_type = "s"
            if cell.row >= first:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
