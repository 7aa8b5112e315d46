"""Workbooks, sound and hostile, opened in a process of their own."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from make_files import chunks_of, inline, rows_of, saved, xlsx, zipped

from ironriver.errors import InputError
from ironriver.intake.parts import Part
from ironriver.intake.reading import open_source

HERE = Path(__file__).parent
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def open_parts(folder: Path, data: bytes, name: str = "lista.xlsx") -> list[Part]:
    return open_source(saved(folder, data), name)


def written(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def seizures() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Enero 2024"
    sheet.append(["ARMAS ASEGURADAS"])
    sheet.merge_cells("A1:F1")
    sheet.append([])
    sheet.append(["folio", "fecha", "hora", "matricula", "precio", "vigente"])
    when = dt.datetime(2024, 5, 1, 13, 5)  # noqa: DTZ001
    sheet.append([1, dt.date(2024, 5, 1), dt.time(9, 30), "00000001", 0.1, True])
    sheet.append([2, when, None, "1E5", 1234567.0, False])
    sheet["D5"].number_format = "@"
    sheet["A6"], sheet["B6"], sheet["D6"] = 3, "=TODAY()", "=cmd|' /C calc'!A0"
    sheet["E6"] = 42
    sheet["E6"].number_format = "000000"
    return book


def test_cells_are_read_as_the_text_they_show(tmp_path: Path) -> None:
    (part,) = open_parts(tmp_path, written(seizures()))
    assert part.name == "Enero 2024"
    assert part.sample()[:2] == [
        ["ARMAS ASEGURADAS"],
        ["folio", "fecha", "hora", "matricula", "precio", "vigente"],
    ]
    assert rows_of(part, 1) == [
        ("1", "2024-05-01", "09:30:00", "00000001", "0.1", "TRUE"),
        ("2", "2024-05-01 13:05:00", None, "1E5", "1234567", "FALSE"),
        ("3", "=TODAY()", None, "=cmd|' /C calc'!A0", "000042", None),
    ]
    (chunk,) = chunks_of(part, 1, first_row=10)
    assert chunk.row_numbers.tolist() == [10, 11, 12]
    assert chunk.cell_ranges == [f"'Enero 2024'!A{row}:F{row}" for row in (4, 5, 6)]


def test_each_sheet_is_a_part_and_hidden_ones_are_noted(tmp_path: Path) -> None:
    book = seizures()
    book.create_sheet("vacía")
    hidden = book.create_sheet("oculta")
    hidden.append(["a", "b"])
    hidden.append(["1", "2"])
    hidden.sheet_state = "hidden"
    parts = open_parts(tmp_path, written(book))
    assert [part.name for part in parts] == ["Enero 2024", "oculta"]
    assert parts[0].notes == ()
    assert "hidden" in parts[1].notes[0]
    assert rows_of(parts[1]) == [("1", "2")]


def test_our_reader_of_xlsx_agrees_with_openpyxl_on_many_cells(tmp_path: Path) -> None:
    dice = random.Random(7)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([f"c{place}" for place in range(6)])
    expected = []
    for _ in range(1500):
        day = dt.date(1900, 3, 1) + dt.timedelta(dice.randrange(60_000))
        number, fraction = dice.randrange(10**12), round(dice.uniform(-1e6, 1e6), 3)
        text = "".join(dice.choices("aé&<>\"'_x0041_ \n0", k=9)).strip() or "x"
        sheet.append([day, number, fraction, text, None, dice.choice(["x", None])])
        row = sheet.max_row
        last = sheet.cell(row, 6).value
        expected.append(
            (day.isoformat(), str(number), repr(fraction).removesuffix(".0"), text, None, last)
        )
    (part,) = open_parts(tmp_path, written(book))
    assert rows_of(part) == expected


def test_xls_and_ods_are_read_like_xlsx(tmp_path: Path) -> None:
    (old,) = open_parts(tmp_path, (HERE / "seizures.xls").read_bytes(), "lista.xls")
    expected = [("1", "00000001", "2024-05-01", "TRUE"), ("2", "1E5", None, "FALSE")]
    assert rows_of(old, 1) == expected
    rows = "".join(
        f"<table:table-row>{cells}</table:table-row>"
        for cells in (
            _ods("folio") + _ods("matricula") + _ods("fecha"),
            '<table:table-cell office:value-type="float" office:value="7"/>'
            + _ods("00000001")
            + '<table:table-cell office:value-type="date" office:date-value="2024-05-01"/>',
        )
    )
    (open_document,) = open_parts(tmp_path, _ods_book(rows), "lista.ods")
    assert rows_of(open_document) == [("7", "00000001", "2024-05-01")]


def _ods(text: str) -> str:
    return (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )


def _ods_book(rows: str, prolog: str = "") -> bytes:
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'{prolog}<office:document-content xmlns:office="{urn}:office:1.0" '
        f'xmlns:table="{urn}:table:1.0" xmlns:text="{urn}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Hoja1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{urn}:manifest:1.0"/>'
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def test_a_far_cell_costs_no_more_than_a_near_one(tmp_path: Path) -> None:
    rows = (
        f'<row r="1">{inline("A1", "a")}{inline("B1", "b")}</row>'
        f'<row r="1048576">{inline("A1048576", "x")}{inline("B1048576", "y")}</row>'
    )
    (part,) = open_parts(tmp_path, xlsx(rows))
    (chunk,) = chunks_of(part)
    assert rows_of(part) == [("x", "y")]
    assert chunk.cell_ranges == ["Hoja1!A1048576:B1048576"]


def test_a_cell_far_to_the_right_is_a_ragged_row(tmp_path: Path) -> None:
    rows = f'<row r="1">{inline("A1", "a")}</row><row r="2">{inline("XFD2", "x")}</row>'
    (part,) = open_parts(tmp_path, xlsx(rows))
    (chunk,) = chunks_of(part)
    assert [bad.reason_code for bad in chunk.bad] == ["ragged"]
    assert chunk.bad[0].cell_range == "Hoja1!A2:A2"


def test_a_cell_of_ten_megabytes_is_a_bad_row(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(5_000_000).hex()
    rows = f'<row r="1">{inline("A1", "a")}</row><row r="2">{inline("A2", noise)}</row>'
    (part,) = open_parts(tmp_path, xlsx(rows))
    (chunk,) = chunks_of(part)
    assert [bad.reason_code for bad in chunk.bad] == ["row_too_long"]
    assert len(chunk.bad[0].raw) < 2_100


def test_a_workbook_within_an_archive_is_read(tmp_path: Path) -> None:
    parts = open_parts(tmp_path, zipped({"a/lista.xlsx": written(seizures())}), "x.zip")
    assert [part.name for part in parts] == ["a/lista.xlsx/Enero 2024"]
    assert len(rows_of(parts[0], 1)) == 3


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def huge_xlsx() -> bytes:
    """Write a small file with a sheet of 64 MB of spaces."""
    out = io.BytesIO(xlsx(""))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as member,
    ):
        for _ in range(64):
            member.write(b" " * (1 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (OLE + "EncryptedPackage\0".encode("utf-16-le"), "password-protected"),
        (OLE + "WordDocument\0".encode("utf-16-le"), "looks like OLE"),
        (OLE + "Workbook\0".encode("utf-16-le"), "damaged or cut off"),
        (written(seizures())[:-400], "damaged or cut off"),
        (xlsx("<row><c></row>"), "damaged or cut off"),
        (xlsx('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'), "damaged or cut off"),
        (xlsx(""), "no sheet with anything in it"),
        (xlsx(f'<row r="1">{inline("A1", "&c;")}</row>', prolog=LAUGHS), "<!DOCTYPE"),
        (xlsx(f'<row r="1">{inline("A1", "&a;")}</row>', prolog=OUTSIDE), "<!DOCTYPE"),
        (xlsx("<row/>", shared=LAUGHS + "<sst><si><t>&c;</t></si></sst>"), None),
        (_ods_book("", prolog=LAUGHS), "<!DOCTYPE"),
        (xlsx(f'<row r="1048577">{inline("A1048577", "a")}</row>'), "<row r='1048577'>"),
        (xlsx(f'<row r="1">{inline("XFE1", "a")}</row>'), "<c r='XFE1'>"),
        (huge_xlsx(), "refused as a bomb"),
    ],
)
def test_hostile_workbooks_give_an_error_that_names_the_file(
    tmp_path: Path, data: bytes, says: str | None
) -> None:
    with pytest.raises(InputError, match="received") as caught:
        open_parts(tmp_path, data, "received")
    assert (says or "received") in str(caught.value)


def test_a_workbook_that_needs_too_much_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRONRIVER_WORKBOOK_MEMORY_MB", "64")
    dice = random.Random(1)
    texts = "".join(f"<si><t>{dice.randbytes(40).hex()}</t></si>" for _ in range(400_000))
    data = xlsx('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', shared=f"<sst>{texts}</sst>")
    with pytest.raises(InputError, match="needs more than 64 MB"):
        open_parts(tmp_path, data)


def test_a_workbook_that_takes_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRONRIVER_WORKBOOK_SECONDS", "1")
    monkeypatch.setenv("IRONRIVER_MAX_EXPANSION", "10000")
    data = xlsx("<row><c/><c/></row>" * 1_500_000)
    with pytest.raises(InputError, match="1 s to open"):
        open_parts(tmp_path, data)
