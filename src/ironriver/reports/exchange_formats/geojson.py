"""GeoJSON: one collection of features, positions as longitude and latitude in WGS 84.

Source of the member names: RFC 7946.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ironriver.reports.exchange_formats.features import Feature, features, unplaced
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.json_text import members


def write(findings: Findings, counties: Mapping[str, int | None]) -> Iterator[bytes]:
    """Write the collection, a feature a line; a foreign member says how many have no place."""
    yield b'{"type": "FeatureCollection", "features": [\n'
    yield from members(map(_feature, features(findings, counties)))
    yield f'\n], "unplaced": {unplaced(findings, counties)}}}\n'.encode()


def _feature(one: Feature) -> dict[str, Any]:
    line = len(one.positions) > 1
    return {
        "type": "Feature",
        "id": one.id,
        "geometry": {
            "type": "LineString" if line else "Point",
            "coordinates": [list(at) for at in one.positions] if line else list(one.positions[0]),
        },
        "properties": {"kind": one.kind, "label": one.label, **one.properties},
    }
