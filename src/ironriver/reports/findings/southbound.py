"""Section 3: seizures on the way south, by office and item; what went elsewhere stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ironriver.reports.findings import queries
from ironriver.reports.findings.cells import NOTHING, Cell, Key, part, under
from ironriver.reports.findings.grounds import (
    Basis,
    Grounds,
    Period,
    newest_words,
    source_list,
    sums,
)
from ironriver.reports.findings.plots import count_bar
from ironriver.reports.findings.view import Block, Column, Entry, SectionView, TableView, entry
from ironriver.reports.findings.words import Words

# Each is counted in a unit of its own, so nothing is ever added across them.
ITEMS = ("handgun", "long_gun", "firearm", "ammunition", "magazine", "part", "other_item")
SOUTH = "outbound"


@dataclass(frozen=True, slots=True)
class Line:
    """Quantities of each item, and the number of seizures, in one office or direction."""

    name: str
    seizures: Cell
    quantities: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Southbound:
    """Seizures going south by office, and the sum of every direction beside each other."""

    offices: tuple[Line, ...]
    directions: tuple[Line, ...]
    items: tuple[str, ...]
    period: Period
    basis: Basis

    @property
    def south(self) -> Line:
        """All seizures going south."""
        found = [line for line in self.directions if line.name == SOUTH]
        return found[0] if found else Line(SOUTH, NOTHING, {})


Tally = dict[tuple[str, str], tuple[int, int]]


def read(grounds: Grounds) -> Southbound:
    """Count seizures at the border; only those recorded as outbound went south."""
    basis = grounds.basis(queries.border_sources())
    offices: Tally = {}
    directions: Tally = {}
    for direction, office, item, seizures, quantity in grounds.ask(queries.border_seizures()):
        if direction == SOUTH:
            _add(offices, (office, item), seizures, quantity)
        _add(directions, (direction, item), seizures, quantity)
    used = {item for _, item in directions}
    return Southbound(
        _lines(offices, grounds, basis),
        _lines(directions, grounds, basis),
        tuple(item for item in ITEMS if item in used),
        grounds.period(queries.border_period()),
        basis,
    )


def _add(tally: Tally, key: tuple[str, str], seizures: int, quantity: int) -> None:
    before = tally.get(key, (0, 0))
    tally[key] = (before[0] + int(seizures), before[1] + int(quantity))


def _lines(tally: Tally, grounds: Grounds, basis: Basis) -> tuple[Line, ...]:
    """Make lines; a quantity is shown only where the number of its seizures may be."""
    by_name = sums((name, seizures) for (name, _), (seizures, _) in tally.items())
    totals = grounds.counts(by_name, basis)
    counts: dict[Key, int] = {key: seizures for key, (seizures, _) in tally.items()}
    released = under(totals, grounds.crossed(counts, basis))
    return tuple(
        Line(
            name,
            totals[name],
            {
                item: Cell(None if released[at, item].withheld else quantity)
                for (at, item), (_, quantity) in tally.items()
                if at == name
            },
        )
        for name in totals
    )


def show(southbound: Southbound, words: Words) -> SectionView:
    """Put seizures in words and tables."""
    blocks: list[Block] = []
    if southbound.offices:
        blocks.append(
            _table(
                words("Seized going south, by office or sector"),
                words("Office or sector"),
                southbound.offices,
                southbound,
                words,
                bars=True,
            )
        )
    if southbound.directions:
        blocks.append(_beside(southbound, words))
    return SectionView(
        "southbound",
        words("Southbound seizures"),
        _title(southbound, words),
        words(
            "Firearms, ammunition and parts that United States officers seized on their way out of "
            "the country."
        ),
        _against(words) if southbound.directions else (),
        tuple(blocks),
        source_list(southbound.basis, words),
        newest_words(southbound.basis, words),
        empty=not southbound.directions,
    )


def _title(southbound: Southbound, words: Words) -> str:
    if not southbound.directions:
        return words("No border seizures were read")
    south = southbound.south
    if south.seizures.value == 0:
        return words("No seizure going south is recorded")
    if south.seizures.value is None:
        return words("Seizures going south; too few to publish")
    guns = [south.quantities.get(item, NOTHING) for item in ("handgun", "long_gun", "firearm")]
    rounds = south.quantities.get("ammunition", NOTHING)
    parts = []
    if all(not cell.withheld for cell in guns):
        count = sum(cell.value or 0 for cell in guns)
        parts.append(words.one_or_many("one firearm", "{n} firearms", count))
    if rounds.value is not None:
        parts.append(words.one_or_many("one round", "{n} rounds of ammunition", rounds.value))
    seizures = words.one_or_many("one seizure", "{n} seizures", south.seizures.value)
    if not parts:
        return words("{seizures} going south", seizures=seizures)
    return words(
        "{things} seized going south, in {seizures}", things=words.joined(parts), seizures=seizures
    )


def _against(words: Words) -> tuple[str, ...]:
    return (
        words(
            "What is seized is not what passes: a place with more seizures may have more traffic, "
            "more inspections, or both."
        ),
        words(
            "Only the direction recorded as outbound is southbound. Inbound seizures, and those "
            "whose direction is recorded as other, stand beside and are never added."
        ),
        words(
            "Guns, rounds, magazines and parts are counted in units of their own; no total over "
            "them means anything."
        ),
    )


def _table(
    caption: str,
    first: str,
    lines: tuple[Line, ...],
    southbound: Southbound,
    words: Words,
    *,
    bars: bool = False,
) -> TableView:
    labels = item_labels(words)
    most = {
        item: max((line.quantities.get(item, NOTHING).value or 0 for line in lines), default=0)
        for item in southbound.items
    }

    def shown(line: Line, item: str) -> Entry:
        cell = part(line.seizures, line.quantities.get(item))
        bar = count_bar(cell.value, most[item]) if bars and cell.value else None
        return entry(cell, words, bar)

    rows = tuple(
        (
            Entry(line.name or words("not recorded")),
            *(shown(line, item) for item in southbound.items),
            entry(line.seizures, words),
        )
        for line in lines
    )
    columns = (
        Column(first),
        *(Column(labels[item], number=True) for item in southbound.items),
        Column(words("Seizures"), number=True),
    )
    note = words("A row of the files is one seizure of one item.")
    if dated := southbound.period.show(words):
        note = f"{dated} {note}"
    return TableView(caption, columns, rows, note=note)


def _beside(southbound: Southbound, words: Words) -> TableView:
    names = {
        "outbound": words("Outbound (southbound)"),
        "inbound": words("Inbound (northbound)"),
        "other": words("Other"),
    }
    lines = tuple(
        Line(names.get(line.name, line.name), line.seizures, line.quantities)
        for line in sorted(southbound.directions, key=lambda line: line.name != SOUTH)
    )
    caption = words("The directions beside each other, never added")
    return _table(caption, words("Direction as recorded"), lines, southbound, words)


def item_labels(words: Words) -> dict[str, str]:
    """Name each item with its unit."""
    return {
        "handgun": words("Handguns"),
        "long_gun": words("Long guns"),
        "firearm": words("Firearms"),
        "ammunition": words("Rounds"),
        "magazine": words("Magazines"),
        "part": words("Parts"),
        "other_item": words("Other items"),
    }
