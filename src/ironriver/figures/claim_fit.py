"""Does a count speak of the guns that a claim speaks of? Where not, say in what it differs."""

from __future__ import annotations

from dataclasses import dataclass

from ironriver.figures.claim_reading import Claim
from ironriver.figures.origin import LAYERS
from ironriver.figures.phrase import Both, Phrase
from ironriver.language import mark
from ironriver.reference.facts import Layer, Period

HOLDERS = {
    "army": mark("guns secured by the army"),
    "federal": mark("guns secured by all federal agencies"),
    "any": mark("guns recovered by whatever agency"),
    "us": mark("what United States agents seized"),
    "workspace": mark("the records held in this workspace"),
    "": mark("an estimate for the whole country"),
}

SCOPES = {
    "mexico": mark("Mexico"),
    "us_border": mark("the United States side of the border"),
    "worldwide": mark("all countries together"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a published or own number counts."""

    layer: Layer | None
    holder: str
    scope: str
    period: Period


@dataclass(frozen=True, slots=True)
class Fit:
    """What a count shares with a claim, in what it differs, and what stays open."""

    same: tuple[Phrase, ...]
    differs: tuple[Phrase, ...]
    open: tuple[Phrase, ...]

    @property
    def reason(self) -> Phrase:
        """Say why the claim can mean this count, or in what the two differ."""
        if self.differs:
            return Phrase(mark("But {differs}."), {"differs": listed(self.differs)})
        if not self.same:
            return Phrase(mark("The claim does not say which guns, whose count or when."))
        return Phrase(mark("Claim and count both speak of: {same}."), {"same": listed(self.same)})


def listed(phrases: tuple[Phrase, ...]) -> Phrase:
    """Put phrases one after the other."""
    joined = phrases[0]
    for further in phrases[1:]:
        joined = Phrase("{first}; {further}", {"first": joined, "further": further})
    return joined


def fit(claim: Claim, subject: Subject) -> Fit:
    """Compare what a claim speaks of with what was counted."""
    differs = [
        phrase
        for phrase in (
            _scope(claim, subject),
            _layer(claim, subject),
            _holder(claim, subject),
            _period(claim, subject),
        )
        if phrase
    ]
    return Fit(tuple(_shared(claim, subject)), tuple(differs), tuple(_left_open(claim, subject)))


def _shared(claim: Claim, subject: Subject) -> list[Phrase]:
    """Say what claim and count both name: which guns, whose count, when."""
    found = []
    if claim.layers and subject.layer is not None:
        found.append(_claimed_layers(claim))
    if claim.holder is not None and claim.holder == subject.holder:
        found.append(Phrase(HOLDERS[claim.holder]))
    if claim.period is not None:
        period = claim.period
        found.append(Phrase("{when}", {"when": Both(period.text("en"), period.text("es"))}))
    return found


def _scope(claim: Claim, subject: Subject) -> Phrase | None:
    """Tell apart Mexico, the United States side, and the world."""
    if claim.scope == subject.scope:
        return None
    return Phrase(
        mark("it counts {counted}; the claim speaks of {claimed}"),
        {"counted": Phrase(SCOPES[subject.scope]), "claimed": Phrase(SCOPES[claim.scope])},
    )


def _layer(claim: Claim, subject: Subject) -> Phrase | None:
    """Tell apart guns seized, submitted and determined."""
    counted = Layer.SEIZED if subject.layer is Layer.UNSTATED else subject.layer
    if not claim.layers or counted is None or counted in claim.layers:
        return None
    return Phrase(
        mark("of the guns it counts {counted}; the claim speaks of {claimed}"),
        {"counted": Phrase(LAYERS[counted]), "claimed": _claimed_layers(claim)},
    )


def _claimed_layers(claim: Claim) -> Phrase:
    """Name the guns that the claim's word for them can mean."""
    first, *more = (Phrase(LAYERS[layer]) for layer in claim.layers)
    for other in more:
        first = Phrase(mark("{first}, or {other}"), {"first": first, "other": other})
    return first


def _holder(claim: Claim, subject: Subject) -> Phrase | None:
    """Tell apart the agencies that secured the guns."""
    if claim.holder is None or subject.holder in (claim.holder, "workspace"):
        return None
    return Phrase(
        mark("it counts {counted}; the claim speaks of {claimed}"),
        {"counted": Phrase(HOLDERS[subject.holder]), "claimed": Phrase(HOLDERS[claim.holder])},
    )


def _period(claim: Claim, subject: Subject) -> Phrase | None:
    """Tell apart periods: a part or a longer stretch of the time is another population."""
    if claim.period is None:
        return None
    start, end = claim.period.months
    counted_start, counted_end = subject.period.months
    if start == counted_start and (end == counted_end or not claim.period.end):
        return None
    return Phrase(
        mark("it covers {counted}; the claim speaks of {claimed}"),
        {
            "counted": Both(subject.period.text("en"), subject.period.text("es")),
            "claimed": Both(claim.period.text("en"), claim.period.text("es")),
        },
    )


def _left_open(claim: Claim, subject: Subject) -> list[Phrase]:
    """Say what the claim leaves open or what the count does not tell."""
    found = []
    if claim.from_cartels:
        found.append(Phrase(mark("The count does not tell from whom the guns were taken.")))
    if claim.holder is None and subject.holder in ("army", "federal", "workspace"):
        found.append(
            Phrase(mark("It covers only {who}."), {"who": Phrase(HOLDERS[subject.holder])})
        )
    if not claim.layers and subject.layer is not None:
        found.append(
            Phrase(
                mark("The claim does not say of which guns; here it is read as: {layer}."),
                {"layer": Phrase(LAYERS[subject.layer])},
            )
        )
    return found
