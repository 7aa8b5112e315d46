"""Which of the names held are near a name that is asked for, and how near.

Names are brought to the form in which persons are compared (`entities.person_forms`) and weighed at
the levels at which they are compared (`entities.person_fields`), by their stated weights: the same
search gives the same answer in every workspace.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.entities import name_split, person_forms
from ironriver.entities.fields import Field
from ironriver.entities.folding import MACROS
from ironriver.entities.name_split import Split
from ironriver.entities.person_fields import PERSON
from ironriver.errors import MistakeError

COMPARED = tuple(
    PERSON.field(name) for name in ("surnames", "given_name", "other_names", "generation")
)
_LONGEST = 200
_APART = re.compile(r"\b(?:de las|de los|de la|del|de) (?=[^\W\d_])", re.IGNORECASE)
_TOGETHER = re.compile(r"\bdel(?:as|os|a)(?=[^\W\d_]{3})", re.IGNORECASE)
_COLUMNS = (
    "uid", "name", "given_names", "surname_1", "surname_2", "birth", "address", "city", "admin1",
    "postcode", "phone", "vehicle", "id_number",
)  # fmt: skip


def readings(name: str) -> list[Split]:
    """Give the ways to read a name: given names, first and second surname, all folded.

    A name with a comma has one reading, surnames first. Without a comma surnames may come first or
    last and be one or two. A particle may stand apart from the surname or be a part of it.

    >>> readings("Garza Peña, Ana")
    [('ana', 'garza', 'pena')]
    >>> readings("Ana Garza")
    [('ana', 'garza', None), ('garza', 'ana', None)]
    """
    if len(name) > _LONGEST:
        raise MistakeError("a name has at most {most} characters", most=_LONGEST)
    found: dict[Split, None] = {}
    together = _APART.sub(lambda match: match[0].replace(" ", ""), name)
    for written in (name, together, _TOGETHER.sub("", name)):
        found.update(dict.fromkeys(_readings(written)))
    if not any(len(surname) > 1 for _, surname, _ in found if surname):
        raise MistakeError("{name} is no name that can be searched for; give a surname", name=name)
    return list(found)


def _readings(name: str) -> Iterator[Split]:
    given, first, second = name_split.split(name)
    if first is None:
        return
    yield given, first, second
    words = [*given.split(), first, *([second] if second else [])]
    if "," in name or len(words) < 2:
        return
    yield " ".join(words[1:]), words[0], None
    yield " ".join(words[:-1]), words[-1], None
    if len(words) > 2:
        yield " ".join(words[2:]), words[0], words[1]
        yield " ".join(words[:-2]), words[-2], words[-1]


def make_near(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Make ``near`` (name, given_names, surname_1, surname_2, nearness, reasons) from ``seen``.

    ``seen`` holds the names as received, in those first four columns. ``nearness`` is the sum of
    the log-odds of all compared parts, above 0; ``reasons`` give them part by part.
    """
    for macro in MACROS:
        engine.run(connection, macro)
    asked = readings(name)
    surnames = sorted({word for _, *both in asked for word in both if word and len(word) > 1})
    engine.run(connection, _WORDS)
    engine.run(connection, _ALIKE, [surnames])
    _lay_out(connection, name, asked)
    person_forms.make_persons(connection)
    columns = [row[0] for row in connection.execute("DESCRIBE persons").fetchall()]
    engine.run(connection, _near([column for column in columns if column != "uid"]))


def _lay_out(connection: duckdb.DuckDBPyConnection, name: str, asked: list[Split]) -> None:
    """Make ``named``: the readings of what is asked for, below 0, and the names that may be it."""
    rows = [
        dict.fromkeys(_COLUMNS)
        | {"uid": -1 - place, "name": name, "given_names": given or None}
        | {"surname_1": first, "surname_2": second}
        for place, (given, first, second) in enumerate(asked)
    ]
    types = [(column, pa.int64() if column == "uid" else pa.string()) for column in _COLUMNS]
    connection.register("asked_rows", pa.Table.from_pylist(rows, pa.schema(types)))
    engine.run(connection, _NAMED)
    connection.unregister("asked_rows")


