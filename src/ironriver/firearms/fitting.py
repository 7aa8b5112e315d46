"""Learn from the rows themselves how rows about one gun differ: expectation maximisation.

Nobody says which pairs are one gun. Each round weighs all pairs with the model as it stands, shares
out the odds among those that exclude each other (one list names a gun once), and learns every part
of the model again from pairs counted by their probability. What few pairs can teach stays near a
stated prior. Dempster, Laird & Rubin (1977); for record linkage Winkler (1988).

That one list names a gun twice is not learned but held to be rare (`TWICE`): guns bought together
bear numbers that follow each other, and would be taken for one gun misread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from ironriver.firearms.channel import Channel, Rates, Reals
from ironriver.firearms.circumstances import LEVELS, Cells, Circumstances, Level
from ironriver.firearms.gun_records import GunRecords, Integers
from ironriver.firearms.kinds import first_kinds, learn_kinds
from ironriver.firearms.learning import Prior, learn
from ironriver.firearms.pairs import Pairs
from ironriver.firearms.readings import FARTHEST
from ironriver.firearms.weighing import Model, Scales, SerialView, serial_ratios, weigh

ROUNDS = 8
TWICE = 1e-7
"""Share of the pairs of one list that are one gun."""
PRIORS = {
    Level.SAME_REQUEST: 0.9,
    Level.SAME_CASE_OF_ONE: 0.3,
    Level.SAME_CASE_OF_FEW: 0.1,
    Level.SAME_CASE_OF_SEVERAL: 0.06,
    Level.SAME_CASE_OF_MANY: 0.04,
    Level.SAME_PLACE_AND_DAY: 0.1,
    Level.SAME_PLACE_NEAR_DAY: 0.03,
}
"""Believed shares of one gun among pairs of these circumstances, before anything is learned."""
PARTNERED = 0.02
"""Believed share of the rows of a list that have a partner in another, at each range of days."""
RATES = Rates(0.01, 0.8, 0.001, 0.001, 0.002, 0.004, 0.006, 0.6)
"""Believed rates of errors between two readings of one serial."""
FOREIGN, FOREIGN_WORTH = 0.01, 200.0
STATUS_WORTH = 20.0
LOT_WORTH = 1000.0
"""How many pairs of one list the rate of lots at all levels is worth at each."""
_SURE, _ALIKE = 0.95, 3.0
"""From this probability and this log likelihood ratio on, a pair teaches the serial channel."""
_CHANNEL_ROUNDS = (2, 5)
_OFTENEST = 10.0
"""Rows that repeat two serials teach the channel no more than so many times."""
_TEACHING = 200_000
"""Pairs of distinct serials that teach the channel, about."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pairs with what does not change while the model is learned."""

    scales: Scales
    pairs: Pairs
    around: Circumstances
    counts: Integers
    """Pairs in each cell; as many as `pairs` is a sample of."""
    taught: Reals | None = None
    """How much each pair teaches; all alike where none is said (see `sampling`)."""
    share: float = 1.0
    """How much all pairs teach on average."""
    steps: Integers | None = None
    """What `lot_steps` gives for all pairs, where `pairs` are not all."""

    @property
    def records(self) -> GunRecords:
        """Give the rows."""
        return self.scales.records

    @property
    def cells(self) -> Cells:
        """Give the numbering of the cells."""
        return Cells(len(self.records.roles))


def fit(evidence: Evidence, rounds: int = ROUNDS) -> Model:
    """Learn a model in `rounds` rounds."""
    model = first_model(evidence.records)
    view = evidence.scales.serials(evidence.pairs, model.channel)
    model = replace(model, lots=_lots(evidence, view))
    for turn in range(rounds):
        weights = weigh(evidence.scales, evidence.pairs, evidence.around, view, model)
        chance = exclusive(evidence.records, evidence.pairs, weights.log_odds)
        ratios = serial_ratios(view, evidence.around.level[view.pairs], model)
        if turn in _CHANNEL_ROUNDS:
            channel = _channel(evidence, view, chance[view.pairs], ratios)
            view = evidence.scales.serials(evidence.pairs, channel)
            model = replace(model, channel=channel)
        taught = chance if evidence.taught is None else chance * evidence.taught
        model = _learn(evidence, view, model, taught, ratios)
    return model


