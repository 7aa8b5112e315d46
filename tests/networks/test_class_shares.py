"""Shares of classes from a classifier's posteriors: unbiased under a shift, and covered."""

from __future__ import annotations

import numpy as np
import pytest

from ironriver.estimators.class_shares import Transfer, adjusted_shares, class_shares

PRIOR = np.array([0.5, 0.3, 0.2])
MEANS = np.array([[0.0, 0.0], [1.5, 0.0], [0.0, 1.5]])


def judged(
    shares: np.ndarray, size: int, seed: int, lot: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give posteriors (with the prior) of cases in lots of one class, classes and lots."""
    dice = np.random.default_rng(seed)
    lots = np.repeat(np.arange(size // lot), lot)
    true = dice.choice(3, size // lot, p=shares)[lots]
    seen = MEANS[true] + dice.normal(0, 1, (len(true), 2))
    logs = np.log(PRIOR) - ((seen[:, None] - MEANS[None]) ** 2).sum(axis=2) / 2
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True), true, lots


def test_shares_that_differ_from_those_learned_are_found() -> None:
    really = np.array([0.15, 0.25, 0.6])
    said, _, _ = judged(really, 6000, 1)
    found = adjusted_shares(said, PRIOR)
    np.testing.assert_allclose(found, really, atol=0.03)
    # Counting what the classifier says is far off, and so is averaging it.
    counted = np.bincount(said.argmax(axis=1), minlength=3) / len(said)
    assert abs(counted - really).max() > 0.05
    assert abs(said.mean(axis=0) - really).max() > 0.1


def test_few_cases_stay_near_the_prior_when_it_is_given_strength() -> None:
    said, _, _ = judged(np.array([0.0, 0.0, 1.0]), 5, 2)
    free, held = adjusted_shares(said, PRIOR), adjusted_shares(said, PRIOR, strength=500)
    assert abs(held - PRIOR).max() < 0.02 < abs(free - PRIOR).max()
    np.testing.assert_allclose(adjusted_shares(np.empty((0, 3)), PRIOR), PRIOR)


def test_weights_count_a_case_more_than_once() -> None:
    said, _, _ = judged(PRIOR, 200, 3)
    twice = adjusted_shares(np.concatenate([said, said[:50]]), PRIOR)
    weighed = adjusted_shares(said, PRIOR, weights=np.r_[np.full(50, 2.0), np.ones(150)])
    np.testing.assert_allclose(weighed, twice, atol=1e-5)


def test_intervals_hold_the_true_shares_of_these_cases_as_often_as_they_say() -> None:
    held = whole = 0
    really = np.array([0.3, 0.3, 0.4])
    for seed in range(25):
        said, true, lots = judged(really, 300, 100 + seed, lot=4)
        found = class_shares(said, PRIOR, lots, transfer=Transfer(0.0), draws=200)
        shares = np.bincount(true, minlength=3) / len(true)
        held += sum(share in each for share, each in zip(shares, found.intervals, strict=True))
        whole += 3
    assert held / whole >= 0.9


def test_what_is_carried_to_other_cases_widens_intervals() -> None:
    said, _, lots = judged(PRIOR, 300, 7)
    narrow, wide = (
        class_shares(said, PRIOR, lots, transfer=Transfer(spread), draws=200)
        for spread in (0.0, 0.5)
    )
    assert all(b.width > a.width for a, b in zip(narrow.intervals, wide.intervals, strict=True))
    np.testing.assert_allclose(narrow.shares, wide.shares)
    assert wide.shares.sum() == pytest.approx(1)


def test_without_cases_nothing_is_known() -> None:
    none = class_shares(np.empty((0, 3)), PRIOR, np.empty(0), transfer=Transfer(0.1))
    assert all((each.low, each.high) == (0.0, 1.0) for each in none.intervals)


def test_posteriors_that_fit_no_prior_are_refused() -> None:
    with pytest.raises(ValueError, match="share above 0"):
        adjusted_shares(np.ones((2, 3)) / 3, [0.5, 0.5, 0.0])
    with pytest.raises(ValueError, match="classes"):
        adjusted_shares(np.ones((2, 2)) / 2, PRIOR)
