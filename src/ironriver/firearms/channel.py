"""P(observed | true) for serials: a noisy channel, summed exactly over all alignments.

The true serial may first lose characters at one end (`lead`, `trail`; k lost with chance
(1 - more) more^(k-1), all of it at most). Then, from left to right: before each character, and at
the end, spurious characters come in (each with chance `insertion`, spread evenly over the
alphabet); a character is left out (`deletion`), swapped with the next (`transposition`; the last
has no next and is read as it is), or read through the confusion matrix. Each step is normalised,
so P sums to one over all observed strings. Forward sum: Durbin, Eddy, Krogh & Mitchison (1998),
"Biological Sequence Analysis", 4.2; channel: Kernighan, Church & Gale (1990), "A Spelling
Correction Program Based on a Noisy Channel Model".

``?``, ``*`` and marks outside the alphabet are unreadable. An unreadable character is no error: it
stands for every character at once, and what is given is the density of what could be read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, DamerauLevenshtein

Reals = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int16]
Operation = Callable[[Reals, Reals | float], Reals]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNREADABLE = "?*"

LOOK_ALIKES: tuple[tuple[str, float, str], ...] = (
    ("print and OCR: same outline (ATF warns of 5/S and Z/2)", 8.0, "0O 1I 5S 2Z 8B"),
    ("print and OCR: outline partly the same", 5.0, "1L 6G 0D 0Q IL"),
    ("handwriting: an open or a missing stroke", 4.0, "17 CG UV MN OQ OD"),
    ("handwriting: one stroke more or less", 2.0, "38 3B 4A 49 EF PR VY HN VW KX 7T IT 27 56 IJ"),
    ("Spanish keying: letters with one sound", 2.0, "BV SZ CS CZ GJ IY KQ CK"),
    ("typing: neighbours on the top row", 0.5, "12 23 34 45 56 67 78 89 90"),
    (
        "typing: neighbours on QWERTY",
        0.5,
        "QW WE ER RT TY YU UI IO OP AS SD DF FG GH HJ JK KL ZX XC",
    ),
    ("typing: neighbours on QWERTY", 0.5, "CV VB BN NM"),
)
"""Look-alikes, both ways: how they arise, their weight, the pairs. A pair named twice adds up.

Weights are priors, assumed and not measured (no serial misread matrix is published): a mistaken
character x is read as y with chance proportional to weight(x, y), beside an even share for all.
"""


@dataclass(frozen=True, slots=True)
class Rates:
    """Chances of each kind of error; the defaults are priors, to be replaced by `learn`."""

    substitution: float = 0.02
    """A character read wrongly, of those read."""
    alike: float = 0.8
    """Of wrong characters, the share that look-alikes explain; the rest is spread evenly."""
    insertion: float = 0.002
    deletion: float = 0.004
    transposition: float = 0.003
    lead: float = 0.005
    """Characters lost at the beginning, for a serial."""
    trail: float = 0.02
    """Characters lost at the end, for a serial."""
    more: float = 0.4
    """After a lost character, the chance that the next is lost too."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if not 0.0 <= getattr(self, name) < 1.0 and name != "alike":
                raise ValueError(f"{name} {getattr(self, name)} is not at least 0 and below 1")
        if not 0.0 <= self.alike <= 1.0:
            raise ValueError(f"alike {self.alike} is not between 0 and 1")
        if self.deletion + self.transposition >= 1.0 or self.lead + self.trail >= 1.0:
            raise ValueError("chances of errors that exclude each other add up to 1 or more")


def look_alikes(alphabet: str = ALPHABET) -> Reals:
    """Give the weights of `LOOK_ALIKES` as a symmetric matrix over the alphabet, zero diagonal."""
    weights = np.zeros((len(alphabet), len(alphabet)))
    for _, weight, pairs in LOOK_ALIKES:
        for pair in pairs.split():
            if all(mark in alphabet for mark in pair):
                row, column = (alphabet.index(mark) for mark in pair)
                weights[row, column] += weight
                weights[column, row] += weight
    return weights


def confusion_prior(rates: Rates, alphabet: str = ALPHABET) -> Reals:
    """Give P(y read | x), rows x: 1 - substitution on the diagonal, the rest by look-alikes.

    >>> matrix = confusion_prior(Rates())
    >>> bool(matrix[5, ALPHABET.index("S")] > 10 * matrix[5, ALPHABET.index("W")])
    True
    """
    size = len(alphabet)
    even = (np.ones((size, size)) - np.eye(size)) / max(size - 1, 1)
    weights = look_alikes(alphabet)
    sums = weights.sum(axis=1, keepdims=True)
    alike = np.where(sums > 0, weights / np.where(sums > 0, sums, 1.0), even)
    wrong = rates.alike * alike + (1.0 - rates.alike) * even
    error = rates.substitution if size > 1 else 0.0
    return np.asarray((1.0 - error) * np.eye(size) + error * wrong)


