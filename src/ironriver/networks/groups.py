"""Which customer group a chain supplied: a probability over the groups present there and then.

A chain has a home state, where more of its guns are found than anywhere else would explain; its
customer is one of the groups that sources place there at that time, or one that no source names
(`unknown`). What is given is always the whole list, with the sources of each presence.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import duckdb
import numpy as np
import numpy.typing as npt

from ironriver import engine
from ironriver.networks.group_names import fold_group, group_id

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
UNKNOWN_GROUP = "unknown"
READS = ("groups",)
"""The tables that presence is read from."""
_YEAR = 365.25
_UNDATED_YEARS = 5.0
"""A presence without a date speaks as one that is this far away in time."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What sources say of where groups are: one place of every array for each statement.

    `group` is a place in `ids`, `state` a code such as MX-26, `day` days since 1970 (NaN where the
    source gives none). `allies` and `rivals` are pairs of places in `ids`, both ways round.
    """

    ids: tuple[str, ...]
    group: Ints
    state: tuple[str, ...]
    day: Floats
    weight: Floats
    record_ids: tuple[str, ...]
    allies: frozenset[tuple[int, int]]
    rivals: frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ChainRecoveries:
    """Where and when guns of chains were recovered: flat arrays, one place for each recovery.

    `chain` are numbers from 0 to `size` - 1, `state` codes of Mexican states, `day` days since
    1970, `probability` that the gun belongs to the chain. Recoveries of one chain in one state on
    one day are one seizure and count once.
    """

    size: int
    chain: Ints
    state: Sequence[str]
    day: Ints
    probability: Floats

    def __post_init__(self) -> None:
        if not len(self.chain) == len(self.state) == len(self.day) == len(self.probability):
            raise ValueError("each recovery has a chain, a state, a day and a probability")


@dataclass(frozen=True, slots=True)
class GroupWeights:
    """What was learned (`group_weights.csv`, made by `tools/learn_groups.py`).

    `keep` is the share of a chain's recoveries in its home state, beyond those by chance; a
    presence fades over `fading_years`; `unknown` is the chance that no source names the customer,
    which grows where sources are `coverage_years` away in time; an ally's presence counts `allied`.
    """

    keep: float
    fading_years: float
    unknown: float
    coverage_years: float
    allied: float


@cache
def group_weights() -> GroupWeights:
    """Give the shipped weights."""
    text = (resources.files("ironriver.networks") / "group_weights.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return GroupWeights(**{row["name"]: float(row["value"]) for row in rows})


_STATEMENTS = """
SELECT group_name, relation, other_group, admin1, as_of, weight, record_id FROM groups
ORDER BY record_id
"""


def read_presence(connection: duckdb.DuckDBPyConnection) -> Presence:
    """Read presence, alliances and rivalries; names that fold alike are one group."""
    rows = engine.run(connection, _STATEMENTS).fetchall()
    names = sorted({fold_group(name) for row in rows for name in (row[0], row[2]) if name})
    place = {name: number for number, name in enumerate(names)}
    here = [row for row in rows if row[1] == "presence" and row[3]]
    ties: dict[str, set[tuple[int, int]]] = {"alliance": set(), "rivalry": set()}
    for name, relation, other, *_ in rows:
        if relation in ties and name and other:
            one, two = place[fold_group(name)], place[fold_group(other)]
            ties[relation] |= {(one, two), (two, one)}
    return Presence(
        tuple(group_id(name) for name in names),
        np.array([place[fold_group(row[0])] for row in here], dtype=np.int64),
        tuple(row[3] for row in here),
        np.array([_day(row[4]) for row in here], dtype=np.float64),
        np.array([1.0 if row[5] is None else max(float(row[5]), 0.0) for row in here]),
        tuple(row[6] for row in here),
        frozenset(ties["alliance"]),
        frozenset(ties["rivalry"]),
    )


def _day(date: object) -> float:
    return float(np.datetime64(str(date)).astype("datetime64[D]").astype(int)) if date else np.nan


def customer_groups(
    presence: Presence, recoveries: ChainRecoveries, weights: GroupWeights | None = None
) -> list[list[dict[str, object]]]:
    """Give for each chain its groups with probabilities and sources, the likeliest first.

    Each entry holds `group_id`, `probability`, `states` (where the group may be the customer),
    `record_ids` (what places it there) and `rivals` (other groups in the list that sources name
    as its rivals: they contest the ground, so both stay). `unknown` is always in the list, and
    probabilities add up to 1.
    """
    learned = weights or group_weights()
    home, days = home_states(recoveries, learned.keep)
    present = _Present(presence, learned)
    return [present.told(home[chain], days[chain]) for chain in range(recoveries.size)]


def home_states(
    recoveries: ChainRecoveries, keep: float
) -> tuple[list[dict[str, float]], list[dict[str, list[float]]]]:
    """Give for each chain the probability of each home state, and the days of its recoveries.

    p(z) ~ base(z) prod over seizures of (keep 1[s = z] + (1 - keep) base(s)) ^ membership, base
    being the share of all given seizures in a state.
    """
    seizures: dict[tuple[int, str, int], float] = {}
    for chain, state, day, chance in zip(recoveries.chain.tolist(), recoveries.state,
                                         recoveries.day.tolist(),
                                         recoveries.probability.tolist(), strict=True):  # fmt: skip
        seizures[chain, state, day] = max(seizures.get((chain, state, day), 0.0), chance)
    counts: dict[str, float] = {}
    for (_, state, _), chance in seizures.items():
        counts[state] = counts.get(state, 0.0) + chance
    whole = sum(counts.values()) + len(counts)
    base = {state: (count + 1) / whole for state, count in counts.items()}
    gains: list[dict[str, float]] = [{} for _ in range(recoveries.size)]
    days: list[dict[str, list[float]]] = [{} for _ in range(recoveries.size)]
    for (chain, state, day), chance in sorted(seizures.items()):
        # What a seizure adds to its own state; to all others it adds the same.
        gain = chance * float(np.log1p(keep / ((1 - keep) * base[state])))
        gains[chain][state] = gains[chain].get(state, 0.0) + gain
        days[chain].setdefault(state, []).append(float(day))
    return [_shares(gain, base) for gain in gains], days


def _shares(gain: Mapping[str, float], base: Mapping[str, float]) -> dict[str, float]:
    if not gain:
        return {}
    states = list(base)
    logs = np.array([gain.get(state, 0.0) for state in states])
    odds = np.exp(logs - logs.max()) * np.array([base[state] for state in states])
    return dict(zip(states, (odds / odds.sum()).tolist(), strict=True))


class _Present:
    """Which groups sources place in a state around given days."""

    def __init__(self, presence: Presence, weights: GroupWeights) -> None:
        self._presence = presence
        self._weights = weights
        self._places: dict[str, list[int]] = {}
        for place, state in enumerate(presence.state):
            self._places.setdefault(state, []).append(place)
        self._allies: dict[int, list[int]] = {}
        for one, other in sorted(presence.allies):
            self._allies.setdefault(one, []).append(other)

    def in_state(self, state: str, days: Sequence[float]) -> tuple[dict[int, float], float]:
        """Give the strength of each group's presence, and how well sources cover the time."""
        places = np.array(self._places.get(state, ()), dtype=np.int64)
        if not len(places):
            return {}, 0.0
        stated = self._presence.day[places]
        gaps = np.abs(stated[:, None] - np.asarray(days)[None, :]) / _YEAR
        gaps = np.where(np.isnan(gaps), _UNDATED_YEARS, gaps)
        fading = self._weights.fading_years
        strength = self._presence.weight[places] * np.exp(-gaps / fading).mean(axis=1)
        cover = float(np.exp2(-gaps.min(axis=0) / self._weights.coverage_years).mean())
        found: dict[int, float] = {}
        for group, one in zip(
            self._presence.group[places].tolist(), strength.tolist(), strict=True
        ):
            found[group] = found.get(group, 0.0) + one
        for group, one in list(found.items()):
            for ally in self._allies.get(group, ()):
                found[ally] = found.get(ally, 0.0) + self._weights.allied * one
        return found, cover

    def told(
        self, home: Mapping[str, float], days: Mapping[str, list[float]]
    ) -> list[dict[str, object]]:
        """Add up over home states what each group's presence gives it."""
        chances: dict[int, float] = {}
        states: dict[int, list[str]] = {}
        every = [day for found in days.values() for day in found]
        unknown = 0.0 if home else 1.0
        for state, chance in sorted(home.items(), key=lambda each: (-each[1], each[0])):
            found, cover = self.in_state(state, days.get(state) or every)
            whole = sum(found.values())
            named = chance * (1 - self._weights.unknown) * cover if whole > 0 else 0.0
            unknown += chance - named
            for group, one in found.items():
                chances[group] = chances.get(group, 0.0) + named * one / whole
                if chance >= _WORTH_NAMING:
                    states.setdefault(group, []).append(state)
        return self._listed(chances, states, unknown)

    def _listed(
        self, chances: Mapping[int, float], states: Mapping[int, list[str]], unknown: float
    ) -> list[dict[str, object]]:
        kept = {group: chance for group, chance in chances.items() if chance >= _WORTH_NAMING}
        unknown += sum(chances.values()) - sum(kept.values())
        rows: list[dict[str, object]] = [
            {
                "group_id": self._presence.ids[group],
                "probability": round(chance, 6),
                "states": states.get(group, []),
                "record_ids": self._sources(group, states.get(group, [])),
                "rivals": [self._presence.ids[other] for other in sorted(kept)
                           if (group, other) in self._presence.rivals],
            }
            for group, chance in kept.items()
        ]  # fmt: skip
        rows.append({"group_id": UNKNOWN_GROUP, "probability": round(unknown, 6), "states": [],
                     "record_ids": [], "rivals": []})  # fmt: skip
        rows.sort(key=lambda row: (-float(str(row["probability"])), str(row["group_id"])))
        return rows

    def _sources(self, group: int, states: Sequence[str]) -> list[str]:
        """Give the statements that place a group, or an ally of it, in these states."""
        wanted = {group, *self._allies.get(group, ())}
        return sorted(
            self._presence.record_ids[place]
            for state in states
            for place in self._places.get(state, ())
            if int(self._presence.group[place]) in wanted
        )


_WORTH_NAMING = 0.01
"""Groups less likely than this are left to `unknown`."""


def groups_json(rows: Sequence[Mapping[str, object]]) -> str:
    """Write one chain's groups as JSON."""
    return json.dumps(list(rows), ensure_ascii=False)
