"""Guns a year: published estimates beside the claimed number, never averaged."""

from __future__ import annotations

from ironriver.figures.claim_answer import Candidate, Verdict
from ironriver.figures.claim_counts import bounds_of, from_fact, printed
from ironriver.figures.claim_fit import Fit
from ironriver.figures.claim_reading import Amount, Claim
from ironriver.figures.phrase import Both, Phrase, percent, whole
from ironriver.language import mark
from ironriver.reference.facts import Fact, facts

# Yearly seizures, and the part of traced guns that is American, for what a flow would imply.
SEIZURES = "sedena_2010_23.seized"
US_PART = "gao_2014_18.us_sourced.share"


def flow_amount(claim: Claim) -> Amount:
    """Give the claimed number of guns a year."""
    return next(amount for amount in claim.amounts if not amount.share)


def flow_candidates(claim: Claim) -> list[Candidate]:
    """List the published estimates, the latest first; none of them settles the claim.

    The flow and the share seized enter every seizure count only as their product, so that
    seizures alone identify neither.
    """
    amount = flow_amount(claim)
    estimate = Fit((Phrase(mark("guns taken to Mexico in a year")),), (), ())
    found = [
        from_fact(
            amount,
            fact,
            estimate,
            Verdict.NOT_IDENTIFIED,
            Phrase(where(amount, fact), {"estimate": printed(fact)}),
        )
        for fact in facts().values()
        if fact.measure == "flow_per_year"
    ]
    return sorted(found, key=lambda candidate: candidate.period.months[0], reverse=True)


def inside(amount: Amount, fact: Fact) -> bool | None:
    """Tell whether an estimate lies in the claimed range; None for one that is only a limit."""
    if fact.precision in ("more_than", "up_to"):
        return None if amount.reach.overlaps(bounds_of(fact)) else False
    return fact.value in amount.reach


def where(amount: Amount, fact: Fact) -> str:
    """Say where an estimate lies beside the claimed range."""
    placed, ends = inside(amount, fact), bounds_of(fact)
    if placed is None:
        return mark("{estimate}: only a limit, which leaves the claimed range open.")
    if placed and not (ends.low in amount.reach and ends.high in amount.reach):
        return mark("{estimate}: inside the claimed range; its interval reaches beyond it.")
    if placed:
        return mark("{estimate}: inside the claimed range.")
    if amount.reach.overlaps(ends):
        return mark("{estimate}: outside the claimed range; its interval reaches into it.")
    return mark("{estimate}: outside the claimed range.")


def implied(amount: Amount) -> Phrase | None:
    """Say which part of the flow the army would have had to secure for the claim to hold."""
    if amount.reach.low <= 0 or amount.reach.high == float("inf"):
        return None
    seized, part = facts()[SEIZURES], facts()[US_PART]
    first, last = seized.period.months
    years = (last - first + 1) / 12
    a_year = seized.value / years
    american = a_year * part.value / 100
    return Phrase(
        mark(
            "What would have to be true: the army secured {all} guns in {years} years, {a_year} a "
            "year. If {part} of them came from the United States (the share of the guns submitted "
            "in {when}), it secured between {low} and {high} of what flowed. No count tells that "
            "part."
        ),
        {
            "all": printed(seized),
            "years": f"{years:g}",
            "a_year": whole(a_year),
            "part": percent(part.value / 100),
            "when": Both(part.period.text("en"), part.period.text("es")),
            "low": percent(american / amount.reach.high),
            "high": percent(american / amount.reach.low),
        },
    )


def flow_headline(claim: Claim) -> list[Phrase]:
    """Say how many published estimates lie inside the claimed range, and that none settles it."""
    amount = flow_amount(claim)
    placed = [inside(amount, f) for f in facts().values() if f.measure == "flow_per_year"]
    counted = Phrase(
        mark(
            "Not identified. Of {all} published estimates {inside} lie inside the claimed range, "
            "{outside} outside, and {limits} are only limits; they stand side by side below."
        ),
        {
            "all": str(len(placed)),
            "inside": str(placed.count(True)),
            "outside": str(placed.count(False)),
            "limits": str(placed.count(None)),
        },
    )
    needed = implied(amount)
    return [counted, needed] if needed else [counted]
