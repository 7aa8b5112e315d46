"""Which judgements bind: the later one of the same two, and none that the others rule out.

*Same* is an equivalence: with a = b and b = c in force, a ≠ c cannot be. Whatever order lines reach
the journal in, the judgements in force never contradict one another.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from ironriver.governance.parts import Parts
from ironriver.tables import Handling


class About(StrEnum):
    """What two ids may be judged to be one of."""

    FIREARM = "firearm"
    PERSON = "person"
    LICENSEE = "licensee"
    NETWORK = "network"
    """Two records whose firearms one network moved; different: two networks."""


class Verdict(StrEnum):
    """What a person decided about two ids."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


Node = tuple[About, str]
Pair = tuple[About, str, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one person decided about two ids, on a day, and what became of it.

    ``left_id`` is the smaller id: records for a firearm, parties otherwise. ``sequence`` is the
    number of its journal line. ``why`` may hold a name.
    """

    sequence: int
    at: str
    known_from: dt.date
    actor: str
    role: str
    about: About
    left_id: str
    right_id: str
    verdict: Verdict
    why: str
    record_ids: tuple[str, ...] = ()
    handling: Handling | None = None
    undone_by: int | None = None
    undone_from: dt.date | None = None
    overtaken_by: int | None = None
    contradicts: tuple[int, ...] = ()

    @property
    def pair(self) -> Pair:
        """What it is about: two judgements of one pair cannot both bind."""
        return self.about, self.left_id, self.right_id

    @property
    def binds(self) -> bool:
        """Whether it counts."""
        return self.undone_by is None and self.overtaken_by is None and not self.contradicts


def _nodes(one: Judgement) -> tuple[Node, Node]:
    return (one.about, one.left_id), (one.about, one.right_id)


class Standing:
    """The judgements in force: at most one for each pair, and no contradiction among them."""

    def __init__(self) -> None:
        self._by_pair: dict[Pair, Judgement] = {}
        self._same: dict[Node, dict[Node, int]] = {}
        self._apart: dict[Node, dict[Node, int]] = {}
        self._parts: Parts[Node] = Parts()

    def of(self, pair: Pair) -> Judgement | None:
        """Give the judgement in force about a pair."""
        return self._by_pair.get(pair)

    def against(self, one: Judgement) -> tuple[int, ...]:
        """Give the numbers of the judgements in force that together rule `one` out.

        The one in force about the same two is not among them: `one` would take its place.
        """
        if one.verdict is Verdict.UNSURE:
            return ()
        earlier = self.drop(one.pair)
        try:
            left, right = _nodes(one)
            if one.verdict is Verdict.DIFFERENT:
                return self._path(left, right) if self._parts.together(left, right) else ()
            return self._between(left, right)
        finally:
            if earlier is not None:
                self.put(earlier)

    def put(self, one: Judgement) -> Judgement | None:
        """Let a judgement bind; give the one whose place it takes."""
        earlier = self.drop(one.pair)
        self._by_pair[one.pair] = one
        left, right = _nodes(one)
        if one.verdict is Verdict.SAME:
            self._parts.join(left, right)
        if one.verdict is not Verdict.UNSURE:
            ties = self._ties(one)
            ties.setdefault(left, {})[right] = one.sequence
            ties.setdefault(right, {})[left] = one.sequence
        return earlier

    def drop(self, pair: Pair) -> Judgement | None:
        """Let what is in force about a pair bind no more, and give it."""
        earlier = self._by_pair.pop(pair, None)
        if earlier is not None and earlier.verdict is not Verdict.UNSURE:
            ties = self._ties(earlier)
            left, right = _nodes(earlier)
            del ties[left][right], ties[right][left]
            if earlier.verdict is Verdict.SAME:
                self._parts.part(left, self._reach(left))
        return earlier

    def pairs(self) -> list[Pair]:
        """Give the pairs that a judgement in force is about."""
        return list(self._by_pair)

    def groups(self) -> dict[Node, int]:
        """Give one number to all that is the same, its own to what is only different."""
        numbers: dict[Node, int] = {}
        for node in (*self._same, *self._apart):
            if node not in numbers:
                numbers |= dict.fromkeys(self._parts.of(node), len(numbers))
        return numbers

    def apart(self) -> set[tuple[Node, Node]]:
        """Give the pairs that are judged to be different, each in both orders."""
        return {(node, other) for node, others in self._apart.items() for other in others}

    def _ties(self, one: Judgement) -> dict[Node, dict[Node, int]]:
        return self._same if one.verdict is Verdict.SAME else self._apart

    def _reach(self, start: Node) -> dict[Node, Node]:
        """Give all that is the same as `start`, and for each the one it was reached from."""
        reached = {start: start}
        front = [start]
        for node in front:
            for other in self._same.get(node, {}):
                if other not in reached:
                    reached[other] = node
                    front.append(other)
        return reached

    def _path(self, start: Node, end: Node) -> tuple[int, ...]:
        """Give the numbers of a shortest chain of judgements by which both are the same."""
        reached, numbers = self._reach(start), []
        while end != start:
            numbers.append(self._same[end][reached[end]])
            end = reached[end]
        return tuple(sorted(numbers))

    def _between(self, left: Node, right: Node) -> tuple[int, ...]:
        """Give a proof that `left` and `right` cannot be the same, where there is one."""
        if self._parts.together(left, right):
            return ()
        here, there = self._parts.of(left), self._parts.of(right)
        if len(here) > len(there):
            left, right, here, there = right, left, there, here
        proofs = (
            (*self._path(left, node), number, *self._path(other, right))
            for node in here
            for other, number in self._apart.get(node, {}).items()
            if other in there
        )
        return tuple(sorted(next(proofs, ())))
