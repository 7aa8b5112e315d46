"""What a section stands on: the tables, the sources behind them, and the release gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from ironriver.reports.findings import queries
from ironriver.reports.findings.cells import (
    FREE,
    Cell,
    CellGate,
    Key,
    publish,
    publish_list,
    strictest,
)
from ironriver.reports.findings.queries import Row, ask
from ironriver.reports.findings.view import Rest
from ironriver.reports.findings.words import Words
from ironriver.tables import Handling


@dataclass(frozen=True, slots=True)
class Source:
    """One source as its reading left it."""

    source_id: str
    name: str
    layout: str
    handling: Handling
    known_from: dt.date | None
    rows_in: int
    accepted: int
    quarantined: int
    replaced: bool


@dataclass(frozen=True, slots=True)
class SourceRows:
    """How many rows of a source a section rests on."""

    name: str
    rows: Cell
    handling: Handling
    known_from: dt.date | None

    def show(self, words: Words) -> Rest:
        """Put it in words."""
        return Rest(self.name, words.cell(self.rows), self.handling.value)


@dataclass(frozen=True, slots=True)
class Basis:
    """The sources of one section, and the strictest handling among them."""

    sources: tuple[SourceRows, ...]
    handling: Handling

    @property
    def free(self) -> bool:
        """Whether all of it is public or synthetic."""
        return self.handling in FREE

    @property
    def newest(self) -> dt.date | None:
        """The day when the newest of its sources was received."""
        return max((each.known_from for each in self.sources if each.known_from), default=None)


def source_list(basis: Basis, words: Words) -> tuple[Rest, ...]:
    """Put the sources of a section in words."""
    return tuple(each.show(words) for each in basis.sources)


@dataclass(frozen=True, slots=True)
class Period:
    """The first and last day of some rows; `days` says whether days are known, or only months."""

    first: dt.date | None
    last: dt.date | None
    days: bool

    def show(self, words: Words) -> str:
        """Say the period; nothing where no row is dated."""
        if self.first is None or self.last is None:
            return ""
        spell = words.day if self.days else words.month
        first, last = spell(self.first), spell(self.last)
        if first == last:
            return words("Dated {day}.", day=first)
        return words("Dated from {first} to {last}.", first=first, last=last)


def newest_words(basis: Basis, words: Words) -> str:
    """Say when the newest source of a section was received."""
    if basis.newest is None:
        return ""
    return words("newest source received on {day}", day=words.day(basis.newest))


class Grounds:
    """The tables as they stand, their sources, and the gate that every count passes."""

    def __init__(self, con: duckdb.DuckDBPyConnection, gate: CellGate) -> None:
        self._con = con
        self.gate = gate
        self.sources = {row[0]: _source(row, gate) for row in ask(con, queries.sources())}

    def ask(self, query: str) -> list[Row]:
        """Run a query on the tables."""
        return ask(self._con, query)

    def basis(self, query: str) -> Basis:
        """Name the sources of a section from a query that counts its rows by source."""
        return self._basis([(self.sources[row[0]], int(row[1])) for row in self.ask(query)])

    def whole(self) -> Basis:
        """Name every source with all its rows."""
        return self._basis([(source, source.rows_in) for source in self.sources.values()])

    def _basis(self, counted: list[tuple[Source, int]]) -> Basis:
        handling = strictest(source.handling for source, _ in counted)
        return Basis(tuple(self._rows(source, rows) for source, rows in counted), handling)

    def _rows(self, source: Source, rows: int) -> SourceRows:
        # The rows that are left over would follow from both counts, so they are judged too.
        split = {"rows": rows, "others": max(0, source.rows_in - rows)}
        cells = publish_list(split, source.handling, self.gate)
        return SourceRows(source.name, cells["rows"], source.handling, source.known_from)

    def period(self, query: str) -> Period:
        """Give the period of some rows."""
        first, last, days = self.ask(query)[0]
        return Period(first, last, bool(days))

    def counts(self, counts: Mapping[str, int], basis: Basis) -> dict[str, Cell]:
        """Pass a list of counts, whose total will be shown, through the gate."""
        return publish_list(counts, basis.handling, self.gate)

    def crossed(self, counts: Mapping[Key, int], basis: Basis) -> dict[Key, Cell]:
        """Pass a table of counts, whose margins will be shown, through the gate."""
        return publish(counts, basis.handling, self.gate)


def _source(row: Row, gate: CellGate) -> Source:
    """Read one line of `queries.sources`; a missing count is none.

    Where the name of a file may not be shown, agency, layout and the beginning of its id stand for
    it.
    """
    source_id, name, layout, agency, label, known_from, *counts, replaced = row
    rows_in, accepted, quarantined = (int(count or 0) for count in counts)
    handling = strictest([label or ""])
    if not name or not gate.may_name(handling):
        name = " · ".join(part for part in (agency, layout, source_id[:8]) if part)
    return Source(
        source_id,
        name,
        layout or "",
        handling,
        known_from,
        rows_in,
        accepted,
        quarantined,
        bool(replaced),
    )


def sums(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Add up counts by name, largest first, then by name.

    >>> sums([("b", 2), ("a", 1), ("b", 3)])
    {'b': 5, 'a': 1}
    """
    totals: dict[str, int] = {}
    for name, count in pairs:
        totals[name] = totals.get(name, 0) + count
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))
