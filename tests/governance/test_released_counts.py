"""Counts of restricted rows leave with the small ones and their cover hidden."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from governance_journals import FullDisk, MemoryJournal, founded
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.errors import IronRiverError, MistakeError
from ironriver.estimators.disclosure import audit, with_margins
from ironriver.governance.release import ALL, Access, Release, release_cells
from ironriver.governance.roles import Role
from ironriver.tables import Handling

STATES = ["MX-26", "MX-08", "MX-25", None]
TYPES = ["pistol", "rifle", "revolver"]


def ask(
    cells: pa.Table,
    dimensions: list[str],
    handling: Handling = Handling.TRACE_RESTRICTED,
    journal: MemoryJournal | None = None,
    **options: object,
) -> Release:
    access = Access("ana", Role.READER, "", founded() if journal is None else journal)
    return release_cells(cells, dimensions, "guns", handling, access, **options)  # type: ignore[arg-type]


def long_form(counts: np.ndarray) -> pa.Table:
    """Give the combinations that occur, as a query would."""
    rows = [
        {"state": STATES[i], "type": TYPES[j], "guns": int(counts[i, j])}
        for i, j in np.argwhere(counts > 0)
    ]
    schema = pa.schema([("state", pa.string()), ("type", pa.string()), ("guns", pa.int64())])
    return pa.Table.from_pylist(rows, schema=schema)


def test_a_small_count_leaves_as_null_and_takes_its_cover_with_it() -> None:
    cells = pa.table({"state": ["MX-26", "MX-08", "MX-25"], "guns": [3, 40, 500]})
    journal = founded()
    release = ask(cells, ["state"], journal=journal, totals=True)
    shown = dict(
        zip(release.table["state"].to_pylist(), release.table["guns"].to_pylist(), strict=True)
    )
    assert shown == {"MX-26": None, "MX-08": None, "MX-25": 500, ALL: 543}
    assert release.withheld == {"small_cell": 2}
    assert release.lines()[0].startswith("2 counts of cells were withheld: ")
    detail = journal.lines[-1].detail
    assert detail is not None
    assert (detail["minimum"], detail["withheld"]) == (10, {"small_cell": 2})
    assert detail["sha256"] == release.digest


@pytest.mark.parametrize("handling", [Handling.PUBLIC, Handling.SYNTHETIC])
def test_public_and_synthetic_counts_pass_as_they_are(handling: Handling) -> None:
    cells = pa.table({"a": ["x", "y"], "b": ["u", "v"], "c": ["1", "2"], "guns": [3, 1]})
    assert ask(cells, ["a", "b", "c"], handling).table.equals(cells)


@given(
    st.lists(
        st.lists(st.one_of(st.just(0), st.integers(0, 30)), min_size=3, max_size=3),
        min_size=4,
        max_size=4,
    )
)
@settings(max_examples=80, deadline=None)
def test_a_reader_of_the_released_table_cannot_narrow_what_is_hidden(
    counts: list[list[int]],
) -> None:
    truth = np.array(counts)
    given_table = ask(long_form(truth), ["state", "type"], totals=True).table
    place = {value: k for k, value in enumerate(STATES)} | {ALL: len(STATES)}
    kinds = {value: k for k, value in enumerate(TYPES)} | {ALL: len(TYPES)}
    whole = with_margins(truth)
    hidden = np.zeros(whole.shape, dtype=bool)
    for row in given_table.to_pylist():
        at = place[row["state"]], kinds[row["type"]]
        hidden[at] = row["guns"] is None
        assert row["guns"] in (None, whole[at])
    low, high = audit(whole, hidden)
    assert not (hidden & (high - low < 10)).any()
    assert hidden[(whole > 0) & (whole < 10)].all()


def test_rows_keep_their_order_and_types_without_totals() -> None:
    cells = pa.table({"year": [2012, 2010, 2011], "guns": [50, 2, 60]})
    given_table = ask(cells, ["year"]).table
    assert given_table["year"].to_pylist() == [2012, 2010, 2011]
    assert given_table.schema.field("year").type == pa.int64()
    assert given_table["guns"].to_pylist()[1] is None


def test_a_missing_value_is_a_value_of_its_own() -> None:
    cells = pa.table({"state": pa.array(["MX-26", None]), "guns": [80, 90]})
    assert ask(cells, ["state"], totals=True).table["state"].to_pylist() == ["MX-26", None, ALL]


def test_restricted_counts_by_three_dimensions_are_refused() -> None:
    cells = pa.table({"a": ["x"], "b": ["y"], "c": ["z"], "guns": [30]})
    with pytest.raises(MistakeError, match="one or two dimensions"):
        ask(cells, ["a", "b", "c"])


@pytest.mark.parametrize("handling", [Handling.PERSONAL, Handling.LAW_ENFORCEMENT])
def test_the_smallest_cell_can_be_raised_but_never_lowered(
    handling: Handling, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = pa.table({"state": ["a", "b", "c"], "guns": [12, 300, 400]})
    assert ask(cells, ["state"], handling, minimum=2).table["guns"].to_pylist() == [12, 300, 400]
    assert ask(cells, ["state"], handling, minimum=20).table["guns"][0].as_py() is None
    small = pa.table({"state": ["a", "b", "c"], "guns": [6, 300, 400]})
    monkeypatch.setenv("IRONRIVER_MINIMUM_CELL", "1")
    assert ask(small, ["state"], handling).table["guns"][0].as_py() is None


def test_a_combination_counted_twice_or_called_all_is_a_fault() -> None:
    with pytest.raises(IronRiverError, match="twice"):
        ask(pa.table({"state": ["a", "a"], "guns": [20, 30]}), ["state"])
    with pytest.raises(IronRiverError, match="called"):
        ask(pa.table({"state": [ALL, "a"], "guns": [20, 30]}), ["state"])


def test_an_empty_table_of_counts_passes() -> None:
    cells = pa.table({"state": pa.array([], pa.string()), "guns": pa.array([], pa.int64())})
    assert ask(cells, ["state"]).table.num_rows == 0


def test_counts_do_not_leave_if_the_journal_cannot_be_written() -> None:
    with pytest.raises(OSError, match="No space"):
        ask(pa.table({"state": ["a"], "guns": [20]}), ["state"], journal=FullDisk())
