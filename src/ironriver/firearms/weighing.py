"""How much speaks for two rows being about one gun: a prior and what each field adds, in log-odds.

    log odds = circumstances + serial + description + legibility

- circumstances: log of p / (1 - p), p the share of pairs in the same cell that are one gun;
- serial: log of P(b | a) / P0(b), summed over which of the two is the mistaken one. P0 is the
  chance that another gun bears b: the density of other serials around it, and guns of the same lot
  a few numbers on;
- description: see `kinds`; legibility: whether serials were read, ground off or missing in both.

Fellegi & Sunter (1969), JASA 64(328), with a model of each field in place of agreement levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ironriver.firearms.channel import Channel, Reals
from ironriver.firearms.circumstances import Circumstances, case_sizes, compare
from ironriver.firearms.gun_records import GunRecords, Integers
from ironriver.firearms.kernel import CompiledChannel
from ironriver.firearms.kinds import Kinds
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.readings import Readings, steps
from ironriver.firearms.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned of how rows about one gun differ."""

    prior: Reals
    """Share of the pairs of each cell that are one gun, [cells]."""
    kinds: Kinds
    channel: Channel
    """How the serials of two rows about one gun differ."""
    foreign: float
    """Chance that one of two rows about one gun bears another number altogether."""
    lots: Reals
    """Chance that another row's gun stands so many numbers on, [levels, steps from 0]."""
    legible: Reals
    """Log likelihood ratio of two legibilities, [statuses, statuses]."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds of pairs, field by field; the sum is the log-odds that they are one gun."""

    circumstances: Reals
    serial: Reals
    description: Reals
    legibility: Reals

    @property
    def log_odds(self) -> Reals:
        """Give the sum."""
        return self.circumstances + self.serial + self.description + self.legibility

    def of(self, pairs: Integers) -> Weights:
        """Give those of some of the pairs."""
        return Weights(
            self.circumstances[pairs],
            self.serial[pairs],
            self.description[pairs],
            self.legibility[pairs],
        )


@dataclass(frozen=True, slots=True)
class SerialView:
    """What of two serials does not depend on the lots or the chance of foreign numbers."""

    pairs: Integers
    """Which pairs have two serials."""
    forward: Reals
    """log P(right | left)"""
    backward: Reals
    behind: Reals
    """log P0 of the right serial, and of the left."""
    before: Reals
    steps: Integers


@dataclass(frozen=True, slots=True)
class Scales:
    """The rows to be weighed, prepared once: sizes of cases, readings, serials of others."""

    records: GunRecords
    case_sizes: Integers
    readings: Readings
    surroundings: Surroundings

    @classmethod
    def of(cls, records: GunRecords) -> Scales:
        """Prepare rows."""
        readings = Readings.of(records.serial)
        make = records.descriptions[records.description, 0]
        around = Surroundings.of(readings.packed, make)
        return cls(records, case_sizes(records), readings, around)

    def circumstances(self, pairs: Pairs) -> Circumstances:
        """Find the cells of pairs."""
        return compare(self.records, self.case_sizes, pairs.left, pairs.right)

    def serials(self, pairs: Pairs, channel: Channel) -> SerialView:
        """Compare the serials of those pairs that have two."""
        held = self.records.has_serial
        both = np.flatnonzero(held[pairs.left] & held[pairs.right])
        left, right = pairs.left[both], pairs.right[both]
        made = CompiledChannel(channel)
        return SerialView(
            both,
            self.readings.log_likelihoods(made, right, left),
            self.readings.log_likelihoods(made, left, right),
            self.surroundings.log_densities(right, left),
            self.surroundings.log_densities(left, right),
            steps(self.readings.packed, left, right),
        )


def serial_ratios(view: SerialView, level: Integers, model: Model) -> Reals:
    """Give the log likelihood ratios of pairs with two serials, before foreign numbers."""
    with np.errstate(divide="ignore"):
        lot = np.log(np.where(view.steps > 0, model.lots[level, view.steps], 0.0))
    forward = view.forward - np.logaddexp(view.behind, lot)
    backward = view.backward - np.logaddexp(view.before, lot)
    return np.asarray(np.logaddexp(forward, backward) - np.log(2.0))


def with_foreign(ratios: Reals, foreign: float) -> Reals:
    """Allow for a number that is not the gun's: a patent, an assembly, another gun's."""
    return np.asarray(np.logaddexp(np.log1p(-foreign) + ratios, np.log(foreign)))


def weigh(
    scales: Scales, pairs: Pairs, around: Circumstances, view: SerialView, model: Model
) -> Weights:
    """Give the log-odds of pairs, field by field."""
    records = scales.records
    prior = model.prior[around.cell]
    serial = np.zeros(len(pairs))
    ratios = serial_ratios(view, around.level[view.pairs], model)
    serial[view.pairs] = with_foreign(ratios, model.foreign)
    left, right = pairs.left, pairs.right
    description = model.kinds.log_ratios(
        records.descriptions, records.description[left], records.description[right]
    )
    return Weights(
        np.log(prior) - np.log1p(-prior),
        serial,
        description,
        model.legible[records.status[left], records.status[right]],
    )
