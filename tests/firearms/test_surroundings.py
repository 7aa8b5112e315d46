"""The chance that another gun bears a serial follows the serials of all other rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms.channel import ALPHABET
from ironriver.firearms.grammar import LENGTH_WORTH, MARK_WORTH, USUAL_LENGTH
from ironriver.firearms.kernel import pack
from ironriver.firearms.surroundings import ANY_MAKE, LONGEST, RANGE_WORTH, Surroundings

Said = Sequence[tuple[int, str]]
SERIALS = st.lists(
    st.tuples(st.integers(-1, 1), st.text("01A?", min_size=0, max_size=4)),
    min_size=2,
    max_size=15,
)


def logs(said: Said, row: int, other: int) -> float:
    """Give log P0 of a row's serial, the row held against another."""
    packed = pack([serial for _, serial in said])
    make = np.array([make for make, _ in said], dtype=np.int64)
    found = Surroundings.of(packed, make).log_densities(np.array([row]), np.array([other]))
    return float(found[0])


def reference(said: Said, row: int, other: int) -> float:
    """Give P0 from the formula, in plain Python."""
    of_all = _chance([(0, serial) for _, serial in said], row, other)
    if said[row][0] < 0:
        return of_all
    return (1 - ANY_MAKE) * _chance(said, row, other) + ANY_MAKE * of_all


def _chance(said: Said, row: int, other: int) -> float:
    whole = {(make, serial) for make, serial in said if serial and "?" not in serial}
    return _density(*said[row], whole, whole - {said[row], said[other]})


def _density(
    make: int, query: str, whole: set[tuple[int, str]], others: set[tuple[int, str]]
) -> float:
    own = [serial for each, serial in others if each == make]
    found = _length(len(query), own)
    for place, mark in enumerate(query):
        if mark == "?":
            continue
        wide = [serial[place] for _, serial in whole if len(serial) == len(query)]
        near = [s[place] for each, s in whole if each == make and len(s) == len(query)]
        usual = (wide.count(mark) + 1) / (len(wide) + len(ALPHABET))
        usual = (near.count(mark) + MARK_WORTH * usual) / (len(near) + MARK_WORTH)
        if "?" not in query:
            begun = [s for s in own if len(s) == len(query) and s[:place] == query[:place]]
            alike = sum(serial[place] == mark for serial in begun)
            usual = (alike + RANGE_WORTH * usual) / (len(begun) + RANGE_WORTH)
        found *= usual
    return found


def _length(length: int, others: Sequence[str]) -> float:
    poisson = USUAL_LENGTH**length * math.exp(-USUAL_LENGTH) / math.factorial(length)
    alike = sum(len(serial) == length for serial in others)
    return (alike + LENGTH_WORTH * poisson) / (len(others) + LENGTH_WORTH)


@settings(deadline=None)
@given(SERIALS)
def test_densities_are_those_of_the_formula(said: list[tuple[int, str]]) -> None:
    for other in range(1, len(said)):
        expected = math.log(reference(said, 0, other))
        assert logs(said, 0, other) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(SERIALS)
def test_neither_serial_stands_for_the_other_guns(said: list[tuple[int, str]]) -> None:
    """Rows that bear one of the two serials again, by the same makes, change nothing."""
    again = [*said, said[0], said[1]]
    assert logs(again, 0, 1) == pytest.approx(logs(said, 0, 1), abs=1e-12)


def test_the_chances_of_all_serials_of_a_length_sum_to_the_chance_of_the_length() -> None:
    """About so: each serial teaches the usual marks itself, which counts little among many."""
    every = ["".join(marks) for marks in product(ALPHABET, repeat=2)]
    held = {(0, serial) for serial in every[::2]}
    # A serial that is held is never asked for as one that is not: these from the formula.
    total = sum(_density(0, serial, held, held) for _, serial in held)
    for query in every[1::20]:
        total += 10 * math.exp(logs([(0, query), (0, "ZZ9"), *held], 0, 1))
    assert total == pytest.approx(_length(2, every[::2]), rel=0.05)


def test_a_serial_amid_a_series_is_likelier_than_one_far_from_all() -> None:
    said = [(0, f"AB{number:05d}") for number in range(40_000, 41_000)] + [(0, "KX99999")]
    assert logs(said, 500, 1000) > logs(said, 1000, 500) + 3
    unreadable = [*said, (0, "AB404??")]
    assert logs(unreadable, 1001, 0) > logs(unreadable, 500, 0)


def test_another_makes_series_counts_little() -> None:
    series = [(0, f"AB{number:05d}") for number in range(40_000, 40_501) if number != 40_250]
    others = [(1, f"{number * 7919 % 10**7:07d}") for number in range(500)]
    own = logs([*series, *others, (0, "AB40250")], 1000, 0)
    foreign = logs([*series, *others, (1, "AB40250")], 1000, 0)
    unknown = logs([*series, *others, (-1, "AB40250")], 1000, 0)
    assert own > unknown > foreign
    assert foreign > unknown + math.log(ANY_MAKE) - 1e-9


def test_no_serial_and_one_that_is_too_long_have_chances_too() -> None:
    said = [(0, ""), (0, "1" * 200), (0, "A1"), (0, "0" * LONGEST), (0, "0" * (LONGEST + 1))]
    for row in range(5):
        assert math.isfinite(logs(said, row, (row + 1) % 5))
