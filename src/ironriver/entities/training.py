"""Splink learns the weights from the workspace; what it could not learn is said, not assumed.

With too little to learn from, the stated priors are used, and every reason says so. With enough,
training must come to rest and teach every field, or the run stops and names field and level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
from splink import DuckDBAPI, Linker

from ironriver import engine
from ironriver.entities.fields import (
    PRIOR_PAIRS,
    Field,
    Level,
    Model,
    Weight,
    Weights,
    distinct,
    in_order,
    splink_settings,
    training_rule,
)
from ironriver.errors import IronRiverError

FEWEST_PAIRS = 300
"""Pairs that a training set must give to teach anything."""
FEWEST_SAME = 40.0
"""Expected same pairs that a field must be seen in to be learned rather than taken as stated."""
_MOST_PAIRS = _SAMPLED_PAIRS = 400_000
_SEED, _DIGITS = 20_260_101, 6
_STEPS = (100, 25, 12, 6, 3)
"""Steps of training, tried from the most on; the last must move every value by less than _REST."""
_REST = 0.0005

Numbers = npt.NDArray[np.float64]


class TrainingError(IronRiverError):
    """Learning did not come to rest, or left a level of a field without a value."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The weights of a model as used, and the share of all pairs that are the same."""

    weights: Weights
    share_same: float
    pairs: int
    sessions: int


