"""What a maker's serials look like, learned from the records themselves.

For each length L and place i the chance of a character c is, with n distinct serials of L,

    P(class k) = (n_k + a m_k) / (n + a)          m_k: the maker's mix of classes over all places
    P(c)       = (n_c + b P(class of c) / size) / (n + b)

and P(L) = (n_L + l Poisson(L; 8)) / (n + l): Dirichlet smoothing, a = 2, b = 10, l = 5, each prior
worth so many serials (MacKay & Peto 1995, "A hierarchical Dirichlet language model"). A serial's
chance is P(L) times the product over places. The *local density* follows the serials in order:

    P(q) = P(L) product over i of (n(q_1 … q_i) + d P(q_i)) / (n(q_1 … q_i-1) + d),  d = 4

so runs of counters weigh what they hold, and empty ranges what the grammar gives. Both sum to one
over all serials; an unreadable character counts 1, which is the sum over all it may be.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from ironriver.estimators.types import Probability
from ironriver.firearms.channel import ALPHABET, Channel, Reals

CLASS_WORTH, MARK_WORTH, LENGTH_WORTH, RANGE_WORTH = 2.0, 10.0, 5.0, 4.0
"""How many serials the priors are worth: a, b, l and d above."""
USUAL_LENGTH = 8.0
IMPOSSIBLE, SUSPECT, RARE = 0.001, 0.02, 0.1
"""Least chances of a class at its place, and of a mark as a part of its class's even share."""
_MOST_BRANCHINGS = 2

Grid = npt.NDArray[np.int16]


