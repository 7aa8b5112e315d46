"""The batch engine on Spark: in local mode, or on the cluster that `spark_master` names.

Statements come in DuckDB's SQL and go through sqlglot. What differs beyond spelling is avoided in
the statements themselves: `sequence(1, 0)` counts down, `ln(0)` is NULL, `array_position` finds
nothing at 0 and not NULL, and NULL sorts first.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot

from ironriver import settings
from ironriver.engine import QueryError
from ironriver.engines.java import require_java
from ironriver.engines.statement import PairFunction
from ironriver.errors import MistakeError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Result = TypeVar("Result")

_WORTH_DEALING_OUT = 1 << 16
"""Bytes from which a table in few files is dealt out to all threads: what comes of a row is much.
Less is faster read by one."""

_QUIET = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
"""


@lru_cache(maxsize=256)
def in_spark(sql: str) -> str:
    """Put a statement of DuckDB's SQL into Spark's.

    >>> in_spark("SELECT list_transform([1, 2], lambda x: x + 1) AS more")
    'SELECT TRANSFORM(ARRAY(1, 2), x -> x + 1) AS more'
    """
    return sqlglot.transpile(sql, read="duckdb", write="spark")[0]


def heap(memory: str) -> str:
    """Give an amount of memory as the Java machine writes it.

    >>> heap("2GB"), heap("512 MiB")
    ('2g', '512m')
    """
    found = re.fullmatch(r"\s*(\d+)\s*([KMGT])I?B?\s*", memory.upper())
    if found is None:
        raise MistakeError(
            "IRONRIVER_MEMORY_LIMIT is {text}, which is no amount of memory such as 2GB",
            text=memory,
        )
    return found[1] + found[2].lower()


def require_pyspark() -> None:
    """Refuse a Python without pyspark, or with one too old, saying what to install."""
    try:
        from pyspark.sql.functions import arrow_udf  # noqa: F401 - of 4.1 or later
    except ImportError as error:
        raise MistakeError(
            "the engine spark needs pyspark 4.1 or later, which is not installed here; "
            "install it with pip install 'ironriver[spark]', or leave --engine at duckdb"
        ) from error


class SparkEngine:
    """Spark as a batch engine; `folder` takes what is kept and what does not fit in memory."""

    def __init__(self, folder: Path) -> None:
        require_pyspark()
        require_java()
        from pyspark.sql import SparkSession

        self._folder = folder
        master = settings.text("spark_master")
        builder = SparkSession.builder.appName("ironriver").master(master)
        for name, value in _configuration(folder, master).items():
            builder = builder.config(name, value)
        self._session: SparkSession = builder.getOrCreate()

    def load(self, name: str, rows: pa.Table | Path) -> None:
        """Give a name to an Arrow table, or to a Parquet file or folder of them."""
        if not isinstance(rows, Path):
            folder = self._folder / name
            folder.mkdir()
            pq.write_table(rows, folder / "part-0.parquet")
            rows = folder
        self._view(name, rows)

    def function(self, name: str, call: PairFunction) -> None:
        """Let statements call a function of two texts by a name; NULL in gives NULL out."""
        from pyspark.sql.functions import arrow_udf

        def called(left: pa.Array, right: pa.Array) -> pa.Array:
            return call(left, right)

        self._session.udf.register(name, arrow_udf(called, returnType="double"))

    def keep(self, name: str, sql: str) -> None:
        """Work a SELECT out once and give its rows a name."""
        folder = self._folder / name
        self.write(sql, folder)
        self._view(name, folder)

    def rows(self, sql: str) -> pa.Table:
        """Run a SELECT and give its rows; they must fit in memory."""
        return self._run(sql, lambda frame: frame.toArrow())

    def write(self, sql: str, folder: Path) -> None:
        """Run a SELECT and write its rows, as they come, as Parquet into a new folder."""
        self._run(sql, lambda frame: frame.write.parquet(str(folder.absolute())))

    def close(self) -> None:
        """Let go of all that was loaded and kept."""
        self._session.stop()

    def _view(self, name: str, path: Path) -> None:
        frame = self._session.read.parquet(str(path.absolute()))
        parts = self._session.sparkContext.defaultParallelism
        files = list(path.rglob("*.parquet")) if path.is_dir() else [path]
        if len(files) < parts and sum(file.stat().st_size for file in files) >= _WORTH_DEALING_OUT:
            frame = frame.repartition(parts)
        frame.createOrReplaceTempView(name)

    def _run(self, sql: str, take: Callable[[DataFrame], Result]) -> Result:
        from pyspark.errors import PySparkException

        text = in_spark(sql)
        try:
            return take(self._session.sql(text))
        except PySparkException as error:
            raise QueryError("{reason}\n\nin the query\n\n{sql}", reason=error, sql=text) from error


def _configuration(folder: Path, master: str) -> dict[str, str]:
    """Give what keeps Spark quiet, off the network in local mode, and inside the folder."""
    (folder / "log4j2.properties").write_text(_QUIET, encoding="utf-8")
    chosen = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.driver.extraJavaOptions": (
            f"-Dlog4j2.configurationFile={(folder / 'log4j2.properties').absolute().as_uri()}"
        ),
        "spark.driver.memory": heap(settings.text("memory_limit")),
        "spark.local.dir": str(folder.absolute() / "spill"),
        "spark.sql.warehouse.dir": str(folder.absolute() / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.caseSensitive": "false",
    }
    if master.startswith("local"):
        chosen["spark.driver.bindAddress"] = chosen["spark.driver.host"] = "127.0.0.1"
        # One machine needs no more pieces than a few for each thread; the default is 200.
        chosen["spark.sql.shuffle.partitions"] = str(4 * settings.whole("threads"))
        # The workers must be this Python, with these packages, and not the first one of the path.
        os.environ["PYSPARK_PYTHON"] = sys.executable
    return chosen
