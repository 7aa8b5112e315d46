"""A score says what is so, from tables alone, whoever made them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from score_world import TABLES, TRUTH, arrow, tables, write_truth

from ironriver.errors import MistakeError
from ironriver.world.score import PARTS, score
from ironriver.world.score_text import to_text
from ironriver.world.score_words import WORDS


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    return write_truth(tmp_path / "truth")


def section(truth: Path, name: str, **changed: pa.Table) -> dict[str, Any]:
    return dict(score({**tables(), **changed}, truth).sections[name])


def test_quarantine_is_held_against_what_cannot_be_read(truth: Path) -> None:
    found = section(truth, "rows")
    assert (found["rows"], found["neither"]) == (9, 0)
    assert (found["quarantine"]["precision"], found["quarantine"]["recall"]) == (0.5, 1.0)
    assert found["reasons_of_readable"] == [
        {"layout": "seizures", "reason": "date_invalid", "rows": 1}
    ]


def test_a_row_that_ended_nowhere_is_counted(truth: Path) -> None:
    records = tables()["records"].slice(0, 6)
    assert section(truth, "rows", records=records)["neither"] == 1


def test_pairs_of_the_same_gun_are_counted_over_all_accepted_rows(truth: Path) -> None:
    found = section(truth, "same_gun")
    # Judged: a1 b1 a2 together. True: a1 b1 b2 are one gun, a2 another.
    assert found["all"]["pairs"] | {"f1": 0} == {
        "precision": 1 / 3, "recall": 1 / 3, "f1": 0, "given": 3, "true": 3, "correct": 1,
    }  # fmt: skip
    assert (found["recovered_to_before"]["given"], found["recovered_to_before"]["true"]) == (2, 2)
    assert found["among_recovered"]["true"] == 1
    assert found["serial_read"]["recall"] == 1.0


def test_a_row_about_no_single_gun_is_wrong_beside_any_gun(truth: Path) -> None:
    wrong = [*TABLES["firearm_members"], {"firearm_id": "f3", "record_id": "b4"}]
    found = section(truth, "same_gun", firearm_members=arrow(wrong))["all"]["pairs"]
    assert (found["given"], found["true"], found["correct"]) == (4, 3, 1)


def test_entities_are_scored_by_kind(truth: Path) -> None:
    found = section(truth, "same_entity")
    assert found["person"]["pairs"]["f1"] == 1.0
    assert found["licensee"]["pairs"]["recall"] == 0.0


def test_a_trace_is_right_if_its_purchaser_truly_is_the_purchaser(truth: Path) -> None:
    found = section(truth, "traces")
    assert found["recoveries"] == 1  # the other one is in quarantine, where intake answers for it
    assert found["outcome"]["accuracy"] == 1.0
    assert found["origin"]["accuracy"] == 0.0
    assert (found["purchaser"]["recall"], found["licensee"]["recall"]) == (1.0, 0.0)


def test_a_trace_to_the_wrong_person_is_wrong(truth: Path) -> None:
    wrong = [{**TABLES["traces"][0], "purchaser_entity_id": "e2"}]
    found = section(truth, "traces", traces=arrow(wrong))
    assert found["purchaser"]["correct"] == 0
    assert found["outcome"]["correct"] == 1


def test_a_ring_is_found_if_half_of_it_is_half_of_a_network(truth: Path) -> None:
    found = section(truth, "networks")
    (ring,) = [row for row in found["rings"] if row["rings"]]
    assert (ring["size"], ring["found"], ring["mean_best_coverage"]) == ("2-5", 1, 2 / 3)
    assert found["guns"]["pairs"]["true"] == 3
    assert found["people"]["pairs"]["correct"] == 0


def test_leads_count_the_innocent_among_the_top(truth: Path) -> None:
    found = section(truth, "leads")
    assert found["person"]["top_20"] == {"precision": 0.5, "lift": 0.75, "innocent": 0.5}
    # The right one is second of two, and one of two right ones is not listed at all.
    assert found["person"]["average_precision"] == 0.25
    assert found["network"]["right"] == 1
    assert found["all"]["top_20"]["innocent"] == 0.5


def test_the_same_candidate_twice_is_right_once(truth: Path) -> None:
    twice = [*TABLES["leads"], {**TABLES["leads"][2], "rank": 5}]
    assert section(truth, "leads", leads=arrow(twice))["person"]["right"] == 1


def test_figures_are_held_against_the_truth_of_their_name_and_period(truth: Path) -> None:
    found = section(truth, "figures")
    assert {row["name"]: row["covers"] for row in found["figures"]} == {
        "US share": False,
        "yearly flow": True,
    }
    assert found["without_truth"] == 1


def test_a_repair_is_right_if_it_gives_the_true_text(truth: Path) -> None:
    found = section(truth, "repairs")
    assert (found["all"]["right"], found["all"]["precision"], found["all"]["recall"]) == (
        1, 0.5, 0.5,
    )  # fmt: skip


def test_readings_are_held_against_the_gun(truth: Path) -> None:
    found = section(truth, "readings")
    assert (found["make"]["filled"], found["make"]["right_of_filled"]) == (4 / 6, 1.0)
    assert found["serial"]["right_of_filled"] == 0.8


def test_who_knows_the_truth_scores_one(truth: Path) -> None:
    rows = {(row["source_id"], row["row_number"]): row["firearm_key"] for row in TRUTH["rows"]}
    members = [
        {"firearm_id": rows[r["source_id"], r["row_number"]], "record_id": r["record_id"]}
        for r in TABLES["records"]
        if rows[r["source_id"], r["row_number"]]
    ]
    found = section(truth, "same_gun", firearm_members=arrow(members))["all"]
    assert found["pairs"]["f1"] == found["b_cubed"]["f1"] == found["adjusted_rand_index"] == 1.0


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_files_score_like_the_tables_they_hold(truth: Path, tmp_path: Path, suffix: str) -> None:
    paths = {}
    for name, table in tables().items():
        paths[name] = tmp_path / f"{name}.{suffix}"
        if suffix == "parquet":
            pq.write_table(table, paths[name])
        elif suffix == "csv":
            pyarrow.csv.write_csv(table, paths[name])
        else:
            lines = [json.dumps(row) + "\n" for row in table.to_pylist()]
            paths[name].write_text("".join(lines), encoding="utf-8")
    assert score(paths, truth).to_json() == score(tables(), truth).to_json()


def test_the_order_of_rows_does_not_matter(truth: Path) -> None:
    shuffled = {}
    for name, rows in TABLES.items():
        mixed = list(rows)
        random.Random(7).shuffle(mixed)
        shuffled[name] = arrow(mixed)
    assert score(shuffled, truth).to_json() == score(tables(), truth).to_json()


def test_what_did_not_run_is_named_with_what_it_lacks(truth: Path) -> None:
    given = tables()
    empty = {"firearm_members": given["firearm_members"].slice(0, 0), "leads": given["leads"]}
    found = score({"records": given["records"], **empty}, truth)
    assert found.not_run["same_gun"] == ("firearm_members",)
    assert found.not_run["same_entity"] == ("entity_members", "parties")
    assert set(found.sections) == {"rows", "readings", "repairs", "leads"}


def test_without_any_table_everything_is_named(truth: Path) -> None:
    assert set(score({}, truth).not_run) == {part.name for part in PARTS}


def test_a_table_without_a_needed_column_is_refused(truth: Path) -> None:
    broken = tables()["firearm_members"].drop_columns(["record_id"])
    with pytest.raises(MistakeError, match="firearm_members lacks record_id; it has: firearm_id"):
        score({"firearm_members": broken}, truth)


def test_a_probability_that_is_no_number_is_refused(truth: Path) -> None:
    members = arrow([{"firearm_id": "f", "record_id": "a1", "probability": "likely"}])
    with pytest.raises(MistakeError, match="table firearm_members cannot be read"):
        score({"firearm_members": members}, truth)


def test_a_folder_without_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MistakeError, match="holds no truth"):
        score(tables(), tmp_path)
    with pytest.raises(MistakeError, match="no folder"):
        score(tables(), tmp_path / "none")


def test_a_score_reads_as_text_in_both_languages(truth: Path) -> None:
    found = score({name: t for name, t in tables().items() if name != "traces"}, truth)
    english = to_text(found)
    assert "SAME GUN" in english
    assert "pairs: precision 0.333, recall 0.333" in english
    assert "traces: needs traces" in english
    assert len(to_text(found, "es").splitlines()) == len(english.splitlines())


def test_every_measure_has_a_name(truth: Path) -> None:
    """Keys that are data (channels, rules) stay as they are; those of ours have words."""

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*(keys(each) for each in value.values()))
        if isinstance(value, list):
            return set[str]().union(*(keys(each) for each in value))
        return set()

    assert keys(dict(score(tables(), truth).sections)) - WORDS.keys() == set()
