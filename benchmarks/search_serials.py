"""Serials and noisy queries for the benchmarks of candidate search; all invented.

Eighteen makers number their guns by grammars of their own, in runs of 500 numbers of which 70 % are
known, in mixed order. Noise holds the confusions of handwriting, keying and typing that the index's
look-alike classes do not hold, beside those that they do hold.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

CHUNK = 1 << 18
RUN, KNOWN = 500, 350
# ``d`` is a digit and ``l`` a letter of the running number, all else stands for itself.
MAKERS: tuple[tuple[str, float], ...] = (
    ("ddddddd", 0.12), ("dddddd", 0.03), ("lllddd", 0.09), ("SUdddddd", 0.07),
    ("ldddddd", 0.06), ("llddddd", 0.07), ("9dddddd", 0.04), ("dddldddd", 0.06),
    ("Kldddd", 0.05), ("PTdddddd", 0.06), ("TH ddddd", 0.04), ("AR-ddddddd", 0.08),
    ("ddd-ddddd", 0.06), ("lldddl", 0.04), ("MXldddddd", 0.04), ("dddddddd", 0.05),
    ("Cdddddl", 0.02), ("22-ddddd", 0.02),
)  # fmt: skip
_ALPHABETS = {"d": b"0123456789", "l": b"ABCDEFGHJKLMNPRSTUVWXYZ"}
# Not in the skeleton's classes: open strokes, letters with one sound, neighbours on the keyboard.
STRANGE = "17 38 3B 4A 49 EF PR CG MN HN VY KX 7T 27 56 BV SZ GJ KQ 12 34 67 89 QW ER DF NM"
ALIKE = "0O 1I 5S 2Z 8B 6G 0D 0Q 1L UV"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _capacity(grammar: str) -> int:
    return int(np.prod([len(_ALPHABETS.get(mark, b"x")) for mark in grammar], dtype=object))


def _write(grammar: str, numbers: np.ndarray) -> pa.Array:
    cells = np.empty((len(numbers), len(grammar)), dtype=np.uint8)
    rest = numbers.copy()
    for place in range(len(grammar) - 1, -1, -1):
        alphabet = np.frombuffer(_ALPHABETS.get(grammar[place], b""), dtype=np.uint8)
        if len(alphabet):
            cells[:, place] = alphabet[rest % len(alphabet)]
            rest //= len(alphabet)
        else:
            cells[:, place] = ord(grammar[place])
    ends = np.arange(len(numbers) + 1, dtype=np.int64) * len(grammar)
    return pa.LargeStringArray.from_buffers(
        len(numbers), pa.py_buffer(ends), pa.py_buffer(cells.tobytes())
    )


def makers(count: int) -> list[tuple[str, int]]:
    """Give each maker's grammar, with more digits where its guns would not fit, and its guns."""
    found = []
    left = count
    for place, (grammar, share) in enumerate(MAKERS):
        guns = left if place == len(MAKERS) - 1 else min(round(count * share), left)
        left -= guns
        while _capacity(grammar) * KNOWN / RUN < guns:
            last = grammar.rindex("d")
            grammar = grammar[:last] + "d" + grammar[last:]
        found.append((grammar, guns))
    return found


def chunks(count: int, seed: int, size: int = CHUNK) -> Iterator[pa.Array]:
    """Give `count` serials, chunk by chunk, the makers mixed."""
    chance = np.random.default_rng(seed)
    listed = makers(count)
    begun = 0
    while begun < count:
        past = min(begun + size, count)
        parts = []
        for grammar, guns in listed:
            parts.append(
                some(grammar, guns, np.arange(guns * begun // count, guns * past // count))
            )
        chunk = pa.concat_arrays(parts)
        yield chunk.take(pa.array(chance.permutation(len(chunk))))
        begun = past


def some(grammar: str, guns: int, places: np.ndarray) -> pa.Array:
    """Give the serials of some of a maker's guns, in the order of making."""
    run, spot = np.divmod(places, KNOWN)
    stride = max(_capacity(grammar) // (guns // KNOWN + 1), RUN)
    numbers = run * stride + (spot * RUN // KNOWN + run) % RUN
    return _write(grammar, numbers % _capacity(grammar))


def records(count: int, seed: int) -> list[str]:
    """Give `count` serials."""
    return [text for chunk in chunks(count, seed) for text in chunk.to_pylist()]


def queries(serials: list[str], count: int, seed: int) -> list[str]:
    """Give noisy queries: 52 % clean, the rest 1-3 confusions and 0-2 edits; 10 % of no record."""
    chance = np.random.default_rng(seed)
    places = chance.integers(0, len(serials), count).tolist()
    return [asked(serials[place], chance) for place in places]


def asked_of_makers(records: int, count: int, seed: int) -> list[tuple[int, str]]:
    """Give noisy queries with the place of their maker among `makers`, for a world too large."""
    chance = np.random.default_rng(seed)
    listed = makers(records)
    shares = np.array([guns for _, guns in listed]) / records
    found = []
    for maker in chance.choice(len(listed), count, p=shares).tolist():
        grammar, guns = listed[maker]
        text = some(grammar, guns, chance.integers(0, guns, 1))[0].as_py()
        found.append((maker, asked(text, chance)))
    return found


def asked(text: str, chance: np.random.Generator) -> str:
    """Give a serial as a query holds it: see `queries`."""
    if chance.random() < 0.1:
        text = text[:3] + "".join(chance.choice(list("0123456789"), len(text) - 3))
    return text if chance.random() < 0.52 else noisy(text, chance)


def noisy(text: str, chance: np.random.Generator) -> str:
    """Give a serial as somebody might write it down."""
    marks = list(text)
    for _ in range(chance.integers(1, 4)):
        kind = STRANGE if chance.random() < 0.5 else ALIKE
        pairs = [pair for pair in kind.split() if set(pair) & set(marks)]
        if pairs:
            one, other = pairs[chance.integers(len(pairs))]
            one, other = (one, other) if one in marks else (other, one)
            marks[marks.index(one)] = other
    for _ in range(chance.integers(0, 3)):
        edit(marks, chance)
    return "".join(marks)


def edit(marks: list[str], chance: np.random.Generator) -> None:
    """Make one edit at a place chosen evenly."""
    place, kind = int(chance.integers(len(marks))), int(chance.integers(4))
    mark = ALPHABET[chance.integers(len(ALPHABET))]
    if kind == 0:
        marks[place] = mark
    elif kind == 1:
        marks.insert(place, mark)
    elif kind == 2 and len(marks) > 5:
        del marks[place]
    elif place + 1 < len(marks):
        marks[place], marks[place + 1] = marks[place + 1], marks[place]
