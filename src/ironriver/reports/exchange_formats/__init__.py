"""Findings in the formats that other programs read, through the release gate.

One small module for each format; docs/exports.md says what is in each, and which reader it was
tried with. Each takes the rows that may leave and gives bytes, piece by piece.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from ironriver.errors import MistakeError
from ironriver.governance.release import Access, Release, WithheldError
from ironriver.reports.exchange_formats import (
    features,
    follow_the_money,
    geojson,
    graph,
    graphml,
    kml,
    niem,
    node_edge_csv,
    prov,
    scope,
    stix,
    workbook,
)
from ironriver.reports.exchange_formats.counties import gather_counties
from ironriver.reports.exchange_formats.gathering import Findings, gather
from ironriver.reports.exchange_formats.lineage import lineage
from ironriver.workspace import Workspace

TABLES: Mapping[str, tuple[str, ...]] = {
    "graphml": graph.TABLES,
    "nodes-edges": graph.TABLES,
    "geojson": features.TABLES,
    "kml": features.TABLES,
    "ftm": graph.TABLES,
    "stix": graph.TABLES,
    "niem": niem.TABLES,
    "prov": prov.TABLES,
    "xlsx": scope.READS,
}
"""The tables that each format is made of."""

NAMES = tuple(TABLES)
_MAPS = {"geojson": geojson.write, "kml": kml.write}
_WRITERS = {
    "graphml": graphml.write,
    "nodes-edges": node_edge_csv.write,
    "ftm": follow_the_money.write,
    "stix": stix.write,
    "niem": niem.write,
    "xlsx": workbook.write,
}


def check_form(form: str) -> None:
    """Raise MistakeError where there is no such format."""
    if form not in TABLES:
        raise MistakeError(
            "there is no format {form}; formats are: {known}", form=form, known=", ".join(NAMES)
        )


def write_as(
    workspace: Workspace,
    form: str,
    out: BinaryIO,
    access: Access,
    *,
    network: str | None = None,
    as_of: dt.date | None = None,
    with_names: bool = False,
) -> tuple[Release, ...]:
    """Write the findings in a format; give what left and what was withheld, table by table.

    With `network` only what belongs to that supply chain; with `with_names` names beside the ids
    of entities, where role and purpose allow it. Raises WithheldError where nothing may leave.
    """
    check_form(form)
    options = {"network": network, "as_of": as_of, "with_names": with_names}
    if form in _MAPS:
        return _write_map(workspace, form, out, access, network, as_of)
    findings = gather(workspace, TABLES[form], form, access, **options)  # type: ignore[arg-type]
    _pour(_pieces(workspace, form, findings), out)
    return findings.releases


def _pieces(workspace: Workspace, form: str, findings: Findings) -> Iterator[bytes]:
    if form == "prov":
        return prov.write(findings, lineage(workspace, prov.DERIVED, findings.as_of))
    return _WRITERS[form](findings)


def _write_map(
    workspace: Workspace,
    form: str,
    out: BinaryIO,
    access: Access,
    network: str | None,
    as_of: dt.date | None,
) -> tuple[Release, ...]:
    """Write a map; counts of counties may leave where the rows beneath them may not."""
    refused: WithheldError | None = None
    try:
        findings = gather(workspace, TABLES[form], form, access, network=network, as_of=as_of)
    except WithheldError as error:
        refused, findings = error, Findings({}, (), {}, network, as_of)
    releases = findings.releases
    counts: dict[str, int | None] = {}
    if network is None:
        counties = gather_counties(workspace, access, as_of)
        counts = {row["source"]: row["firearms"] for row in counties.table.to_pylist()}
        releases += (counties,)
    if refused is not None and not any(counts.values()):
        raise refused
    _pour(_MAPS[form](findings, counts), out)
    return releases


def _pour(pieces: Iterator[bytes], out: BinaryIO) -> None:
    for piece in pieces:
        out.write(piece)
