"""Rates: reference numbers, and few innocent dealers among the flagged."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaincc, pdtr

from ironriver.estimators.rates.funnel import funnel, limit, overdispersion
from ironriver.estimators.rates.ranks import ranks
from ironriver.estimators.rates.shrinkage import Prior, fit_prior
from ironriver.estimators.rates.standard import (
    at_least,
    below,
    expected,
    false_discoveries,
    mid_p,
    ratio,
)

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "reference" / "vectors"
THETA = Prior(3.25280367, 0.39983376, 2.02490400, 1.90726819, 0.06536416)


def rows(name: str) -> list[dict[str, str]]:
    path = VECTORS / f"{name}.csv"
    if not path.exists():
        pytest.skip("needs ../shared/reference/vectors")
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_forty_nine_points_of_open_ebgm() -> None:
    found = rows("eb_gps_vectors")
    assert len(found) == 49
    for row in found:
        after = THETA.after(float(row["N"]), float(row["E"]))
        assert after.first == pytest.approx(float(row["qn"]), abs=1e-12)
        assert after.geometric_mean == pytest.approx(float(row["ebgm"]), abs=6e-5)
        assert after.quantile(0.05) == pytest.approx(float(row["q05"]), abs=1.1e-4)
        assert after.quantile(0.95) == pytest.approx(float(row["q95"]), abs=1.1e-4)


def test_poisson_tails_intervals_and_gamma_posteriors() -> None:
    found = {row["quantity"]: float(row["value"]) for row in rows("network_stat_vectors")}
    for seen, mean in ((16, 4.2), (5, 0.8), (30, 22.5), (2, 0.05)):
        place = f"O={seen} E={mean}"
        assert at_least(seen, mean) == pytest.approx(found[f"poisson_sf {place}"], rel=1e-9)
        assert mid_p(seen, mean) == pytest.approx(found[f"poisson_midp {place}"], rel=1e-9)
        ends = ratio(seen, mean)
        assert ends.low == pytest.approx(found[f"exact_CI_SMR_low {place}"], rel=1e-9)
        assert ends.high == pytest.approx(found[f"exact_CI_SMR_high {place}"], rel=1e-9)
    for a, b, seen, mean in ((2, 2, 16, 4.2), (2, 2, 2, 0.05), (0.8, 1.1, 5, 0.8)):
        after, place = Prior(a, b).after(seen, mean), f"a={a} b={b} O={seen} E={mean}"
        assert after.mean == pytest.approx(found[f"gamma_poisson_post_mean {place}"], rel=1e-9)
        assert after.quantile(0.05) == pytest.approx(found[f"gamma_poisson_q05 {place}"], rel=1e-9)
        assert 1 - after.below(2) == pytest.approx(found[f"P(lambda>2) {place}"], rel=1e-9)


def test_expected_counts_add_up_to_the_observed_ones() -> None:
    dice = np.random.default_rng(1)
    volume, seen = dice.uniform(0, 100, (40, 3)), dice.poisson(4, (40, 3))
    assert expected(volume, seen).sum() == pytest.approx(seen.sum())
    # A stratum in which nobody sells anything expects nothing.
    assert expected([[0.0, 5.0]], [[0, 2]]).tolist() == [2.0]


@given(st.floats(0.2, 300), st.sampled_from([0.001, 0.025, 0.5, 0.975, 0.999]))
def test_funnel_limits_lie_at_their_probability_between_counts(mean: float, level: float) -> None:
    reach = float(limit(mean, level)) * mean
    count = int(np.ceil(reach - 1e-9))
    assert count - 1 - 1e-9 <= reach <= count + 1e-9
    assert pdtr(count, mean) > level - 1e-12
    if count > 0:
        share = (float(pdtr(count - 1, mean)), float(pdtr(count, mean)))
        assert np.interp(reach, (count - 1, count), share) == pytest.approx(level, abs=1e-6)
    assert below(count, mean) == pytest.approx(gammaincc(count + 1, mean))


def test_poisson_counts_are_not_overdispersed_and_varied_ones_are() -> None:
    dice = np.random.default_rng(2)
    mean = dice.uniform(2, 40, 2_000)
    assert overdispersion(dice.poisson(mean), mean) == 1.0
    varied = dice.poisson(mean * dice.gamma(10, 0.1, 2_000))
    assert overdispersion(varied, mean) > 1.5


def test_few_bad_dealers_do_not_hide_themselves_in_the_spread() -> None:
    dice = np.random.default_rng(3)
    mean = dice.uniform(5, 40, 500)
    seen = dice.poisson(mean)
    seen[:20] = dice.poisson(mean[:20] * 6)
    found = funnel(seen, mean)
    assert found.dispersion < 1.3
    assert found.flagged[:20].all()
    assert found.flagged[20:].sum() <= 2
    assert found.by_chance == pytest.approx(0.05 * found.flagged.sum())


def test_of_dealers_that_are_all_alike_almost_none_is_flagged() -> None:
    dice = np.random.default_rng(4)
    flagged = []
    for _ in range(40):
        mean = dice.gamma(0.5, 2.0, 5_000) + 0.01
        flagged.append(int(funnel(dice.poisson(mean), mean).flagged.sum()))
    assert np.mean([count > 0 for count in flagged]) <= 0.15


def test_discoveries_are_those_of_the_step_up_rule() -> None:
    values = [0.039, 0.001, 0.008, 0.041, 0.042, 0.06, 0.074, 0.205]
    assert false_discoveries(values, 0.05).tolist() == [
        False, True, True, False, False, False, False, False,
    ]  # fmt: skip
    assert not false_discoveries([0.9, 0.8], 0.05).any()


def test_the_prior_of_one_gamma_is_found_again() -> None:
    dice = np.random.default_rng(5)
    mean = dice.uniform(0.5, 20, 6_000)
    seen = dice.poisson(mean * dice.gamma(2.0, 1 / 1.6, 6_000))
    found = fit_prior(seen, mean, gammas=1)
    assert found.a1 == pytest.approx(2.0, rel=0.08)
    assert found.b1 == pytest.approx(1.6, rel=0.08)


def test_counts_drawn_from_open_ebgms_prior_give_it_back() -> None:
    """The drug reports of its fit are not at hand; counts drawn from what it found are."""
    told = {row["param"]: float(row["value"]) for row in rows("eb_gps_hyper_openEBGM")}
    published = Prior(*(told[name] for name in ("alpha1", "beta1", "alpha2", "beta2", "P")))
    dice = np.random.default_rng(11)
    mean = dice.lognormal(0.0, 1.2, 4_000)
    first = dice.random(len(mean)) < published.p
    ratios = np.where(
        first,
        dice.gamma(published.a1, 1 / published.b1, len(mean)),
        dice.gamma(published.a2, 1 / published.b2, len(mean)),
    )
    found = fit_prior(dice.poisson(ratios * mean), mean)
    assert found.p == pytest.approx(published.p, abs=0.03)
    for seen, expected_count in ((1, 0.5), (5, 1.0), (10, 2.0), (20, 5.0)):
        mine = found.after(seen, expected_count)
        theirs = published.after(seen, expected_count)
        assert mine.geometric_mean == pytest.approx(theirs.geometric_mean, rel=0.15)


def test_two_gammas_fit_a_mixture_better_than_one_and_give_its_share() -> None:
    dice = np.random.default_rng(6)
    mean = dice.uniform(1, 20, 4_000)
    bad = dice.random(4_000) < 0.1
    true = np.where(bad, dice.gamma(20, 0.25, 4_000), dice.gamma(20, 0.05, 4_000))
    seen = dice.poisson(mean * true)
    found = fit_prior(seen, mean)
    share = found.p if found.a1 / found.b1 > found.a2 / found.b2 else 1 - found.p
    assert share == pytest.approx(0.1, abs=0.02)
    heights = [max(each.first, 1 - each.first) for each in (found.after(40, 8), found.after(8, 8))]
    assert min(heights) > 0.95


def test_dealers_that_do_not_differ_at_all_still_have_a_prior() -> None:
    dice = np.random.default_rng(7)
    mean = dice.gamma(0.5, 2.0, 2_000) + 0.02
    found = fit_prior(dice.poisson(mean), mean)
    assert found.after(3, 1).quantile(0.05) < found.after(3, 1).quantile(0.95) < 2.5


@given(st.integers(0, 200), st.floats(0.01, 50), st.sampled_from([0.025, 0.05, 0.5, 0.95]))
def test_a_quantile_has_its_probability_below_it(seen: int, mean: float, level: float) -> None:
    after = THETA.after(seen, mean)
    assert after.below(after.quantile(level)) == pytest.approx(level, abs=1e-9)


def test_shrinking_moves_a_small_dealer_more_than_a_large_one() -> None:
    small, large = Prior(4, 4).after(3, 1), Prior(4, 4).after(300, 100)
    assert small.mean == pytest.approx(7 / 5)
    assert 2.9 < large.mean < 3
    assert small.quantile(0.05) < 1 < large.quantile(0.05)


def test_ranks_of_dealers_that_cannot_be_told_apart_are_wide() -> None:
    alike = [Prior(2, 2).after(10, 10) for _ in range(40)]
    found = ranks([*alike, Prior(2, 2).after(90, 10)])
    assert found[-1].high == 1
    assert found[-1].among_top > 0.99
    assert all(each.low < 8 and each.high > 34 for each in found[:-1])
    # Two are the top 5 percent of 41.
    assert sum(each.among_top for each in found) == pytest.approx(2)


def test_a_dealer_of_whom_nothing_is_expected_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        funnel([1, 2], [1.0, 0.0])
    with pytest.raises(ValueError, match="no such counts"):
        ratio(3, 0.0)