def learn(connection: duckdb.DuckDBPyConnection, table: str, model: Model) -> Learned:
    """Learn the weights of a model from a table of its columns.

    TrainingError where EM does not converge, or gives a level of a field often seen no value.
    """
    rows = _count(connection, f"SELECT count(*) FROM {table}")  # noqa: S608
    priors = model.priors()
    share = _share_certain(connection, table, model, rows)
    usable = [
        columns for columns in model.training if _pairs(connection, table, columns) >= FEWEST_PAIRS
    ]
    if not usable:
        return Learned(distinct(in_order(model, priors)), share, 0, 0)
    linker = Linker(
        DuckDBAPI(connection).register(table),
        splink_settings(model, priors, share),
        log_level=None,
        validate_settings=False,
    )
    linker.training.estimate_u_using_random_sampling(
        max_pairs=_SAMPLED_PAIRS, seed=_SEED, min_count_per_level=None, num_chunks=1
    )
    taught: dict[str, float] = {}
    for columns in usable:
        _session(linker, model, columns, connection, table, taught)
    weights = _weights(linker, model, taught, _compared(connection, table, model, rows))
    return Learned(distinct(in_order(model, weights)), share, rows * (rows - 1) // 2, len(usable))


def _session(
    linker: Linker,
    model: Model,
    columns: tuple[str, ...],
    connection: duckdb.DuckDBPyConnection,
    table: str,
    taught: dict[str, float],
) -> None:
    """Run one training set, and add to ``taught`` how many same pairs each field was seen in."""
    history = _taught(linker, model, columns)
    require_rest(history, _REST)
    same = history[-1].probability_two_random_records_match
    pairs = min(_pairs(connection, table, columns), _MOST_PAIRS)
    for comparison in history[-1].comparisons:
        name = comparison.output_column_name
        seen = _seen_share(connection, table, model.field(name), columns)
        taught[name] = taught.get(name, 0.0) + same * pairs * seen


def _taught(linker: Linker, model: Model, columns: tuple[str, ...]) -> list[Any]:
    """Run expectation maximisation; give its settings step by step.

    A level never seen among the same loses its m until Splink cannot hold it. Training is then done
    again with fewer steps, and is asked as strictly whether it came to rest.
    """
    for steps in _STEPS:
        own = linker._settings_obj  # noqa: SLF001
        own.training_settings = replace(own.training_settings, max_iterations=steps)
        before = own.core_model_settings
        own.core_model_settings = before.copy()  # type: ignore[no-untyped-call]
        try:
            session = linker.training.estimate_parameters_using_expectation_maximisation(
                training_rule(model, columns),
                estimate_without_term_frequencies=True,
                max_pairs=_MOST_PAIRS,
            )
        except ValueError as error:
            if "below the minimum allowed" not in str(error):
                raise
            own.core_model_settings = before
        else:
            return list(session._core_model_settings_history)  # noqa: SLF001
    raise TrainingError(
        "learning how parties agree from those of the same {columns} left a level without a value; "
        "nothing is put in its place",
        columns=", ".join(columns),
    )


def require_rest(history: list[Any], rest: float) -> None:
    """Raise TrainingError unless the last step of a training moved no value by `rest`."""
    if len(history) < 2:
        return
    moved = [
        (abs(float(after.m_probability) - float(before.m_probability)), comparison, after)
        for comparison, earlier in zip(
            history[-1].comparisons, history[-2].comparisons, strict=True
        )
        for after, before in zip(
            comparison._comparison_levels_excluding_null,  # noqa: SLF001
            earlier._comparison_levels_excluding_null,  # noqa: SLF001
            strict=True,
        )
    ]
    change, comparison, level = max(moved, key=lambda each: each[0])
    if change >= rest:
        raise TrainingError(
            "learning how parties agree did not come to rest after {steps} steps: {field}, level "
            "{level}, still moved by {change}",
            steps=len(history) - 1,
            field=comparison.output_column_name,
            level=level.label_for_charts,
            change=f"{change:.4f}",
        )


def _weights(
    linker: Linker, model: Model, taught: Mapping[str, float], compared: Mapping[str, float]
) -> Weights:
    """Add what was learned to the priors, field by field."""
    found = {
        comparison.output_column_name: comparison
        for comparison in linker._settings_obj.core_model_settings.comparisons  # noqa: SLF001
    }
    weights: Weights = {}
    for field in model.fields:
        if field.stated:
            weights |= {
                (field.name, level.name): Weight(level.m, level.u, learned=False)
                for level in field.levels
            }
            continue
        levels = found[field.name]._comparison_levels_excluding_null  # noqa: SLF001
        learned_m = {level.label_for_charts: _trained(level, "m") for level in levels}
        learned_u = {level.label_for_charts: _trained(level, "u") for level in levels}
        weights |= blend(
            field, learned_m, learned_u, taught.get(field.name, 0.0), compared[field.name]
        )
    return weights


def _trained(level: Any, which: str) -> float | None:  # noqa: ANN401  (Splink's own class)
    """Give what Splink learned of a level: 0 where it never saw it, None where it never looked."""
    seen = getattr(level, f"_trained_{which}_probabilities")
    values = [one["probability"] for one in seen]
    if not values:
        return None
    return float(np.mean([value if isinstance(value, float) else 0.0 for value in values]))


def blend(
    field: Field,
    m: Mapping[str, float | None],
    u: Mapping[str, float | None],
    same: float,
    different: float,
) -> Weights:
    """Give the weights of a field: learned shares plus the priors as pseudo-counts (Dirichlet).

    ``same`` and ``different`` are how many pairs of each kind the field was seen in. With fewer
    than FEWEST_SAME same pairs the priors hold alone. TrainingError where there were enough and a
    level has no value.
    """
    if same < FEWEST_SAME:
        return {
            (field.name, level.name): Weight(
                level.m, _smooth(level.u, u[level.name], different), learned=False
            )
            for level in field.levels
        }
    weights: Weights = {}
    for level in field.levels:
        if level.stated:
            weights[field.name, level.name] = Weight(level.m, level.u, learned=False)
            continue
        weights[field.name, level.name] = Weight(
            _smooth(level.m, _require(field, level, m), same),
            _smooth(level.u, _require(field, level, u), different),
            learned=True,
        )
    return weights


def _require(field: Field, level: Level, found: Mapping[str, float | None]) -> float:
    value = found.get(level.name)
    if value is None or not 0.0 <= value <= 1.0:
        raise TrainingError(
            "learning how parties agree left {field}, level {level}, without a value; nothing is "
            "put in its place",
            field=field.name,
            level=level.name,
        )
    return value


def _smooth(prior: float, learned: float | None, pairs: float) -> float:
    """Give (learned * pairs + prior * PRIOR_PAIRS) / (pairs + PRIOR_PAIRS), to six digits."""
    if learned is None:
        return prior
    value = (learned * pairs + prior * PRIOR_PAIRS) / (pairs + PRIOR_PAIRS)
    return float(f"{value:.{_DIGITS}g}")


def _share_certain(
    connection: duckdb.DuckDBPyConnection, table: str, model: Model, rows: int
) -> float:
    """Give a first share of same pairs: those of the almost certain sets, and half as many again.

    One pair in all is added, so that the share is never zero.
    """
    pairs = max((_pairs(connection, table, columns) for columns in model.certain), default=0)
    every = max(rows * (rows - 1) / 2, 1.0)
    return float(f"{min((1.5 * pairs + 1.0) / (every + 2.0), 0.5):.{_DIGITS}g}")


def _pairs(connection: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> int:
    """Count the pairs that agree on all columns."""
    names = ", ".join(columns)
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    return _count(
        connection,
        f"SELECT coalesce(sum(rows * (rows - 1) // 2), 0)::BIGINT FROM (SELECT count(*) AS rows "  # noqa: S608
        f"FROM {table} WHERE {known} GROUP BY {names})",
    )


def _seen_share(
    connection: duckdb.DuckDBPyConnection, table: str, field: Field, columns: tuple[str, ...]
) -> float:
    """Give the share of pairs, among rows of a training set, in which a field is known twice."""
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    share = _known_share(connection, f"{table} WHERE {known}", field)
    return share * share


def _known_share(connection: duckdb.DuckDBPyConnection, rows: str, field: Field) -> float:
    """Give the share of rows in which a field has a value."""
    known = " OR ".join(f"{column} IS NOT NULL" for column in field.known_by)
    sql = f"SELECT coalesce(avg(({known})::INT), 0) FROM {rows}"  # noqa: S608
    return float(engine.run(connection, sql).fetchall()[0][0])


def _compared(
    connection: duckdb.DuckDBPyConnection, table: str, model: Model, rows: int
) -> dict[str, float]:
    """Give about how many sampled pairs each field was known in on both sides."""
    most = min(rows * (rows - 1) / 2, float(_SAMPLED_PAIRS))
    return {one.name: most * _known_share(connection, table, one) ** 2 for one in model.fields}


def _count(desk: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(engine.run(desk, sql).fetchall()[0][0])
