"""Supply chains: the guns of a workspace divided into groups that one network is judged to move.

Routes, channels and leads read `Chains` and nothing else of this room's insides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from ironriver.networks.evidence import Evidence, Ints, Reals

ALONE = -1
"""The chain of a gun that stands in none."""


@dataclass(frozen=True, slots=True)
class Chains:
    """Every chain, numbered from 0 in the order of their ids; all arrays of one length each.

    `label` is (guns,), the chain of each gun of `evidence.guns` or ALONE; `member` is (guns,), the
    probability that the gun belongs to its chain. The others are (chains,).
    """

    evidence: Evidence
    label: Ints
    member: Reals
    ids: pa.Array
    probability: Reals
    """That at least half of the chain's guns were moved by one network."""
    stability: Reals
    """The mean overlap with what is found when some of the guns are left out."""

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Ints]:
        """Give the places of each chain's guns in `evidence.guns`, chain by chain."""
        order = np.argsort(self.label, kind="stable")
        ends = np.searchsorted(self.label[order], np.arange(len(self) + 1))
        for start, stop in pairwise(ends.tolist()):
            yield order[start:stop]
