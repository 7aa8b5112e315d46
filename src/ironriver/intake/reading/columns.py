"""Hand rows that need no care to Arrow's CSV reader, after proving that it cannot misread them.

A line is safe when it has no NUL and no carriage return within, and its quotes are either all in
the middle of cells (text, to Arrow as to us) or all pair up as RFC 4180 wants: an opening quote
at the start of a cell, a closing one at its end, or the two halves of a doubled quote.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyarrow import csv

from ironriver.intake.reading.feed import Places
from ironriver.intake.reading.lines import Lines, Marks

_MARK = b"\xef\xbb\xbf"  # Arrow drops it at the start of what it is given
_BLOCK = 1 << 20


def column_keys(width: int) -> list[str]:
    """Give names for `width` columns that are surely distinct."""
    return [str(place) for place in range(width)]


def read_safe_lines(lines: Lines, delimiter: str, width: int) -> tuple[Marks, pa.Table]:
    """Read all lines that surely are rows of `width` cells; mark them and give their cells."""
    safe = ~(lines.blank | lines.too_long | lines.nul)
    if lines.encoding:
        safe[list(lines.encoding)] = False
    if b"\r" in lines.block:
        safe &= ~_inner_returns(lines)
    paired = np.empty(0, np.int64)
    if b'"' in lines.block:
        unsafe, paired = _judge_quotes(lines, delimiter)
        safe &= ~unsafe
    if _MARK[:1] in lines.block:
        for line in np.flatnonzero(lines.data[lines.starts] == _MARK[0]).tolist():
            safe[line] &= not lines.block.startswith(_MARK, lines.starts[line])
    try:
        return safe, _parse(lines, safe, delimiter, width)
    except pa.ArrowInvalid:
        # Only a wrong number of cells can be amiss: count them, and leave those lines out.
        safe &= _delimiters(lines, paired, delimiter) == width - 1
        return safe, _parse(lines, safe, delimiter, width)


def text_table(rows: Sequence[Sequence[str | None]], width: int) -> pa.Table:
    """Give rows of exactly `width` cells as a table; an empty cell is null."""
    columns = zip(*rows, strict=True) if rows else [()] * width
    arrays = [pa.array([cell or None for cell in column], pa.string()) for column in columns]
    return pa.table(arrays, names=column_keys(width))


def _inner_returns(lines: Lines) -> Marks:
    """Mark lines with a carriage return that does not belong to the line end."""
    places = np.flatnonzero(lines.data == 13)
    at = lines.line_of(places)
    marks = np.zeros(len(lines), np.bool_)
    marks[at[places < lines.ends[at]]] = True
    return marks


def _judge_quotes(lines: Lines, delimiter: str) -> tuple[Marks, Places]:
    """Mark lines whose quotes are not surely harmless; give the quotes that surely pair up."""
    places = np.flatnonzero(lines.data == 34).astype(np.int64, copy=False)
    firsts = np.searchsorted(places, np.append(lines.starts, len(lines.block)))
    counts = np.diff(firsts)
    at = np.repeat(np.arange(len(lines)), counts)
    opening = (np.arange(len(places)) - np.repeat(firsts[:-1], counts)) % 2 == 0
    before = lines.data[places - 1]
    after = lines.data[np.minimum(places + 1, len(lines.data) - 1)]
    begins = (places == lines.starts[at]) | (before == ord(delimiter))
    finishes = (places + 1 == lines.ends[at]) | (after == ord(delimiter))
    fits = np.where(opening, begins | (before == 34), finishes | (after == 34))
    size = len(lines)
    pairs = (np.bincount(at[~fits], minlength=size) == 0) & (counts % 2 == 0)
    inside = np.bincount(at[begins], minlength=size) == 0
    return ~(pairs | inside), places[(pairs & ~inside)[at]]


def _delimiters(lines: Lines, paired: Places, delimiter: str) -> Places:
    """Count the delimiters between cells in each line; of no meaning in unsafe lines."""
    places = np.flatnonzero(lines.data == ord(delimiter))
    if len(paired):
        places = places[np.searchsorted(paired, places) % 2 == 0]
    return np.diff(np.searchsorted(places, np.append(lines.starts, len(lines.block))))


def _parse(lines: Lines, safe: Marks, delimiter: str, width: int) -> pa.Table:
    """Let Arrow split the safe lines; ArrowInvalid where one has another number of cells."""
    keys = column_keys(width)
    expected = int(np.count_nonzero(safe))
    if not expected:
        return text_table([], width)
    longest = int((lines.ends - lines.starts)[safe].max())
    quoted = b'"' in lines.block
    table = csv.read_csv(
        pa.BufferReader(_joined(lines, safe)),
        read_options=csv.ReadOptions(column_names=keys, block_size=max(_BLOCK, longest + 16)),
        parse_options=csv.ParseOptions(
            delimiter=delimiter, quote_char='"' if quoted else False, double_quote=quoted
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(keys, pa.string()),
            check_utf8=False,  # done for the whole file, or line by line
            strings_can_be_null=True,
            null_values=[""],
        ),
    )
    if table.num_rows != expected:
        raise pa.ArrowInvalid(f"{table.num_rows} rows where {expected} lines were given")
    return table


def _joined(lines: Lines, safe: Marks) -> bytes | memoryview:
    """Give the safe lines as one run of bytes, without copying where all are safe."""
    if safe.all():
        return lines.block
    edges = np.flatnonzero(np.diff(np.concatenate(([False], safe, [False]))))
    bounds = np.append(lines.starts, len(lines.block))[edges].tolist()
    view = memoryview(lines.block)
    return b"".join(view[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
