"""Spark in local mode, DuckDB and the compiled kernel: the same candidates, the same posteriors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from gun_lists import LEVELS, answered, furthest, gaps, made, named, one_by_one, pairs
from held_guns import differences, held_guns, near_by_index, near_on

from ironriver.engine import QueryError
from ironriver.engines import BatchEngine, opened
from ironriver.estimators.types import Probability
from ironriver.firearms.channel import Channel
from ironriver.firearms.question import answer
from ironriver.firearms.search.index import SerialIndex
from ironriver.firearms.sql import batch_candidates, batch_posteriors, write_posteriors

# Spark's own warnings, of sockets left to the collector and the like, are not ours to mend.
pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("default")]

CHANNEL = Channel.from_rates()
GUNS = 100_000


@pytest.fixture
def spark(tmp_path: Path) -> Iterator[BatchEngine]:
    with opened("spark", tmp_path / "tmp") as engine:
        yield engine
    assert not list((tmp_path / "tmp").iterdir()), "nothing is left behind"


def test_all_three_find_and_weigh_the_same_among_100_000_guns(spark: BatchEngine) -> None:
    lists = made(GUNS, 1_000, seed=32)
    index = SerialIndex.of(lists.records["serial"])
    near = named(index.search(lists.queries["serial"], 1, True, refuse=False))
    assert len(near) > 10_000
    by_kernel = one_by_one(lists, near, CHANNEL, GUNS)
    asked = (lists.queries, lists.records, CHANNEL, 1, True, LEVELS)
    on_spark = answered(batch_posteriors(spark, *asked))
    assert {key for key in on_spark if key[1] is not None} == near
    with opened("duckdb") as duckdb:
        on_duckdb = answered(batch_posteriors(duckdb, *asked))
    assert gaps(on_spark) == gaps(on_duckdb)
    assert furthest(on_spark, on_duckdb) < 1e-9
    weighed = {key: figures for key, figures in on_spark.items() if key[1] is not None}
    assert gaps(weighed) == gaps(by_kernel)
    assert furthest(weighed, by_kernel) < 1e-9


def test_all_three_answer_questions_the_same_over_100_000_records(spark: BatchEngine) -> None:
    holdings, questions = held_guns(GUNS, 300, seed=33)
    prior = Probability(0.6)
    near = near_by_index(holdings, questions)
    assert len(near) > 10_000
    compiled = answer(holdings, questions, prior, refuse=False)
    on_spark = answer(holdings, questions, prior, engine=spark)
    assert near_on(spark) == near
    with opened("duckdb") as duckdb:
        on_duckdb = answer(holdings, questions, prior, engine=duckdb)
        assert near_on(duckdb) == near
    for other in (on_duckdb, compiled):
        gap, rows = differences(on_spark, other)
        assert rows > 500
        assert gap < 1e-9


def test_odd_serials_and_repeated_guns_fare_the_same(spark: BatchEngine) -> None:
    asked = ["", "?", "????????", "CA1", "A" * 1001, "A1?B2C3", "B" * 200, "AB12345", "AB12345"]
    filed = ["A1BC", "????", "", "A17B2C3", "B" * 199, "AB12346", "AB1234", "A?1?3?5"]
    queries = pa.table({"query_id": [str(n) for n in range(len(asked))], "serial": asked})
    records = pa.table({"gun": [str(n // 2) for n in range(len(filed))], "serial": filed})
    found = batch_candidates(spark, queries, records, 1, confusions=False)
    with opened("duckdb") as duckdb:
        expected = batch_candidates(duckdb, queries, records, 1, confusions=False)
    assert len(pairs(expected)) > 5
    assert sorted(map(str, found.to_pylist())) == sorted(map(str, expected.to_pylist()))


def test_files_in_and_files_out_hold_the_same_answer(spark: BatchEngine, tmp_path: Path) -> None:
    lists = made(500, 50, seed=41)
    folder = tmp_path / "records"
    sizes = {"max_rows_per_file": 200, "max_rows_per_group": 200}
    ds.write_dataset(lists.records, folder, format="parquet", **sizes)
    answer = tmp_path / "answer"
    write_posteriors(spark, lists.queries, folder, CHANNEL, 1, True, answer, LEVELS)
    held = answered(ds.dataset(answer, format="parquet").to_table())
    with opened("duckdb") as duckdb:
        expected = answered(
            batch_posteriors(duckdb, lists.queries, folder, CHANNEL, 1, True, LEVELS)
        )
    assert gaps(held) == gaps(expected)
    assert furthest(held, expected) < 1e-9


def test_a_failing_statement_shows_itself(spark: BatchEngine) -> None:
    spark.load("there", pa.table({"here": [1]}))
    with pytest.raises(QueryError, match="SELECT nought FROM there"):
        spark.rows("SELECT nought FROM there")
