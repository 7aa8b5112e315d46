"""What tells licences of one business apart where a record gives no key."""

from __future__ import annotations

import json

import duckdb
import pytest
from parties import resolved, seller, together

from ironriver.entities import commonness
from ironriver.entities.fields import Level
from ironriver.entities.gathering import licence_type
from ironriver.entities.licensee_fields import TYPE

PLACE = {"address": "12 Specimen Rd", "city": "Mesa", "admin1": "US-AZ", "postcode": "85201"}
TRADE = {"role": "trade_name", "party_id": "r0002/trade_name"}


def test_the_type_of_a_licence_is_read_from_its_number_where_it_is_whole() -> None:
    assert licence_type("9-86-013-07-6A-12345") == "07"
    assert licence_type("9-86-12345") is None


def test_a_record_without_a_key_joins_the_licence_of_its_own_type() -> None:
    sellers = [
        seller(1, "Specimen Arms LLC", "9-86-013-01-6A-11111", **PLACE),
        seller(2, "Specimen Arms LLC", "9-86-013-07-6A-22222", **PLACE),
        seller(3, "SPECIMEN ARMS, L.L.C.", None, **PLACE),
    ]
    inspection = {"record_id": "r0003", "type": "07"}
    found = resolved(sellers, inspected=[inspection])
    assert together(found, 2, 3)
    assert not together(found, 1, 3)


@pytest.mark.parametrize(("left", "right", "agrees"), [("01", "01", True), ("01", "07", False)])
def test_two_types_speak_against_one_licence(left: str, right: str, agrees: bool) -> None:
    sql = TYPE.levels[0].sql
    told = duckdb.execute(
        f"SELECT {sql} FROM (SELECT ? AS licence_type_l, ? AS licence_type_r)", [left, right]
    ).fetchall()[0][0]
    assert told is agrees
    assert TYPE.levels[0].m > TYPE.levels[0].u
    assert TYPE.levels[1].m < TYPE.levels[1].u


def test_a_name_written_across_two_columns_agrees_with_the_same_name_in_one() -> None:
    sellers = [
        seller(1, "Specimen Station Outfitter Inc", "9-86-013-01-6A-11111", **PLACE),
        seller(2, "Specimen Station", None, **PLACE),
        seller(2, "Outfitter, Inc", None, **PLACE) | TRADE,
    ]
    told = [json.loads(row["reasons"]) for row in resolved(sellers)["matches"]]
    levels = [reason["level"] for reasons in told for reason in reasons]
    assert "same_words_divided_otherwise" in levels


def common(rows: list[tuple[str, str | None]]) -> dict[str, float]:
    """Give how common each owner is; a row is an owner and a licence."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE firms (owner VARCHAR, licence VARCHAR)")
        connection.executemany("INSERT INTO firms VALUES (?, ?)", rows)
        level = Level("same", "", 0.5, 0.001, "owner", holders="licence")
        connection.execute(commonness.frequencies("told", "firms", level))
        return dict(connection.execute("SELECT owner, tf_owner FROM told").fetchall())


def test_names_seen_once_are_as_common_as_those_seen_twice_tell() -> None:
    found = common([(name, None) for name in "abcdeffggg"])
    every = 10 + commonness.COMMON_ROWS
    stated = commonness.COMMON_ROWS * 0.001
    assert found["a"] == found["f"] == pytest.approx((2 * 1 / 5 + stated) / every)
    assert found["g"] == pytest.approx((2 + stated) / every)


def test_a_name_is_no_commoner_for_standing_in_many_rows_of_one_licence() -> None:
    many = [(f"name {number}", str(number)) for number in range(commonness.FEWEST_HOLDERS)]
    found = common([*many, ("two", "a"), ("two", "b"), *[("one", "c")] * 9, ("one", None)])
    every = commonness.FEWEST_HOLDERS + 3
    assert (
        found["one"]
        == found["name 1"]
        == pytest.approx(2 / (commonness.FEWEST_HOLDERS + 1) / every)
    )
    assert found["two"] == pytest.approx(1 / every)


def test_two_owners_who_trade_under_one_name_at_one_place_follow_each_other() -> None:
    sellers = [
        seller(1, "Quillfeather, Ana", None, **PLACE),
        seller(1, "Old Mill Arms", None, **PLACE) | TRADE | {"party_id": "r0001/trade_name"},
        seller(2, "Brackenridge, Tom", None, **PLACE),
        seller(2, "Old Mill Arms", None, **PLACE) | TRADE,
    ]
    found = resolved(sellers)
    assert not together(found, 1, 2)
    told = [json.loads(row["reasons"]) for row in found["matches"]]
    levels = {reason["level"] for reasons in told for reason in reasons}
    assert "owners_of_one_place_follow_each_other" in levels
    assert {row["decision"] for row in found["matches"]} == {"related"}


def named(*sellers: dict[str, object]) -> str | None:
    """Give the level at which the names of two sellers of one place agree."""
    found = resolved(sellers)
    reasons = [each for row in found["matches"] for each in json.loads(row["reasons"])]
    return next((each["level"] for each in reasons if each["field"] == "business_name"), None)


def names(left: str, right: str) -> str | None:
    return named(seller(1, left, None, **PLACE), seller(2, right, None, **PLACE))


def test_a_slip_of_the_pen_is_no_other_name_but_a_word_more_is() -> None:
    assert names("Brackenridge Guns and Gear", "Brackenridgge Guns and Gear") == "misspelt"
    assert names("Quillfeather Arms LLC", "Quillfeather Arms Two LLC") != "similar"


def test_a_row_of_one_name_may_give_the_trade_name_unless_it_has_a_legal_form() -> None:
    owner = seller(2, "Brackenridge, Tom", None, **PLACE)
    trade = seller(2, "Old Mill Arms", None, **PLACE) | TRADE
    bare, formed = (
        seller(1, name, None, **PLACE) for name in ("Old Mill Arms", "Old Mill Arms LLC")
    )
    assert named(bare, owner, trade) == "one_gives_the_trade_name_alone"
    assert named(formed, owner, trade) == "trade_same_owner_another"
