"""Queries as patterns: what each place of a query matches, and which queries are too vague."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver.errors import MistakeError
from ironriver.firearms.search import codes
from ironriver.firearms.search.arrays import Patterns
from ironriver.firearms.search.codes import LONGEST, Column
from ironriver.firearms.search.entries import Places
from ironriver.firearms.search.keys import SKELETON, SKELETON_WILD, WILD

Flags = npt.NDArray[np.bool_]

READABLE = 3
"""Readable characters that a query needs, and two more than the edits allowed."""
WILDCARDS = 8
"""Unreadable characters that a query may have."""
MOST_EDITS = 2
MOST_ENDS = 3
REMAINING = 4
"""Readable characters that must remain where an end is missing."""


def _masks() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64]]:
    alike = (1 << SKELETON.astype(np.uint64)) | np.uint64(1 << SKELETON_WILD)
    same = (np.uint64(1) << np.arange(WILD + 1, dtype=np.uint64)) | np.uint64(1 << WILD)
    alike[WILD] = same[WILD] = np.uint64(0xFFFF_FFFF_FFFF_FFFE)
    return (alike & np.uint64(0xFFFF_FFFF)).astype(np.uint32), same


_ALIKE, _SAME = _masks()


@dataclass(frozen=True, slots=True)
class Queries:
    """Queries read into codes; those of `vague` are too vague to search, and are made empty."""

    column: Column
    vague: Places

    def patterns(self, edits: int, ends: int) -> Iterator[Patterns]:
        """Give what to look for: all queries with their edits, then each way to miss an end."""
        yield _patterns(self.column, edits)
        for missing in range(1, ends + 1):
            yield _patterns(_stretched(self.column, 0, missing), 0)
            yield _patterns(_stretched(self.column, missing, 0), 0)
            yield _patterns(_stretched(self.column, 0, -missing), 0)
            yield _patterns(_stretched(self.column, -missing, 0), 0)


def read(serials: Sequence[str | None] | pa.Array, edits: int, *, refuse: bool) -> Queries:
    """Read queries; with `refuse`, one that is too vague is a mistake, else it finds nothing.

    Empty queries, and those longer than `codes.LONGEST`, find nothing and are no mistake.
    """
    column = codes.read(serials)
    lengths = np.diff(column.starts)
    total = np.concatenate([[0], np.cumsum(column.codes == WILD)])
    wild = total[column.starts[1:]] - total[column.starts[:-1]]
    least = max(READABLE, edits + 2)
    vague = np.flatnonzero(((lengths - wild < least) | (wild > WILDCARDS)) & (lengths > 0))
    if not len(vague):
        return Queries(column, vague)
    if refuse:
        first = int(vague[0])
        serial = serials[first]
        shown = serial.as_py() if isinstance(serial, pa.Scalar) else serial
        raise _too_vague(str(shown), int(lengths[first]), int(wild[first]), least)
    keep = np.ones(len(column), dtype=bool)
    keep[vague] = False
    kept = Column(_starts(np.where(keep, lengths, 0)), column.codes[np.repeat(keep, lengths)])
    return Queries(kept, vague)


def _too_vague(serial: str, length: int, wild: int, least: int) -> MistakeError:
    if length - wild < least:
        return MistakeError(
            "Serial {serial} has {readable} readable characters; a search needs at least {least}",
            serial=repr(serial),
            readable=length - wild,
            least=least,
        )
    return MistakeError(
        "Serial {serial} has {wildcards} unreadable characters; a search takes at most {most}. "
        "Give the readable part only",
        serial=repr(serial),
        wildcards=wild,
        most=WILDCARDS,
    )


def _starts(lengths: Places) -> Places:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _patterns(column: Column, edits: int) -> Patterns:
    return Patterns(
        column.starts,
        _ALIKE[column.codes],
        _SAME[column.codes],
        np.full(len(column), edits, dtype=np.uint8),
    )


def _stretched(column: Column, lead: int, trail: int) -> Column:
    """Give queries with so many unreadable characters more at an end, or (below 0) fewer.

    Where fewer than `REMAINING` readable characters would be compared, the query is made empty.
    """
    lengths = np.diff(column.starts)
    total = np.concatenate([[0], np.cumsum(column.codes != WILD)])
    begin = np.minimum(column.starts[:-1] - min(lead, 0), column.starts[1:])
    past = np.maximum(column.starts[1:] + min(trail, 0), begin)
    keep = total[past] - total[begin] >= REMAINING
    length = np.where(keep, past - begin + max(lead, 0) + max(trail, 0), 0)
    length = np.where((length <= LONGEST) & (lengths > 0), length, 0)
    starts = _starts(length)
    made = np.full(starts[-1], WILD, dtype=np.uint8)
    spot = np.arange(starts[-1]) - np.repeat(starts[:-1], length) - max(lead, 0)
    inside = (spot >= 0) & (spot < np.repeat(past - begin, length))
    made[inside] = column.codes[(spot + np.repeat(begin, length))[inside]]
    return Column(starts, made)
