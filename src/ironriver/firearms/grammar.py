"""What a maker's serials look like, learned from the records themselves.

For each length L and place i the chance of a character c is, with n distinct serials of L,

    P(class k) = (n_k + a m_k) / (n + a)          m_k: the maker's mix of classes over all places
    P(c)       = (n_c + b P(class of c) / size) / (n + b)

and P(L) = (n_L + l Poisson(L; 8)) / (n + l): Dirichlet smoothing, a = 2, b = 10, l = 5, each prior
worth so many serials (MacKay & Peto 1995, "A hierarchical Dirichlet language model"). A serial's
chance is P(L) times the product over places. It sums to one over all serials; an unreadable
character counts 1, which is the sum over all it may be. How crowded a range of numbers is tells
`ironriver.firearms.density`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ironriver.estimators.types import Probability
from ironriver.firearms.channel import ALPHABET, Channel, Reals

CLASS_WORTH, MARK_WORTH, LENGTH_WORTH = 2.0, 10.0, 5.0
"""How many serials the priors are worth: a, b and l above."""
USUAL_LENGTH = 8.0
IMPOSSIBLE, SUSPECT, RARE = 0.001, 0.02, 0.1
"""Least chances of a class at its place, and of a mark as a part of its class's even share."""


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
    """One maker's serials: how many there are of each length, and what stands in each place.

    >>> maker = Grammar.learn(f"AB{number:04d}" for number in range(1000))
    >>> [(doubt.place, doubt.mark, str(doubt.verdict)) for doubt in maker.doubts("A80123")]
    [(1, '8', 'suspect')]
    """

    serials: int
    lengths: Mapping[int, int]
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
        counts, lengths = {}, {}
        for length in sorted({len(serial) for serial in distinct}):
            codes = coder.encode([serial for serial in distinct if len(serial) == length])
            found = [np.bincount(place, minlength=len(alphabet)) for place in codes.T]
            counts[length] = np.array(found, dtype=np.float64).reshape(length, len(alphabet))
            lengths[length] = len(codes)
        seen = np.zeros(len(alphabet)) + sum(stood.sum(axis=0) for stood in counts.values())
        marks, classes = {}, {}
        for length, stood in counts.items():
            marks[length], classes[length] = chances_at_places(
                stood, lengths[length], seen, alphabet
            )
        usual = chances_at_places(np.zeros((1, len(alphabet))), 0, seen, alphabet)[0][0]
        return cls(len(distinct), lengths, marks, classes, usual, alphabet)

    def log_length(self, length: int) -> float:
        """Give log P(length)."""
        count = self.lengths.get(length, 0)
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


def chances_at_places(
    counts: Reals, serials: int, seen: Reals, alphabet: str = ALPHABET
) -> tuple[Reals, Reals]:
    """Give P(c) and P(class of c) at each place, [places, alphabet].

    `counts` tells how often each character stands there in so many serials of the length, `seen`
    how often in all serials of the maker.
    """
    belongs = _classes(alphabet)
    within = belongs / belongs.sum(axis=1, keepdims=True)
    even = belongs.sum(axis=1) / len(alphabet)
    total = seen.sum(axis=-1, keepdims=True) + CLASS_WORTH
    mix = (seen @ belongs.T + CLASS_WORTH * even) / total
    kind = (counts @ belongs.T + CLASS_WORTH * mix) / (serials + CLASS_WORTH)
    marks = (counts + MARK_WORTH * kind @ within) / (serials + MARK_WORTH)
    return marks, kind @ belongs


def _classes(alphabet: str) -> Reals:
    """Tell which character is in which class (digit, letter, other), [classes, alphabet]."""
    kinds = np.array([0 if mark.isdigit() else 1 if mark.isalpha() else 2 for mark in alphabet])
    return np.array([kinds == kind for kind in np.unique(kinds)], dtype=np.float64)
