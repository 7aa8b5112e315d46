"""Parts of a set that grow together and may come apart: which nodes are judged the same."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


class Parts(Generic[Node]):
    """A partition in which every node stands alone until it is joined with another.

    Joining relabels the smaller part, so that n joins cost n log n steps in all.
    """

    def __init__(self) -> None:
        self._part_of: dict[Node, set[Node]] = {}

    def of(self, node: Node) -> Collection[Node]:
        """Give the part that a node stands in."""
        return self._part_of.get(node) or {node}

    def together(self, left: Node, right: Node) -> bool:
        """Tell whether two nodes stand in one part.

        >>> parts = Parts()
        >>> parts.join("a", "b"); parts.join("b", "c")
        >>> parts.together("a", "c"), parts.together("a", "d")
        (True, False)
        """
        return left == right or right in self._part_of.get(left, ())

    def join(self, left: Node, right: Node) -> None:
        """Put the parts of two nodes together."""
        here = self._part_of.setdefault(left, {left})
        there = self._part_of.setdefault(right, {right})
        if here is there:
            return
        small, large = sorted((here, there), key=len)
        large |= small
        for node in small:
            self._part_of[node] = large

    def part(self, node: Node, rest: Collection[Node]) -> None:
        """Split the part of a node in two: `rest`, in which it stands, and all others."""
        before = self._part_of[node]
        for side in (set(rest), before - set(rest)):
            for each in side:
                self._part_of[each] = side
