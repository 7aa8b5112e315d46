"""The chain of custody: every hop has a record, and what nobody recorded is a gap."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from made_facts import BLANK, answer, recovery, sale

from ironriver.tables import Kind
from ironriver.tracing.chain import gaps, hops
from ironriver.tracing.facts import Fact
from ironriver.tracing.words import HOLDERS, HOPS, MISSING

DAYS = st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2025, 12, 31))
NAMES = st.none() | st.sampled_from(["Glock", "Ruger", "Century Arms"])


@st.composite
def guns(draw: st.DrawFn) -> list[Fact]:
    """Draw the records of a gun, whatever they say."""
    facts = []
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from([*(each.value for each in Kind), "trace_result"]))
        facts.append(
            replace(
                BLANK, record_id=f"r{number}", kind=kind, day=draw(DAYS), sale_day=draw(DAYS),
                completed=draw(DAYS), country=draw(st.sampled_from(["MX", "US", None])),
                make=draw(NAMES), importer=draw(NAMES),
                crossing=draw(st.sampled_from([None, "unknown", "2604"])),
            )
        )  # fmt: skip
    return facts


@given(guns())
def test_no_hop_is_without_a_record_of_the_gun(facts: list[Fact]) -> None:
    known = {fact.record_id for fact in facts}
    for hop in hops(facts):
        assert hop.record_ids
        assert set(hop.record_ids) <= known
        assert hop.told()["record_id"] in known


@given(guns())
def test_every_record_of_a_dated_event_stands_in_a_hop_with_its_date(facts: list[Fact]) -> None:
    told = {(name, hop.day) for hop in hops(facts) for name in hop.record_ids}
    for fact in facts:
        if fact.kind != "trace_result":
            assert (fact.record_id, fact.day) in told


@given(guns())
def test_dates_follow_each_other_and_no_date_is_made_up(facts: list[Fact]) -> None:
    dated = [hop.day for hop in hops(facts) if hop.day]
    assert dated == sorted(dated)
    given_days = {day for fact in facts for day in (fact.day, fact.sale_day, fact.completed)}
    assert set(dated) <= given_days


@given(guns(), st.sampled_from(["retail", "forces_loss", "mexican_legal_sale",
                                "central_american_stock", "unknown"]))  # fmt: skip
def test_every_hop_and_gap_has_words(facts: list[Fact], diversion: str) -> None:
    chain = hops(facts)
    assert {hop.hop for hop in chain} <= HOPS.keys()
    for gap in gaps(chain, facts, diversion, us=True):
        assert gap.missing in MISSING
        assert gap.holder in HOLDERS


def test_a_chain_without_a_sale_says_that_the_licensee_would_hold_it() -> None:
    facts = [recovery()]
    missing = {gap.missing: gap.holder for gap in gaps(hops(facts), facts, "retail", us=True)}
    assert missing["retail_sale"] == "licensee"
    assert missing["request"] == "requester"
    closed = [recovery(), answer(outcome="licensee_out_of_business_no_record")]
    missing = {gap.missing: gap.holder for gap in gaps(hops(closed), closed, "retail", us=True)}
    assert missing["retail_sale"] == "out_of_business_records"
    assert "request" not in missing


def test_a_recorded_sale_leaves_only_what_came_after_it_in_the_dark() -> None:
    facts = [recovery(), sale()]
    missing = {gap.missing for gap in gaps(hops(facts), facts, "retail", us=True)}
    assert "retail_sale" not in missing
    assert {"after_sale", "way_to_mexico"} <= missing


def test_one_recovery_in_two_lists_is_one_hop_with_both_records() -> None:
    chain = hops([recovery("r1"), recovery("r2")])
    (found,) = [hop for hop in chain if hop.hop == "recovered"]
    assert set(found.record_ids) == {"r1", "r2"}


def test_two_buyers_of_one_day_stand_as_two_hops() -> None:
    chain = hops([recovery(), sale("p1", "per-1"), sale("p2", "per-2")])
    assert {hop.purchaser for hop in chain if hop.hop == "sold"} == {"per-1", "per-2"}
