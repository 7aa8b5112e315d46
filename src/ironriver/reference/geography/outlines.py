"""Outlines of states as rings of longitude and latitude."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """A state: its code (US-04, MX-26), its name, and its rings in degrees, holes among them."""

    code: str
    name: str
    rings: Sequence[Sequence[LonLat]]


@dataclass(frozen=True, slots=True)
class BorderMap:
    """Outlines of the states of both countries, and a point (lon, lat) for each area by code."""

    states: Sequence[Outline]
    points: Mapping[str, LonLat]
    attribution: str
    provenance: str


def read_outlines(text: str, points: Mapping[str, LonLat]) -> BorderMap:
    """Read outlines from JSON: rings are a first corner and differences, in steps of a degree."""
    document = json.loads(text)
    steps = document["steps_per_degree"]
    outlines = [
        Outline(state["code"], state["name"], [ring(line, steps) for line in state["rings"]])
        for state in document["states"]
    ]
    return BorderMap(outlines, points, document["attribution"], document["provenance"])


def ring(line: Sequence[int], steps: int) -> list[LonLat]:
    """Unfold one ring.

    >>> ring([-200, 100, 100, 0, 0, 50], 100)
    [(-2.0, 1.0), (-1.0, 1.0), (-1.0, 1.5)]
    """
    xs, ys = accumulate(line[::2]), accumulate(line[1::2])
    return [(x / steps, y / steps) for x, y in zip(xs, ys, strict=True)]
