"""Section 4: firearms seized in Mexico by state, class, and what can be read of the serial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ironriver.reports.findings import queries
from ironriver.reports.findings.cells import NOTHING, Cell, Key, known, part, under
from ironriver.reports.findings.grounds import Basis, Grounds, Period, newest_words, source_list
from ironriver.reports.findings.maps import Picture, draw, legend
from ironriver.reports.findings.places import Atlas
from ironriver.reports.findings.plots import count_bar
from ironriver.reports.findings.projection import MEXICO
from ironriver.reports.findings.queries import Row
from ironriver.reports.findings.view import (
    Block,
    Column,
    Entry,
    FigureView,
    SectionView,
    TableView,
    entry,
)
from ironriver.reports.findings.words import Words
from ironriver.tables import SerialStatus

CLASSES = ("handgun", "long_gun", "other")


@dataclass(frozen=True, slots=True)
class Recoveries:
    """Firearms seized in Mexico: by state, by state and class, and by status of the serial."""

    states: Mapping[str, Cell]
    classes: Mapping[Key, Cell]
    serials: Mapping[str, Cell]
    elsewhere: Cell
    unplaced: Cell
    period: Period
    basis: Basis

    @property
    def firearms(self) -> Cell:
        """All firearms seized, as far as they may be shown."""
        return Cell(known(self.states.values()))

    @property
    def readable(self) -> float | None:
        """The share whose serial could be read, where every part of it may be shown."""
        if not self.serials or any(cell.withheld for cell in self.serials.values()):
            return None
        return (self.serials.get(SerialStatus.READ, NOTHING).value or 0) / known(
            self.serials.values()
        )


def read(grounds: Grounds) -> Recoveries:
    """Count recoveries in Mexico; the gate judges rows, and what passes is shown in firearms."""
    basis = grounds.basis(queries.recovery_sources())
    rows = grounds.ask(queries.recoveries())
    elsewhere, unplaced = grounds.ask(queries.recoveries_elsewhere())[0]
    beside = grounds.counts({"elsewhere": elsewhere, "unplaced": unplaced}, grounds.whole())
    by_state = _firearms([((row[0],), row) for row in rows], grounds, basis)
    by_class = _firearms([((row[0], row[1]), row) for row in rows], grounds, basis)
    by_serial = _firearms([((row[2],), row) for row in rows], grounds, basis)
    states = {state: cell for (state,), cell in by_state.items()}
    return Recoveries(
        states,
        under(states, by_class),
        {status: cell for (status,), cell in by_serial.items()},
        beside["elsewhere"],
        beside["unplaced"],
        grounds.period(queries.recovery_period()),
        basis,
    )


def _firearms(keyed: list[tuple[Key, Row]], grounds: Grounds, basis: Basis) -> dict[Key, Cell]:
    """Add up firearms by key, largest first, and show those whose rows pass the gate."""
    rows: dict[Key, int] = {}
    guns: dict[Key, int] = {}
    for key, row in keyed:
        rows[key] = rows.get(key, 0) + int(row[3])
        guns[key] = guns.get(key, 0) + int(row[4])
    ranked = {key: rows[key] for key in sorted(guns, key=lambda key: (-guns[key], key))}
    return {
        key: Cell(None if cell.withheld else guns[key])
        for key, cell in grounds.crossed(ranked, basis).items()
    }


def show(recoveries: Recoveries, atlas: Atlas, words: Words) -> SectionView:
    """Put recoveries in words, a map and tables."""
    blocks: tuple[Block, ...] = ()
    if recoveries.states:
        blocks = (
            _map(recoveries, atlas, words),
            _states_table(recoveries, atlas, words),
            _serials_table(recoveries, words),
        )
    return SectionView(
        "recoveries",
        words("Seizures in Mexico"),
        _title(recoveries, atlas, words),
        words(
            "Firearms that Mexican authorities seized, found or were handed, by the state where "
            "that happened."
        ),
        _against(recoveries, words) if recoveries.states else (),
        blocks,
        source_list(recoveries.basis, words),
        newest_words(recoveries.basis, words),
        empty=not recoveries.states,
    )


def _title(recoveries: Recoveries, atlas: Atlas, words: Words) -> str:
    if not recoveries.states:
        return words("No seizure list from Mexico was read")
    shown = {code: cell.value for code, cell in recoveries.states.items() if code and cell.value}
    if not shown:
        return words("Firearms seized in Mexico; too few in any state to publish")
    top = max(shown, key=lambda code: shown[code] or 0)
    name, most = atlas.name(top, words), shown[top]
    count = words("{n} firearms seized in Mexico", n=recoveries.firearms.value)
    place = words("{place} leads with {most}", place=name, most=most)
    if any(cell.withheld for cell in recoveries.states.values()):
        count = words("At least {n} firearms seized in Mexico", n=recoveries.firearms.value)
        place = words("the largest count shown is that of {place}, {most}", place=name, most=most)
    if recoveries.readable is None:
        return f"{count}; {place}"
    serial = words("{share} have a readable serial", share=words.share(recoveries.readable))
    return f"{count}; {place}; {serial}"


def _against(recoveries: Recoveries, words: Words) -> tuple[str, ...]:
    against = [
        words(
            "The lists show where authorities seized and recorded, not where firearms are. A state "
            "whose lists were not read is blank on the map."
        ),
        words(
            "Two authorities may list the same firearm. Rows are counted here as they stand; none "
            "has been merged with another."
        ),
        words("A serial that can be read is not yet a serial that can be traced."),
    ]
    if recoveries.unplaced.withheld or recoveries.unplaced.value:
        against.append(
            words(
                "Recoveries of no known country: {n}. They are not counted here.",
                n=words.cell(recoveries.unplaced),
            )
        )
    return tuple(against)


def _map(recoveries: Recoveries, atlas: Atlas, words: Words) -> FigureView:
    picture = Picture(
        "recoveries-map",
        MEXICO,
        "mx",
        {code: cell for code, cell in recoveries.states.items() if code},
        {},
        words("Map of firearms seized in Mexico by state; the table below has its numbers"),
        words("Firearms seized in the state"),
        "MX",
    )
    return FigureView(
        draw(atlas.border, picture, words),
        legend(picture, words),
        words("Firearms seized, by state of seizure."),
    )


def _states_table(recoveries: Recoveries, atlas: Atlas, words: Words) -> TableView:
    labels = {
        "handgun": words("Handguns"),
        "long_gun": words("Long guns"),
        "other": words("Other or not stated"),
    }
    most = max((cell.value or 0 for cell in recoveries.states.values()), default=0)
    rows = tuple(
        (
            Entry(atlas.name(code, words)),
            entry(cell, words, count_bar(cell.value or 0, most, "mx")),
            *(entry(part(cell, recoveries.classes.get((code, kind))), words) for kind in CLASSES),
        )
        for code, cell in recoveries.states.items()
    )
    columns = (
        Column(words("State")),
        Column(words("Firearms"), number=True),
        *(Column(labels[kind], number=True) for kind in CLASSES),
    )
    caption = words("Firearms seized in Mexico by state and class")
    return TableView(caption, columns, rows, note=recoveries.period.show(words), long=True)


def _serials_table(recoveries: Recoveries, words: Words) -> TableView:
    labels = {
        SerialStatus.READ: words("Read: can identify the firearm"),
        SerialStatus.PARTIAL: words("Partly read"),
        SerialStatus.OBLITERATED: words("Obliterated"),
        SerialStatus.ILLEGIBLE: words("Illegible"),
        SerialStatus.ABSENT: words("Absent or not recorded"),
    }
    whole = known(recoveries.serials.values())
    rows = []
    for status, label in labels.items():
        cell = recoveries.serials.get(status, NOTHING)
        exact = recoveries.readable is not None and cell.value is not None
        share = words.share(cell.value / whole) if exact and cell.value is not None else ""
        rows.append(
            (
                Entry(label),
                entry(cell, words, count_bar(cell.value or 0, whole, "mx")),
                Entry(share),
            )
        )
    columns = (
        Column(words("Serial number")),
        Column(words("Firearms"), number=True),
        Column(words("Share"), number=True),
    )
    caption = words("What could be read of the serial number")
    return TableView(caption, columns, tuple(rows))
