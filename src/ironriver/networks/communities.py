"""Communities of a weighted graph, by Leiden: the same seed on the same graph gives the same ones.

Traag, Waltman and van Eck (2019), "From Louvain to Leiden", Scientific Reports 9, through
graspologic-native.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import graspologic_native
import numpy as np
import numpy.typing as npt

from ironriver.estimators.metrics import adjusted_rand_index

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Graph:
    """An undirected weighted graph on the nodes 0 to `size` - 1.

    `left`, `right` and `weight` are (edges,); an edge given twice counts with the sum of its
    weights, and edges from a node to itself are left out.
    """

    size: int
    left: Ints
    right: Ints
    weight: Floats

    def __post_init__(self) -> None:
        if not len(self.left) == len(self.right) == len(self.weight):
            raise ValueError("an edge has two ends and a weight")
        ends = np.concatenate([self.left, self.right])
        if len(ends) and not (ends.min() >= 0 and ends.max() < self.size):
            raise ValueError(f"an edge ends outside of the nodes 0 to {self.size - 1}")
        if not np.isfinite(self.weight).all():
            raise ValueError("a weight is not finite")

    def merged(self) -> Graph:
        """Give each edge once, smaller node first, in order: what a result may rest on."""
        low, high = np.minimum(self.left, self.right), np.maximum(self.left, self.right)
        kept = low < high
        key, place = np.unique(low[kept] * self.size + high[kept], return_inverse=True)
        weight = np.bincount(place, self.weight[kept], minlength=len(key)).astype(np.float64)
        return Graph(self.size, key // max(self.size, 1), key % max(self.size, 1), weight)


def communities(
    graph: Graph,
    *,
    seed: int = 1,
    resolution: float = 1.0,
    by_modularity: bool = True,
    rounds: int = 2,
    trials: int = 1,
) -> Ints:
    """Divide a graph into communities; give the community of each node, shape (size,).

    Communities are numbered by their first node; a node without edges is one of its own. Quality is
    modularity, or the constant Potts model (CPM), which has no resolution limit and in which a
    weight may be negative; a larger `resolution` gives smaller communities. Of `trials` runs, each
    of `rounds` cycles, the best is kept. ValueError for a negative weight under modularity.

    >>> pair = Graph(5, np.array([0, 1, 3]), np.array([1, 2, 4]), np.ones(3))
    >>> communities(pair).tolist()
    [0, 0, 0, 1, 1]
    """
    edges = graph.merged()
    if by_modularity and (edges.weight < 0).any():
        raise ValueError("modularity takes no negative weight")
    given = np.arange(graph.size)
    if len(edges.left):
        _, found = graspologic_native.leiden(
            list(zip(map(str, edges.left.tolist()), map(str, edges.right.tolist()),
                     edges.weight.tolist(), strict=True)),
            resolution=resolution, iterations=rounds, use_modularity=by_modularity, seed=seed,
            trials=trials,
        )  # fmt: skip
        nodes = np.fromiter(map(int, found), np.int64, len(found))
        given[nodes] = graph.size + np.fromiter(found.values(), np.int64, len(found))
    return in_order(given)


def in_order(labels: npt.ArrayLike) -> Ints:
    """Give communities numbers by their first node.

    >>> in_order([7, 3, 7, 9]).tolist()
    [0, 1, 0, 2]
    """
    values = np.asarray(labels, dtype=np.int64)
    _, first, place = np.unique(values, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[place.ravel()]


def modularity(graph: Graph, labels: npt.ArrayLike, resolution: float = 1.0) -> float:
    """Give the modularity of a division: sum over communities of w_in / m - r (w_all / 2m)^2.

    Newman and Girvan (2004), Physical Review E 69, equation 5; weights as Newman (2004), Physical
    Review E 70; resolution as Reichardt and Bornholdt (2006). NaN without edges.
    """
    edges, groups = graph.merged(), in_order(labels)
    whole = float(edges.weight.sum())
    if whole == 0:
        return float("nan")
    count = int(groups.max()) + 1
    one, other = groups[edges.left], groups[edges.right]
    inside = np.bincount(one[one == other], edges.weight[one == other], minlength=count)
    ends = np.bincount(one, edges.weight, minlength=count)
    ends += np.bincount(other, edges.weight, minlength=count)
    return float((inside / whole - resolution * (ends / (2 * whole)) ** 2).sum())


def agreement(divisions: Sequence[Ints]) -> float:
    """Give the mean adjusted Rand index over all pairs of divisions of the same nodes.

    1 means that they are all the same; 0 is what chance gives. ValueError for fewer than two.
    """
    pairs = list(combinations(divisions, 2))
    if not pairs:
        raise ValueError("agreement needs two divisions or more")
    return float(np.mean([adjusted_rand_index(one, other) for one, other in pairs]))
