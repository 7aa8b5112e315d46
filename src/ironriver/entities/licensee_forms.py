"""Licensees and companies in the columns that the model compares.

Input is the table ``bodies``; a licensee and a trade name of one row are one. Output is a table
``licensed``, one row for each such unit; ``body_units`` says which party is in which.
"""

from __future__ import annotations

import duckdb

from ironriver import engine

_EMPTY_WORDS = [
    "llc",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "ltd",
    "limited",
    "the",
    "and",
    "of",
    "dba",
    "lp",
    "llp",
    "pllc",
    "l",
    "c",
    "sa",
    "cv",
    "de",
    "s",
    "a",
    "jr",
    "sr",
    "mr",
    "mrs",
    "d",
    "b",
]
_SHORT_WORDS = {
    "sptg": "sport", "sporting": "sport", "sports": "sport", "gds": "good", "mfg": "manufacturing",
    "svc": "service", "svcs": "service", "ctr": "center", "bros": "brother", "intl":
    "international", "assoc": "associate", "ent": "enterprise", "ind": "industry",
    "pawnbroker": "pawn", "pawnbrokers": "pawn", "gunsmithing": "gunsmith", "mtn": "mountain",
    "ammunition": "ammo", "wm": "william", "supplies": "supply", "accessories": "accessory",
    "enterprises": "enterprise", "industries": "industry", "armory": "armory",
}  # fmt: skip

CAPS = {
    "block_licence": ("licence", 300),
    "block_address": ("address", 60),
    "block_phone": ("phone", 60),
    "block_owner_city": ("name_key || city", 60),
    "block_owner_state": ("name_key || state", 60),
    "block_trade_city": ("trade_key || city", 60),
    "block_trade_state": ("trade_key || state", 60),
    "block_word_postcode": ("key_words[1] || postcode", 60),
    "block_word_city": ("key_words[1] || city || state", 60),
    "block_number_postcode": ("number || '|' || postcode", 60),
    "block_number_word": ("number || '|' || key_words[1] || state", 60),
    "block_street_number": ("number || '|' || street || state", 60),
    "block_sequence_word": ("substr(licence, 4, 5) || key_words[1]", 60),
}


def make_licensed(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``body_units`` and ``licensed`` from ``bodies``."""
    engine.run(connection, _UNITS)
    cases = " ".join(f"WHEN '{short}' THEN '{long}'" for short, long in _SHORT_WORDS.items())
    engine.run(
        connection,
        f"CREATE OR REPLACE TEMP MACRO whole_word(word) AS CASE word {cases} ELSE"
        " CASE WHEN length(word) > 3 AND right(word, 1) = 's' AND right(word, 2) <> 'ss'"
        " THEN left(word, length(word) - 1) ELSE word END END",
    )
    empty = "|".join(_EMPTY_WORDS)
    engine.run(
        connection,
        "CREATE OR REPLACE TEMP MACRO business_words(text) AS list_sort(list_distinct("
        "list_transform(list_filter(string_split(fold(text), ' '), lambda word: word <> '' AND"
        f" NOT regexp_full_match(word, '{empty}')), lambda word: whole_word(word))))",
    )
    engine.run(
        connection,
        "CREATE OR REPLACE TEMP MACRO legal_form(text) AS nullif(regexp_extract(regexp_replace("
        "fold(text), '\\b(corp|corporation|incorporated)\\b', 'inc'), '\\b(llc|inc|lp|ltd)\\b', 1),"
        " '')",
    )
    engine.run(connection, _WORDS_MORE)
    engine.run(connection, _NAME_WORDS)
    engine.run(connection, _FIRMS)


_WORDS_MORE = """
CREATE OR REPLACE TEMP MACRO words_more(mine, theirs) AS len(list_filter(mine, lambda word:
  length(word) > 1 AND len(list_filter(theirs, lambda other: starts_with(word, other)
    OR starts_with(other, word)
    OR length(word) > 3 AND damerau_levenshtein(word, other) <= 2)) = 0))
"""
_UNITS = """
CREATE OR REPLACE TEMP TABLE body_units AS
SELECT uid AS place,
       CASE WHEN role IN ('licensee', 'trade_name')
             AND uid NOT IN (SELECT place FROM judged_places)
            THEN min(uid) OVER (PARTITION BY record_id, role IN ('licensee', 'trade_name'),
                                       uid IN (SELECT place FROM judged_places))
            ELSE uid END AS unit
FROM bodies
"""

_NAME_WORDS = """
CREATE OR REPLACE TEMP TABLE business_names AS
SELECT name, words, array_to_string(words, ' ') AS key
FROM (SELECT name, business_words(name) AS words FROM (SELECT DISTINCT name FROM bodies
      WHERE name IS NOT NULL)) WHERE len(words) > 0
"""

_FIRMS = """
CREATE OR REPLACE TEMP TABLE licensed AS
WITH told AS (
  SELECT unit, place, role, name, key, words, legal_form(name) AS form
  FROM body_units JOIN bodies ON bodies.uid = body_units.place JOIN business_names USING (name)),
named AS (
  SELECT unit, list_sort(list_distinct(list(key))) AS name_keys,
         min(key) FILTER (role = 'licensee') AS owner,
         min(words) FILTER (role = 'licensee') AS owner_words,
         min(fold(name)) FILTER (role = 'licensee') AS owner_text,
         min(form) FILTER (role = 'licensee') AS form,
         min(key) FILTER (role = 'trade_name') AS trade,
         min_by(key, (role = 'trade_name', place)) AS name_key,
         min_by(words, (role = 'trade_name', place)) AS key_words,
         min_by(key, (role <> 'trade_name', place)) AS trade_key,
         list_sort(list_distinct(flatten(list(words)))) AS all_words
  FROM told GROUP BY unit),
placed AS (
  SELECT unit, min(licence) AS licence, min(licence_type) AS licence_type,
         bool_or(listed) AS listed,
         min(house_number(address)) AS number, min(street_name(address)) AS street,
         min(nullif(fold(city), '')) AS city, min(admin1) AS state,
         min(nullif(left(regexp_replace(lower(postcode), '[^a-z0-9]', '', 'g'), 5), ''))
           AS postcode,
         min(nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '')) AS phone
  FROM body_units JOIN bodies ON bodies.uid = body_units.place GROUP BY unit)
SELECT placed.unit AS uid, licence, licence_type,
       licence IS NOT NULL AND max(listed) OVER (PARTITION BY licence) AS listed, name_keys,
       owner, owner_words, owner_text, form, trade, name_key, trade_key, key_words, all_words,
       number, street, city, state, postcode, phone,
       CASE WHEN number IS NOT NULL AND street IS NOT NULL
            THEN number || ' ' || street || '|' || coalesce(city, '') END AS address
FROM placed LEFT JOIN named USING (unit) ORDER BY uid
"""
