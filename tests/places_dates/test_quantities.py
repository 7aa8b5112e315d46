"""Whole and decimal numbers in the forms of both countries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.intake.parsers import quantities


def whole(text: str, minimum: int = 0) -> object:
    reading = quantities.read(text, minimum)
    return reading.problem.code if reading.problem else reading.values["quantity"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100", 100),
        ("100.0", 100),
        ("1,250", 1250),
        ("1,234,567.00", 1_234_567),
        ("1.234", 1234),
        ("12.000,00", 12_000),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("una", 1),
        ("DOS", 2),
        ("veintitrés", 23),
        ("treinta y cinco", 35),
        ("forty two", 42),
        ("05 (CINCO)", 5),
        ("3 pzas.", 3),
        ("100 cartuchos", 100),
        ("1e+05", 100_000),
        ("", None),
        ("N/D", None),
        ("NaN", None),
        ("-5", "quantity_negative"),
        ("(5)", "quantity_negative"),
        ("\u22125", "quantity_negative"),
        ("1.5", "quantity_invalid"),
        ("1,5", "quantity_invalid"),
        ("1,23,456", "quantity_invalid"),
        ("05 (SEIS)", "quantity_invalid"),
        ("varias", "quantity_invalid"),
        ("9" * 15, "quantity_invalid"),
    ],
)
def test_a_quantity_is_whole_or_a_problem(text: str, expected: object) -> None:
    assert whole(text) == expected


def test_a_text_that_may_be_one_or_a_thousand_is_not_guessed() -> None:
    assert whole("1.000") == "quantity_invalid"
    assert whole("1,000") == 1000
    assert whole("1000.000") == 1000


def test_less_than_the_least_possible_is_a_problem() -> None:
    assert whole("0", minimum=1) == "quantity_invalid"
    assert whole("1", minimum=1) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-117.03", -117.03),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1.234", 1.234),
        ("12,5 %", 12.5),
        ("1.234.567", 1_234_567.0),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("", None),
        ("-", None),
    ],
)
def test_a_decimal_number_is_read(text: str, expected: float | None) -> None:
    reading = quantities.read_number(text)
    assert reading.values["number"] == expected
    assert reading.problem is None


@pytest.mark.parametrize("text", ["abc", "1,2,3", "inf", "1e999", "--5", "1.2.3"])
def test_a_text_that_is_no_number_is_a_problem_that_names_it(text: str) -> None:
    problem = quantities.read_number(text).problem
    assert problem is not None
    assert problem.code == "number_invalid"
    assert repr(text) in problem.reason


@given(st.integers(0, 10**12))
def test_every_count_reads_back_plain_and_grouped(number: int) -> None:
    assert whole(str(number)) == number
    assert whole(f"{number:,}") == number
    assert whole(f"{number}.0") == number


@given(st.integers(0, 99))
def test_every_count_below_a_hundred_reads_back_from_digits_and_words(number: int) -> None:
    named = [word for word, value in quantities._WORDS.items() if value == number]
    assert named
    for word in named:
        assert whole(word) == number
        assert whole(f"{number} ({word.upper()})") == number


@given(st.floats(-1e15, 1e15, allow_nan=False))
def test_every_number_reads_back_as_python_writes_it(number: float) -> None:
    assert quantities.read_number(repr(number)).values["number"] == number


@given(st.text(max_size=80) | st.text(alphabet="0123456789.,' ()-+e%", max_size=16))
def test_no_text_makes_the_readers_fail(text: str) -> None:
    reading = quantities.read(text)
    value = reading.values["quantity"]
    assert value is None or (isinstance(value, int) and value >= 0)
    assert value is None or reading.problem is None
    assert set(quantities.read_number(text).values) == {"number"}
