"""Names of persons: split where that is certain, left whole where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.intake.parsers import names


def split(text: str) -> tuple[object, ...]:
    return tuple(names.read(text).values.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PÉREZ LÓPEZ, JUAN CARLOS", ("JUAN CARLOS", "PÉREZ", "LÓPEZ")),
        ("Juan Carlos Pérez López", ("Juan Carlos", "Pérez", "López")),
        ("PÉREZ LÓPEZ JUAN CARLOS", ("JUAN CARLOS", "PÉREZ", "LÓPEZ")),
        ("Juan Pérez", ("Juan", "Pérez", None)),
        (
            "María de los Ángeles Hernández Cruz",
            ("María de los Ángeles", "Hernández", "Cruz"),
        ),
        ("Ma. del Carmen García", ("Ma. del Carmen", "García", None)),
        ("José de Jesús Pérez López", ("José de Jesús", "Pérez", "López")),
        ("José María Morelos y Pavón", ("José María", "Morelos", "Pavón")),
        ("Ortega y Gasset, José", ("José", "Ortega", "Gasset")),
        ("de la Cruz Hernández, Ana", ("Ana", "de la Cruz", "Hernández")),
        ("Juan San Martín Pérez", ("Juan", "San Martín", "Pérez")),
        ("C. Juan Pérez Gómez", ("Juan", "Pérez", "Gómez")),
        ("JUAN PEREZ GOMEZ (A) EL GUERO", ("JUAN", "PEREZ", "GOMEZ")),
        ("SMITH, JOHN Q JR", ("JOHN Q", "SMITH", None)),
        ("SMITH, JOHN, III", ("JOHN", "SMITH", None)),
        ("LEGG, BRENDA Y", ("BRENDA Y", "LEGG", None)),
        ("VAN DYKE, DICK", ("DICK", "VAN DYKE", None)),
        ('"SALAZAR-MORET, CHARLES"', ("CHARLES", "SALAZAR-MORET", None)),
        ("John Q. Smith III", ("John Q.", "Smith", None)),
    ],
)
def test_a_certain_split_is_made(text: str, expected: tuple[str | None, ...]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S/D",
        "Madonna",
        "José Luis",
        "Juan Martín López",
        "SCOTT JAMES",
        "Daniel Ellis Burkett",
        "HAMILTON, HAROLD L JR & KAREN S",
        "SANDY MARIE SIX, HAL PAUL GOLDSTEIN",
        "Jesús Guadalupe Santiago Cruz",
    ],
)
def test_an_uncertain_split_is_not_guessed(text: str) -> None:
    assert split(text) == (None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "GUNS OF TEXAS LLC",
        "THAYER INDUSTRIES, INC",
        "Joe's Guns",
        "Armería El Norte S.A. de C.V.",
        "KINGSON'S TRADERS L L C",
        "PEACE TOKEN LIMITED, THE",
        "Fiscalía General del Estado de Sonora",
        "EZ PAWN",
    ],
)
def test_a_company_or_authority_has_no_parts(text: str) -> None:
    assert split(text) == (None, None, None)
    assert not names.is_person(text)


WORDS = "Juan María José de la del los y San Pérez López García Smith, John Q. Jr III Xóchitl"
WORD = st.sampled_from(WORDS.split())


@given(st.lists(WORD, max_size=8).map(" ".join) | st.text(max_size=80))
def test_parts_are_words_of_the_name_and_nothing_fails(text: str) -> None:
    values = split(text)
    whole = text.replace(",", " ").split()
    for part in values:
        assert part is None or (isinstance(part, str) and part)
        if part is not None and text.isprintable() and "-" not in text and '"' not in text:
            assert all(word in whole for word in str(part).split())
    assert values[2] is None or values[1] is not None
