"""The SQL form finds exactly what comparing everything with everything finds."""

from __future__ import annotations

import pyarrow as pa
import pytest
from gun_lists import made, named, pairs
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ironriver.engines import opened, statement
from ironriver.engines.spark import in_spark
from ironriver.firearms.search.index import SerialIndex
from ironriver.firearms.search.keys import plain, skeleton
from ironriver.firearms.sql import batch_candidates, deletions, ends, posterior, walk
from ironriver.firearms.sql.near import keep_near_keys

KEYS = st.lists(st.text("01AB?", min_size=1, max_size=6), min_size=1, max_size=12, unique=True)


def distance(left: str, right: str) -> int:
    """Count edits by optimal string alignment; ``?`` on either side is any one character."""
    same = [[a == b or "?" in (a, b) for b in right] for a in left]
    table = [[max(i, j) for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (not same[i - 1][j - 1]),
            )
            if i > 1 and j > 1 and same[i - 1][j - 2] and same[i - 2][j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


def near_keys(asked: list[str], filed: list[str], edits: int) -> dict[tuple[str, str], int]:
    """Run the steps on keys as they are, with no question held too vague."""
    with opened("duckdb") as engine:
        engine.load("asked_keys", pa.table({"key": asked}))
        engine.load("filed_keys", pa.table({"key": filed}))
        keep_near_keys(engine, edits)
        found = engine.rows("SELECT * FROM near_keys")
    columns = (found[name].to_pylist() for name in ("asked", "filed", "edits"))
    return {(left, right): cost for left, right, cost in zip(*columns, strict=True)}


@given(KEYS, KEYS, st.integers(0, 3))
@example(["?"], ["?"], 0)
@example(["CA"], ["ABC", "AC", "C"], 2)
@example(["???", "AB??1"], ["A", "????", "B1"], 1)
@example(["0100", "110"], ["0", "1"], 3)
@settings(max_examples=25, deadline=None)
def test_pairs_and_their_distances_are_those_of_a_full_table(
    asked: list[str], filed: list[str], edits: int
) -> None:
    table = {(left, right): distance(left, right) for left in asked for right in filed}
    expected = {pair: cost for pair, cost in table.items() if cost <= edits}
    assert near_keys(asked, filed, edits) == expected


def test_a_swapped_pair_is_not_edited_again() -> None:
    assert OSA.distance("CA", "ABC") == 3
    assert ("CA", "ABC") not in near_keys(["CA"], ["ABC"], 2)
    assert near_keys(["CA"], ["ABC"], 3) == {("CA", "ABC"): 3}


@pytest.mark.parametrize("length", [33, 200, 1000])
def test_serials_too_long_to_shorten_are_compared_all_the_same(length: int) -> None:
    long = "A" * length
    filed = [long, long[1:], "B" + long[1:-1] + "B", long + "BBB", "A" * 20]
    expected = {(long, long): 0, (long, long[1:]): 1, (long, filed[2]): 2}
    assert near_keys([long], filed, 2) == expected


@pytest.mark.parametrize("edits", [1, 2])
@pytest.mark.parametrize("confusions", [False, True])
def test_candidates_are_those_of_rapidfuzz_over_everything(edits: int, confusions: bool) -> None:
    lists = made(20_000, 100, seed=edits)
    form = skeleton if confusions else str
    whole = {
        name: [
            (name_, form(serial))
            for name_, serial in zip(
                rows[name].to_pylist(), rows["serial"].to_pylist(), strict=True
            )
            if "?" not in serial
        ]
        for name, rows in (("query_id", lists.queries), ("gun", lists.records))
    }
    table = process.cdist(
        [key for _, key in whole["query_id"]],
        [key for _, key in whole["gun"]],
        scorer=OSA.distance,
        score_cutoff=edits,
    )
    expected = {
        (whole["query_id"][row][0], whole["gun"][column][0])
        for row, column in zip(*(table <= edits).nonzero(), strict=True)
    }
    with opened("duckdb") as engine:
        found = pairs(batch_candidates(engine, lists.queries, lists.records, edits, confusions))
    read = {name for rows in whole.values() for name, _ in rows}
    assert len(expected) > 300
    assert {(query, gun) for query, gun in found if query in read and gun in read} == expected


@pytest.mark.parametrize("edits", [1, 2])
@pytest.mark.parametrize("confusions", [False, True])
def test_candidates_are_those_of_the_compiled_index(edits: int, confusions: bool) -> None:
    lists = made(5_000, 150, seed=10 + edits)
    index = SerialIndex.of(lists.records["serial"])
    found = index.search(lists.queries["serial"], edits, confusions, refuse=False)
    expected = named(found)
    assert len(expected) > 150
    with opened("duckdb") as engine:
        assert (
            pairs(batch_candidates(engine, lists.queries, lists.records, edits, confusions))
            == expected
        )


def test_odd_serials_find_what_they_should_and_no_more() -> None:
    asked = ["", "?", "????????", "A", "AB1", "Ñ-0123456", "?" * 9 + "ABCDE", "A" * 1001, "A1?B2C3"]
    filed = ["AB1", "????", "", "NO123456", "A17B2C3", "A" * 1000]
    serials = [plain(text) for text in asked]
    assert serials[5] == "N0123456"
    with opened("duckdb") as engine:
        found = batch_candidates(
            engine,
            pa.table({"query_id": asked, "serial": serials}),
            pa.table({"gun": filed, "serial": filed}),
            1,
            confusions=True,
        )
    assert pairs(found) == {
        ("AB1", "AB1"),
        ("Ñ-0123456", "NO123456"),
        ("A1?B2C3", "A17B2C3"),
    }


def test_one_serial_asked_for_by_very_many_is_searched_for_once() -> None:
    queries = pa.table(
        {"query_id": [str(n) for n in range(100_000)], "serial": ["AB12345"] * 100_000}
    )
    records = pa.table({"gun": ["one", "other"], "serial": ["AB12346", "ZZZ"]})
    with opened("duckdb") as engine:
        found = batch_candidates(engine, queries, records, 2, confusions=True)
        assert engine.rows("SELECT count(*) AS n FROM pairs")["n"].to_pylist() == [1]
    assert found.num_rows == 100_000


def test_a_gun_with_several_records_is_found_once_by_its_nearest() -> None:
    queries = pa.table({"query_id": ["q"], "serial": ["AB12345"]})
    records = pa.table({"gun": ["one", "one"], "serial": ["AB12346", "AB12345"]})
    with opened("duckdb") as engine:
        found = batch_candidates(engine, queries, records, 2, confusions=False)
    assert found.to_pylist() == [{"query_id": "q", "gun": "one", "edits": 0}]


@pytest.mark.parametrize("edits", [0, 1, 2, 3])
def test_what_spark_is_given_holds_no_function_that_only_duckdb_has(edits: int) -> None:
    text = in_spark(deletions.letters())
    text += in_spark(statement(*deletions.remains(deletions.ASKED, edits)))
    text += in_spark(statement(*deletions.meetings(edits)))
    text += in_spark(statement(*walk.walk(edits)))
    text += in_spark(statement(*ends.met())) + in_spark(ends.near())
    text += "".join(in_spark(step.sql) for step in ends.keys(3))
    text += in_spark(statement(*posterior.joint(["make", "recovered"])))
    text += in_spark(statement(*posterior.likeliest(10, 0.1)))
    assert "EXPLODE" in text
    for foreign in ("UNNEST", "LIST_", "GENERATE_SERIES", "STRPOS", "lambda", "INFINITY"):
        assert foreign not in text


def test_missing_columns_and_too_many_edits_are_refused() -> None:
    bare = pa.table({"query_id": ["q"]})
    records = pa.table({"gun": ["g"], "serial": ["AB1234"]})
    with (
        opened("duckdb") as engine,
        pytest.raises(ValueError, match="queries have no column serial"),
    ):
        batch_candidates(engine, bare, records, 1, confusions=True)
    with opened("duckdb") as engine, pytest.raises(ValueError, match="4 edits"):
        batch_candidates(engine, records, records, 4, confusions=True)
