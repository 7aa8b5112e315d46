"""Rows are put together into guns by what is surest, and nothing joins what excludes itself."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from gun_rows import gun_records
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms.clusters import APART, Judged, Membership, group, places
from ironriver.firearms.gun_records import GunRecords
from ironriver.firearms.pairs import Pairs

Weighed = dict[tuple[int, int], float]


def pairs_of(weighed: Weighed) -> tuple[Pairs, Any]:
    """Give pairs in order, and their log-odds."""
    held = sorted(weighed)
    left, right = (np.array([two[side] for two in held], dtype=np.int64) for side in (0, 1))
    return Pairs(left, right), np.array([weighed[two] for two in held], dtype=np.float64)


def joined(
    rows: list[dict[str, Any]], weighed: Weighed, judged: Judged | None = None
) -> Membership:
    """Put rows together."""
    return group(gun_records(rows), *pairs_of(weighed), judged)


def rows(count: int, **given: object) -> list[dict[str, Any]]:
    """Give rows of so many files, without serials unless given."""
    return [{"source": f"s{place:02d}"} | given for place in range(count)]


def plain(records: GunRecords, weighed: Weighed) -> list[int]:
    """Put rows together in plain Python: all members of both sides are held against each other."""
    gun = list(range(len(records)))
    serial = records.serial.to_pylist()
    for (left, right), odds in sorted(weighed.items(), key=lambda each: -each[1]):
        if odds <= 0:
            continue
        ones, others = (
            [k for k, name in enumerate(gun) if name == gun[side]] for side in (left, right)
        )
        if gun[left] != gun[right] and not any(
            _contradict(records, serial, weighed, min(one, other), max(one, other))
            for one in ones
            for other in others
        ):
            first = min(gun[left], gun[right])
            gun = [first if name in (gun[left], gun[right]) else name for name in gun]
    return gun


def _contradict(
    records: GunRecords, serial: list[str], weighed: Weighed, one: int, other: int
) -> bool:
    if (one, other) in weighed:
        return weighed[one, other] < APART
    unlike = bool(serial[one] and serial[other]) and serial[one] != serial[other]
    return unlike or bool(records.source[one] == records.source[other])


CASES = st.integers(2, 9).flatmap(
    lambda size: st.tuples(
        st.lists(
            st.fixed_dictionaries(
                {
                    "source": st.sampled_from("abcdef"),
                    "serial": st.sampled_from(["", "", "A1", "B2"]),
                }
            ),
            min_size=size,
            max_size=size,
        ),
        st.dictionaries(
            st.sampled_from([(i, j) for j in range(size) for i in range(j)]),
            # Each its own weight, so that no two pairs are equally sure.
            st.integers(-80, 120),
            max_size=size * 4,
        ).map(
            lambda found: {
                two: odds / 8 + two[0] / 997 + two[1] / 9973 for two, odds in found.items()
            }
        ),
    )
)


@settings(deadline=None, max_examples=300)
@given(CASES)
def test_guns_are_those_that_holding_all_against_all_gives(case: tuple[Any, Weighed]) -> None:
    records = gun_records(case[0])
    found = group(records, *pairs_of(case[1]))
    assert found.gun.tolist() == plain(records, case[1])


@settings(deadline=None)
@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_files_changes_no_gun(
    case: tuple[list[dict[str, Any]], Weighed], chance: Random
) -> None:
    given, weighed = case
    place = list(range(len(given)))
    chance.shuffle(place)
    names = list("abcdef")
    chance.shuffle(names)
    turned: list[dict[str, Any]] = [{} for _ in given]
    for old, new in enumerate(place):
        turned[new] = given[old] | {"source": names["abcdef".index(given[old]["source"])]}
    moved = {
        (min(place[one], place[other]), max(place[one], place[other])): odds
        for (one, other), odds in weighed.items()
    }
    before, after = joined(given, weighed), joined(turned, moved)
    for one in range(len(given)):
        assert before.log_odds[one] == pytest.approx(after.log_odds[place[one]])
        for other in range(one):
            together = before.gun[one] == before.gun[other]
            assert together == (after.gun[place[one]] == after.gun[place[other]])


def test_two_sales_never_merge_through_one_blurred_seizure() -> None:
    sales = [{"source": "s1", "serial": "AB12345"}, {"source": "s2", "serial": "AB99345"}]
    blurred = {"source": "f", "serial": "AB??345"}
    found = joined([*sales, blurred], {(0, 2): 3.0, (1, 2): 2.0})
    assert found.gun.tolist() == [0, 1, 0]
    assert found.log_odds[2] == pytest.approx(3.0 - np.log(np.exp(2.0) + 1))


def test_what_was_found_apart_stays_apart_through_a_third_row() -> None:
    found = joined(rows(3), {(0, 1): 9.0, (1, 2): 8.0, (0, 2): APART - 0.1})
    assert found.gun.tolist() == [0, 0, 2]
    unsure = joined(rows(3), {(0, 1): 9.0, (1, 2): 8.0, (0, 2): APART + 0.1})
    assert unsure.gun.tolist() == [0, 0, 0]


def test_one_list_does_not_name_a_gun_twice() -> None:
    listed = [{"source": "a"}, {"source": "b"}, {"source": "a"}]
    assert joined(listed, {(0, 1): 9.0, (1, 2): 8.0}).gun.tolist() == [0, 0, 2]


def test_what_was_judged_the_same_joins_whatever_the_rows_say() -> None:
    given = [{"source": "a", "serial": "AB12345"}, {"source": "a", "serial": "ZZ99999"}]
    judged = Judged(same=frozenset({(0, 1)}))
    assert joined(given, {(0, 1): -20.0}).gun.tolist() == [0, 1]
    found = joined(given, {(0, 1): -20.0}, judged)
    assert found.gun.tolist() == [0, 0]
    assert np.isinf(found.log_odds).all()
    assert found.through.tolist() == [0, 0]


def test_what_was_judged_different_stays_apart_even_through_a_third_row() -> None:
    weighed = {(0, 1): 9.0, (1, 2): 8.0, (0, 2): 7.0}
    assert joined(rows(3), weighed).gun.tolist() == [0, 0, 0]
    found = joined(rows(3), weighed, Judged(different=frozenset({(0, 2)})))
    assert found.gun.tolist() == [0, 0, 2]
    # What was judged is no other gun that the row might belong to.
    alone = joined(rows(2), {(0, 1): 9.0}, Judged(different=frozenset({(0, 1)})))
    assert alone.gun.tolist() == [0, 1]
    assert (alone.log_odds > 9).all()


def test_different_holds_where_judgements_contradict_each_other() -> None:
    weighed = {(0, 1): -9.0, (1, 2): -9.0, (0, 2): 9.0}
    judged = Judged(same=frozenset({(0, 1), (1, 2)}), different=frozenset({(0, 2)}))
    assert joined(rows(3), weighed, judged).gun.tolist() == [0, 0, 2]


def test_rows_that_bear_one_serial_too_often_to_weigh_all_may_join() -> None:
    given = rows(4, serial="AB12345", make="Glock")
    chain = {(0, 1): 9.0, (1, 2): 8.0, (2, 3): 7.0}
    assert joined(given, chain).gun.tolist() == [0, 0, 0, 0]
    given[3]["make"] = "Norinco"
    assert joined(given, chain).gun.tolist() == [0, 0, 0, 3]


def test_a_lone_row_is_surer_to_be_alone_the_less_likely_others_are() -> None:
    sure = joined(rows(3), {(0, 1): -1.0, (0, 2): -9.0})
    assert sure.gun.tolist() == [0, 1, 2]
    assert sure.log_odds[0] == pytest.approx(-np.log(np.exp(-1.0) + np.exp(-9.0)))
    assert sure.log_odds[2] > sure.log_odds[1] > 0
    assert (sure.through == -1).all()


def test_one_row_and_no_pairs_make_guns_of_one_row() -> None:
    for count in (0, 1, 3):
        found = joined(rows(count, serial="A1") if count else [], {})
        assert found.gun.tolist() == list(range(count))
        assert (found.log_odds > 30).all()


def test_a_judged_pair_must_have_been_weighed() -> None:
    pairs, _ = pairs_of({(0, 1): 1.0})
    assert places(pairs, frozenset({(0, 1)}), 3).tolist() == [0]
    with pytest.raises(ValueError, match="judged"):
        places(pairs, frozenset({(1, 2)}), 3)


def test_ten_thousand_rows_of_one_gun_join_in_bounded_work() -> None:
    """A chain of windows, as `likeness` makes them, and one row that contradicts the last."""
    count, reach = 10_000, 20
    left = np.repeat(np.arange(count), reach)
    right = left + np.tile(np.arange(1, reach + 1), count)
    pairs = Pairs(left[right < count], right[right < count])
    given = [{"source": f"s{place}", "serial": "AB12345"} for place in range(count - 1)]
    found = group(
        gun_records([*given, {"source": "s0", "serial": "AB12345"}]),
        pairs,
        np.full(len(pairs), 9.0),
    )
    assert np.bincount(found.gun).max() == count - 1
    assert found.gun[0] != found.gun[-1]
