"""Published and reference results are reproduced to the last printed digit."""

from __future__ import annotations

import pytest
from published import rows, spina_bifida, tables, uk_five

from ironriver.estimators.population.chao import lower_bound, uncapped, zelterman
from ironriver.estimators.population.dga import posterior
from ironriver.estimators.population.graphs import decomposable
from ironriver.estimators.population.loglinear import LogLinear, log_linear, profile, select

LAST = 6e-4
"""Half a unit of the last printed digit, and a little for rounding."""


def test_chao_and_zelterman_on_fourteen_tables() -> None:
    found = rows("mse_chao_vectors")
    assert len(found) == 14
    for row in found:
        lists = tables()[row["dataset"]]
        assert [lists.observed, *lists.frequencies[:3]] == [
            int(row[name]) for name in ("n_observed", "f1", "f2", "f3")
        ]
        assert uncapped(lists) == pytest.approx(float(row["chao1=n+f1^2/2f2"]), abs=LAST)
        expected = float(row["chao_t=n+(t-1)/t*f1^2/2f2"])
        assert lower_bound(lists, bias_corrected=False) == pytest.approx(expected, abs=LAST)
        expected = float(row["chao_bc=n+(t-1)/t*f1(f1-1)/2(f2+1)"])
        assert lower_bound(lists) == pytest.approx(expected, abs=LAST)
        assert zelterman(lists) == pytest.approx(float(row["zelterman"]), abs=LAST)


def _named(text: str) -> set[frozenset[str]]:
    return {frozenset(pair.split(":")) for pair in text.split()}


def _chosen(model: LogLinear) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in model.pairs}


def test_the_log_linear_models_of_the_independent_reimplementation() -> None:
    found = rows("mse_loglinear_python_independent")
    assert len(found) == 9
    for row in found:
        if row["dataset"] == "Netherlands_6" and not row["empty_overlaps"]:
            continue  # the same table without the rule for empty overlaps: see below
        model = log_linear(
            tables()[row["dataset"]],
            [
                (first, second)
                for first, second in map(
                    sorted, _named(row["interactions"] + " " + row["empty_overlaps"])
                )
            ],
        )
        assert model.value == pytest.approx(float(row["N_hat"]), abs=LAST), row
        assert model.wald.low == pytest.approx(float(row["wald_low"]), abs=LAST), row
        assert model.wald.high == pytest.approx(float(row["wald_high"]), abs=LAST), row
        assert model.deviance == pytest.approx(float(row["deviance"]), abs=LAST), row


def test_stepwise_selection_finds_the_models_of_sparse_mse() -> None:
    found = [
        row for row in rows("mse_reference_results_R") if row["method"].startswith("SparseMSE step")
    ]
    assert len(found) == 8
    for row in found:
        model = select(tables()[row["dataset"]])
        assert model.value == pytest.approx(float(row["estimate"]), abs=LAST), row
        if row["note"].startswith(("none", "IO:Z", "O:Z")):
            continue
        assert _chosen(model) == _named(row["note"].removeprefix("interactions "))


def test_all_five_sparse_mse_points_of_binette_and_steorts() -> None:
    found = [row for row in rows("mse_binette_steorts_table") if row["method"] == "SparseMSE"]
    assert len(found) == 5
    for row in found:
        model = select(tables()[row["dataset"]])
        assert model.value == pytest.approx(float(row["N_hat"]), abs=LAST), row


def test_the_uks_six_lists_give_the_published_headline() -> None:
    model = select(tables()["UK2013_6"])
    assert (round(model.value), round(model.wald.low), round(model.wald.high)) == (
        11_418,
        9_977,
        13_146,
    )
    assert _chosen(model) == _named("PF:NCA LA:NG NG:GP LA:PF PF:GP GO:GP NG:GO")
    assert model.deviance == pytest.approx(22.994, abs=LAST)


def test_the_netherlands_need_the_rule_for_empty_overlaps() -> None:
    lists = tables()["Netherlands_6"]
    model = select(lists)
    assert {frozenset(pair) for pair in model.empty} == _named("I:K K:R")
    assert round(model.value) == 111_139
    without = log_linear(lists, [pair for pair in model.pairs if pair not in model.empty])
    assert without.value == pytest.approx(125_202.973, abs=LAST)


def test_the_numbers_of_rcapture() -> None:
    kosovo, diabetes = tables()["Kosovo1999_4"], tables()["DiabetesCasale_4"]
    alone = log_linear(kosovo)
    assert alone.value == pytest.approx(7_394.6, abs=0.05)
    assert alone.standard_error == pytest.approx(129.6, abs=0.05)
    assert (alone.deviance, alone.freedom) == (pytest.approx(245.939, abs=LAST), 10)
    assert (alone.aic, alone.bic) == (
        pytest.approx(357.363, abs=LAST),
        pytest.approx(389.310, abs=LAST),
    )
    ends = profile(kosovo)
    assert (ends.low, ends.high) == (
        pytest.approx(7_147.7, abs=0.05),
        pytest.approx(7_656.2, abs=0.05),
    )
    linked = [("S1", "S2"), ("S1", "S3"), ("S2", "S3"), ("S2", "S4"), ("S3", "S4")]
    model = log_linear(diabetes, linked)
    assert (model.value, model.standard_error) == (
        pytest.approx(2_771.191, abs=LAST),
        pytest.approx(145.089, abs=LAST),
    )
    best = log_linear(diabetes, [("S1", "S3"), ("S2", "S4"), ("S3", "S4")])
    assert (best.value, best.standard_error) == (
        pytest.approx(2_472.247, abs=LAST),
        pytest.approx(53.457, abs=LAST),
    )


