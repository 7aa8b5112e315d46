"""Small files of many kinds, sound and hostile, for the tests of the reader."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from ironriver.intake.parts import Chunk, Header, Part

CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    '<workbook xmlns:r="urn:r"><sheets><sheet name="Hoja1" sheetId="1" r:id="s1"/></sheets>'
    "</workbook>"
)
LINKS = (
    "<Relationships>"
    '<Relationship Id="s1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="t" Type="http://x/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>"
)


def xlsx(rows: str, shared: str = "<sst/>", prolog: str = "") -> bytes:
    """Write a workbook of one sheet from the XML of its rows."""
    return zipped(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": ROOT,
            "xl/workbook.xml": BOOK,
            "xl/_rels/workbook.xml.rels": LINKS,
            "xl/sharedStrings.xml": shared,
            "xl/worksheets/sheet1.xml": (
                f"{prolog}<worksheet><sheetData>{rows}</sheetData></worksheet>"
            ),
        }
    )


def inline(reference: str, text: str) -> str:
    """Write one text cell."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def zipped(members: dict[str, str | bytes]) -> bytes:
    """Write a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def saved(folder: Path, data: bytes) -> Path:
    """Save bytes as the vault does: under a name that says nothing."""
    path = folder / "0f3a"
    path.write_bytes(data)
    return path


def header_of(part: Part, sample_row: int = 0) -> Header:
    """Take a sample row as headings."""
    return Header(sample_row, tuple(part.sample()[sample_row]))


def chunks_of(part: Part, sample_row: int = 0, first_row: int = 1) -> list[Chunk]:
    """Read all of a part."""
    return list(part.chunks(header_of(part, sample_row), first_row))


def rows_of(part: Part, sample_row: int = 0) -> list[tuple[str | None, ...]]:
    """Give all good rows as cells."""
    rows: list[tuple[str | None, ...]] = []
    for chunk in chunks_of(part, sample_row):
        columns = [column.to_pylist() for column in chunk.cells.columns]
        rows += zip(*columns, strict=True)
    return rows
