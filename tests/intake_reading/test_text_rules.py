"""The text reader against the slow reference, on any bytes and any cut into chunks."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pytest
import reference_reader as reference
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ironriver.intake.parts import Chunk, Header
from ironriver.intake.reading.content import Content
from ironriver.intake.reading.delimited import TextPart
from ironriver.intake.reading.survey import survey

NAMES = ("a", "b", "c")


def part_of(
    data: bytes, chunk_bytes: int = 64, limit: int = 1000, delimiter: str = ","
) -> TextPart:
    content = Content("list.csv", "", lambda: io.BytesIO(data))
    return TextPart(
        name="",
        content=content,
        how=survey(content),
        delimiter=delimiter,
        max_row_bytes=limit,
        chunk_bytes=chunk_bytes,
    )


def flatten(chunks: Iterable[Chunk]) -> list[tuple[int, reference.Row]]:
    rows: list[tuple[int, reference.Row]] = []
    for chunk in chunks:
        assert chunk.first_bytes is not None
        assert chunk.last_bytes is not None
        cells = zip(*(column.to_pylist() for column in chunk.cells.columns), strict=True)
        spans = zip(chunk.row_numbers, chunk.first_bytes, chunk.last_bytes, cells, strict=True)
        rows += [(int(n), reference.Row(int(a), int(b), c, None)) for n, a, b, c in spans]
        for bad in chunk.bad:
            assert bad.first_byte is not None
            assert bad.last_byte is not None
            row = reference.Row(bad.first_byte, bad.last_byte, None, bad.reason_code)
            rows.append((bad.row_number, row))
    return sorted(rows, key=lambda row: row[0])


def read(data: bytes, chunk_bytes: int = 64, limit: int = 1000) -> list[reference.Row]:
    part = part_of(data, chunk_bytes, limit)
    numbered = flatten(part.chunks(Header(-1, NAMES), 1))
    assert [number for number, _ in numbered] == list(range(1, len(numbered) + 1))
    return [row for _, row in numbered]


PIECES = st.sampled_from(
    [
        b",",
        b'"',
        b'""',
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b" ",
        b"a",
        "ñ".encode(),
        "ñ".encode("cp1252"),
        b"\x81",
        b"\xef\xbb\xbf",
        b"a,b,c\n",
        b"1,2,3\r\n",
        b'"x","y","z"\n',
        b'4" barrel,b,c\n',
        b'a,"0.38"" Super",c\n',
        b'a,b,"two\nlines"\n',
        b"a,b,c,,\n",
        b"a,b\n",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map(b"".join)


@given(TEXTS | st.binary(max_size=60), st.integers(1, 80), st.sampled_from([6, 25, 1000]))
@settings(max_examples=1500, deadline=None)
@example(b'a,"\n\n",c\n', 3, 1000)
@example(b'a,b,"c\r', 2, 1000)
@example(b"a,b,c\r", 1, 6)
@example(b"\xef\xbb\xbf\xef\xbb\xbfa,b,c\n", 7, 1000)
def test_the_reader_agrees_with_the_slow_rules_on_any_bytes(
    data: bytes, chunk_bytes: int, limit: int
) -> None:
    how = part_of(data).how
    if how.encoding not in ("utf-8", "cp1252"):
        return
    if how.encoding == "cp1252":
        limit = 1000  # the limit counts working bytes, of which such letters take two
    expected = [
        reference.Row(row.first + how.mark, row.last + how.mark, row.cells, row.code)
        for row in reference.read(data[how.mark :], how.encoding, ",", 3, limit)
    ]
    assert read(data, chunk_bytes, limit) == expected


@given(TEXTS | st.binary(max_size=60), st.integers(1, 80))
@settings(max_examples=300, deadline=None)
def test_spans_tile_every_file_without_gap_or_overlap(data: bytes, chunk_bytes: int) -> None:
    part = part_of(data, chunk_bytes)
    first = part.first_row_byte(Header(-1, NAMES))
    rows = read(data, chunk_bytes)
    if first is None:
        assert rows == []
        return
    assert [row.first for row in rows] == [first, *(row.last + 1 for row in rows[:-1])]
    assert rows[-1].last == len(data) - 1


@given(st.text(alphabet='a,"\n\rñ€😀 ', max_size=40), st.sampled_from(["utf-16-le", "utf-16-be"]))
@settings(max_examples=200, deadline=None)
def test_utf_16_gives_the_same_rows_and_the_spans_of_the_file_as_received(
    text: str, encoding: str
) -> None:
    plain = read(text.encode())
    mark = "\ufeff".encode(encoding)
    wide = read(mark + text.encode(encoding), chunk_bytes=6)
    assert [(row.cells, row.code) for row in wide] == [(row.cells, row.code) for row in plain]
    for narrow, row in zip(plain, wide, strict=True):
        before = text.encode()[: narrow.first].decode()
        assert row.first == len(mark) + len(before.encode(encoding))


@pytest.mark.parametrize("count", [1, 2, 3, 17])
def test_a_file_in_utf_16_cut_anywhere_is_read_to_its_last_byte(count: int) -> None:
    data = "\ufeffa,b,c\nx,😀,z\n".encode("utf-16-le")[:-count]
    assert read(data, 4)[-1].last == len(data) - 1


def test_a_stray_quote_swallows_no_neighbour() -> None:
    good = [f"{n},row,{n}" for n in range(1000)]
    lines = [*good[:500], 'x,"stray,y', *good[500:]]
    rows = read("\n".join(lines).encode(), chunk_bytes=512)
    assert [row.code for row in rows].count("stray_quote") == 1
    assert sum(row.code is None for row in rows) == 1000


def test_a_quoted_line_end_is_part_of_its_cell() -> None:
    rows = read(b'1,2,"note\r\nwith ""two"" lines"\r\n4,5,6\r\n', chunk_bytes=9)
    assert rows[0].cells == ("1", "2", 'note\r\nwith "two" lines')
    assert len(rows) == 2


def test_no_value_is_changed_however_odd() -> None:
    line = "00000001, 1E5 ,NA\nnull,4\" cañón,0.38'' Super\n#N/A,-0,TRUE\n"
    rows = read(line.encode())
    assert [row.cells for row in rows] == [
        ("00000001", " 1E5 ", "NA"),
        ("null", '4" cañón', "0.38'' Super"),
        ("#N/A", "-0", "TRUE"),
    ]


def test_blank_lines_belong_to_the_row_above_them() -> None:
    rows = read(b"\n\na,b,c\n\n   \nd,e,f\n\n")
    assert [(row.first, row.last) for row in rows] == [(2, 12), (13, 19)]
