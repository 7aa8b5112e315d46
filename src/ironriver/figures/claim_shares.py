"""What a claimed share of guns from the United States could mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ironriver.estimators.bounds import breakdown_share, worst_case
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.figures.claim_answer import Candidate, ReadUnder, Verdict, cautions, judge
from ironriver.figures.claim_counts import printed
from ironriver.figures.claim_fit import Subject, fit
from ironriver.figures.claim_reading import Amount, Claim
from ironriver.figures.origin import ASSUMPTIONS, LAYERS, OriginBase, published_bases, readings
from ironriver.figures.phrase import Both, Phrase, Sayable, percent, whole
from ironriver.language import mark
from ironriver.reference.facts import Fact, Layer, facts

# Where a share is printed without its base, this earlier count shows how much gets determined.
SCENARIO = "sedena_2019_21"

KNOWN = {
    "us_sourced": mark("from the United States"),
    "us_made": mark("made in the United States"),
}

UNDETERMINED = mark("undetermined guns")
TOGETHER = mark("guns made abroad or undetermined")
COUNTED_OUT = mark(" (guns classed otherwise counted out)")

PRINTED = {
    "unstated": mark("none: it is not printed how many guns had their origin determined"),
    "printed_all": mark("the printed share is of all the guns"),
    "printed_determined": mark(
        "the printed share is of the guns whose origin was determined, and as many were "
        "determined as in {period} ({known} of {all})"
    ),
    "printed": mark("none: the share as printed"),
    "floor": mark("none: printed only as a lower end"),
}


def share_candidates(claim: Claim, own: Iterable[OriginBase]) -> list[Candidate]:
    """Give everything a claimed share could mean: those that fit first, the latest first.

    Counts of other guns stay only where one of their readings gives the claimed number.
    """
    found = [
        candidate
        for amount in claim.amounts
        for candidate in (*_counted(claim, amount, own), *_only_printed(claim, amount))
    ]
    shown = [c for c in found if c.fits or _gives_the_number(c)]
    kept = [c for c in shown if not _covered(c, shown)]
    return sorted(kept, key=lambda c: (not c.fits, [-month for month in c.period.months[::-1]]))


def turned(claim: Claim, amount: Amount) -> Amount:
    """Turn a share that is not from the United States into the share that is."""
    if not claim.not_us:
        return amount
    reach = Interval(1 - amount.reach.high, 1 - amount.reach.low, amount.reach.kind)
    return replace(amount, nominal=1 - amount.nominal, reach=reach)


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


def _only_printed(claim: Claim, amount: Amount) -> Iterator[Candidate]:
    """Give the candidates that were printed as a percentage only."""
    for fact in facts().values():
        counted = f"{fact.population_id}.{fact.measure}" in facts() and fact.fact_id.endswith(
            ".share"
        )
        if fact.measure != claim.measure or fact.of is None or counted:
            continue
        wanted = turned(claim, amount)
        same = fit(claim, Subject(fact.of, fact.holder, fact.scope, fact.period))
        reads = tuple(_printed_readings(fact, wanted))
        size = facts().get(f"{fact.population_id}.{Layer.SEIZED}")
        ids = tuple(known.fact_id for known in (fact, size) if known)
        yield Candidate(
            candidate_id=fact.fact_id,
            amount=wanted,
            population=Phrase(
                "{guns}: {layer}",
                {
                    "guns": Both(fact.population, fact.population_es),
                    "layer": Phrase(LAYERS[fact.of]),
                },
            ),
            reason=same.reason,
            verdict=Verdict.ANOTHER_POPULATION if same.differs else reads[0].verdict,
            readings=reads,
            arithmetic=_printed_arithmetic(fact, size),
            numerator=None,
            denominator=size.value if size else None,
            against=(*same.open, *cautions(ids)),
            period=fact.period,
            as_of=fact.as_of,
            fact_ids=ids,
            fits=not same.differs,
        )


def _printed_readings(fact: Fact, amount: Amount) -> Iterator[ReadUnder]:
    """Read a percentage that came without its counts."""

    def read(name: str, low: float, high: float, **values: str | Both) -> ReadUnder:
        bounds = Interval(low, high, IntervalKind.IDENTIFICATION)
        verdict = judge(amount, bounds, printed=name.startswith("printed"))
        return ReadUnder(name, Phrase(PRINTED[name], values), bounds, True, verdict)

    low, high = fact.lowest / 100, fact.highest / 100
    if fact.precision == "more_than":
        yield read("floor", low, 1.0)
    elif fact.of is not Layer.UNSTATED:
        yield read("printed", low, high)
    else:
        yield read("unstated", 0.0, 1.0)
        yield read("printed_all", low, high)
        known, base = (facts()[f"{SCENARIO}.{name}"] for name in ("determined", "seized"))
        part = known.value / base.value
        least = worst_case(low * part, part, 1.0)
        most = worst_case(high * part, part, 1.0)
        scenario = read(
            "printed_determined",
            least.low,
            most.high,
            period=Both(known.period.text("en"), known.period.text("es")),
            known=whole(known.value),
            all=whole(base.value),
        )
        yield replace(scenario, verdict=judge(amount, scenario.bounds))


def _printed_arithmetic(fact: Fact, size: Fact | None) -> Phrase:
    """Say what was printed, and the number of guns it would be."""
    if size is None:
        return Phrase(
            mark("Printed as {printed}; no counts are at hand."), {"printed": printed(fact)}
        )
    guns = [whole(end / 100 * size.value) for end in (fact.lowest, fact.highest)]
    return Phrase(
        mark(
            "Printed as {printed} beside {all} guns; of all of them it would be {guns} guns. The "
            "number of guns determined is not printed."
        ),
        {
            "printed": printed(fact),
            "all": printed(size),
            "guns": guns[0] if guns[0] == guns[1] else " - ".join(guns),
        },
    )
