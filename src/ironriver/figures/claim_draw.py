"""Draw what a claim says, and what counts allow, one under the other on one scale, as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ironriver.estimators.types import Interval
from ironriver.figures.claim_answer import Candidate, Verdict
from ironriver.figures.phrase import Phrase, percent, whole
from ironriver.language import mark
from ironriver.reference.facts import as_of_text

WIDTH = 40
_CLAIMED, _ALLOWED, _NONE, _FURTHER = "#", "=", ".", ">"
SIDE_BY_SIDE = mark(
    "Side by side, never added up or averaged ({claimed} claimed, {allowed} allowed)"
)
CLAIM = mark("the claim")
DATED = mark("{guns} (date of count: {as_of})")


def bar(bounds: Interval, top: float, sign: str = _ALLOWED) -> str:
    """Draw an interval on a scale from 0 to `top`; an end beyond it is drawn as an arrow.

    >>> bar(Interval(0.25, 0.75, "identification"), 1.0)
    '..........=====================.........'
    """
    last = WIDTH - 1
    low = min(last, int(bounds.low / top * WIDTH)) if bounds.low < math.inf else last
    high = last if bounds.high >= top else int(bounds.high / top * WIDTH)
    drawn = [sign if low <= place <= high else _NONE for place in range(WIDTH)]
    if bounds.high > top:
        drawn[last] = _FURTHER
    return "".join(drawn)


def drawn(candidates: Sequence[Candidate], lang: str) -> Iterator[str]:
    """Draw each claimed number above what the counts that it can mean allow without assumption."""
    fitting = [candidate for candidate in candidates if candidate.fits]
    for amount in dict.fromkeys(candidate.amount for candidate in fitting):
        lines = [each for each in fitting if each.amount == amount]
        top = 1.0 if amount.share else _top([amount.reach, *(_allowed(each) for each in lines)])
        write = percent if amount.share else whole
        yield _ends(write(0.0), write(top))
        yield f"  {bar(amount.reach, top, _CLAIMED)}  {amount.text}  {Phrase(CLAIM).say(lang)}"
        for each in lines:
            numbers = _numbers(_allowed(each), amount.share)
            as_of = as_of_text(each.as_of, lang)
            said = Phrase(DATED, {"guns": each.population, "as_of": as_of}).say(lang)
            yield f"  {bar(_allowed(each), top)}  {numbers}  {said}"


def title() -> Phrase:
    """Give the heading of the drawing."""
    return Phrase(SIDE_BY_SIDE, {"claimed": _CLAIMED, "allowed": _ALLOWED})


def _allowed(candidate: Candidate) -> Interval:
    """Give what a count allows under the fewest assumptions."""
    return candidate.readings[0].bounds


def _numbers(bounds: Interval, share: bool) -> str:
    write = percent if share else whole
    if math.isinf(bounds.high):
        return f">= {write(bounds.low)}"
    return write(bounds.low) if not bounds.width else f"{write(bounds.low)} - {write(bounds.high)}"


def _top(intervals: Sequence[Interval]) -> float:
    """Give the end of a scale that holds every end that is stated."""
    ends = [end for each in intervals for end in (each.low, each.high) if math.isfinite(end)]
    return max([*ends, 1.0])


def _ends(first: str, last: str) -> str:
    return f"  {first}{last:>{WIDTH - len(first)}}"


IF_TRUE = mark("It would be true if: {assumption}.")
NO_ASSUMPTION = mark("None of the assumptions below makes it true.")


def true_if(candidate: Candidate) -> Phrase | None:
    """Say the weakest assumption under which the claim is true, where one is needed.

    Readings stand with the weakest assumption first. None where the counts settle the claim.
    """
    if candidate.verdict is not Verdict.NOT_IDENTIFIED:
        return None
    readings = [each for each in candidate.readings if each.assumption_id != "printed"]
    for read in readings:
        if read.verdict is Verdict.SUPPORTED:
            return Phrase(IF_TRUE, {"assumption": read.assumption})
    return Phrase(NO_ASSUMPTION) if readings else None
