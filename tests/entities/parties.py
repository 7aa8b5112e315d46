"""Small workspaces of invented parties, and how two of them are compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from ironriver import entities
from ironriver.entities import person_forms
from ironriver.entities.fields import Field
from ironriver.tables import TABLES

Row = Mapping[str, Any]
FIRST = dt.date(2024, 1, 1)


def party(number: int, name: str, **fields: object) -> dict[str, Any]:
    """Give a purchaser; fields are columns of `parties`."""
    return {
        "party_id": f"r{number:04d}/purchaser",
        "record_id": f"r{number:04d}",
        "role": "purchaser",
        "name": name,
        "source_id": "s1",
        "row_number": number,
    } | fields


def seller(number: int, name: str, licence: str | None = None, **fields: object) -> dict[str, Any]:
    """Give a licensee with its licence number."""
    return party(number, name, role="licensee", licence_number=licence) | {
        "party_id": f"r{number:04d}/licensee", **fields,
    }  # fmt: skip


def desk(
    parties: Iterable[Row],
    judgements: Iterable[Row] = (),
    listed: Iterable[Row] = (),
    extra: Mapping[str, pa.Array] | None = None,
    inspected: Iterable[Row] = (),
) -> duckdb.DuckDBPyConnection:
    """Give a connection with the tables that are read; `extra` are columns put beside parties'."""
    connection = duckdb.connect()
    sources = [
        {"source_id": "s1", "handling": "SYNTHETIC", "known_from": FIRST},
        {"source_id": "s2", "handling": "PERSONAL", "known_from": dt.date(2024, 6, 1)},
    ]
    content = {
        "parties": list(parties), "sources": sources, "judgements": list(judgements),
        "licences": list(listed), "inspections": list(inspected), "trace_results": [],
    }  # fmt: skip
    for name, rows in content.items():
        table = pa.Table.from_pylist(rows, schema=TABLES[name].schema)
        for column, values in (extra or {}).items() if name == "parties" else ():
            table = table.append_column(column, values)
        connection.register("rows", table)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
        connection.unregister("rows")
    return connection


def resolved(*arguments: Any, **named: Any) -> dict[str, list[dict[str, Any]]]:  # noqa: ANN401
    """Resolve a small workspace; give the rows of each table."""
    with desk(*arguments, **named) as connection:
        made = entities.resolve_entities(connection)
    return {name: table.to_pylist() for name, table in made.items()}


def together(tables: Mapping[str, list[dict[str, Any]]], *numbers: int) -> bool:
    """Say whether the parties of these rows are one entity."""
    names = {f"r{number:04d}" for number in numbers}
    found = {
        row["entity_id"] for row in tables["entity_members"]
        if row["party_id"].split("/")[0] in names
    }  # fmt: skip
    return len(found) == 1


@cache
def _comparing() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def level(field: Field, left: Row, right: Row) -> str | None:
    """Give the level at which two persons agree in a field, None where it cannot be compared."""
    connection = _comparing()
    columns = (
        "uid", "name", "given_names", "surname_1", "surname_2", "birth", "address", "city",
        "admin1", "postcode", "phone", "vehicle", "id_number",
    )  # fmt: skip
    rows = [dict.fromkeys(columns) | dict(one) | {"uid": place} for place, one in
            enumerate((left, right))]  # fmt: skip
    schema = pa.schema([(name, pa.int64() if name == "uid" else pa.string()) for name in columns])
    connection.register("rows", pa.Table.from_pylist(rows, schema=schema))
    connection.execute("CREATE OR REPLACE TABLE named AS SELECT * FROM rows")
    person_forms.make_persons(connection)
    made = connection.execute("SELECT * EXCLUDE (uid) FROM persons LIMIT 0").description
    sides = ", ".join(
        f"{side}.{name[0]} AS {name[0]}_{mark}" for name in made for side, mark in (("a", "l"),
                                                                                   ("b", "r"))
    )  # fmt: skip
    cases = " ".join(
        f"WHEN {one.sql} THEN '{one.name}'" if one.sql != "ELSE" else f"ELSE '{one.name}'"
        for one in field.levels
    )
    found = connection.execute(
        f"SELECT CASE WHEN {field.missing} THEN NULL {cases} END FROM (SELECT {sides} FROM persons "
        "AS a, persons AS b WHERE a.uid = 0 AND b.uid = 1)"
    ).fetchall()
    answer: str | None = found[0][0]
    return answer
