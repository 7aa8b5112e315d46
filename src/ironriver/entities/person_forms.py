"""Parties that are persons, in the columns that the model compares.

Input is a table ``named``: uid, name, given_names, surname_1, surname_2, birth (YYYYMMDD as text),
address, city, admin1, postcode, phone, vehicle, id_number. Output is a table ``persons``.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.entities import name_split, nicknames
from ironriver.entities.folding import MACROS

CAPS = {
    "block_identifier": ("identifier", 60),
    "block_birth": ("birth", 60),
    "block_birth_given": ("birth || substr(given, 1, 1)", 200),
    "block_birth_surname": ("birth || substr(sound_1, 1, 2)", 200),
    "block_phone": ("phone", 60),
    "block_phone_given": ("phone || substr(given, 1, 1)", 200),
    "block_vehicle": ("vehicle", 60),
    "block_address": ("address", 60),
    "block_name": ("least(given, surname_1) || ' ' || greatest(given, surname_1)", 200),
    "block_name_year": (
        "least(given, surname_1) || ' ' || greatest(given, surname_1) || substr(birth, 1, 4)",
        200,
    ),
    "block_name_city": (
        "least(given, surname_1) || ' ' || greatest(given, surname_1) || city",
        100,
    ),
    "block_root": ("given_root || ' ' || sound_1", 100),
    "block_prefix": ("substr(given, 1, 3) || ' ' || substr(surname_1, 1, 4)", 60),
    "block_prefix_year": (
        "substr(given, 1, 2) || ' ' || substr(surname_1, 1, 2) || substr(birth, 1, 4)",
        100,
    ),
    "block_surname_month": ("sound_1 || substr(birth, 1, 6)", 100),
    "block_surname_postcode": ("sound_1 || substr(postcode, 1, 3)", 100),
    "block_given_postcode": ("given || postcode", 100),
}
"""Columns that must agree for two parties to be compared at all, and how many may share a value.

A value shared by more says too little to pair all who share it; those pairs still meet through a
finer column.
"""


def make_persons(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``persons`` from ``named``."""
    for macro in MACROS:
        engine.run(connection, macro)
    _guess_splits(connection)
    connection.register("nickname_pairs", nicknames.table())
    engine.run(connection, _NAMES)
    engine.run(connection, _PEOPLE)
    connection.unregister("nickname_pairs")


def _guess_splits(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``guessed``: the parts of each name that intake left whole."""
    whole = engine.query(
        connection,
        "SELECT DISTINCT name FROM named WHERE surname_1 IS NULL AND name IS NOT NULL",
    )["name"].to_pylist()
    parts = [name_split.split(name) for name in whole]
    guessed = pa.table(
        {
            "name": pa.array(whole, pa.string()),
            "given_names": pa.array([part[0] or None for part in parts], pa.string()),
            "surname_1": pa.array([part[1] for part in parts], pa.string()),
            "surname_2": pa.array([part[2] for part in parts], pa.string()),
        }
    )
    connection.register("guessed_rows", guessed)
    engine.run(connection, "CREATE OR REPLACE TEMP TABLE guessed AS SELECT * FROM guessed_rows")
    connection.unregister("guessed_rows")


_NAMES = """
CREATE OR REPLACE TEMP TABLE names AS
WITH distinct_names AS (
  SELECT DISTINCT name, given_names, surname_1, surname_2 FROM named WHERE name IS NOT NULL
     OR surname_1 IS NOT NULL OR given_names IS NOT NULL),
parts AS (
  SELECT own.name, own.given_names, own.surname_1, own.surname_2,
         given_words(coalesce(own.given_names, guessed.given_names)) AS given_words,
         surname_words(coalesce(own.surname_1, guessed.surname_1, '') || ' '
                       || coalesce(own.surname_2, guessed.surname_2, '')) AS surname_words,
         surname_words(coalesce(own.name, concat_ws(' ', own.given_names, own.surname_1,
                                                    own.surname_2))) AS all_words,
         regexp_extract(fold(own.name), '\\b(jr|sr|ii|iii|iv)\\b', 1) AS generation
  FROM distinct_names AS own
  LEFT JOIN guessed ON guessed.name = own.name AND own.surname_1 IS NULL),
words AS (
  SELECT *, list_filter(all_words, lambda word: NOT list_contains(surname_words, word)
                        AND word <> coalesce(given_words[1], '')) AS middle_words,
         list_distinct(given_words) AS given_set, given_words[1] AS given,
         surname_words[1] AS first, surname_words[2] AS second
  FROM parts),
short AS (SELECT short, list(DISTINCT whole) AS wholes FROM nickname_pairs GROUP BY short)
SELECT name, given_names, surname_1 AS surname_1_as_given, surname_2 AS surname_2_as_given,
       nullif(given, '') AS given,
       coalesce(list_min(short.wholes), nullif(given, '')) AS given_root,
       list_sort(list_distinct(list_filter(
         list_concat(given_set, coalesce(short.wholes, [])), lambda word: length(word) > 1)))
         AS given_forms,
       middle_words, substr(middle_words[1], 1, 1) AS middle,
       nullif(generation, '') AS generation,
       first AS surname_1, second AS surname_2,
       CASE WHEN second IS NOT NULL
            THEN least(first, second) || ' ' || greatest(first, second) END AS surname_pair,
       array_to_string(surname_words, ' ') AS surname_words,
       sound(first) AS sound_1,
       sound(array_to_string(surname_words, ' ')) AS surname_sound
FROM words LEFT JOIN short ON short.short = words.given
"""

_PEOPLE = """
CREATE OR REPLACE TEMP TABLE persons AS
WITH places AS (
  SELECT uid, name, given_names, surname_1, surname_2, birth,
         house_number(address) AS number, street_name(address) AS street,
         nullif(fold(city), '') AS city, admin1 AS state,
         nullif(regexp_replace(lower(postcode), '[^a-z0-9]', '', 'g'), '') AS postcode,
         nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '') AS phone,
         nullif(regexp_replace(upper(vehicle), '[^A-Z0-9]', '', 'g'), '') AS vehicle,
         nullif(regexp_replace(upper(id_number), '[^A-Z0-9]', '', 'g'), '') AS identifier
  FROM named)
SELECT uid, names.given, given_root, given_forms, middle, middle_words, generation,
       names.surname_1, names.surname_2,
       surname_pair, surname_words, sound_1, surname_sound, birth, number, street,
       city, state, postcode, phone, vehicle, identifier,
       CASE WHEN number IS NOT NULL AND street IS NOT NULL
            THEN number || ' ' || street || '|' || coalesce(city, '') END AS address
FROM places
LEFT JOIN names ON names.name IS NOT DISTINCT FROM places.name
  AND names.given_names IS NOT DISTINCT FROM places.given_names
  AND names.surname_1_as_given IS NOT DISTINCT FROM places.surname_1
  AND names.surname_2_as_given IS NOT DISTINCT FROM places.surname_2
"""
