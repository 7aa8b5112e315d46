"""A point for every place of a route: counties, municipalities, states, ports of entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from ironriver.reference.geography import (
    load_areas,
    load_new_municipalities,
    load_ports,
    load_states,
    retired_counties,
)

Floats = npt.NDArray[np.float64]
_MIDDLE = {"US": (34.0, -104.0), "MX": (23.6, -102.5)}
_BORDER = (29.8, -106.4)


@cache
def _points() -> Mapping[str, tuple[float, float]]:
    areas, states = (*load_areas("MX"), *load_areas("US")), (*load_states("MX"), *load_states("US"))
    found = {each.code: (each.latitude, each.longitude) for each in areas}
    found |= {each.code: (each.latitude, each.longitude) for each in states}
    found |= {new.code: found[new.parent] for new in load_new_municipalities()}
    found |= {port.name: (port.latitude, port.longitude) for port in load_ports()}
    old = {code: found[new] for code, new in retired_counties().items() if new in found}
    return {**old, **found}


def place_points(codes: Sequence[str]) -> Floats:
    """Give (latitude, longitude) of each code or port's name, shape (places, 2).

    A code that is in no list has the point of its state, or the middle of its country; a port that
    is in none has the middle of the border.

    >>> place_points(["MX-26043", "US-04"]).round(1).tolist()
    [[31.2, -111.0], [34.3, -111.7]]
    """
    known = _points()
    return np.array(
        [
            known.get(code) or known.get(code[:5]) or _MIDDLE.get(code[:2], _BORDER)
            for code in codes
        ],
        dtype=np.float64,
    ).reshape(-1, 2)