def first_model(records: GunRecords) -> Model:
    """Give the model of the stated priors."""
    cells = Cells(len(records.roles))
    rows = np.bincount(records.role, minlength=cells.roles)
    number = np.arange(len(cells))
    role_1, role_2 = np.divmod(number // (4 * LEVELS), max(cells.roles, 1))
    prior = PARTNERED / np.maximum(np.maximum(rows[role_1], rows[role_2]), 2.0)
    for level, share in PRIORS.items():
        prior[cells.level(number) == level] = share
    prior[cells.one_source(number)] = TWICE
    status = _usual_statuses(records)
    same = 0.5 * np.outer(status, status) + 0.5 * np.diag(status)
    return Model(
        prior,
        first_kinds(records),
        Channel.from_rates(RATES),
        FOREIGN,
        np.zeros((LEVELS, FARTHEST + 1)),
        np.log(same) - np.log(np.outer(status, status)),
    )


def exclusive(records: GunRecords, pairs: Pairs, log_odds: Reals) -> Reals:
    """Give each pair's probability where a row has at most one partner in each other file."""
    odds = np.exp(np.clip(log_odds, -60.0, 40.0))
    files = int(records.source.max(initial=0)) + 1
    towards_right = pairs.left * files + records.source[pairs.right]
    towards_left = pairs.right * files + records.source[pairs.left]
    _, group = np.unique(np.concatenate((towards_right, towards_left)), return_inverse=True)
    # All partners that either row has in the other's file exclude each other.
    total = np.bincount(group.reshape(-1), np.concatenate((odds, odds)))[group.reshape(-1)]
    rest = total[: len(pairs)] + total[len(pairs) :] - odds
    return np.asarray(odds / (1.0 + rest))


def _learn(
    evidence: Evidence, view: SerialView, model: Model, chance: Reals, ratios: Reals
) -> Model:
    records, pairs = evidence.records, evidence.pairs
    left, right = pairs.left, pairs.right
    both = chance[view.pairs]
    strange = 1.0 / (
        1.0 + np.exp(np.clip(ratios + np.log1p(-model.foreign) - np.log(model.foreign), -50, 50))
    )
    return replace(
        model,
        prior=_prior(evidence, chance),
        kinds=learn_kinds(
            model.kinds,
            records,
            records.description[left],
            records.description[right],
            chance,
            evidence.share,
        ),
        foreign=float(
            ((strange * both).sum() + FOREIGN * FOREIGN_WORTH) / (both.sum() + FOREIGN_WORTH)
        ),
        legible=_legible(records, pairs, chance),
    )


def _prior(evidence: Evidence, chance: Reals) -> Reals:
    """Give each cell its share, drawn to that of its level in all roles by one pair's worth."""
    cells = evidence.cells
    number = np.arange(len(cells))
    found = np.bincount(evidence.around.cell, chance, len(cells))
    counts = evidence.counts * evidence.share
    kind = cells.kind(number)
    of_kind = np.bincount(kind, found) + 1e-3
    pairs = np.bincount(kind, counts) + 1.0
    usual = np.minimum(of_kind / pairs, 0.98)[kind]
    share = (found + 1.0) / (counts + 1.0 / usual)
    return np.where(cells.one_source(number), TWICE, np.clip(share, 1e-12, 0.995))


def _usual_statuses(records: GunRecords) -> Reals:
    counts = np.bincount(records.status, minlength=len(records.statuses)) + 0.5
    return np.asarray(counts / counts.sum())


def _legible(records: GunRecords, pairs: Pairs, chance: Reals) -> Reals:
    """Learn how legibilities go together in one gun's rows."""
    status = _usual_statuses(records)
    alone = np.outer(status, status)
    same = np.zeros_like(alone)
    one, other = records.status[pairs.left], records.status[pairs.right]
    np.add.at(same, (one, other), chance / 2)
    np.add.at(same, (other, one), chance / 2)
    same += STATUS_WORTH * (0.5 * alone + 0.5 * np.diag(status))
    return np.asarray(np.log(same / same.sum()) - np.log(alone))


def _lots(evidence: Evidence, view: SerialView) -> Reals:
    """Count how often two guns of one list stand 1, 2, … numbers apart, by level."""
    cells = evidence.cells
    number = np.arange(len(cells))
    one_list = cells.one_source(number)
    pairs = np.bincount(cells.level(number)[one_list], evidence.counts[one_list], LEVELS)
    found = evidence.steps
    if found is None:
        found = lot_steps(evidence.records, evidence.pairs, evidence.around, view)
    usual = found.sum(axis=0) / max(pairs.sum(), 1.0)
    share = (found + LOT_WORTH * usual) / (pairs[:, None] + LOT_WORTH)
    share[:, 0] = 0.0
    return np.asarray(share)


def lot_steps(
    records: GunRecords, pairs: Pairs, around: Circumstances, view: SerialView
) -> Integers:
    """Count the pairs of one list by level and by how many numbers they stand apart."""
    left, right = pairs.left[view.pairs], pairs.right[view.pairs]
    listed = records.source[left] == records.source[right]
    level, step = around.level[view.pairs][listed], view.steps[listed]
    found = np.bincount(level * (FARTHEST + 1) + step, minlength=LEVELS * (FARTHEST + 1))
    return found.reshape(LEVELS, FARTHEST + 1)


def _channel(evidence: Evidence, view: SerialView, chance: Reals, ratios: Reals) -> Channel:
    """Learn the channel from pairs that are one gun almost for certain, both ways."""
    pairs, weights = _confident(evidence, view, chance, ratios)
    return learn(pairs, Prior(RATES), rounds=8, weights=weights)


def _confident(
    evidence: Evidence, view: SerialView, chance: Reals, ratios: Reals
) -> tuple[list[tuple[str, str]], list[float]]:
    """Give the distinct pairs of serials, both ways, and how often each counts.

    Of very many, every so many in order of their texts stand for all.
    """
    teaching = (chance > _SURE) & (ratios > _ALIKE)
    if evidence.taught is not None:
        teaching &= evidence.taught[view.pairs] > 0
    taught = view.pairs[teaching]
    sides = np.concatenate((evidence.pairs.left[taught], evidence.pairs.right[taught]))
    serial = evidence.records.serial.take(pa.array(sides)).dictionary_encode()
    texts, code = serial.dictionary.to_pylist(), np.asarray(serial.indices, dtype=np.int64)
    left, right = np.split(code, 2)
    first, second = np.minimum(left, right), np.maximum(left, right)
    number, count = np.unique(first * len(texts) + second, return_counts=True)
    found = sorted(
        (texts[one], texts[other], min(float(held), _OFTENEST))
        for two, held in zip(number.tolist(), count.tolist(), strict=True)
        for one, other in (divmod(two, len(texts)), divmod(two, len(texts))[::-1])
    )
    found = found[:: len(found) // _TEACHING + 1]
    return [(one, other) for one, other, _ in found], [held for *_, held in found]
