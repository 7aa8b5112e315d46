"""Divide a graph so that guns that belong together stand together: the constant Potts model.

    quality = sum over pairs in one community of (w_ij - resolution)

Traag, Van Dooren and Nesterov (2011), Physical Review E 84, equation 6: two communities are joined
if the mean weight between them is above the resolution, so that with probabilities as weights a
resolution is a probability. Local moves and aggregation as Blondel et al. (2008), with the queue of
Traag, Waltman and van Eck (2019); what is not connected in the end is parted. `communities` asks
the same of a peer; this is the compiled form for graphs of millions of edges.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ironriver.firearms.compiled import compiled
from ironriver.networks.communities import in_order

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

_ROUNDS = 12


def divide(size: int, left: Ints, right: Ints, weight: Reals, resolution: float) -> Ints:
    """Give the community of each node 0 to `size` - 1, numbered by their first node.

    `left`, `right`, `weight` are (edges,); an edge given twice counts with the sum. The order in
    which edges are given changes nothing.

    >>> ends = np.array([0, 0, 1, 2]), np.array([1, 2, 2, 3])
    >>> divide(5, *ends, np.array([0.9, 0.8, 0.9, 0.1]), 0.3).tolist()
    [0, 0, 0, 1, 2]
    """
    graph = _symmetric(size, left, right, weight)
    labels = np.arange(size)
    level, mass = graph, np.ones(size)
    for _ in range(_ROUNDS):
        found = in_order(_moved(level, mass, np.arange(len(mass)), resolution))
        count = int(found.max(initial=-1)) + 1
        if count == len(mass):
            break
        labels = found[labels]
        level = _folded(level, found, count)
        mass = np.bincount(found, mass, minlength=count).astype(np.float64)
    labels = _moved(graph, np.ones(size), labels, resolution)
    return in_order(_connected(graph, labels))


def _symmetric(size: int, left: Ints, right: Ints, weight: Reals) -> csr_array:
    kept = left != right
    one = np.concatenate([left[kept], right[kept]])
    other = np.concatenate([right[kept], left[kept]])
    both = np.concatenate([weight[kept], weight[kept]])
    graph = csr_array((both, (one, other)), shape=(size, size))
    graph.sum_duplicates()
    graph.sort_indices()
    return graph


def _folded(graph: csr_array, labels: Ints, count: int) -> csr_array:
    """Make one node of each community; weights within are left out, for no move changes them."""
    edges = graph.tocoo()
    one, other = labels[edges.row], labels[edges.col]
    kept = one != other
    folded = csr_array((edges.data[kept], (one[kept], other[kept])), shape=(count, count))
    folded.sum_duplicates()
    folded.sort_indices()
    return folded


def _moved(graph: csr_array, mass: Reals, labels: Ints, resolution: float) -> Ints:
    out: Ints = labels.astype(np.int64).copy()
    _move(
        graph.indptr.astype(np.int64), graph.indices.astype(np.int64),
        graph.data.astype(np.float64), np.asarray(mass, dtype=np.float64), out, resolution,
    )  # fmt: skip
    return out


def _connected(graph: csr_array, labels: Ints) -> Ints:
    """Part communities that hang together by no edge of a weight above 0."""
    edges = graph.tocoo()
    inside = (labels[edges.row] == labels[edges.col]) & (edges.data > 0)
    within = csr_array(
        (np.ones(int(inside.sum())), (edges.row[inside], edges.col[inside])), shape=graph.shape
    )
    return np.asarray(connected_components(within, directed=False)[1], dtype=np.int64)


@compiled
def _move(
    starts: Ints, ends: Ints, weights: Reals, mass: Reals, labels: Ints, resolution: float
) -> None:
    """Move nodes between communities while quality grows; labels are below the count of nodes."""
    size = len(mass)
    total, free = np.zeros(size), np.empty(size, dtype=np.int64)
    for node in range(size):
        total[labels[node]] += mass[node]
    used = _find_free(total, free)
    queue, waits = np.arange(size), np.ones(size, dtype=np.bool_)
    tied, near = np.zeros(size), np.empty(size, dtype=np.int64)
    head, length, left = 0, size, 60 * size + 1000
    while length > 0 and left > 0:
        left -= 1
        node = queue[head]
        head, length = (head + 1) % size, length - 1
        waits[node] = False
        own = labels[node]
        first, last = starts[node], starts[node + 1]
        count = _add_up(ends[first:last], weights[first:last], labels, tied, near)
        total[own] -= mass[node]
        best = _best(own, near[:count], tied, total, mass[node], resolution)
        for place in range(count):
            tied[near[place]] = 0.0
        if best < 0:
            used -= 1
            best = free[used]
        total[best] += mass[node]
        if best != own:
            labels[node] = best
            if total[own] <= 0.0:
                total[own] = 0.0
                free[used] = own
                used += 1
            length = _wake(ends[first:last], labels, best, queue, waits, head, length)


@compiled
def _find_free(total: Reals, free: Ints) -> int:
    """List the communities that have no node; give how many."""
    used = 0
    for label in range(len(total)):
        if total[label] == 0.0:
            free[used] = label
            used += 1
    return used


@compiled
def _add_up(ends: Ints, weights: Reals, labels: Ints, tied: Reals, near: Ints) -> int:
    """Add up a node's ties to each community near it; give how many there are."""
    count = 0
    for place in range(len(ends)):
        label = labels[ends[place]]
        if tied[label] == 0.0:
            near[count] = label
            count += 1
            tied[label] = 1e-300
        tied[label] += weights[place]
    return count


@compiled
def _best(own: int, near: Ints, tied: Reals, total: Reals, mass: float, resolution: float) -> int:
    """Give the community where a node adds most; -1 for one of its own."""
    best, gain = own, tied[own] - resolution * mass * total[own]
    if gain < 0.0 and total[own] > 0.0:
        best, gain = -1, 0.0
    for label in near:
        better = tied[label] - resolution * mass * total[label]
        if better > gain + 1e-12:
            best, gain = label, better
    return best


@compiled
def _wake(
    ends: Ints, labels: Ints, best: int, queue: Ints, waits: Marks, head: int, length: int
) -> int:
    """Let neighbours in other communities be looked at again; give the queue's new length."""
    size = len(queue)
    for other in ends:
        if labels[other] != best and not waits[other]:
            waits[other] = True
            queue[(head + length) % size] = other
            length += 1
    return length
