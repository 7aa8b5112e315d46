"""What holds for any table: models, the headline, strata, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import tables, uk_five

from ironriver.errors import MistakeError
from ironriver.estimators.population.bootstrap import stepwise
from ironriver.estimators.population.chao import chao
from ironriver.estimators.population.dga import dga, posterior
from ironriver.estimators.population.estimate import Answer, Estimate, Method, Refusal
from ironriver.estimators.population.existence import exists
from ironriver.estimators.population.headline import LINKS_ALONE, headline
from ironriver.estimators.population.lists import Lists, pairs_of, patterns
from ironriver.estimators.population.loglinear import independence, log_linear, select
from ironriver.estimators.population.panel import Effort, panel
from ironriver.estimators.population.poisson import Shape, design
from ironriver.estimators.population.signs import Signs, signs_of
from ironriver.estimators.population.stepwise import choose
from ironriver.estimators.population.strata import stratified
from ironriver.estimators.population.uneven import uneven
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind

TABLES = st.lists(st.integers(0, 60), min_size=15, max_size=15)


def made(method: Method, value: float, low: float, high: float) -> Estimate:
    interval = Interval(low, high, IntervalKind.CREDIBLE, 0.95)
    return Estimate(method, value, interval, 100, (Remark("x"),))


def test_rcaptures_darroch_model_of_kosovo() -> None:
    model = log_linear(tables()["Kosovo1999_4"], shape=Shape.DARROCH)
    assert (model.value, model.standard_error) == (
        pytest.approx(12_797.3, abs=0.05), pytest.approx(814.8, abs=0.05),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(TABLES, min_size=2, max_size=4))
def test_many_tables_at_once_choose_what_each_chooses_alone(cells: list[list[int]]) -> None:
    counts = np.array(cells, dtype=float) + 0.0
    together = choose(counts, 4)
    for row in range(len(counts)):
        alone = choose(counts[row : row + 1], 4)
        assert (alone.pairs[0] == together.pairs[row]).all()
        if alone.fitted.proven[0]:
            assert alone.fitted.unseen[0] == pytest.approx(together.fitted.unseen[row], rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_a_proven_fit_exists_by_the_linear_programme_too(cells: list[int]) -> None:
    counts = np.array([cells], dtype=float)
    found = choose(counts, 4)
    if found.fitted.proven[0] and not found.empty.any():
        columns = np.r_[np.ones(5, dtype=bool), found.pairs[0]]
        assert exists(design(4)[:, columns], counts[0])


def test_a_model_without_a_maximum_is_a_mistake_that_names_it() -> None:
    # A and B share three, none of them on C: with all pairs, the unseen cell can grow for ever.
    lists = Lists.from_patterns(
        ("A", "B", "C"), {("A",): 5, ("B",): 5, ("A", "B"): 3, ("A", "C"): 1, ("B", "C"): 1}
    )
    with pytest.raises(MistakeError, match="A:B, A:C, B:C"):
        log_linear(lists, [("A", "B"), ("A", "C"), ("B", "C")])


def test_the_empty_overlap_rule_drops_the_cells_and_the_parameter() -> None:
    lists = Lists.from_patterns(
        ("A", "B", "C"),
        {("A",): 400, ("B",): 380, ("C",): 100, ("A", "C"): 60, ("B", "C"): 55},
    )
    model = select(lists)
    assert model.empty == (("A", "B"),)
    # Without the cells of A and B together, C is the mark and the recapture of both.
    assert model.value > log_linear(lists).value * 0.5
    assert model.parameters == 4


def test_the_bootstrap_interval_holds_the_estimate_and_repeats_with_its_seed() -> None:
    first, again = stepwise(uk_five(), 200, seed=3), stepwise(uk_five(), 200, seed=3)
    assert isinstance(first, Estimate)
    assert first.value in first.interval
    assert first == again
    # Published (Binette and Steorts 2022), 1,000 resamples: 9,367 to 15,219.
    assert first.interval.low == pytest.approx(9_367, rel=0.12)
    assert first.interval.high == pytest.approx(15_219, rel=0.12)


def test_the_cap_of_graph_averaging_is_told() -> None:
    answer = dga(uk_five())
    assert isinstance(answer, Estimate)
    assert "At most 82,320 unseen were allowed" in answer.remarks[1].text()
    assert posterior(uk_five(), cap=27_440).mean < posterior(uk_five()).mean


def test_seven_lists_are_too_many_graphs() -> None:
    names = tuple("ABCDEFG")
    lists = Lists.from_patterns(names, {("A",): 5, ("B",): 5, ("A", "B"): 2})
    answer = dga(lists)
    assert isinstance(answer, Refusal)
    assert "7 lists" in answer.reason.text()


@pytest.mark.parametrize("method", [chao, independence, stepwise, uneven, dga])
def test_lists_that_share_nobody_are_refused_by_every_method(method: object) -> None:
    assert callable(method)
    answer = method(Lists(("A", "B", "C"), (0, 9, 8, 0, 7, 0, 0, 0)))
    assert isinstance(answer, Refusal)
    assert answer.pitfalls


def test_the_headline_covers_methods_that_disagree_and_says_so() -> None:
    answers: list[Answer] = [
        made(Method.STEPWISE, 1_000, 900, 1_100), made(Method.GRAPHS, 2_100, 1_800, 2_400),
    ]  # fmt: skip
    found = headline(answers, allowance=0.2)
    assert isinstance(found, Estimate)
    assert (found.interval.low, found.interval.high) == (900, 2_400 / 0.8)
    assert found.value == pytest.approx(100 + np.sqrt(900 * 2_000))
    assert any("disagree" in remark.text() for remark in found.remarks)
    assert any("20%" in remark.text() for remark in found.remarks)


def test_the_headline_is_refused_where_methods_leave_everything_open() -> None:
    wide = [made(Method.STEPWISE, 150, 101, 200), made(Method.GRAPHS, 9_000, 300, 90_000)]
    assert isinstance(headline(wide), Refusal)
    assert isinstance(headline(wide[:1]), Refusal)


def test_bounds_and_independence_do_not_narrow_or_widen_the_headline() -> None:
    answers = [made(Method.STEPWISE, 150, 120, 200), made(Method.GRAPHS, 150, 130, 190)]
    alone = headline(answers)
    with_others = headline([*answers, made(Method.INDEPENDENCE, 500, 400, 600)])
    assert alone == with_others


LINKED = Signs(differing=130.0, linked=110.0, both=109.0)
AGREED: list[Answer] = [
    made(Method.CHAO, 1_050, 1_000, 1_100), made(Method.STEPWISE, 1_100, 900, 1_300),
    made(Method.GRAPHS, 1_050, 950, 1_200),
]  # fmt: skip


def test_where_links_explain_everything_the_headline_keeps_to_the_graphs_and_says_so() -> None:
    found = headline(AGREED, signs=LINKED)
    assert isinstance(found, Estimate)
    assert (found.interval.low, found.interval.high) == (950, 1_200)
    assert LINKS_ALONE in found.remarks
    assert not any("%" in remark.text() for remark in found.remarks)


@pytest.mark.parametrize(
    ("changed", "signs"),
    [
        # Somebody's being seen more easily fits as well, or improves the links.
        (None, Signs(differing=118.0, linked=110.0, both=109.0)),
        (None, Signs(differing=130.0, linked=110.0, both=105.0)),
        (None, None),
        # Another method's value lies outside, or the lower bound passes the estimate.
        (made(Method.CLASSES, 1_500, 900, 2_000), LINKED),
        (made(Method.CHAO, 1_300, 1_100, 1_400), LINKED),
    ],
)
def test_any_sign_against_links_alone_brings_the_allowance_back(
    changed: Estimate | None, signs: Signs | None
) -> None:
    kept = [each for each in AGREED if changed is None or each.method is not changed.method]
    found = headline([*kept, *([changed] if changed else [])], allowance=0.25, signs=signs)
    assert isinstance(found, Estimate)
    assert found.interval.high >= 1_300 / 0.75
    assert LINKS_ALONE not in found.remarks


def test_linked_lists_and_unlike_individuals_leave_different_signs() -> None:
    bits = patterns(4)
    linked = np.exp(bits @ np.array([-1.5, -1.2, -1.8, -1.4]) + 1.8 * bits[:, 0] * bits[:, 1])
    easy, hard = (np.prod(np.where(bits == 1, p, 1 - p), axis=1) for p in (0.45, 0.06))
    for share, alone in ((linked / linked.sum(), True), (0.5 * easy + 0.5 * hard, False)):
        counts = np.round(5_000 * share).astype(int)
        counts[0] = 0
        found = signs_of(Lists(tuple("ABCD"), tuple(counts.tolist())))
        assert found is not None
        assert found.links_alone is alone
    assert signs_of(Lists(("A", "B", "C"), (0, 5, 5, 0, 5, 0, 0, 0))) is None


def test_a_panel_names_who_refused_and_prints_pitfalls_in_both_languages() -> None:
    found = panel(tables()["Netherlands_5"], Effort(repeats=60, chains=4, sweeps=1_000))
    assert isinstance(found.of(Method.CLASSES), Refusal)
    assert isinstance(found.headline, Estimate)
    english = "\n".join(found.said())
    assert "Latent classes: no answer, the chains do not agree" in english
    assert all(pitfall.text() in english for pitfall in found.headline.pitfalls)
    assert len(found.said("es")) == len(found.said())


def test_strata_add_up_and_one_refusal_stops_the_total() -> None:
    north = Lists(("A", "B"), (0, 300, 200, 100))
    total = stratified({"north": north, "south": north}, independence).total
    alone = independence(north)
    assert isinstance(total, Estimate)
    assert isinstance(alone, Estimate)
    assert total.value == pytest.approx(2 * alone.value, rel=0.01)
    assert alone.interval.width < total.interval.width < 2 * alone.interval.width
    stopped = stratified({"north": north, "east": Lists(("A", "B"), (0, 3, 2, 0))}, independence)
    assert isinstance(stopped.total, Refusal)
    assert "east" in stopped.total.reason.text()


def test_strata_undo_what_their_difference_does_to_the_whole() -> None:
    # In one half lists hold 40 percent, in the other 5: together they look linked.
    easy, hard = (0, 1_200, 1_200, 800), (0, 238, 238, 12)
    whole = Lists(("A", "B"), tuple(a + b for a, b in zip(easy, hard, strict=True)))
    together = independence(whole)
    apart = stratified(
        {"easy": Lists(("A", "B"), easy), "hard": Lists(("A", "B"), hard)}, independence
    ).total
    assert isinstance(together, Estimate)
    assert isinstance(apart, Estimate)
    assert together.value < 8_000 < apart.value


@given(TABLES)
def test_merging_lists_loses_nobody(cells: list[int]) -> None:
    if not sum(cells):
        return
    lists = Lists(("A", "B", "C", "D"), (0, *cells))
    merged = lists.merged(["A", "C"])
    assert merged.observed == lists.observed
    assert merged.names == ("A+C", "B", "D")
    held = lists.overlaps[0, 0] + lists.overlaps[2, 2] - lists.overlaps[0, 2]
    assert merged.sizes[0] == held


def test_within_a_list_the_truth_is_its_size() -> None:
    inner = uk_five().within("PFNCA")
    assert inner.names == ("LA", "NG", "GO", "GP")
    assert inner.observed == 19 + 62 + 76 + 11 + 1 + 4 + 1
    assert inner.observed < uk_five().sizes[2]


@pytest.mark.parametrize(
    ("names", "cells", "said"),
    [
        (("A",), (0, 1), "two lists or more"),
        (("A", "A"), (0, 1, 1, 1), "same name"),
        (("A", "B"), (1, 1, 1, 1), "the first of them"),
        (("A", "B"), (0, 1, -1, 1), "negative"),
        (("A", "B"), (0, 0, 0, 0), "nobody was observed"),
    ],
)
def test_counts_that_make_no_table_are_mistakes(
    names: tuple[str, ...], cells: tuple[int, ...], said: str
) -> None:
    with pytest.raises(MistakeError, match=said):
        Lists(names, cells)


def test_pairs_are_as_many_as_they_should_be() -> None:
    assert [len(pairs_of(lists)) for lists in (2, 5, 6)] == [1, 10, 15]
