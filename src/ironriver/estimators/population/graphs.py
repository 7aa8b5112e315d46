"""Decomposable graphs over a few lists, with their cliques and separators."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ironriver.estimators.population.lists import Floats, pairs_of

MOST = 6
"""Six lists have 18,154 decomposable graphs; seven have 617,675, and are refused."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A decomposable graph; lists are bits. `separators` holds none that is empty."""

    cliques: tuple[int, ...]
    separators: tuple[int, ...]

    @property
    def parts(self) -> int:
        """How many connected parts it has: cliques less separators."""
        return len(self.cliques) - len(self.separators)

    def named(self, names: tuple[str, ...]) -> str:
        """Write the cliques with the lists' names.

        >>> Graph((3, 6), (2,)).named(("A", "B", "C"))
        '[A B] [B C]'
        """
        return " ".join(
            f"[{' '.join(name for at, name in enumerate(names) if clique >> at & 1)}]"
            for clique in sorted(self.cliques)
        )


@cache
def decomposable(lists: int) -> tuple[Graph, ...]:
    """Give all decomposable graphs over so many lists, the empty one first.

    >>> [len(decomposable(lists)) for lists in (2, 3, 4)]
    [2, 8, 61]
    """
    pairs = pairs_of(lists)
    found = []
    for chosen in range(2 ** len(pairs)):
        near = [0] * lists
        for at, (j, k) in enumerate(pairs):
            if chosen >> at & 1:
                near[j] |= 1 << k
                near[k] |= 1 << j
        graph = decomposed(near)
        if graph is not None:
            found.append(graph)
    return tuple(found)


def decomposed(near: list[int]) -> Graph | None:
    """Split a graph (neighbours of each node as bits) into cliques; None if it cannot be.

    Maximum cardinality search: Tarjan and Yannakakis (1984), SIAM Journal on Computing 13.

    >>> decomposed([0b1010, 0b0101, 0b1010, 0b0101]) is None
    True
    """
    done, cliques, separators, current = 0, [], [], 0
    left = set(range(len(near)))
    while left:
        node = max(left, key=lambda each: (near[each] & done).bit_count())
        earlier = near[node] & done
        if any(earlier & ~(near[other] | 1 << other) for other in left_bits(earlier)):
            return None
        if earlier == current:
            current |= 1 << node
        else:
            cliques.append(current)
            if earlier:
                separators.append(earlier)
            current = earlier | 1 << node
        done |= 1 << node
        left.remove(node)
    return Graph((*cliques, current), tuple(separators))


def left_bits(held: int) -> list[int]:
    """Give the places of the bits that are set.

    >>> left_bits(0b1010)
    [1, 3]
    """
    return [at for at in range(held.bit_length()) if held >> at & 1]


@cache
def shares(lists: int) -> Floats:
    """Give each graph as a row: how often each subset of lists counts, and last the parts.

    Shape (graphs, 2**lists + 1): cliques count +1 and separators -1 in the column of their bits.
    """
    graphs = decomposable(lists)
    table = np.zeros((len(graphs), 2**lists + 1))
    for row, graph in enumerate(graphs):
        table[row, list(graph.cliques)] += 1
        for separator in graph.separators:
            table[row, separator] -= 1
        table[row, -1] = graph.parts
    return table
