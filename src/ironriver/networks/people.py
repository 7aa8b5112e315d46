"""Who stands in a chain and in which role: persons and licensees that its guns' records name.

How often one who bought, held or sold a gun of a ring belongs to it was learned on worlds
(`person_rules.csv`). Most first purchasers of guns that were sold on or stolen have no part in what
came later: a first purchaser alone is not a suspect.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
import pyarrow as pa

from ironriver.networks.chains import Chains
from ironriver.networks.evidence import Ints, Reals

SITUATIONS = (
    "bought one", "bought several", "bought in a case", "held one", "held several", "sold",
)  # fmt: skip
"""How a record names somebody: see `situation`."""
SELLER = len(SITUATIONS) - 1
_SEVERAL = 2
Situate = Callable[[Ints], Ints]


@dataclass(frozen=True, slots=True)
class Named:
    """Those whom the records of chains name, one place of every array each."""

    chain: Ints
    entity: pa.Array
    situation: Ints
    guns: Ints
    """How many guns of the chain tie it to that person or licensee."""
    surest: Reals
    """The highest probability of one of these guns to belong to the chain."""

    def __len__(self) -> int:
        return len(self.chain)


@dataclass(frozen=True, slots=True)
class Rules:
    """For each situation: the role, how likely it is right, and how often they belong at all."""

    role: tuple[str, ...]
    role_probability: Reals
    belongs: Reals


def packaged() -> Rules:
    """Give the rules that come with the package."""
    text = (resources.files("ironriver.networks") / "person_rules.csv").read_text("utf-8")
    return of_rows(csv.DictReader(text.splitlines()))


def of_rows(rows: Iterable[Mapping[str, str]]) -> Rules:
    """Read rows of situation, role, role_probability and belongs."""
    found = {row["situation"]: row for row in rows}
    mine = [found[name] for name in SITUATIONS]
    return Rules(
        tuple(row["role"] for row in mine),
        np.array([float(row["role_probability"]) for row in mine]),
        np.array([float(row["belongs"]) for row in mine]),
    )


def named(chains: Chains) -> Named:
    """Find whom the records of each chain's guns name as purchaser, holder or seller."""
    case = _in_case(chains)
    parts = [
        _of_kind(chains, "purchaser", lambda gun: np.where(case[gun], 2, 0), (0, 1)),
        _of_kind(chains, "possessor", lambda gun: np.full(len(gun), 3), (3, 4)),
        _of_kind(chains, "licensee", lambda gun: np.full(len(gun), SELLER), None),
    ]
    return Named(
        chain=np.concatenate([part.chain for part in parts]),
        entity=pa.concat_arrays([part.entity.cast(pa.string()) for part in parts]),
        situation=np.concatenate([part.situation for part in parts]),
        guns=np.concatenate([part.guns for part in parts]),
        surest=np.concatenate([part.surest for part in parts]),
    )


def _in_case(chains: Chains) -> np.ndarray:
    found = np.zeros(len(chains.label), dtype=np.bool_)
    if "open_case" in chains.evidence.ties:
        found[chains.evidence.ties["open_case"].gun] = True
    return found


def _of_kind(chains: Chains, kind: str, situation: Situate, few: tuple[int, int] | None) -> Named:
    ties = chains.evidence.ties.get(kind)
    none = np.empty(0, dtype=np.int64)
    if ties is None:
        return Named(none, pa.array([], pa.string()), none, none, np.empty(0))
    rows = np.unique(np.stack([ties.gun, ties.value], axis=1), axis=0)
    rows = rows[chains.label[rows[:, 0]] >= 0]
    gun, value = rows[:, 0], rows[:, 1]
    width = int(value.max(initial=0)) + 1
    keys, place = np.unique(chains.label[gun] * width + value, return_inverse=True)
    count = np.bincount(place.ravel(), minlength=len(keys))
    told = np.zeros(len(keys), dtype=np.int64)
    np.maximum.at(told, place.ravel(), situation(gun))
    surest = np.zeros(len(keys))
    np.maximum.at(surest, place.ravel(), chains.member[gun])
    if few:
        told = np.where((told == few[0]) & (count >= _SEVERAL), few[1], told)
    names = chains.evidence.labels[kind]
    return Named(keys // width, names.take(pa.array(keys % width)), told, count, surest)
