"""Errors of matching are undone in the overlaps, and their doubt widens the interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import uk_five

from ironriver.errors import MistakeError
from ironriver.estimators.population.dga import dga
from ironriver.estimators.population.estimate import Answer, Estimate, Method, Refusal
from ironriver.estimators.population.linkage import (
    Link,
    LinkageErrors,
    corrected,
    drawn_tables,
    expected_truth,
    matched_pairs,
    over_links,
    splitting,
)
from ironriver.estimators.population.lists import Lists
from ironriver.estimators.population.loglinear import independence

RECORDS = {
    "seized": [f"s{at}" for at in range(60)],
    "traced": [f"t{at}" for at in range(50)],
}
LINKS = [Link(f"s{at}", f"t{at}", 1.0 if at < 10 else 0.5) for at in range(20)]


def test_two_lists_are_corrected_as_ding_and_fienberg_do() -> None:
    lists = Lists(("A", "B"), (0, 120, 118, 82))
    truth = expected_truth(lists, 0.2, {("A", "B"): 2.0})
    assert truth[3] == pytest.approx(matched_pairs(82, 0.2, 2))
    # No record is gained or lost: 202 on A, 200 on B.
    assert (truth[1] + truth[3], truth[2] + truth[3]) == (pytest.approx(202), pytest.approx(200))


@given(st.integers(2, 5), st.floats(0.0, 0.9))
def test_splitting_loses_no_record(lists: int, missed: float) -> None:
    bits = (np.arange(2**lists)[:, None] >> np.arange(lists)) & 1
    table = splitting(lists, missed)
    assert (table >= 0).all()
    assert np.allclose(bits.T @ table, bits.T)


@given(st.lists(st.integers(0, 500), min_size=15, max_size=15), st.floats(0.0, 0.6))
def test_the_correction_undoes_the_splitting(cells: list[int], missed: float) -> None:
    truth = np.array([0, *cells], dtype=float)
    seen = splitting(4, missed) @ truth
    # Counts are whole, so the table is made large enough for rounding not to matter.
    whole = np.round(seen * 1e6).astype(int)
    if not whole.sum():
        return
    lists = Lists(("A", "B", "C", "D"), (0, *(int(each) for each in whole[1:])))
    assert np.allclose(expected_truth(lists, missed, {}) / 1e6, truth, atol=1e-3)


def test_missed_matches_make_the_estimate_too_high_and_the_correction_brings_it_down() -> None:
    before = dga(uk_five())
    after = corrected(uk_five(), LinkageErrors(20, 200, {}), dga, draws=20)
    assert isinstance(before, Estimate)
    assert isinstance(after, Estimate)
    assert after.value < before.value
    assert "hard to match" in after.pitfalls[0].text().replace("\n", " ")


def test_doubt_about_the_miss_rate_widens_the_interval() -> None:
    lists = Lists(("A", "B", "C"), (0, 400, 380, 120, 350, 110, 100, 40))
    sure = corrected(lists, LinkageErrors(2_000, 20_000, {}), independence)
    unsure = corrected(lists, LinkageErrors(2, 20, {}), independence)
    assert isinstance(sure, Estimate)
    assert isinstance(unsure, Estimate)
    assert unsure.interval.width > 1.2 * sure.interval.width


def test_drawn_tables_hold_sure_links_always_and_others_sometimes() -> None:
    tables = drawn_tables(RECORDS, LINKS, 400, seed=5)
    shared = np.array([table.overlaps[0, 1] for table in tables])
    assert shared.min() >= 10
    assert shared.mean() == pytest.approx(15, abs=0.4)
    assert {table.sizes for table in tables} == {(60, 50)}


def test_links_within_a_chain_join_all_its_records() -> None:
    links = [Link("a", "b", 1.0), Link("b", "c", 1.0), Link("c", "nowhere", 1.0)]
    (table,) = drawn_tables({"A": ["a"], "B": ["b"], "C": ["c", "d"]}, links, 1, seed=1)
    assert dict(table.by_names()) == {("A", "B", "C"): 1, ("C",): 1}


def test_uncertain_links_give_a_wider_interval_than_the_likeliest_ones() -> None:
    mixed = over_links(RECORDS, LINKS, independence, draws=60)
    fixed = independence(
        drawn_tables(RECORDS, [Link(f"s{at}", f"t{at}", 1.0) for at in range(15)], 1, seed=1)[0]
    )
    assert isinstance(mixed, Estimate)
    assert isinstance(fixed, Estimate)
    assert mixed.interval.width > fixed.interval.width
    assert mixed.value == pytest.approx(fixed.value, rel=0.15)


def test_an_estimator_that_refuses_is_not_overruled() -> None:
    def refuses(lists: Lists) -> Answer:
        return Refusal(Method.GRAPHS, dga(lists).pitfalls[0])

    assert isinstance(corrected(uk_five(), LinkageErrors(1, 50, {}), refuses, draws=3), Refusal)


def test_a_check_that_missed_more_than_it_checked_is_a_mistake() -> None:
    with pytest.raises(MistakeError, match="5 missed of 5 checked"):
        LinkageErrors(5, 5, {})
