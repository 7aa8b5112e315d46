"""KML 2.2: one folder for each kind of feature, with a style, a date and all that is known of it.

Source of the element names and their order: OGC 07-147r2 (KML 2.2).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby

from ironriver.reports.exchange_formats.features import Feature, features, unplaced
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.xml_text import attribute, text

# aabbggrr, as KML orders them; the palette of Okabe and Ito (2008), told apart by the colour-blind.
_COLOURS = {
    "recovery": "ffb27200",
    "crossing_seizure": "ff009fe6",
    "source_county": "ff005ed5",
    "route": "b4a779cc",
    "chain": "b4739e00",
}


def write(findings: Findings, counties: Mapping[str, int | None]) -> Iterator[bytes]:
    """Write the document; features come by kind, in the order of `features`."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    yield b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Iron River</name>\n'
    yield f"<description>unplaced: {unplaced(findings, counties)}</description>\n".encode()
    for kind, colour in _COLOURS.items():
        yield (
            f"<Style {attribute('id', kind)}><IconStyle><color>{colour}</color></IconStyle>"
            f"<LineStyle><color>{colour}</color><width>2</width></LineStyle></Style>\n"
        ).encode()
    # Features of one kind may come in several runs; each run is a folder of its own.
    for kind, run in groupby(features(findings, counties), key=lambda one: one.kind):
        yield f"<Folder><name>{text(kind)}</name>\n".encode()
        for one in run:
            yield _placemark(one).encode()
        yield b"</Folder>\n"
    yield b"</Document></kml>\n"


def _placemark(one: Feature) -> str:
    when = f"<TimeStamp><when>{text(one.date)}</when></TimeStamp>" if one.date else ""
    data = "".join(
        f"<Data {attribute('name', name)}><value>{text(_said(value))}</value></Data>"
        for name, value in {"id": one.id, **one.properties}.items()
        if value is not None
    )
    return (
        f"<Placemark><name>{text(one.label)}</name>{when}<styleUrl>#{one.kind}</styleUrl>"
        f"<ExtendedData>{data}</ExtendedData>{_geometry(one)}</Placemark>\n"
    )


def _geometry(one: Feature) -> str:
    where = " ".join(f"{longitude},{latitude}" for longitude, latitude in one.positions)
    kind = "LineString" if len(one.positions) > 1 else "Point"
    return f"<{kind}><coordinates>{where}</coordinates></{kind}>"


def _said(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict | bool) else value