@dataclass(frozen=True, slots=True)
class Channel:
    """A noisy channel over an alphabet: rates, and `confusion` (rows true, columns observed).

    >>> channel = Channel.from_rates()
    >>> s, w = (channel.log_likelihood(seen, "GLK5012") for seen in ("GLKS012", "GLKW012"))
    >>> s > w
    True
    """

    rates: Rates
    confusion: Reals
    alphabet: str = ALPHABET
    _emission: Reals = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        size = len(self.alphabet)
        if self.confusion.shape != (size, size) or not np.allclose(self.confusion.sum(axis=1), 1.0):
            raise ValueError("the confusion matrix must have a row of sum 1 for each character")
        # The last row is an unreadable true character, the last column an unreadable observed one.
        table = np.ones((size + 1, size + 1))
        table[:size, :size] = self.confusion
        table[size, :size] = self.confusion.mean(axis=0)
        object.__setattr__(self, "_emission", table)

    @classmethod
    def from_rates(cls, rates: Rates | None = None, alphabet: str = ALPHABET) -> Channel:
        """Make the channel of the stated rates and the look-alike prior."""
        rates = rates or Rates()
        return cls(rates, confusion_prior(rates, alphabet), alphabet)

    @classmethod
    def substitutions_only(cls, substitution: float, alphabet: str = ALPHABET) -> Channel:
        """Make the plainest channel: P = (1 - e)^(L - k) (e / (A - 1))^k for k wrong of L.

        >>> round(Channel.substitutions_only(0.02).log_likelihood("A1", "A1"), 6)
        -0.040405
        """
        return cls.from_rates(Rates(substitution, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), alphabet)

    def encode(self, serials: Sequence[str]) -> Codes:
        """Give serials of one length as codes [serials, length]; the last code is unreadable."""
        size = len(self.alphabet)
        points = np.frombuffer(
            "".join(serials).encode("utf-32-le", "surrogatepass"), dtype=np.uint32
        )
        known = np.full(max(map(ord, self.alphabet)) + 2, size, dtype=np.int16)
        known[[ord(mark) for mark in self.alphabet]] = np.arange(size)
        codes = known[np.minimum(points, len(known) - 1)]
        length = len(serials[0]) if serials else 0
        return np.asarray(codes.reshape(len(serials), length), dtype=np.int16)

    def log_likelihood(self, observed: str, true: str) -> float:
        """Give log P(observed | true); minus infinity if the channel cannot make it."""
        return float(self.log_likelihoods(observed, [true])[0])

    def log_likelihoods(self, observed: str, trues: Sequence[str]) -> Reals:
        """Give log P(observed | true) for each candidate [trues], batched by length.

        >>> Channel.from_rates().log_likelihoods("A1", ["A1", "A1B", "B1"]).argmax()
        np.int64(0)
        """
        out = np.empty(len(trues))
        lengths = np.array([len(true) for true in trues], dtype=np.int64)
        seen = self.encode([observed])
        for length in np.unique(lengths):
            places = np.flatnonzero(lengths == length)
            for part in np.array_split(places, math.ceil(len(places) / 1024)):
                out[part] = self.log_pairs(seen, self.encode([trues[place] for place in part]))
        return out

    def log_pairs(self, observed: Codes, true: Codes) -> Reals:
        """Give log P for codes [1 or pairs, m] and [pairs, n], as `encode` gives them."""
        with np.errstate(divide="ignore"):
            if self._is_safe(observed.shape[1], true.shape[1]):
                sums = self._sum(observed, true, np.add, np.multiply, np.asarray)
                return np.asarray(np.log(sums))
            return self._sum(observed, true, np.logaddexp, np.add, np.log)

    def emissions(self, observed: Codes, true: Codes) -> Reals:
        """Give P(y_j read | x_i) as [n, m, pairs]."""
        return self._emission[true.T[:, None, :], observed.T[None, :, :]]

    def insertions(self, observed: Codes) -> Reals:
        """Give the chance that each observed character is put in, [m, pairs or 1]."""
        size = len(self.alphabet)
        return np.where(size == observed.T, 1.0, 1.0 / size) * self.rates.insertion

    def cuts(self, length: int) -> tuple[Reals, Reals]:
        """Give P(k lost at the beginning) and P(k lost at the end), [length + 1] each.

        ``[0]`` of the first is 0, of the second the chance that nothing is lost at either end.
        """
        lead, trail = np.zeros(length + 1), np.zeros(length + 1)
        if length:
            lost = self.rates.more ** np.arange(length) * (1.0 - self.rates.more)
            lost[-1] = self.rates.more ** (length - 1)
            lead[1:], trail[1:] = self.rates.lead * lost, self.rates.trail * lost
        trail[0] = 1.0 - lead.sum() - trail.sum()
        return lead, trail

    def _is_safe(self, m: int, n: int) -> bool:
        """Tell whether no alignment with a positive chance can fall below the least float."""
        rates = self.rates
        steps = [rates.insertion / len(self.alphabet), rates.deletion, rates.transposition]
        steps += [rates.lead, rates.trail, rates.more, float(self.confusion.min())]
        least = min((step for step in steps if step > 0), default=1.0)
        return (m + 2 * n + 4) * math.log(least * 0.5) > -650.0

    def _sum(
        self,
        observed: Codes,
        true: Codes,
        plus: Operation,
        times: Operation,
        scale: Callable[[Reals], Reals],
    ) -> Reals:
        """Sum over alignments in the arithmetic given: plain, or of logarithms."""
        rates, (m, n) = self.rates, (observed.shape[1], true.shape[1])
        pairs = len(true)
        lead, trail = (scale(cut) for cut in self.cuts(n))
        read = scale(self.emissions(observed, true))
        put = scale(self.insertions(observed))
        swap, stay = (scale(np.array(x)) for x in (rates.transposition, 1.0 - rates.insertion))
        nothing, one = scale(np.zeros(pairs)), scale(np.ones(pairs))
        # after[j]: all of y_(j+1) … y_m was put in.
        after = [one]
        for j in range(m, 0, -1):
            after.insert(0, times(after[0], put[j - 1]))
        whole = self.rows(read, put, [one, *[nothing] * n], plus, times, scale)
        cut = self.rows(read, put, [times(one, chance) for chance in lead], plus, times, scale)
        total = nothing
        for i in range(n + 1):
            parts = [(whole, trail[n - i])] + ([(cut, scale(np.array(1.0)))] if i == n else [])
            for rows, weight in parts:
                end = rows[i][m]
                # The last character of what is left has no next: a swap there is a plain reading.
                for j in range(1, m + 1 if i else 0):
                    step = times(times(rows[i - 1][j - 1], read[i - 1, j - 1]), after[j])
                    end = plus(end, times(times(step, swap), stay))
                total = plus(total, times(times(end, weight), stay))
        return total

    def rows(
        self,
        read: Reals,
        put: Reals,
        starts: Sequence[Reals],
        plus: Operation,
        times: Operation,
        scale: Callable[[Reals], Reals],
    ) -> list[Reals]:
        """Give the forward sums: [i][j, pairs], i of the true and j of the observed are done."""
        rates, (n, m) = self.rates, read.shape[:2]
        stay = 1.0 - rates.insertion
        chances = (1.0 - rates.deletion - rates.transposition, rates.deletion, rates.transposition)
        plain, left_out, swap = (scale(np.array(chance * stay)) for chance in chances)
        rows: list[Reals] = []
        for i in range(n + 1):
            row = np.empty((m + 1, len(starts[0])))
            row[:] = scale(np.zeros(1))
            row[0] = starts[i]
            if i:
                row = plus(row, times(rows[i - 1], left_out))
                row[1:] = plus(row[1:], times(times(rows[i - 1][:-1], read[i - 1]), plain))
            if i > 1 and m > 1:
                both = times(read[i - 1, :-1], read[i - 2, 1:])
                row[2:] = plus(row[2:], times(times(rows[i - 2][:-2], both), swap))
            for j in range(1, m + 1):
                row[j] = plus(row[j], times(row[j - 1], put[j - 1]))
            rows.append(row)
        return rows


def osa(left: str, right: str) -> int:
    """Count edits and swaps of neighbours, no part edited twice (optimal string alignment).

    >>> osa("CA", "ABC"), damerau("CA", "ABC")
    (3, 2)
    """
    return int(OSA.distance(left, right))


def damerau(left: str, right: str) -> int:
    """Count edits and swaps of neighbours without restriction (Damerau-Levenshtein)."""
    return int(DamerauLevenshtein.distance(left, right))
