"""An id of a cluster lasts: re-runs, new files, merges and splits lead nobody astray."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ironriver.estimators.lasting_ids import follow, lasting_ids, member_of

Member = tuple[str, dt.date | None, int]
DAY = dt.date(2024, 1, 1)
members = st.dictionaries(
    st.text("abc-/9", min_size=1, max_size=4),
    st.tuples(st.none() | st.dates(DAY, DAY + dt.timedelta(4)), st.integers(-3, 3)),
    min_size=1,
    max_size=12,
)


def named(rows: Sequence[Member], prefix: str = "gun") -> dict[str, str]:
    """Give the id of each member's cluster."""
    ids = lasting_ids(
        np.array([label for *_, label in rows]),
        pa.array([day for _, day, _ in rows], pa.date32()),
        pa.array([member for member, *_ in rows]),
        prefix,
    )
    return dict(zip([member for member, *_ in rows], ids.to_pylist(), strict=True))


def rows_of(given_members: dict[str, tuple[dt.date | None, int]]) -> list[Member]:
    return [(member, day, label) for member, (day, label) in given_members.items()]


@given(members)
def test_a_cluster_is_named_after_its_first_known_member(
    some: dict[str, tuple[dt.date | None, int]],
) -> None:
    for member, identifier in named(rows_of(some)).items():
        together = [each for each in some if some[each][1] == some[member][1]]
        first = min(together, key=lambda each: (some[each][0] or dt.date.max, each))
        assert identifier == f"gun-{first}"


@given(members, st.randoms(use_true_random=False))
def test_neither_order_nor_labels_change_an_id(
    some: dict[str, tuple[dt.date | None, int]], chance: object
) -> None:
    rows = rows_of(some)
    again = [(member, day, 50 - 7 * label) for member, day, label in rows]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert named(again) == named(rows)


@given(members, members)
def test_an_id_of_any_earlier_run_leads_to_one_cluster_that_holds_its_member(
    before: dict[str, tuple[dt.date | None, int]], new: dict[str, tuple[dt.date | None, int]]
) -> None:
    # What was known stays known from the same day; how it hangs together may change at will.
    after = {
        member: (before[member][0] if member in before else day, label)
        for member, (day, label) in {**before, **new}.items()
    }
    old, now = named(rows_of(before)), named(rows_of(after))
    for identifier in old.values():
        assert follow(identifier, now) == now[member_of(identifier)]


def test_a_new_file_leaves_the_ids_of_what_was_known_alone() -> None:
    before = [("b", DAY, 1), ("c", DAY, 2)]
    later = DAY + dt.timedelta(30)
    after = [*before, ("a", later, 1), ("a2", later, 3)]
    assert named(after) == {"b": "gun-b", "c": "gun-c", "a": "gun-b", "a2": "gun-a2"}


def test_a_merge_keeps_the_older_id_and_a_split_gives_the_other_back() -> None:
    apart = [("a", DAY, 1), ("b", DAY + dt.timedelta(1), 2)]
    merged = [(member, day, 1) for member, day, _ in apart]
    assert set(named(merged).values()) == {"gun-a"}
    assert follow("gun-b", named(merged)) == "gun-a"
    assert named(apart) == {"a": "gun-a", "b": "gun-b"}


def test_an_id_whose_member_is_gone_leads_nowhere() -> None:
    assert follow("gun-z", named([("a", DAY, 1)])) is None


def test_kinds_of_one_run_may_have_prefixes_of_their_own() -> None:
    ids = lasting_ids(
        np.array([1, 2]),
        pa.chunked_array([pa.array([DAY]), pa.array([None], pa.date32())]),
        pa.chunked_array([["a/purchaser"], ["b/licensee"]]),
        pa.array(["per", "lic"]),
    )
    assert ids.to_pylist() == ["per-a/purchaser", "lic-b/licensee"]


def test_nothing_has_no_ids() -> None:
    assert lasting_ids(np.array([], int), pa.array([], pa.date32()), pa.array([]), "gun") == (
        pa.array([], pa.string())
    )
