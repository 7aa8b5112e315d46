"""Customer groups: only those that sources place there and then, never a bare name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import Desk
from ironriver import engine
from ironriver.networks.groups import (
    READS,
    UNKNOWN_GROUP,
    ChainRecoveries,
    Presence,
    customer_groups,
    read_presence,
)

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "crime_groups"
DAY = (dt.date(2020, 6, 1) - dt.date(1970, 1, 1)).days
STATEMENTS = [
    ("Grupo Álamo (GA)", "presence", None, "MX-26", "2020-01-01"),
    ("GRUPO ALAMO", "presence", None, "MX-02", "2020-01-01"),
    ("Grupo Brezo", "presence", None, "MX-26", "2010-01-01"),
    ("Grupo Cedro", "presence", None, "MX-14", "2020-01-01"),
    ("Grupo Drago", "alliance", "Grupo Cedro", None, None),
    ("Grupo Brezo", "rivalry", "Grupo Álamo", None, None),
]


def presence(statements: list[tuple[str | None, ...]] = STATEMENTS) -> Presence:
    held = duckdb.connect()
    held.execute(
        "CREATE TABLE groups(group_name VARCHAR, relation VARCHAR, other_group VARCHAR, "
        "admin1 VARCHAR, as_of DATE, weight DOUBLE, record_id VARCHAR)"
    )
    for number, each in enumerate(statements):
        held.execute("INSERT INTO groups VALUES (?, ?, ?, ?, ?, NULL, ?)", [*each, f"g-{number}"])
    return read_presence(held)


def recoveries(*places: tuple[int, str, int], size: int = 1) -> ChainRecoveries:
    return ChainRecoveries(
        size,
        np.array([each[0] for each in places], dtype=np.int64),
        [each[1] for each in places],
        np.array([each[2] for each in places], dtype=np.int64),
        np.full(len(places), 0.9),
    )


def chances(rows: list[dict[str, object]]) -> dict[str, float]:
    return {str(row["group_id"]): float(str(row["probability"])) for row in rows}


def test_a_chain_is_given_the_groups_present_in_its_state_with_their_sources() -> None:
    chain = recoveries((0, "MX-26", DAY), (0, "MX-26", DAY + 40), (0, "MX-26", DAY + 90))
    (said,) = customer_groups(presence(), chain)
    assert said[0]["group_id"] == "group-grupo-alamo"
    assert said[0]["record_ids"] == ["g-0"]
    assert said[0]["rivals"] == ["group-grupo-brezo"]
    assert set(chances(said)) == {"group-grupo-alamo", "group-grupo-brezo", UNKNOWN_GROUP}
    assert chances(said)["group-grupo-alamo"] > 2 * chances(said)["group-grupo-brezo"]


def test_the_same_place_at_another_time_gives_another_group() -> None:
    early = recoveries(*((0, "MX-26", DAY - 3700 + step) for step in (0, 50, 100)))
    (said,) = customer_groups(presence(), early)
    assert said[0]["group_id"] == "group-grupo-brezo"


def test_an_ally_may_be_the_customer_where_no_source_places_it() -> None:
    chain = recoveries((0, "MX-14", DAY), (0, "MX-14", DAY + 40))
    said = chances(customer_groups(presence(), chain)[0])
    assert 0 < said["group-grupo-drago"] < said["group-grupo-cedro"]


def test_where_no_source_speaks_the_customer_is_unknown() -> None:
    (said,) = customer_groups(presence(), recoveries((0, "MX-31", DAY)))
    assert said == [
        {"group_id": UNKNOWN_GROUP, "probability": 1.0, "states": [], "record_ids": [],
         "rivals": []}
    ]  # fmt: skip
    assert chances(customer_groups(presence([]), recoveries((0, "MX-26", DAY)))[0]) == {
        UNKNOWN_GROUP: 1.0
    }
    assert chances(customer_groups(presence(), recoveries())[0]) == {UNKNOWN_GROUP: 1.0}


def test_guns_of_one_seizure_count_once() -> None:
    rest = [(1, "MX-02", DAY + step) for step in range(0, 400, 100)]
    one = recoveries((0, "MX-26", DAY), (0, "MX-02", DAY + 9), *rest, size=2)
    many = recoveries(*[(0, "MX-26", DAY)] * 20, (0, "MX-02", DAY + 9), *rest, size=2)
    assert customer_groups(presence(), one)[0] == customer_groups(presence(), many)[0]


def test_an_older_source_leaves_more_unknown() -> None:
    near, far = (
        chances(customer_groups(presence(), recoveries((0, "MX-14", DAY + days)))[0])[UNKNOWN_GROUP]
        for days in (0, 6000)
    )
    assert near < far


SOURCES = presence()


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from(["MX-26", "MX-02", "MX-14", "MX-31"]),
            st.integers(DAY - 5000, DAY + 2000),
        ),
        max_size=15,
    )
)  # fmt: skip
def test_the_list_always_adds_up_and_always_holds_unknown(
    places: list[tuple[int, str, int]],
) -> None:
    for said in customer_groups(SOURCES, recoveries(*places, size=3)):
        found = chances(said)
        assert sum(found.values()) == pytest.approx(1, abs=1e-5)
        assert UNKNOWN_GROUP in found
        assert all(row["record_ids"] for row in said if row["group_id"] != UNKNOWN_GROUP)


@pytest.mark.skipif(not REAL.exists(), reason="needs ../shared/data")
def test_real_sources_give_a_list_with_sources_and_no_bare_name(desk: Desk) -> None:
    for file in sorted(REAL.glob("*.csv")):
        desk.put(file.name, file.read_bytes())
    desk.read()
    with engine.connect(desk.workspace, READS) as connection:
        real = read_presence(connection)
    assert len(real.ids) >= 140
    assert real.allies
    assert real.rivals
    chain = recoveries((0, "MX-26", DAY), (0, "MX-26", DAY + 90), (0, "MX-02", DAY + 200))
    (said,) = customer_groups(real, chain)
    assert len(said) > 5
    assert sum(chances(said).values()) == pytest.approx(1, abs=1e-5)
    # Many groups are named there, so that none is likely by itself.
    assert max(chances(said).values()) < 0.5
    assert all(row["record_ids"] for row in said if row["group_id"] != UNKNOWN_GROUP)


def test_a_recovery_without_a_day_or_state_is_refused() -> None:
    with pytest.raises(ValueError, match="each recovery"):
        ChainRecoveries(1, np.zeros(1, np.int64), [], np.zeros(1, np.int64), np.ones(1))
