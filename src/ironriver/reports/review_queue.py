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


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Weigh once how urgent each undecided match is, in a table of the connection."""
    engine.run(connection, _UNDECIDED, [DECIDED])


def waiting(
    connection: duckdb.DuckDBPyConnection,
    standing: Standing,
    shown: Collection[Handling],
    limit: int,
    about: About | None = None,
    passed: Iterable[str] = (),
) -> Waiting:
    """Find what waits, and of the handlings to be `shown` the `limit` most urgent.

    `prepare` must have been called. Left out are those that a judgement in force answers, by itself
    or through others (a = b and b = c answer a and c too), and those `passed` over, by their ids.
    """
    _lay_out(connection, standing, passed)
    engine.run(connection, _OPEN, [str(about) if about else None])
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


# Apart, every record of the one would meet every record of the other; joined, at least one record
# would leave all the rest.
_UNDECIDED = """
CREATE OR REPLACE TEMP TABLE undecided AS
WITH chosen AS (
  SELECT match_id, about, left_id, right_id, probability, handling FROM matches
  WHERE greatest(probability, 1 - probability) < ?),
weighed AS (SELECT left_id AS id FROM chosen UNION SELECT right_id FROM chosen),
member AS (
  SELECT record_id AS id, firearm_id AS whole FROM firearm_members
  UNION ALL SELECT party_id, entity_id FROM entity_members),
size AS (SELECT whole, count(*) AS members FROM member GROUP BY whole),
side AS (
  SELECT id, whole, members FROM weighed JOIN member USING (id) JOIN size USING (whole))
SELECT chosen.*, CASE
  WHEN l.whole = r.whole THEN greatest(l.members - 1, 1)
  ELSE coalesce(l.members, 1) * coalesce(r.members, 1) END AS hangs
FROM chosen
LEFT JOIN side AS l ON l.id = left_id
LEFT JOIN side AS r ON r.id = right_id
"""

_OPEN = """
CREATE OR REPLACE TEMP TABLE open AS
SELECT undecided.* FROM undecided
LEFT JOIN judged_node AS l ON l.about = undecided.about AND l.id = left_id
LEFT JOIN judged_node AS r ON r.about = undecided.about AND r.id = right_id
LEFT JOIN judged_apart AS a ON a.left_part = l.part AND a.right_part = r.part
LEFT JOIN judged_pair AS p ON p.about = undecided.about
  AND p.left_id = least(undecided.left_id, undecided.right_id)
  AND p.right_id = greatest(undecided.left_id, undecided.right_id)
WHERE undecided.about = coalesce(?, undecided.about)
  AND (l.part <> r.part OR l.part IS NULL OR r.part IS NULL)
  AND a.left_part IS NULL
  AND p.left_id IS NULL
  AND match_id NOT IN (SELECT match_id FROM passed_over)
"""

_URGENT = """
WITH urgent AS (
  SELECT match_id, hangs FROM open
  WHERE handling IN (SELECT unnest(?::VARCHAR[]))
  ORDER BY least(probability, 1 - probability) * hangs DESC, match_id
  LIMIT ?)
SELECT matches.*, hangs FROM matches JOIN urgent USING (match_id)
ORDER BY least(probability, 1 - probability) * hangs DESC, match_id
"""
