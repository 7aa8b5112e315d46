"""A name is near itself however it is written, and nearer than to any other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ironriver.reports.names_near import make_near

HELD = (
    ("Ana", "Garza", "Treviño"),
    ("Francisco", "de la Cruz", None),
    ("José Luis", "Hernández", "Peña"),
    ("Roberta", "Quillfeather", None),
    ("María", "Yocupicio", "Buitimea"),
)
names = st.sampled_from(HELD)


@pytest.fixture(scope="module")
def seen() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that holds those names, surnames first."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE seen (name VARCHAR, given_names VARCHAR, surname_1 VARCHAR, "
            "surname_2 VARCHAR)"
        )
        for first, surname, second in HELD:
            whole = f"{' '.join(part for part in (surname, second) if part)}, {first}".upper()
            connection.execute(
                "INSERT INTO seen VALUES (?, ?, ?, ?)", [whole, first, surname, second]
            )
        yield connection


def near(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, float]]:
    make_near(connection, name)
    return connection.execute(
        "SELECT surname_1, nearness FROM near ORDER BY nearness DESC, surname_1"
    ).fetchall()


def plain(text: str) -> str:
    marks = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in marks if not unicodedata.combining(mark))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=names, swapped=st.booleans(), bare=st.booleans(), order=st.sampled_from("gf,"),
       case=st.sampled_from([str.upper, str.lower, str.title]))  # fmt: skip
def test_order_case_and_accents_do_not_hide_a_name(
    seen: duckdb.DuckDBPyConnection,
    one: tuple[str, str, str | None],
    swapped: bool,
    bare: bool,
    order: str,
    case: object,
) -> None:
    first, surname, second = one
    surnames = [part for part in (surname, second) if part]
    if swapped:
        surnames.reverse()
    behind = " ".join(surnames)
    asked = {"g": f"{first} {behind}", "f": f"{behind} {first}", ",": f"{behind}, {first}"}[order]
    asked = case(plain(asked) if bare else asked)  # type: ignore[operator]
    found = near(seen, asked)
    assert found[0][0] == surname
    assert found[0][1] > 0


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=names, at=st.integers(0, 30), letter=st.sampled_from("aeionrst"))
def test_one_letter_typed_otherwise_in_a_long_surname_does_not_hide_it(
    seen: duckdb.DuckDBPyConnection, one: tuple[str, str, str | None], at: int, letter: str
) -> None:
    first, surname, _ = one
    if len(surname) < 6 or " " in surname:
        surname, first = "Hernández", "José Luis"
    place = 1 + at % (len(surname) - 1)
    typed = surname[:place] + letter + surname[place + 1 :]
    assert surname in [found for found, _ in near(seen, f"{typed}, {first}")]


def test_a_short_form_is_farther_than_the_name_and_nearer_than_another(
    seen: duckdb.DuckDBPyConnection,
) -> None:
    (whole,) = near(seen, "Francisco de la Cruz")
    (short,) = near(seen, "Pancho de la Cruz")
    assert whole[1] > short[1] > 0
    assert near(seen, "Berenice de la Cruz") == []
