"""Splink compares the pairs; their log-odds come back field by field."""

from __future__ import annotations

import math

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from splink import DuckDBAPI, Linker

from ironriver import engine
from ironriver.entities.fields import Field, Model, Weights, splink_settings
from ironriver.entities.training import Learned

FLOOR = -6.0
"""Log-odds below which a pair is not worth keeping unless its cluster needs it."""
_LN2 = math.log(2.0)
Numbers = npt.NDArray[np.float64]


def score_pairs(
    connection: duckdb.DuckDBPyConnection, table: str, model: Model, learned: Learned
) -> str:
    """Compare every pair that shares a block; give the name of the table with the answers.

    Columns: left_uid < right_uid; weight, the log-odds without the share of same pairs; for each
    field ``level_F`` (Splink's number) and ``part_F`` (natural log-odds).
    """
    linker = Linker(
        DuckDBAPI(connection).register(table),
        splink_settings(model, learned.weights, learned.share_same),
        log_level=None,
    )
    predicted = linker.inference.predict(warning_mode="never").physical_name
    engine.run(connection, _pairs_of(predicted, model, learned))
    engine.run(connection, f"DROP TABLE IF EXISTS {predicted}")
    return f"{model.about}_pairs"


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
    maximisation). Pairs that share no block count as different.

    >>> round(settle_share(np.array([20.0, 20.0, -5.0]), 0.1, 100.0), 4)
    0.02
    """
    every = max(pairs, 1.0)
    for _ in range(60):
        odds = math.log(share / (1.0 - share))
        expected = float(np.sum(1.0 / (1.0 + np.exp(-(weights + odds)))))
        settled = min(max(expected, 0.5) / every, 0.5)
        if abs(settled - share) <= 1e-9 * share:
            break
        share = settled
    return float(f"{share:.6g}")


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
    linker = Linker(
        database.register(table),
        splink_settings(model, learned.weights, learned.share_same),
        log_level=None,
    )
    linker.table_management.register_blocked_pairs_for_predict(
        database.register(f"{model.about}_own")
    )
    predicted = linker.inference.predict(warning_mode="never").physical_name
    made = _pairs_of(predicted, model, learned).replace(
        f"TABLE {model.about}_pairs", f"TABLE {model.about}_selves"
    )
    engine.run(connection, made.replace("uid_l AS left_uid, uid_r AS right_uid", "uid_l AS uid"))
    engine.run(connection, f"DROP TABLE IF EXISTS {predicted}")
