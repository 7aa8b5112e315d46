"""The links that are written: of each gun its strongest in its chain, and near it outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ironriver.networks.building import Built, Edges
from ironriver.networks.evidence import Ints, Reals
from ironriver.networks.signs import NAMES, SIGNS
from ironriver.networks.weights import Weights

INSIDE, OUTSIDE = 4, 1
"""How many links of each gun are written: within its chain, and to other guns."""
_WORTH_TELLING = 0.1
"""Probability from which a pair that was not put together is told."""


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of guns, and for each row of `links` its pair, sign, level and what it adds."""

    edges: Edges
    pair: Ints
    sign: Ints
    level: Ints
    adds: Reals

    def __len__(self) -> int:
        return len(self.pair)


def written_edges(built: Built) -> Edges:
    """Choose the pairs whose links are written, in order."""
    edges, label = built.edges, built.chains.label
    inside = (label[edges.left] == label[edges.right]) & (label[edges.left] >= 0)
    near = ~inside & (edges.probability >= _WORTH_TELLING)
    near &= (label[edges.left] >= 0) | (label[edges.right] >= 0)
    kept = np.zeros(len(edges), dtype=np.bool_)
    kept[_strongest(edges, np.flatnonzero(inside), INSIDE)] = True
    kept[_strongest(edges, np.flatnonzero(near), OUTSIDE)] = True
    return edges.kept(kept)


def _strongest(edges: Edges, which: Ints, most: int) -> Ints:
    """Give the places of each gun's strongest edges among some."""
    gun = np.concatenate([edges.left[which], edges.right[which]])
    place = np.concatenate([which, which])
    order = np.lexsort((place, -edges.log_odds[place], gun))
    gun, place = gun[order], place[order]
    rank = np.arange(len(gun)) - np.searchsorted(gun, gun)
    found: Ints = np.unique(place[rank < most])
    return found


def links(built: Built, learned: Weights) -> Links:
    """Take the written pairs apart into their signs; what adds nothing is left out."""
    edges = written_edges(built)
    levels = np.stack(
        [sign.read(built.compared, edges.left, edges.right) for sign in SIGNS], axis=1
    ).reshape(len(edges), len(SIGNS))
    adds = np.stack([weights[levels[:, place]] for place, weights in enumerate(learned.by_sign)],
                    axis=1).reshape(levels.shape) * learned.slope  # fmt: skip
    pair, sign = np.nonzero((levels > 0) & (np.abs(adds) >= 5e-5))
    return Links(edges, pair, sign, levels[pair, sign], adds[pair, sign])


def level_name(sign: int, level: int) -> str:
    """Give the name of a sign's level.

    >>> level_name(NAMES.index("open_case"), 1)
    'same'
    """
    return SIGNS[sign].levels[level - 1]


__all__ = ["NAMES", "Links", "level_name", "links", "written_edges"]
