"""Post-stratification and raking against R's survey; shares adjusted for what was determined."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.estimators.missing import Adjusted, by_groups, doubly_robust, indicators
from ironriver.estimators.weighting import Design, Weighted, post_stratify, rake

VECTORS = Path(__file__).parents[3] / "shared" / "reference" / "vectors"
TYPES = {"E": 4421.0, "H": 755.0, "M": 1018.0}
WIDE = {"No": 1072.0, "Yes": 5122.0}


def rows(name: str) -> list[dict[str, str]]:
    path = VECTORS / name
    if not path.exists():
        pytest.skip("needs ../shared/reference")
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture
def schools() -> list[dict[str, str]]:
    found = rows("apiclus1.csv")
    assert len(found) == 183
    return found


@pytest.fixture
def printed() -> dict[str, float]:
    return {row["stat"]: float(row["value"]) for row in rows("poststrat_reference.csv")}


def column(schools: list[dict[str, str]], name: str) -> list[float]:
    return [float(school[name]) for school in schools]


def post_stratified(schools: list[dict[str, str]]) -> Weighted:
    design = Design([school["dnum"] for school in schools], float(schools[0]["fpc"]))
    return post_stratify(column(schools, "pw"), [s["stype"] for s in schools], TYPES, design)


def test_post_stratified_mean_and_total_are_those_of_the_survey_package(
    schools: list[dict[str, str]], printed: dict[str, float]
) -> None:
    found = post_stratified(schools)
    mean, total = found.mean(column(schools, "api00")), found.total(column(schools, "enroll"))
    assert mean.value == pytest.approx(printed["poststrat_mean_api00"], rel=1e-13)
    assert mean.error == pytest.approx(printed["poststrat_mean_api00_se"], rel=1e-13)
    assert total.value == pytest.approx(printed["poststrat_total_enroll"], rel=1e-13)
    assert total.error == pytest.approx(printed["poststrat_total_enroll_se"], rel=1e-13)


def test_the_raked_mean_is_that_of_the_survey_package(
    schools: list[dict[str, str]], printed: dict[str, float]
) -> None:
    design = Design([school["dnum"] for school in schools], float(schools[0]["fpc"]))
    margins = [[school[name] for school in schools] for name in ("stype", "sch.wide")]
    found = rake(column(schools, "pw"), margins, (TYPES, WIDE), design, close=1.0)
    mean = found.mean(column(schools, "api00"))
    assert mean.value == pytest.approx(printed["rake_mean_api00"], rel=1e-13)
    assert mean.error == pytest.approx(printed["rake_mean_api00_se"], rel=1e-13)


def test_raked_weights_meet_every_margin_if_it_is_not_stopped_early(
    schools: list[dict[str, str]],
) -> None:
    margins = [[school[name] for school in schools] for name in ("stype", "sch.wide")]
    found = rake(column(schools, "pw"), margins, (TYPES, WIDE))
    for groups, totals in zip(margins, (TYPES, WIDE), strict=True):
        for name, total in totals.items():
            inside = np.array([group == name for group in groups])
            assert found.weights[inside].sum() == pytest.approx(total, rel=1e-9)


def test_a_group_that_nothing_stands_for_is_refused() -> None:
    with pytest.raises(ValueError, match="do not name the same: b"):
        post_stratify([1, 1], ["a", "a"], {"a": 3.0, "b": 1.0})
    with pytest.raises(ValueError, match="positive"):
        post_stratify([1, 1], ["a", "b"], {"a": 3.0, "b": 0.0})
    with pytest.raises(ValueError, match="contradict"):
        rake([1, 1], (["a", "b"], ["x", "y"]), ({"a": 1.0, "b": 3.0}, {"x": 3.0, "y": 1.0}))
    with pytest.raises(ValueError, match="two clusters"):
        post_stratify([1, 1], ["a", "b"], {"a": 1.0, "b": 1.0}, Design(["c", "c"])).mean([0, 1])


units = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from("abc")), min_size=2, max_size=60
)


@settings(deadline=None)
@given(units)
def test_groups_without_any_determined_unit_stay_open(
    drawn: list[tuple[bool, bool, str]],
) -> None:
    trait, known, groups = (list(part) for part in zip(*drawn, strict=True))
    if not any(known):
        with pytest.raises(ValueError, match="nothing"):
            by_groups(trait, known, groups)
        return
    found = by_groups(trait, known, groups)
    told = {group for group, seen in zip(groups, known, strict=True) if seen}
    left = sum(group not in told for group in groups) / len(groups)
    assert found.open == pytest.approx(left)
    assert found.high - found.low == pytest.approx(left)
    assert found.interval.low <= found.low + 1e-12
    assert found.interval.high >= found.high - 1e-12


def test_grouped_shares_are_the_post_stratified_mean() -> None:
    dice = np.random.default_rng(3)
    groups = dice.integers(0, 4, 500)
    known = dice.random(500) < 0.2 + 0.15 * groups
    trait = dice.random(500) < 0.1 + 0.2 * groups
    found = by_groups(trait, known, groups.tolist())
    totals: dict[object, float] = {int(g): float((groups == g).sum()) for g in range(4)}
    mean = post_stratify(np.ones(int(known.sum())), groups[known].tolist(), totals)
    assert found.low == pytest.approx(mean.mean(trait[known]).value)


def chosen(dice: np.random.Generator, size: int) -> tuple[Adjusted, Adjusted, float, float]:
    """Draw units whose feature moves both the trait and whether it is determined."""
    kind = dice.integers(0, 3, size)
    trait = dice.random(size) < np.array([0.2, 0.6, 0.9])[kind]
    known = dice.random(size) < np.array([0.1, 0.3, 0.7])[kind]
    grouped = by_groups(trait, known, kind.tolist())
    robust = doubly_robust(trait, known, indicators([kind.tolist()]))
    return grouped, robust, float(trait.mean()), float(trait[known].mean())


def test_adjusted_shares_undo_a_selection_that_the_features_tell() -> None:
    dice = np.random.default_rng(11)
    covered, naive = [0, 0], 0.0
    for _ in range(60):
        grouped, robust, truth, seen = chosen(dice, 800)
        naive += abs(seen - truth) / 60
        for place, found in enumerate((grouped, robust)):
            assert abs(found.low - truth) < 0.12
            covered[place] += truth in found.interval
    assert naive > 0.15
    assert min(covered) >= 54


def test_selection_on_the_trait_itself_is_not_undone() -> None:
    dice = np.random.default_rng(5)
    trait = dice.random(4000) < 0.5
    known = dice.random(4000) < np.where(trait, 0.6, 0.2)
    found = doubly_robust(trait, known, np.zeros((4000, 0)))
    assert float(trait.mean()) not in found.interval
    assert found.low > 0.7


def test_rare_values_share_one_column_and_the_commonest_has_none() -> None:
    found = indicators([["a"] * 6 + ["b"] * 5 + ["c", "d"]], smallest=5)
    assert found.sum(axis=0).tolist() == [2.0, 5.0]
    assert indicators([]).shape == (0, 0)


def test_a_model_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="with and without"):
        doubly_robust([True, True, False], [True, True, False], np.zeros((3, 0)))
