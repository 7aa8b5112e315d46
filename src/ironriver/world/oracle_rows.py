"""The rows that speak of guns, as intake read them, and which pairs of them are worth weighing."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from ironriver.world.oracle_reading import PREFIXED, Description, plain

MEXICO = frozenset({"recovery", "ballistic_hit", "trace_result"})
SOLD = frozenset({"purchase", "multiple_sale"})
LOST_US, LOST_MX = "lost_us", "lost_mx"
ENDS = MEXICO | {"crossing_seizure", "exhibit"}
_COLUMNS = (
    "record_id", "source_id", "kind", "event_date", "date_precision", "country", "admin2",
    "case_number", "make", "model", "calibre", "serial_raw", "serial_status", "link",
)  # fmt: skip
# A block with more rows says nothing of any two of them.
_LARGEST = 60
_SHORTEST = 4
# An answer names its request; no other reference is shared by two files.
_LINKED = frozenset({"trace_result", "recovery"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row about a gun."""

    record_id: str
    source_id: str
    kind: str
    date: dt.date | None
    day_known: bool
    place: str | None
    case: str | None
    link: str | None
    said: Description
    serial: str
    """Plain; empty where none was read."""
    ground: bool = False
    """Whether the serial was ground off."""

    def one_series(self, other: Row) -> bool:
        """Tell whether both cases are numbered by one office: states and federation each do."""
        return bool(self.case and other.case) and _series(self.case) == _series(other.case)


def _series(case: str | None) -> str:
    return (case or "").partition("-")[0].partition("/")[0]


def rows(tables: Mapping[str, pa.Table]) -> list[Row]:
    """Give the rows of ``records`` and ``trace_results``, ordered by record id."""
    found = [_row(each) for each in _cells(tables["records"], {"link": "reference"})]
    if "trace_results" in tables:
        renamed = {"link": "request", "event_date": "recovery_date"}
        found += [_row(each) for each in _cells(tables["trace_results"], renamed)]
    return sorted(found, key=lambda row: row.record_id)


def _cells(table: pa.Table, renamed: dict[str, str]) -> Iterator[dict[str, object]]:
    names = {name: renamed.get(name, name) for name in _COLUMNS}
    held = {name: column for name, column in names.items() if column in table.column_names}
    columns = [table[column].to_pylist() for column in held.values()]
    for cells in zip(*columns, strict=True):
        yield dict(zip(held, cells, strict=True))


def _row(cells: dict[str, object]) -> Row:
    def text(name: str) -> str | None:
        value = cells.get(name)
        return str(value) if value is not None else None

    kind = text("kind") or "trace_result"
    if kind in ("theft", "loss"):
        kind = LOST_MX if text("country") == "MX" else LOST_US
    date = cells.get("event_date")
    link = text("link")
    read = text("serial_status") in ("read", "partial")
    return Row(
        record_id=str(cells["record_id"]),
        source_id=str(cells["source_id"]),
        kind=kind,
        date=date if isinstance(date, dt.date) else None,
        day_known=text("date_precision") in (None, "day"),
        place=text("admin2"),
        case=text("case_number") if kind in MEXICO else None,
        link=link.removeprefix("T") if link and kind in _LINKED else None,
        said=(text("make"), text("model"), text("calibre")),
        serial=plain(text("serial_raw")) if read else "",
        ground=text("serial_status") == "obliterated",
    )


def pairs(found: list[Row]) -> set[tuple[int, int]]:
    """Give the pairs that share a serial but for one slip, a case, a request, or place and day."""
    blocks: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for number, row in enumerate(found):
        for key in _keys(row):
            blocks[key].add(number)
    return {
        pair
        for members in blocks.values()
        if 2 <= len(members) <= _LARGEST
        for pair in itertools.combinations(sorted(members), 2)
    }


def _keys(row: Row) -> Iterable[tuple[str, str]]:
    if row.case:
        yield "case", row.case
    if row.link and len(row.link) > _SHORTEST:
        yield "link", row.link
    if row.kind in MEXICO and row.place and row.date:
        yield "day", f"{row.place} {row.date}"
    text = row.serial.rstrip("*")
    if len(text) < _SHORTEST:
        return
    yield "serial", text
    for place in range(len(text)):
        yield "serial", text[:place] + text[place + 1 :]
    for lost in (1, 2, 3):
        if len(text) - lost >= _SHORTEST:
            yield "start", text[:-lost]
            yield "end", text[lost:]
    yield "start", text
    yield "end", text
    if prefix := PREFIXED.match(text):
        yield "serial", text[prefix.end() :]