RCAPTURE = [
    ("DiabetesCasale_4", "", 2_250.601, 18.595),
    ("HIVRome_4", "", 11_124.58, 904.752),
    ("HIVRome_4", "c1:c2 c1:c3 c2:c3", 13_187.1, 2_147.5),
    ("SpinaBifidaNY_3", "", 763.888, 20.618),
    ("SpinaBifidaNY_3", "L1:L2 L2:L3", 758.321, 25.522),
    ("SpinaBifidaNY_3", "L2:L3", 730.929, 16.980),
]


@pytest.mark.parametrize(("name", "links", "value", "error"), RCAPTURE)
def test_more_models_of_rcapture(name: str, links: str, value: float, error: float) -> None:
    pairs = [tuple(pair.split(":")) for pair in links.split()]
    model = log_linear(tables()[name], [(first, second) for first, second in pairs])
    # Printed with one to three decimals.
    assert model.value == pytest.approx(value, abs=0.05)
    assert model.standard_error == pytest.approx(error, abs=0.05)


def test_the_profile_interval_of_a_model_with_links() -> None:
    ends = profile(tables()["HIVRome_4"], [("c1", "c2"), ("c1", "c3"), ("c2", "c3")])
    assert (ends.low, ends.high) == (
        pytest.approx(9_758.2, abs=0.05),
        pytest.approx(18_499, abs=0.5),
    )


def test_madigan_and_yorks_spina_bifida() -> None:
    found = posterior(spina_bifida(), cap=300, delta=1.0, every=True)
    assert (round(found.relative), found.mode) == (731, 728)
    assert found.graphs.max() == pytest.approx(0.37, abs=0.005)
    top = posterior(
        spina_bifida(), cap=300, delta=1.0, every=True, graph=int(found.graphs.argmax())
    )
    assert (round(top.relative), top.mode) == (731, 729)


def test_there_are_as_many_decomposable_graphs_as_the_literature_counts() -> None:
    assert [len(decomposable(lists)) for lists in (2, 3, 4, 5)] == [2, 8, 61, 822]


def test_graph_averaging_on_eight_tables() -> None:
    found = rows("mse_dga_python_independent")
    assert len(found) == 8
    for row in found:
        # The reference starts at nobody unseen, but for the published example.
        least = 1 if row["dataset"].startswith("Spina") else 0
        answer = posterior(
            tables()[row["dataset"]], cap=int(row["max_missing"]), least=least, every=True,
            delta=1.0 if row["delta"] == "1" else None,
        )  # fmt: skip
        assert len(answer.graphs) == int(row["n_decomposable_graphs"])
        assert answer.mean == pytest.approx(float(row["post_mean"]), abs=LAST), row
        for level, name in ((0.025, "q025"), (0.5, "median"), (0.975, "q975")):
            assert answer.quantile(level) == float(row[name]), row
        assert answer.relative == pytest.approx(float(row["bayes_relsq_loss"]), abs=LAST), row
        assert answer.mode == float(row["mode"]), row
        assert answer.graphs.max() == pytest.approx(float(row["top_model_prob"]), abs=6e-6), row


def test_graph_averaging_of_five_lists_with_a_flatter_prior() -> None:
    found = posterior(tables()["MadiganYork5_5"], cap=300, delta=0.5, every=True)
    assert found.mean == pytest.approx(617.816, abs=LAST)
    ends = [found.quantile(level) for level in (0.025, 0.5, 0.975)]
    assert (ends, found.mode) == ([588, 616, 655], 614)


def test_the_coarse_grid_says_what_all_whole_numbers_say() -> None:
    fine, coarse = posterior(uk_five(), every=True), posterior(uk_five())
    assert len(coarse.unseen) < len(fine.unseen) / 40
    assert coarse.mean == pytest.approx(fine.mean, rel=1e-6)
    for level in (0.025, 0.5, 0.975):
        assert coarse.quantile(level) == pytest.approx(fine.quantile(level), rel=1e-3)


@pytest.mark.parametrize("name", ["UK2013_5", "NewOrleans_5", "WesternUS_5", "Australia_4"])
def test_dga_medians_of_binette_and_steorts_grid_are_near(name: str) -> None:
    (row,) = [
        each
        for each in rows("mse_binette_steorts_table")
        if (each["method"], each["dataset"]) == ("dga", name)
    ]
    median = posterior(tables()[name]).quantile(0.5)
    # Their grid has 1,000 points, so that its steps are 30n / 1,000 wide.
    assert abs(median - float(row["N_hat"])) <= 30 * tables()[name].observed / 1000
