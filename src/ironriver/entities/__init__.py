"""The same person, the same licensee: parties judged to be one, with reasons a person can read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import duckdb
import pyarrow as pa

from ironriver.entities import gathering, licensee_forms, output, person_forms, telling, units
from ironriver.entities.gathering import READS
from ironriver.entities.licensee_fields import LICENSEE
from ironriver.entities.person_fields import PERSON
from ironriver.entities.resolve import Resolved, resolve_kind

__all__ = ["READS", "WRITES", "resolve_entities"]

WRITES = ("entities", "entity_members", "matches")
"""Tables that are written; of ``matches`` only the rows about persons and licensees."""


def resolve_entities(
    connection: duckdb.DuckDBPyConnection,
    as_of: dt.date | None = None,  # noqa: ARG001  (the connection shows what was known on it)
) -> Mapping[str, pa.Table]:
    """Judge which parties are one person, licensee or company.

    Gives ``entities``, ``entity_members`` and the rows of ``matches`` about persons and licensees.
    The same parties and judgements give the same rows, in whatever order they arrived.
    """
    desk = connection.cursor()
    try:
        gathering.gather(desk)
        for resolve in (resolve_persons, resolve_licensees):
            resolve(desk)
        output.make_members(desk)
        return output.entity_tables(desk)
    finally:
        desk.close()


def resolve_persons(desk: duckdb.DuckDBPyConnection) -> Resolved:
    """Resolve the table ``named``; leave ``person_placed``."""
    person_forms.make_persons(desk)
    units.make_units(desk, "people", "persons", units.PERSON_COLUMNS, units.PERSON_STRONG)
    units.add_blocks(desk, "people", person_forms.CAPS)
    found = resolve_kind(desk, PERSON, "people", ("birth", "identifier"))
    desk.execute("CREATE OR REPLACE TEMP VIEW person_parts AS SELECT uid, unit FROM people_of")
    telling.lay_out(desk, PERSON, found)
    return found


def resolve_licensees(desk: duckdb.DuckDBPyConnection) -> Resolved:
    """Resolve the table ``bodies``; leave ``licensee_placed``."""
    licensee_forms.make_licensed(desk)
    units.make_units(desk, "firms", "licensed", units.FIRM_COLUMNS, units.FIRM_STRONG)
    units.add_blocks(desk, "firms", licensee_forms.CAPS)
    found = resolve_kind(desk, LICENSEE, "firms", ("licence",))
    desk.execute(
        "CREATE OR REPLACE TEMP VIEW licensee_parts AS SELECT body_units.place AS uid, "
        "firms_of.unit FROM body_units JOIN firms_of ON firms_of.uid = body_units.unit"
    )
    telling.lay_out(desk, LICENSEE, found)
    return found
