"""Every setting as name, default and help; the docs and the command line come from here."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ironriver.errors import MistakeError


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: ``IRONRIVER_<NAME>`` in the environment overrides its default."""

    name: str
    default: str | int | float
    help: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"IRONRIVER_{self.name.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("lang", "en", "Language of screens, reports and errors: en or es."),
    Setting("purpose", "", "Why restricted rows are read or exported; kept in the audit journal."),
    Setting("memory_limit", "2GB", "Memory that DuckDB may use before it spills to disk."),
    Setting("threads", 2, "Threads that DuckDB may use."),
    Setting("engine", "duckdb", "What runs a batch: duckdb, or spark."),
    Setting(
        "spark_master", "local[2]", "Where Spark runs: local[threads], or a cluster's address."
    ),
    Setting("chunk_bytes", 8_388_608, "Bytes of a text file that are read at a time."),
    Setting("max_row_bytes", 1_048_576, "A longer row goes to quarantine."),
    Setting("workbook_memory_mb", 1_024, "Memory limit of the process that opens workbooks."),
    Setting("workbook_seconds", 120, "Processor-time limit of the process that opens workbooks."),
    Setting(
        "max_expansion", 200, "An archive that unpacks to more than this many times is refused."
    ),
    Setting("max_unpacked_mb", 20_480, "An archive that unpacks to more than this is refused."),
    Setting(
        "match_certainty", 0.8, "A layout is chosen by itself only above this share of headings."
    ),
    Setting("minimum_cell", 10, "The smallest count that leaves in an aggregate."),
    Setting("web_workers", 2, "Worker processes that answer a server's questions."),
    Setting("web_query_seconds", 20, "A question to a server that takes longer is ended."),
    Setting("web_rows", 500, "The most rows that one answer of a server holds."),
    Setting("web_worker_memory_mb", 8_192, "Address space that a worker process may take."),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}


def value(name: str) -> str | int | float:
    """Give a setting's value: the environment's, or else the default, in the default's type.

    >>> value("minimum_cell")
    10
    """
    setting = _BY_NAME[name]
    text = os.environ.get(setting.variable)
    if text is None:
        return setting.default
    try:
        return type(setting.default)(text)
    except ValueError:
        raise MistakeError(
            "{variable} is {text}, which is no {kind}",
            variable=setting.variable,
            text=text,
            kind=type(setting.default).__name__,
        ) from None


def whole(name: str) -> int:
    """Give a setting that is a whole number, 1 or more."""
    given = int(value(name))
    if given < 1:
        raise MistakeError(
            "{variable} is {text}, but must be 1 or more",
            variable=_BY_NAME[name].variable,
            text=given,
        )
    return given


def number(name: str) -> float:
    """Give a setting that is a number."""
    return float(value(name))


def text(name: str) -> str:
    """Give a setting that is a text."""
    return str(value(name))
