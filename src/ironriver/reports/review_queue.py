"""Which matches wait for a judgement, most urgent first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.governance.standing import About, Standing
from ironriver.tables import Handling

# A match whose likelier answer has this chance, or a higher one, counts as decided.
DECIDED = 0.99


@dataclass(frozen=True, slots=True)
class Waiting:
    """The most urgent matches, ``hangs`` beside their columns; how many wait, by handling."""

    urgent: pa.Table
    counts: dict[Handling, int]


def waiting(
    connection: duckdb.DuckDBPyConnection,
    standing: Standing,
    shown: Collection[Handling],
    limit: int,
    about: About | None = None,
    passed: Iterable[str] = (),
) -> Waiting:
    """Find what waits, and of the handlings to be `shown` the `limit` most urgent.

    Left out are those that a judgement in force answers, by itself or through others (a = b and
    b = c answer a and c too), and those `passed` over, by their ids.
    """
    _lay_out(connection, standing, passed)
    engine.run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE open AS {_OPEN}",
        [DECIDED, str(about) if about else None],
    )
    counted = engine.run(connection, "SELECT handling, count(*) FROM open GROUP BY handling")
    counts = {Handling(word): count for word, count in counted.fetchall()}
    urgent = engine.query(connection, _URGENT, [[str(one) for one in shown], limit])
    return Waiting(urgent, counts)


def _lay_out(
    connection: duckdb.DuckDBPyConnection, standing: Standing, passed: Iterable[str]
) -> None:
    """Lay the judgements in force out as tables, beside the matches."""
    groups = standing.groups()
    apart = sorted({(groups[node], groups[other]) for node, other in standing.apart()})
    pairs = standing.pairs()
    tables: dict[str, dict[str, Sequence[object]]] = {
        "judged_pair": {
            "about": [str(kind) for kind, _, _ in pairs],
            "left_id": [left for _, left, _ in pairs],
            "right_id": [right for _, _, right in pairs],
        },
        "judged_node": {
            "about": [str(kind) for kind, _ in groups],
            "id": [identifier for _, identifier in groups],
            "part": [str(number) for number in groups.values()],
        },
        "judged_apart": {
            "left_part": [str(left) for left, _ in apart],
            "right_part": [str(right) for _, right in apart],
        },
        "passed_over": {"match_id": list(passed)},
    }
    for name, columns in tables.items():
        lists = ", ".join(f"unnest(?::VARCHAR[]) AS {column}" for column in columns)
        sql = f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {lists}"
        engine.run(connection, sql, list(columns.values()))


_OPEN = """
SELECT matches.* FROM matches
LEFT JOIN judged_node AS l ON l.about = matches.about AND l.id = left_id
LEFT JOIN judged_node AS r ON r.about = matches.about AND r.id = right_id
WHERE greatest(probability, 1 - probability) < ?
  AND matches.about = coalesce(?, matches.about)
  AND (l.part <> r.part OR l.part IS NULL OR r.part IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM judged_apart WHERE left_part = l.part AND right_part = r.part)
  AND NOT EXISTS (
    SELECT 1 FROM judged_pair AS p WHERE p.about = matches.about
    AND p.left_id = least(matches.left_id, matches.right_id)
    AND p.right_id = greatest(matches.left_id, matches.right_id))
  AND match_id NOT IN (SELECT match_id FROM passed_over)
"""

# Apart, every record of the one would meet every record of the other; joined, at least one record
# would leave all the rest.
_URGENT = """
WITH member AS (
  SELECT record_id AS id, firearm_id AS whole FROM firearm_members
  UNION ALL SELECT party_id, entity_id FROM entity_members),
size AS (
  SELECT whole, count(*) AS members FROM member
  WHERE whole IN (
    SELECT whole FROM member
    WHERE id IN (SELECT left_id FROM open UNION ALL SELECT right_id FROM open))
  GROUP BY whole),
weighed AS (
  SELECT open.*, CASE
    WHEN l.whole = r.whole THEN greatest(ls.members - 1, 1)
    ELSE coalesce(ls.members, 1) * coalesce(rs.members, 1) END AS hangs
  FROM open
  LEFT JOIN member AS l ON l.id = left_id
  LEFT JOIN member AS r ON r.id = right_id
  LEFT JOIN size AS ls ON ls.whole = l.whole
  LEFT JOIN size AS rs ON rs.whole = r.whole)
SELECT * FROM weighed
WHERE handling IN (SELECT unnest(?::VARCHAR[]))
ORDER BY least(probability, 1 - probability) * hangs DESC, match_id
LIMIT ?
"""
