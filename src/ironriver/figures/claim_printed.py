"""Shares of guns from the United States that were printed as a percentage only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ironriver.estimators.bounds import worst_case
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.figures.claim_answer import (
    Candidate,
    ReadUnder,
    Verdict,
    cautions,
    judge,
    turned,
)
from ironriver.figures.claim_counts import printed
from ironriver.figures.claim_fit import Subject, fit
from ironriver.figures.claim_reading import Amount, Claim
from ironriver.figures.origin import LAYERS
from ironriver.figures.phrase import Both, Phrase, whole
from ironriver.language import mark
from ironriver.reference.facts import Fact, Layer, facts

# Where a share is printed without its base, this earlier count shows how much gets determined.
SCENARIO = "sedena_2019_21"

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


def only_printed(claim: Claim, amount: Amount) -> Iterator[Candidate]:
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
