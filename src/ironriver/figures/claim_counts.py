"""What a claimed count could mean: guns a year, rounds, or guns of some published count."""

from __future__ import annotations

from collections.abc import Iterator

from ironriver.estimators.types import Interval, IntervalKind
from ironriver.figures.claim_answer import Candidate, ReadUnder, Verdict, cautions, judge
from ironriver.figures.claim_fit import Fit, Subject, fit
from ironriver.figures.claim_reading import Amount, Claim
from ironriver.figures.phrase import Both, Phrase, percent, whole
from ironriver.language import mark
from ironriver.reference.facts import Fact, Layer, facts

MEASURES = {
    "seized": mark("guns seized"),
    "submitted": mark("guns submitted for tracing"),
    "determined": mark("guns whose origin was determined"),
    "us_sourced": mark("guns from the United States, as traced"),
    "us_made": mark("guns made in the United States, as traced"),
    "purchaser_found": mark("guns traced to a purchaser in the United States"),
    "traces": mark("guns traced"),
}

KINDS = {
    "rocket_launchers": mark("rocket launchers"),
    "grenade_launchers": mark("grenade launchers"),
    "machine_guns": mark("machine guns"),
    "barrett_50": mark("rifles of .50 calibre of the Barrett type"),
}

PRECISION = {
    "exact": mark("{number}"),
    "about": mark("about {number}"),
    "more_than": mark("more than {number}"),
    "up_to": mark("up to {number}"),
    "range": mark("{low} to {high}"),
    "confidence_95": mark("{number} (95% confidence interval {low} to {high})"),
}

AS_PRINTED = mark("none: the number as printed")

LAYER_OF = {
    "seized": Layer.SEIZED,
    "submitted": Layer.SUBMITTED,
    "us_sourced": Layer.SUBMITTED,
    "traces": Layer.SUBMITTED,
    "determined": Layer.DETERMINED,
}


def printed(fact: Fact) -> Phrase:
    """Write a published count as it was printed: about, more than, with its interval."""

    def write(number: float) -> str:
        return percent(number / 100) if fact.unit == "percent" else whole(number)

    ends = {"number": fact.value, "low": fact.lowest, "high": fact.highest}
    return Phrase(PRECISION[fact.precision], {name: write(end) for name, end in ends.items()})


def bounds_of(fact: Fact) -> Interval:
    """Give the interval that a published number leaves; percentages as shares (0-1)."""
    if fact.precision == "confidence_95":
        return Interval(fact.lowest, fact.highest, IntervalKind.CONFIDENCE, 0.95)
    scale = 0.01 if fact.unit == "percent" else 1.0
    low = 0.0 if fact.precision == "up_to" else fact.lowest * scale
    high = float("inf") if fact.precision == "more_than" else fact.highest * scale
    return Interval(low, high, IntervalKind.IDENTIFICATION)


def from_fact(
    amount: Amount, fact: Fact, same: Fit, verdict: Verdict, arithmetic: Phrase
) -> Candidate:
    """Build a candidate from one published number."""
    share = fact.unit == "percent"
    bounds = bounds_of(fact)
    undecided = verdict is Verdict.NOT_IDENTIFIED
    judged = verdict if undecided else judge(amount, bounds, printed=True)
    base = facts().get(f"{fact.population_id}.rounds") if share else None
    return Candidate(
        candidate_id=fact.fact_id,
        amount=amount,
        population=Phrase("{guns}", {"guns": Both(fact.population, fact.population_es)}),
        reason=same.reason,
        verdict=Verdict.ANOTHER_POPULATION if same.differs else verdict,
        readings=(ReadUnder("printed", Phrase(AS_PRINTED), bounds, share, judged),),
        arithmetic=arithmetic,
        numerator=fact.value / 100 * base.value if base else fact.value,
        denominator=base.value if base else None,
        against=(*same.open, *cautions([fact.fact_id])),
        period=fact.period,
        as_of=fact.as_of,
        fact_ids=tuple(known.fact_id for known in (fact, base) if known),
        fits=not same.differs,
    )


def subject(fact: Fact) -> Subject:
    """Say what a published count counts."""
    return Subject(LAYER_OF.get(fact.measure), fact.holder, fact.scope, fact.period)


def round_candidates(claim: Claim) -> list[Candidate]:
    """Compare claimed rounds, and the claimed part of them from one plant, with what was said."""
    found = [
        _rounds(claim, amount, fact)
        for amount in claim.amounts
        for fact in facts().values()
        if fact.measure == ("rounds_lake_city" if amount.share else "rounds")
    ]
    return sorted(found, key=lambda candidate: (not candidate.fits, candidate.amount.share))


def _rounds(claim: Claim, amount: Amount, fact: Fact) -> Candidate:
    """Compare one claimed number of rounds with one published number."""
    base = facts()[f"{fact.population_id}.rounds"]
    arithmetic = Phrase(mark("Printed as {number} rounds."), {"number": printed(fact)})
    if amount.share:
        arithmetic = Phrase(
            mark(
                "Printed as {share} of {all} rounds: about {part} rounds with the marks of the "
                "plant. This number of rounds is computed, not printed."
            ),
            {
                "share": percent(fact.value / 100),
                "all": printed(base),
                "part": whole(fact.value / 100 * base.value),
            },
        )
    verdict = judge(amount, bounds_of(fact), printed=True)
    return from_fact(amount, fact, fit(claim, subject(fact)), verdict, arithmetic)


def count_candidates(claim: Claim) -> list[Candidate]:
    """Find the published counts that a claimed number of guns could be, or contradicts."""
    amount = next(amount for amount in claim.amounts if not amount.share)
    return sorted(_counts(claim, amount), key=lambda candidate: not candidate.fits)


def _counts(claim: Claim, amount: Amount) -> Iterator[Candidate]:
    """Give counts with the claimed number, and counts of the claimed guns with another."""
    for fact in facts().values():
        kind = claim.kind or ""
        if fact.unit != "firearms" or fact.measure not in ({kind} if kind else MEASURES):
            continue
        if not kind and claim.from_us != (
            fact.measure in ("us_sourced", "us_made", "purchaser_found")
        ):
            continue
        same = fit(claim, subject(fact))
        equal = judge(amount, bounds_of(fact), printed=True) is Verdict.SUPPORTED
        named = bool(kind) or (claim.period is not None and bool(claim.layers))
        if not equal and (same.differs or not named):
            continue
        said = Phrase(
            mark("Printed as {number} {what}."),
            {"number": printed(fact), "what": Phrase((MEASURES | KINDS)[fact.measure])},
        )
        verdict = Verdict.SUPPORTED if equal else Verdict.NOT_SUPPORTED
        yield from_fact(amount, fact, same, verdict, said)


def beside(claim: Claim, candidates: list[Candidate]) -> Phrase | None:
    """Set the Mexican total of most nearly the same time beside a number of other guns."""
    elsewhere = [c for c in candidates if facts()[c.candidate_id].scope != claim.scope]
    if not elsewhere or claim.scope != "mexico":
        return None
    start, end = (claim.period or elsewhere[0].period).months

    def shared(fact: Fact) -> int:
        first, last = fact.period.months
        return min(last, end) - max(first, start) - (max(last - end, 0) + max(start - first, 0))

    totals = [
        fact for fact in facts().values() if fact.measure == "submitted" and fact.scope == "mexico"
    ]
    nearest = max(totals, key=shared)
    return Phrase(
        mark("For comparison, {guns}: {number} were submitted for tracing."),
        {
            "guns": Both(nearest.population, nearest.population_es),
            "number": printed(nearest),
        },
    )
