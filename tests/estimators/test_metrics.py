"""Measures of agreement equal their published values and sums done pair by pair."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from itertools import combinations, pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.estimators import metrics

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=25)
# Few distinct scores, so that ties are the rule.
SCORED = st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=7)


def halves(rows: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [row[0] for row in rows], [int(row[1]) for row in rows]


def same(left: float, right: float) -> bool:
    return (math.isnan(left) and math.isnan(right)) or left == pytest.approx(right, abs=1e-12)


@given(LABELS)
def test_pairs_are_counted_as_if_each_were_looked_at(rows: list[tuple[int, int]]) -> None:
    score = metrics.pair_score(*halves(rows))
    pairs = list(combinations(rows, 2))
    assert score.given == sum(a[0] == b[0] for a, b in pairs)
    assert score.true == sum(a[1] == b[1] for a, b in pairs)
    assert score.correct == sum(a == b for a, b in pairs)


@given(LABELS)
def test_b_cubed_is_the_mean_over_items(rows: list[tuple[int, int]]) -> None:
    precision = [sum(b == a for b in rows) / sum(b[0] == a[0] for b in rows) for a in rows]
    recall = [sum(b == a for b in rows) / sum(b[1] == a[1] for b in rows) for a in rows]
    score = metrics.b_cubed(*halves(rows))
    assert score.precision == pytest.approx(sum(precision) / len(rows))
    assert score.recall == pytest.approx(sum(recall) / len(rows))


@given(LABELS)
def test_the_adjusted_rand_index_is_kappa_over_pairs(rows: list[tuple[int, int]]) -> None:
    """It equals Cohen's kappa of the judgements "together" (Warrens 2008)."""
    pairs = list(combinations(rows, 2))
    left = np.array([a[0] == b[0] for a, b in pairs], dtype=float)
    right = np.array([a[1] == b[1] for a, b in pairs], dtype=float)
    index = metrics.adjusted_rand_index(*halves(rows))
    if not pairs or (left.mean() == right.mean() and left.mean() in (0.0, 1.0)):
        assert index == 1.0
        return
    chance = left.mean() * right.mean() + (1 - left.mean()) * (1 - right.mean())
    assert index == pytest.approx(((left == right).mean() - chance) / (1 - chance), abs=1e-9)


@given(LABELS)
def test_names_of_clusters_do_not_matter(rows: list[tuple[int, int]]) -> None:
    given_labels, true = halves(rows)
    renamed = [f"network {9 - label}" for label in given_labels]
    assert metrics.pair_score(renamed, true) == metrics.pair_score(given_labels, true)
    assert metrics.adjusted_rand_index(true, true) == 1.0


def hits_in_order(order: Sequence[tuple[int, bool]]) -> list[int]:
    return [int(hit) for _, hit in order]


def orders(rows: Sequence[tuple[int, bool]]) -> list[list[int]]:
    """Give the hits in every order that the scores allow."""
    found = permutations(rows)
    return [hits_in_order(each) for each in found if all(a[0] >= b[0] for a, b in pairwise(each))]


@settings(max_examples=30)
@given(SCORED, st.integers(1, 8))
def test_precision_and_gain_are_means_over_all_orders(rows: list[tuple[int, bool]], k: int) -> None:
    scores, hits = halves(rows)
    found = orders(rows)
    precisions = [sum(order[:k]) / len(order[:k]) for order in found]
    assert metrics.precision_at(scores, hits, k) == pytest.approx(np.mean(precisions))
    best = sum(1 / math.log2(place + 2) for place in range(min(k, sum(hits))))
    gains = [sum(hit / math.log2(place + 2) for place, hit in enumerate(o[:k])) for o in found]
    expected = float(np.mean(gains)) / best if best else math.nan
    assert same(metrics.ndcg_at(scores, hits, k), expected)


@given(SCORED)
def test_auc_compares_every_hit_with_every_miss(rows: list[tuple[int, bool]]) -> None:
    hits, misses = [s for s, hit in rows if hit], [s for s, hit in rows if not hit]
    wins = [(a > b) + (a == b) / 2 for a in hits for b in misses]
    expected = sum(wins) / len(wins) if wins else math.nan
    assert same(metrics.auc(*halves(rows)), expected)


@given(SCORED)
def test_average_precision_steps_down_the_thresholds(rows: list[tuple[int, bool]]) -> None:
    total, area, before = sum(hit for _, hit in rows), 0.0, 0.0
    for threshold in sorted({score for score, _ in rows}, reverse=True):
        above = [hit for score, hit in rows if score >= threshold]
        recall = sum(above) / total if total else math.nan
        area += (recall - before) * sum(above) / len(above)
        before = recall
    assert same(metrics.average_precision(*halves(rows)), area)


