"""Section 2: licensees by state and county, with a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ironriver.reports.findings import queries
from ironriver.reports.findings.cells import Cell, Key, known, part, under
from ironriver.reports.findings.grounds import (
    Basis,
    Grounds,
    newest_words,
    source_list,
    sums,
)
from ironriver.reports.findings.maps import Picture, draw, legend
from ironriver.reports.findings.places import Atlas
from ironriver.reports.findings.plots import count_bar
from ironriver.reports.findings.projection import BOTH
from ironriver.reports.findings.view import (
    Block,
    Column,
    Entry,
    FigureView,
    Note,
    SectionView,
    TableView,
    entry,
)
from ironriver.reports.findings.words import Words

# The licence types of 27 CFR 478.42, as what a reader needs to tell apart.
CLASSES = ("dealer", "maker", "collector", "importer")
_CLASS_OF = {
    **dict.fromkeys(("01", "02", "09"), "dealer"),
    **dict.fromkeys(("06", "07", "10"), "maker"),
    "03": "collector",
    **dict.fromkeys(("08", "11"), "importer"),
}
BORDER = ("US-06", "US-04", "US-35", "US-48")


@dataclass(frozen=True, slots=True)
class Licensees:
    """Licensees counted once each, by state, class of licence and county."""

    states: Mapping[str, Cell]
    classes: Mapping[Key, Cell]
    counties: Mapping[str, int]
    lists: tuple[tuple[str, int], ...]
    total: int
    basis: Basis

    @property
    def missing_border_states(self) -> tuple[str, ...]:
        """The states on the border of which these lists hold no licensee."""
        return tuple(code for code in BORDER if code not in self.states)


def read(grounds: Grounds) -> Licensees:
    """Count licensees; county dots are drawn only where every list is public or synthetic."""
    basis = grounds.basis(queries.table_sources("licences"))
    rows = grounds.ask(queries.licensees())
    by_state = sums((state, count) for state, _, _, count in rows)
    by_class: dict[Key, int] = {}
    for state, _, licence_type, count in rows:
        key = (state, _CLASS_OF.get(licence_type.zfill(2), "importer"))
        by_class[key] = by_class.get(key, 0) + count
    states = grounds.counts(by_state, basis)
    return Licensees(
        states,
        under(states, grounds.crossed(by_class, basis)),
        sums((county, count) for _, county, _, count in rows if county) if basis.free else {},
        tuple((month, count) for month, count in grounds.ask(queries.licence_lists()))
        if basis.free
        else (),
        sum(by_state.values()),
        basis,
    )


def show(licensees: Licensees, atlas: Atlas, words: Words) -> SectionView:
    """Put the licensees in words, a map and a table."""
    blocks: tuple[Block, ...] = ()
    if licensees.total:
        blocks = (_map(licensees, atlas, words), _table(licensees, atlas, words))
        if licensees.lists:
            blocks = (*blocks, _lists(licensees, words))
    return SectionView(
        "licensees",
        words("Licensees"),
        _title(licensees, atlas, words),
        words(
            "Federal firearms licensees in the United States, each counted once, in the state "
            "where the latest list that names it has its premises."
        ),
        _against(licensees, atlas, words) if licensees.total else (),
        blocks,
        source_list(licensees.basis, words),
        newest_words(licensees.basis, words),
        empty=not licensees.total,
    )


def _title(licensees: Licensees, atlas: Atlas, words: Words) -> str:
    if not licensees.total:
        return words("No licensee list was read")
    shown = {code: cell.value for code, cell in licensees.states.items() if code and cell.value}
    states = words.one_or_many(
        "one state or territory", "{n} states and territories", len(licensees.states.keys() - {""})
    )
    if not shown:
        return words("Licensees in {states}; too few to publish", states=states)
    top = max(shown, key=lambda code: shown[code] or 0)
    whole = not any(cell.withheld for cell in licensees.states.values())
    return words(
        "{n} licensees in {states}; {place} has the most, {most}"
        if whole
        else "At least {n} licensees in {states}; the largest count shown is {place}, {most}",
        n=known(licensees.states.values()),
        states=states,
        place=atlas.name(top, words),
        most=shown[top],
    )


def _against(licensees: Licensees, atlas: Atlas, words: Words) -> tuple[str, ...]:
    against = [
        words(
            "The map shows where firearms may lawfully be sold. Being on it says nothing against a "
            "licensee."
        ),
        words(
            "These are counts, not rates: a populous state has more licensees. They say nothing of "
            "how many firearms each one sells."
        ),
    ]
    if missing := licensees.missing_border_states:
        names = words.joined([atlas.name(code, words) for code in missing])
        against.insert(
            0,
            words(
                "The lists that were read name no licensee in {places}, on the border with Mexico: "
                "the files do not cover them. Their blank areas are not an absence of dealers.",
                places=names,
            ),
        )
    return tuple(against)


def _map(licensees: Licensees, atlas: Atlas, words: Words) -> FigureView:
    picture = Picture(
        "licensees-map",
        BOTH,
        "us",
        licensees.states,
        licensees.counties,
        words("Map of licensees by state, with counties as dots; the table below has its numbers"),
        words("Licensees in the state"),
        "US",
    )
    caption = words("Licensees by state (shade).")
    if licensees.counties:
        caption = words(
            "Licensees by state (shade) and county (dots, area as the count; {n} counties).",
            n=len(licensees.counties),
        )
    off = words("Alaska, Hawaii and the islands are in the table only.")
    return FigureView(
        draw(atlas.border, picture, words), legend(picture, words), f"{caption} {off}"
    )


def _table(licensees: Licensees, atlas: Atlas, words: Words) -> TableView:
    labels = {
        "dealer": words("Dealers and pawnbrokers"),
        "maker": words("Manufacturers"),
        "collector": words("Collectors"),
        "importer": words("Importers and others"),
    }
    kinds = [kind for kind in CLASSES if any(key[1] == kind for key in licensees.classes)]
    most = max((cell.value or 0 for cell in licensees.states.values()), default=0)
    rows = tuple(
        (
            Entry(atlas.name(code, words)),
            entry(cell, words, count_bar(cell.value or 0, most)),
            *(entry(part(cell, licensees.classes.get((code, kind))), words) for kind in kinds),
        )
        for code, cell in licensees.states.items()
    )
    columns = (
        Column(words("State")),
        Column(words("Licensees"), number=True),
        *(Column(labels[kind], number=True) for kind in kinds),
    )
    return TableView(words("Licensees by state and kind of licence"), columns, rows, long=True)


def _lists(licensees: Licensees, words: Words) -> Note:
    lists = [
        words("{month} ({n} lines)", month=month or words("undated"), n=count)
        for month, count in licensees.lists
    ]
    text = words(
        "Lists read: {lists}. A licensee that stands on several lists is counted once.",
        lists=words.joined(lists),
    )
    return Note(text)
