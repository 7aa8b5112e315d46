"""The filter of prefixes: which characters may follow a prefix of some skeleton, in one look.

A blocked Bloom filter (Putze, Sanders & Singler 2009, "Cache-, Hash- and Space-Efficient Bloom
Filters") laid out by parent: a prefix owns three 32-bit words of one 64-byte line. The symbols that
follow it are bits of all three, each word turned by its own angle; the three, turned back and put
together, are the set of symbols that may follow. It never misses one, and rarely holds too many.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ironriver.firearms.compiled import inlined

Words = npt.NDArray[np.uint32]
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

LINE = 16
"""Words of a line of 64 bytes, as caches fetch them."""
END = 0
"""The symbol that follows a whole skeleton; real symbols are 1 and more."""
SKETCH = 4096
"""Registers of the sketch that counts edges: 1.04 / 64 = 1.6 % standard error."""

_SEED = np.uint64(0x2545F4914F6CDD1D)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_TURN = np.uint64(31)
_WORD = np.uint64(LINE - 1)
_LAST = np.uint32(31)
_FULL = np.uint32(32)


@inlined
def root() -> np.uint64:
    """Give the state of the empty prefix."""
    return _SEED


@inlined
def follow(state: np.uint64, symbol: np.uint64) -> np.uint64:
    """Give the state of a prefix made one symbol longer."""
    return (state + symbol + np.uint64(1)) * _STEP


@inlined
def state_of_digits(number: np.uint64, base: np.uint64, symbol_of: Bytes) -> np.uint64:
    """Give the state of a prefix written as a number, its last symbol's digit first."""
    state, power = np.uint64(0), np.uint64(1)
    while number:
        power *= _STEP
        state += (np.uint64(symbol_of[number % base]) + np.uint64(1)) * power
        number //= base
    return state + _SEED * power


@inlined
def mixed(state: np.uint64) -> np.uint64:
    """Give a hash of a state: every bit of it depends on all of the prefix."""
    state = (state ^ (state >> _HALF)) * _MIX
    state = (state ^ (state >> _HALF)) * _MIX
    return state ^ (state >> _HALF)


@inlined
def scaled(hashed: np.uint64, size: np.uint64) -> np.uint64:
    """Give the hash as a number below `size` (at most 2^32), rising with the hash."""
    return ((hashed >> _HALF) * size) >> _HALF


@inlined
def followers(words: Words, hashed: np.uint64) -> np.uint32:
    """Give the symbols that may follow a prefix, as bits; bit `END` if the prefix may be whole."""
    line = scaled(hashed, np.uint64(len(words) // LINE)) * np.uint64(LINE)
    found = np.uint32(0xFFFFFFFF)
    for _ in range(3):
        word = words[line + (hashed & _WORD)]
        angle = np.uint32((hashed >> np.uint64(4)) & _TURN)
        found &= np.uint32(word >> angle) | np.uint32(word << ((_FULL - angle) & _LAST))
        hashed >>= np.uint64(9)
    return found


@inlined
def enter(words: Words, hashed: np.uint64, symbol: np.uint64) -> None:
    """Note that a symbol follows a prefix."""
    line = scaled(hashed, np.uint64(len(words) // LINE)) * np.uint64(LINE)
    for _ in range(3):
        angle = (hashed >> np.uint64(4)) & _TURN
        words[line + (hashed & _WORD)] |= np.uint32(1) << np.uint32((symbol + angle) & _TURN)
        hashed >>= np.uint64(9)


@inlined
def sketch(registers: Bytes, starts: Places, symbols: Bytes) -> None:
    """Note all prefixes and whole skeletons in a sketch of how many different ones there are.

    HyperLogLog: Flajolet, Fusy, Gandouet & Meunier (2007).
    """
    for serial in range(len(starts) - 1):
        state = root()
        for place in range(starts[serial], starts[serial + 1] + 1):
            whole = place == starts[serial + 1]
            if whole and starts[serial] == place:
                break
            state = follow(state, np.uint64(END if whole else symbols[place]))
            hashed = mixed(state)
            register = hashed & np.uint64(SKETCH - 1)
            rank = 1
            while rank < 52 and (hashed >> np.uint64(63)) == np.uint64(0):
                hashed <<= np.uint64(1)
                rank += 1
            if registers[register] < rank:
                registers[register] = rank


def estimate(registers: Bytes) -> int:
    """Give how many different edges a sketch has seen, about.

    >>> estimate(np.zeros(SKETCH, dtype=np.uint8))
    0
    """
    empty = int(np.count_nonzero(registers == 0))
    raw = 0.7213 / (1 + 1.079 / SKETCH) * SKETCH**2 / float(np.sum(2.0 ** -registers.astype(float)))
    if raw <= 2.5 * SKETCH and empty:
        return round(SKETCH * float(np.log(SKETCH / empty)))
    return round(raw)
