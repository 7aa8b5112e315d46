"""Right truncation: the corrected curve against an independent method, and its intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.estimators.survival.reverse_hazard import curve, naive_mean, naive_median

WINDOW = 4000.0


def truncated(seed: int, size: int = 900) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Draw times of guns sold evenly over a window, as far as they come back within it."""
    chance = np.random.default_rng(seed)
    sold = np.floor(chance.random(size) * WINDOW)
    time = np.ceil(chance.gamma(1.2, 900.0, size))
    seen = sold + time <= WINDOW
    return time[seen], WINDOW - sold[seen]


def self_consistent(times: list[float], limits: list[float]) -> dict[float, float]:
    """Maximise the likelihood of f(t_i) / F(r_i) by expectation-maximisation: another way there."""
    points = np.array(sorted(set(times)))
    share = np.full(len(points), 1.0 / len(points))
    time, limit = np.array(times), np.array(limits)
    within = points[None, :] <= limit[:, None]
    hits = np.array([(time == point).sum() for point in points], dtype=float)
    for _ in range(20_000):
        reached = within @ share
        # Each seen time stands for those of the same limit that were too long to be seen.
        unseen = ((~within) * share / reached[:, None]).sum(axis=0)
        new = (hits + unseen) / (hits + unseen).sum()
        if np.abs(new - share).max() < 1e-13:
            break
        share = new
    return dict(zip(points.tolist(), np.cumsum(share).tolist(), strict=True))


def test_a_small_case_comes_out_as_by_hand() -> None:
    # At 5 two guns are at risk, and one takes 5. At 3 two are, of which one has a limit of 4.
    found = curve([1.0, 3.0, 5.0], [4.0, 9.0, 9.0], least=1)
    assert found.at(3.0) == pytest.approx(1 - 1 / 2)
    assert found.at(1.0) == pytest.approx((1 - 1 / 2) * (1 - 1 / 2))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_the_curve_is_the_one_that_maximises_the_likelihood(seed: int) -> None:
    chance = np.random.default_rng(seed)
    limit = chance.integers(8, 12, 12).astype(float)
    time = np.minimum(chance.integers(1, 9, 12).astype(float), limit)
    found = curve(time, limit, least=1)
    other = self_consistent(time.tolist(), limit.tolist())
    for point, share in other.items():
        assert found.at(point) == pytest.approx(share, abs=1e-6)


def test_without_truncation_it_is_the_plain_share() -> None:
    times = [3.0, 1.0, 4.0, 1.0, 5.0]
    found = curve(times, [100.0] * 5, least=1)
    assert found.at(3.0) == pytest.approx(3 / 5)
    assert found.quantile() == 3.0


def test_the_corrected_median_holds_the_truth_where_the_naive_one_does_not() -> None:
    truth = np.sort(np.ceil(np.random.default_rng(0).gamma(1.2, 900.0, 400_000)))
    corrected = naive = 0
    for seed in range(1, 61):
        times, limits = truncated(seed)
        found = curve(times, limits)
        middle = truth[int(np.searchsorted(truth, found.top, side="right") / 2)]
        corrected += middle in found.interval()
        naive += middle in naive_median(times)[1]
    # Nineteen of twenty are promised; three standard errors of sixty draws below that.
    assert corrected >= 52
    assert naive < 30


def test_what_cannot_be_seen_is_refused() -> None:
    with pytest.raises(ValueError, match="exceeds the limit"):
        curve([5.0], [4.0])
    with pytest.raises(ValueError, match="at risk"):
        curve([1.0, 2.0], [3.0, 3.0])
    with pytest.raises(ValueError, match="two times"):
        naive_mean([1.0])


@given(st.integers(0, 1000))
def test_the_interval_holds_its_own_median(seed: int) -> None:
    times, limits = truncated(seed, 200)
    found = curve(times, limits)
    assert found.quantile() in found.interval()
    assert np.all(np.diff(found.share) >= 0.0)
