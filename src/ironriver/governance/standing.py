"""Which judgements bind: the later one of the same two, and none that the others rule out.

*Same* is an equivalence: with a = b and b = c in force, a ≠ c cannot be. Whatever order lines reach
the journal in, the judgements in force never contradict one another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ironriver.tables import Handling


class About(StrEnum):
    """What two ids may be judged to be one of."""

    FIREARM = "firearm"
    PERSON = "person"
    LICENSEE = "licensee"


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


class Standing:
    """The judgements in force: at most one for each pair, and no contradiction among them."""

    def __init__(self) -> None:
        self._by_pair: dict[Pair, Judgement] = {}
        self._same: dict[Node, dict[Node, int]] = {}
        self._apart: dict[Node, dict[Node, int]] = {}

    def of(self, pair: Pair) -> Judgement | None:
        """Give the judgement in force about a pair."""
        return self._by_pair.get(pair)

    def against(self, one: Judgement) -> tuple[int, ...]:
        """Give the numbers of the judgements in force that together rule `one` out.

        The one in force about the same two is not among them: `one` would take its place.
        """
        if one.verdict is Verdict.UNSURE:
            return ()
        left, right = (one.about, one.left_id), (one.about, one.right_id)
        earlier = self.of(one.pair)
        with_left = self._reach(left, None if earlier is None else earlier.sequence)
        found: Iterable[int]
        if right in with_left:
            found = () if one.verdict is Verdict.SAME else with_left[right]
        elif one.verdict is Verdict.DIFFERENT:
            found = ()
        else:
            found = self._between(with_left, self._reach(right, None), earlier)
        return tuple(sorted(found))

    def put(self, one: Judgement) -> Judgement | None:
        """Let a judgement bind; give the one whose place it takes."""
        earlier = self.drop(one.pair)
        self._by_pair[one.pair] = one
        if one.verdict is not Verdict.UNSURE:
            self._tie(one)
        return earlier

    def drop(self, pair: Pair) -> Judgement | None:
        """Let what is in force about a pair bind no more, and give it."""
        earlier = self._by_pair.pop(pair, None)
        if earlier is not None and earlier.verdict is not Verdict.UNSURE:
            ties = self._ties(earlier)
            left, right = (earlier.about, earlier.left_id), (earlier.about, earlier.right_id)
            for node, other in ((left, right), (right, left)):
                del ties[node][other]
        return earlier

    def pairs(self) -> list[Pair]:
        """Give the pairs that a judgement in force is about."""
        return list(self._by_pair)

    def groups(self) -> dict[Node, int]:
        """Give one number to all that is the same, its own to what is only different."""
        numbers: dict[Node, int] = {}
        for start in (*self._same, *self._apart):
            if start not in numbers:
                number = len(numbers)
                numbers |= dict.fromkeys(self._reach(start, None), number)
        return numbers

    def apart(self) -> set[tuple[Node, Node]]:
        """Give the pairs that are judged to be different, each in both orders."""
        return {(node, other) for node, others in self._apart.items() for other in others}

    def _ties(self, one: Judgement) -> dict[Node, dict[Node, int]]:
        return self._same if one.verdict is Verdict.SAME else self._apart

    def _tie(self, one: Judgement) -> None:
        left, right = (one.about, one.left_id), (one.about, one.right_id)
        ties = self._ties(one)
        ties.setdefault(left, {})[right] = one.sequence
        ties.setdefault(right, {})[left] = one.sequence

    def _reach(self, start: Node, without: int | None) -> dict[Node, tuple[int, ...]]:
        """Give all that is the same as `start`, with the numbers of the judgements that say so."""
        reached: dict[Node, tuple[int, ...]] = {start: ()}
        front = [start]
        for node in front:
            for other, number in self._same.get(node, {}).items():
                if other not in reached and number != without:
                    reached[other] = (*reached[node], number)
                    front.append(other)
        return reached

    def _between(
        self,
        left: dict[Node, tuple[int, ...]],
        right: dict[Node, tuple[int, ...]],
        without: Judgement | None,
    ) -> Iterable[int]:
        """Give the shortest proof that nothing on the left is the same as anything on the right."""
        proofs = [
            (*left[node], number, *right[other])
            for node in left
            for other, number in self._apart.get(node, {}).items()
            if other in right and (without is None or number != without.sequence)
        ]
        return min(proofs, key=lambda numbers: (len(numbers), numbers), default=())
