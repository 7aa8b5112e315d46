"""Flows: reference numbers, and what no data identify is not told as a number."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.errors import MistakeError
from ironriver.estimators.flow.anchors import NOT_IDENTIFIED, Anchor, pooled, reconciled
from ironriver.estimators.flow.attributable import attributable, curve, flow_of
from ironriver.estimators.flow.cohorts import Cohorts, completed, recovered_by, trend
from ironriver.estimators.flow.marked import Marked, belonging, recovered_share, yearly_growth
from ironriver.estimators.flow.negative_binomial import negative_binomial
from ironriver.estimators.flow.scaleup import ScaleUp, implied_sales, implied_share
from ironriver.estimators.flow.stock import Share, flows_behind, mean_flow_behind, stock

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "reference" / "vectors"
TRIANGLE = Cohorts(((40, 30, 20, 10), (44, 33, 21, 0), (50, 38, 0, 0), (61, 0, 0, 0)))


def rows(name: str) -> list[dict[str, str]]:
    path = VECTORS / f"{name}.csv"
    if not path.exists():
        pytest.skip("needs ../shared/reference/vectors")
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_the_scale_up_is_the_reference_distribution() -> None:
    found = rows("flow_scaleup_beta")
    assert len(found) == 4
    for row in found:
        answer = ScaleUp(float(row["seized"]), float(row["beta_a"]), float(row["beta_b"]))
        assert answer.mean == pytest.approx(float(row["mean_flow"]), abs=6e-4)
        if row["sd_flow"] == "inf":
            assert answer.deviation is None
        else:
            assert answer.deviation == pytest.approx(float(row["sd_flow"]), abs=6e-4)
        for level, name in ((0.025, "q025"), (0.5, "median"), (0.975, "q975")):
            assert answer.quantile(level) == pytest.approx(float(row[name]), abs=6e-4)


def test_a_vague_rate_has_no_mean_flow() -> None:
    assert ScaleUp(10_000, 1.0, 9.0).mean is None
    drawn = ScaleUp(32_131, 12.7, 87.3).sampled(200_000, np.random.default_rng(1))
    assert np.median(drawn) == pytest.approx(258_057, rel=0.01)


def test_the_published_flows_hang_together_as_the_arithmetic_says() -> None:
    expected = {row["identity"]: float(row["value"]) for row in rows("flow_identities")}
    found = [
        implied_sales(253_000, 0.022), implied_sales(212_887, 0.022), implied_sales(89_816, 0.009),
        implied_sales(359_205, 0.037), implied_sales(106_700, 0.009), implied_sales(426_729, 0.037),
        127.2e6 / 253_000, 253_000 * 0.147, 253_000 * 0.127, 253_000 * 0.020, 212_887 / 253_000,
        133_000 / 13.25, implied_share(133_000 / 13.25, 135_000, 0.70),
    ]  # fmt: skip
    assert found == [pytest.approx(value, abs=6e-7) for value in expected.values()]


def _quine() -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], ...]:
    data = rows("quine")
    levels = [
        ("Eth", "N"),
        ("Sex", "M"),
        ("Age", "F1"),
        ("Age", "F2"),
        ("Age", "F3"),
        ("Lrn", "SL"),
    ]
    columns = [[float(row[name] == level) for row in data] for name, level in levels]
    days = np.array([float(row["Days"]) for row in data])
    return np.column_stack([np.ones(len(data)), *columns]), days


def test_the_negative_binomial_and_its_fraction_are_those_of_mass() -> None:
    expected = {row["param"]: float(row["value"]) for row in rows("nb_paf_quine_reference")}
    matrix, days = _quine()
    model = negative_binomial(matrix, days)
    assert list(model.coefficients) == [
        pytest.approx(value, abs=2e-6) for value in list(expected.values())[:7]
    ]
    assert model.theta == pytest.approx(expected["theta"], abs=1e-6)
    assert model.theta_error == pytest.approx(0.161035, abs=1e-6)
    assert model.twice_log_likelihood == pytest.approx(expected["twologlik"], abs=1e-6)
    other = matrix.copy()
    other[:, 1] = 1.0
    found = attributable(model, matrix, other)
    assert found.fraction == pytest.approx(expected["PAF_EthA_to_N"], abs=1e-6)
    assert found.error == pytest.approx(expected["PAF_delta_SE"], abs=1e-6)
    assert found.interval.low < found.fraction < found.interval.high


def test_a_known_pull_is_found_and_its_fraction_grows_with_the_distance() -> None:
    dice = np.random.default_rng(4)
    distance = dice.uniform(0, 1_000, 3_000)
    matrix = np.column_stack([np.ones(3_000), np.exp(-distance / 200)])
    mean = np.exp(matrix @ (1.0, 1.5))
    counts = dice.negative_binomial(2.0, 2.0 / (2.0 + mean)).astype(float)
    model = negative_binomial(matrix, counts)

    def far(kilometres: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        pull = np.minimum(matrix[:, 1], np.exp(-kilometres / 200))
        return np.column_stack([matrix[:, 0], pull])

    found = curve(model, matrix, far, [200, 600, 5_000])
    fractions = [each.fraction for _, each in found]
    assert fractions == sorted(fractions)
    truth = 1 - 3_000 * math.exp(1.0) / mean.sum()
    assert truth in found[-1][1].interval
    drawn = flow_of(found[-1][1], 10_000, 4_000, dice)
    assert np.median(drawn) == pytest.approx(10_000 * fractions[-1], rel=0.02)


def test_counts_that_vary_like_a_poisson_have_no_theta() -> None:
    counts = np.array([5.0, 5, 5, 5, 4, 6, 5, 5])
    with pytest.raises(ArithmeticError, match="no more than a Poisson"):
        negative_binomial(np.ones((8, 1)), counts)


def test_reverse_hazards_give_the_chain_ladder() -> None:
    table = TRIANGLE.table.cumsum(axis=1)
    factors = [
        table[: 3 - step, step + 1].sum() / table[: 3 - step, step].sum() for step in range(3)
    ]
    expected = [100.0, 98 * factors[2], 88 * factors[2] * factors[1], 61 * np.prod(factors)]
    assert list(completed(TRIANGLE)) == pytest.approx(expected)
    assert recovered_by(TRIANGLE)[-1] == 1.0


def test_the_naive_mean_delay_of_a_steady_flow_is_too_low_and_the_corrected_one_is_right() -> None:
    dice = np.random.default_rng(6)
    share = np.array([0.35, 0.25, 0.18, 0.12, 0.10])
    rows_ = [
        tuple(int(dice.poisson(4_000 * share[d])) if d < 5 - year else 0 for d in range(5))
        for year in range(5)
    ]
    cohorts = Cohorts(tuple(rows_))
    found = np.diff(np.r_[0.0, recovered_by(cohorts)])
    truth = (share * np.arange(5)).sum()
    naive = (cohorts.table.sum(axis=0) * np.arange(5)).sum() / cohorts.table.sum()
    assert naive < 0.8 * truth
    assert (found * np.arange(5)).sum() == pytest.approx(truth, rel=0.05)
    ends = trend(cohorts, 200)
    assert all(each.high > 4_000 * 0.9 and each.low < 4_000 * 1.1 for each in ends)
    # The newest cohort is the least known.
    assert ends[-1].width > ends[0].width


def test_a_recovery_after_the_last_year_watched_is_a_mistake() -> None:
    with pytest.raises(MistakeError, match="after the last year"):
        Cohorts(((5, 2), (4, 1)))
    with pytest.raises(MistakeError, match="as many delays"):
        Cohorts(((5, 2),))


@given(
    st.lists(st.integers(0, 500), min_size=3, max_size=8),
    st.floats(0.0, 0.5),
)
def test_the_stock_keeps_its_books(flows: list[int], decay: float) -> None:
    seized = [flow / 2 for flow in flows]
    held = stock(1_000, flows, seized, decay)
    lost = decay * held[:-1].sum()
    assert held[-1] == pytest.approx(1_000 + sum(flows) - sum(seized) - lost)


def test_a_stock_that_is_overdrawn_contradicts_its_assumptions() -> None:
    with pytest.raises(ArithmeticError, match="more is seized"):
        stock(10, [5], [20], 0.1)


def test_the_flow_behind_seizures_is_found_if_the_rates_are_right() -> None:
    flows, rate, decay = [20_000.0] * 10, 0.03, 0.05
    held, seized = 250_000.0, []
    for flow in flows:
        seized.append(rate * held)
        held = (1 - decay) * held + flow - seized[-1]
    drawn = flows_behind(seized, Share(0.03, 2_000), Share(0.05, 2_000), wander=0.005)
    assert drawn.shape == (4_000, 9)
    assert np.median(drawn.mean(axis=1)) == pytest.approx(20_000, rel=0.1)
    low, high = np.quantile(drawn.mean(axis=1), (0.025, 0.975))
    assert low < 20_000 < high


def _anchor(name: str, middle: float) -> Anchor:
    drawn = np.random.default_rng(2).lognormal(math.log(middle), 0.1, 4_000)
    return Anchor(name, drawn, (NOT_IDENTIFIED,))


def test_the_pool_covers_every_anchor_and_says_which_do_not_meet() -> None:
    anchors = [_anchor("seizures", 100_000), _anchor("dealers", 110_000), _anchor("lists", 300_000)]
    found = pooled(anchors)
    assert all(anchor.value in found.interval for anchor in anchors)
    said = [remark.text() for remark in found.remarks]
    assert "The intervals of seizures and lists do not meet." in said
    assert not any("seizures and dealers" in text for text in said)
    assert said[0].startswith("No data show the yearly flow")


def test_weights_are_for_anchors_that_exist() -> None:
    with pytest.raises(MistakeError, match="no anchor is called guess"):
        pooled([_anchor("seizures", 1_000)], {"guess": 1.0})
    with pytest.raises(MistakeError, match="no anchor to pool"):
        pooled([])
    anchors = [_anchor("a", 1_000), _anchor("b", 9_000)]
    assert pooled(anchors, {"a": 0.0}).value == pytest.approx(9_000, rel=0.02)


def marked_guns(dice: np.random.Generator, guns: int, share: float) -> Marked:
    """Guns bought evenly over ten years; `share` come back, after three years on average."""
    watched = dice.uniform(0, 10, guns)
    waited = dice.exponential(3.0, guns)
    seen = (dice.random(guns) < share) & (waited < watched)
    return Marked(
        tuple(watched.tolist()),
        tuple(wait if back else None for wait, back in zip(waited.tolist(), seen, strict=True)),
        tuple(f"case-{place // 10}" for place in range(guns)),
    )


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_marked_guns_tell_the_share_recovered_though_the_last_were_hardly_watched(
    share: float,
) -> None:
    held, values, plain = [], [], []
    for seed in range(60):
        dice = np.random.default_rng(seed)
        marked = marked_guns(dice, 600, share)
        drawn, _ = recovered_share(marked, np.zeros(4_000), dice)
        low, middle, high = np.quantile(drawn, (0.025, 0.5, 0.975))
        held.append(low <= share <= high)
        values.append(middle)
        plain.append(marked.recovered / 600)
    assert np.mean(held) >= 0.9
    assert np.mean(values) == pytest.approx(share, rel=0.15)
    # Counting them as they stand loses those whose time had not come.
    assert np.mean(plain) < 0.75 * share


def test_in_a_growing_flow_recoveries_are_a_smaller_share_of_their_own_year() -> None:
    marked = marked_guns(np.random.default_rng(3), 2_000, 0.3)
    still, delay = recovered_share(marked, np.zeros(4_000), np.random.default_rng(4))
    growing, same = recovered_share(marked, np.full(4_000, 0.1), np.random.default_rng(4))
    assert (delay == same).all()
    assert growing == pytest.approx(still / (1 + 0.1 * delay))


def test_guns_that_share_a_case_share_their_fate_and_tell_less() -> None:
    cases = tuple(f"case-{place // 40}" for place in range(400))
    together = tuple(1.0 if place // 40 % 5 == 0 else None for place in range(400))
    apart = tuple(1.0 if place % 5 == 0 else None for place in range(400))
    watched = (8.0,) * 400
    one, other = (Marked(watched, waited, cases) for waited in (together, apart))
    assert other.dispersion == 1.0
    assert one.dispersion > 20
    wide, narrow = (
        np.diff(np.quantile(recovered_share(each, np.zeros(4_000), np.random.default_rng(1))[0],
                            (0.025, 0.975)))[0]
        for each in (one, other)
    )  # fmt: skip
    assert wide > 3 * narrow


def test_marked_guns_that_are_none_or_contradict_themselves_are_refused() -> None:
    with pytest.raises(MistakeError, match="no gun is known"):
        recovered_share(Marked((), (), ()), np.zeros(3), np.random.default_rng(1))
    with pytest.raises(MistakeError, match="watched at least until"):
        Marked((1.0,), (2.0,), ("a",))


def test_the_growth_of_a_series_is_found_and_of_a_short_one_is_the_prior() -> None:
    dice = np.random.default_rng(1)
    steep = yearly_growth([round(200 * np.exp(0.1 * year)) for year in range(10)], 4_000, dice)
    assert np.median(steep) == pytest.approx(0.1, abs=0.02)
    for series in ([], [5.0, 6.0], [0.0] * 8):
        assert np.std(yearly_growth(series, 20_000, dice)) == pytest.approx(0.05, rel=0.05)
    late = yearly_growth([0, 0, 0, 0, 0, 1], 4_000, dice)
    assert np.isfinite(late).all()


def test_guns_that_belong_are_doubted_as_far_as_they_are_not_determined() -> None:
    dice = np.random.default_rng(1)
    sure, doubted = (belonging(300, 600, size, 20_000, dice) for size in (600.0, 6_000.0))
    assert np.median(sure) == pytest.approx(300, rel=0.02)
    assert np.median(doubted) == pytest.approx(3_000, rel=0.03)
    assert np.std(doubted) / 3_000 > 2 * np.std(sure) / 300
    assert (belonging(0, 0, 0.0, 100, dice) < 50).all()


def test_an_assumption_that_the_counts_contradict_is_set_aside_and_one_they_allow_narrows() -> None:
    dice = np.random.default_rng(1)
    base = Anchor("marked", np.exp(dice.normal(5, 0.4, 8_000)), ())
    near = Anchor("seizures", np.exp(dice.normal(5.1, 0.2, 8_000)), ())
    far = Anchor("seizures", np.exp(dice.normal(9, 0.2, 8_000)), ())
    agreed, refuted = reconciled(base, [near]), reconciled(base, [far])
    assert agreed.interval.width < 0.85 * base.interval.width
    assert refuted.value == pytest.approx(base.value, rel=0.05)
    assert refuted.interval.width == pytest.approx(base.interval.width, rel=0.1)
    assert any("do not meet" in remark.text() for remark in refuted.remarks)
    with pytest.raises(MistakeError, match="doubt"):
        reconciled(base, [near], doubt=0.0)


def test_a_mean_flow_is_not_raised_by_chance_that_moves_the_stock_to_and_fro() -> None:
    """A steady flow of 100 with a hazard and a decay of 5 percent each: 50 are seized a year."""
    dice = np.random.default_rng(1)
    hazard, decay = Share(0.05, 4_000.0), Share(0.05, 4_000.0)
    cut, averaged = [], []
    for seed in range(30):
        seized = dice.poisson(50, 11).tolist()
        wanted = {"wander": 1e-6, "draws": 500, "seed": seed}
        cut.append(np.median(flows_behind(seized, hazard, decay, **wanted).mean(axis=1)))
        averaged.append(np.median(mean_flow_behind(seized, hazard, decay, **wanted)))
    assert np.mean(averaged) == pytest.approx(100, rel=0.08)
    assert np.mean(cut) > 1.2 * 100
    with pytest.raises(ArithmeticError, match="no flow"):
        mean_flow_behind([9_000, 8], hazard, decay, draws=50)
