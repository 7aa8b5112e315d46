"""Whole text files: encodings, delimiters, JSON lines, Parquet, gz and zip."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from make_files import chunks_of, header_of, rows_of, saved, zipped

from ironriver.errors import InputError
from ironriver.intake.parts import Header, Part
from ironriver.intake.reading import open_source

TABLE = "folio;municipio\n0001;Cañón\n1E5;Nogales\n"
ROWS = [("0001", "Cañón"), ("1E5", "Nogales")]


def open_one(folder: Path, data: bytes, name: str = "x.csv") -> Part:
    (part,) = open_source(saved(folder, data), name)
    return part


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "utf-16-be"]
)
def test_the_encoding_is_told_by_the_bytes(tmp_path: Path, encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    assert rows_of(open_one(tmp_path, mark + TABLE.encode(encoding))) == ROWS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
def test_the_delimiter_is_told_by_the_lines(tmp_path: Path, delimiter: str) -> None:
    part = open_one(tmp_path, TABLE.replace(";", delimiter).encode())
    assert rows_of(part) == ROWS


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_three_ways(tmp_path: Path, line_end: str) -> None:
    assert rows_of(open_one(tmp_path, TABLE.replace("\n", line_end).encode())) == ROWS


def test_a_few_lines_in_another_encoding_are_bad_rows_and_no_value_is_changed(
    tmp_path: Path,
) -> None:
    data = b"a,b\n" + "1,Cañón\n".encode() * 5 + "2,Cañón\n".encode("cp1252")
    part = open_one(tmp_path, data)
    (chunk,) = chunks_of(part)
    assert chunk.cells.num_rows == 5
    assert [(bad.reason_code, bad.raw) for bad in chunk.bad] == [("encoding", r"2,Ca\xf1\xf3n")]
    assert "byte 4 " in chunk.bad[0].reason
    assert part.notes


def test_a_line_in_utf_8_within_a_windows_file_is_a_bad_row(tmp_path: Path) -> None:
    data = b"a,b\n" + "1,Cañón\n".encode("cp1252") * 5 + "2,Cañón\n".encode()
    (chunk,) = chunks_of(open_one(tmp_path, data))
    assert chunk.cells.num_rows == 5
    assert [bad.reason_code for bad in chunk.bad] == ["encoding"]


def test_titles_above_the_headings_are_sample_rows(tmp_path: Path) -> None:
    part = open_one(tmp_path, b'"ARMAS, 2024"\n\nfolio,"fecha\nde alta"\n1,x\n')
    assert part.sample() == [["ARMAS, 2024"], ["folio", "fecha\nde alta"], ["1", "x"]]
    header = header_of(part, 1)
    assert part.first_row_byte(header) == 37
    assert rows_of(part, 1) == [("1", "x")]


def test_the_first_row_may_be_data(tmp_path: Path) -> None:
    part = open_one(tmp_path, b"14\t101\t2\n18\t19\t5\n")
    (chunk,) = part.chunks(Header(-1, ("a", "b", "c")), 1)
    assert chunk.cells.num_rows == 2


def test_a_header_alone_gives_no_rows(tmp_path: Path) -> None:
    part = open_one(tmp_path, b"folio,fecha\n\n")
    assert chunks_of(part) == []
    assert part.first_row_byte(header_of(part)) is None


def test_ragged_rows_say_what_is_missing(tmp_path: Path) -> None:
    (chunk,) = chunks_of(open_one(tmp_path, b"a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n1,2,3\n"))
    assert chunk.row_numbers.tolist() == [3, 4]
    assert [bad.row_number for bad in chunk.bad] == [1, 2]
    assert "2 cells where 3 are expected: nothing for c" in chunk.bad[0].reason


def test_a_cell_of_ten_megabytes_is_passed_over_and_the_rows_around_it_are_read(
    tmp_path: Path,
) -> None:
    data = b"a,b\n1,x\n2," + b"y" * 10_000_000 + b"\n3,z\n"
    (part,) = open_source(saved(tmp_path, data), "x.csv")
    chunks = chunks_of(part)
    bad = [bad for chunk in chunks for bad in chunk.bad]
    assert rows_of(part) == [("1", "x"), ("3", "z")]
    assert [(b.reason_code, b.first_byte, b.last_byte) for b in bad] == [
        ("row_too_long", 8, 10_000_010)
    ]
    assert len(bad[0].raw) < 2_100


def test_formulas_in_text_stay_text(tmp_path: Path) -> None:
    part = open_one(tmp_path, b"a,b\n=cmd|' /C calc'!A0,+1\n")
    assert rows_of(part) == [("=cmd|' /C calc'!A0", "+1")]


def test_json_lines_keep_numbers_as_written_and_nested_values_as_json(tmp_path: Path) -> None:
    lines = '{"serial": 1E5, "to": {"a": [1.50]}}\n\n{"seen": true, "serial": "007", "x": null}\n'
    part = open_one(tmp_path, lines.encode(), "x.ndjson")
    assert part.self_describing
    assert part.sample()[0] == ["serial", "to", "seen", "x"]
    assert rows_of(part) == [
        ("1E5", '{"a": [1.50]}', None, None),
        ("007", None, "true", None),
    ]


def test_lines_that_are_no_json_are_bad_rows_and_spans_tile(tmp_path: Path) -> None:
    data = b'{"a": 1}\n{"a": 2\n[3]\n{"a": 4, "a": 5}\n\n{"a": "\\ud800"}\n{"a": 6}'
    part = open_one(tmp_path, data)
    (chunk,) = chunks_of(part)
    assert [bad.reason_code for bad in chunk.bad] == ["json"] * 4
    assert chunk.last_bytes is not None
    assert chunk.first_bytes is not None
    good = zip(chunk.first_bytes, chunk.last_bytes, strict=True)
    spans = sorted([*good, *((bad.first_byte, bad.last_byte) for bad in chunk.bad)])
    assert all(above[1] + 1 == below[0] for above, below in pairwise(spans))
    assert (spans[0][0], spans[-1][1]) == (0, len(data) - 1)
    assert rows_of(part) == [("1",), ("6",)]


def test_parquet_values_become_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "serial": ["00000001", "1E5", ""],
            "n": [5.0, None, 0.1],
            "day": [dt.date(2024, 2, 29), None, dt.date(2024, 1, 1)],
            "at": [dt.datetime(2024, 2, 29, 13, 5), None, None],  # noqa: DTZ001
            "list": [["a"], None, []],
        }
    )
    pq.write_table(table, tmp_path / "p")
    (part,) = open_source(tmp_path / "p", "x.parquet")
    assert rows_of(part) == [
        ("00000001", "5", "2024-02-29", "2024-02-29 13:05:00", '["a"]'),
        ("1E5", None, None, None, None),
        (None, "0.1", "2024-01-01", None, "[]"),
    ]


def test_gz_and_zip_are_looked_into(tmp_path: Path) -> None:
    assert rows_of(open_one(tmp_path, gzip.compress(TABLE.encode(), mtime=0))) == ROWS
    data = zipped({"a.csv": TABLE, "b/c.csv": TABLE.encode("cp1252"), "__MACOSX/a.csv": "x"})
    parts = open_source(saved(tmp_path, data), "x.zip")
    assert [part.name for part in parts] == ["a.csv", "b/c.csv"]
    assert [rows_of(part) for part in parts] == [ROWS, ROWS]


def test_a_member_that_is_not_read_is_noted(tmp_path: Path) -> None:
    parts = open_source(saved(tmp_path, zipped({"a.csv": TABLE, "b.pdf": "%PDF-1.7"})), "x.zip")
    assert len(parts) == 1
    assert "x.zip/b.pdf looks like PDF" in parts[0].notes[0]


def linked_zip() -> bytes:
    """Write an archive with a symbolic link."""
    link = zipfile.ZipInfo("x.csv")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def lying_zip() -> bytes:
    """Write a bomb that says it unpacks to a thousand bytes."""
    size, said = (30_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    return zipped({"a.csv": b"a,b\n" * 7_500_000}).replace(size, said)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n \n", "is empty"),
        (b"%PDF-1.7 ...", "looks like PDF"),
        (b"<html><table>", "looks like HTML"),
        (b'[\n{"a": 1}]', "one JSON document"),
        (b'{\n"a": 1}', "one JSON document"),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16 text without"),
        ("\ufeffa".encode("utf-32"), "UTF-32"),
        (bytes(range(1, 32)) * 9, "neither text nor"),
        (b"PAR1 is not enough", "damaged or cut off"),
        (gzip.compress(b"a,b\n" * 9000, mtime=0)[:-20], "damaged or cut off"),
        (zipped({"a.csv": "a,b\n" * 999})[:-30], "damaged or cut off"),
        (gzip.compress(b"0" * 30_000_000, mtime=0), "refused as a bomb"),
        (zipped({"a.csv": b"0" * 30_000_000}), "refused as a bomb"),
        (gzip.compress(gzip.compress(b"a,b\n", mtime=0), mtime=0), "archive within an archive"),
        (zipped({"a.zip": zipped({"b.csv": "a,b"})}), "archive within an archive"),
        (zipped({"../../etc/cron.d/x": "a,b\n"}), "points outside"),
        (zipped({"/etc/passwd": "a,b\n"}), "points outside"),
        (zipped({"..\\x.csv": "a,b\n"}), "points outside"),
        (linked_zip(), "points outside"),
        (lying_zip(), "damaged or cut off"),
        (zipped({"a.pdf": "%PDF-"}), "looks like PDF"),
        (zipped({"word/document.xml": "", "[Content_Types].xml": ""}), "looks like Office"),
    ],
)
def test_what_cannot_be_read_gives_an_error_that_names_the_file(
    tmp_path: Path, data: bytes, says: str
) -> None:
    with pytest.raises(InputError, match="received") as caught:
        chunks_of(open_one(tmp_path, data, "received"))
    assert says in str(caught.value)
