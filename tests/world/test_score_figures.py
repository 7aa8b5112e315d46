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
        for name, value in [("origin_seized_us_made", 0.5), ("origin_seized_us_imported", 0.25)]
    ]
    told = {
        "name": "Share from the United States (made there or legally imported into it)",
        "period": "2015-01 to 2025-12", "value": 0.8, "low": 0.7, "high": 0.9,
        "interval": "identification",
    }  # fmt: skip
    ours = [
        {**told, "population": "recovery records held in this workspace, Mexico: all seized"},
        {**told, "population": "trace requests: of another layer, without a truth"},
    ]
    truth = write_truth(tmp_path, {"figures": true})
    (row,) = score({"figures": arrow(ours)}, truth).sections["figures"]["figures"]
    assert (row["true"], row["covers"]) == (0.75, True)


def test_worlds_that_told_no_figure_count_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "none.json").write_text('{"sections": {}, "not_run": {}}', encoding="utf-8")
    assert coverage([tmp_path / "none.json"]) == []
