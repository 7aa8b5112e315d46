"""Rows that say the very same thing are one unit, so that a pair is weighed once."""

from __future__ import annotations

import duckdb

from ironriver import engine

PERSON_COLUMNS = (
    "given", "given_root", "given_forms", "middle", "middle_words", "generation", "surname_1",
    "surname_2", "surname_pair", "surname_words", "sound_1", "surname_sound", "birth", "number",
    "street", "address", "city", "state", "postcode", "phone", "vehicle", "identifier",
)  # fmt: skip
PERSON_STRONG = ("birth", "address", "phone", "vehicle", "identifier")
"""A name alone is not enough: two rows that give no more are two units."""
FIRM_COLUMNS = (
    "licence", "licence_type", "listed", "name_keys", "owner", "form", "trade", "name_key",
    "trade_key", "key_words", "all_words", "number", "street", "city", "state", "postcode", "phone",
    "address",
)  # fmt: skip
FIRM_STRONG = ("licence", "address", "phone")


def make_units(
    connection: duckdb.DuckDBPyConnection,
    made: str,
    source: str,
    columns: tuple[str, ...],
    strong: tuple[str, ...],
) -> None:
    """Make ``{made}_of`` (uid, unit) and ``{made}_raw`` (one row for each unit) from a table.

    A unit is called after its smallest uid. A party that a judgement names stands alone
    (``judged_places``), so that it can be told from those that look the same.
    """
    names = ", ".join(columns)
    says_more = " OR ".join(f"{column} IS NOT NULL" for column in strong)
    engine.run(
        connection,
        f"""
CREATE OR REPLACE TEMP TABLE {made}_of AS
SELECT uid, CASE WHEN ({says_more}) AND uid NOT IN (SELECT place FROM judged_places)
       THEN min(uid) OVER (PARTITION BY {names},
                           uid IN (SELECT place FROM judged_places)) ELSE uid END AS unit
FROM {source}
""",  # noqa: S608
    )
    engine.run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE {made}_raw AS "  # noqa: S608
        f"SELECT {source}.* FROM {source} JOIN {made}_of USING (uid) WHERE unit = uid ORDER BY uid",
    )


def add_blocks(
    connection: duckdb.DuckDBPyConnection, made: str, caps: dict[str, tuple[str, int]]
) -> None:
    """Make the table ``made`` from ``{made}_raw`` with a column for each block.

    A block is a hash of the values that must agree. It is null where nobody else shares it, and
    where more rows do than it may hold: such a value says too little to pair all who share it, and
    those pairs still meet through a finer block.
    """
    known = ", ".join(
        f"CASE WHEN ({sql}) IS NULL THEN NULL ELSE hash({sql}) END AS {name}"
        for name, (sql, _) in caps.items()
    )
    engine.run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE {made}_keys AS SELECT uid, {known} FROM {made}_raw",  # noqa: S608
    )
    joins, columns = [], []
    for name, (_, most) in caps.items():
        engine.run(
            connection,
            f"CREATE OR REPLACE TEMP TABLE {name}_shared AS "  # noqa: S608
            f"SELECT {name} AS block FROM {made}_keys "
            f"WHERE {name} IS NOT NULL GROUP BY {name} HAVING count(*) BETWEEN 2 AND {most}",
        )
        joins.append(f"LEFT JOIN {name}_shared ON {name}_shared.block = keys.{name}")
        columns.append(f"{name}_shared.block AS {name}")
    engine.run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE {made} AS SELECT {made}_raw.*, {', '.join(columns)} "  # noqa: S608
        f"FROM {made}_raw JOIN {made}_keys AS keys USING (uid) {' '.join(joins)} ORDER BY uid",
    )
    for name in (*(f"{block}_shared" for block in caps), f"{made}_keys"):
        engine.run(connection, f"DROP TABLE {name}")
