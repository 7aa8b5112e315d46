"""Records of one gun that cannot all be right: named as findings, and weighed against the match."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ironriver.tables import Kind
from ironriver.tracing.endings import SOFT
from ironriver.tracing.facts import ANSWER, LOSSES, SALES, Fact

APART = 60
"""Days between two recoveries of one gun that are more than one seizure entered late."""
WEIGHTS = {
    "sold_after_recovered": -3.0,
    "two_buyers": -2.0,
    "negative_time_to_crime": -3.0,
    "days_disagree": -0.5,
    "recovered_twice": -2.0,
    "lost_after_recovered": -2.0,
    "sold_after_stolen_from_licensee": -1.0,
    "crossing_after_recovered": -2.0,
    "answers_disagree": -0.5,
}
"""Log-odds that each takes from the records being of one gun.

Assumptions of ours: a clerk errs in a date so as to turn the order of two events about once in
fifty rows, while of two different guns one event in four comes after the other's.
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction, the records that disagree, and what it takes from the match."""

    code: str
    record_ids: tuple[str, ...]

    @property
    def log_odds(self) -> float:
        """What it takes from the log-odds that the records are of one gun."""
        return WEIGHTS[self.code]


def sale_of(fact: Fact) -> dt.date | None:
    """Give the day of the retail sale that a record tells of, if it is known."""
    if fact.kind == ANSWER:
        return fact.sale_day
    return fact.day if fact.kind in SALES and fact.exact else None


def contradictions(facts: Sequence[Fact], recovery: Fact) -> tuple[Finding, ...]:
    """Find what cannot all be right among the records of a gun, as seen from one recovery."""
    return tuple(
        sorted(
            {*_order(facts, recovery), *_buyers(facts), *_answers(facts)},
            key=lambda finding: (finding.log_odds, finding.code, finding.record_ids),
        )
    )


def _order(facts: Sequence[Fact], recovery: Fact) -> Iterator[Finding]:
    if not recovery.exact or recovery.day is None:
        return
    for fact in facts:
        here = tuple(sorted({fact.record_id, recovery.record_id}))
        sale = sale_of(fact)
        if sale and sale > recovery.day and fact.kind in SALES:
            yield Finding("sold_after_recovered", here)
        if not fact.exact or fact.day is None:
            continue
        if fact.kind in LOSSES and fact.day > recovery.day:
            yield Finding("lost_after_recovered", here)
        if fact.kind == Kind.CROSSING_SEIZURE and fact.day > recovery.day:
            yield Finding("crossing_after_recovered", here)
        apart = abs((fact.day - recovery.day).days)
        if fact.kind in (Kind.RECOVERY, ANSWER) and apart > APART:
            yield Finding("recovered_twice", here)


def _buyers(facts: Sequence[Fact]) -> Iterator[Finding]:
    """Two buyers of one day, or of two days of which no second sale is told."""
    named = [fact for fact in facts if fact.purchaser and fact.purchaser.entity_id]
    for one in named:
        for other in named:
            if one.record_id < other.record_id and _differ(one, other):
                yield Finding("two_buyers", (one.record_id, other.record_id))
    stolen = [fact for fact in facts if fact.kind in LOSSES and fact.licensed and fact.exact]
    for loss in stolen:
        for fact in facts:
            sale = sale_of(fact)
            if sale and loss.day and sale > loss.day:
                ids = tuple(sorted((loss.record_id, fact.record_id)))
                yield Finding("sold_after_stolen_from_licensee", ids)


def _differ(one: Fact, other: Fact) -> bool:
    if one.purchaser is None or other.purchaser is None:
        return False
    return one.purchaser.entity_id != other.purchaser.entity_id


def _answers(facts: Sequence[Fact]) -> Iterator[Finding]:
    answers = [fact for fact in facts if fact.kind == ANSWER]
    for fact in answers:
        if fact.stated_days is None:
            continue
        if fact.stated_days < 0:
            yield Finding("negative_time_to_crime", (fact.record_id,))
        elif fact.sale_day and fact.day and (fact.day - fact.sale_day).days != fact.stated_days:
            yield Finding("days_disagree", (fact.record_id,))
    firm = [fact for fact in answers if fact.outcome and fact.outcome not in SOFT]
    for one, other in pairwise(firm):
        if one.outcome != other.outcome:
            yield Finding("answers_disagree", tuple(sorted((one.record_id, other.record_id))))
