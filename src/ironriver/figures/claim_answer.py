"""What the claim check answers, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ironriver.estimators.types import Interval
from ironriver.figures.claim_reading import Amount, Claim
from ironriver.figures.phrase import Both, Phrase, percent, whole
from ironriver.figures.vintages import restated
from ironriver.language import mark
from ironriver.reference.facts import Evidence, Fact, Period, as_of_text, facts, sources


class Verdict(StrEnum):
    """What the counts say about the claimed number, for one population."""

    SUPPORTED = "supported"
    NOT_SUPPORTED = "not_supported"
    NOT_IDENTIFIED = "not_identified"
    ANOTHER_POPULATION = "about_another_population"


VERDICTS = {
    Verdict.SUPPORTED: mark("supported"),
    Verdict.NOT_SUPPORTED: mark("not supported"),
    Verdict.NOT_IDENTIFIED: mark("not identified: these counts allow it and also allow others"),
    Verdict.ANOTHER_POPULATION: mark("about another population"),
}

EVIDENCE = {
    Evidence.PRIMARY: mark("read in the primary document"),
    Evidence.REPORTED: mark("as reported by the press; the primary document was not read"),
    Evidence.DERIVED: mark("computed from published numbers, not printed as such"),
}


# Of the counts that contradict a published one, the plainest sets are named.
CONFLICTS = 2
OPPOSITE = {
    "at_most": "at_least",
    "at_least": "at_most",
    "less_than": "more_than",
    "more_than": "less_than",
}


def judge(amount: Amount, bounds: Interval, printed: bool = False) -> Verdict:
    """Compare a claimed number with bounds: inside it, outside it, or undecided.

    Supported if every value in the bounds fits the claim, not supported if none does. A `printed`
    range is one number given roughly: it is enough that part of it fits.
    """
    if not amount.reach.overlaps(bounds):
        return Verdict.NOT_SUPPORTED
    if printed or (amount.reach.low <= bounds.low and bounds.high <= amount.reach.high):
        return Verdict.SUPPORTED
    return Verdict.NOT_IDENTIFIED


@dataclass(frozen=True, slots=True)
class ReadUnder:
    """The number under one assumption; a share (0-1) or a count."""

    assumption_id: str
    assumption: Phrase
    bounds: Interval
    share: bool
    verdict: Verdict

    @property
    def numbers(self) -> str:
        """Write the bounds."""
        write = percent if self.share else whole
        ends = [write(self.bounds.low), write(self.bounds.high)]
        return ends[0] if self.bounds.width == 0 else " - ".join(ends)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing the claim could mean, and what its counts say."""

    candidate_id: str
    amount: Amount
    population: Phrase
    reason: Phrase
    verdict: Verdict
    readings: tuple[ReadUnder, ...]
    arithmetic: Phrase
    numerator: float | None
    denominator: float | None
    against: tuple[Phrase, ...]
    period: Period
    as_of: str
    fact_ids: tuple[str, ...]
    would_need: Phrase | None = None
    breakdown_share: float | None = None
    fits: bool = True
    """Whether it counts the guns that the claim speaks of."""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The grades of the published numbers it rests on, the weakest last."""
        grades = {known.evidence for known in _facts(self.fact_ids)}
        return tuple(grade for grade in Evidence if grade in grades)


def _facts(fact_ids: Iterable[str]) -> list[Fact]:
    """Give the published figures among the ids; a workspace's own sources are none."""
    return [facts()[fact_id] for fact_id in fact_ids if fact_id in facts()]


def cautions(fact_ids: Iterable[str]) -> list[Phrase]:
    """Give the cautions that published numbers carry, each once, and what contradicts them."""
    known = _facts(fact_ids)
    notes = {fact.note: fact.note_es for fact in known if fact.note}
    said = [Phrase("{note}", {"note": Both(en, es)}) for en, es in notes.items()]
    against = sorted(restated(f.fact_id for f in known), key=lambda each: len(each.counts))
    return [*said, *(conflict.said() for conflict in against[:CONFLICTS])]


def sourced(candidate: Candidate) -> list[Phrase]:
    """Name each source, where it was seen, when it counted, and its grade."""
    said: dict[str, Phrase] = {}
    for known in _facts(candidate.fact_ids):
        for source_id in known.source_ids:
            source = sources()[source_id]
            said.setdefault(
                source_id,
                Phrase(
                    mark("{title} ({publisher}); seen at: {seen_at}"),
                    {
                        "title": Both(source.title, source.title_es),
                        "publisher": Both(source.publisher, source.publisher_es),
                        "seen_at": source.seen_at,
                    },
                ),
            )
    own = [name for name in candidate.fact_ids if name not in facts()]
    return [*said.values(), *(Phrase(mark("source {id}"), {"id": name}) for name in own)]


def dated(candidate: Candidate) -> Phrase:
    """Say the period and the as-of date."""
    return Phrase(
        mark("period: {period}; as of: {as_of}"),
        {
            "period": Both(candidate.period.text("en"), candidate.period.text("es")),
            "as_of": Both(as_of_text(candidate.as_of, "en"), as_of_text(candidate.as_of, "es")),
        },
    )


def turned(claim: Claim, amount: Amount) -> Amount:
    """Turn a share that is not from the United States into the share that is."""
    if not claim.not_us:
        return amount
    reach = Interval(1 - amount.reach.high, 1 - amount.reach.low, amount.reach.kind)
    relation = OPPOSITE.get(amount.relation, amount.relation)
    return replace(amount, nominal=1 - amount.nominal, reach=reach, relation=relation)
