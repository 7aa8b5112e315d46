"""A statement as a queue of named steps, and what an engine must do with statements.

Each step is one common table expression (CTE), made by one small function and tested by itself;
the queue is what splink calls its pipeline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

PairFunction = Callable[[pa.Array, pa.Array], pa.Array]
"""From two arrays of texts of one length to an array of float64, row by row."""


@dataclass(frozen=True, slots=True)
class Cte:
    """One named step: a SELECT in DuckDB's SQL over the tables and steps before it."""

    name: str
    sql: str


def statement(steps: Sequence[Cte], last: str) -> str:
    """Give steps and the SELECT that reads them as one statement.

    >>> print(statement([Cte("one", "SELECT 1 AS n")], "SELECT n FROM one"))
    WITH one AS (
    SELECT 1 AS n
    )
    SELECT n FROM one
    """
    if not steps:
        return last
    named = ",\n".join(f"{step.name} AS (\n{step.sql}\n)" for step in steps)
    return f"WITH {named}\n{last}"


class BatchEngine(Protocol):
    """What runs a batch: tables in, statements in DuckDB's SQL, tables out.

    A statement that fails raises `ironriver.engine.QueryError`, which shows it.
    """

    def load(self, name: str, rows: pa.Table | Path) -> None:
        """Give a name to an Arrow table, or to a Parquet file or folder of them."""

    def function(self, name: str, call: PairFunction) -> None:
        """Let statements call a function of two texts by a name; NULL in gives NULL out."""

    def keep(self, name: str, sql: str) -> None:
        """Work a SELECT out once and give its rows a name."""

    def rows(self, sql: str) -> pa.Table:
        """Run a SELECT and give its rows; they must fit in memory."""

    def write(self, sql: str, folder: Path) -> None:
        """Run a SELECT and write its rows, as they come, as Parquet into a new folder."""

    def close(self) -> None:
        """Let go of all that was loaded and kept."""
