"""What is given to a batch: which columns it must have, and what would make its answer wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from ironriver.engines import BatchEngine
from ironriver.errors import MistakeError
from ironriver.firearms.sql.posterior import NEVER

Rows: TypeAlias = pa.Table | Path
"""An Arrow table, or a Parquet file or a folder of them."""

LEVELS = pa.schema(
    {"field": pa.string(), "asked": pa.string(), "filed": pa.string(), "log_ratio": pa.float64()}
)
"""What a value of the question and one of the record say, by field; without a row, nothing."""

DAYS = pa.schema(
    {
        "role": pa.int64(),
        "sign": pa.int64(),
        "since": pa.int64(),
        "before": pa.int64(),
        "log_ratio": pa.float64(),
    }
)
"""What a range of days between a record of a role and a recovery says: see `Timing.ranges`."""

Levels: TypeAlias = pa.Table | Callable[[pa.Table], pa.Table]
"""A table shaped as LEVELS, or what gives it for the values that occur, [field, asked, filed]."""

_TWICE = "SELECT query_id FROM queries GROUP BY query_id HAVING count(*) > 1 LIMIT 1"
# NaN is above everything on both engines, and NULL makes the whole condition NULL.
_UNWEIGHABLE = f"""SELECT query_id FROM queries WHERE NOT coalesce(
    in_registry >= 0 AND in_registry <= 1
    AND log_background > {NEVER} AND log_background < -{NEVER}, false
) LIMIT 1"""  # noqa: S608 - a constant


def load(engine: BatchEngine, name: str, rows: Rows, needed: Sequence[str]) -> None:
    """Load questions or records; ValueError where columns are missing."""
    missing = set(needed) - set(columns(rows))
    if missing:
        raise ValueError(f"the {name} have no column {', '.join(sorted(missing))}")
    engine.load(name, rows)


def check_queries(engine: BatchEngine) -> None:
    """Refuse a question asked twice (MistakeError), or whose figures are none (ValueError)."""
    for query in engine.rows(_TWICE)["query_id"].to_pylist():
        raise MistakeError(
            "question {query} stands there twice; each needs an id of its own", query=query
        )
    for query in engine.rows(_UNWEIGHABLE)["query_id"].to_pylist():
        raise ValueError(f"question {query}: in_registry or log_background cannot be weighed")


def load_levels(engine: BatchEngine, levels: pa.Table) -> None:
    """Load a table shaped as LEVELS; ValueError where it says two things of the same values."""
    rows = levels.select(LEVELS.names).cast(LEVELS)
    values = rows.group_by(LEVELS.names[:3]).aggregate([])
    if values.num_rows < rows.num_rows:
        raise ValueError("a level stands twice for the same field and values")
    engine.load("levels", rows)


def columns(rows: Rows) -> list[str]:
    """Name the columns of a table, or of Parquet files."""
    if isinstance(rows, Path):
        file = next(iter(sorted(rows.rglob("*.parquet"))), None) if rows.is_dir() else rows
        if file is None:
            raise ValueError(f"{rows} holds no Parquet file")
        return list(pq.read_schema(file).names)
    return list(rows.column_names)
