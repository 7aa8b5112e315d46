"""Splink compares the pairs; their log-odds come back field by field."""

from __future__ import annotations

import math

import duckdb
import numpy as np
import numpy.typing as npt
from splink import DuckDBAPI, Linker

from ironriver import engine
from ironriver.entities.commonness import frequencies
from ironriver.entities.fields import Field, Model, Weights, splink_settings
from ironriver.entities.training import Learned

FLOOR = -6.0
"""Log-odds below which a pair is not worth keeping unless its cluster needs it."""
STATED_SAME, STATED_PAIRS = 0.5, 50.0
"""The share of same pairs that is assumed before anything is seen, as counts."""
RULED_APART = -1.0
"""Most log-odds of two that a rule keeps apart."""
RARE_NAME = 2.0
"""Log-odds from which a name alone is rare enough to say who somebody is."""
HOME_LEVEL = 4
"""Levels of an address from which two live in one place: same, or nearly so."""
GIVEN_SAME = 5
"""The level of a given name that is the same."""
_LN2 = math.log(2.0)
Numbers = npt.NDArray[np.float64]


def score_pairs(
    connection: duckdb.DuckDBPyConnection, table: str, model: Model, learned: Learned
) -> None:
    """Compare every pair that shares a block; make the table ``{about}_pairs``.

    Columns: left_uid < right_uid; weight, the log-odds without the share of same pairs; for each
    field ``level_F`` (Splink's number) and ``part_F`` (natural log-odds).
    """
    database = DuckDBAPI(connection)
    linker = _linker(connection, database, table, model, learned)
    predicted = linker.inference.predict(warning_mode="never").physical_name
    engine.run(connection, _pairs_of(predicted, model, learned))
    engine.run(connection, f"DROP TABLE IF EXISTS {predicted}")


def _linker(
    connection: duckdb.DuckDBPyConnection,
    database: DuckDBAPI,
    table: str,
    model: Model,
    learned: Learned,
) -> Linker:
    """Give Splink with a model and with how common each value is."""
    linker = Linker(
        database.register(table),
        splink_settings(model, learned.weights, learned.share_same),
        log_level=None,
        validate_settings=False,
    )
    for field in model.fields:
        for level in field.levels:
            if level.frequency is None:
                continue
            name = f"{model.about}_tf_{level.frequency}"
            column = level.frequency
            engine.run(connection, frequencies(name, table, level))
            linker.table_management.register_term_frequency_lookup(database.register(name), column)
    return linker


def _pairs_of(predicted: str, model: Model, learned: Learned) -> str:
    prior = math.log2(learned.share_same / (1.0 - learned.share_same))
    parts = ", ".join(
        f"{_level_of(field, learned.weights)}::TINYINT AS level_{field.name}, "
        f"round({_part(model, field.name)} * {_LN2}, 4)::FLOAT AS part_{field.name}"
        for field in model.fields
    )
    return (
        f"CREATE OR REPLACE TEMP TABLE {model.about}_pairs AS "  # noqa: S608
        f"SELECT uid_l AS left_uid, uid_r AS right_uid, "
        f"round((match_weight - ({prior!r})) * {_LN2}, 6) AS weight, {parts} FROM {predicted}"
    )


def _level_of(field: Field, weights: Weights) -> str:
    """Give SQL for the level that a weight of Splink stands for; it keeps no levels by themselves.

    `distinct` sees to it that no two levels of a field weigh the same, and none weighs nothing.
    """
    cases = " ".join(
        f"WHEN abs(mw_{field.name} - ({weights[field.name, level.name].bits!r})) < 1e-9 "
        f"THEN {len(field.levels) - 1 - place}"
        for place, level in enumerate(field.levels)
    )
    return f"CASE {cases} ELSE -1 END"


def _part(model: Model, name: str) -> str:
    adjusted = any(level.frequency for level in model.field(name).levels)
    return f"(mw_{name} + mw_tf_adj_{name})" if adjusted else f"mw_{name}"


def settle_share(weights: Numbers, share: float, pairs: float) -> float:
    """Give the share of all pairs that are the same, so that it agrees with its own answers.

    The expected number of same pairs at share s is the sum of 1 / (1 + exp(-(w + ln(s/(1-s)))));
    s is the fixed point of that sum over all pairs (the M step for lambda in expectation
    maximisation). Pairs that share no block count as different. A stated half pair in fifty is
    added, so that a handful of rows does not run away.

    >>> round(settle_share(np.array([20.0, 20.0, -5.0]), 0.1, 100.0), 3)
    0.017
    """
    every = pairs + STATED_PAIRS
    for _ in range(60):
        odds = math.log(share / (1.0 - share))
        expected = float(np.sum(1.0 / (1.0 + np.exp(-(weights + odds)))))
        settled = min((expected + STATED_SAME) / every, 0.5)
        if abs(settled - share) <= 1e-9 * share:
            break
        share = settled
    return float(f"{share:.6g}")


def home_cap(connection: duckdb.DuckDBPyConnection, model: Model, rows: int) -> float:
    """Give the most that what a household shares may say: ln(1 / h).

    People of one household agree in surname, address and telephone without being the same. If a
    share h of all pairs are two people of one household, then agreement in all of these is at most
    1 / h times likelier among the same than among others, however rare the values are. h is a
    count: pairs that agree in the address and differ in all of the ``own`` fields, one added.
    """
    if not model.home:
        return math.inf
    apart = " AND ".join(f"level_{name} = 0" for name in model.own)
    found = engine.query(
        connection,
        f"SELECT count(*) AS pairs FROM {model.about}_pairs "  # noqa: S608
        f"WHERE level_address >= {HOME_LEVEL} AND {apart}",
    )
    return math.log(max(rows * (rows - 1) / 2, 1.0) / (found["pairs"][0].as_py() + 1.0))


