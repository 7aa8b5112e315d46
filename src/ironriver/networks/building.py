"""From evidence to supply chains: pairs weighed, the graph divided, and how firmly it holds.

Guns are first divided so that the mean probability of pairs between two groups stays below the
resolution (`partition`), then groups are joined that are likelier one network than two (`joining`).
How firmly a chain holds is seen by leaving out some of the guns, several times, and dividing anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ironriver.estimators.lasting_ids import lasting_ids
from ironriver.networks import belonging, weights
from ironriver.networks.candidates import candidates
from ironriver.networks.chains import ALONE, Chains
from ironriver.networks.compared import Compared
from ironriver.networks.evidence import Evidence, Ints, Reals
from ironriver.networks.joining import joined
from ironriver.networks.partition import divide

FAINT = 0.02
"""Probability below which a pair is as good as none."""
KEPT = 0.1
"""A group of guns that is less likely one network than this is not written as one."""
DRAWS, LEFT_OUT = 6, 0.15
"""How often the division is done anew, and the share of guns left out each time."""
_SEED = 20_180_725
_BOUND = 1e6
"""Weight of a pair that a person judged: beyond all that rows can say."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of guns with the probability that one network moved both, smaller place first."""

    left: Ints
    right: Ints
    log_odds: Reals
    probability: Reals

    def __len__(self) -> int:
        return len(self.left)

    def kept(self, which: np.ndarray) -> Edges:
        """Give some of the edges."""
        return Edges(self.left[which], self.right[which], self.log_odds[which],
                     self.probability[which])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Built:
    """The chains, the graph they were found in, and the guns ready to be compared."""

    chains: Chains
    edges: Edges
    compared: Compared
    features: belonging.Features
    """Of the chains in their order, and of all guns."""


def weighed(compared: Compared, learned: weights.Weights) -> Edges:
    """Weigh the candidate pairs; those that are as good as none are left out."""
    left, right = candidates(compared.evidence)
    odds = learned.log_odds(compared, left, right)
    chance = weights.probability(odds)
    return Edges(left, right, odds, chance).kept(chance >= FAINT)


def with_judged(edges: Edges, judged: Ints) -> Edges:
    """Put what persons judged in place of what was weighed: sure where same, gone where not."""
    if not len(judged):
        return edges
    width = int(max(edges.right.max(initial=0), judged[:, 1].max())) + 1
    keys = judged[:, 0] * width + judged[:, 1]
    rest = edges.kept(~np.isin(edges.left * width + edges.right, keys))
    same = judged[judged[:, 2] > 0]
    sure = np.full(len(same), 1 - 1e-6)
    return Edges(
        np.concatenate([rest.left, same[:, 0]]),
        np.concatenate([rest.right, same[:, 1]]),
        np.concatenate([rest.log_odds, np.log(sure / (1 - sure))]),
        np.concatenate([rest.probability, sure]),
    )


def divided(size: int, edges: Edges, judged: Ints, rules: belonging.Rules) -> Ints:
    """Divide guns into groups, then join groups that are likelier one network than two.

    What a person judged binds, whatever the rows say.
    """
    first = divide(
        size,
        np.concatenate([edges.left, judged[:, 0]]),
        np.concatenate([edges.right, judged[:, 1]]),
        np.concatenate([edges.probability, judged[:, 2] * _BOUND]),
        rules.resolution,
    )
    return joined(first, edges.left, edges.right, edges.probability, judged, rules.join)


def build(
    evidence: Evidence,
    learned: weights.Weights | None = None,
    rules: belonging.Rules | None = None,
) -> Built:
    """Find the supply chains of a workspace; weights are the packaged ones, if none are given."""
    learned, rules = learned or weights.packaged(), rules or belonging.packaged()
    compared = Compared.of(evidence)
    edges = with_judged(weighed(compared, learned), evidence.judged)
    found = divided(len(evidence.guns), edges, evidence.judged, rules)
    label = of_two_or_more(found)
    held = holds(label, edges, evidence.judged, rules)
    features = belonging.features(evidence, label, edges, *held)
    network, member = rules.probabilities(features, label)
    chains, places = _named(evidence, label, network, member, held[0])
    features = belonging.Features(features.chain[places], features.gun)
    return Built(chains, edges, compared, features)


