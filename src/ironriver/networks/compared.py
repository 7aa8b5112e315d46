"""What two guns have in common, as one small whole number for each sign: its level.

A level says how alike two guns are in one respect; level 0 is that the rows do not say. Where the
levels divide stands in `signs.csv`, which no page prints.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from ironriver.networks.evidence import NO_DAY, UNKNOWN, Evidence, Ints, Marks, Reals, Ties

SLOTS = 3
"""How many values of one kind are compared of a gun, the first told first."""


@cache
def bounds(name: str) -> tuple[float, ...]:
    """Give the upper ends of the levels of a sign, in order."""
    text = (resources.files("ironriver.networks") / "signs.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(float(row["bound"]) for row in rows if row["sign"] == name)


def binned(values: Reals | Ints, name: str) -> Ints:
    """Give the level of each value: 1 up to the first bound, and so on; one more beyond the last.

    >>> binned(np.array([0, 1, 9999]), "crossing_gap").tolist()
    [1, 2, 4]
    """
    found: Ints = 1 + np.searchsorted(np.array(bounds(name)), values, side="left").astype(np.int64)
    return found


@dataclass(frozen=True, slots=True)
class Compared:
    """The guns of a workspace, ready to be compared two by two."""

    evidence: Evidence
    slots: dict[str, Ints]
    """Values of each kind of tie, [guns, SLOTS]; UNKNOWN beyond what is told."""
    crowd: Ints
    """How many other purchasers its seller served within a year of its sale."""
    model_share: Reals
    """Share of all guns that are of its model."""
    spacing: Reals
    """How far its serial number lies from a neighbour of its series, on average nearby."""
    related: Ints
    """Keys of pairs of related purchasers, sorted."""

    @classmethod
    def of(cls, evidence: Evidence) -> Compared:
        """Prepare the guns for comparison."""
        size = len(evidence.guns)
        slots = {kind: first_values(ties, size) for kind, ties in evidence.ties.items()}
        people = len(evidence.guns.labels["purchaser"])
        low, high = evidence.related.min(axis=1, initial=0), evidence.related.max(axis=1, initial=0)
        if len(evidence.related):
            low, high = evidence.related.min(axis=1), evidence.related.max(axis=1)
        return cls(
            evidence, slots, _crowd(evidence), _model_share(evidence), _spacing(evidence),
            np.unique(low * max(people, 1) + high),
        )  # fmt: skip

    def shared(self, kind: str, left: Ints, right: Ints) -> Marks:
        """Say which pairs share a value of a kind."""
        found: Marks = np.zeros(len(left), dtype=np.bool_)
        if kind not in self.slots:
            return found
        here, there = self.slots[kind][left], self.slots[kind][right]
        for one in range(SLOTS):
            for other in range(SLOTS):
                found |= (here[:, one] == there[:, other]) & (here[:, one] != UNKNOWN)
        return found

    def told(self, kind: str, left: Ints, right: Ints) -> Marks:
        """Say of which pairs both guns have a value of a kind."""
        if kind not in self.slots:
            return np.zeros(len(left), dtype=np.bool_)
        first = self.slots[kind][:, 0] != UNKNOWN
        both: Marks = first[left] & first[right]
        return both

    def are_related(self, left: Ints, right: Ints) -> Marks:
        """Say which pairs have purchasers judged related, and not the same."""
        buyer = self.evidence.guns.purchaser
        one, other = buyer[left], buyer[right]
        people = max(len(self.evidence.guns.labels["purchaser"]), 1)
        key = np.minimum(one, other) * people + np.maximum(one, other)
        found: Marks = np.isin(key, self.related) & (one >= 0) & (other >= 0) & (one != other)
        return found


def first_values(ties: Ties, size: int) -> Ints:
    """Give the first values of each gun, [guns, SLOTS]; each once."""
    out = np.full((size, SLOTS), UNKNOWN, dtype=np.int64)
    pairs = np.unique(np.stack([ties.gun, ties.value], axis=1), axis=0)
    if not len(pairs):
        return out
    gun = pairs[:, 0]
    place = np.arange(len(gun)) - np.searchsorted(gun, gun)
    kept = place < SLOTS
    out[gun[kept], place[kept]] = pairs[kept, 1]
    return out


def _crowd(evidence: Evidence) -> Ints:
    """Count, for each gun sold, the other purchasers of its licensee within a year of the sale."""
    guns = evidence.guns
    out = np.zeros(len(guns), dtype=np.int64)
    known = np.flatnonzero((guns.licensee >= 0) & (guns.sale_day > NO_DAY) & (guns.purchaser >= 0))
    visits = np.unique(
        np.stack([guns.licensee[known], guns.purchaser[known], guns.sale_day[known]], axis=1),
        axis=0,
    )
    # One first visit for each purchaser and licensee: a hub is one that many people use.
    _, first = np.unique(visits[:, :2], axis=0, return_index=True)
    span = 1 << 20
    key = np.sort(visits[first, 0] * span + visits[first, 2] + (1 << 18))
    mine = guns.licensee[known] * span + guns.sale_day[known] + (1 << 18)
    out[known] = (
        np.searchsorted(key, mine + 365, side="right")
        - np.searchsorted(key, mine - 365, side="left")
        - 1
    )
    return np.maximum(out, 0)


def _model_share(evidence: Evidence) -> Reals:
    model = evidence.guns.model
    counts = np.bincount(model[model >= 0], minlength=1)
    shares = np.ones(len(model))
    known = model >= 0
    shares[known] = counts[model[known]] / max(int(known.sum()), 1)
    return shares


_NEAR = 8


def _spacing(evidence: Evidence) -> Reals:
    """Estimate the usual step between numbers of a series around each gun."""
    guns = evidence.guns
    out = np.full(len(guns), np.nan)
    known = np.flatnonzero((guns.series >= 0) & (guns.number >= 0))
    order = known[np.lexsort((guns.number[known], guns.series[known]))]
    series, number = guns.series[order], guns.number[order]
    start = np.searchsorted(series, series, side="left")
    stop = np.searchsorted(series, series, side="right") - 1
    place = np.arange(len(order))
    low, high = np.maximum(place - _NEAR, start), np.minimum(place + _NEAR, stop)
    steps = high - low
    out[order] = np.where(steps >= 2, (number[high] - number[low]) / np.maximum(steps, 1), np.nan)
    return out
