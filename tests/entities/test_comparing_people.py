"""Names, dates and addresses as two countries write them, compared."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parties import level

from ironriver.entities import nicknames, scoring
from ironriver.entities.person_fields import (
    ADDRESS,
    BIRTH,
    GENERATION,
    GIVEN,
    IDENTIFIER,
    MIDDLE,
    PERSON,
    PHONE,
    SURNAMES,
)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("GARZA TREVIÑO, ANA", "Ana Trevino Garza", "both_same"),
        ("Juan de la Cruz Hernández", "CRUZ HERNANDEZ, JUAN", "both_same"),
        ("ORTEGA SOLÍS, ROSA", "ORTEGA, ROSA", "one_same"),
        ("Luis Garza-Peña", "Luis Garza Peña", "both_same"),
        ("VÁZQUEZ, LUIS", "BASQUES, LUIS", "sound_alike"),
        ("JIMÉNEZ, LUIS", "GIMENEZ, LUIS", "sound_alike"),
        ("McDonald, Ann", "Mc Donald, Ann", "one_same"),
        ("RICHARDSON, ANN", "RICHRADSON, ANN", "similar"),
        ("GARZA PEÑA, ANA", "GARZA RUIZ, ANA", "one_of_two"),
        ("MARTIN, THOMAS", "THOMAS, MARTIN", "changed_place"),
        ("GARZA, ANA", "PEÑA, ANA", "different"),
        ("Dra. Ana Barón", "BARÓN, ANA", "one_same"),
    ],
)
def test_surnames_are_compared_in_either_order_without_particles_and_by_sound(
    left: str, right: str, expected: str
) -> None:
    assert level(SURNAMES, {"name": left}, {"name": right}) == expected
    assert level(SURNAMES, {"name": right}, {"name": left}) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("RUIZ, FRANCISCO", "RUIZ, PANCHO", "nickname"),
        ("COLE, ROBERT", "COLE, BOB", "nickname"),
        ("RUIZ, GUADALUPE", "RUIZ, LUPITA", "nickname"),
        ("RUIZ, JOSÉ", "RUIZ, JOSE", "same"),
        ("RUIZ, JUAN", "RUIZ, JOHN", "nickname"),
        ("COLE, R", "COLE, ROBERT", "initial"),
        ("COLE, STEPHANIE", "COLE, STEPHANEI", "similar"),
        ("RUIZ, MARÍA GUADALUPE", "RUIZ, GUADALUPE", "nickname"),
        ("COLE, ROBERT", "COLE, WANDA", "different"),
    ],
)
def test_given_names_are_compared_with_short_forms_of_both_languages(
    left: str, right: str, expected: str
) -> None:
    assert level(GIVEN, {"name": left}, {"name": right}) == expected
    assert level(GIVEN, {"name": right}, {"name": left}) == expected


def test_other_names_and_generations_count_only_where_both_have_one() -> None:
    assert level(MIDDLE, {"name": "COLE, ANN Q"}, {"name": "COLE, ANN"}) is None
    assert level(MIDDLE, {"name": "COLE, ANN Q"}, {"name": "Ann R Cole"}) == "different"
    assert level(MIDDLE, {"name": "COLE, ANN QUEENIE"}, {"name": "Ann Q Cole"}) == "same_initial"
    assert level(GENERATION, {"name": "COLE, SAM JR"}, {"name": "Sam Cole Sr"}) == "different"
    assert level(GENERATION, {"name": "COLE, SAM JR"}, {"name": "Sam Cole"}) is None


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("19800305", "19800503", "day_and_month_changed"),
        ("19800305", "19800306", "one_sign_off"),
        ("19800305", "19800318", "two_of_three_parts"),
        ("19800305", "19611224", "different"),
    ],
)
def test_birth_dates_in_mixed_orders_and_with_slips_are_near(
    left: str, right: str, expected: str
) -> None:
    assert level(BIRTH, {"birth": left}, {"birth": right}) == expected


def test_an_address_is_the_same_however_its_street_is_called() -> None:
    home = {"address": "1412 Template Avenue", "city": "Laredo", "postcode": "78040"}
    assert level(ADDRESS, home, home | {"address": "1412 TEMPLATE AVE."}) == "same"
    assert level(ADDRESS, home, home | {"address": "1421 Template Ave"}) == "similar"
    assert level(ADDRESS, home, home | {"address": "9 Sample St"}) == "same_postcode"
    far = {"address": "9 Sample St", "city": "Austin", "postcode": "73301"}
    assert level(ADDRESS, home, far) == "different"
    assert level(ADDRESS, home, {"name": "Ann Cole"}) is None


def test_telephones_and_numbers_are_compared_as_strings_of_signs() -> None:
    assert level(PHONE, {"phone": "(956) 555-0199"}, {"phone": "+1 956-555-0199"}) == "same"
    assert level(PHONE, {"phone": "956-555-0199"}, {"phone": "956-555-0198"}) == "one_digit_off"
    assert level(IDENTIFIER, {"id_number": "x-123 456"}, {"id_number": "X123456"}) == "same"
    assert level(IDENTIFIER, {"id_number": "X123456"}, {"id_number": "X923457"}) == "different"


def test_an_identity_number_that_encodes_sex_birth_and_state_is_an_opaque_string() -> None:
    number = {"id_number": "AAAA800305HNLBBB01"}
    other_state_and_sex = {"id_number": "AAAA800306MTSBBB01"}
    other_letters = {"id_number": "AAAA800305HNLCCC09"}
    assert level(IDENTIFIER, number, other_state_and_sex) == "different"
    assert level(IDENTIFIER, number, other_letters) == "different"


WORDS = st.text("abcdefgmnorstz", min_size=2, max_size=7)


@settings(max_examples=8, deadline=None)
@given(WORDS, WORDS, WORDS, WORDS)
def test_every_comparison_says_the_same_from_both_sides(
    given_name: str, other: str, first: str, second: str
) -> None:
    left = {"name": f"{first} {second}, {given_name}", "birth": "19800305", "phone": "9565550199"}
    right = {"name": f"{second}, {other}", "birth": "19800503", "phone": "9565550198"}
    for field in (SURNAMES, GIVEN):
        assert level(field, left, right) == level(field, right, left)


def test_every_short_form_has_a_source_and_stands_for_another_name() -> None:
    assert len(nicknames.pairs()) > 300
    assert all(short != whole for short, whole in nicknames.pairs())
    assert all(word.isascii() and word.islower() for pair in nicknames.pairs() for word in pair)


def test_no_protected_attribute_stands_in_the_model() -> None:
    told = " ".join(level.sql for field in PERSON.fields for level in field.levels)
    for word in ("sex", "gender", "ethnic", "relig", "birth_place", "race", "origin", "curp"):
        assert word not in told


def test_titles_and_ordinals_are_no_names() -> None:
    one = {"given_names": "1st", "surname_1": "Bt."}
    other = {"given_names": "2nd", "surname_1": "Baronet"}
    assert level(SURNAMES, one, other) is None
    assert level(GIVEN, one, other) is None


def test_the_level_of_the_same_given_name_is_the_one_that_namesakes_are_told_by() -> None:
    found = GIVEN.level(scoring.GIVEN_SAME)
    assert found is not None
    assert found.name == "same"


def test_the_given_name_of_namesakes_is_what_a_household_shares() -> None:
    parts = ", ".join(f"4.0 AS part_{name}" for name in (*PERSON.home, "given_name"))
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE pairs AS SELECT 10.0::DOUBLE AS weight, {parts}, 5 AS level_address, "
            f"2 AS level_phone, {scoring.GIVEN_SAME} AS level_given_name, birth AS "
            "level_birth_date FROM (VALUES (-1), (0), (4)) AS told(birth)"
        )
        scoring.cap_home(connection, "pairs", PERSON, cap=10.0)
        found = dict(connection.execute("SELECT level_birth_date, part_home FROM pairs").fetchall())
    assert found == {-1: -2.0, 0: -6.0, 4: -2.0}
