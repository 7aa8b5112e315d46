"""Turn the lines of a block into rows: at once where that is safe, with care where it is not.

The rules, in this order. A line too long, with a NUL, or not in the file's encoding is a bad row
by itself. A line that splits strictly into the expected number of cells is a row. A line with a
quoted cell still open may take in the lines below it, if the whole then splits into the expected
number of cells and no good row, of one line or of several, begins among the lines taken in. All
else is a bad row of one line, so that a stray quote swallows no neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ironriver.intake.reading.columns import read_safe_lines, text_table
from ironriver.intake.reading.feed import Places
from ironriver.intake.reading.lines import Lines, Marks
from ironriver.intake.reading.reasons import Reason, Reasons
from ironriver.intake.reading.splitting import Splitter, State, fit, split_line

Taken = tuple[list[str], int]
"""Cells of a row, and the last line that it takes."""
LOOK_AHEAD = 200
"""A quoted cell spans at most this many further lines."""
CUT = 2_000
"""Characters that are kept of a row too long to read."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How rows are told: delimiter, number of cells, and limits."""

    delimiter: str
    names: tuple[str, ...]
    max_row_bytes: int
    lone_returns: bool = False

    @property
    def width(self) -> int:
        """Cells that a row must have."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a block held, in order."""

    starts: Places
    """Working places where rows begin."""
    good: Marks
    """Which of them are good; the others are bad."""
    cells: pa.Table
    """One line for each good row."""
    bad: list[tuple[Reason, str]]
    """Reason and text of each bad row."""
    used: int
    """Working bytes that are done with; the rest must be seen again, with more to come."""


class _Waiting(Exception):  # noqa: N818
    """The lines that decide are not here yet."""


@dataclass(slots=True)
class _Care:
    """Reads the lines that are not safe, one by one."""

    lines: Lines
    grid: Grid
    reasons: Reasons
    safe: Marks
    after: int | None
    """Bytes waiting below the block; None where nothing follows."""
    _candidates: dict[int, Taken | None] = field(default_factory=dict)

    def read(self, line: int) -> tuple[list[str] | Reason, int]:
        """Give the cells, or the reason against them, and the row's last line."""
        fault = damage(self.lines, line, self.reasons)
        if fault:
            return fault, line
        cells, state = split_line(self.lines.text(line), self.grid.delimiter)
        if state is State.WHOLE:
            return fit(cells, self.grid.width) or self.reasons.ragged(cells), line
        if state is State.OPEN:
            found = self._take_in(line)
            if found:
                return found
        return self.reasons.stray_quote(), line

    def _take_in(self, first: int) -> Taken | None:
        """Let the open cell run over the lines below, if no good row is lost by it."""
        taken = self._candidate(first)
        if taken and any(self._candidate(line) for line in range(first + 1, taken[1] + 1)):
            return None
        return taken

    def _candidate(self, first: int) -> Taken | None:
        """Give the row that opens on a line if it fits and takes in no good row of one line."""
        if first not in self._candidates:
            self._candidates[first] = self._run_on(first)
        return self._candidates[first]

    def _run_on(self, first: int) -> Taken | None:
        lines, grid = self.lines, self.grid
        splitter = Splitter(grid.delimiter)
        state = splitter.feed(lines.text(first))
        begin, line = int(lines.starts[first]), first
        while state is State.OPEN:
            line += 1
            if line > first + LOOK_AHEAD:
                return None
            if line == len(lines):
                self._wait_or_stop(begin)
                return None
            if int(lines.ends[line]) - begin > grid.max_row_bytes or self._stands_alone(line):
                return None
            state = splitter.feed(
                lines.block[lines.ends[line - 1] : lines.ends[line]].decode("utf-8")
            )
        cells = fit(splitter.cells, grid.width) if state is State.WHOLE else None
        if cells is None or line == first:
            return None
        if grid.lone_returns:
            cells = [cell.replace("\n", "\r") for cell in cells]
        return cells, line

    def _wait_or_stop(self, begin: int) -> None:
        """Ask for more, if a row that begins at `begin` could still end within its limit."""
        room = self.grid.max_row_bytes - (len(self.lines.block) - begin)
        if self.after is not None and self.after <= room + 1:  # a return may not count
            raise _Waiting

    def _stands_alone(self, line: int) -> bool:
        """Say whether a line must not be taken in: it is a good row, or damaged."""
        if self.safe[line] or damage(self.lines, line, self.reasons):
            return True
        if self.lines.blank[line]:
            return False
        cells, state = split_line(self.lines.text(line), self.grid.delimiter)
        return state is State.WHOLE and fit(cells, self.grid.width) is not None


def read_rows(lines: Lines, grid: Grid, reasons: Reasons, after: int | None) -> Rows:
    """Read a block; `after` bytes wait below it, None where the text ends with it."""
    safe, cells = read_safe_lines(lines, grid.delimiter, grid.width)
    care = _Care(lines, grid, reasons, safe, after)
    is_row = ~lines.blank
    mended: dict[int, list[str]] = {}
    bad: list[tuple[Reason, str]] = []
    done, stop = -1, len(lines)
    for line in np.flatnonzero(is_row & ~safe).tolist():
        if line <= done:
            continue
        try:
            result, done = care.read(line)
        except _Waiting:
            stop = line
            break
        is_row[line + 1 : done + 1] = False
        if isinstance(result, Reason):
            bad.append((result, row_text(lines, line)))
        else:
            mended[line] = result
    rows = np.flatnonzero(is_row[:stop])
    good = safe.copy()
    good[list(mended)] = True
    return Rows(
        starts=lines.starts[rows],
        good=good[rows],
        cells=_merge(cells, np.flatnonzero(safe[:stop]), mended, grid.width),
        bad=bad,
        used=len(lines.block) if stop == len(lines) else int(lines.starts[stop]),
    )


def damage(lines: Lines, line: int, reasons: Reasons) -> Reason | None:
    """Give the reason why a line cannot be a row, whatever its text; None where there is none."""
    begin = int(lines.starts[line])
    if lines.too_long[line]:
        return reasons.too_long(int(lines.ends[line]) - begin)
    if lines.nul[line]:
        return reasons.nul(lines.received(line, lines.block.index(b"\0", begin)))
    if line in lines.encoding:
        return reasons.encoding(lines.received(line, lines.encoding[line]))
    return None


def row_text(lines: Lines, line: int) -> str:
    """Give a bad row as received, or its beginning."""
    if lines.too_long[line]:
        return cut_text(lines.block[lines.starts[line] : lines.starts[line] + 8 * CUT])
    return lines.text(line)


def cut_text(begin: bytes) -> str:
    """Give the first characters of a row too long to read, with a note that it goes on."""
    return begin.decode("utf-8", "backslashreplace")[:CUT] + " […]"


def _merge(cells: pa.Table, places: Places, mended: dict[int, list[str]], width: int) -> pa.Table:
    """Put rows read with care between those read at once, in the order of their lines."""
    cells = cells.slice(0, len(places))
    if not mended:
        return cells
    both = pa.concat_tables([cells, text_table(list(mended.values()), width)])
    order = np.argsort(np.concatenate((places, np.fromiter(mended, np.int64))), kind="stable")
    return both.combine_chunks().take(order)