class Verdict(StrEnum):
    """What a maker's serials say of a character in its place."""

    IMPOSSIBLE = "impossible"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A character that does not belong: its place from 0, and the chance of it or its class."""

    place: int
    mark: str
    chance: Probability
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Grammar:
    """One maker's serials: their number, and for each length the serials in order, by place.

    >>> maker = Grammar.learn(f"AB{number:04d}" for number in range(1000))
    >>> [(doubt.place, doubt.mark, str(doubt.verdict)) for doubt in maker.doubts("A80123")]
    [(1, '8', 'suspect')]
    """

    serials: int
    lengths: Mapping[int, Grid]
    """Codes [length, serials], serials in ascending order."""
    marks: Mapping[int, Reals]
    """P(c) as [length, alphabet]."""
    classes: Mapping[int, Reals]
    """P(class of c), on the same grid."""
    usual: Reals
    """P(c) for places of a length never seen, [alphabet]."""
    alphabet: str = ALPHABET

    @classmethod
    def learn(cls, serials: Iterable[str], alphabet: str = ALPHABET) -> Grammar:
        """Learn from serials; each counts once, those with unreadable characters not at all."""
        known = set(alphabet)
        distinct = sorted({serial for serial in serials if set(serial) <= known})
        coder = Channel.substitutions_only(0.0, alphabet)
        grids: dict[int, Grid] = {}
        for length in sorted({len(serial) for serial in distinct}):
            codes = coder.encode([serial for serial in distinct if len(serial) == length])
            order = np.lexsort(codes.T[::-1]) if length else np.arange(1)
            grids[length] = np.ascontiguousarray(codes[order].T)
        belongs = _classes(alphabet)
        size = len(alphabet)
        seen = np.zeros(size)
        for grid in grids.values():
            seen += np.bincount(grid.ravel(), minlength=size)
        even = belongs.sum(axis=1) / size
        mix = (belongs @ seen + CLASS_WORTH * even) / (seen.sum() + CLASS_WORTH)
        within = (belongs / belongs.sum(axis=1, keepdims=True)).T
        marks, classes = {}, {}
        for length, grid in grids.items():
            found = [np.bincount(place, minlength=size) for place in grid]
            counts = np.array(found, dtype=np.float64).reshape(length, size)
            n = grid.shape[1]
            kind = (counts @ belongs.T + CLASS_WORTH * mix) / (n + CLASS_WORTH)
            classes[length] = kind @ belongs
            marks[length] = (counts + MARK_WORTH * kind @ within.T) / (n + MARK_WORTH)
        return cls(len(distinct), grids, marks, classes, mix @ within.T, alphabet)

    def log_length(self, length: int) -> float:
        """Give log P(length)."""
        count = self.lengths[length].shape[1] if length in self.lengths else 0
        poisson = length * math.log(USUAL_LENGTH) - USUAL_LENGTH - math.lgamma(length + 1)
        prior = math.log(LENGTH_WORTH) + poisson
        total = float(np.logaddexp(math.log(count), prior)) if count else prior
        return total - math.log(self.serials + LENGTH_WORTH)

    def log_probability(self, serial: str) -> float:
        """Give log P(serial | maker) by length, place and character.

        >>> maker = Grammar.learn(["A100", "A101", "B102"])
        >>> maker.log_probability("A103") > maker.log_probability("7AAA")
        True
        """
        return self.log_length(len(serial)) + sum(self._logs(serial))

    def log_density(self, serial: str) -> float:
        """Give the log of the local density of this maker's serials at `serial`.

        With more than two unreadable characters before a readable one, the grammar alone answers.

        >>> maker = Grammar.learn(f"AB{number:04d}" for number in range(1000))
        >>> maker.log_density("AB0500") - maker.log_density("AB7500") > 3
        True
        """
        logs = self._logs(serial)
        codes = [self.alphabet.find(mark) for mark in serial]
        while codes and codes[-1] < 0:
            codes.pop()
        if len(serial) not in self.lengths or codes.count(-1) > _MOST_BRANCHINGS:
            return self.log_probability(serial)
        grid = self.lengths[len(serial)]
        return self.log_length(len(serial)) + self._walk(grid, codes, logs, 0, 0, grid.shape[1])

    def doubts(self, serial: str) -> tuple[Doubt, ...]:
        """Name the characters that this maker does not put in their places, or hardly ever.

        A length never seen, and too few serials, raise no doubt.
        """
        if len(serial) not in self.marks:
            return ()
        found = []
        belongs = _classes(self.alphabet)
        sizes = belongs.sum(axis=1) @ belongs
        for place, mark in enumerate(serial):
            code = self.alphabet.find(mark)
            if code < 0:
                continue
            of_class = float(self.classes[len(serial)][place, code])
            of_mark = float(self.marks[len(serial)][place, code])
            even = of_class / float(sizes[code])
            if of_class < SUSPECT:
                verdict = Verdict.IMPOSSIBLE if of_class < IMPOSSIBLE else Verdict.SUSPECT
                found.append(Doubt(place, mark, Probability(of_class), verdict))
            elif of_mark < RARE * even:
                found.append(Doubt(place, mark, Probability(of_mark), Verdict.SUSPECT))
        return tuple(found)

    def _logs(self, serial: str) -> list[float]:
        """Give log P(c) at each place, 0 where unreadable."""
        chances = self.marks.get(len(serial))
        logs = []
        for place, mark in enumerate(serial):
            code = self.alphabet.find(mark)
            row = self.usual if chances is None else chances[place]
            logs.append(math.log(row[code]) if code >= 0 else 0.0)
        return logs

    def _walk(
        self, grid: Grid, codes: list[int], logs: list[float], place: int, low: int, high: int
    ) -> float:
        """Go down the ordered serials low … high - 1, which share the characters so far."""
        if place == len(codes) or low == high:
            return math.fsum(logs[place:])
        column, code = grid[place, low:high], codes[place]
        total = math.log(high - low + RANGE_WORTH)
        if code >= 0:
            # A code of another type would have the whole column copied.
            mark = np.int16(code)
            left, right = (int(column.searchsorted(mark, side)) for side in ("left", "right"))
            weight = right - left + RANGE_WORTH * math.exp(logs[place])
            step = math.log(weight) - total
            return step + self._walk(grid, codes, logs, place + 1, low + left, low + right)
        present, starts = np.unique(column, return_index=True)
        ends = np.append(starts[1:], len(column))
        chances = self.marks[grid.shape[0]][place]
        absent = RANGE_WORTH * max(1.0 - float(chances[present].sum()), 0.0)
        parts = [(math.log(absent) if absent else -math.inf) + math.fsum(logs[place + 1 :])]
        for mark, start, end in zip(present, starts, ends, strict=True):
            weight = int(end - start) + RANGE_WORTH * float(chances[mark])
            below = self._walk(grid, codes, logs, place + 1, low + int(start), low + int(end))
            parts.append(math.log(weight) + below)
        return float(logsumexp(parts)) - total


@dataclass(frozen=True, slots=True)
class Grammars:
    """The grammars of all makers, and their shares for when the maker is not known.

    >>> makers = Grammars.learn([("Glock", "ABC123"), ("Colt", "77001")])
    >>> makers.log_density("ABC124", "Glock") > makers.log_density("ABC124", "Colt")
    True
    """

    by_maker: Mapping[str, Grammar]

    @classmethod
    def learn(cls, records: Iterable[tuple[str, str]], alphabet: str = ALPHABET) -> Grammars:
        """Learn from (maker, serial) of records, in any order."""
        serials: dict[str, set[str]] = {}
        for maker, serial in records:
            serials.setdefault(maker, set()).add(serial)
        return cls({name: Grammar.learn(serials[name], alphabet) for name in sorted(serials)})

    def log_density(self, serial: str, maker: str | None = None) -> float:
        """Give the log density at `serial`: the maker's, or that of all makers by their shares.

        A maker without records has the density of all; without any record, all serials of a
        length are alike.
        """
        if maker is not None and maker in self.by_maker:
            return self.by_maker[maker].log_density(serial)
        held = [grammar for grammar in self.by_maker.values() if grammar.serials]
        if not held:
            return Grammar.learn([]).log_density(serial)
        total = sum(grammar.serials for grammar in held)
        logs = [math.log(one.serials / total) + one.log_density(serial) for one in held]
        return float(logsumexp(logs))


def _classes(alphabet: str) -> Reals:
    """Tell which character is in which class (digit, letter, other), [classes, alphabet]."""
    kinds = np.array([0 if mark.isdigit() else 1 if mark.isalpha() else 2 for mark in alphabet])
    return np.array([kinds == kind for kind in np.unique(kinds)], dtype=np.float64)
