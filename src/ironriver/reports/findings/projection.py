"""From longitude and latitude to a place on the page.

Albers equal-area conic (Snyder 1987, "Map Projections: A Working Manual", p. 98-101), so that a
large state does not look larger than it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LonLat = tuple[float, float]
Rings = Sequence[Sequence[LonLat]]


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the world that a map shows, in degrees, and its width on the page."""

    west: float
    south: float
    east: float
    north: float
    width: float = 920.0


BOTH = Frame(-121.5, 15.5, -69.0, 47.5)
MEXICO = Frame(-117.0, 14.6, -87.5, 33.2)


def albers(lon: float, lat: float) -> tuple[float, float]:
    """Project a point with standard parallels 20 and 45 north, origin 100 west 30 north.

    >>> albers(-100.0, 30.0)
    (0.0, 0.0)
    """
    first, second, origin = math.radians(20), math.radians(45), math.radians(30)
    n = (math.sin(first) + math.sin(second)) / 2
    c = math.cos(first) ** 2 + 2 * n * math.sin(first)
    rho = math.sqrt(c - 2 * n * math.sin(math.radians(lat))) / n
    rho_0 = math.sqrt(c - 2 * n * math.sin(origin)) / n
    theta = n * math.radians(lon + 100)
    return rho * math.sin(theta) + 0.0, rho_0 - rho * math.cos(theta)


class Paper:
    """A frame laid out on the page."""

    def __init__(self, frame: Frame) -> None:
        edge = [
            albers(frame.west + (frame.east - frame.west) * step / 20, lat)
            for step in range(21)
            for lat in (frame.south, frame.north)
        ]
        self._left = min(x for x, _ in edge)
        self._top = max(y for _, y in edge)
        right, bottom = max(x for x, _ in edge), min(y for _, y in edge)
        self._scale = frame.width / (right - self._left)
        self.width = frame.width
        self.height = round((self._top - bottom) * self._scale, 1)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Give a point's place on the page."""
        x, y = albers(lon, lat)
        return round((x - self._left) * self._scale, 1), round((self._top - y) * self._scale, 1)

    def holds(self, at: tuple[float, float]) -> bool:
        """Tell whether a place is on the page."""
        return 0 <= at[0] <= self.width and 0 <= at[1] <= self.height

    def path(self, rings: Rings) -> str:
        """Give the path of a state's rings, without those that are wholly off the page."""
        drawn = []
        for ring in rings:
            points = [self.place(lon, lat) for lon, lat in ring]
            if any(self.holds(point) for point in points):
                drawn.append("M" + "L".join(f"{x:g},{y:g}" for x, y in points) + "Z")
        return "".join(drawn)


def middle(rings: Rings) -> LonLat:
    """Give a point for a state's label: the centroid of its largest ring."""
    best, area, point = -1.0, 0.0, (0.0, 0.0)
    for ring in rings:
        area, x, y = 0.0, 0.0, 0.0
        for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = x0 * y1 - x1 * y0
            area, x, y = area + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
        if abs(area) > best and area:
            best, point = abs(area), (x / (3 * area), y / (3 * area))
    return point
