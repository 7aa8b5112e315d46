"""The parties of a workspace as the models take them: one row each, in the order they were known.

Makes the tables ``party_rows`` (every party: place, ids, whether a person, licence key, handling),
``named`` (persons) and ``bodies`` (licensees and companies).
"""

from __future__ import annotations

import re

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.entities.folding import MACROS
from ironriver.intake.parsers import licences, name_words

READS = ("sources", "parties", "licences", "inspections", "trace_results", "judgements")
"""Tables that are read."""

LICENSEE_ROLES = ("licensee", "seller", "trade_name")
_MASHED = re.compile(r"([1345689][0-9]{2}).{7}([0-9]{5})")
_MAY_BE_NAMES = frozenset({"marina", "guardia", "store", "guard", "gun", "rancho", "the"})


def gather(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables from those of the workspace."""
    for macro in MACROS:
        engine.run(connection, macro)
    _read_licence_numbers(connection)
    engine.run(connection, _PARTY_ROWS, [sorted(name_words.BODIES - _MAY_BE_NAMES)])
    engine.run(connection, _NAMED)
    engine.run(connection, _JUDGED)
    engine.run(
        connection,
        "CREATE OR REPLACE TEMP TABLE judged_places AS "
        "SELECT left_place AS place FROM judged_pairs UNION SELECT right_place FROM judged_pairs",
    )
    engine.run(connection, _BODIES)


def lasting_key(text: str) -> str | None:
    """Give region, district and sequence of a licence number, eight digits; None where unreadable.

    A number of the right length with a slip in its middle still has its first three and last five.

    >>> lasting_key("8-23-091-01-7F-14245"), lasting_key("8-23-091-01-ZZ-14245"), lasting_key("?")
    ('82314245', '82314245', None)
    """
    key = licences.read(text).values.get("licence_key")
    if isinstance(key, str):
        return key.replace("-", "")
    mashed = _MASHED.fullmatch(re.sub(r"[^0-9A-Za-z]", "", text))
    return mashed[1] + mashed[2] if mashed else None


def licence_type(text: str) -> str | None:
    """Give the type code of a licence number; None where it cannot be read.

    >>> licence_type("8-23-091-01-7F-14245"), licence_type("8-23-14245")
    ('01', None)
    """
    found = licences.read(text).values.get("licence_type")
    return found if isinstance(found, str) else None


def _read_licence_numbers(connection: duckdb.DuckDBPyConnection) -> None:
    texts = engine.query(
        connection,
        "SELECT DISTINCT licence_number FROM parties WHERE licence_number IS NOT NULL"
        " UNION SELECT DISTINCT licence_number FROM trace_results"
        " WHERE licence_number IS NOT NULL",
    )["licence_number"].to_pylist()
    table = pa.table(
        {
            "licence_number": pa.array(texts, pa.string()),
            "key": pa.array([lasting_key(text) for text in texts], pa.string()),
            "type": pa.array([licence_type(text) for text in texts], pa.string()),
        }
    )
    connection.register("key_rows", table)
    engine.run(connection, "CREATE OR REPLACE TEMP TABLE keys AS SELECT * FROM key_rows")
    connection.unregister("key_rows")


_PARTY_ROWS = """
CREATE OR REPLACE TEMP TABLE party_rows AS
WITH of_record AS (
  SELECT record_id, replace(licence_key, '-', '') AS key, type, true AS listed FROM licences
  UNION ALL SELECT record_id, replace(licence_key, '-', ''), type, false FROM inspections
  UNION ALL SELECT record_id, key, keys.type, false
  FROM trace_results JOIN keys USING (licence_number)),
told AS (
  SELECT DISTINCT ON (party_id) parties.party_id, parties.record_id, parties.role,
         coalesce(keys.key, of_record.key) AS licence,
         coalesce(keys.type, of_record.type) AS licence_type,
         coalesce(of_record.listed, false) AS listed,
         sources.known_from, sources.handling,
         parties.role IN ('licensee', 'seller', 'trade_name') AS sells,
         parties.birth_date IS NULL AND parties.surname_1 IS NULL
           AND list_has_any(string_split(fold(coalesce(parties.name, '')), ' '), $1) AS body,
         parties.name, parties.given_names, parties.surname_1, parties.surname_2,
         strftime(parties.birth_date, '%Y%m%d') AS birth, parties.address, parties.city,
         parties.admin1, parties.postcode, parties.phone, parties.vehicle, parties.id_number
  FROM parties
  JOIN sources USING (source_id)
  LEFT JOIN keys USING (licence_number)
  LEFT JOIN of_record
    ON of_record.record_id = parties.record_id AND parties.role IN ('licensee', 'seller',
                                                                    'trade_name')
  ORDER BY party_id, licence, listed DESC, licence_type)
SELECT row_number() OVER (ORDER BY known_from NULLS LAST, party_id) - 1 AS place, *
FROM told ORDER BY place
"""

_NAMED = """
CREATE OR REPLACE TEMP TABLE named AS
SELECT place AS uid, name, given_names, surname_1, surname_2, birth, address, city, admin1,
       postcode, phone, vehicle, id_number
FROM party_rows WHERE NOT sells AND NOT body ORDER BY place
"""

_BODIES = """
CREATE OR REPLACE TEMP TABLE bodies AS
SELECT place AS uid, record_id, role, sells, licence, licence_type, listed, name, address, city,
       admin1, postcode, phone
FROM party_rows WHERE sells OR body ORDER BY place
"""

_JUDGED = """
CREATE OR REPLACE TEMP TABLE judged_pairs AS
SELECT a.place AS left_place, b.place AS right_place, verdict, sequence
FROM judgements JOIN party_rows AS a ON a.party_id = judgements.left_id
JOIN party_rows AS b ON b.party_id = judgements.right_id
WHERE binds AND about IN ('person', 'licensee') AND verdict IN ('same', 'different')
ORDER BY sequence
"""
