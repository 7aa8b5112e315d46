r"""Serial numbers by small grammars.

In a grammar ``d`` is a digit of a running number, ``l`` a letter of it without I, O and Q, ``a``
any letter of it, ``y`` and ``z`` the last two digits of the year; all else stands for itself. The
running number grows with the day of making, in mixed radix, so that guns made together stand one
character apart. No grammar claims to be a maker's own.
"""

from __future__ import annotations

import numpy as np

from ironriver.world.catalogue import Model, models
from ironriver.world.chance import Ints, Texts

_ALPHABETS = {
    "d": b"0123456789",
    "l": b"ABCDEFGHJKLMNPRSTUVWXYZ",
    "a": b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}


def capacity(grammar: str) -> int:
    """Give how many numbers a grammar has.

    >>> capacity("SUddd"), capacity("lld")
    (1000, 5290)
    """
    out = 1
    for mark in grammar:
        out *= len(_ALPHABETS.get(mark, b"x"))
    return out


def write(grammar: str, numbers: Ints, years: Ints) -> Texts:
    """Write running numbers by a grammar.

    >>> write("Kadd-yz", np.array([0, 2599]), np.array([2007, 2019])).tolist()
    ['KA00-07', 'KZ99-19']
    """
    cells = np.empty((len(numbers), len(grammar)), dtype=np.uint8)
    rest = numbers.copy()
    for place in range(len(grammar) - 1, -1, -1):
        mark = grammar[place]
        if mark in _ALPHABETS:
            alphabet = np.frombuffer(_ALPHABETS[mark], dtype=np.uint8)
            cells[:, place] = alphabet[rest % len(alphabet)]
            rest //= len(alphabet)
        elif mark in "yz":
            cells[:, place] = 48 + (years // (10 if mark == "y" else 1)) % 10
        else:
            cells[:, place] = ord(mark)
    text = np.ascontiguousarray(cells).view(f"S{len(grammar)}").ravel()
    return np.char.decode(text, "ascii").astype(object)


def assign(chance: np.random.Generator, model: Ints, made_day: Ints, lot: Ints) -> Texts:
    """Give every gun its serial; within one grammar of one model no two are the same.

    Guns of one lot take numbers that follow each other closely; between lots the number jumps, as
    it must where most of a maker's guns never enter the world.
    """
    out = np.full(len(model), "", dtype=object)
    order = np.lexsort((lot, made_day, model))
    starts = np.searchsorted(model[order], np.arange(len(models()) + 1))
    for each in models():
        mine = order[starts[each.place] : starts[each.place + 1]]
        if len(mine) and each.serials[0]:
            _one_model(chance, each, mine, made_day, lot, out)
    return out


def _one_model(
    chance: np.random.Generator, model: Model, mine: Ints, made_day: Ints, lot: Ints, out: Texts
) -> None:
    years = 1970 + (made_day[mine] / 365.2425).astype(np.int64)
    span = max(model.last_year - model.first_year + 1, 1)
    eras = len(model.serials)
    era = np.clip((years - model.first_year) * eras // span, 0, eras - 1)
    for place, grammar in enumerate(model.serials):
        here = mine[era == place]
        if not len(here):
            continue
        room = capacity(grammar)
        same_lot = np.concatenate(([False], lot[here][1:] == lot[here][:-1]))
        jump = max((0.85 * room - 2 * len(here)) / len(here), 0.0)
        gaps = 1 + (chance.random(len(here)) * 2 * jump).astype(np.int64)
        near = 1 + (chance.random(len(here)) < 0.25).astype(np.int64)
        numbers = np.cumsum(np.where(same_lot, near, gaps)) % room
        out[here] = write(grammar, numbers, years[era == place])


def share(chance: np.random.Generator, model: Ints, serial: Texts, rate: float) -> None:
    """Let makers whose numbers are digits only share some of them, as makers do."""
    makes = [each.make for each in models()]
    size = np.array([len(text) if text.isdigit() else 0 for text in serial], dtype=np.int64)
    for length in range(4, 10):
        group = np.flatnonzero(size == length)
        taking = group[chance.random(len(group)) < rate]
        giving = group[chance.integers(0, max(len(group), 1), len(taking))]
        for one, other in zip(taking.tolist(), giving.tolist(), strict=True):
            if makes[model[one]] != makes[model[other]]:
                serial[one] = serial[other]
