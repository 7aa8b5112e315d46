"""Hold a public claim against published figures and a workspace's own counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ironriver.figures.claim_answer import Candidate, Verdict, turned
from ironriver.figures.claim_counts import beside, count_candidates, round_candidates
from ironriver.figures.claim_flow import flow_candidates, flow_headline
from ironriver.figures.claim_reading import Claim, Topic, read_claim
from ironriver.figures.claim_shares import share_candidates
from ironriver.figures.claim_text import ClaimAnswer
from ironriver.figures.origin import OriginBase
from ironriver.figures.phrase import Phrase
from ironriver.language import mark, translator

NOT_RANDOM = mark(
    "Not all guns used in crime are traced, and guns traced are no random sample: nothing follows "
    "for guns that were not submitted without an assumption about them."
)
ALL_GUNS = mark("No published count covers all guns in Mexico, or those that cartels hold.")
MADE_ABROAD = mark(
    "A gun made abroad may still have passed through the United States; a class named after the "
    "maker's country does not tell."
)
SOURCED = mark(
    "From the United States means made there or legally imported into it; it does not say that a "
    "gun was sold in a shop or smuggled. Guns sold lawfully to forces abroad are among them."
)
TRUSTED = mark(
    "The agencies' determinations are taken as correct; a misread serial number would change them."
)
FLOW = mark(
    "Seizures alone cannot tell how many guns cross: they are the flow times the part that is "
    "seized, and only the product is seen."
)
APART = mark("The estimates rest on different methods, years and definitions; no mean is taken.")
TRACED_TO = mark(
    "Marks on a cartridge case tell the plant that made it. They do not tell who sold the round, "
    "when, or how it crossed. The statement adds that such rounds are sold in gun shops in the "
    "southern United States."
)
EXAMINED = mark("How many of the rounds were examined, and how, is not printed.")
SERIES = mark("Published counts of different series contradict each other and are never added up.")

UNKNOWABLE = {
    Topic.ORIGIN_SHARE: (ALL_GUNS, NOT_RANDOM, MADE_ABROAD, SOURCED, TRUSTED, SERIES),
    Topic.FLOW: (FLOW, APART),
    Topic.ROUNDS: (TRACED_TO, EXAMINED),
    Topic.COUNT: (NOT_RANDOM, SERIES),
}


def check_claim(text: str, own: Sequence[OriginBase] = (), lang: str = "en") -> ClaimAnswer:
    """Say of a claim which guns it could mean, and what their counts say.

    `own` are the bases of a workspace (`recoveries.bases_from_records`); the published figures are
    always held beside them. `lang` (``en`` or ``es``) is the language of the answer; the claim may
    be in either.
    MistakeError if the claim cannot be read.

    >>> answer = check_claim("70 percent of guns traced in 2009-2014 come from the US")
    >>> answer.candidates[0].candidate_id, answer.candidates[0].verdict.value
    ('gao_2009_14.us_sourced.submitted', 'not_identified')
    """
    translator(lang)
    claim = read_claim(text)
    candidates = tuple(_candidates(claim, own))
    unknowable = tuple(Phrase(template) for template in UNKNOWABLE[claim.topic])
    headline = [*_headline(claim, candidates), *_turned_round(claim)]
    return ClaimAnswer(claim, tuple(headline), candidates, unknowable, lang)


def _candidates(claim: Claim, own: Iterable[OriginBase]) -> list[Candidate]:
    """Find the candidates by topic."""
    if claim.topic is Topic.ORIGIN_SHARE:
        return share_candidates(claim, own)
    if claim.topic is Topic.FLOW:
        return flow_candidates(claim)
    if claim.topic is Topic.ROUNDS:
        return round_candidates(claim)
    return count_candidates(claim)


def _headline(claim: Claim, candidates: Sequence[Candidate]) -> list[Phrase]:
    """Sum up the verdicts in a sentence or two."""
    fitting = [candidate for candidate in candidates if candidate.fits]
    if claim.topic is Topic.FLOW:
        return flow_headline(claim)
    if not fitting:
        return _no_population(claim, candidates)
    verdicts = {candidate.verdict for candidate in fitting}
    if claim.topic is Topic.ROUNDS:
        return [_statement_headline(verdicts)]
    if len(verdicts) > 1:
        return [Phrase(mark("The answer depends on which guns are meant; see each below."))]
    said = {
        Verdict.SUPPORTED: mark("Supported for the guns that the claim can mean; see each below."),
        Verdict.NOT_SUPPORTED: mark(
            "Not supported: the counts of the guns that the claim can mean exclude it."
        ),
        Verdict.NOT_IDENTIFIED: mark(
            "Not identified: the counts of the guns that the claim can mean allow it, and also "
            "allow other numbers; it holds only under an assumption about guns whose origin is not "
            "known."
        ),
    }
    return [Phrase(said[verdicts.pop()])]


def _turned_round(claim: Claim) -> list[Phrase]:
    """Say how a claim about guns that are not from the United States is compared."""
    if not claim.not_us or claim.topic is not Topic.ORIGIN_SHARE:
        return []
    amounts = "; ".join(turned(claim, amount).text for amount in claim.amounts)
    return [
        Phrase(
            mark("The claim is about guns not from the United States; turned round: {amounts}."),
            {"amounts": amounts},
        )
    ]


def _no_population(claim: Claim, candidates: Sequence[Candidate]) -> list[Phrase]:
    """Say that no count is about the claimed guns, and whether the number occurs elsewhere."""
    if not candidates:
        return [
            Phrase(mark("No count here is of the guns that the claim speaks of; nothing follows."))
        ]
    said = Phrase(
        mark(
            "About another population: no count here is of the guns that the claim speaks of; the "
            "number occurs for others, named below."
        )
    )
    comparison = beside(claim, list(candidates)) if claim.topic is Topic.COUNT else None
    return [said, comparison] if comparison else [said]


def _statement_headline(verdicts: set[Verdict]) -> Phrase:
    """Sum up a claim that repeats, or changes, a published statement."""
    if verdicts == {Verdict.SUPPORTED}:
        return Phrase(
            mark(
                "It repeats the published statement; no record behind the statement is at hand to "
                "check it."
            )
        )
    return Phrase(mark("It does not repeat the published statement in every number; see below."))
