"""Engines say what is missing, and keep to the folder they were given."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pytest

from ironriver.engine import QueryError
from ironriver.engines import chosen, opened
from ironriver.engines.java import require_java
from ironriver.engines.spark import heap
from ironriver.errors import MistakeError


def java(folder: Path, says: str) -> Path:
    """Make a program that answers as a java does."""
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{says}\" 2020-01-01' >&2\n", "utf-8")
    program.chmod(0o755)
    return folder


def test_the_option_comes_before_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen() == "duckdb"
    monkeypatch.setenv("IRONRIVER_ENGINE", "spark")
    assert chosen() == "spark"
    assert chosen("duckdb") == "duckdb"


def test_an_unknown_engine_is_refused_with_those_that_exist() -> None:
    with pytest.raises(MistakeError, match="no engine polars; --engine takes duckdb, spark"):
        chosen("polars")


def test_spark_without_pyspark_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql.functions", None)
    with pytest.raises(MistakeError, match=r"pip install 'ironriver\[spark\]'"), opened("spark"):
        pass


def test_a_machine_without_java_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(MistakeError, match=r"Java 17 or later, and none was found.*openjdk-17"):
        require_java()


def test_a_java_too_old_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path / "old", "1.8.0_292")))
    with pytest.raises(MistakeError, match=r"old/bin/java is Java 8; install a later one"):
        require_java()
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path / "new", "21.0.1")))
    require_java()


def test_memory_is_written_as_java_reads_it() -> None:
    assert [heap(text) for text in ("2GB", "5GB", "512 MiB", "4g")] == [
        "2g",
        "5g",
        "512m",
        "4g",
    ]
    with pytest.raises(MistakeError, match="no amount of memory"):
        heap("much")


def test_a_failing_statement_shows_itself() -> None:
    with opened("duckdb") as engine:
        engine.load("there", pa.table({"here": [1]}))
        with pytest.raises(QueryError, match="SELECT nought FROM there"):
            engine.rows("SELECT nought FROM there")
