"""Overlapping lists of one population, as the count of individuals for each capture pattern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.errors import MistakeError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def patterns(lists: int) -> Ints:
    """Give all capture patterns as 0/1 rows, shape (2**lists, lists); row i has the bits of i.

    >>> patterns(2).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    return (np.arange(2**lists)[:, None] >> np.arange(lists)) & 1


def pairs_of(lists: int) -> tuple[tuple[int, int], ...]:
    """Give all pairs of lists in order.

    >>> pairs_of(3)
    ((0, 1), (0, 2), (1, 2))
    """
    return tuple((j, k) for j in range(lists) for k in range(j + 1, lists))


@dataclass(frozen=True, slots=True)
class Lists:
    """Counts of individuals by capture pattern.

    `cells[i]` counts those whose pattern has the bits of i (bit j: on list `names[j]`); `cells[0]`,
    those on no list, is unknown and must be 0. MistakeError if the counts make no such table.
    """

    names: tuple[str, ...]
    cells: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.names) < 2:
            raise MistakeError(
                "a hidden population needs two lists or more, but {count} was given",
                count=len(self.names),
            )
        if len(set(self.names)) < len(self.names):
            raise MistakeError("two lists have the same name: {names}", names=", ".join(self.names))
        if len(self.cells) != 2 ** len(self.names) or self.cells[0]:
            raise MistakeError(
                "{lists} lists have {wanted} patterns, the first of them (on no list) empty; "
                "{given} counts were given",
                lists=len(self.names), wanted=2 ** len(self.names), given=len(self.cells),
            )  # fmt: skip
        if min(self.cells) < 0:
            raise MistakeError(
                "a count of individuals cannot be negative: {least}", least=min(self.cells)
            )
        if not sum(self.cells):
            raise MistakeError("the lists are empty: nobody was observed")

    @classmethod
    def from_patterns(cls, names: Sequence[str], counts: Mapping[tuple[str, ...], int]) -> Lists:
        """Read counts keyed by the lists that hold the individual; a pattern not named is 0.

        >>> Lists.from_patterns(["A", "B"], {("A",): 5, ("B",): 3, ("A", "B"): 2}).cells
        (0, 5, 3, 2)
        """
        cells = [0] * 2 ** len(names)
        for held, count in counts.items():
            unknown = set(held) - set(names)
            if unknown:
                raise MistakeError(
                    "no list is called {name}; there are: {names}",
                    name=min(unknown), names=", ".join(names),
                )  # fmt: skip
            cells[sum(1 << list(names).index(name) for name in set(held))] += int(count)
        return cls(tuple(names), tuple(cells))

    @classmethod
    def from_members(cls, members: Mapping[str, Iterable[str]]) -> Lists:
        """Read lists as sets of ids; the same id on two lists is the same individual.

        >>> Lists.from_members({"A": ["x", "y"], "B": ["y", "z"]}).cells
        (0, 1, 1, 1)
        """
        found: dict[str, int] = {}
        for place, ids in enumerate(members.values()):
            for each in set(ids):
                found[each] = found.get(each, 0) | 1 << place
        cells = np.bincount(list(found.values()) or [0], minlength=2 ** len(members))
        cells[0] = 0
        return cls(tuple(members), tuple(int(count) for count in cells))

    @property
    def counts(self) -> Ints:
        """The counts as an array of shape (2**lists,)."""
        return np.array(self.cells, dtype=np.int64)

    @property
    def observed(self) -> int:
        """How many different individuals were seen: n."""
        return sum(self.cells)

    @property
    def frequencies(self) -> tuple[int, ...]:
        """How many were on exactly one list, on two, …: f1, f2, …."""
        held = patterns(len(self.names)).sum(axis=1)
        found = np.bincount(held, weights=self.counts, minlength=len(self.names) + 1)
        return tuple(int(count) for count in found[1:])

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many individuals each list holds."""
        return tuple(int(size) for size in patterns(len(self.names)).T @ self.counts)

    @property
    def overlaps(self) -> Ints:
        """How many individuals each two lists share, (lists, lists); sizes on the diagonal."""
        bits = patterns(len(self.names))
        return (bits.T * self.counts) @ bits

    @property
    def linked(self) -> bool:
        """Whether anybody stands on two lists; if not, nothing can be estimated from overlap."""
        return sum(self.frequencies[1:]) > 0

    def merged(self, together: Sequence[str]) -> Lists:
        """Join some lists into one, so that the others lose no detail.

        >>> table = Lists.from_patterns(["A", "B", "C"], {("A", "C"): 2, ("B",): 3, ("A", "B"): 1})
        >>> table.merged(["A", "B"]).names, table.merged(["A", "B"]).cells
        (('A+B', 'C'), (0, 4, 0, 2))
        """
        first = [name for name in self.names if name in together]
        if set(together) - set(self.names) or not first:
            raise MistakeError(
                "no list is called {name}; there are: {names}",
                name=min({*together, ""} - set(self.names)), names=", ".join(self.names),
            )  # fmt: skip
        joined = "+".join(first)
        renamed = {name: joined if name in first else name for name in self.names}
        names = tuple(dict.fromkeys(renamed.values()))
        counts: dict[tuple[str, ...], int] = {}
        for held, count in self.by_names():
            key = tuple(dict.fromkeys(renamed[name] for name in held))
            counts[key] = counts.get(key, 0) + count
        return Lists.from_patterns(names, counts)

    def within(self, name: str) -> Lists:
        """Keep only the individuals on one list, seen by the others: a population of known size.

        Those on no other list are dropped, so an estimate can be held against `sizes` (the internal
        consistency of Binette and Steorts 2022).
        """
        place = self.names.index(name)
        others = tuple(other for other in self.names if other != name)
        table = {
            tuple(other for other in held if other != name): count
            for held, count in self.by_names()
            if self.names[place] in held and len(held) > 1
        }
        return Lists.from_patterns(others, table)

    def by_names(self) -> Iterable[tuple[tuple[str, ...], int]]:
        """Give each pattern that was seen, as the names of its lists, with its count."""
        for index, count in enumerate(self.cells):
            if count:
                held = (name for place, name in enumerate(self.names) if index >> place & 1)
                yield tuple(held), count
