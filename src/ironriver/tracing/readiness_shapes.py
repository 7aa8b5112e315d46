"""How much less often a shape is true than it is read: what slips add to a maker's serials.

A shape is letters as A and digits as 9, in order. What records show is what was read: a digit taken
for a letter, an end that was lost, two neighbours swapped, another number in its place all add
shapes that no gun bears. With the true share q_t of t and the chance K(s | t) that it is read as s,

    share read as s = sum over t of q_t K(s | t)          P(right | s) = q_s / share read as s

and q is found by EM (Richardson 1972; Lucy 1974) from the distinct serials of a group. A gun's own
serial is taken out before it is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ironriver.firearms.channel import ALPHABET, Reals
from ironriver.tracing.readiness_weights import shape_of

LOST = 0.0015
"""Chance that so many marks are lost at one end, for each of one to three; an assumption."""
SWAPPED = 0.0015
"""Chance that two neighbours are swapped, at one place; an assumption."""
OTHER_NUMBER = 0.002
"""Chance that five or six digits that are no serial stand in its place; an assumption."""
NEW = 0.3
"""So many serials of a group are of shapes that nobody else's has."""
_LENGTHS = (5, 6)
_MOST_LOST, _STEPS = 3, 30
_DIGITS = np.array([mark.isdigit() for mark in ALPHABET])
_SOURCE = {"A": "9", "9": "A"}


@dataclass(frozen=True, slots=True)
class Shapes:
    """The distinct serials of each group (-1: all) by shape, and how many truly have it."""

    read: Mapping[tuple[int, str], int]
    true: Mapping[tuple[int, str], float]
    totals: Mapping[int, int]
    confusion: Reals

    @classmethod
    def learn(cls, read: Mapping[tuple[int, str], int], confusion: Reals) -> Shapes:
        """Tell true shapes from slips in each group; `confusion` is P(read as | mark)."""
        groups: dict[int, dict[str, int]] = {}
        for (group, shape), count in read.items():
            groups.setdefault(group, {})[shape] = count
        turned = _turned(confusion)
        true = {
            (group, shape): share
            for group, counts in groups.items()
            for shape, share in _true_shapes(counts, turned).items()
        }
        totals = {group: sum(counts.values()) for group, counts in groups.items()}
        return cls(read, true, totals, confusion)

    def right(self, serial: str, group: int, own: int) -> float:
        """Give how often a serial of this shape is true where it is read; 1 for most.

        `own` tells whether it is among those held, as its gun's.
        """
        shape = shape_of(serial)
        if "?" in shape:
            return 1.0
        mine, read = self.true.get((group, shape), 0.0), self.read.get((group, shape), 0)
        if own and read:
            # What was learned from this very serial is no witness for it.
            mine -= mine / read
        usual = self.true.get((-1, shape), 0.0) / max(self.totals.get(-1, 1), 1)
        mine += NEW * (usual + 1e-3)
        slips = sum(
            self.true.get((group, source), 0.0) * chance
            for source, chance in _sources(shape, _turned(self.confusion))
        )
        if shape.isdigit() and len(shape) in _LENGTHS:
            slips += OTHER_NUMBER * self.totals.get(group, 0) / len(_LENGTHS)
        return mine / (mine + slips)


def _turned(confusion: Reals) -> tuple[float, float]:
    """Give the chance that one digit is read as a letter, and one letter as a digit."""
    to_letter = confusion[np.ix_(_DIGITS, ~_DIGITS)].sum(axis=1).mean()
    to_digit = confusion[np.ix_(~_DIGITS, _DIGITS)].sum(axis=1).mean()
    return float(to_letter), float(to_digit)


def _sources(shape: str, turned: tuple[float, float]) -> list[tuple[str, float]]:
    """Give the shapes that one slip makes into this one, with the chance of it."""
    found = []
    for place, mark in enumerate(shape):
        chance = turned[0] if mark == "A" else turned[1]
        found.append((shape[:place] + _SOURCE[mark] + shape[place + 1 :], chance))
        if place and shape[place - 1] != mark:
            swapped = shape[: place - 1] + mark + shape[place - 1] + shape[place + 1 :]
            found.append((swapped, SWAPPED))
    ends = [""]
    for _ in range(_MOST_LOST):
        ends = [mark + end for end in ends for mark in "A9"]
        found += [(shape + end, LOST) for end in ends]
        found += [(end + shape, LOST) for end in ends]
    return found


def _true_shapes(counts: Mapping[str, int], turned: tuple[float, float]) -> dict[str, float]:
    """Give how many of the serials read truly have each shape."""
    names = [shape for shape in counts if shape and "?" not in shape]
    place = {shape: number for number, shape in enumerate(names)}
    read = np.array([counts[shape] for shape in names], dtype=np.float64)
    kernel = np.eye(len(names))
    for shape, number in place.items():
        for source, chance in _sources(shape, turned):
            if source in place:
                kernel[number, place[source]] = chance
        if shape.isdigit() and len(shape) in _LENGTHS:
            kernel[number] += OTHER_NUMBER / len(_LENGTHS) * (np.arange(len(names)) != number)
    return dict(zip(names, _deconvolve(kernel, read).tolist(), strict=True))


def _deconvolve(kernel: Reals, read: Reals) -> Reals:
    """Find what was true, of what was read as `kernel` [read, true] tells."""
    share = read.copy()
    for _ in range(_STEPS):
        seen = np.maximum(kernel @ share, 1e-12)
        share = share * (kernel.T @ (read / seen)) / kernel.sum(axis=0)
    return share
