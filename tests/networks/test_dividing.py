"""Dividing a graph, joining its groups, and choosing the pairs to weigh."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ironriver.networks.belonging import packaged
from ironriver.networks.candidates import neighbours
from ironriver.networks.evidence import Ints, Reals
from ironriver.networks.joining import OF_JOIN, between, joined
from ironriver.networks.partition import divide

UNJUDGED = np.empty((0, 3), dtype=np.int64)
GRAPHS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11), st.floats(0.02, 1.0)), max_size=40
)


def _edges(rows: list[tuple[int, int, float]]) -> tuple[Ints, Ints, Reals]:
    left = np.array([row[0] for row in rows], dtype=np.int64)
    right = np.array([row[1] for row in rows], dtype=np.int64)
    return left, right, np.array([row[2] for row in rows], dtype=np.float64)


def _quality(labels: Ints, rows: list[tuple[int, int, float]], resolution: float) -> float:
    inside = sum(weight for one, other, weight in rows if one != other
                 and labels[one] == labels[other])  # fmt: skip
    sizes = np.bincount(labels)
    return float(inside - resolution * (sizes * (sizes - 1) / 2).sum())


@given(GRAPHS, st.floats(0.05, 0.9))
def test_a_division_is_no_worse_than_leaving_all_alone_and_hangs_together(
    rows: list[tuple[int, int, float]], resolution: float
) -> None:
    labels = divide(12, *_edges(rows), resolution)
    assert _quality(labels, rows, resolution) >= -1e-9
    graph = nx.Graph([(one, other) for one, other, _ in rows])
    graph.add_nodes_from(range(12))
    for group in range(int(labels.max()) + 1):
        assert nx.is_connected(graph.subgraph(np.flatnonzero(labels == group).tolist()))


@given(GRAPHS, st.randoms(use_true_random=False))
def test_the_order_of_edges_changes_no_division(
    rows: list[tuple[int, int, float]], chance: object
) -> None:
    shuffled = rows.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one = divide(12, *_edges(rows), 0.3)
    assert one.tolist() == divide(12, *_edges(shuffled), 0.3).tolist()


def test_two_firm_groups_with_one_faint_tie_are_divided() -> None:
    rows = [(a, b, 0.9) for a in range(4) for b in range(a)]
    rows += [(a, b, 0.9) for a in range(4, 8) for b in range(4, a)]
    labels = divide(8, *_edges([*rows, (3, 4, 0.2)]), 0.3)
    assert labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_what_is_said_between_groups_is_what_its_pairs_say() -> None:
    labels = np.array([0, 0, 1, 1, 2])
    found = between(labels, np.array([0, 1, 0, 2]), np.array([2, 3, 1, 4]),
                    np.array([0.6, 0.3, 0.9, 0.1]))  # fmt: skip
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 1), (1, 2)]
    assert found.total.tolist() == [0.6 + 0.3, 0.1]
    assert found.best.tolist() == [0.6, 0.1]
    assert found.likely.tolist() == [1.0, 0.0]
    assert found.possible.tolist() == [2.0, 0.0]


def test_groups_with_strong_ties_are_joined_unless_a_person_judged_them_different() -> None:
    left, right = np.array([0, 0, 1, 1]), np.array([2, 3, 2, 3])
    chance, weights = np.full(4, 0.97), packaged().join
    labels = np.array([0, 0, 1, 1])
    assert joined(labels, left, right, chance, UNJUDGED, weights).tolist() == [0, 0, 0, 0]
    judged = np.array([[1, 3, -1]])
    assert joined(labels, left, right, chance, judged, weights).tolist() == [0, 0, 1, 1]


def test_a_judgement_keeps_groups_apart_through_a_third() -> None:
    left, right = np.array([0, 1]), np.array([1, 2])
    weights = np.concatenate([[5.0], np.zeros(len(OF_JOIN))])
    judged = np.array([[0, 2, -1]])
    labels = joined(np.arange(3), left, right, np.array([0.9, 0.9]), judged, weights)
    assert labels[0] != labels[2]


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 40)), max_size=25),
       st.integers(1, 6), st.integers(0, 20))  # fmt: skip
def test_neighbours_are_the_next_of_their_block_and_none_is_farther_than_asked(
    rows: list[tuple[int, int]], reach: int, farthest: int
) -> None:
    block = np.array([row[0] for row in rows], dtype=np.int64)
    order = np.array([row[1] for row in rows], dtype=np.int64)
    left, right = neighbours(np.arange(len(rows)), block, order, reach, farthest)
    found = {frozenset(pair) for pair in zip(left.tolist(), right.tolist(), strict=True)}
    expected = set()
    for value in set(block.tolist()) - {-1}:
        mine = sorted(np.flatnonzero(block == value).tolist(), key=lambda g: (order[g], g))
        for place, gun in enumerate(mine):
            for other in mine[place + 1 : place + 1 + reach]:
                if order[other] - order[gun] <= farthest:
                    expected.add(frozenset((gun, other)))
    assert found == expected
