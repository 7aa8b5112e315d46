"""What a claimed share of guns from the United States could mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ironriver.estimators.bounds import breakdown_share
from ironriver.figures.claim_answer import Candidate, ReadUnder, Verdict, cautions, judge, turned
from ironriver.figures.claim_fit import Subject, fit
from ironriver.figures.claim_printed import only_printed
from ironriver.figures.claim_reading import Amount, Claim
from ironriver.figures.origin import ASSUMPTIONS, LAYERS, OriginBase, published_bases, readings
from ironriver.figures.phrase import Phrase, Sayable, percent, whole
from ironriver.language import mark
from ironriver.reference.facts import facts

KNOWN = {
    "us_sourced": mark("from the United States"),
    "us_made": mark("made in the United States"),
    "purchaser_found": mark("traced to a purchaser in the United States"),
    "undetermined": mark("of undetermined origin"),
}

UNDETERMINED = mark("undetermined guns")
TOGETHER = mark("guns made abroad or undetermined")
COUNTED_OUT = mark(" (guns classed otherwise counted out)")


def share_candidates(claim: Claim, own: Iterable[OriginBase]) -> list[Candidate]:
    """Give everything a claimed share could mean: those that fit first, the latest first.

    Counts of other guns stay only where one of their readings gives the claimed number.
    """
    found = [
        candidate
        for amount in claim.amounts
        for candidate in (*_counted(claim, amount, own), *only_printed(claim, amount))
    ]
    shown = [c for c in found if c.fits or _gives_the_number(c)]
    kept = [c for c in shown if not _covered(c, shown)]
    return sorted(kept, key=lambda c: (not c.fits, [-month for month in c.period.months[::-1]]))


def _covered(candidate: Candidate, others: list[Candidate]) -> bool:
    """Tell whether a longer count of the same series stands beside this one."""

    def series(one: Candidate) -> str:
        return facts()[one.fact_ids[0]].series if one.fact_ids[0] in facts() else one.candidate_id

    start, end = candidate.period.months
    return any(
        other.fits == candidate.fits
        and other.period != candidate.period
        and series(other) == series(candidate)
        and other.period.months[0] <= start
        and end <= other.period.months[1]
        for other in others
    )


def _gives_the_number(candidate: Candidate) -> bool:
    """Tell whether a single-valued reading of other guns is the claimed number."""
    return candidate.amount.relation not in (
        "more_than",
        "at_least",
        "less_than",
        "at_most",
    ) and any(
        read.bounds.width < 0.02 and read.bounds.overlaps(candidate.amount.reach)
        for read in candidate.readings
    )


def _counted(claim: Claim, amount: Amount, own: Iterable[OriginBase]) -> Iterator[Candidate]:
    """Give the candidates that rest on counts."""
    for base in (*own, *published_bases()):
        if base.measure != claim.measure:
            continue
        wanted = turned(claim, amount)
        same = fit(claim, Subject(base.layer, base.holder, base.scope, base.period))
        reads = tuple(
            ReadUnder(name, Phrase(ASSUMPTIONS[name]), bounds, True, judge(wanted, bounds))
            for name, bounds in readings(base).items()
        )
        needed = _breakdown(base, wanted)
        yield Candidate(
            candidate_id=base.base_id,
            amount=wanted,
            population=Phrase(
                "{guns}: {layer}",
                {"guns": base.population, "layer": Phrase(LAYERS[base.layer])},
            ),
            reason=same.reason,
            verdict=Verdict.ANOTHER_POPULATION if same.differs else reads[0].verdict,
            readings=reads,
            arithmetic=_arithmetic(base),
            numerator=base.us,
            denominator=base.size,
            against=(*same.open, *cautions(base.sources)),
            period=base.period,
            as_of=base.as_of,
            fact_ids=base.sources,
            would_need=_would_need(base, wanted, needed),
            breakdown_share=needed,
            fits=not same.differs,
        )


def _arithmetic(base: OriginBase) -> Phrase:
    """Put the division into words."""
    values: dict[str, Sayable] = {
        "us": whole(base.us),
        "all": whole(base.size),
        "share": percent(base.us / base.size),
        "open": whole(base.undetermined),
        "what": Phrase(KNOWN[base.measure]),
    }
    if base.determined is None:
        text = mark(
            "{us} of {all} are known to be {what}: {share}. The other {open} are "
            "made abroad or undetermined, printed together."
        )
    elif base.undetermined:
        text = mark(
            "{us} of {all} are known to be {what}: {share}. {other} are classed "
            "otherwise, {open} are undetermined."
        )
        values["other"] = whole(base.determined - base.us)
    else:
        text = mark("{us} of {all} are known to be {what}: {share}.")
    return Phrase(text, values)


def _breakdown(base: OriginBase, amount: Amount) -> float | None:
    """Give the share of the undetermined that would make the claim true; None if none are."""
    if amount.relation in ("at_most", "less_than"):
        return None
    known = base.us if base.determined is None else base.determined
    return breakdown_share(base.us, known, base.size, amount.nominal)


def _would_need(base: OriginBase, amount: Amount, needed: float | None) -> Phrase | None:
    """Put the breakdown share into words."""
    if needed is None:
        return None
    together = base.determined is None
    values: dict[str, Sayable] = {
        "claimed": percent(amount.nominal),
        "needed": percent(min(needed, 1.0)),
        "open": whole(base.undetermined),
        "what": Phrase(KNOWN[base.measure]),
        "guns": Phrase(TOGETHER if together else UNDETERMINED),
        "apart": "" if together else Phrase(COUNTED_OUT),
    }
    if needed > 1:
        text = mark("Even if all {open} {guns} were {what}, {claimed} would not be reached{apart}.")
    elif needed == 0:
        text = mark("{claimed} is reached whatever the {open} {guns} are{apart}.")
    else:
        text = mark("For {claimed}, {needed} of the {open} {guns} would have to be {what}{apart}.")
    return Phrase(text, values)
