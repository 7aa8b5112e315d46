"""The rows of ``entities``, ``entity_members`` and ``matches``, in SQL."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.tables import ENTITIES, ENTITY_MEMBERS, MATCHES, Handling

_RANKS = " ".join(f"WHEN '{each}' THEN {rank}" for rank, each in enumerate(Handling))
_NAMES = " ".join(f"WHEN {rank} THEN '{each}'" for rank, each in enumerate(Handling))
_STRICTEST = len(Handling) - 1
HANDLING_MACROS = (
    "CREATE OR REPLACE TEMP MACRO strictness(handling) AS "
    f"CASE handling {_RANKS} ELSE {_STRICTEST} END",
    f"CREATE OR REPLACE TEMP MACRO handling_of(rank) AS CASE rank {_NAMES} END",
    "CREATE OR REPLACE TEMP MACRO chance(odds) AS CASE WHEN odds >= 0 THEN 1 / (1 + exp(-odds))"
    " ELSE exp(odds) / (1 + exp(odds)) END",
)


def make_members(connection: duckdb.DuckDBPyConnection) -> None:
    """Make ``members`` from the placed parties of both kinds."""
    for macro in HANDLING_MACROS:
        engine.run(connection, macro)
    engine.run(connection, _members())


def _members() -> str:
    kinds = " UNION ALL ".join(_members_of(about) for about in ("person", "licensee"))
    return f"""
CREATE OR REPLACE TEMP TABLE members AS
WITH every AS ({kinds}),
heads AS (SELECT about, grp, min(place) AS head FROM every GROUP BY about, grp),
described AS (
  SELECT about, grp, bool_or(sells OR licence IS NOT NULL) AS licensed,
         bool_or(role = 'officer') AS official
  FROM every JOIN party_rows USING (place) GROUP BY about, grp)
SELECT place, every.about, head, log_odds, other_place, reasons,
       CASE WHEN every.about = 'person' THEN 'person' WHEN licensed THEN 'licensee'
            ELSE 'company' END AS kind
FROM every JOIN heads USING (about, grp) JOIN described USING (about, grp)
"""  # noqa: S608


def _members_of(about: str) -> str:
    """Give SQL for the members of one kind, each with the party it rests on and why."""
    rivals = (
        "CASE WHEN rivals < -0.0005 THEN [{'field': 'others_it_may_be', 'level': 'outside', "
        "'log_odds': round(rivals, 3), 'basis': 'other entities'}] ELSE [] END"
    )
    alone = (
        "[{'field': 'others_it_may_be', 'level': 'none_likely', 'log_odds': round(log_odds, 3), "
        "'basis': 'other entities'}]"
    )
    return f"""
SELECT '{about}' AS about, placed.place, grp, log_odds,
       CASE rests_on WHEN 'alone' THEN NULL WHEN 'self' THEN other_copy
            WHEN 'tie' THEN CASE WHEN tie_left = unit THEN tie_right ELSE tie_left END END
         AS other_place,
       CASE rests_on WHEN 'alone' THEN {alone}
            WHEN 'self' THEN list_concat({rivals}, selves.reasons)
            ELSE list_concat({rivals}, told.reasons) END AS reasons
FROM {about}_placed AS placed
LEFT JOIN {about}_told_selves AS selves ON selves.uid = placed.unit AND rests_on = 'self'
LEFT JOIN {about}_told AS told
  ON told.left_uid = tie_left AND told.right_uid = tie_right AND rests_on = 'tie'
"""  # noqa: S608


_PREFIX = "CASE kind WHEN 'person' THEN 'per-' WHEN 'licensee' THEN 'lic-' ELSE 'com-' END"

_ENTITY_MEMBERS = f"""
SELECT {_PREFIX} || first.party_id AS entity_id, own.party_id,
       round(chance(log_odds), 6) AS probability, round(log_odds, 4) AS log_odds,
       to_json(list_filter(list_distinct([own.record_id, other.record_id]),
                           lambda one: one IS NOT NULL))::VARCHAR AS record_ids,
       to_json(reasons)::VARCHAR AS reasons,
       handling_of(greatest(strictness(own.handling), CASE WHEN other.place IS NULL THEN 0
                            ELSE strictness(other.handling) END)) AS handling
