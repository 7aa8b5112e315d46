"""The gravity baseline of flows: how many to expect from the size of both ends and the distance.

O_ij ~ Poisson(E_ij), log E_ij = a_i + b_j + c log d_ij: Flowerdew and Aitkin (1982), "A method of
fitting the gravity model based on the Poisson distribution", Journal of Regional Science 22,
section 4, with an effect of its own for every origin and destination.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from ironriver.estimators.types import Interval, IntervalKind

Floats = npt.NDArray[np.float64]
_EARTH_KM = 6371.0
_NEAREST_KM = 25.0
_STEEPEST, _FLATTEST = -8.0, 4.0
_ROUNDS, _TOLERANCE = 500, 1e-10


@dataclass(frozen=True, slots=True)
class Gravity:
    """The fitted baseline: expected flows (origins, destinations), and the power of distance."""

    expected: Floats
    power: float
    power_interval: Interval


def distance_km(origins: npt.ArrayLike, destinations: npt.ArrayLike) -> Floats:
    """Give great-circle distances, (origins, destinations), of points (latitude, longitude).

    Haversine on a sphere; nothing is nearer than 25 km, since an area is not a point.

    >>> distance_km([[32.22, -110.97]], [[29.07, -110.96]]).round().tolist()
    [[350.0]]
    """
    one, other = (np.radians(np.asarray(each, dtype=float)) for each in (origins, destinations))
    north = one[:, None, 0] - other[None, :, 0]
    east = one[:, None, 1] - other[None, :, 1]
    half = np.sin(north / 2) ** 2
    half = half + np.cos(one[:, None, 0]) * np.cos(other[None, :, 0]) * np.sin(east / 2) ** 2
    arc = 2 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return np.asarray(np.maximum(_EARTH_KM * arc, _NEAREST_KM), dtype=np.float64)


def fit_gravity(
    observed: npt.ArrayLike, distance: npt.ArrayLike, *, dispersion: float = 1.0
) -> Gravity:
    """Fit the baseline by maximum likelihood; both arrays are (origins, destinations).

    For a power c the effects of both ends follow by scaling rows and columns in turn until they
    add up to what was observed (Deming and Stephan 1940); c makes sum (O - E) log d vanish. Where
    every origin has one destination only, or no distance differs, the power is 0 and says nothing.
    `dispersion` widens its interval (McCullagh and Nelder 1989, section 4.5). ValueError unless
    counts are not negative and some are above 0.
    """
    counts, logs = np.asarray(observed, dtype=float), np.log(np.asarray(distance, dtype=float))
    if counts.shape != logs.shape or (counts < 0).any() or not counts.sum() > 0:
        raise ValueError("flows are counts of the same shape as the distances, not all of them 0")

    def slope(power: float) -> float:
        return float(((counts - _scaled(counts, logs, power)) * logs).sum())

    power = 0.0
    spread = np.inf
    if slope(_STEEPEST) > 0 > slope(_FLATTEST):
        power = float(brentq(slope, _STEEPEST, _FLATTEST, xtol=1e-6))
    expected = _scaled(counts, logs, power)
    known = _information(expected, logs)
    if known > 1e-9:
        spread = float(np.sqrt(dispersion / known))
    reach = 1.959964 * spread
    return Gravity(
        expected, power,
        Interval(power - reach, power + reach, IntervalKind.CONFIDENCE, 0.95),
    )  # fmt: skip


def _scaled(counts: Floats, logs: Floats, power: float) -> Floats:
    """Scale rows and columns of d^c until their sums are those observed."""
    flow = np.exp(power * (logs - logs.mean()))
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    flow = flow * (rows[:, None] > 0) * (columns[None, :] > 0)
    for _ in range(_ROUNDS):
        flow *= _over(rows, flow.sum(axis=1))[:, None]
        ratio = _over(columns, flow.sum(axis=0))
        flow *= ratio[None, :]
        if np.abs(ratio[columns > 0] - 1).max(initial=0.0) < _TOLERANCE:
            break
    return np.asarray(flow, dtype=np.float64)


def _over(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _information(expected: Floats, logs: Floats) -> float:
    """Give the Fisher information of the power, after both ends' effects are taken out of log d."""
    rest = logs.copy()
    for _ in range(50):
        rest -= _over((expected * rest).sum(axis=1), expected.sum(axis=1))[:, None]
        rest -= _over((expected * rest).sum(axis=0), expected.sum(axis=0))[None, :]
    return float((expected * rest**2).sum())
