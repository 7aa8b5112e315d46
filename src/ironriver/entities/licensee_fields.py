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
    stated=True,
)

TYPE = Field(
    "licence_type",
    ("licence_type",),
    (
        Level("same", "licence_type_l = licence_type_r", 0.9995, 0.5),
        Level("different", "ELSE", 0.0005, 0.5),
    ),
    stated=True,
)
"""A licence is of one type for good: a business with two types has two licences."""

_FORM = "(form_l = form_r OR form_l IS NULL OR form_r IS NULL)"
_NO_WORD_MORE = (
    "coalesce(words_more(owner_words_l, owner_words_r) + words_more(owner_words_r, owner_words_l),"
    " 0) = 0"
)
"""Neither owner's name has a word that nothing in the other's resembles or shortens."""
_ONE_NAME = (
    "(owner_l = trade_r AND trade_l IS NULL AND form_l IS NULL"
    " OR owner_r = trade_l AND trade_r IS NULL AND form_r IS NULL)"
)
"""A row of one name, without a legal form, may give the trade name for the owner's."""
NAME = Field(
    "business_name",
    ("name_key",),
    (
        Level(
            "owner_and_trade_same",
            f"owner_l = owner_r AND {_FORM} AND trade_l = trade_r",
            0.3,
            0.0003,
            fullest=True,
        ),
        Level(
            "owner_same",
            f"owner_l = owner_r AND {_FORM}",
            0.21,
            0.0003,
            "owner",
            holders="licence",
        ),
        Level("owner_in_another_legal_form", "owner_l = owner_r", 0.02, 0.001, stated=True),
        Level(
            "same",
            "(owner_l IS NULL OR owner_r IS NULL) AND list_has_any(name_keys_l, name_keys_r)",
            0.25,
            0.0008,
            "name_key",
        ),
        Level("one_gives_the_trade_name_alone", _ONE_NAME, 0.02, 0.0008, "name_key", stated=True),
        Level(
            "same_words_divided_otherwise",
            "all_words_l = all_words_r AND len(all_words_l) > 1",
            0.02,
            0.0001,
            stated=True,
        ),
        Level(
            "trade_same_owner_similar",
            f"list_has_any(name_keys_l, name_keys_r) AND {_NO_WORD_MORE}"
            " AND (damerau_levenshtein(owner_l, owner_r) <= 3"
            " OR jaro_winkler_similarity(owner_l, owner_r) >= 0.88"
            " OR len(list_intersect(owner_words_l, owner_words_r)) >= 2)",
            0.03,
            0.0002,
        ),
        Level(
            "trade_same_owner_another",
            "list_has_any(name_keys_l, name_keys_r)",
            0.02,
            0.005,
            stated=True,
        ),
        Level(
            "misspelt",
            f"damerau_levenshtein(owner_text_l, owner_text_r) <= 2 AND length(owner_text_l) > 15"
            " AND NOT regexp_matches(owner_text_l || ' ' || owner_text_r, '\\b[a-z]\\b')"
            f" AND {_FORM}",
            0.03,
            0.00005,
            "owner",
            holders="licence",
        ),
        Level(
            "similar",
            f"{_NO_WORD_MORE} AND {_FORM} AND ("
            "damerau_levenshtein(name_key_l, name_key_r) <= 2 AND length(name_key_l) > 6"
            " OR jaro_winkler_similarity(name_key_l, name_key_r) >= 0.94"
            " OR jaro_winkler_similarity(trade_key_l, trade_key_r) >= 0.94"
            " OR jaro_winkler_similarity(trade_key_l, name_key_r) >= 0.94"
            " OR jaro_winkler_similarity(name_key_l, trade_key_r) >= 0.94)",
            0.03,
            0.0012,
        ),
        Level(
            "one_holds_the_other",
            "len(list_intersect(all_words_l, all_words_r))"
            " >= greatest(least(len(key_words_l), len(key_words_r)), 2)"
            " OR len(list_intersect(all_words_l, all_words_r)) >= 3",
            0.03,
            0.002,
        ),
        Level("share_a_word", "list_has_any(all_words_l, all_words_r)", 0.01, 0.06),
        Level("different", "ELSE", 0.03, 0.9291),
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
        Level(
            "same_street",
            "street_l = street_r AND city_l = city_r AND state_l = state_r",
            0.02,
            0.0005,
        ),
        Level("same_postcode", "postcode_l = postcode_r", 0.04, 0.0025, "postcode"),
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
    fields=(KEY, TYPE, NAME, PREMISES, PHONE),
    blocks=(
        ("block_licence",),
        ("block_address",),
        ("block_phone",),
        ("block_owner_state",),
        ("block_owner_city",),
        ("block_trade_state",),
        ("block_trade_city",),
        ("block_word_postcode",),
        ("block_word_city",),
        ("block_number_postcode",),
        ("block_number_word",),
        ("block_street_number",),
        ("block_sequence_word",),
    ),
    training=(("address",), ("name_key",), ("licence",)),
    certain=(("licence",), ("name_key", "address")),
    firm="licence",
    faint=("licence_type", "business_name", "address", "phone"),
)
"""The model of licensees and companies; the columns are made in `licensee_forms`."""
