"""Pairs of rows fall into cells by what stands between them, and cells are counted exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gun_rows import gun_records
from hypothesis import given
from hypothesis import strategies as st

from ironriver.firearms import pairs as pairing
from ironriver.firearms.census import count_pairs
from ironriver.firearms.circumstances import Cells, Level, case_sizes, compare
from ironriver.firearms.gun_records import NO_DAY, GunRecords
from ironriver.firearms.pairs import together, together_in_batches

ROLES = ("sales purchase", "seizures recovery", "trace_results trace_result")
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from("abc"),
            "role": st.sampled_from(ROLES),
            "day": st.sampled_from([NO_DAY, *range(100, 125), 460, 2500]),
            "place": st.sampled_from([None, "Cajeme", "Reynosa"]),
            "case": st.sampled_from([None, "FED-1", "FED-2", "SON-1", "SON-2"]),
            "reference": st.sampled_from([None, "R-0001", "R-0002"]),
        }
    ),
    min_size=1,
    max_size=24,
)


def every_pair(records: GunRecords) -> tuple[Any, Any]:
    """Give all pairs of rows."""
    left, right = np.triu_indices(len(records), 1)
    return left.astype(np.int64), right.astype(np.int64)


def level(one: dict[str, Any], other: dict[str, Any]) -> tuple[Level, int]:
    """Give the level of two rows, and whether their cases differ."""
    records = gun_records([one, other])
    found = compare(records, case_sizes(records), np.array([0]), np.array([1]))
    return Level(int(found.level[0])), int(found.cell[0]) % 2


@given(ROWS, st.integers(1, 80))
def test_cells_hold_as_many_pairs_as_there_are(rows: list[dict[str, Any]], batch: int) -> None:
    records = gun_records(rows)
    cell = compare(records, case_sizes(records), *every_pair(records)).cell
    found = count_pairs(records, together_in_batches(records, batch))
    assert found.tolist() == np.bincount(cell, minlength=len(found)).tolist()


@given(ROWS)
def test_pairs_of_large_cases_and_crowded_places_are_counted_too(
    rows: list[dict[str, Any]],
) -> None:
    records = gun_records(rows)
    cell = compare(records, case_sizes(records), *every_pair(records)).cell
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "LARGEST", 2)
        found = count_pairs(records, [together(records)])
    assert found.tolist() == np.bincount(cell, minlength=len(found)).tolist()


@given(ROWS)
def test_which_row_comes_first_changes_no_cell(rows: list[dict[str, Any]]) -> None:
    records = gun_records(rows)
    left, right = every_pair(records)
    sizes = case_sizes(records)
    assert (
        compare(records, sizes, left, right).cell == compare(records, sizes, right, left).cell
    ).all()


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-400, Level.YEAR_BEFORE),
        (-40, Level.MONTHS_BEFORE),
        (-3, Level.DAYS_BEFORE),
        (0, Level.SAME_DAY),
        (3, Level.DAYS_AFTER),
        (40, Level.MONTHS_AFTER),
        (400, Level.YEARS_AFTER),
        (4000, Level.LONG_AFTER),
    ],
)
def test_days_are_counted_from_the_row_of_the_first_role(days: int, expected: Level) -> None:
    bought = {"role": "sales purchase", "day": 5000}
    seized = {"role": "seizures recovery", "day": 5000 + days}
    assert level(bought, seized)[0] == level(seized, bought)[0] == expected


def test_a_request_tells_more_than_a_case_and_a_case_more_than_a_place() -> None:
    one = {
        "role": "a recovery",
        "day": 10,
        "place": "Cajeme",
        "case": "FED-1",
        "reference": "R-0001",
    }
    other = one | {"role": "b recovery", "source": "b"}
    assert level(one, other)[0] == Level.SAME_REQUEST
    assert level(one, other | {"reference": None})[0] == Level.SAME_CASE_OF_ONE
    assert level(one, other | {"reference": None, "case": None})[0] == Level.SAME_PLACE_AND_DAY
    far = other | {"reference": None, "case": None, "day": 19}
    assert level(one, far)[0] == Level.SAME_PLACE_NEAR_DAY
    assert level(one, far | {"day": 20})[0] == Level.DAYS_AFTER


def test_one_number_in_two_rows_of_one_role_is_no_request() -> None:
    one = {"day": 10, "reference": "R-0001"}
    assert level(one, one | {"day": 11})[0] == Level.DAYS_AFTER


def test_cases_differ_only_where_one_office_numbers_both() -> None:
    one = {"day": 10, "case": "FED-1"}
    assert level(one, {"day": 10, "case": "FED-2"})[1] == 1
    assert level(one, {"day": 10, "case": "SON-2"})[1] == 0
    assert level(one, {"day": 10, "case": "FED-1"})[1] == 0
    assert level(one, {"day": 10})[1] == 0


def test_a_case_is_as_large_as_the_longest_list_of_it() -> None:
    rows = [{"source": "a", "case": "FED-1"}] * 3 + [{"source": "b", "case": "FED-1"}] * 5
    assert case_sizes(gun_records(rows)).tolist() == [5]
    assert case_sizes(gun_records([{"source": "a"}])).tolist() == [0]


def test_a_cell_tells_its_parts() -> None:
    cells = Cells(3)
    every = np.arange(len(cells))
    role_1, role_2 = np.divmod(every // (4 * len(Level)), 3)
    again = cells.number(
        role_1, role_2, cells.one_source(every), cells.level(every), every % 2 == 1
    )
    assert (again == every).all()
    assert len(np.unique(cells.kind(every))) == 4 * len(Level)
