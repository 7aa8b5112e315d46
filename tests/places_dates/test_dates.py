"""Dates in the forms that both countries write, and those that are no dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.intake.parsers import dates
from ironriver.intake.parsers.reading import Reading

LATEST = dt.date(2026, 11, 23)
DAYS = st.dates(dt.date(1900, 1, 1), LATEST)
ORDERS = st.sampled_from(["dmy", "mdy", None])


def read(text: str, order: dates.Order | None = "dmy") -> Reading:
    return dates.read(text, order, "event_date", LATEST)


def answer(text: str, order: dates.Order | None = "dmy") -> tuple[str | None, str]:
    values = read(text, order).values
    day = values["event_date"]
    return (day.isoformat() if isinstance(day, dt.date) else None, str(values["date_precision"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-03-12", "2019-03-12"),
        ("2019/3/12", "2019-03-12"),
        ("2019-03-12T23:30:00-07:00", "2019-03-12"),
        ("2019-03-12 00:00:00.000", "2019-03-12"),
        ("12/03/2019", "2019-03-12"),
        ("12-3-2019", "2019-03-12"),
        ("12.03.19", "2019-03-12"),
        ("12/03/2019 1:05 p. m.", "2019-03-12"),
        ("12/03/2019 10:30 hrs", "2019-03-12"),
        ("12 de marzo de 2019", "2019-03-12"),
        ("Martes 12 de Marzo del 2019", "2019-03-12"),
        ("Mar 12, 2019", "2019-03-12"),
        ("March 12th, 2019", "2019-03-12"),
        ("5-ene-19", "2019-01-05"),
        ("05ENE2019", "2019-01-05"),
        ("1º de mayo de 2020", "2020-05-01"),
        ("2019-sep-05", "2019-09-05"),
        ("Sept. 5, 2015", "2015-09-05"),
        ("20190312", "2019-03-12"),
        ("43831", "2020-01-01"),
        ("43831.0", "2020-01-01"),
        ("43831.75", "2020-01-01"),
        ("29/02/2024", "2024-02-29"),
    ],
)
def test_a_day_is_read_in_every_known_form(text: str, expected: str) -> None:
    assert answer(text) == (expected, "day")
    assert read(text).problem is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MARZO 2020", ("2020-03-01", "month")),
        ("mayo de 2021", ("2021-05-01", "month")),
        ("mar-20", ("2020-03-01", "month")),
        ("2019-03", ("2019-03-01", "month")),
        ("03/2019", ("2019-03-01", "month")),
        ("2019", ("2019-01-01", "year")),
        ("2019.0", ("2019-01-01", "year")),
    ],
)
def test_what_is_known_of_a_date_is_said(text: str, expected: tuple[str, str]) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize("text", ["", "  ", "S/D", "n/a", "Sin fecha", "00/00/0000", "0000-00-00"])
def test_an_absent_date_is_unknown_and_no_problem(text: str) -> None:
    assert answer(text) == (None, "unknown")
    assert read(text).problem is None


@pytest.mark.parametrize(
    "text",
    ["31/02/2024", "2024-13-01", "2019-02-29", "Mar 20", "ayer", "99/99/9999", "31 de abril 2020"],
)
def test_an_impossible_date_is_a_problem_that_names_the_value(text: str) -> None:
    problem = read(text).problem
    assert problem is not None
    assert problem.code == "date_invalid"
    assert repr(text) in problem.reason


@pytest.mark.parametrize("text", ["1899-12-31", "2026-11-24", "2031", "3000", "24/11/2026"])
def test_a_date_before_1900_or_after_the_latest_is_out_of_range(text: str) -> None:
    problem = read(text).problem
    assert problem is not None
    assert problem.code == "date_out_of_range"


def test_an_order_that_is_not_certain_leaves_a_date_ambiguous_and_suggests_the_other() -> None:
    assert answer("05/03/2019", None) == ("2019-03-05", "ambiguous")
    (repair,) = read("05/03/2019", None).repairs
    assert (repair.to, repair.rule, repair.probability) == ("2019-05-03", "day_month_swapped", 0.5)


def test_a_certain_order_decides() -> None:
    assert answer("05/03/2019", "dmy") == ("2019-03-05", "day")
    assert answer("05/03/2019", "mdy") == ("2019-05-03", "day")
    assert not read("05/03/2019", "mdy").repairs


@pytest.mark.parametrize("order", ["dmy", "mdy", None])
def test_a_date_that_only_one_order_allows_is_read_in_it(order: dates.Order | None) -> None:
    assert answer("03/25/2024", order) == ("2024-03-25", "day")
    assert answer("25/03/2024", order) == ("2024-03-25", "day")
    assert answer("05/05/2019", order) == ("2019-05-05", "day")


def test_a_reading_in_the_future_leaves_only_the_other() -> None:
    assert answer("02/12/2026", None) == ("2026-02-12", "day")


def test_a_two_digit_year_is_never_after_the_latest() -> None:
    assert answer("5/1/26")[0] == "2026-01-05"
    assert answer("5/1/27")[0] == "1927-01-05"
    assert dates.read("5/1/27", "dmy", "d", dt.date(2027, 6, 1)).values["d"] == dt.date(2027, 1, 5)


def test_excels_calendar_has_a_day_that_never_was() -> None:
    assert dates.excel_serial(1) == dt.date(1900, 1, 1)
    assert dates.excel_serial(59) == dt.date(1900, 2, 28)
    assert dates.excel_serial(60) is None
    assert dates.excel_serial(61) == dt.date(1900, 3, 1)
    assert dates.excel_serial(2_958_465) == dt.date(9999, 12, 31)
    assert dates.excel_serial(0) is None


@pytest.mark.parametrize(
    ("sample", "default", "expected"),
    [
        (["01/02/2024", "sin fecha"], "dmy", "dmy"),
        (["01/02/2024", "03/25/2024"], "dmy", "mdy"),
        (["25/03/2024", "01/02/2024"], "mdy", "dmy"),
        (["25/03/2024", "03/25/2024"], "dmy", None),
        (["2024-03-25", "43831"], "mdy", "mdy"),
        (["99/99/2024", "00/25/2024"], "dmy", "dmy"),
        ([], "mdy", "mdy"),
    ],
)
def test_the_order_of_a_column_is_what_its_values_show(
    sample: list[str], default: dates.Order, expected: dates.Order | None
) -> None:
    assert dates.column_order(sample, default) == expected


@given(DAYS)
def test_every_day_reads_back_from_every_way_of_writing_it(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    assert read(day.isoformat()).values["event_date"] == day
    assert read(day.strftime("%d/%m/%Y"), "dmy").values["event_date"] == day
    assert read(day.strftime("%m-%d-%Y"), "mdy").values["event_date"] == day
    assert read(day.strftime("%Y%m%d")).values["event_date"] == day
    if serial >= 10_000:
        assert read(str(serial)).values["event_date"] == day


@given(DAYS, DAYS)
def test_an_ambiguous_date_keeps_both_of_its_readings(day: dt.date, latest: dt.date) -> None:
    reading = dates.read(day.strftime("%d/%m/%Y"), None, "d", max(day, latest))
    found = {reading.values["d"], *(dt.date.fromisoformat(r.to) for r in reading.repairs)}
    assert day in found or (reading.values["date_precision"] == "day" and day.day <= 12)
    assert (reading.values["date_precision"] == "ambiguous") == bool(reading.repairs)


@given(st.text(max_size=120), ORDERS, st.none() | DAYS)
def test_no_text_makes_the_reader_fail(
    text: str, order: dates.Order | None, latest: dt.date | None
) -> None:
    reading = dates.read(text, order, "d", latest)
    assert set(reading.values) == {"d", "date_precision"}
    assert (reading.values["d"] is None) == (reading.values["date_precision"] == "unknown")


@given(st.lists(st.text(alphabet="0123456789/-. ", max_size=12)), ORDERS)
def test_no_sample_makes_the_order_fail(sample: list[str], order: dates.Order | None) -> None:
    assert dates.column_order(sample, order or "dmy") in {"dmy", "mdy", None}


@given(st.text(alphabet="0123456789/-. deenromazTZ:", max_size=24))
def test_texts_made_of_the_letters_of_dates_do_not_fail_either(text: str) -> None:
    reading = read(text, None)
    day = reading.values["event_date"]
    assert day is None or (isinstance(day, dt.date) and 1900 <= day.year <= LATEST.year)