@pytest.mark.parametrize("equal_mass", [True, False])
@given(rows=SCORED, order=st.randoms(use_true_random=False))
def test_reliability_does_not_hang_on_the_order_of_rows(
    equal_mass: bool, rows: list[tuple[int, bool]], order: object
) -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    tables = [
        metrics.reliability(
            [s / 4 for s, _ in each], [h for _, h in each], 3, equal_mass=equal_mass
        )
        for each in (rows, shuffled)
    ]
    assert tables[0] == tables[1]
    assert sum(each.items for each in tables[0]) == len(rows)
    total = sum(each.items * each.happened for each in tables[0])
    assert total == pytest.approx(sum(hit for _, hit in rows))


def test_bins_of_equal_width_are_closed_on_the_left() -> None:
    table = metrics.reliability([0.0, 0.1, 0.19, 0.2, 1.0], [0, 1, 0, 1, 1], equal_mass=False)
    assert [(each.low, each.high, each.items) for each in table] == [
        (0.0, 0.0, 1),
        (0.1, 0.19, 2),
        (0.2, 0.2, 1),
        (1.0, 1.0, 1),
    ]


def test_known_values_of_small_cases() -> None:
    score = metrics.pair_score([1, 1, 2, 2], [1, 1, 1, 2])
    assert (score.precision, score.recall, score.f1) == (0.5, 1 / 3, pytest.approx(0.4))
    # Unlike partitions fall below chance.
    assert metrics.adjusted_rand_index([0, 0, 1, 1], [0, 1, 0, 1]) == -0.5
    assert metrics.brier([1.0, 0.5, 0.0], [1, 1, 1]) == pytest.approx(1.25 / 3)
    assert metrics.calibration_error(metrics.reliability([0.5] * 4, [0, 0, 1, 1])) == 0.0


def test_what_has_nothing_under_it_is_no_number() -> None:
    assert math.isnan(metrics.pair_score(["a", "b"], ["a", "b"]).precision)
    assert math.isnan(metrics.pair_score(["a", "b"], ["a", "b"]).f1)
    assert math.isnan(metrics.average_precision([0.1], [0]))
    assert math.isnan(metrics.auc([0.1], [1]))
    assert math.isnan(metrics.brier([], []))
    assert metrics.precision_recall(0, 1, 1).f1 == 0.0
    assert metrics.precision_recall(0, 0, 3).f1 == 0.0  # nothing given, though there was something


@pytest.mark.parametrize(("scores", "labels"), [([0.1], [2]), ([math.nan], [1]), ([0.1, 0.2], [1])])
def test_scores_and_labels_that_do_not_fit_are_refused(
    scores: list[float], labels: list[int]
) -> None:
    with pytest.raises(ValueError, match=r"labels"):
        metrics.average_precision(scores, labels)


def test_a_probability_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        metrics.brier([1.1], [1])


EXPECTED = {
    "n": 400.0,
    "positives": 31.0,
    "prevalence": 0.0775,
    "average_precision_sklearn": 0.6468722167,
    "roc_auc": 0.9190488679,
    "brier": 0.0469353728,
    "log_loss": 0.1760056114,
    "ece_equal_width_10": 0.0528440875,
    "ece_equal_mass_10": 0.0519720275,
    "precision_at_10": 0.8,
    "recall_at_10": 0.2580645161,
    "lift_at_10": 10.3225806452,
    "precision_at_20": 0.65,
    "recall_at_20": 0.4193548387,
    "lift_at_20": 8.3870967742,
    "precision_at_50": 0.44,
    "recall_at_50": 0.7096774194,
    "lift_at_50": 5.6774193548,
    "ndcg_at_20": 0.7423570130,
}


def test_the_fixed_file_of_400_scores_gives_the_published_numbers(shared_data: Path) -> None:
    vectors = shared_data.parent / "reference" / "vectors"
    with (vectors / "metric_scores.csv").open(newline="") as handle:
        rows = [(float(row["score"]), int(row["label"])) for row in csv.DictReader(handle)]
    scores, labels = [row[0] for row in rows], [row[1] for row in rows]
    narrow = metrics.reliability(scores, labels, equal_mass=False)
    positives = float(sum(labels))
    found = {
        "n": float(len(labels)),
        "positives": positives,
        "prevalence": positives / len(labels),
        "log_loss": metrics.log_loss(scores, labels),
        "average_precision_sklearn": metrics.average_precision(scores, labels),
        "roc_auc": metrics.auc(scores, labels),
        "brier": metrics.brier(scores, labels),
        "ece_equal_width_10": metrics.calibration_error(narrow),
        "ece_equal_mass_10": metrics.calibration_error(metrics.reliability(scores, labels)),
        **{f"precision_at_{k}": metrics.precision_at(scores, labels, k) for k in (10, 20, 50)},
        **{f"recall_at_{k}": metrics.recall_at(scores, labels, k) for k in (10, 20, 50)},
        **{f"lift_at_{k}": metrics.lift_at(scores, labels, k) for k in (10, 20, 50)},
        "ndcg_at_20": metrics.ndcg_at(scores, labels, 20),
    }
    assert found == pytest.approx(EXPECTED, abs=1e-10)
    with (vectors / "metric_expected.csv").open(newline="") as handle:
        published = {row["metric"]: float(row["value"]) for row in csv.DictReader(handle)}
    assert found == pytest.approx(published, abs=1e-9)
