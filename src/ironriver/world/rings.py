"""Rings: who moves guns together, how many, from where to whom, and over what time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ironriver.world.catalogue import models, weights
from ironriver.world.chance import Floats, Ints, Marks, pick_rows, share_out, stage
from ironriver.world.licensees import Licensees, choose
from ironriver.world.parameters import Settings
from ironriver.world.places import SOURCES, group_weights, port_choices, route_weights

RING_CHANNELS = (
    "unlicensed_dealing", "straw_purchase", "theft_shop", "theft_home", "broker", "corrupt_seller",
)  # fmt: skip
ROLES = ("recruiter", "broker", "courier", "buyer")
SHOPS, PORTS = 6, 3


@dataclass(frozen=True, slots=True)
class Rings:
    """All rings, one place of every array each; persons of a ring follow each other in number."""

    channel: Ints
    size: Ints
    source: Ints
    state: Ints
    group: Ints
    first_day: Ints
    last_day: Ints
    first_person: Ints
    couriers: Ints
    buyers: Ints
    shops: Ints
    shop_count: Ints
    ports: Ints
    favourite: Ints
    predecessor: Ints
    persons: int

    def __len__(self) -> int:
        return len(self.size)

    @property
    def first_buyer(self) -> Ints:
        """The number of the first buyer: after recruiter, broker and couriers."""
        return self.first_person + 2 + self.couriers


def make_rings(
    seed: int, firearms: int, settings: Settings, licensees: Licensees, days: tuple[int, int]
) -> Rings:
    """Make rings until they move the trafficked share of the world's firearms."""
    chance = stage(seed, "rings")
    channel, size = _sizes(chance, round(firearms * settings["trafficked_share"]), settings)
    count = len(size)
    source, state = _routes(chance, size, settings)
    length = (settings["ring_days_per_gun"] * size * chance.gamma(2.0, 0.5, count)).astype(np.int64)
    length = np.clip(length, 0, 1400)
    first = _first_days(chance, count, settings, days) - length // 2
    buyers = np.maximum(1, np.ceil(size * settings["ring_buyer_ratio"])).astype(np.int64)
    buyers = np.minimum(np.where(channel == 4, buyers, np.minimum(buyers, 40)), 80)
    couriers = np.minimum(1 + size // 25, 12)
    predecessor = _reformed(chance, size, settings)
    _follow(predecessor, first, length, days[1] - 30)
    start = _persons(couriers, buyers, predecessor)
    late = first > (days[0] + days[1]) // 2
    group = np.where(
        late,
        pick_rows(chance, group_weights(late=True) + 1e-9, state),
        pick_rows(chance, group_weights(late=False) + 1e-9, state),
    )
    spread = chance.integers(0, max(1, min(int(settings["ring_shops"]), SHOPS)), count)
    shops = np.stack([_shop(chance, licensees, source, channel) for _ in range(SHOPS)], axis=1)
    ports = np.stack(
        [port_choices(source, state, chance.integers(0, 3, count)) for _ in range(PORTS)], axis=1
    )
    return Rings(
        channel=channel, size=size, source=source, state=state, group=group, first_day=first,
        last_day=np.minimum(first + length, days[1]), first_person=start, couriers=couriers,
        buyers=buyers, shops=shops,
        shop_count=1 + np.minimum(size // 3, spread),
        ports=ports, favourite=share_out(chance, size, _wanted()), predecessor=predecessor,
        persons=int((start + 2 + couriers + buyers).max()) if count else 0,
    )  # fmt: skip


def _sizes(chance: np.random.Generator, wanted: int, settings: Settings) -> tuple[Ints, Ints]:
    """Draw channels and sizes: rounded lognormal sizes with the channel's mean, a floor of one."""
    shares = [settings[f"case_{name}"] for name in _CASES]
    means = np.array(
        [settings[f"mean_{name}"] for name in ("unlicensed", "straw", *("theft",) * 2)]
        + [settings["mean_broker"], settings["mean_corrupt"]]
    )
    expected = float(np.average(means, weights=shares))
    count = max(3, round(wanted / expected))
    channel = share_out(chance, np.ones(count, dtype=np.int64), shares)
    sigma, largest = settings["size_sigma"], min(settings["largest_ring"], max(40, 0.04 * wanted))
    size = np.empty(count, dtype=np.int64)
    for place in range(len(shares)):
        mine = np.flatnonzero(channel == place)
        # One draw from each of as many equal slices of the distribution, in random order.
        level = (chance.permutation(len(mine)) + chance.random(len(mine))) / max(len(mine), 1)
        drawn = np.exp(sigma * _normal(level))
        scaled = np.clip(drawn * _scale(sigma, means[place], largest), 0.6, largest)
        size[mine] = np.maximum(1, np.round(scaled))
    return channel, size


_CASES = ("unlicensed", "straw", "theft_shop", "theft_home", "broker", "corrupt")


def _normal(level: Floats) -> Floats:
    """Give the normal quantile of levels strictly between 0 and 1."""
    found: Floats = ndtri(np.clip(level, 1e-9, 1 - 1e-9))
    return found


def _scale(sigma: float, mean: float, largest: float) -> float:
    """Find the median that gives the mean once sizes are cut at the largest."""
    level = (np.arange(20_000) + 0.5) / 20_000
    shape = np.exp(sigma * _normal(level))
    low, high = 0.01, 10 * mean
    for _ in range(50):
        middle = (low + high) / 2
        found = float(np.clip(np.round(np.clip(shape * middle, 0.6, largest)), 1, None).mean())
        low, high = (middle, high) if found < mean else (low, middle)
    return (low + high) / 2


def _routes(chance: np.random.Generator, size: Ints, settings: Settings) -> tuple[Ints, Ints]:
    """Give each ring its source and its main Mexican state."""
    shares = [settings[f"source_{name.lower()}"] for name in SOURCES[:4]]
    source = share_out(chance, size, [*shares, 1 - sum(shares)])
    state = np.zeros(len(size), dtype=np.int64)
    for place in range(len(SOURCES)):
        mine = np.flatnonzero(source == place)
        state[mine] = share_out(chance, size[mine], route_weights()[place])
    return source, state


def _first_days(
    chance: np.random.Generator, count: int, settings: Settings, days: tuple[int, int]
) -> Ints:
    """Draw first days from four years before the window on, more in later years."""
    first, last = days[0] - 1460, days[1] - 20
    growth = max(settings["yearly_growth"], 1e-6) / 365.25
    level = (chance.permutation(count) + chance.random(count)) / max(count, 1)
    span = last - first
    found = first + np.log1p(level * np.expm1(growth * span)) / growth
    return np.asarray(found, dtype=np.int64)


def _reformed(chance: np.random.Generator, size: Ints, settings: Settings) -> Ints:
    """Say which rings are an earlier one come together again: the one before them in number."""
    again = chance.random(len(size)) < settings["ring_reformed"]
    again[:1] = False
    again[1:] &= (size[1:] > 2) & (size[:-1] > 2)
    return np.where(again, np.arange(len(size)) - 1, -1)


def _follow(predecessor: Ints, first: Ints, length: Ints, last: int) -> None:
    """Let a ring that re-forms begin after its forerunner broke up, if there is time left."""
    for ring in np.flatnonzero(predecessor >= 0).tolist():
        day = int(first[ring - 1] + length[ring - 1]) + 45 + ring * 37 % 200
        if day < last:
            first[ring] = day
        else:
            predecessor[ring] = -1


def _persons(couriers: Ints, buyers: Ints, predecessor: Ints) -> Ints:
    """Give each ring its first person; one that re-forms begins among its forerunner's buyers."""
    start = np.zeros(len(buyers), dtype=np.int64)
    own, free = 0, 0
    need = (2 + couriers + buyers).tolist()
    for ring, before in enumerate(predecessor.tolist()):
        # Only persons that the forerunner shares with no ring before it.
        start[ring] = max(own, free - int(buyers[before]) // 2) if before >= 0 else free
        if start[ring] == free:
            predecessor[ring] = -1
        own, free = free, max(free, int(start[ring]) + need[ring])
    return start


def _shop(chance: np.random.Generator, licensees: Licensees, source: Ints, channel: Ints) -> Ints:
    """Draw a licensee for each ring; corrupt sellers are where their rings buy."""
    honest = choose(chance, licensees, source)
    bent = np.flatnonzero(licensees.corrupt)
    if not len(bent):
        return honest
    return np.where(channel == 5, bent[chance.integers(0, len(bent), len(source))], honest)


def _wanted() -> Floats:
    """Give the weights of a ring's favourite model: what its customers ask for."""
    military = np.array([
        2.0 if each.reported_rifle or each.calibre in (".38 Super", "5.7x28mm") else 1.0
        for each in models()
    ])  # fmt: skip
    return np.asarray(weights("traffic") * military)


def is_ring_person(rings: Rings, person: Ints) -> Marks:
    """Say which persons belong to some ring."""
    return (person >= 0) & (person < rings.persons)
