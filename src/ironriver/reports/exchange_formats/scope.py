"""Which rows of a workspace go into an exchange file: named queries, by table.

A person goes in only as a member of a network, and only with the records of that network's guns:
no file lists what a person bought or held beside the supply chains that were found. Licensees,
agencies and companies also go in where a record of an exported firearm names them.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from ironriver import engine
from ironriver.errors import MistakeError

READS = (
    "sources",
    "firearms",
    "firearm_members",
    "records",
    "entities",
    "entity_members",
    "networks",
    "network_members",
    "links",
    "traces",
    "routes",
)
"""The tables whose rows an exchange file may hold."""

_NETWORKS = """
CREATE OR REPLACE TEMP TABLE chosen_networks AS
SELECT network_id FROM networks WHERE $network IS NULL OR network_id = $network
"""
_GUNS = """
CREATE OR REPLACE TEMP TABLE chosen_guns AS
SELECT firearm_id FROM firearms WHERE $network IS NULL OR firearm_id IN (
  SELECT member_id FROM network_members
  WHERE member_kind = 'firearm' AND network_id = $network)
"""
_RECORDS = """
CREATE OR REPLACE TEMP TABLE chosen_records AS
SELECT record_id FROM records WHERE $network IS NULL OR record_id IN (
  SELECT record_id FROM firearm_members JOIN chosen_guns USING (firearm_id))
"""
_ENTITIES = """
CREATE OR REPLACE TEMP TABLE chosen_entities AS
SELECT member_id AS entity_id FROM network_members JOIN chosen_networks USING (network_id)
WHERE member_kind <> 'firearm'
UNION
SELECT entity_id FROM entities JOIN entity_members USING (entity_id)
JOIN chosen_records ON chosen_records.record_id = split_part(party_id, '/', 1)
WHERE entities.kind <> 'person'
"""
# Of a person: the records about guns of a network that the person stands in.
_NAMED = """
CREATE OR REPLACE TEMP TABLE chosen_named AS
SELECT DISTINCT people.member_id AS entity_id, firearm_members.record_id
FROM network_members AS people JOIN chosen_networks USING (network_id)
JOIN network_members AS guns
  ON guns.network_id = people.network_id AND guns.member_kind = 'firearm'
JOIN firearm_members ON firearm_members.firearm_id = guns.member_id
WHERE people.member_kind = 'person'
"""

_ROWS = {
    "sources": """
SELECT * FROM sources WHERE $network IS NULL OR source_id IN (
  SELECT source_id FROM records JOIN chosen_records USING (record_id)) ORDER BY source_id""",
    "firearms": "FROM firearms JOIN chosen_guns USING (firearm_id) ORDER BY firearm_id",
    "firearm_members": """
SELECT firearm_members.* FROM firearm_members JOIN chosen_guns USING (firearm_id)
JOIN chosen_records ON chosen_records.record_id = firearm_members.record_id
ORDER BY firearm_id, firearm_members.record_id""",
    "records": """
SELECT records.* FROM records JOIN chosen_records USING (record_id)
ORDER BY source_id, row_number, record_id""",
    "entities": """
SELECT entities.* REPLACE (
  CASE WHEN kind = 'person' THEN to_json(list_filter(
    entities.record_ids::JSON::VARCHAR[], lambda one: list_contains(kept, one)))::VARCHAR
  ELSE entities.record_ids END AS record_ids)
FROM entities JOIN chosen_entities USING (entity_id)
LEFT JOIN (SELECT entity_id, list(record_id) AS kept FROM chosen_named GROUP BY entity_id)
  USING (entity_id)
ORDER BY entity_id""",
    "entity_members": """
SELECT entity_members.* FROM entity_members JOIN chosen_entities USING (entity_id)
JOIN chosen_records ON chosen_records.record_id = split_part(party_id, '/', 1)
WHERE entity_id NOT LIKE 'per-%'
   OR (entity_id, chosen_records.record_id) IN (SELECT entity_id, record_id FROM chosen_named)
ORDER BY entity_id, party_id""",
    "networks": "FROM networks JOIN chosen_networks USING (network_id) ORDER BY network_id",
    "network_members": """
FROM network_members JOIN chosen_networks USING (network_id) ORDER BY network_id, member_id""",
    "links": """
FROM links WHERE left_id IN (FROM chosen_guns) AND right_id IN (FROM chosen_guns)
ORDER BY link_id""",
    "traces": """
FROM traces WHERE $network IS NULL OR firearm_id IN (FROM chosen_guns) ORDER BY trace_id""",
    # A route counts the guns of all networks together, so none goes with a single network.
    "routes": "FROM routes WHERE $network IS NULL ORDER BY route_id",
}


def choose(connection: duckdb.DuckDBPyConnection, network: str | None) -> None:
    """Lay out which guns, records and entities go in: those of a network, or all.

    Raises MistakeError where there is no such network.
    """
    for statement in (_NETWORKS, _GUNS, _RECORDS, _ENTITIES, _NAMED):
        connection.execute(statement, {"network": network} if "$network" in statement else None)
    if network is None:
        return
    if not engine.run(connection, "SELECT 1 FROM chosen_networks").fetchall():
        raise MistakeError(
            "there is no network {network}; `ironriver export WORKSPACE networks` lists them",
            network=network,
        )


def rows_query(table: str, columns: Iterable[str], network: str | None) -> str:
    """Give the query of a table's chosen rows, its columns in contract order.

    >>> rows_query("routes", ["route_id"], None)
    'SELECT route_id FROM (FROM routes WHERE NULL IS NULL ORDER BY route_id)'
    """
    named = ", ".join(columns)
    value = "NULL" if network is None else "''"
    # Which network was chosen stands in the tables of `choose`; here only whether one was.
    return f"SELECT {named} FROM ({_ROWS[table].strip().replace('$network', value)})"  # noqa: S608
