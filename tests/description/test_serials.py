"""Serials: what was typed stays, what could be read is said, what is doubted is suggested."""

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.intake.parsers import serials

MARKS = st.sampled_from(
    ["*", "?", "#", "_", "..", " ", "-", "/", "PAT", "S/N", "limada", "E+", "="]
)
TYPED = st.lists(st.one_of(st.text(max_size=4), st.from_regex(r"[A-Z0-9]{1,5}"), MARKS)).map(
    "".join
)


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("S/N", "absent"),
        ("sin número", "absent"),
        ("Sin  matrícula.", "absent"),
        ("NO TIENE", "absent"),
        ("none", "absent"),
        ("N/A", "absent"),
        ("-", "absent"),
        ("0000", "absent"),
        ("no cuenta con número de serie", "absent"),
        ("LIMADA", "obliterated"),
        ("matrícula borrada", "obliterated"),
        ("Esmerilado", "obliterated"),
        ("serial number defaced", "obliterated"),
        ("ilegible", "illegible"),
        ("NO VISIBLE", "illegible"),
        ("****", "illegible"),
        ("Illegible", "illegible"),
        ("desconocida", None),
        ("#N/A", "absent"),
        ("#REF!", None),
        ("", None),
        ("  ", None),
    ],
)
def test_words_in_place_of_a_serial_set_only_the_status(typed: str, status: str | None) -> None:
    assert serials.read(typed) == serials.Serial(None, status)


@pytest.mark.parametrize(
    "typed", ["12**5", "L33?637", "AB_123", "A..45", "1234 (parcial)", "LIMADA 1234", "12#45"]
)
def test_a_serial_read_in_part_keeps_its_marks(typed: str) -> None:
    assert serials.read(typed) == serials.Serial(typed.upper(), "partial")


@pytest.mark.parametrize(
    "typed",
    ["5219338", "00000001", "L337637", "S1-23456-2020", "E9D22", "75-12345", "AB 123", "#12345"],
)
def test_a_plain_serial_stays_as_typed_and_raises_no_doubt(typed: str) -> None:
    assert serials.read(typed) == serials.Serial(typed, "read")


@pytest.mark.parametrize(
    ("typed", "to", "rule", "probability"),
    [
        ("5.21934E+06", "5219340", "spreadsheet_exponent", 0.1),
        ("1E5", "1E5", "looks_like_number", 26 / 27),
        ('="00123"', "00123", "spreadsheet_formula", 1.0),
        ("=CMD|' /C CALC'!A0", "", "spreadsheet_formula", 1.0),
        ("PAT. 4539889", "", "patent_number", 26**3 / (26**3 + 1)),
        ("S/N 12345", "12345", "label_before_serial", 26**2 / (26**2 + 1)),
        ("NO. SERIE: ABC123", "ABC123", "label_before_serial", 26**7 / (26**7 + 1)),
        ("5,219,338", "5219338", "thousands_mark", 36**2 / (36**2 + 1)),
        ("5219338.0", "5219338", "spreadsheet_number", 36**2 / (36**2 + 1)),
        ("*12345*", "12345", "framed_by_stars", 36**2 / (36**2 + 1)),
        ("\u0410B123", "AB123", "look_alike_letter", 1.0),
        ("\u0410123", "A123", "look_alike_letter", 36 / (36 + 15)),
    ],
)
def test_a_doubt_is_a_suggestion_with_its_counted_probability(
    typed: str, to: str, rule: str, probability: float
) -> None:
    found = serials.read(typed)
    assert (found.text, found.status) == (typed, "read")
    (repair,) = found.repairs
    assert (repair.from_, repair.to, repair.rule) == (typed, to, rule)
    assert repair.probability == pytest.approx(probability, rel=1e-12)


def test_a_cyrillic_serial_with_letters_of_its_own_is_left_alone() -> None:
    assert serials.read("\u0416\u0410123").repairs == ()


def test_a_column_keeps_its_rows_in_place_across_chunks() -> None:
    column = serials.read_column(
        pa.chunked_array([["abc123", None, "A12345"], [], ["1E5", "S/N", "  X9 9 "]])
    )
    assert column.serial.to_pylist() == ["ABC123", None, "A12345", "1E5", None, "X9 9"]
    assert column.status.to_pylist() == ["read", None, "read", "read", "absent", "read"]
    assert list(column.repairs) == [3]


@pytest.mark.parametrize(
    "empty",
    [
        pa.array([], pa.string()),
        pa.chunked_array([], pa.string()),
        pa.chunked_array([[]], pa.large_string()),
        pa.array([None, None]),
        pa.array(["x1", "x1"]).dictionary_encode(),
    ],
)
def test_any_kind_of_string_column_is_read(empty: pa.Array | pa.ChunkedArray) -> None:
    column = serials.read_column(empty)
    assert column.serial.type == column.status.type == pa.string()
    assert len(column.serial) == len(column.status) == len(empty)


@given(st.lists(st.one_of(st.none(), TYPED)))
def test_a_column_reads_like_its_cells_one_by_one(cells: list[str | None]) -> None:
    column = serials.read_column(pa.array(cells, pa.string()))
    alone = [serials.Serial(None, None) if one is None else serials.read(one) for one in cells]
    assert column.serial.to_pylist() == [one.text for one in alone]
    assert column.status.to_pylist() == [one.status for one in alone]
    assert column.repairs == {row: one.repairs for row, one in enumerate(alone) if one.repairs}


@given(TYPED)
def test_reading_what_was_read_changes_nothing(typed: str) -> None:
    first = serials.read(typed)
    if first.text is not None:
        assert serials.read(first.text) == first


@given(TYPED)
def test_no_character_of_a_kept_serial_is_lost(typed: str) -> None:
    text = serials.read(typed).text
    if text is not None:
        assert _bare(text) == _bare(typed)


def _bare(text: str) -> str:
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).upper())
    return "".join(mark for mark in parts if not mark.isspace())


@given(TYPED)
def test_the_comparison_key_ignores_only_what_it_says(typed: str) -> None:
    key = serials.comparison_key(typed)
    assert serials.comparison_key(key) == key
    assert serials.comparison_key(typed.replace("-", " ").replace("O", "0")) == key


def test_unread_marks_keep_their_place_in_the_comparison_key() -> None:
    assert serials.comparison_key("ao-12 3*5") == "A0123?5"
    assert serials.comparison_key("12*45") != serials.comparison_key("1245")
