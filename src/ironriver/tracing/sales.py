"""The last known retail sale of a gun: who sold it, who bought it, and when."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ironriver.tracing.contradictions import sale_of
from ironriver.tracing.facts import ANSWER, LOSSES, SALES, Fact


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale as the records have it; the purchaser is not a suspect."""

    day: dt.date | None
    licensee: str | None
    purchaser: str | None
    record_ids: tuple[str, ...]
    purchaser_probability: float
    """That the named person bought the gun the records are about, given that they are."""
    link: float
    """That the surest of these records is about the gun."""


def last_sale(facts: Sequence[Fact], recovery: Fact) -> Sale:
    """Give the last sale on or before the recovery; where none is, the last one told of.

    Of different buyers on one day the one whose records are surer is named, with what is left of
    its probability.
    """
    told = [fact for fact in facts if _tells(fact)]
    if not told:
        return Sale(None, _seller(facts), None, (), 0.0, 0.0)
    days = {day for fact in told if (day := sale_of(fact))}
    fit = {day for day in days if recovery.day is None or day <= recovery.day}
    day = max(fit or days, default=None)
    told = [fact for fact in told if sale_of(fact) == day or sale_of(fact) is None]
    named: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in told:
        if fact.purchaser and fact.purchaser.entity_id:
            named[fact.purchaser.entity_id].append(fact)
    link = max(link_between(fact, recovery) for fact in told)
    ids = tuple(fact.record_id for fact in told)
    if not named:
        return Sale(day, _seller(told) or _seller(facts), None, ids, 0.0, link)
    sure = {who: _surely(each) for who, each in named.items()}
    best = min(sure, key=lambda who: (-sure[who], who))
    share = sure[best] * sure[best] / sum(sure.values())
    mine = named[best]
    return Sale(
        day,
        _seller(mine) or _seller(told) or _seller(facts),
        best,
        tuple(fact.record_id for fact in mine),
        share,
        max(link_between(fact, recovery) for fact in mine),
    )


def _tells(fact: Fact) -> bool:
    return fact.kind in SALES or (fact.kind == ANSWER and bool(fact.sale_day or fact.purchaser))


def _surely(facts: Sequence[Fact]) -> float:
    """Give the chance that at least one of these records names the right person."""
    wrong = 1.0
    for fact in facts:
        wrong *= 1.0 - (fact.purchaser.probability if fact.purchaser else 0.0)
    return 1.0 - wrong


def _seller(facts: Sequence[Fact]) -> str | None:
    """Name the licensee: of an answer first, then of a sale, then of a licensee's own loss."""
    order = [
        *(fact for fact in facts if fact.kind == ANSWER),
        *(fact for fact in facts if fact.kind in SALES),
        *(fact for fact in facts if fact.kind in LOSSES and fact.licensed),
    ]
    found = (fact.seller.entity_id for fact in order if fact.seller and fact.seller.entity_id)
    return next(found, None)


def link_between(fact: Fact, recovery: Fact) -> float:
    """Give the chance that two records of one judged gun are about one gun.

    A request and its answer carry one number, so nothing is left to judge; else both must belong.
    """
    if fact.record_id == recovery.record_id:
        return 1.0
    if fact.reference and fact.reference == recovery.reference:
        return 1.0
    return min(fact.probability, recovery.probability)
