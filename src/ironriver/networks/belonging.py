"""How likely a chain is one network, and a gun part of its chain: learned on worlds.

`chain_rules.csv` holds the resolution of the division, how groups are joined, and two logistic
regressions
(`tools/learn_links.py`); what each feature means stands beside it below.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from ironriver.networks.evidence import NO_DAY, Evidence, Ints, Reals
from ironriver.networks.joining import OF_JOIN

if TYPE_CHECKING:
    from ironriver.networks.building import Edges

OF_CHAIN = (
    "guns", "mean probability", "stability", "share found", "share in a case", "purchasers",
    "share stolen", "share lost by forces", "one visit",
)  # fmt: skip
"""Of a chain: log of its guns; mean probability of its pairs; overlap of draws; shares of its guns
found, named in an open case, stolen in the United States, lost by forces in Mexico; log of one
more than its purchasers; whether all was bought in one visit and nothing else is known."""
OF_GUN = ("chain", "holds", "mean probability", "found", "in a case", "stolen", "lost by forces")
"""Of a gun: the chain's log-odds; share of draws in which it stays; log-odds of the mean
probability of its pairs; and what is known of it."""


@dataclass(frozen=True, slots=True)
class Features:
    """Features of chains [chains, OF_CHAIN] and of all guns [guns, OF_GUN but the first]."""

    chain: Reals
    gun: Reals


@dataclass(frozen=True, slots=True)
class Rules:
    """What was learned: the resolution, and weights with the constant first."""

    resolution: float
    join: Reals
    chain: Reals
    gun: Reals

    def probabilities(self, features: Features, label: Ints) -> tuple[Reals, Reals]:
        """Give the probability of each chain, and of each gun to be of its chain; 0 if alone."""
        odds = self.chain[0] + features.chain @ self.chain[1:]
        own = np.append(odds, -30.0)[label]
        gun = self.gun[0] + own * self.gun[1] + features.gun @ self.gun[2:]
        return _chance(odds), np.where(label >= 0, _chance(gun), 0.0)


def packaged() -> Rules:
    """Give the rules that come with the package."""
    text = (resources.files("ironriver.networks") / "chain_rules.csv").read_text("utf-8")
    return of_rows(csv.DictReader(text.splitlines()))


def of_rows(rows: Iterable[Mapping[str, str]]) -> Rules:
    """Read rows of part, name and value."""
    found = {(row["part"], row["name"]): float(row["value"]) for row in rows}
    return Rules(
        found[("division", "resolution")],
        np.array([found[("join", name)] for name in ("constant", *OF_JOIN)]),
        np.array([found[("chain", name)] for name in ("constant", *OF_CHAIN)]),
        np.array([found[("gun", name)] for name in ("constant", *OF_GUN)]),
    )


def to_rows(rules: Rules) -> list[dict[str, str]]:
    """Give the rows that `of_rows` reads."""
    rows = [("division", "resolution", rules.resolution)]
    for part, names, values in (
        ("join", OF_JOIN, rules.join),
        ("chain", OF_CHAIN, rules.chain),
        ("gun", OF_GUN, rules.gun),
    ):  # fmt: skip
        rows += [(part, name, float(value))
                 for name, value in zip(("constant", *names), values, strict=True)]  # fmt: skip
    return [{"part": part, "name": name, "value": f"{value:.5f}"} for part, name, value in rows]


def features(
    evidence: Evidence, label: Ints, edges: Edges, stability: Reals, holds: Reals
) -> Features:
    """Compute what the rules look at."""
    count, guns = int(label.max(initial=-1)) + 1, evidence.guns
    inside = (label[edges.left] == label[edges.right]) & (label[edges.left] >= 0)
    left, right, chance = edges.left[inside], edges.right[inside], edges.probability[inside]
    size = np.bincount(label[label >= 0], minlength=count).astype(np.float64)
    pairs = np.bincount(label[left], chance, minlength=count) / (size * (size - 1) / 2)
    own = np.bincount(left, chance, minlength=len(label))
    own += np.bincount(right, chance, minlength=len(label))
    own = own / np.maximum(np.append(size, 2.0)[label] - 1, 1)
    known = np.stack(
        [guns.recovered, _in_case(evidence), guns.theft_day > NO_DAY, guns.forces_day > NO_DAY],
        axis=1,
    ).astype(np.float64)
    shares = np.stack([_mean(label, known[:, place], size) for place in range(4)], axis=1)
    buyers = _distinct(label, guns.purchaser, count)
    visits = _distinct(
        label, np.where(guns.sale_day > NO_DAY, guns.sale_day + (1 << 20), -1), count
    )
    bought = (guns.purchaser >= 0) & ~guns.recovered & (known[:, 1] == 0)
    only = (_mean(label, bought.astype(np.float64), size) == 1) & (buyers == 1) & (visits <= 1)
    chain = np.stack(
        [np.log(size), _log_odds(pairs), stability, shares[:, 0], shares[:, 1],
         np.log1p(buyers), shares[:, 2], shares[:, 3], only.astype(np.float64)], axis=1,
    )  # fmt: skip
    gun = np.stack([holds, _log_odds(own), *known.T], axis=1)
    return Features(chain, gun)


def _in_case(evidence: Evidence) -> np.ndarray:
    found = np.zeros(len(evidence.guns), dtype=np.bool_)
    if "open_case" in evidence.ties:
        found[evidence.ties["open_case"].gun] = True
    return found


def _mean(label: Ints, values: Reals, size: Reals) -> Reals:
    inside = label >= 0
    found: Reals = np.bincount(label[inside], values[inside], minlength=len(size)) / size
    return found


def _distinct(label: Ints, values: Ints, count: int) -> Reals:
    """Count the distinct values from 0 on in each chain."""
    kept = (label >= 0) & (values >= 0)
    pairs = np.unique(np.stack([label[kept], values[kept]], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=count).astype(np.float64)


def _log_odds(chance: Reals) -> Reals:
    safe = np.clip(chance, 1e-3, 1 - 1e-3)
    found: Reals = np.log(safe / (1 - safe))
    return found


def _chance(odds: Reals) -> Reals:
    found: Reals = 1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30)))
    return found
