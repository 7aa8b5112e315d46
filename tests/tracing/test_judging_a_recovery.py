"""One recovery judged: contradictions are told and weighed, nothing is dropped."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_facts import answer, recovery, sale

from ironriver.tables import Outcome
from ironriver.tracing.contradictions import WEIGHTS, contradictions
from ironriver.tracing.endings import Diversion, Origin, endings
from ironriver.tracing.facts import Buyer, Fact
from ironriver.tracing.judge import Judgement, judge, lowered
from ironriver.tracing.mexican_sale import lawful_weight
from ironriver.tracing.sales import last_sale
from ironriver.tracing.traits import Reals
from ironriver.tracing.words import FINDINGS

EVEN = np.full(len(endings()), 1.0 / len(endings()))


def surely(outcome: Outcome) -> Reals:
    """Give chances that leave little doubt of one outcome."""
    chance = np.array([1.0 if each.outcome is outcome else 1e-3 for each in endings()])
    return np.asarray(chance / chance.sum())


def judged(*facts: Fact, outcome: Outcome = Outcome.TRACED_TO_PURCHASER) -> Judgement:
    return judge(facts, facts[0], surely(outcome), EVEN)


def codes(*facts: Fact) -> set[str]:
    return {finding.code for finding in contradictions(facts, facts[0])}


LATE = dt.date(2024, 1, 1)


def test_a_sale_after_the_recovery_is_told_and_kept() -> None:
    facts = (recovery(), sale(day=LATE))
    assert codes(*facts) == {"sold_after_recovered"}
    found = judged(*facts)
    assert found.sale.day == LATE
    assert found.sale.purchaser == "per-1"
    assert found.probability < judged(recovery(), sale()).probability


def test_two_buyers_lower_both_and_the_surer_one_is_named() -> None:
    facts = (recovery(), sale("p1", "per-1"),
             sale("p2", "per-2", purchaser=Buyer("p2/purchaser", "per-2", 0.6)))  # fmt: skip
    assert codes(*facts) == {"two_buyers"}
    found = judged(*facts)
    assert found.sale.purchaser == "per-1"
    alone = judged(recovery(), sale("p1", "per-1")).purchaser_probability
    assert found.purchaser_probability is not None
    assert alone is not None
    assert found.purchaser_probability < alone


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (answer(stated_days=-3), "negative_time_to_crime"),
        (answer(sale_day=dt.date(2020, 3, 2), stated_days=7), "days_disagree"),
        (recovery("r2", day=dt.date(2021, 1, 1)), "recovered_twice"),
        (sale("l1", kind="theft", country="MX", day=LATE, purchaser=None), "lost_after_recovered"),
        (sale("c1", kind="crossing_seizure", day=LATE), "crossing_after_recovered"),
    ],
)
def test_each_contradiction_is_named(other: Fact, code: str) -> None:
    assert code in codes(recovery(), other)


def test_records_that_agree_are_no_finding() -> None:
    assert (
        codes(recovery(), sale(), answer(sale_day=dt.date(2020, 3, 2), stated_days=1155)) == set()
    )


def test_every_finding_has_words_and_speaks_against_the_match() -> None:
    assert FINDINGS.keys() == WEIGHTS.keys()
    assert max(WEIGHTS.values()) < 0.0


@given(st.floats(0.001, 0.999), st.floats(-5.0, -0.1))
def test_a_contradiction_lowers_a_probability_and_keeps_it_one(chance: float, odds: float) -> None:
    assert 0.0 < lowered(chance, odds) < chance


@given(st.dates(dt.date(2000, 1, 1), dt.date(2023, 4, 30)),
       st.dates(dt.date(2000, 1, 1), dt.date(2023, 4, 30)))  # fmt: skip
def test_the_last_sale_before_the_recovery_counts(one: dt.date, other: dt.date) -> None:
    facts = [recovery(), sale("p1", "per-1", day=one), sale("p2", "per-2", day=other)]
    found = last_sale(facts, facts[0])
    assert found.day == max(one, other)
    if one != other:
        assert found.purchaser == ("per-1" if one > other else "per-2")


def test_an_unknown_sale_is_not_a_sale_of_day_zero() -> None:
    found = last_sale([recovery(), answer(outcome="origin_undetermined")], recovery())
    assert found.day is None
    assert found.purchaser is None


def test_what_rests_on_nothing_but_likeness_says_so() -> None:
    assert judged(recovery()).basis == "expected"
    assert judged(recovery(), sale()).basis == "records"
    assert judged(recovery(), answer()).basis == "answer"
    ground = recovery(serial_status="obliterated", serial="")
    assert judged(ground, outcome=Outcome.SERIAL_OBLITERATED).basis == "records"


def test_a_purchaser_of_a_doubtful_match_is_named_with_the_doubt() -> None:
    found = judged(recovery(probability=0.7), sale(probability=0.7))
    assert found.purchaser_probability == pytest.approx(0.7 * 0.98)


def test_chances_that_name_nothing_give_no_origin() -> None:
    found = judge([recovery()], recovery(), EVEN, EVEN)
    assert found.origin in (Origin.US_MADE, Origin.UNDETERMINED)
    assert 0.0 < found.probability < 1.0


def test_every_ending_is_one_of_the_codes() -> None:
    assert {each.diversion for each in endings()} == set(Diversion)
    assert len(set(endings())) == len(endings())
    never = {each.origin for each in endings() if each.outcome is Outcome.NOT_US_NEVER_IMPORTED}
    assert never == {Origin.FOREIGN_NOT_US}


def test_a_nine_millimetre_speaks_against_a_lawful_mexican_sale() -> None:
    assert lawful_weight("pistol", "9x19mm") < 1.0 < lawful_weight("pistol", ".380 ACP")
    assert lawful_weight("rifle", ".50 BMG") < 1.0 < lawful_weight("shotgun", "12 ga")
