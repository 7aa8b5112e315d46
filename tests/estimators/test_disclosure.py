"""What is hidden stays hidden from a reader who can add, subtract and solve equations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.optimize import linprog

from ironriver.estimators.disclosure import (
    LEAST,
    Counts,
    Mask,
    audit,
    primary,
    suppress,
    with_margins,
)

MINIMUM = 10


def inner(*sides: int) -> st.SearchStrategy[Counts]:
    """Small tables without totals, with many zeros and small counts among them."""
    shape = st.tuples(*(st.integers(1, side) for side in sides))
    counts = st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 300))
    return shape.flatmap(lambda size: arrays.arrays(np.int64, size, elements=counts))


tables = st.one_of(inner(7), inner(4, 5)).map(with_margins)


def equations(shape: tuple[int, ...]) -> np.ndarray:
    """Write the sums out one by one, as a reader with pencil and paper would."""
    lines = []
    for axis in range(len(shape)):
        for at in np.ndindex(*(size for k, size in enumerate(shape) if k != axis)):
            line = np.zeros(shape)
            where: list[object] = list(at)
            where.insert(axis, slice(None))
            line[tuple(where)] = 1.0
            where[axis] = -1
            line[tuple(where)] = -1.0
            lines.append(line.ravel())
    return np.array(lines)


def solved(table: Counts, mask: Mask, cell: int, sign: int) -> float:
    """Give the least (sign 1) or greatest (-1) value of a cell, by another program."""
    bounds = [
        (LEAST, None) if hidden else (count, count)
        for count, hidden in zip(table.ravel(), mask.ravel(), strict=True)
    ]
    cost = np.zeros(table.size)
    cost[cell] = sign
    sums = equations(table.shape)
    answer = linprog(cost, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=bounds)
    return sign * answer.fun if answer.status == 0 else -sign * np.inf


@given(tables, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_audit_finds_what_another_solver_finds(table: Counts, dice: object) -> None:
    chance = dice.random  # type: ignore[attr-defined]
    mask = np.array([count > 0 and chance() < 0.5 for count in table.ravel()]).reshape(table.shape)
    low, high = audit(table, mask)
    for cell in range(table.size):
        if mask.flat[cell]:
            assert low.flat[cell] == pytest.approx(solved(table, mask, cell, 1))
            assert high.flat[cell] == pytest.approx(solved(table, mask, cell, -1))
        else:
            assert low.flat[cell] == high.flat[cell] == table.flat[cell]


@given(tables, st.sampled_from([2, 5, 10, 25]))
@settings(max_examples=150, deadline=None)
def test_no_hidden_count_is_told_more_closely_than_the_minimum(table: Counts, least: int) -> None:
    mask = suppress(table, least)
    low, high = audit(table, mask)
    assert ((low <= table) & (table <= high)).all()
    assert not (mask & (high - low < least)).any()


@given(tables)
@settings(max_examples=150, deadline=None)
def test_everything_small_is_hidden_and_no_zero_is(table: Counts) -> None:
    mask = suppress(table, MINIMUM)
    assert mask[(table > 0) & (table < MINIMUM)].all()
    assert not mask[table == 0].any()


@given(tables)
@settings(max_examples=60, deadline=None)
def test_a_table_without_small_counts_is_shown_whole(table: Counts) -> None:
    large = with_margins(table[tuple(slice(-1) for _ in table.shape)] * MINIMUM)
    assert not suppress(large, MINIMUM).any()


@given(inner(4, 5).map(with_margins))
@settings(max_examples=60, deadline=None)
def test_a_total_hidden_in_a_list_is_hidden_in_the_table(table: Counts) -> None:
    mask = suppress(table, MINIMUM)
    assert mask[:, -1][suppress(table[:, -1], MINIMUM)].all()
    assert mask[-1][suppress(table[-1], MINIMUM)].all()


@given(tables)
@settings(max_examples=30, deadline=None)
def test_hiding_twice_gives_the_same(table: Counts) -> None:
    assert (suppress(table, MINIMUM) == suppress(table, MINIMUM)).all()


def test_one_small_count_beside_its_total_takes_another_with_it() -> None:
    table = with_margins([3, 40, 50, 700])
    low, high = audit(table, primary(table, MINIMUM))
    assert (low[0], high[0]) == (3, 3)
    mask = suppress(table, MINIMUM)
    assert mask.tolist() == [True, True, False, False, False]
    low, high = audit(table, mask)
    assert (low[0], high[0]) == (1, 42)


def test_a_single_small_count_hides_its_total_too() -> None:
    table = with_margins([0, 4, 0])
    assert suppress(table, MINIMUM).tolist() == [False, True, False, True]
    assert audit(table, suppress(table, MINIMUM))[1][1] == np.inf


def test_a_threshold_alone_gives_many_counts_away_and_cover_gives_none() -> None:
    """Repeat in small the experiment of ``benchmarks/disclosure.py``."""
    dice = np.random.default_rng(1)
    got = np.zeros((2, 3))
    for _ in range(40):
        table = with_margins(dice.poisson(dice.lognormal(2.8, 1.5, (8, 6))))
        alone = primary(table, MINIMUM)
        alone[-1, :] = alone[:, -1] = False
        for way, mask in enumerate((alone, suppress(table, MINIMUM))):
            low, high = audit(table, mask)
            width = (high - low)[mask]
            got[way] += [width.size, (width == 0).sum(), (width < MINIMUM).sum()]
    assert got[0, 1] / got[0, 0] > 0.2
    assert got[0, 2] / got[0, 0] > 0.6
    assert got[1, 1:].tolist() == [0, 0]


@pytest.mark.parametrize(
    "wrong", [np.array([1, 2, 4]), np.array([-1, 1, 0]), np.zeros((2, 2, 2), dtype=np.int64)]
)
def test_what_is_no_table_with_totals_is_refused(wrong: Counts) -> None:
    with pytest.raises(ValueError, match="table"):
        suppress(wrong, MINIMUM)


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    suppress(with_margins([[1, 20, 30], [40, 2, 60], [70, 80, 3]]), MINIMUM)
    assert capfd.readouterr() == ("", "")
