"""Flows: the gravity baseline against an independent fit, and what stands out beside it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from ironriver.estimators.flow_ratios import flow_ratios, lot_dispersion
from ironriver.estimators.gravity import distance_km, fit_gravity


def _world(seed: int, power: float, guns: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    shops = np.c_[dice.uniform(26, 36, 20), dice.uniform(-118, -95, 20)]
    towns = np.c_[dice.uniform(16, 30, 30), dice.uniform(-116, -90, 30)]
    far = distance_km(shops, towns)
    pull = np.exp(dice.normal(0, 1, 20))[:, None] * np.exp(dice.normal(0, 1, 30)) * far**power
    pull *= guns / pull.sum()
    return dice.poisson(pull), far, pull


def test_the_baseline_is_that_of_a_poisson_regression_with_all_effects() -> None:
    counts, far, _ = _world(3, -1.2, 400)
    found = fit_gravity(counts, far)
    logs, (rows, columns) = np.log(far), counts.shape

    def cost(values: np.ndarray) -> float:
        effects = values[:rows, None] + values[None, rows:-1] + values[-1] * (logs - 7)
        return float((np.exp(effects) - counts * effects).sum() + 1e-9 * (values**2).sum())

    theirs = minimize(cost, np.zeros(rows + columns + 1), method="L-BFGS-B",
                      options={"maxiter": 5000, "maxfun": 10**6})  # fmt: skip
    assert found.power == pytest.approx(theirs.x[-1], abs=2e-3)
    np.testing.assert_allclose(found.expected.sum(axis=1), counts.sum(axis=1), rtol=1e-6)
    np.testing.assert_allclose(found.expected.sum(axis=0), counts.sum(axis=0), rtol=1e-6)


def test_the_interval_of_the_power_covers_the_truth_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(60):
        counts, far, _ = _world(seed, -1.5, 600)
        covered += -1.5 in fit_gravity(counts, far).power_interval
    assert 52 <= covered <= 60


def test_flows_without_a_choice_say_nothing_of_distance() -> None:
    alone = fit_gravity([[3, 0], [0, 5]], [[100.0, 900.0], [900.0, 100.0]])
    assert np.isfinite(alone.expected).all()
    level = fit_gravity([[3, 2], [4, 5]], [[100.0, 100.0], [100.0, 100.0]])
    assert level.power == 0
    assert level.power_interval.width == np.inf


def test_counts_that_are_no_flows_are_refused() -> None:
    for counts in ([[0, 0]], [[-1, 2]], [[1, 2, 3]]):
        with pytest.raises(ValueError, match="flows"):
            fit_gravity(counts, [[10.0, 20.0]])
    with pytest.raises(ValueError, match="above 0"):
        flow_ratios([1.0], [0.0])


def test_a_route_taken_far_more_often_is_flagged_and_its_ratio_found() -> None:
    counts, far, pull = _world(5, -1.2, 900)
    place = np.unravel_index(np.argsort(pull.ravel())[400], pull.shape)
    counts[place] += 20
    expected = fit_gravity(counts, far).expected
    kept = expected > 0
    ratios = flow_ratios(counts[kept], expected[kept])
    spot = int(np.flatnonzero(np.flatnonzero(kept) == np.ravel_multi_index(place, kept.shape))[0])
    assert ratios.flagged[spot]
    assert ratios.flagged.sum() <= 3
    ratio, interval = ratios.interval(counts[place], expected[place])
    assert interval.low > 1
    assert interval.low < ratio < interval.high
    assert ratio < counts[place] / expected[place] + 1e-9


def test_hardly_any_route_is_flagged_where_distance_and_size_explain_all() -> None:
    flagged = 0
    for seed in range(15):
        counts, far, _ = _world(100 + seed, -1.2, 500)
        expected = fit_gravity(counts, far).expected
        kept = expected > 0
        flagged += bool(flow_ratios(counts[kept], expected[kept]).flagged.any())
    assert flagged <= 2


def test_guns_that_moved_together_weigh_less() -> None:
    alone = flow_ratios([6.0, 1.0, 0.0, 2.0], [0.5, 1.0, 1.5, 2.0])
    together = flow_ratios([6.0, 1.0, 0.0, 2.0], [0.5, 1.0, 1.5, 2.0], dispersion=3.0)
    assert together.tail[0] > 100 * alone.tail[0]
    assert lot_dispersion([2, 2, 2]) == 2


def test_a_change_is_read_from_both_periods() -> None:
    ratios = flow_ratios([30.0, 1.0, 0.0, 2.0], [5.0, 1.0, 1.5, 2.0])
    more, interval = ratios.change((30, 5.0), (3, 5.0))
    assert interval.low > 0
    assert interval.low < more < interval.high
    less, other = ratios.change((3, 5.0), (30, 5.0))
    assert other.high < 0
    assert less == pytest.approx(-more, abs=0.2)
    _, unsure = ratios.change((1, 0.2), (0, 0.2))
    assert 0 in unsure


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0.05, 20)), min_size=2, max_size=15))
def test_a_shrunken_ratio_lies_in_its_interval(flows: list[tuple[int, float]]) -> None:
    seen, mean = (np.array(each, dtype=float) for each in zip(*flows, strict=True))
    ratios = flow_ratios(seen, mean)
    ratio, interval = ratios.interval(seen[0], mean[0])
    assert 0 < interval.low <= ratio <= interval.high
    assert ratios.tail.min() >= 0
    assert ratios.tail.max() <= 1
