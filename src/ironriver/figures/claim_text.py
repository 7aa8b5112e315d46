"""Say the answer to a claim as plain text or JSON, what speaks against it first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from ironriver.figures.claim_answer import (
    EVIDENCE,
    VERDICTS,
    Candidate,
    Verdict,
    dated,
    sourced,
)
from ironriver.figures.claim_draw import drawn, title, true_if
from ironriver.figures.claim_reading import Claim
from ironriver.figures.phrase import Phrase, Sayable
from ironriver.language import mark, translator


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """The answer to a claim: every candidate, and what cannot be known."""

    claim: Claim
    headline: tuple[Phrase, ...]
    candidates: tuple[Candidate, ...]
    unknowable: tuple[Phrase, ...]
    lang: str = "en"

    def to_text(self, lang: str = "") -> str:
        """Say the answer as plain text, what speaks against the claim first."""
        return "\n".join(_lines(self, lang or self.lang)) + "\n"

    def to_json(self, lang: str = "") -> str:
        """Give the answer as JSON: texts in a language, shares 0-1, counts as they are."""
        lang = lang or self.lang
        content = {
            "claim": self.claim.text,
            "topic": str(self.claim.topic),
            "read_as": [amount.text for amount in self.claim.amounts],
            "answer": [phrase.say(lang) for phrase in self.headline],
            "cannot_be_known": [phrase.say(lang) for phrase in self.unknowable],
            "candidates": [_content(candidate, lang) for candidate in self.candidates],
        }
        return json.dumps(content, ensure_ascii=False, indent=2)


def _say(lang: str, template: str, **values: Sayable) -> str:
    """Say one line."""
    return Phrase(template, values).say(lang)


def _lines(answer: ClaimAnswer, lang: str) -> Iterator[str]:
    """Say the whole answer, line by line."""
    yield _say(lang, mark("Claim: {claim}"), claim=answer.claim.text)
    amounts = "; ".join(amount.text for amount in answer.claim.amounts)
    yield _say(lang, mark("Read as: {amounts}"), amounts=amounts)
    yield ""
    yield _say(lang, mark("Answer"))
    for phrase in answer.headline:
        yield f"  {phrase.say(lang)}"
    yield ""
    yield _say(lang, mark("What cannot be known"))
    for phrase in answer.unknowable:
        yield f"  - {phrase.say(lang)}"
    fitting = [candidate for candidate in answer.candidates if candidate.fits]
    if fitting:
        yield ""
        yield title().say(lang)
        yield from drawn(fitting, lang)
    for number, candidate in enumerate(fitting, 1):
        yield ""
        yield from _in_full(number, candidate, lang)
    others = [candidate for candidate in answer.candidates if not candidate.fits]
    if others:
        yield ""
        yield _say(lang, mark("Other populations, for comparison"))
        for candidate in others:
            yield from _in_short(candidate, lang)


def _in_full(number: int, candidate: Candidate, lang: str) -> Iterator[str]:
    """Say one candidate in full."""
    yield f"{number}. {candidate.population.say(lang)}"
    verdict = translator(lang)(VERDICTS[candidate.verdict])
    yield f"   {_say(lang, mark('Verdict: {verdict}'), verdict=verdict)}"
    if candidate.against:
        yield f"   {_say(lang, mark('Against, or to bear in mind:'))}"
        for phrase in candidate.against:
            yield f"     - {phrase.say(lang)}"
    yield f"   {_say(lang, mark('Why it can be meant:'))} {candidate.reason.say(lang)}"
    yield f"   {_say(lang, mark('Counts:'))} {candidate.arithmetic.say(lang)}"
    yield from _assumptions(candidate, lang)
    if needed := true_if(candidate):
        yield f"   {needed.say(lang)}"
    if candidate.would_need:
        yield f"   {candidate.would_need.say(lang)}"
    yield f"   {dated(candidate).say(lang)}; {_graded(candidate, lang)}"
    for phrase in sourced(candidate):
        yield f"   {_say(lang, mark('Source:'))} {phrase.say(lang)}"


def _assumptions(candidate: Candidate, lang: str) -> Iterator[str]:
    """Say what follows under each assumption; a number merely printed needs none."""
    reads = [read for read in candidate.readings if read.assumption_id != "printed"]
    if reads:
        yield f"   {_say(lang, mark('What follows, assumption by assumption:'))}"
    for read in reads:
        verdict = translator(lang)(VERDICTS[read.verdict])
        yield f"     {read.numbers}: {verdict}"
        yield f"       {_say(lang, mark('Assumed:'))} {read.assumption.say(lang)}"


def _in_short(candidate: Candidate, lang: str) -> Iterator[str]:
    """Say one candidate that counts other guns."""
    yield f"  - {candidate.population.say(lang)}"
    yield f"    {candidate.reason.say(lang)}"
    yield f"    {candidate.arithmetic.say(lang)}"
    for read in candidate.readings:
        if read.verdict is Verdict.SUPPORTED and read.assumption_id != "printed":
            assumed = _say(lang, mark("Assumed:"))
            yield f"    {read.numbers}. {assumed} {read.assumption.say(lang)}"
    yield f"    {dated(candidate).say(lang)}; {_graded(candidate, lang)}"


def _graded(candidate: Candidate, lang: str) -> str:
    """Name the evidence grades."""
    graded = [f"{grade} ({translator(lang)(EVIDENCE[grade])})" for grade in candidate.evidence]
    return "; ".join(graded) or _say(lang, mark("from the records of this workspace"))


def _content(candidate: Candidate, lang: str) -> dict[str, object]:
    """Give one candidate as plain values."""
    return {
        "id": candidate.candidate_id,
        "claimed": candidate.amount.nominal,
        "claimed_low": candidate.amount.reach.low,
        "claimed_high": _finite(candidate.amount.reach.high),
        "population": candidate.population.say(lang),
        "verdict": str(candidate.verdict),
        "counts_what_is_claimed": candidate.verdict is not Verdict.ANOTHER_POPULATION,
        "against": [phrase.say(lang) for phrase in candidate.against],
        "reason": candidate.reason.say(lang),
        "numerator": candidate.numerator,
        "denominator": candidate.denominator,
        "arithmetic": candidate.arithmetic.say(lang),
        "bounds": [
            {
                "id": read.assumption_id,
                "assumption": read.assumption.say(lang),
                "low": read.bounds.low,
                "high": _finite(read.bounds.high),
                "interval": str(read.bounds.kind),
                "verdict": str(read.verdict),
            }
            for read in candidate.readings
        ],
        "breakdown_share": candidate.breakdown_share,
        "true_if": needed.say(lang) if (needed := true_if(candidate)) else None,
        "would_need": candidate.would_need.say(lang) if candidate.would_need else None,
        "period": candidate.period.text(lang),
        "as_of": candidate.as_of,
        "evidence": [str(grade) for grade in candidate.evidence],
        "figures": list(candidate.fact_ids),
        "sources": [phrase.say(lang) for phrase in sourced(candidate)],
    }


def _finite(number: float) -> float | None:
    """Write an open end as null: JSON has no infinity."""
    return None if number == float("inf") else number
