"""Counts that may be shown: every aggregate goes through the release gate before it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ironriver.tables import Handling

Key = tuple[str, ...]

FREE = frozenset({Handling.PUBLIC, Handling.SYNTHETIC})

_STRICTNESS = (
    Handling.SYNTHETIC,
    Handling.PUBLIC,
    Handling.PERSONAL,
    Handling.LAW_ENFORCEMENT,
    Handling.TRACE_RESTRICTED,
)


class CellGate(Protocol):
    """Decide which counts of a table may be shown.

    Keys have one part for each dimension of the table; its totals and margins will be shown too, so
    the gate withholds as many more cells as it takes to keep a small one from being computed.
    """

    def __call__(self, counts: Mapping[Key, int], handling: Handling) -> Mapping[Key, int | None]:
        """Give each count back, or None where it is withheld."""
        ...

    def may_name(self, handling: Handling) -> bool:
        """Tell whether the name of a file may be shown."""
        ...


@dataclass(frozen=True, slots=True)
class Cell:
    """A count as it may be shown: None where the release gate withholds it."""

    value: int | None

    @property
    def withheld(self) -> bool:
        """Whether the release gate withholds it."""
        return self.value is None


NOTHING = Cell(0)


def strictest(labels: Iterable[str]) -> Handling:
    """Give the strictest of some handling labels; an unknown one counts as the strictest of all.

    >>> strictest(["SYNTHETIC", "PERSONAL", "PUBLIC"]).value
    'PERSONAL'
    >>> strictest(["SECRET"]).value
    'TRACE_RESTRICTED'
    """
    ranks = [
        _STRICTNESS.index(Handling(label))
        if label in Handling.__members__
        else len(_STRICTNESS) - 1
        for label in labels
    ]
    return _STRICTNESS[max(ranks, default=0)]


def publish(counts: Mapping[Key, int], handling: Handling, gate: CellGate) -> dict[Key, Cell]:
    """Pass a table of counts through the gate; public and synthetic counts need none.

    Withheld cells come last, by name: their place in a ranking would give their size away.
    """
    if handling in FREE or not counts:
        return {key: Cell(count) for key, count in counts.items()}
    released = gate(counts, handling)
    cells = {key: Cell(released.get(key)) for key in counts}
    shown = {key: cell for key, cell in cells.items() if not cell.withheld}
    return shown | {key: cells[key] for key in sorted(cells.keys() - shown.keys())}


def publish_list(counts: Mapping[str, int], handling: Handling, gate: CellGate) -> dict[str, Cell]:
    """Pass a list of counts, whose total will be shown, through the gate."""
    cells = publish({(name,): count for name, count in counts.items()}, handling, gate)
    return {name: cell for (name,), cell in cells.items()}


def under(totals: Mapping[str, Cell], cells: Mapping[Key, Cell]) -> dict[Key, Cell]:
    """Withhold the cells of each line whose total is withheld: they would add up to it."""
    return {key: Cell(None) if totals[key[0]].withheld else cell for key, cell in cells.items()}


def part(total: Cell, cell: Cell | None) -> Cell:
    """Give a cell of a line: none where it does not occur, withheld where the line's total is."""
    if total.withheld:
        return Cell(None)
    return NOTHING if cell is None else cell


def known(cells: Iterable[Cell]) -> int:
    """Add up the counts that are shown."""
    return sum(cell.value or 0 for cell in cells)
