"""Who is who: each record, party, firearm and entity of a system beside what it truly is.

A judged cluster has no true name of its own. It is taken for the gun (or person) that most of its
members truly are, each member weighed by its stated probability; at a draw, the one with the first
id. So a wrong pair has one right member and one wrong one, not two wrong ones.
"""

from __future__ import annotations

from ironriver.tables import ROW_TABLES
from ironriver.world.score_tables import Desk


def identify(desk: Desk) -> None:
    """Make the tables that every part of the score joins through.

    ``row_ids``: record_id, source_id, row_number of every accepted row. ``record_true``: record_id,
    kind, firearm_key; a row that is about no single gun is a gun of its own, so that putting it
    with another is wrong. ``party_true``: party_id, entity_key. ``firearm_true`` and
    ``entity_true``: what a judged firearm or entity is taken for.
    """
    accepted = " UNION ALL ".join(
        f"SELECT record_id, source_id, row_number FROM {name}"  # noqa: S608
        for name in ROW_TABLES
    )
    desk.run(f"CREATE TABLE row_ids AS {accepted}")
    desk.run(_RECORD_TRUE)
    desk.run(_PARTY_TRUE)
    desk.run(_taken_for("firearm", "record", "record_true", "firearm_key"))
    desk.run(_taken_for("entity", "party", "party_true", "entity_key"))


_RECORD_TRUE = """
CREATE TABLE record_true AS
SELECT DISTINCT ON (row_ids.record_id) row_ids.record_id, records.kind AS kind,
       coalesce(rows.firearm_key, 'no single gun: ' || row_ids.record_id) AS firearm_key,
       rows.firearm_key IS NOT NULL AS about_a_gun
FROM row_ids
JOIN truth.rows AS rows USING (source_id, row_number)
LEFT JOIN records ON records.record_id = row_ids.record_id
ORDER BY row_ids.record_id
"""

_PARTY_TRUE = """
CREATE TABLE party_true AS
SELECT DISTINCT ON (parties.party_id) parties.party_id, true_party.entity_key, entities.kind
FROM parties
JOIN row_ids USING (record_id)
JOIN truth.parties AS true_party
  ON true_party.source_id = row_ids.source_id AND true_party.row_number = row_ids.row_number
 AND true_party.role = parties.role
LEFT JOIN truth.entities AS entities USING (entity_key)
ORDER BY parties.party_id
"""


def _taken_for(cluster: str, member: str, truth: str, key: str) -> str:
    return f"""
CREATE TABLE {cluster}_true AS
SELECT {cluster}_id, {key} FROM (
  SELECT {cluster}_id, {key}, round(sum(coalesce(probability, 1)), 9) AS weight,
         min({member}_id) AS first_id
  FROM {cluster}_members JOIN {truth} USING ({member}_id)
  GROUP BY {cluster}_id, {key})
QUALIFY row_number() OVER (PARTITION BY {cluster}_id ORDER BY weight DESC, first_id) = 1
"""  # noqa: S608
