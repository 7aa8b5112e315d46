"""Columns of serials as codes, read in bulk; what bulk reading does not know is read one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver.firearms.channel import ALPHABET
from ironriver.firearms.compiled import compiled
from ironriver.firearms.search.keys import WILD, WILDCARD, plain

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

_HALF = re.compile("[\ud800-\udfff]")
DROPPED, ODD = 254, 255
LONGEST = 1000
"""Characters of a comparison form at most; nothing longer is a serial, and none is found."""


def _table() -> Bytes:
    table = np.full(256, ODD, dtype=np.uint8)
    for code, mark in enumerate(ALPHABET, 1):
        table[ord(mark)] = table[ord(mark.lower())] = code
    table[ord("?")] = WILD
    table[[ord(mark) for mark in " -/"]] = DROPPED
    return table


_CODES = _table()
_PLAIN_CODES = bytes.maketrans((ALPHABET + "?").encode(), bytes(range(1, WILD + 1)))


@dataclass(frozen=True, slots=True)
class Column:
    """Comparison forms as codes: serial i is ``codes[starts[i]:starts[i + 1]]``, empty if none."""

    starts: Places
    codes: Bytes

    def __len__(self) -> int:
        return len(self.starts) - 1


def read(serials: Sequence[str | None] | pa.Array | pa.ChunkedArray) -> Column:
    """Give the codes of the comparison forms of a column of serials.

    >>> read(["A-1?", None]).codes.tolist()
    [11, 2, 37]
    """
    serials = texts(serials)
    offsets, data = _buffers(serials)
    starts, codes, odd = _encode(offsets, data, _CODES)
    return Column(starts, codes) if not len(odd) else _with_odd(starts, codes, odd, serials)


def texts(serials: Sequence[str | None] | pa.Array | pa.ChunkedArray) -> pa.Array:
    """Give a column of serials as one array of large strings."""
    if isinstance(serials, pa.ChunkedArray):
        serials = serials.combine_chunks()
    if not isinstance(serials, pa.Array):
        return _column(serials)
    if isinstance(serials, pa.DictionaryArray):
        serials = serials.dictionary_decode()
    return serials if serials.type == pa.large_string() else serials.cast(pa.large_string())


def _column(serials: Sequence[str | None]) -> pa.Array:
    try:
        return pa.array(serials, pa.large_string())
    except UnicodeEncodeError:  # half a surrogate pair, as unreadable as any other odd mark
        clean = [text and _HALF.sub(WILDCARD, text) for text in serials]
        return pa.array(clean, pa.large_string())


def _buffers(serials: pa.Array) -> tuple[Places, Bytes]:
    """Give offsets and bytes of a column; what stands under a null is made empty."""
    if serials.null_count:
        serials = serials.fill_null("")
    _, offsets, data = serials.buffers()
    first = serials.offset
    places = np.frombuffer(offsets, dtype=np.int64)[first : first + len(serials) + 1]
    if not len(places):
        places = np.zeros(1, dtype=np.int64)
    return places, np.frombuffer(data, dtype=np.uint8) if data else np.zeros(0, dtype=np.uint8)


@compiled
def _encode(offsets: Places, data: Bytes, table: Bytes) -> tuple[Places, Bytes, Places]:
    """Give starts, codes, and the places of serials that hold a byte the table does not know."""
    count = len(offsets) - 1
    starts = np.empty(count + 1, dtype=np.int64)
    codes = np.empty(offsets[count] - offsets[0], dtype=np.uint8)
    odd = np.empty(count, dtype=np.int64)
    end = 0
    strange = 0
    starts[0] = 0
    for serial in range(count):
        begun = end
        for place in range(offsets[serial], offsets[serial + 1]):
            code = table[data[place]]
            if code == ODD:
                odd[strange] = serial
                strange += 1
                end = begun
                break
            if code != DROPPED:
                codes[end] = code
                end += 1
        if end - begun > LONGEST:
            end = begun
        starts[serial + 1] = end
    return starts, codes[:end].copy(), odd[:strange].copy()


def _with_odd(starts: Places, codes: Bytes, odd: Places, serials: pa.Array) -> Column:
    """Put the serials that were read one by one in their places."""
    texts = [plain(text) for text in serials.take(pa.array(odd)).to_pylist()]
    found = [(text if len(text) <= LONGEST else "").encode() for text in texts]
    lengths = np.diff(starts)
    lengths[odd] = [len(text) for text in found]
    ends = np.zeros(len(starts), dtype=np.int64)
    np.cumsum(lengths, out=ends[1:])
    whole = np.empty(ends[-1], dtype=np.uint8)
    strange = np.zeros(len(lengths), dtype=bool)
    strange[odd] = True
    mine = np.repeat(strange, lengths)
    whole[~mine] = codes
    whole[mine] = np.frombuffer(b"".join(found).translate(_PLAIN_CODES), dtype=np.uint8)
    return Column(ends, whole)
