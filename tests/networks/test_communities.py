"""Communities by Leiden: published optimum, the same every time, and what may not be asked."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.networks.communities import Graph, agreement, communities, in_order, modularity


def _karate() -> Graph:
    ends = np.array(list(nx.karate_club_graph().edges()), dtype=np.int64)
    return Graph(34, ends[:, 0], ends[:, 1], np.ones(len(ends)))


def test_the_karate_club_is_divided_as_well_as_is_known_to_be_possible() -> None:
    club = _karate()
    found = [communities(club, seed=seed) for seed in range(50)]
    best = max(modularity(club, each) for each in found)
    assert best == pytest.approx(0.41978961209730437, abs=1e-12)
    assert min(modularity(club, each) for each in found) > 0.415
    assert agreement(found) > 0.95


def test_modularity_is_that_of_an_independent_implementation() -> None:
    club, groups = nx.karate_club_graph(), communities(_karate())
    sets = [set(np.flatnonzero(groups == each).tolist()) for each in set(groups.tolist())]
    for resolution in (0.5, 1.0, 2.0):
        theirs = nx.community.modularity(club, sets, weight=None, resolution=resolution)
        assert modularity(_karate(), groups, resolution) == pytest.approx(theirs)


@given(
    st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 11), st.floats(0.1, 5)),
        min_size=1,
        max_size=40,
    ),
    st.randoms(),
)
def test_the_order_and_the_direction_of_edges_do_not_matter(
    edges: list[tuple[int, int, float]], dice: object
) -> None:
    turned = [(b, a, w) for a, b, w in edges]
    dice.shuffle(turned)  # type: ignore[attr-defined]
    # Weights that add up in another order may differ in the last bit.
    whole = [(a, b, float(round(w * 8) + 1)) for a, b, w in edges]
    again = [(a, b, float(round(w * 8) + 1)) for a, b, w in turned]
    assert communities(_graph(12, whole)).tolist() == communities(_graph(12, again)).tolist()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.just(1.0)), max_size=20))
def test_no_community_reaches_over_parts_that_nothing_joins(
    edges: list[tuple[int, int, float]],
) -> None:
    found = communities(_graph(10, edges))
    graph = nx.Graph([(a, b) for a, b, _ in edges])
    graph.add_nodes_from(range(10))
    part = {node: place for place, nodes in enumerate(nx.connected_components(graph))
            for node in nodes}  # fmt: skip
    for group in set(found.tolist()):
        assert len({part[node] for node in np.flatnonzero(found == group).tolist()}) == 1


def test_a_potts_model_keeps_apart_what_a_negative_weight_speaks_against() -> None:
    chain = _graph(4, [(0, 1, 2.0), (1, 2, -3.0), (2, 3, 2.0)])
    assert communities(chain, by_modularity=False, resolution=0.1).tolist() == [0, 0, 1, 1]
    with pytest.raises(ValueError, match="negative"):
        communities(chain)


def test_finer_communities_come_with_a_higher_resolution() -> None:
    club = _karate()
    counts = [len(set(communities(club, resolution=r).tolist())) for r in (0.2, 1.0, 4.0)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_nodes_without_edges_stand_alone() -> None:
    assert communities(_graph(3, [])).tolist() == [0, 1, 2]
    assert communities(_graph(3, [(1, 1, 2.0)])).tolist() == [0, 1, 2]
    assert np.isnan(modularity(_graph(3, []), [0, 1, 2]))


def test_an_edge_to_no_node_or_without_a_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        _graph(2, [(0, 2, 1.0)])
    with pytest.raises(ValueError, match="finite"):
        _graph(2, [(0, 1, float("nan"))])
    with pytest.raises(ValueError, match="two ends"):
        Graph(2, np.array([0]), np.array([1]), np.ones(2))


def test_agreement_is_one_for_equal_divisions_and_low_for_others() -> None:
    assert agreement([np.array([0, 0, 1, 1]), np.array([5, 5, 2, 2])]) == 1.0
    assert agreement([np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]) < 0.1
    with pytest.raises(ValueError, match="two"):
        agreement([in_order([0, 1])])


def _graph(size: int, edges: list[tuple[int, int, float]]) -> Graph:
    ends = np.array([(a, b) for a, b, _ in edges], dtype=np.int64).reshape(-1, 2)
    return Graph(size, ends[:, 0], ends[:, 1], np.array([w for _, _, w in edges], dtype=float))
