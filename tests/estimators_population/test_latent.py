"""Latent classes: the reference numbers, and no number where chains disagree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import rows, tables
from scipy.special import betaln, gammaln

from ironriver.estimators.population.convergence import effective_size, r_hat
from ironriver.estimators.population.estimate import Estimate, Method, Refusal
from ironriver.estimators.population.latent import Sampler, _last_gain
from ironriver.estimators.population.lcmcr import judged, lcmcr, runs
from ironriver.estimators.population.lists import Lists


def _reference(name: str) -> dict[str, float]:
    (row,) = [each for each in rows("mse_lcmcr_reference") if each["dataset"] == name]
    names = ("mean_of_means", "sd_between_chain_means", "median", "q025", "q975")
    return {each: float(row[each]) for each in names}


def _held_against(name: str, sweeps: int) -> None:
    """Hold the mean against the reference's, in units of both runs' own uncertainty."""
    *_, drawn = runs(tables()[name], 8, sweeps, seed=4)
    wanted = _reference(name)
    own = drawn.std() / np.sqrt(effective_size(drawn[:, ::4]))
    doubt = np.hypot(own, wanted["sd_between_chain_means"])
    assert abs(drawn.mean() - wanted["mean_of_means"]) < 2.5 * doubt
    middle, low, high = np.quantile(drawn, (0.5, 0.025, 0.975))
    assert middle == pytest.approx(wanted["median"], rel=0.03)
    assert low == pytest.approx(wanted["q025"], rel=0.05)
    assert high == pytest.approx(wanted["q975"], rel=0.08)


def test_new_orleans_is_within_the_references_own_spread() -> None:
    _held_against("NewOrleans_5", 8_000)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["NewOrleans_5", "WesternUS_5", "Kosovo1999_4"])
def test_long_runs_are_within_the_references_own_spread(name: str) -> None:
    _held_against(name, 60_000)


def test_one_class_has_the_closed_form_of_independent_lists() -> None:
    lists = Lists.from_patterns(
        ("A", "B", "C"),
        {("A",): 60, ("B",): 50, ("C",): 45, ("A", "B"): 20, ("A", "C"): 18, ("B", "C"): 15,
         ("A", "B", "C"): 6},
    )  # fmt: skip
    total = np.arange(lists.observed, 3_000)
    height = gammaln(total + 1) - gammaln(total - lists.observed + 1) - np.log(total)
    for size in lists.sizes:
        height += gammaln(size + 1) + gammaln(total - size + 1) - gammaln(total + 2)
    mass = np.exp(height - height.max())
    exact = (mass * total).sum() / mass.sum()
    # Two classes of which one is kept empty by a tiny concentration are one class.
    chains = Sampler(np.repeat(lists.counts[None, 1:], 8, axis=0), 3, seed=1, classes=2)
    found = []
    for _ in range(1_500):
        chains.state.concentration[:] = 1e-6
        found.append(lists.observed + chains.sweep())
    assert np.mean(found[500:]) == pytest.approx(exact, rel=0.01)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.floats(0.01, 20))
def test_classes_change_places_at_the_odds_of_the_broken_stick(
    left: int, right: int, later: int, rate: float
) -> None:
    def height(first: int, second: int, last: bool) -> float:
        value = betaln(1 + first, rate + second + later)
        return float(value + (0.0 if last else betaln(1 + second, rate + later)))

    plain = np.log(rate + right + later) - np.log(rate + left + later)
    assert plain == pytest.approx(height(right, left, False) - height(left, right, False), abs=1e-6)
    if later == 0:
        ends = _last_gain(np.array([left]), np.array([right]), np.array([rate]))[0]
        wanted = height(right, left, True) - height(left, right, True)
        assert ends == pytest.approx(wanted, abs=1e-6)


def test_the_netherlands_are_refused() -> None:
    answer = lcmcr(tables()["Netherlands_5"], chains=4, sweeps=3_000)
    assert isinstance(answer, Refusal)
    assert "the chains do not agree" in answer.reason.text()
    assert answer.reason.values["low"] < answer.reason.values["high"]  # type: ignore[operator]


def test_chains_that_agree_give_their_median_and_quantiles() -> None:
    dice = np.random.default_rng(1)
    drawn = dice.normal(1_000, 50, (4, 2_000))
    answer = judged(drawn, 300)
    assert isinstance(answer, Estimate)
    assert answer.method is Method.CLASSES
    assert answer.value == pytest.approx(1_000, abs=3)
    assert answer.interval.low == pytest.approx(902, abs=6)


@pytest.mark.parametrize("fault", ["one chain elsewhere", "drift", "one chain wider"])
def test_chains_that_do_not_agree_give_no_number(fault: str) -> None:
    dice = np.random.default_rng(2)
    drawn = dice.normal(1_000, 50, (4, 2_000))
    if fault == "one chain elsewhere":
        drawn[2] += 30
    elif fault == "drift":
        drawn += np.linspace(0, 60, 2_000)
    else:
        drawn[1] = 1_000 + 2 * (drawn[1] - 1_000)
    assert isinstance(judged(drawn, 300), Refusal)


def test_effective_size_of_correlated_draws_is_that_of_the_formula() -> None:
    dice = np.random.default_rng(3)
    steps = dice.standard_normal((4, 20_000))
    chain = np.empty_like(steps)
    chain[:, 0] = steps[:, 0]
    for at in range(1, steps.shape[1]):
        chain[:, at] = 0.8 * chain[:, at - 1] + 0.6 * steps[:, at]
    assert effective_size(chain) == pytest.approx(80_000 * 0.2 / 1.8, rel=0.12)
    assert effective_size(steps) == pytest.approx(80_000, rel=0.12)
    assert r_hat(steps) < 1.001 < r_hat(chain + np.arange(4)[:, None])


def test_fewer_than_four_chains_are_no_answer() -> None:
    with pytest.raises(ValueError, match="four chains"):
        lcmcr(Lists(("A", "B"), (0, 5, 5, 5)), chains=2)
