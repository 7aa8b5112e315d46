"""Questions put to a batch engine have the answers of the compiled index and channel."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from held_guns import differences, held_guns, near_by_index, near_on
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.engines import opened
from ironriver.estimators.types import Probability
from ironriver.firearms.asked import Asked
from ironriver.firearms.gun_records import NO_DAY
from ironriver.firearms.holdings import Holdings
from ironriver.firearms.question import answer
from ironriver.firearms.search.index import SerialIndex
from ironriver.firearms.sql import batch_candidates
from ironriver.firearms.timing import Timing

SERIALS = st.lists(st.text("01AB?", min_size=1, max_size=9), min_size=1, max_size=12)
PRIOR = Probability(0.6)


@pytest.fixture(scope="module")
def world() -> tuple[Holdings, list[Asked]]:
    return held_guns(4_000, 200, seed=3)


@pytest.fixture(scope="module")
def compiled(world: tuple[Holdings, list[Asked]]) -> pa.Table:
    return answer(*world, PRIOR, refuse=False)


def test_answers_are_those_of_the_compiled_path(
    world: tuple[Holdings, list[Asked]], compiled: pa.Table
) -> None:
    with opened("duckdb") as engine:
        found = answer(*world, PRIOR, engine=engine)
        assert near_on(engine) == near_by_index(*world)
    gap, rows = differences(compiled, found)
    assert rows > 300
    assert gap < 1e-9


def test_the_world_asks_for_all_that_may_differ(
    world: tuple[Holdings, list[Asked]], compiled: pa.Table
) -> None:
    holdings, questions = world
    held = dict(zip(holdings.records.record_id.to_pylist(), holdings.records.serial.to_pylist(),
                    strict=True))  # fmt: skip
    pairs = [
        (questions[row["question"] - 1].serial, held[row["record_id"]])
        for row in compiled.to_pylist()
    ]
    assert sum(1 for asked, filed in pairs if abs(len(asked) - len(filed)) == 3) > 5
    assert sum(1 for asked, filed in pairs if filed.startswith("MOD12") and asked[:3] != "MOD") > 5
    fields = {reason["field"] for told in compiled["reasons"].to_pylist()
              for reason in json.loads(told)}  # fmt: skip
    assert fields == {
        "prior",
        "serial",
        "make",
        "importer",
        "model",
        "calibre",
        "type",
        "recovered",
    }


def test_questions_too_vague_or_far_from_all_have_no_answer(
    world: tuple[Holdings, list[Asked]],
) -> None:
    questions = [Asked("??1"), Asked("ZZZZZZ999999"), Asked(""), Asked("A" * 1200)]
    with opened("duckdb") as engine:
        assert answer(world[0], questions, PRIOR, engine=engine).num_rows == 0


@given(SERIALS, SERIALS, st.integers(0, 2), st.booleans(), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_guns_cut_off_at_an_end_are_found_as_the_index_finds_them(
    asked: list[str], filed: list[str], edits: int, confusions: bool, ends: int
) -> None:
    found = SerialIndex.of(filed).search(asked, edits, confusions, ends, refuse=False)
    queries = pa.table({"query_id": range(len(asked)), "serial": asked})
    records = pa.table({"gun": range(len(filed)), "serial": filed})
    with opened("duckdb") as engine:
        near = batch_candidates(engine, queries, records, edits, confusions, ends)
    pairs = list(zip(near["query_id"].to_pylist(), near["gun"].to_pylist(), strict=True))
    assert sorted(pairs) == list(zip(found.query.tolist(), found.entry.tolist(), strict=True))


def test_ranges_of_days_say_what_the_day_of_recovery_says() -> None:
    holdings, _ = held_guns(200, 0, seed=5)
    records = holdings.records
    rows = np.arange(len(records))
    for recovery in (-1, 0, 1, 2):
        timing = Timing(holdings.timing.ratios, recovery)
        ranges = timing.ranges().to_pylist()
        for day in (NO_DAY, 16_800, 18_000):
            expected = timing.log_ratios(records, rows, np.full(len(rows), day))
            for row, ratio in zip(rows, expected, strict=True):
                apart = day - int(records.day[row])
                said = [
                    one["log_ratio"]
                    for one in ranges
                    if NO_DAY not in (day, records.day[row])
                    and one["role"] == records.role[row]
                    and one["since"] <= (one["sign"] * apart or abs(apart) * (not one["sign"]))
                    and (one["sign"] * apart or abs(apart) * (not one["sign"])) < one["before"]
                ]
                assert said == [ratio] or (not said and ratio == 0.0)
