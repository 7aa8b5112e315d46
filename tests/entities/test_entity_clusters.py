"""Groups of parties: conflicts, judgements, and the order of arrival."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.entities.clusters import Firm, Judged, Pairs, cluster, strongest_ties

SIZE = 7
Found = dict[tuple[int, int], float]


def links(*found: tuple[int, int, float]) -> Pairs:
    left, right, odds = zip(*found, strict=True)
    return Pairs(
        np.array(left, dtype=np.int64), np.array(right, dtype=np.int64), np.array(odds, float)
    )


def test_one_blurred_party_makes_no_two_birth_dates_one() -> None:
    pairs = links((0, 1, 6.0), (1, 2, 5.0))
    births = Firm(np.array([10, -1, 20]))
    assert cluster(3, pairs, [births], Judged()).tolist() == [0, 0, 2]


def test_a_direct_comparison_may_hold_in_spite_of_a_birth_date_but_never_of_a_licence_key() -> None:
    pairs = links((0, 1, 9.0))
    values = np.array([10, 20])
    assert cluster(2, pairs, [Firm(values)], Judged()).tolist() == [0, 0]
    assert cluster(2, pairs, [Firm(values, strict=True)], Judged()).tolist() == [0, 1]


def test_what_speaks_against_two_groups_is_weighed_with_what_speaks_for_them() -> None:
    pairs = links((0, 1, 7.0), (2, 3, 7.0), (1, 2, 1.0), (0, 2, -6.0), (1, 3, -6.0))
    assert cluster(4, pairs, [], Judged()).tolist() == [0, 0, 2, 2]


def test_a_judgement_splits_a_group_and_each_member_goes_where_it_fits_best() -> None:
    pairs = links((0, 1, 5.0), (1, 2, 4.0), (0, 2, 3.0))
    assert cluster(3, pairs, [], Judged()).tolist() == [0, 0, 0]
    assert cluster(3, pairs, [], Judged(different=[(0, 2)])).tolist() == [0, 0, 2]


def test_a_judgement_joins_what_nothing_else_joins_even_against_a_firm_value() -> None:
    pairs = links((0, 1, -5.0))
    births = Firm(np.array([10, 20]))
    assert cluster(2, pairs, [births], Judged(same=[(0, 1)])).tolist() == [0, 0]


PAIRS = st.dictionaries(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).filter(lambda p: p[0] < p[1]),
    st.floats(-9, 9).map(lambda value: round(value, 2)),
    min_size=1,
    max_size=15,
)


@settings(max_examples=150)
@given(PAIRS, st.lists(st.integers(-1, 2), min_size=SIZE, max_size=SIZE), st.randoms())
def test_the_order_of_pairs_changes_no_group(
    found: Found, codes: list[int], shuffled: random.Random
) -> None:
    rows = [(a, b, odds) for (a, b), odds in sorted(found.items())]
    other = list(rows)
    shuffled.shuffle(other)
    firm = [Firm(np.array(codes), strict=True)]
    one = cluster(SIZE, links(*rows), firm, Judged())
    assert one.tolist() == cluster(SIZE, links(*other), firm, Judged()).tolist()
    for label in set(one.tolist()):
        assert len({code for code, mine in zip(codes, one, strict=True)
                    if mine == label and code >= 0}) <= 1  # fmt: skip


@settings(max_examples=100)
@given(PAIRS, PAIRS)
def test_what_is_judged_different_is_never_in_one_group(found: Found, judged: Found) -> None:
    rows = [(a, b, odds) for (a, b), odds in sorted(found.items())]
    apart = sorted(judged)
    groups = cluster(SIZE, links(*rows), [], Judged(different=apart))
    assert all(groups[a] != groups[b] for a, b in apart)


def test_a_party_between_two_groups_is_less_sure_of_its_own() -> None:
    pairs = links((0, 1, 4.0), (1, 2, 3.0), (0, 2, -8.0))
    labels = cluster(3, pairs, [], Judged(different=[(0, 2)]))
    best, outside, tie = strongest_ties(labels, pairs)
    assert labels.tolist() == [0, 0, 2]
    assert best[:2].tolist() == [4.0, 4.0]
    assert outside[1] > outside[0]
    assert np.isneginf(best[2])
    assert tie.tolist() == [0, 0, -1]
