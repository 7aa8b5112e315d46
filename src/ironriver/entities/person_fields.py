"""How two persons are compared; what is never compared is not in this list.

Sex, ethnicity, origin of the surname, religion and place of birth have no column here. An identity
number that encodes some of them (CURP) is compared as a string of signs and nothing else.
"""

from __future__ import annotations

from ironriver.entities.fields import Field, Level, Model

SURNAMES = Field(
    "surnames",
    ("surname_1",),
    (
        Level("both_same", "surname_pair_l = surname_pair_r", 0.38, 0.0005, "surname_pair"),
        Level(
            "one_same",
            "(surname_2_l IS NULL OR surname_2_r IS NULL) AND surname_1_l = surname_1_r",
            0.45,
            0.004,
            "surname_1",
        ),
        Level(
            "sound_alike",
            "surname_sound_l = surname_sound_r"
            " OR ((surname_2_l IS NULL OR surname_2_r IS NULL) AND sound_1_l = sound_1_r)",
            0.03,
            0.0015,
            "sound_1",
        ),
        Level(
            "similar",
            "damerau_levenshtein(surname_words_l, surname_words_r) <= 1"
            " OR damerau_levenshtein(surname_1_l, surname_1_r) <= 1"
            " AND length(surname_1_l) > 3 AND (surname_2_l IS NULL OR surname_2_r IS NULL)"
            " OR jaro_winkler_similarity(surname_words_l, surname_words_r) >= 0.93",
            0.07,
            0.0025,
        ),
        Level(
            "changed_place",
            "surname_1_l = given_r AND surname_1_r = given_l",
            0.004,
            0.0001,
        ),
        Level(
            "one_of_two",
            "surname_1_l = surname_1_r OR surname_1_l = surname_2_r OR surname_2_l = surname_1_r",
            0.026,
            0.012,
        ),
        Level("different", "ELSE", 0.04, 0.9794),
    ),
)

GIVEN = Field(
    "given_name",
    ("given",),
    (
        Level("same", "given_l = given_r", 0.82, 0.008, "given"),
        Level("nickname", "list_has_any(given_forms_l, given_forms_r)", 0.08, 0.006),
        Level(
            "initial",
            "(length(given_l) = 1 OR length(given_r) = 1)"
            " AND substr(given_l, 1, 1) = substr(given_r, 1, 1)",
            0.02,
            0.002,
        ),
        Level(
            "similar",
            "damerau_levenshtein(given_l, given_r) <= 1 AND length(given_l) > 2"
            " OR jaro_winkler_similarity(given_l, given_r) >= 0.9",
            0.04,
            0.008,
        ),
        Level("changed_place", "surname_1_l = given_r AND surname_1_r = given_l", 0.005, 0.0001),
        Level("different", "ELSE", 0.035, 0.9759),
    ),
)

MIDDLE = Field(
    "other_names",
    ("middle",),
    (
        Level("same_word", "list_has_any(middle_words_l, middle_words_r)", 0.4, 0.02),
        Level("same_initial", "middle_l = middle_r", 0.5, 0.07),
        Level("different", "ELSE", 0.1, 0.91),
    ),
)

GENERATION = Field(
    "generation",
    ("generation",),
    (
        Level("same", "generation_l = generation_r", 0.97, 0.55),
        Level("different", "ELSE", 0.03, 0.45),
    ),
)

BIRTH = Field(
    "birth_date",
    ("birth",),
    (
        Level("same", "birth_l = birth_r", 0.9, 0.0001, "birth"),
        Level(
            "day_and_month_changed",
            "birth_l = substr(birth_r, 1, 4) || substr(birth_r, 7, 2) || substr(birth_r, 5, 2)",
            0.01,
            0.0001,
        ),
        Level("one_sign_off", "damerau_levenshtein(birth_l, birth_r) <= 1", 0.05, 0.001),
        Level(
            "two_of_three_parts",
            "(substr(birth_l, 1, 4) = substr(birth_r, 1, 4))::INT"
            " + (substr(birth_l, 5, 2) = substr(birth_r, 5, 2))::INT"
            " + (substr(birth_l, 7, 2) = substr(birth_r, 7, 2))::INT >= 2",
            0.02,
            0.005,
        ),
        Level("different", "ELSE", 0.02, 0.9938),
    ),
)

ADDRESS = Field(
    "address",
    ("street", "postcode", "city"),
    (
        Level("same", "address_l = address_r", 0.66, 0.0005, "address"),
        Level(
            "similar",
            "number_l = number_r AND jaro_winkler_similarity(street_l, street_r) >= 0.85"
            " OR street_l = street_r AND length(street_l) > 4"
            " AND damerau_levenshtein(number_l, number_r) <= 1",
            0.06,
            0.0005,
        ),
        Level("same_postcode", "postcode_l = postcode_r", 0.06, 0.004, "postcode"),
        Level(
            "near_postcode",
            "substr(postcode_l, 1, 3) = substr(postcode_r, 1, 3)"
            " OR damerau_levenshtein(postcode_l, postcode_r) <= 1",
            0.03,
            0.01,
        ),
        Level("same_city", "city_l = city_r", 0.09, 0.035, "city"),
        Level("different", "ELSE", 0.1, 0.95),
    ),
)

PHONE = Field(
    "phone",
    ("phone",),
    (
        Level("same", "phone_l = phone_r", 0.75, 0.0002, "phone"),
        Level("one_digit_off", "damerau_levenshtein(phone_l, phone_r) <= 1", 0.05, 0.0003),
        Level("different", "ELSE", 0.2, 0.9995),
    ),
)

VEHICLE = Field(
    "vehicle",
    ("vehicle",),
    (
        Level("same", "vehicle_l = vehicle_r", 0.7, 0.0002, "vehicle"),
        Level("different", "ELSE", 0.3, 0.9998),
    ),
)

IDENTIFIER = Field(
    "id_number",
    ("identifier",),
    (
        Level("same", "identifier_l = identifier_r", 0.88, 0.0001, "identifier"),
        Level(
            "one_sign_off",
            "damerau_levenshtein(identifier_l, identifier_r) <= 1 AND length(identifier_l) > 5",
            0.05,
            0.0001,
        ),
        Level("different", "ELSE", 0.07, 0.9998),
    ),
)

PERSON = Model(
    about="person",
    fields=(SURNAMES, GIVEN, MIDDLE, GENERATION, BIRTH, ADDRESS, PHONE, VEHICLE, IDENTIFIER),
    blocks=(
        ("block_identifier",),
        ("block_birth",),
        ("block_birth_given",),
        ("block_birth_surname",),
        ("block_phone",),
        ("block_phone_given",),
        ("block_vehicle",),
        ("block_address",),
        ("block_name",),
        ("block_name_year",),
        ("block_name_city",),
        ("block_root",),
        ("block_prefix",),
        ("block_prefix_year",),
        ("block_surname_month",),
        ("block_surname_postcode",),
        ("block_given_postcode",),
    ),
    training=(("birth",), ("surname_1", "given")),
    certain=(
        ("birth", "surname_1", "given"),
        ("identifier", "birth"),
        ("address", "given", "sound_1"),
    ),
    home=("surnames", "address", "phone"),
    own=("given_name", "birth_date"),
    faint=("surnames", "given_name", "other_names", "generation", "vehicle"),
)
"""The model of persons; the columns are made in `person_forms`."""
