"""Pairs worth weighing: all that share a circumstance, bounded where too many do."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from gun_rows import gun_records
from hypothesis import given
from hypothesis import strategies as st

from ironriver.firearms import pairs as pairing
from ironriver.firearms.circumstances import NEAR_DAYS
from ironriver.firearms.gun_records import NO_DAY, GunRecords
from ironriver.firearms.pairs import Pairs, in_large_case, paired, together, together_in_batches

Two = set[tuple[str, str]]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from("ab"),
            "day": st.sampled_from([NO_DAY, *range(100, 130)]),
            "place": st.sampled_from([None, "Cajeme", "Reynosa"]),
            "case": st.sampled_from([None, "FED-1", "FED-2"]),
            "reference": st.sampled_from([None, "R-0001", "R-0002"]),
        }
    ),
    max_size=20,
)


def named(records: GunRecords, pairs: Pairs) -> Two:
    """Give pairs by the ids of their rows."""
    ids = records.record_id.to_pylist()
    found = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    return {(min(ids[one], ids[other]), max(ids[one], ids[other])) for one, other in found}


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"id": f"r{place:03d}"} for place, row in enumerate(rows)]


def share(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two rows share a request, a case, or a place within a few days."""
    dated = NO_DAY not in (one["day"], other["day"])
    near = dated and abs(one["day"] - other["day"]) <= NEAR_DAYS
    return any(
        one[name] is not None and one[name] == other[name] for name in ("case", "reference")
    ) or (near and one["place"] is not None and one["place"] == other["place"])


@given(ROWS.map(numbered))
def test_all_rows_that_share_something_are_paired_and_no_others(rows: list[dict[str, Any]]) -> None:
    records = gun_records(rows)
    expected = {
        (one["id"], other["id"])
        for place, one in enumerate(rows)
        for other in rows[place + 1 :]
        if share(one, other)
    }
    assert named(records, together(records)) == expected


@given(ROWS.map(numbered), st.randoms(use_true_random=False), st.integers(1, 4))
def test_the_order_of_rows_changes_no_pair(
    rows: list[dict[str, Any]], chance: Random, largest: int
) -> None:
    other = list(rows)
    chance.shuffle(other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "LARGEST", largest)
        one, two = gun_records(rows), gun_records(other)
        assert named(one, together(one)) == named(two, together(two))


@given(ROWS.map(numbered))
def test_pairs_stand_in_order_each_once_left_before_right(rows: list[dict[str, Any]]) -> None:
    found = together(gun_records(rows))
    assert (found.left < found.right).all()
    assert (np.diff(found.left * len(rows) + found.right) > 0).all()


@given(ROWS.map(numbered), st.integers(1, 60), st.integers(1, 6))
def test_batches_put_together_are_all_pairs_in_order(
    rows: list[dict[str, Any]], batch: int, largest: int
) -> None:
    records = gun_records(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "LARGEST", largest)
        whole, parts = together(records), list(together_in_batches(records, batch))
    assert [row for part in parts for row in part.left.tolist()] == whole.left.tolist()
    assert [row for part in parts for row in part.right.tolist()] == whole.right.tolist()
    assert len(parts) == 1 or all(len(part) <= max(batch, 4 * len(rows)) for part in parts)


def test_a_case_of_too_many_rows_is_not_paired() -> None:
    rows = [{"case": "FED-1", "source": f"s{number}"} for number in range(pairing.LARGEST + 1)]
    assert len(together(gun_records(rows[:-1]))) == 100 * 99 // 2
    records = gun_records(rows)
    assert in_large_case(records).all()
    assert not len(together(records))


def test_in_a_crowded_week_rows_of_one_day_are_paired() -> None:
    rows = [{"place": "Reynosa", "day": 100 + number % 7} for number in range(300)]
    records = gun_records(rows)
    found = together(records)
    assert (records.day[found.left] == records.day[found.right]).all()
    assert len(found) == sum(n * (n - 1) // 2 for n in np.bincount(records.day)[100:].tolist())


def test_on_a_crowded_day_only_rows_of_quieter_days_are_paired_with_it() -> None:
    crowd = [{"place": "Reynosa", "day": 100}] * 150
    quiet = [{"place": "Reynosa", "day": 100 - NEAR_DAYS}] * 2
    assert len(together(gun_records(crowd))) == 0
    records = gun_records(crowd + quiet)
    assert len(together(records)) == 1
    few = gun_records(crowd[:95] + quiet)
    assert len(together(few)) == 97 * 96 // 2


def test_pairs_of_a_row_with_itself_are_left_out() -> None:
    found = paired(np.array([3, 1, 2, 1]), np.array([3, 2, 1, 0]), 4)
    assert found.left.tolist() == [0, 1]
    assert found.right.tolist() == [1, 2]
    assert len(paired(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), 0)) == 0
