"""How common each value is: who share a rare one are likelier the same.

The frequency of a value is (count + K u) / (rows + K) with the stated u of its level and
K = COMMON_ROWS: in a few rows every value looks common, and says nothing of how common it is.
Where a level names ``holders``, these are counted, and one less for the one compared with; a
value of one holder counts 2 n2 / n1, where n1 and n2 values have one and two (Good 1953,
equation 2).
"""

from __future__ import annotations

from ironriver.entities.fields import Level

FEWEST_HOLDERS = 200
"""Holders of values from which these tell how common a value is."""
COMMON_ROWS = 50.0
"""How many rows the stated commonness of a value weighs."""


def frequencies(name: str, table: str, level: Level) -> str:
    """Give the statement that makes the table of how common each value of a level is."""
    column = level.frequency
    if level.holders:
        return _borne(name, table, level)
    return f"""
CREATE OR REPLACE TEMP TABLE {name} AS
WITH counts AS (SELECT {column}, count(*) AS rows FROM {table} WHERE {column} IS NOT NULL
                GROUP BY {column}),
sums AS (SELECT sum(rows) AS every FROM counts)
SELECT {column}, (rows + {COMMON_ROWS} * {level.u!r}) / (every + {COMMON_ROWS}) AS tf_{column}
FROM counts, sums
"""  # noqa: S608


def _borne(name: str, table: str, level: Level) -> str:
    """Give the same for a level whose values are counted by who bears them.

    Where too few holders are known, rows are counted, and of two rows compared one is not.
    """
    column = level.frequency
    return f"""
CREATE OR REPLACE TEMP TABLE {name} AS
WITH held AS (SELECT {column}, count(*) AS rows, count(DISTINCT {level.holders}) AS holders
              FROM {table} WHERE {column} IS NOT NULL GROUP BY {column}),
known AS (SELECT sum(holders) >= {FEWEST_HOLDERS} AS enough FROM held),
counts AS (SELECT {column}, CASE WHEN enough THEN greatest(holders, 1) ELSE rows END AS seen,
                  CASE WHEN enough THEN 1 ELSE 2 END AS compared,
                  CASE WHEN enough THEN 0.0 ELSE {COMMON_ROWS} END AS stated FROM held, known),
sums AS (SELECT sum(seen) AS every, greatest(count(*) FILTER (seen = 1), 1) AS once,
                greatest(count(*) FILTER (seen = 2), 1) AS twice FROM counts)
SELECT {column}, (CASE WHEN seen <= compared THEN least(2.0 * twice / once, 1.0) ELSE seen - 1 END
                  + stated * {level.u!r}) / (every + stated) AS tf_{column}
FROM counts, sums
"""  # noqa: S608
