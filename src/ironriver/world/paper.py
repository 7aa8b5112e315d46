"""A file of the inbox before it is written: its rows, and the truth behind each of them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from ironriver.world.chance import Ints
from ironriver.world.scribe import Repair

_THEN = (2020, 1, 1, 0, 0, 0)
XLSX_MOST = 15_000
"""Rows that a workbook holds at most; a larger list goes out as text."""

PartyLine = tuple[int, str, str]
"""Row (from 0), role, key of the entity."""


@dataclass(slots=True)
class Paper:
    """One file: `guns` holds the gun of each row (-1 none), `form` how it is written.

    Forms: csv (UTF-8, commas), bom (with a byte order mark), western (Windows-1252, semicolons),
    xlsx, jsonl.
    """

    name: str
    layout: str
    agency: str
    nexus: str
    known_from: int
    form: str
    headings: tuple[str, ...]
    rows: list[list[str]]
    guns: Ints
    kind: str
    date_column: int = -1
    recovery: bool = False
    title: str = ""
    parties: list[PartyLine] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    readable: list[bool] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    """The kind of each row, where a file mixes them; else `kind` is every row's."""

    @property
    def file_name(self) -> str:
        """The name with the ending of its form."""
        ending = {"xlsx": "xlsx", "jsonl": "jsonl"}.get(self.form, "csv")
        return f"{self.name}.{ending}"

    def spoil(self, chance: np.random.Generator, share: float) -> None:
        """Make a share of the rows unreadable: an impossible date, or cells torn off."""
        self.readable = [True] * len(self.rows)
        if self.date_column < 0:
            return
        for row in np.flatnonzero(chance.random(len(self.rows)) < share).tolist():
            self.readable[row] = False
            if self.form not in ("xlsx", "jsonl") and chance.random() < 0.5:
                self.rows[row] = self.rows[row][: max(2, len(self.headings) // 2)]
            else:
                bad = ("31/02/2021", "45/13/2020", "00-00-20", "fecha por confirmar")
                self.rows[row][self.date_column] = bad[int(chance.integers(0, len(bad)))]

    def write(self, folder: Path) -> str:
        """Write the file and give the SHA-256 of its bytes."""
        if self.form == "xlsx" and len(self.rows) > XLSX_MOST:
            self.form = "csv"
        data = _WRITERS[self.form](self)
        (folder / self.file_name).write_bytes(data)
        return hashlib.sha256(data).hexdigest()


def _delimited(paper: Paper, delimiter: str, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(paper.headings)
    writer.writerows(paper.rows)
    return text.getvalue().encode(encoding)


def _jsonl(paper: Paper) -> bytes:
    names = [heading.lower().replace(" ", "_") for heading in paper.headings]
    lines = (
        json.dumps(
            dict(zip(names, (cell or None for cell in row), strict=True)), ensure_ascii=False
        )
        for row in paper.rows
    )
    return ("\n".join(lines) + "\n").encode()


_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>'
)
_BOOK = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Hoja1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def _xlsx(paper: Paper) -> bytes:
    """Write a workbook by hand: every cell a text, a title above the headings, fixed dates."""
    lines = [[paper.title], [], list(paper.headings), *paper.rows] if paper.title else [
        list(paper.headings), *paper.rows,
    ]  # fmt: skip
    letters = [_letter(place) for place in range(len(paper.headings))]
    sheet = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<worksheet xmlns="{_MAIN}"><sheetData>'
    ]
    for number, cells in enumerate(lines, start=1):
        texts = "".join(
            f'<c r="{letters[place]}{number}" t="inlineStr"><is><t xml:space="preserve">'
            f"{escape(cell)}</t></is></c>"
            for place, cell in enumerate(cells)
            if cell
        )
        sheet.append(f'<row r="{number}">{texts}</row>')
    sheet.append("</sheetData></worksheet>")
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS.format(
            office=_OFFICE, kind="officeDocument", target="xl/workbook.xml"
        ),
        "xl/workbook.xml": _BOOK,
        "xl/_rels/workbook.xml.rels": _RELS.format(
            office=_OFFICE, kind="worksheet", target="worksheets/sheet1.xml"
        ),
        "xl/worksheets/sheet1.xml": "".join(sheet),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _THEN), text.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _letter(place: int) -> str:
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


_WRITERS = {
    "csv": lambda paper: _delimited(paper, ",", "utf-8"),
    "bom": lambda paper: _delimited(paper, ",", "utf-8-sig"),
    "western": lambda paper: _delimited(paper, ";", "cp1252"),
    "xlsx": _xlsx,
    "jsonl": _jsonl,
}


def spans(days: Ints, years: tuple[int, int], most: int) -> list[tuple[int, int]]:
    """Split years into runs so that a file holds about `most` rows: first and last year of each."""
    count = years[1] - years[0] + 1
    parts = int(min(count, max(1, -(-len(days) // most))))
    edges = np.linspace(years[0], years[1] + 1, parts + 1).round().astype(int).tolist()
    return [(first, after - 1) for first, after in pairwise(edges)]
