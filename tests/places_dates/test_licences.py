"""Licence numbers: the normal form, the lasting key, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.intake.parsers import licences

NUMBERS = st.from_regex(
    r"[1345689]-[0-9]{2}-[0-9]{3}-(01|02|03|06|07|08|09|10|11)-[0-9][A-HJ-M]-[0-9]{5}",
    fullmatch=True,
)


def number(text: str) -> object:
    return licences.read(text).values["licence_number"]


def test_a_number_gives_its_parts_and_its_lasting_key() -> None:
    assert dict(licences.read("8-23-091-01-7F-14245").values) == {
        "licence_number": "8-23-091-01-7F-14245",
        "licence_key": "8-23-14245",
        "licence_type": "01",
        "licence_expiry": "7F",
        "licence_county": "091",
    }


@pytest.mark.parametrize(
    "text",
    ["823091017F14245", "8 23 091 01 7f 14245", "8–23–091–01–7F–14245", " 8.23.091.01.7F.14245 "],
)
def test_separators_and_case_do_not_matter(text: str) -> None:
    assert number(text) == "8-23-091-01-7F-14245"


def test_leading_zeros_that_a_spreadsheet_lost_come_back() -> None:
    assert number("1-66-3-1-4L-150") == "1-66-003-01-4L-00150"


def test_a_masked_number_still_has_its_key() -> None:
    values = licences.read("8-23-XXX-XX-XX-14245").values
    assert values["licence_key"] == "8-23-14245"
    assert values["licence_number"] is None


@pytest.mark.parametrize("text", ["", "-----", "N/A"])
def test_an_absent_number_is_no_problem(text: str) -> None:
    assert licences.read(text).problem is None
    assert number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "8-23-091-01-7I-14245",
        "2-23-091-01-7F-14245",
        "8-23-091-04-7F-14245",
        "8-23-091-01-7F-1424",
        "8-23-091-01-7F-142450",
        "licence pending",
    ],
)
def test_a_malformed_number_is_a_problem_that_names_it(text: str) -> None:
    problem = licences.read(text).problem
    assert problem is not None
    assert problem.code == "licence_invalid"
    assert repr(text) in problem.reason


@given(NUMBERS)
def test_every_number_reads_back_with_and_without_separators(text: str) -> None:
    assert number(text) == text
    assert number(text.replace("-", "")) == text
    assert number(text.replace("-", " ").lower()) == text


@given(NUMBERS, st.text(alphabet="0123456789ABCDEFGHJKLM", min_size=2, max_size=2))
def test_a_renewal_does_not_change_the_key(text: str, expiry: str) -> None:
    renewed = text[:12] + expiry + text[14:]
    key = licences.read(text).values["licence_key"]
    assert licences.read(renewed).values["licence_key"] in {key, None}


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    assert len(licences.read(text).values) == 5


def test_every_licence_of_the_public_list_reads_back(shared_data: Path) -> None:
    columns = ("LIC_REGN", "LIC_DIST", "LIC_CNTY", "LIC_TYPE", "LIC_XPRDTE", "LIC_SEQN")
    path = shared_data / "ffl" / "ffl_2013_apr_jun_sample.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        texts = {"-".join(row[name] for name in columns) for row in csv.DictReader(handle)}
    assert len(texts) > 20_000
    assert [text for text in texts if number(text) != text] == []
