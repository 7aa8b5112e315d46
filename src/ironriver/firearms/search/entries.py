"""Entries of the index: the plain form of a serial in 64 bits, and how it is read again.

Up to 12 characters are digits of a number to base 38, none of them zero: 38^12 < 2^63. Longer
serials stand in a text of their own, and the number is their place in it, with the top bit set.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ironriver.firearms.compiled import inlined
from ironriver.firearms.search.keys import WILD
from ironriver.firearms.search.prefixes import follow, mixed, root, state_of_digits

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

signed: Any = np.int64
"""In a kernel, mixed signs would make a fraction: this makes a number signed."""
SHORT = 12
BASE = np.uint64(38)
LONG = np.uint64(1 << 63)
"""The bit of a key that says it is a place in the text."""
_PLACE = np.uint64((1 << 63) - 1)


@inlined
def fingerprint(hashed: np.uint64) -> np.uint8:
    """Give eight bits of a hash that place no entry."""
    return np.uint8((hashed >> np.uint64(24)) & np.uint64(255))


@inlined
def pack(
    starts: Places,
    codes: Bytes,
    symbols: Bytes,
    first: int,
    text: Bytes,
    text_first: int,
    hashes: Keys,
    keys: Keys,
    rows: Rows,
) -> int:
    """Write hashes of skeletons, keys and rows (from `first` on) of serials that can be read.

    `text` takes what is too long for a key: its length in two bytes, then its codes. It is a part
    of a longer text, from `text_first` on. Gives how many entries were written.
    """
    entries = 0
    used = 0
    for serial in range(len(starts) - 1):
        begin, end = starts[serial], starts[serial + 1]
        state, key = root(), np.uint64(0)
        readable = False
        for place in range(begin, end):
            state = follow(state, np.uint64(symbols[place]))
            key = key * BASE + np.uint64(codes[place])
            readable |= codes[place] != WILD
        if not readable:
            continue
        if end - begin > SHORT:
            key = LONG | np.uint64(text_first + used)
            text[used] = (end - begin) & 255
            text[used + 1] = (end - begin) >> 8
            for place in range(begin, end):
                text[used + 2 + place - begin] = codes[place]
            used += 2 + end - begin
        hashes[entries], keys[entries], rows[entries] = mixed(state), key, first + serial
        entries += 1
    return entries


@inlined
def unpack(key: np.uint64, text: Bytes, into: Bytes) -> int:
    """Write the plain codes of an entry into a buffer; give how many, or -1 for damage."""
    if key & LONG:
        place = signed(key & _PLACE)
        if place + 2 > len(text):
            return -1
        length = signed(text[place]) + 256 * signed(text[place + 1])
        if length > len(into) or place + 2 + length > len(text):
            return -1
        for spot in range(length):
            into[spot] = text[place + 2 + spot]
        return int(length)
    length = 0
    rest = key
    while rest:
        rest //= BASE
        length += 1
    for place in range(length - 1, -1, -1):
        into[place] = np.uint8(key % BASE)
        key //= BASE
    return length


@inlined
def state_of(key: np.uint64, text: Bytes, skeleton: Bytes, codes: Bytes) -> np.uint64:
    """Give the state of an entry's skeleton, see `prefixes`; codes of a long one are unpacked."""
    if not key & LONG:
        return state_of_digits(key, BASE, skeleton)
    state = root()
    for place in range(max(unpack(key, text, codes), 0)):
        state = follow(state, np.uint64(skeleton[codes[place]]))
    return state


@inlined
def hash_again(keys: Keys, text: Bytes, skeleton: Bytes, codes: Bytes, hashes: Keys) -> None:
    """Write the hashes of entries, anew from their keys."""
    for entry in range(len(keys)):
        hashes[entry] = mixed(state_of(keys[entry], text, skeleton, codes))
