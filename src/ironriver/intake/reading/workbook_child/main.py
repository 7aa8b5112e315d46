"""Open a workbook under limits and print its rows as lines of JSON."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from itertools import islice
from typing import TextIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from .cells import value_text
from .xlsx import HostileError, Row, Workbook, make_parser

BATCH = 500
LINE = 1 << 20


def main(arguments: list[str], out: TextIO) -> None:
    """Serve one request: ``kind path sheet first_row max_row_bytes memory_mb seconds``.

    Sheet -1 asks for the list of sheets with the first rows of each (`first_row` is then how many).
    """
    kind, path, *numbers = arguments
    sheet, first, longest, memory, seconds = (int(number) for number in numbers)
    _limit(memory, seconds)
    try:
        if sheet < 0:
            for name, state, rows in _sheets(kind, path):
                head = [_cut(row, longest) for row in islice(rows, first)]
                _print(out, {"name": name, "state": state, "rows": head})
        else:
            for number, (_, _, rows) in enumerate(_sheets(kind, path)):
                if number == sheet:
                    _print_rows(out, (row for row in rows if row[0] >= first), longest)
    except MemoryError:
        _print(out, {"error": "memory"})
    except HostileError as error:
        _print(out, {"error": "hostile", "detail": str(error)})
    except (BadZipFile, expat.ExpatError, KeyError, ValueError, IndexError, EOFError) as error:
        _print(out, {"error": "damaged", "detail": repr(error)})
    except BaseException as error:  # a panic in the compiled reader is no Exception
        secret = "password" in str(error).lower() or "encrypt" in str(error).lower()
        _print(out, {"error": "password" if secret else "damaged", "detail": repr(error)})
    else:
        _print(out, {"end": True})


def _limit(memory: int, seconds: int) -> None:
    """Bind this process: memory, processor time, no files written, no core left behind."""
    for what, most in (
        (resource.RLIMIT_AS, memory << 20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _sheets(kind: str, path: str) -> Iterator[tuple[str, str, Iterator[Row]]]:
    """Give each sheet's name, state and rows."""
    if kind == "xlsx":
        book = Workbook(ZipFile(path))
        for name, state, member in book.sheets:
            yield name, state, book.rows(member)
        return
    if kind == "ods":
        _check_prolog(path)
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    other = CalamineWorkbook.from_path(path)
    for number, about in enumerate(other.sheets_metadata):
        if about.typ is SheetTypeEnum.WorkSheet:
            shown = about.visible is SheetVisibleEnum.Visible
            yield about.name, "visible" if shown else "hidden", _calamine_rows(other, number)


def _calamine_rows(book: object, number: int) -> Iterator[Row]:
    """Give the rows of a sheet that calamine reads."""
    sheet = book.get_sheet_by_index(number)  # type: ignore[attr-defined]
    for place, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = [value_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield place, cells


def _check_prolog(path: str) -> None:
    """Refuse an ODS whose content begins with a document type declaration."""

    class _Begun(Exception):  # noqa: N818
        pass

    def begin(*_: object) -> None:
        raise _Begun

    parser = make_parser()
    parser.StartElementHandler = begin
    with ZipFile(path) as archive, archive.open("content.xml") as stream:
        try:
            parser.ParseFile(stream)
        except _Begun:
            return


def _cut(row: Row, longest: int) -> list[object]:
    """Give a row to print: number and cells, or number, null, size and beginning if too long."""
    number, cells = row
    size = sum(map(len, cells))
    if size <= longest:
        return [number, cells]
    return [number, None, size, "\t".join(cells)[:2_000]]


def _print_rows(out: TextIO, rows: Iterator[Row], longest: int) -> None:
    """Print rows in batches, small enough for the reader to hold."""
    batch: list[list[object]] = []
    size = 0
    for row in rows:
        batch.append(_cut(row, longest))
        size += sum(map(len, row[1]))
        if len(batch) == BATCH or size > LINE:
            _print(out, {"rows": batch})
            batch, size = [], 0
    _print(out, {"rows": batch})


def _print(out: TextIO, message: dict[str, object]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


def run() -> None:
    """Serve the request on the command line."""
    main(sys.argv[1:], sys.stdout)
