"""Engines that run a batch wholly in SQL: DuckDB in this process, or Spark on one or many machines.

Statements are written once, in DuckDB's SQL; the Spark engine has sqlglot put them into its own.
"""

from __future__ import annotations

from ironriver.engines.choice import ENGINES, chosen, opened
from ironriver.engines.statement import BatchEngine, Cte, PairFunction, statement

__all__ = ["ENGINES", "BatchEngine", "Cte", "PairFunction", "chosen", "opened", "statement"]
