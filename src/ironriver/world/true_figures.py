"""The true figures of a world: what every estimate will be held against."""

from __future__ import annotations

import datetime as dt

import numpy as np

from ironriver.world.answers import FOREIGN, UNKNOWN, US_IMPORTED, US_MADE, true_origin
from ironriver.world.chance import Ints, Marks
from ironriver.world.guns import CROSSING, MX, World
from ironriver.world.noise import days_since
from ironriver.world.supply import CHANNELS

ORIGINS = (US_MADE, US_IMPORTED, FOREIGN, UNKNOWN)


def figures(
    world: World, years: tuple[int, int], submitted: Ints, determined: Marks
) -> list[tuple[str, str, float]]:
    """Give the true figures of a world: flow by year, origins, channels, shares recovered.

    `submitted` are the guns of the trace requests, `determined` which of them had an origin told. A
    gun asked about twice counts once, and is determined if any answer told its origin; shares of
    requests, a gun as often as it was asked about, stand beside those of guns.
    """
    out = [line for year in range(years[0], years[1] + 1) for line in _of_year(world, year)]
    whole = f"{years[0]}-{years[1]}"
    flows = [value for name, _year, value in out if name == "flow"]
    out.append(("flow_a_year", whole, sum(flows) / len(flows)))
    mexico = np.flatnonzero(world.outcome == MX)
    guns = np.unique(submitted)
    told = np.unique(submitted[determined])
    for name, each in (
        ("seized", mexico), ("submitted", guns), ("determined", told), ("requests", submitted)
    ):  # fmt: skip
        origin = np.array([true_origin(world, gun) for gun in each.tolist()])
        out += [(f"origin_{name}_{kind}", whole, share(origin == kind)) for kind in ORIGINS]
    out += [
        (f"channel_{name}", whole, share(world.channel[mexico] == place))
        for place, name in enumerate(CHANNELS)
    ]
    crossed = (world.crossing_day >= world.days[0]) & (world.crossing_day <= world.days[1])
    out.append(("share_recovered", whole, share(world.outcome[crossed] == MX)))
    sold = (world.outcome == MX) & (world.ring >= 0) & (world.purchaser >= 0)
    buyers = np.unique(world.purchaser[sold])
    out.append(("innocent_purchasers", whole, share(buyers >= world.rings.persons)))
    return out


def _of_year(world: World, year: int) -> list[tuple[str, str, float]]:
    first, last = days_since(dt.date(year, 1, 1)), days_since(dt.date(year, 12, 31))
    crossed = (world.crossing_day >= first) & (world.crossing_day <= last)
    found = (world.recovery_day >= first) & (world.recovery_day <= last)
    counts = {
        "flow": crossed & (world.outcome != CROSSING),
        "recovered_mx": found & (world.outcome == MX),
        "seized_crossing": found & (world.outcome == CROSSING),
    }
    return [(name, str(year), float(marks.sum())) for name, marks in counts.items()]


def share(marks: Marks) -> float:
    """Give the share of marks that are set; none of none is 0."""
    return float(np.mean(marks)) if len(marks) else 0.0
