"""Two tables, nodes.csv and edges.csv in one archive, as Gephi and i2's importers read them.

The headings are those that Gephi knows by itself (Id, Label, Source, Target, Type, Kind); i2
Analyst's Notebook asks which column is which. A text that a spreadsheet would run is made harmless.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ironriver.governance.spreadsheet import spreadsheet_safe
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.graph import (
    EDGE_FIELDS,
    NODE_FIELDS,
    Edge,
    Node,
    edges,
    nodes,
    values,
)

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 20


def write(findings: Findings) -> Iterator[bytes]:
    """Write the archive; the same findings give the same bytes."""
    with TemporaryFile() as packed:
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            _member(archive, "nodes.csv", _headings(NODE_FIELDS), nodes(findings))
            # Gephi reads Type as directed or not; the sign of a link has no direction.
            _member(archive, "edges.csv", ("Type", *_headings(EDGE_FIELDS)), edges(findings))
        packed.seek(0)
        while piece := packed.read(_PIECE):
            yield piece


def _headings(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.capitalize() if name in _KNOWN else name for name in names)


_KNOWN = frozenset({"id", "label", "source", "target", "kind"})


def _member(
    archive: ZipFile, name: str, headings: tuple[str, ...], rows: Iterable[Node | Edge]
) -> None:
    info = ZipInfo(name, _FIRST_DAY)
    info.compress_type = ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as member:
        wrapped = io.TextIOWrapper(member, "utf-8", newline="")
        # Every text is quoted, so that a line end within one begins no row.
        writer = csv.writer(wrapped, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(headings)
        writer.writerows(map(_cells, rows))
        wrapped.flush()
        wrapped.detach()


def _cells(one: Node | Edge) -> list[object]:
    cells = [
        spreadsheet_safe(value) if isinstance(value, str) else "" if value is None else value
        for value in values(one).values()
    ]
    if isinstance(one, Edge):
        cells.insert(0, "Undirected" if one.kind == "link" else "Directed")
    return cells
