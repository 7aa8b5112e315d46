"""Descriptions are compared through the kinds of gun that they may be of."""

from __future__ import annotations

import numpy as np
import pytest
from gun_rows import gun_records
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms import kinds as kinds_of_gun
from ironriver.firearms.gun_records import FIELDS, GunRecords
from ironriver.firearms.kinds import OTHER, Kinds, first_kinds, learn_kinds

GLOCK = {"make": "Glock", "model": "17", "calibre": "9x19mm", "type": "pistol"}
NORINCO = {"make": "Norinco", "model": "MAK-90", "calibre": "7.62x39mm", "type": "rifle"}
NAMES = ("Glock", "Norinco", None)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "make": st.sampled_from(NAMES),
            "model": st.sampled_from(("17", "MAK-90", None)),
            "calibre": st.sampled_from(("9x19mm", "7.62x39mm", None)),
            "type": st.sampled_from(("pistol", "rifle", None)),
        }
    ),
    min_size=1,
    max_size=30,
)


def ratios(kinds: Kinds, records: GunRecords, left: int, right: int, fields: int = 5) -> float:
    """Give the log ratio of two rows' descriptions."""
    said = records.description[[left, right]]
    return float(kinds.log_ratios(records.descriptions, said[:1], said[1:], fields)[0])


def plain_ratio(kinds: Kinds, one: list[int], other: list[int]) -> float:
    """Give the same in plain Python, as the module's formula has it."""

    def chance(said: list[int], kind: int) -> float:
        found = 1.0
        for field, value in enumerate(said):
            found *= kinds.writings[field][kind, value] if value >= 0 else 1.0
        return found

    shares = list(enumerate(kinds.shares))
    both = sum(share * chance(one, kind) * chance(other, kind) for kind, share in shares)
    alone = [sum(share * chance(said, kind) for kind, share in shares) for said in (one, other)]
    return float(np.log(both / (alone[0] * alone[1])))


@settings(deadline=None)
@given(ROWS)
def test_the_ratio_is_that_of_the_formula_and_the_same_both_ways(
    rows: list[dict[str, str | None]],
) -> None:
    records = gun_records(rows)
    kinds = first_kinds(records)
    for other in range(len(rows)):
        found = ratios(kinds, records, 0, other)
        said = records.descriptions[records.description[[0, other]]].tolist()
        assert found == pytest.approx(plain_ratio(kinds, *said), abs=1e-9)
        assert found == pytest.approx(ratios(kinds, records, other, 0), abs=1e-9)


@settings(deadline=None)
@given(ROWS)
def test_each_kind_writes_each_field_somehow(rows: list[dict[str, str | None]]) -> None:
    records = gun_records(rows)
    left = np.arange(len(records) - 1)
    kinds = first_kinds(records)
    weight = np.full(len(left), 0.7)
    said = records.description
    for each in (kinds, learn_kinds(kinds, records, said[left], said[left + 1], weight)):
        assert each.shares.sum() == pytest.approx(1.0)
        for values, writing in zip(records.values, each.writings, strict=True):
            if values:
                assert writing.sum(axis=1) == pytest.approx(1.0)


def test_equal_descriptions_speak_for_one_gun_the_more_the_rarer_they_are() -> None:
    records = gun_records([GLOCK] * 30 + [NORINCO] * 3)
    kinds = first_kinds(records)
    assert ratios(kinds, records, 30, 31) > ratios(kinds, records, 0, 1) > 0
    assert ratios(kinds, records, 0, 30) < -2


def test_fields_of_one_kind_do_not_count_twice() -> None:
    """Whoever writes Glock 17 will write 9 mm: the calibre adds next to nothing."""
    records = gun_records([GLOCK] * 20 + [NORINCO] * 20)
    kinds = first_kinds(records)
    whole, named = (ratios(kinds, records, 0, 1, fields) for fields in (4, 3))
    assert named > 0.5
    assert whole - named < 0.1


def test_a_field_that_is_not_given_says_nothing() -> None:
    records = gun_records([GLOCK, GLOCK, {}, NORINCO])
    kinds = first_kinds(records)
    assert ratios(kinds, records, 0, 2) == pytest.approx(0.0)
    assert ratios(kinds, records, 3, 2) == pytest.approx(0.0)


def test_what_else_a_kind_is_called_is_learned_from_pairs() -> None:
    other = GLOCK | {"make": "Imported by Norte"}
    records = gun_records([GLOCK] * 20 + [other] * 20 + [NORINCO] * 20)
    kinds = first_kinds(records)
    before = ratios(kinds, records, 0, 20)
    said = records.description
    left, right = np.repeat(said[0], 20), np.repeat(said[20], 20)
    for _ in range(3):
        kinds = learn_kinds(kinds, records, left, right, np.ones(20))
    assert ratios(kinds, records, 0, 20) > before + 0.3
    assert ratios(kinds, records, 0, 40) < -2


def test_pairs_that_are_not_one_gun_teach_nothing() -> None:
    records = gun_records([GLOCK] * 5 + [NORINCO] * 5)
    kinds, said = first_kinds(records), records.description
    left, right = np.repeat(said[0], 5), np.repeat(said[5], 5)
    nothing = learn_kinds(kinds, records, left, right, np.zeros(5))
    something = learn_kinds(kinds, records, left, right, np.ones(5))
    assert ratios(something, records, 0, 5) > ratios(nothing, records, 0, 5) + 0.5


def test_half_of_the_rows_teach_half_as_much() -> None:
    records = gun_records([GLOCK] * 20 + [GLOCK | {"make": "Norte"}] * 10 + [NORINCO] * 20)
    kinds, said = first_kinds(records), records.description
    left, right = said[np.arange(0, 20)], said[np.arange(20, 40)]
    whole = learn_kinds(kinds, records, left, right, np.full(20, 0.8))
    half = learn_kinds(kinds, records, left, right, np.full(20, 0.4), share=0.5)
    for one, other in zip(half.taught, whole.taught, strict=True):
        assert one == pytest.approx(other / 2)
    assert half.shares == pytest.approx(whole.shares, abs=0.01)


def test_of_very_many_kinds_the_commonest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    records = gun_records([GLOCK] * 3 + [NORINCO] * 9 + [GLOCK | {"model": "19"}] * 5)
    monkeypatch.setattr(kinds_of_gun, "MOST", 2)
    kinds = first_kinds(records)
    assert len(kinds.shares) == 3
    assert kinds.shares.sum() == pytest.approx(1.0)
    assert kinds.shares[:2] == pytest.approx(np.array([5, 9]) / 14 * (1 - OTHER))


def test_records_without_descriptions_have_one_kind() -> None:
    records = gun_records([{}, {}])
    kinds = first_kinds(records)
    assert len(kinds.shares) == 1
    assert len(kinds.writings) == len(FIELDS)
    assert ratios(kinds, records, 0, 1) == 0.0
