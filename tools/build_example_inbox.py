"""Write examples/inbox anew: a synthetic inbox, the same bytes every time.

Nothing in it is real but the names of places and of makes and models of guns.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

os.environ["OPENPYXL_LXML"] = "False"  # openpyxl writes other bytes where lxml is installed

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from example_inbox import papers_mx, papers_proof, papers_public, papers_us
from example_inbox.story import tell

INBOX = Path(__file__).resolve().parent.parent / "examples" / "inbox"
_THEN = (2024, 7, 1, 0, 0, 0)


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Write rows as CSV text with the line ends of a spreadsheet program."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue()


def as_lines(rows: Iterable[dict[str, object]]) -> str:
    """Write rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _fill(
    sheet: Worksheet, titles: Sequence[str], headings: Sequence[str], rows: list[list[object]]
) -> None:
    """Put merged title rows, an empty row, the headings and the rows into a sheet."""
    for at, title in enumerate(titles, 1):
        sheet.cell(at, 1, title).font = Font(bold=True)
        sheet.cell(at, 1).alignment = Alignment(horizontal="center")
        sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=len(headings))
    top = len(titles) + 2
    for at, heading in enumerate(headings, 1):
        sheet.cell(top, at, heading).font = Font(bold=True)
    for down, row in enumerate(rows, top + 1):
        for at, value in enumerate(row, 1):
            if value == "":
                continue
            cell = sheet.cell(down, at, value)  # type: ignore[arg-type]
            if isinstance(value, str):
                cell.data_type = "s"  # A remark that begins with "=" is text, not a formula.
            elif isinstance(value, dt.date):
                cell.number_format = "dd/mm/yyyy"


def as_workbook(
    sheets: dict[str, list[list[object]]], titles: Sequence[str], headings: Sequence[str]
) -> bytes:
    """Write a workbook that holds no time of writing."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        _fill(book.create_sheet(name), titles, headings, rows)
    first, fixed = io.BytesIO(), io.BytesIO()
    book.save(first)
    with (
        zipfile.ZipFile(first) as old,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2024-07-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, _THEN), data, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def files() -> dict[str, bytes]:
    """Give every file of the inbox, name to bytes."""
    world = tell()
    title = "DATOS SINTÉTICOS. FISCALÍA DE EJEMPLO, ESTADO DE SONORA"
    # A row torn in two and a row with cells too many, as hand-made files have them.
    torn = (
        "777;01/02/2024;PESP;Chih.\r\n"
        "778;02/02/2024;PESP;Chih.;Juárez;Corta;Pistola;9 mm;Glock;17;X;;;;;;de más;de más\r\n"
    )
    texts = {
        "armas_aseguradas_chihuahua.csv": (
            as_csv(papers_mx.CHIHUAHUA_HEADINGS, papers_mx.chihuahua(world), ";") + torn
        ).encode("cp1252"),
        "armas_robadas_extraviadas_policias.csv": as_csv(
            papers_mx.POLICE_HEADINGS, papers_mx.police_losses(world)
        ).encode("utf-8-sig"),
        "ballistic_hits.csv": as_csv(papers_proof.HIT_HEADINGS, papers_proof.ballistic_hits(world)),
        "court_exhibits.csv": as_csv(papers_proof.EXHIBIT_HEADINGS, papers_proof.exhibits()),
        "licensees_border_states.csv": as_csv(
            papers_public.LICENCE_HEADINGS, papers_public.licences(world)
        ),
        "inspections.jsonl": as_lines(papers_public.inspections(world)),
        "etrace_results.csv": as_csv(papers_us.TRACE_HEADINGS, papers_us.traces(world)),
        "multiple_sales.csv": as_csv(papers_us.MULTIPLE_HEADINGS, papers_us.multiple_sales(world)),
        "case_purchases.csv": as_csv(papers_us.CASE_HEADINGS, papers_us.case_purchases(world)),
        "theft_loss_reports.jsonl": as_lines(papers_us.theft_reports(world)),
        "crossing_seizures.csv": as_csv(papers_us.CROSSING_HEADINGS, papers_us.crossings(world)),
        "weapons_sw_border.csv": as_csv(papers_public.CBP_HEADINGS, papers_public.border_counts()),
        "aggregate_figures.csv": as_csv(
            papers_public.FIGURE_HEADINGS, papers_public.figures(world)
        ),
    }
    done = {
        name: text if isinstance(text, bytes) else text.encode() for name, text in texts.items()
    }
    done["aseguramientos_sonora.xlsx"] = as_workbook(
        papers_mx.sonora(world),
        (title, "RELACIÓN DE ARMAS DE FUEGO ASEGURADAS"),
        papers_mx.SONORA_HEADINGS,
    )
    done["municiones_recuperadas.xlsx"] = as_workbook(
        {"Municiones": papers_mx.ammunition(world)},
        (title, "CARTUCHOS Y CARGADORES RECUPERADOS"),
        papers_mx.AMMUNITION_HEADINGS,
    )
    return dict(sorted(done.items()))


def main(folder: Path = INBOX) -> None:
    """Write the inbox into `folder`; inbox.toml is kept by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (folder / name).write_bytes(data)
        print(f"{len(data):>8} bytes  {name}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