_WORDS = """
CREATE OR REPLACE TEMP TABLE name_words AS
WITH distinct_names AS (SELECT DISTINCT name, given_names, surname_1, surname_2 FROM seen),
numbered AS (
  SELECT *, row_number() OVER (ORDER BY name, given_names, surname_1, surname_2) - 1 AS uid
  FROM distinct_names)
SELECT *, folded_words(concat_ws(' ', name, given_names, surname_1, surname_2)) AS words
FROM numbered
"""

# Words first: there are far fewer of them than names, and one surname that is near is needed.
_ALIKE = """
CREATE OR REPLACE TEMP TABLE alike AS
WITH vocabulary AS (SELECT DISTINCT unnest(words) AS word FROM name_words),
asked AS (SELECT unnest(?::VARCHAR[]) AS surname),
chosen AS (
  SELECT DISTINCT word FROM vocabulary, asked
  WHERE word = surname OR sound(word) = sound(surname)
     OR damerau_levenshtein(word, surname) <= 1 AND length(word) > 3
     OR jaro_winkler_similarity(word, surname) >= 0.88)
SELECT DISTINCT uid FROM (SELECT uid, unnest(words) AS word FROM name_words)
JOIN chosen USING (word)
"""

_NAMED = """
CREATE OR REPLACE TEMP TABLE named AS
SELECT uid, name, given_names, surname_1, surname_2, NULL::VARCHAR AS birth,
       NULL::VARCHAR AS address, NULL::VARCHAR AS city, NULL::VARCHAR AS admin1,
       NULL::VARCHAR AS postcode, NULL::VARCHAR AS phone, NULL::VARCHAR AS vehicle,
       NULL::VARCHAR AS id_number
FROM name_words JOIN alike USING (uid)
UNION ALL BY NAME SELECT * FROM asked_rows
"""


def _near(columns: list[str]) -> str:
    sides = ", ".join(
        f"{side}.{column} AS {column}_{mark}" for column in columns for side, mark in ("al", "br")
    )
    told = ", ".join(_told(field) for field in COMPARED)
    surnames, given = COMPARED[0], COMPARED[1]
    nothing = {field.name: len(field.levels) - 1 for field in COMPARED}
    return f"""
CREATE OR REPLACE TEMP TABLE near AS
WITH pairs AS (
  SELECT b.uid AS uid, {sides} FROM persons AS a, persons AS b WHERE a.uid < 0 AND b.uid >= 0),
levels AS (SELECT uid, {", ".join(_level(field) for field in COMPARED)} FROM pairs),
told AS (
  SELECT uid, list_filter([{told}], lambda one: one IS NOT NULL) AS reasons
  FROM levels
  WHERE at_{surnames.name} < {nothing[surnames.name]}
    AND coalesce(at_{given.name}, 0) < {nothing[given.name]}),
summed AS (
  SELECT uid, reasons, round(list_sum(list_transform(reasons, lambda one: one.log_odds)), 3)
           AS nearness
  FROM told),
best AS (
  SELECT DISTINCT ON (uid) uid, reasons, nearness FROM summed WHERE nearness > 0
  ORDER BY uid, nearness DESC, reasons)
SELECT name, given_names, surname_1, surname_2, nearness, to_json(reasons)::VARCHAR AS reasons
FROM best JOIN name_words USING (uid)
"""  # noqa: S608


def _level(field: Field) -> str:
    """Give SQL for the place of the level of a pair, null where it cannot be compared."""
    cases = " ".join(
        f"WHEN {one.sql} THEN {place}" if one.sql != "ELSE" else f"ELSE {place}"
        for place, one in enumerate(field.levels)
    )
    return f"CASE WHEN {field.missing} THEN NULL {cases} END AS at_{field.name}"


def _told(field: Field) -> str:
    """Give SQL for the reason of a pair in one field, null where it cannot be compared."""
    cases = " ".join(
        f"WHEN {place} THEN {{'field': '{field.name}', 'level': '{one.name}', "
        f"'log_odds': {math.log(one.m / one.u):.3f}::DOUBLE}}"
        for place, one in enumerate(field.levels)
    )
    return f"CASE at_{field.name} {cases} END"
