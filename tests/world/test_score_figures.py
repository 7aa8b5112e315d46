"""Over many worlds, an interval is judged by how often it held the truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from score_world import TABLES, TRUTH, arrow, write_truth

from ironriver.world.score import score
from ironriver.world.score_figures import coverage


def test_coverage_counts_worlds_and_gives_its_own_interval(tmp_path: Path) -> None:
    paths = []
    for world, true in enumerate([160.0, 170.0, 240.0, 300.0]):
        truth = {**TRUTH, "figures": [{"name": "yearly flow", "period": "2020", "value": true}]}
        folder = write_truth(tmp_path / str(world), truth)
        paths.append(tmp_path / f"{world}.json")
        found = score({"figures": arrow(TABLES["figures"])}, folder)
        paths[-1].write_text(found.to_json(), encoding="utf-8")
    (row,) = coverage(paths)
    assert (row["name"], row["worlds"], row["share_covered"]) == ("yearly flow", 4, 0.75)
    # Clopper-Pearson for 3 of 4, at 95 %.
    assert (row["low"], row["high"]) == pytest.approx((0.1941, 0.9937), abs=1e-4)
    assert row["mean_error"] == pytest.approx(180 - 217.5)


def test_a_figure_named_by_a_sentence_meets_the_true_ones_that_it_means(tmp_path: Path) -> None:
    true = [
        {"name": name, "period": "2015-2025", "value": value}
        for name, value in [
            ("origin_seized_us_made", 0.5), ("origin_seized_us_imported", 0.25),
            ("origin_submitted_us_made", 0.6), ("origin_submitted_us_imported", 0.125),
            ("origin_requests_us_made", 0.7), ("origin_requests_us_imported", 0.25),
        ]
    ]  # fmt: skip
    told = {
        "name": "Share from the United States (made there or legally imported into it)",
        "period": "2015-01 to 2025-12", "value": 0.8, "low": 0.7, "high": 0.9,
        "interval": "identification",
    }  # fmt: skip
    once = "guns recovered in Mexico, by the records of this workspace, each once"
    often = "answers about guns recovered in Mexico, a gun as often as it has some"
    ours = [
        {**told, "population": f"{once}: all seized"},
        {**told, "population": f"{once}: those submitted for tracing"},
        {**told, "population": f"{often}: those submitted for tracing"},
        {**told, "population": "rows about recoveries in Mexico: of a unit without a truth"},
    ]
    truth = write_truth(tmp_path, {"figures": true})
    rows = score({"figures": arrow(ours)}, truth).sections["figures"]["figures"]
    found = {row["population"]: (row["true"], row["covers"]) for row in rows}
    # A gun asked about twice counts once among guns, and twice among answers.
    assert found == {
        ours[0]["population"]: (0.75, True),
        ours[1]["population"]: (0.725, True),
        ours[2]["population"]: (0.95, False),
    }


def test_an_interval_without_an_upper_end_holds_all_above_its_lower_one(tmp_path: Path) -> None:
    true = [{"name": "flow_a_year", "period": "2015-2025", "value": 137.0}]
    told = {
        "name": "Guns taken from the United States to Mexico, a year", "population": "guns",
        "period": "2015-01 to 2025-12", "value": None, "high": None, "interval": "identification",
    }  # fmt: skip
    ours = [{**told, "low": low} for low in (12.0, 140.0)]
    truth = write_truth(tmp_path, {"figures": true})
    rows = score({"figures": arrow(ours)}, truth).sections["figures"]["figures"]
    assert [(row["low"], row["covers"]) for row in rows] == [(12.0, True), (140.0, False)]


def test_worlds_that_told_no_figure_count_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text('{"sections": {}, "not_run": {}}', encoding="utf-8")
    assert coverage([tmp_path / "none.json"]) == []
