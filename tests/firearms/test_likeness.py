"""Rows with near serials are paired, all of them unless one serial is borne by very many rows."""

from __future__ import annotations

import numpy as np
import pytest
from gun_rows import gun_records
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from ironriver.firearms import likeness
from ironriver.firearms.gun_records import GunRecords
from ironriver.firearms.likeness import EDITS, ENDS, NEAREST, like_in_batches, like_serials
from ironriver.firearms.pairs import Pairs, paired
from ironriver.firearms.readings import Readings
from ironriver.firearms.search import SerialIndex
from ironriver.firearms.search.keys import skeleton

NONE = np.empty(0, dtype=np.int64)
SERIALS = st.lists(
    st.text("0123456789ABO", min_size=6, max_size=9) | st.just(""), min_size=1, max_size=30
)


def alike(records: GunRecords) -> Pairs:
    """Give the pairs, each once."""
    return paired(*like_serials(records, Readings.of(records.serial)), len(records))


@settings(deadline=None)
@given(SERIALS)
def test_all_serials_within_two_edits_are_found(serials: list[str]) -> None:
    records = gun_records([{"serial": serial} for serial in serials])
    found = alike(records)
    pairs = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    for one, left in enumerate(serials):
        for other in range(one + 1, len(serials)):
            right = serials[other]
            if left and right and OSA.distance(skeleton(left), skeleton(right)) <= 2:
                assert (one, other) in pairs
            if not left or not right:
                assert (one, other) not in pairs


@settings(deadline=None)
@given(SERIALS, st.integers(2, 9))
def test_a_bound_loses_no_pair_of_serials_that_few_rows_bear(
    serials: list[str], bound: int
) -> None:
    records = gun_records([{"serial": serial} for serial in serials])
    whole = alike(records)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likeness, "LARGEST", bound)
        patch.setattr(likeness, "NEAREST", 1)
        found = alike(records)
    held = {serial: serials.count(serial) for serial in serials}
    expected = {
        (one, other)
        for one, other in zip(whole.left.tolist(), whole.right.tolist(), strict=True)
        if max(held[serials[one]], held[serials[other]]) <= bound
    }
    assert expected <= set(zip(found.left.tolist(), found.right.tolist(), strict=True))


CUT = st.lists(
    st.text("01AB?", min_size=1, max_size=9)
    | st.sampled_from(("AB12345", "B12345", "AB12", "AB1", "?B12345", "AB1????", "12345?" * 2)),
    min_size=1,
    max_size=12,
)


@settings(deadline=None)
@given(CUT, st.integers(1, 40), st.integers(1, 9))
def test_batches_hold_every_pair_that_either_serial_finds(
    serials: list[str], batch: int, bound: int
) -> None:
    """Serials that are cut, unreadable in part or too vague to be asked with among them."""
    records = gun_records([{"serial": serial} for serial in serials])
    found = list(like_in_batches(records, Readings.of(records.serial), batch))
    one, other = (
        np.concatenate([part[side] for part in [(NONE, NONE), *found]]) for side in (0, 1)
    )
    pairs = paired(one, other, len(serials))
    near = SerialIndex.of(serials).search(serials, EDITS, ends=ENDS, refuse=False)
    expected = paired(near.query, near.entry, len(serials))
    assert pairs.left.tolist() == expected.left.tolist()
    assert pairs.right.tolist() == expected.right.tolist()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likeness, "LARGEST", bound)
        patch.setattr(likeness, "NEAREST", 1)
        few = [paired(*part, len(serials)) for part in like_in_batches(
            records, Readings.of(records.serial), batch)]  # fmt: skip
        some = {
            two for part in few for two in zip(part.left.tolist(), part.right.tolist(), strict=True)
        }
        whole = alike(records)
    assert some == set(zip(whole.left.tolist(), whole.right.tolist(), strict=True))


def test_a_serial_that_stands_in_thousands_of_rows_makes_few_pairs_for_each() -> None:
    rows = [
        {"serial": "123456", "make": f"make {number % 40:02d}", "day": number}
        for number in range(5000)
    ]
    records = gun_records(rows)
    found = alike(records)
    met = np.bincount(np.concatenate((found.left, found.right)), minlength=len(records))
    assert met.min() >= NEAREST // 2
    assert met.max() <= 2 * NEAREST
    make = records.descriptions[records.description, 0]
    assert (make[found.left] == make[found.right]).mean() > 0.9


def test_a_rare_serial_meets_the_rows_nearest_in_make_and_day_of_a_frequent_one() -> None:
    rows = [
        {"serial": "KX774512", "make": f"make {number % 4}", "day": number}
        for number in range(4000)
    ]
    records = gun_records([*rows, {"serial": "KX774513", "make": "make 2", "day": 2000}])
    found = alike(records)
    beside = found.left[found.right == 4000]
    assert len(beside) == NEAREST + 1
    make = records.descriptions[records.description, 0]
    assert (make[beside] == make[4000]).all()
    assert np.abs(records.day[beside] - 2000).max() <= 4 * NEAREST


def test_a_serial_behind_a_copied_word_is_found() -> None:
    records = gun_records([{"serial": "CAL38FX1234"}, {"serial": "FX1234"}, {"serial": "ZZ98765"}])
    found = alike(records)
    assert (found.left.tolist(), found.right.tolist()) == ([0], [1])


def test_rows_without_serials_make_no_pairs() -> None:
    assert len(alike(gun_records([{}, {}, {"serial": "AB12345"}]))) == 0