FROM members
JOIN party_rows AS own USING (place)
JOIN party_rows AS first ON first.place = members.head
LEFT JOIN party_rows AS other ON other.place = members.other_place
ORDER BY members.head, members.place
"""  # noqa: S608

_ENTITIES = f"""
WITH keys AS (
  SELECT head, licence, count(*) AS rows, bool_or(listed) AS listed
  FROM members JOIN party_rows USING (place) WHERE licence IS NOT NULL GROUP BY head, licence),
best_key AS (
  SELECT DISTINCT ON (head) head, licence FROM keys ORDER BY head, listed DESC, rows DESC, licence),
sums AS (
  SELECT head, any_value(kind) AS kind, count(*) AS parties,
         list(DISTINCT record_id ORDER BY record_id) AS record_ids, min(log_odds) AS least,
         min_by(party_id, (log_odds, party_id)) AS least_party,
         max(strictness(handling)) AS strictness
  FROM members JOIN party_rows USING (place) GROUP BY head)
SELECT {_PREFIX} || first.party_id AS entity_id, kind,
       CASE WHEN best_key.licence IS NOT NULL THEN best_key.licence[1] || '-'
            || best_key.licence[2:3] || '-' || best_key.licence[4:8] END AS licence_key,
       parties, to_json(record_ids)::VARCHAR AS record_ids,
       to_json([{{'field': 'members', 'level': CASE WHEN parties = 1 THEN 'one'
                 ELSE 'least_certain' END, 'log_odds': round(least, 3),
                 'party_id': least_party}}])::VARCHAR AS reasons,
       handling_of(sums.strictness) AS handling
FROM sums JOIN party_rows AS first ON first.place = sums.head LEFT JOIN best_key USING (head)
ORDER BY sums.head
"""  # noqa: S608


def _matches_of(about: str) -> str:
    relation = "household" if about == "person" else "licences_at_one_place"
    return f"""
SELECT '{about}' AS about, a.party_id AS a_id, b.party_id AS b_id, odds, told.reasons,
       CASE WHEN judged >= 0 AND odds > 0 THEN 'judged same'
            WHEN judged >= 0 THEN 'judged different'
            WHEN mine.head = theirs.head THEN 'joined'
            WHEN related THEN 'related' ELSE 'apart' END AS decision,
       '{relation}' AS relation,
       a.record_id AS a_record, b.record_id AS b_record,
       greatest(strictness(a.handling), strictness(b.handling)) AS strictness
FROM {about}_told AS told
JOIN party_rows AS a ON a.place = told.left_uid
JOIN party_rows AS b ON b.place = told.right_uid
JOIN members AS mine ON mine.place = told.left_uid
JOIN members AS theirs ON theirs.place = told.right_uid
"""  # noqa: S608


_MATCHES = f"""
WITH every AS ({_matches_of("person")} UNION ALL {_matches_of("licensee")})
SELECT 'match-' || substr(sha256(about || ' ' || least(a_id, b_id) || ' ' || greatest(a_id, b_id)),
                          1, 16) AS match_id,
       about, least(a_id, b_id) AS left_id, greatest(a_id, b_id) AS right_id,
       round(chance(odds), 6) AS probability, round(odds, 4) AS log_odds, decision,
       to_json(list_distinct([a_record, b_record]).list_sort())::VARCHAR AS record_ids,
       to_json(CASE WHEN decision = 'related' THEN list_prepend({{'field': 'relation',
                 'level': relation, 'log_odds': 0.0::DOUBLE, 'basis': 'address and name'}}, reasons)
               ELSE reasons END)::VARCHAR AS reasons,
       handling_of(strictness) AS handling
FROM every ORDER BY about, left_id, right_id
"""  # noqa: S608


def entity_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    """Give the three tables in contract columns."""
    return {
        table.name: engine.query(connection, sql).select(table.names).cast(table.schema)
        for table, sql in (
            (ENTITIES, _ENTITIES),
            (ENTITY_MEMBERS, _ENTITY_MEMBERS),
            (MATCHES, _MATCHES),
        )
    }