def of_two_or_more(labels: Ints) -> Ints:
    """Give numbers to the groups of two guns or more; all others are ALONE."""
    sizes = np.bincount(labels, minlength=1)
    place = np.cumsum(sizes >= 2) - 1
    out: Ints = np.where(sizes[labels] >= 2, place[labels], ALONE).astype(np.int64)
    return out


def holds(label: Ints, edges: Edges, judged: Ints, rules: belonging.Rules) -> tuple[Reals, Reals]:
    """Divide without some of the guns, several times, as if their rows had never come.

    Give each chain's mean overlap, and each gun's share of the drawings with it in which it stays
    with its chain. The overlap is Jaccard's, with the group that holds most of the chain's guns.
    """
    count = int(label.max(initial=-1)) + 1
    overlap, stays, drawn = np.zeros(count), np.zeros(len(label)), np.zeros(len(label))
    chance = np.random.Generator(np.random.PCG64(_SEED))
    for _ in range(DRAWS):
        there = chance.random(len(label)) >= LEFT_OUT
        found = divided(len(label), edges.kept(there[edges.left] & there[edges.right]),
                        judged[there[judged[:, 0]] & there[judged[:, 1]]], rules)  # fmt: skip
        mean, stood = _overlaps(np.where(there, label, ALONE), np.where(there, found, -1), count)
        overlap += mean
        stays += stood
        drawn += there
    return overlap / DRAWS, stays / np.maximum(drawn, 1)


def _overlaps(label: Ints, other: Ints, count: int) -> tuple[Reals, Reals]:
    """Give Jaccard's overlap of each chain with its best group, and which guns stand in that.

    A chain of which no gun is left overlaps with nothing.
    """
    guns = np.flatnonzero(label >= 0)
    width = int(other.max(initial=0)) + 1
    key, place, shared = np.unique(
        label[guns] * width + other[guns], return_inverse=True, return_counts=True
    )
    chain, group = key // width, key % width
    order = np.lexsort((group, -shared, chain))
    first = order[np.unique(chain[order], return_index=True)[1]]
    sizes = np.bincount(other[other >= 0], minlength=width)
    whole = np.bincount(label[guns], minlength=count)[chain[first]] + sizes[group[first]]
    overlap, stood = np.zeros(count), np.zeros(len(label))
    overlap[chain[first]] = shared[first] / (whole - shared[first])
    stood[guns] = np.isin(place.ravel(), first)
    return overlap, stood


def _named(
    evidence: Evidence, label: Ints, network: Reals, member: Reals, stability: Reals
) -> tuple[Chains, Ints]:
    """Keep the chains that are likely enough, in the order of their ids; give their old places."""
    kept = network >= KEPT
    bound = label[evidence.judged[evidence.judged[:, 2] > 0, 0]]
    kept[bound[bound >= 0]] = True
    place = np.full(len(network) + 1, ALONE, dtype=np.int64)
    place[:-1][kept] = np.arange(int(kept.sum()))
    label = place[label]
    guns = np.flatnonzero(label >= 0)
    names = lasting_ids(
        label[guns],
        pa.array(evidence.guns.first_known[guns].astype("int32")).cast(pa.date32()),
        evidence.guns.first_record.take(pa.array(guns)),
        "network",
    )
    first = np.unique(label[guns], return_index=True)[1]
    own = names.take(pa.array(first))
    order = np.asarray(pa.compute.array_sort_indices(own)).astype(np.int64)
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(order)), ALONE
    chains = Chains(
        evidence=evidence,
        label=rank[label],
        member=np.where(label >= 0, member, 0.0),
        ids=own.take(pa.array(order)),
        probability=network[kept][order],
        stability=stability[kept][order],
    )
    return chains, np.flatnonzero(kept)[order]
