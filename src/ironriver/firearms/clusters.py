"""Put rows together into guns: the surest pairs first, and never through a contradiction.

A pair is joined where it is more likely one gun than not and no row of the one side contradicts a
row of the other: two sales of different guns do not merge through one blurred seizure. Rows
contradict each other where they were weighed and found apart, where both have serials too unlike
to be weighed, or where one list names both. (Where so many rows bear one serial that not all their
pairs were weighed, those of one make do not contradict.) What a person judged binds: *the same*
joins, whatever the rows say; *different* keeps apart, also through a third row. Where judgements
contradict each other, *different* holds.

The result does not depend on the order of rows or pairs; of equally sure pairs the first by the ids
of its rows is joined first, and ids follow from the files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ironriver.firearms.channel import Reals
from ironriver.firearms.compiled import compiled
from ironriver.firearms.gun_records import NONE, GunRecords, Integers, coded
from ironriver.firearms.pairs import Pairs

APART = -4.6
"""Log-odds below which two rows contradict each other: one chance in a hundred."""
_MOST = 40.0

Two = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs of rows that a person judged, left before right."""

    same: frozenset[Two] = frozenset()
    different: frozenset[Two] = frozenset()


@dataclass(frozen=True, slots=True)
class Membership:
    """Which gun each row belongs to, how surely, and through which other row most of all."""

    gun: Integers
    """A number for each gun: the place of its first row."""
    log_odds: Reals
    """Of belonging here against belonging to any other gun or to none; infinite where judged."""
    through: Integers
    """The pair that binds the row most strongly, a place among the pairs; -1 for a lone row."""


def group(
    records: GunRecords, pairs: Pairs, log_odds: Reals, judged: Judged | None = None
) -> Membership:
    """Put rows together; `pairs` are all that were weighed, those that were judged among them."""
    rows = len(records)
    said = log_odds.copy()
    for verdict, two in ((np.inf, judged.same), (-np.inf, judged.different)) if judged else ():
        said[places(pairs, two, rows)] = verdict
    links = np.flatnonzero(said > 0.0)
    # What differs by rounding alone is equally sure.
    sure = np.round(-said[links], 9)
    links = links[np.lexsort((pairs.right[links], pairs.left[links], sure))]
    both = np.concatenate((pairs.left, pairs.right))
    order = np.argsort(both, kind="stable")
    begin = np.searchsorted(both[order], np.arange(rows + 1))
    gun = _joined(
        links, pairs.left, pairs.right, said, begin, order % max(len(pairs), 1),
        records.source, names(records),
    )  # fmt: skip
    return _membership(gun, pairs, said)


def places(pairs: Pairs, two: frozenset[Two], rows: int) -> Integers:
    """Find pairs of rows among the pairs; one that is not there raises ValueError."""
    wanted = np.array(sorted(two), dtype=np.int64).reshape(-1, 2)
    number, held = wanted[:, 0] * rows + wanted[:, 1], pairs.left * rows + pairs.right
    found = np.searchsorted(held, number)
    if len(number) and (not len(held) or (held[np.minimum(found, len(held) - 1)] != number).any()):
        raise ValueError("a pair that was judged is not among those that were weighed")
    return found


def names(records: GunRecords) -> Integers:
    """Give a number to each serial and make; -1 without a serial.

    Rows of two names contradict each other unless they were weighed and found near.
    """
    serial, serials = coded(pa.chunked_array([records.serial]))
    make = records.descriptions[records.description, 0] + 1
    return np.where(records.has_serial, serial + len(serials) * make, NONE)


@compiled
def _joined(
    links: Integers,
    left: Integers,
    right: Integers,
    log_odds: Reals,
    begin: Integers,
    beside: Integers,
    source: Integers,
    name: Integers,
) -> Integers:
    """Join the links in order, and give each row the first row of its gun.

    `beside[begin[row] : begin[row + 1]]` are the pairs of a row. The rows of a gun are a chain.
    """
    rows = len(begin) - 1
    home, end, following = np.arange(rows), np.arange(rows), np.full(rows, -1)
    size, first = np.ones(rows, dtype=np.int64), np.arange(rows)
    seen, weighed = np.full(rows, -1), np.empty(rows)
    # Rows that contradicted each other last: they still do when their two guns meet again.
    witness = np.full((rows, 2), -1)
    for link in links:
        few, many = home[left[link]], home[right[link]]
        if size[few] > size[many]:
            few, many = many, few
        binding = log_odds[link] == np.inf
        if few == many or (not binding and witness[few, 0] >= 0 and home[witness[few, 1]] == many):
            continue
        row = few
        while row >= 0:
            for pair in beside[begin[row] : begin[row + 1]]:
                other = right[pair] if left[pair] == row else left[pair]
                seen[other], weighed[other] = row, log_odds[pair]
            partner = _contradicted(row, many, following, seen, weighed, source, name, binding)
            if partner >= 0:
                witness[few, 0], witness[few, 1] = row, partner
                witness[many, 0], witness[many, 1] = partner, row
                break
            row = following[row]
        if row < 0:
            first[many] = min(first[many], first[few])
            _append(few, many, home, following, end, size)
    return first[home]


@compiled
def _append(
    few: int, many: int, home: Integers, following: Integers, end: Integers, size: Integers
) -> None:
    """Put the rows of one gun behind those of another."""
    row = few
    while row >= 0:
        home[row] = many
        row = following[row]
    following[end[many]], end[many] = few, end[few]
    size[many] += size[few]


@compiled
def _contradicted(
    row: int,
    partner: int,
    following: Integers,
    seen: Integers,
    weighed: Reals,
    source: Integers,
    name: Integers,
    binding: bool,
) -> int:
    """Give the first in a chain of rows that contradicts a row; -1 if none does.

    What was weighed against the row is `weighed` where it was `seen` with it. Against a judgement
    only another stands.
    """
    while partner >= 0:
        if seen[partner] == row:
            if weighed[partner] == -np.inf or (weighed[partner] < APART and not binding):
                return partner
        elif not binding:
            unlike = min(name[row], name[partner]) >= 0 and name[row] != name[partner]
            if unlike or source[row] == source[partner]:
                return partner
        partner = following[partner]
    return -1


def _membership(gun: Integers, pairs: Pairs, log_odds: Reals) -> Membership:
    """Weigh each row's own gun against all others: each by its strongest pair."""
    rows = len(gun)
    row = np.concatenate((pairs.left, pairs.right))
    towards = gun[np.concatenate((pairs.right, pairs.left))]
    weight = np.concatenate((log_odds, log_odds))
    pair = np.concatenate((np.arange(len(pairs)), np.arange(len(pairs))))
    order = np.lexsort((pair, -weight, towards, row))
    row, towards, weight, pair = row[order], towards[order], weight[order], pair[order]
    first = np.ones(len(row), dtype=np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (towards[1:] != towards[:-1])
    row, towards, weight, pair = row[first], towards[first], weight[first], pair[first]
    own = towards == gun[row]
    lone = np.bincount(gun, minlength=rows)[gun] == 1
    elsewhere = np.bincount(row[~own], np.exp(np.minimum(weight[~own], _MOST)), rows)
    inside = np.full(rows, 0.0)
    through = np.full(rows, -1)
    inside[row[own]] = np.where(np.isinf(weight[own]), np.inf, np.minimum(weight[own], _MOST))
    through[row[own]] = pair[own]
    # A lone row has only the others against it; a row in company could also be alone.
    found = inside - np.log(np.maximum(elsewhere + ~lone, np.exp(-_MOST)))
    return Membership(gun, found, np.where(lone, -1, through))
