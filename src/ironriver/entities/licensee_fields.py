"""How two licensees or companies are compared: lasting key first, then names and address."""

from __future__ import annotations

from ironriver.entities.fields import Field, Level, Model

KEY = Field(
    "licence_key",
    ("licence",),
    (
        Level("same", "licence_l = licence_r", 0.975, 0.0002, "licence"),
        Level(
            "one_digit_off",
            "damerau_levenshtein(licence_l, licence_r) <= 1 AND NOT (listed_l AND listed_r)",
            0.015,
            0.0001,
        ),
        Level("different", "ELSE", 0.01, 0.9997),
    ),
)

NAME = Field(
    "business_name",
    ("name_key",),
    (
        Level("same", "list_has_any(name_keys_l, name_keys_r)", 0.8, 0.0008, "name_key"),
        Level(
            "similar",
            "damerau_levenshtein(name_key_l, name_key_r) <= 2 AND length(name_key_l) > 6"
            " OR jaro_winkler_similarity(name_key_l, name_key_r) >= 0.94"
            " OR jaro_winkler_similarity(name_other_l, name_other_r) >= 0.94"
            " OR jaro_winkler_similarity(name_other_l, name_key_r) >= 0.94"
            " OR jaro_winkler_similarity(name_key_l, name_other_r) >= 0.94",
            0.08,
            0.0012,
        ),
        Level(
            "one_holds_the_other",
            "len(list_intersect(all_words_l, all_words_r))"
            " >= greatest(least(len(key_words_l), len(key_words_r)), 2)"
            " OR len(list_intersect(all_words_l, all_words_r)) >= 3",
            0.06,
            0.002,
        ),
        Level("share_a_word", "list_has_any(all_words_l, all_words_r)", 0.03, 0.06),
        Level("different", "ELSE", 0.03, 0.936),
    ),
)

PREMISES = Field(
    "address",
    ("street", "postcode", "city"),
    (
        Level("same", "address_l = address_r", 0.62, 0.0005, "address"),
        Level(
            "similar",
            "number_l = number_r AND jaro_winkler_similarity(street_l, street_r) >= 0.85"
            " OR number_l = number_r AND postcode_l = postcode_r"
            " OR street_l = street_r AND length(street_l) > 4 AND city_l = city_r"
            " AND damerau_levenshtein(number_l, number_r) <= 1",
            0.12,
            0.0005,
        ),
        Level("same_postcode", "postcode_l = postcode_r", 0.06, 0.003, "postcode"),
        Level("same_city", "city_l = city_r AND state_l = state_r", 0.12, 0.005, "city"),
        Level("same_state", "state_l = state_r", 0.05, 0.06),
        Level("different", "ELSE", 0.03, 0.931),
    ),
)

PHONE = Field(
    "phone",
    ("phone",),
    (
        Level("same", "phone_l = phone_r", 0.8, 0.0002, "phone"),
        Level("different", "ELSE", 0.2, 0.9998),
    ),
)

LICENSEE = Model(
    about="licensee",
    fields=(KEY, NAME, PREMISES, PHONE),
    blocks=(
        ("block_licence",),
        ("block_address",),
        ("block_phone",),
        ("block_name_city",),
        ("block_name_state",),
        ("block_name_postcode",),
        ("block_words_city",),
        ("block_other_city",),
        ("block_number_postcode",),
        ("block_number_name",),
        ("block_street_number",),
        ("block_sequence_name",),
    ),
    training=(("licence",), ("address",), ("name_key",)),
    certain=(("licence",), ("name_key", "address")),
)
"""The model of licensees and companies; the columns are made in `licensee_forms`."""
