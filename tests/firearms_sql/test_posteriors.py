"""The posterior in SQL is the posterior written in Python, to the last digits."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from gun_lists import LEVELS, Answer, answered, furthest, gaps, made, one_by_one, pairs

from ironriver.engines import opened
from ironriver.errors import MistakeError
from ironriver.firearms.channel import Channel, Rates
from ironriver.firearms.sql import batch_candidates, batch_posteriors, write_posteriors
from ironriver.firearms.sql.likelihood import PairLikelihood

CHANNEL = Channel.from_rates()
LISTS = made(2_000, 200, seed=21)


def found(answer: Answer) -> Answer:
    return {key: figures for key, figures in answer.items() if key[1] is not None}


@pytest.fixture(scope="module")
def weighed() -> Answer:
    with opened("duckdb") as engine:
        return answered(
            batch_posteriors(engine, LISTS.queries, LISTS.records, CHANNEL, 2, True, LEVELS)
        )


def test_posteriors_are_those_of_the_python_form(weighed: Answer) -> None:
    with opened("duckdb") as engine:
        near = pairs(batch_candidates(engine, LISTS.queries, LISTS.records, 2, True))
    expected = one_by_one(LISTS, near, CHANNEL, LISTS.records.num_rows)
    assert len(expected) > 1_000
    assert gaps(expected) == gaps(found(weighed))
    assert furthest(found(weighed), expected) < 1e-12


def test_the_hypotheses_of_each_question_add_up_to_one(weighed: Answer) -> None:
    sums: dict[str, float] = {}
    for (query, _), (probability, _, none) in weighed.items():
        sums[query] = sums.get(query, none) + (probability or 0.0)
    assert len(sums) == LISTS.queries.num_rows
    assert max(abs(total - 1.0) for total in sums.values()) < 1e-12


def test_a_question_without_candidates_has_one_row_that_says_so() -> None:
    queries = pa.table(
        {
            "query_id": ["far", "vague"],
            "serial": ["ZZZZ9999", "??"],
            "log_background": [-12.0, 0.0],
            "in_registry": [0.9, 0.9],
        }
    )
    with opened("duckdb") as engine:
        answer = batch_posteriors(engine, queries, LISTS.records, CHANNEL, 1, True)
    assert sorted(answer.to_pylist(), key=lambda row: row["query_id"]) == [
        {"query_id": query, "gun": None, "probability": None, "log_odds": None, "none": 1.0}
        for query in ("far", "vague")
    ]


def test_an_exact_hit_among_ten_million_guns_identifies_nothing() -> None:
    queries = {
        "query_id": "q",
        "serial": "1234567",
        "log_background": math.log(1e-7),
        "in_registry": 0.2,
    }
    records = {"gun": "g", "serial": "1234567"}
    channel = Channel.substitutions_only(0.02, "0123456789")
    with opened("duckdb") as engine:
        answer = batch_posteriors(
            engine,
            pa.Table.from_pylist([queries]),
            pa.Table.from_pylist([records]),
            channel,
            1,
            False,
            registry_size=1e7,
        )
    joint, rest = 0.2 * 1e-7 * 0.98**7, (1 - 0.2e-7) * 1e-7
    row = answer.to_pylist()[0]
    assert row["probability"] == pytest.approx(joint / (joint + rest), abs=1e-12)
    assert row["log_odds"] == pytest.approx(math.log(joint / rest), abs=1e-12)


def test_what_is_sure_or_cannot_be_is_no_error() -> None:
    queries = pa.table(
        {
            "query_id": ["never", "surely", "neither"],
            "serial": ["AB12345", "AB12345", "AB12346"],
            "log_background": [-15.0, -15.0, -15.0],
            "in_registry": [0.0, 1.0, 1.0],
        }
    )
    records = pa.table({"gun": ["g"], "serial": ["AB12345"]})
    faultless = Channel.from_rates(Rates(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    with opened("duckdb") as engine:
        answer = answered(batch_posteriors(engine, queries, records, faultless, 1, False))
    assert answer["never", "g"] == (0.0, -math.inf, 1.0)
    assert answer["surely", "g"] == (1.0, math.inf, 0.0)
    assert answer["neither", "g"] == (None, -math.inf, None)


def test_the_likeliest_record_of_a_gun_speaks_for_it() -> None:
    queries = pa.table(
        {"query_id": ["q"], "serial": ["AB12345"], "log_background": [-15.0], "in_registry": [0.5]}
    )
    twice = pa.table({"gun": ["g", "g"], "serial": ["AB12346", "AB12345"]})
    once = twice.slice(1)
    with opened("duckdb") as engine:
        both = answered(batch_posteriors(engine, queries, twice, CHANNEL, 1, True))
    with opened("duckdb") as engine:
        assert both == answered(batch_posteriors(engine, queries, once, CHANNEL, 1, True))


def test_files_in_and_files_out_hold_the_same_answer(tmp_path: Path, weighed: Answer) -> None:
    (tmp_path / "records").mkdir()
    half = LISTS.records.num_rows // 2
    pq.write_table(LISTS.records.slice(0, half), tmp_path / "records" / "a.parquet")
    pq.write_table(LISTS.records.slice(half), tmp_path / "records" / "b.parquet")
    pq.write_table(LISTS.queries, tmp_path / "it's.parquet")
    with opened("duckdb", tmp_path / "tmp") as engine:
        write_posteriors(
            engine, tmp_path / "it's.parquet", tmp_path / "records", CHANNEL, 2, True,
            tmp_path / "answer", LEVELS,
        )  # fmt: skip
    answer = answered(ds.dataset(tmp_path / "answer", format="parquet").to_table())
    assert gaps(answer) == gaps(weighed)
    assert furthest(answer, weighed) < 1e-12
    assert not list((tmp_path / "tmp").iterdir()), "nothing is left behind"


def test_the_function_gives_null_for_null_and_nothing_for_nothing() -> None:
    pair = PairLikelihood(CHANNEL)
    two = pair(pa.array(["A1", None]), pa.array(["A1", "A1"]))
    assert two.null_count == 1
    assert two[0].as_py() == pytest.approx(CHANNEL.log_likelihood("A1", "A1"), abs=1e-12)
    assert len(pair(pa.array([], pa.string()), pa.array([], pa.string()))) == 0


def asked(*rows: tuple[str, float | None, float | None]) -> pa.Table:
    names, backgrounds, priors = zip(*rows, strict=True)
    return pa.table(
        {
            "query_id": names,
            "serial": ["AB12345"] * len(rows),
            "log_background": pa.array(backgrounds, pa.float64()),
            "in_registry": pa.array(priors, pa.float64()),
        }
    )


def test_a_question_that_stands_twice_is_refused_by_name() -> None:
    twice = asked(("first", -9.0, 0.5), ("second", -9.0, 0.5), ("second", -9.0, 0.5))
    with opened("duckdb") as engine, pytest.raises(MistakeError, match="question second stands"):
        batch_posteriors(engine, twice, LISTS.records, CHANNEL, 1, True)


@pytest.mark.parametrize(
    ("background", "prior"),
    [(-9.0, 1.1), (-9.0, -0.1), (-9.0, None), (None, 0.5), (math.nan, 0.5), (-math.inf, 0.5)],
)
def test_figures_that_cannot_be_weighed_are_refused(
    background: float | None, prior: float | None
) -> None:
    with opened("duckdb") as engine, pytest.raises(ValueError, match="question odd"):
        batch_posteriors(
            engine,
            asked(("q", -9.0, 1.0), ("odd", background, prior)),
            LISTS.records,
            CHANNEL,
            1,
            True,
        )


def test_levels_that_contradict_each_other_and_empty_registries_are_refused() -> None:
    twice = pa.concat_tables([LEVELS, LEVELS.slice(0, 1)])
    with opened("duckdb") as engine, pytest.raises(ValueError, match="stands twice"):
        batch_posteriors(engine, LISTS.queries, LISTS.records, CHANNEL, 1, True, twice)
    with opened("duckdb") as engine, pytest.raises(ValueError, match=r"registry of 0\.5 guns"):
        batch_posteriors(engine, LISTS.queries, LISTS.records, CHANNEL, 1, True, registry_size=0.5)
