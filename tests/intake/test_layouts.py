"""Layouts are whole and can be told apart."""

from __future__ import annotations

import pytest

from ironriver.intake.fields import COPIES, READERS, ROLES, word_readers
from ironriver.intake.layout import layouts
from ironriver.intake.matching import best_match, lay_over
from ironriver.tables import TABLES, Nexus

PARTY_FIELDS = ("name", "business", "address", "city", "state", "postcode", "phone", "vehicle",
                "id_number", "birth_date", "licence_number")  # fmt: skip
# Fields that steer the reading without filling a column of their own.
STEERING = {"unused", "seizure_type", "request_date", "obliterated", "recovery_country", "category"}


@pytest.mark.parametrize("name", layouts())
def test_every_field_of_a_layout_fills_something(name: str) -> None:
    layout = layouts()[name]
    columns = {column for table in layout.tables for column in TABLES[table].names}
    read = {field for reader in (*READERS, *word_readers(layout)) for field in reader.inputs}
    parties = {f"{prefix}_{field}" for prefix in ROLES for field in PARTY_FIELDS}
    for field in layout.fields:
        target = COPIES.get(field, field)
        assert field in read | parties | STEERING or target in columns, field


@pytest.mark.parametrize("name", layouts())
def test_a_layout_fits_its_own_first_headings(name: str) -> None:
    layout = layouts()[name]
    headings = [names[0] for field, names in layout.fields.items() if field != "unused"]
    match = lay_over(layout, headings, 0, {})
    assert match.missing == ()
    assert match.unplaced == ()
    found = best_match([headings], layout.file_names[0] if layout.file_names else f"{name}.csv")
    assert found.layout.name == name


@pytest.mark.parametrize("name", layouts())
def test_words_a_layout_requires_are_fields_it_has(name: str) -> None:
    layout = layouts()[name]
    assert set(layout.required) | set(layout.not_empty) <= set(layout.fields)
    assert set(layout.constants) <= {c for t in layout.tables for c in TABLES[t].names}
    assert layout.public == (layout.nexus is Nexus.PUBLIC)


def test_headings_match_whatever_their_case_accents_and_order() -> None:
    headings = ["NUM. MATRICULA", "ENTIDAD", "FECHA DE ASEGURAMIENTO", "MARCA", "calibre", "FOLIO"]
    match = best_match([["Título"], headings], "x.csv")
    assert (match.layout.name, match.sample_row) == ("aseguramientos", 1)