def cap_home(connection: duckdb.DuckDBPyConnection, table: str, model: Model, cap: float) -> None:
    """Take off a table of pairs what exceeds the cap; the column ``part_home`` says how much.

    A household also shares given names, from father to son: where two of one home were born on
    wholly different days, the same given name counts among what is shared.
    """
    shared = " + ".join(f"greatest(part_{name}, 0)" for name in model.home) or "0"
    if model.home:
        shared += (
            f" + CASE WHEN level_birth_date = 0 AND level_given_name = {GIVEN_SAME}"
            " THEN greatest(part_given_name, 0) ELSE 0 END"
        )
    at_home = f"(level_address >= {HOME_LEVEL} OR level_phone > 1)" if model.home else "false"
    limit = f"CASE WHEN {at_home} THEN {min(cap, 1e9)!r} ELSE 1e9 END"
    engine.run(
        connection,
        f"""
CREATE OR REPLACE TEMP TABLE {table} AS
SELECT * REPLACE (round(weight + part_home, 6) AS weight)
FROM (SELECT *, round(least({limit} - ({shared}), 0), 4)::DOUBLE AS part_home FROM {table})
""",  # noqa: S608
    )


def faint_only(model: Model) -> str:
    """Give SQL that says nothing but faint fields could be compared; false without such fields."""
    others = [field.name for field in model.fields if field.name not in model.faint]
    return " AND ".join(f"level_{name} < 0" for name in others) if model.faint else "false"


def rules(model: Model) -> dict[str, str]:
    """Give, by name, SQL for the pairs that a rule may keep apart whatever else agrees.

    Persons of whom nothing but a name agrees (unless it is a rare one); licensees whose lasting
    keys are two; licensees without a key to compare who trade under one name at one place but have
    two owners, for such follow each other.
    """
    if model.about == "person":
        return {"a_name_alone_is_not_enough": f"{faint_only(model)} AND level_vehicle <= 0"}
    name = model.field("business_name")
    two_owners = name.number("trade_same_owner_another")
    return {
        "two_licence_keys_are_two_licensees": "level_licence_key = 0",
        "owners_of_one_place_follow_each_other": (
            f"level_licence_key < 0 AND level_business_name = {two_owners}"
            f" AND level_address >= {model.field('address').number('similar')}"
        ),
    }


def may_be_ruled_apart(model: Model) -> str:
    """Give SQL for the pairs that a rule may keep apart, before their log-odds are known."""
    return " OR ".join(f"({sql})" for sql in rules(model).values())


def ruled_apart(model: Model, prior: str) -> tuple[str, str]:
    """Give SQL for the pairs that a rule keeps apart, and SQL for the rule's name.

    `prior` is SQL for the log-odds before anything is compared: a rare name is enough by itself.
    """
    held = f"({may_be_ruled_apart(model)})"
    if model.about == "person":
        held += f" AND weight + {prior} < {max(RARE_NAME, -1e9)}"
    cases = " ".join(f"WHEN {sql} THEN '{name}'" for name, sql in rules(model).items())
    return held, f"CASE {cases} END"


def pairs_of_faint_only(connection: duckdb.DuckDBPyConnection, table: str, model: Model) -> float:
    """Count the pairs of a table in which nothing but faint fields can be compared."""
    if not model.faint:
        return 0.0
    flags = [
        "(" + " OR ".join(f"{column} IS NOT NULL" for column in field.known_by) + ")"
        for field in model.fields
        if field.name not in model.faint
    ]
    mask = " + ".join(f"{flag}::INT * {1 << place}" for place, flag in enumerate(flags))
    rows = engine.query(
        connection,
        f"SELECT {mask} AS mask, count(*) AS rows FROM {table} GROUP BY mask",  # noqa: S608
    ).to_pylist()
    total = 0.0
    for one in rows:
        for other in rows:
            if one["mask"] & other["mask"] == 0:
                total += one["rows"] * (other["rows"] - (one is other)) / 2
    return total


def score_selves(
    connection: duckdb.DuckDBPyConnection, table: str, model: Model, learned: Learned
) -> None:
    """Compare every unit of several rows with itself; make the table ``{about}_selves``.

    That is what two rows that say the very same thing are worth. Columns: uid, weight, level_F and
    part_F as in `score_pairs`.
    """
    engine.run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE {model.about}_own AS SELECT unit AS join_key_l, "  # noqa: S608
        f"unit AS join_key_r, '0' AS match_key FROM {table}_of GROUP BY unit "
        "HAVING count(*) > 1 ORDER BY unit",
    )
    database = DuckDBAPI(connection)
    linker = _linker(connection, database, table, model, learned)
    linker.table_management.register_blocked_pairs_for_predict(
        database.register(f"{model.about}_own")
    )
    predicted = linker.inference.predict(warning_mode="never").physical_name
    made = _pairs_of(predicted, model, learned).replace(
        f"TABLE {model.about}_pairs", f"TABLE {model.about}_selves"
    )
    engine.run(connection, made.replace("uid_l AS left_uid, uid_r AS right_uid", "uid_l AS uid"))
    engine.run(connection, f"DROP TABLE IF EXISTS {predicted}")
