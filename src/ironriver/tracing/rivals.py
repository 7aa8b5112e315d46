"""Other guns that a recovery might be: chains that the records allow, with their probabilities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from ironriver import engine

LEAST = 0.01
"""Rivals less likely than this are not kept."""
MOST = 5

_TABLE = """
CREATE OR REPLACE TEMP TABLE rivals AS
WITH pairs AS (
  SELECT left_id AS here, right_id AS there, probability FROM matches
  WHERE about = 'firearm' AND decision = 'apart' AND probability >= 0.001
  UNION ALL
  SELECT right_id, left_id, probability FROM matches
  WHERE about = 'firearm' AND decision = 'apart' AND probability >= 0.001
)
SELECT here, there, other.firearm_id, pairs.probability
FROM pairs JOIN wanted ON wanted.record_id = here
JOIN records ON records.record_id = here
JOIN firearm_members AS other ON other.record_id = there
WHERE records.kind = 'recovery' AND other.firearm_id <> wanted.firearm_id
QUALIFY row_number() OVER (
  PARTITION BY here, other.firearm_id ORDER BY pairs.probability DESC, there) = 1
"""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another gun that a recovery may be."""

    firearm_id: str
    record_id: str
    """The record of it that is likest."""
    probability: float


def make_rivals(connection: duckdb.DuckDBPyConnection) -> None:
    """List the pairs that were weighed and judged apart, of wanted recoveries."""
    engine.run(connection, _TABLE)


def add_rivals_to_wanted(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the records of rivals be read too, so that their chains can be told."""
    engine.run(
        connection,
        "INSERT INTO wanted SELECT firearm_id, record_id, probability FROM firearm_members "
        "WHERE firearm_id IN (SELECT firearm_id FROM rivals WHERE probability >= ?) "
        "AND firearm_id NOT IN (SELECT firearm_id FROM wanted)",
        [LEAST],
    )


def read_rivals(
    connection: duckdb.DuckDBPyConnection, members: Mapping[str, float]
) -> dict[str, Sequence[Rival]]:
    """Give each recovery's rivals, the likeliest first.

    `members` are the probabilities that recoveries belong to their own guns. What is left is shared
    among the others by their odds, and with being a gun of its own, whose odds are one.
    """
    found: defaultdict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for here, there, gun, probability in engine.run(
        connection, "SELECT here, there, firearm_id, probability FROM rivals ORDER BY ALL"
    ).fetchall():
        found[here].append((gun, there, probability / max(1.0 - probability, 1e-9)))
    out: dict[str, Sequence[Rival]] = {}
    for here, others in found.items():
        left = 1.0 - members.get(here, 1.0)
        whole = 1.0 + sum(odds for _, _, odds in others)
        kept = [Rival(gun, there, left * odds / whole) for gun, there, odds in others]
        kept = [each for each in kept if each.probability >= LEAST]
        out[here] = sorted(kept, key=lambda each: (-each.probability, each.firearm_id))[:MOST]
    return out
