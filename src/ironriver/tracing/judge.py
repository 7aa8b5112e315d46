"""One recovery judged: how its trace ends, where the gun is from, how it left lawful hands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ironriver.tables import Kind, Outcome
from ironriver.tracing.contradictions import Finding, contradictions
from ironriver.tracing.endings import SOFT, Diversion, Origin, endings
from ironriver.tracing.facts import ANSWER, LOSSES, SALES, Fact
from ironriver.tracing.sales import Sale, last_sale, link_between
from ironriver.tracing.traits import HOME_MADE, Reals

NAMED_FROM = 0.5
"""An origin or a way out of lawful hands less likely than this is not named."""
_OUTCOMES = tuple(dict.fromkeys(each.outcome for each in endings()))
_ORIGINS = tuple(dict.fromkeys(each.origin for each in endings()))
_DIVERSIONS = tuple(dict.fromkeys(each.diversion for each in endings()))
_OF_OUTCOME = np.array([[each.outcome is one for one in _OUTCOMES] for each in endings()], float)
_OF_ORIGIN = np.array([[each.origin is one for one in _ORIGINS] for each in endings()], float)
_OF_DIVERSION = np.array(
    [[each.diversion is one for one in _DIVERSIONS] for each in endings()], float
)
_BESIDE = frozenset({Kind.RECOVERY.value, Kind.BALLISTIC_HIT.value})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one recovery, with what it rests on."""

    outcome: Outcome
    origin: Origin
    diversion: Diversion
    probability: float
    origin_probability: float
    diversion_probability: float
    purchaser_probability: float | None
    basis: str
    sale: Sale
    findings: tuple[Finding, ...]
    link: float
    """That the records which decide are about the gun that was recovered."""
    runner_up: Outcome


def judge(facts: Sequence[Fact], recovery: Fact, together: Reals, alone: Reals) -> Judgement:
    """Judge a recovery from the chances of each ending.

    `together` [endings] rests on all records of the gun, `alone` on the recovery's own row: they
    are mixed by the chance that the records belong to it, which contradictions lower.
    """
    found = contradictions(facts, recovery)
    against = sum(finding.log_odds for finding in found)
    link = lowered(_link(facts, recovery), against)
    chance = link * together + (1.0 - link) * alone
    outcomes, origins = chance @ _OF_OUTCOME, chance @ _OF_ORIGIN
    order = np.argsort(-outcomes, kind="stable")
    outcome, second = _OUTCOMES[order[0]], _OUTCOMES[order[1]]
    sale = last_sale(facts, recovery)
    bought = lowered(sale.link, against) * sale.purchaser_probability
    probability = float(outcomes[order[0]])
    if outcome is Outcome.TRACED_TO_PURCHASER and sale.purchaser:
        probability = bought * float((together @ _OF_OUTCOME)[order[0]])
    origin, origin_chance = _origin(origins)
    diversion, diversion_chance = _diversion(chance @ _OF_DIVERSION)
    return Judgement(
        outcome=outcome,
        origin=origin,
        diversion=diversion,
        probability=probability,
        origin_probability=origin_chance,
        diversion_probability=diversion_chance,
        purchaser_probability=bought if sale.purchaser else None,
        basis=_basis(facts, outcome),
        sale=sale,
        findings=found,
        link=link,
        runner_up=second,
    )


def lowered(probability: float, log_odds: float) -> float:
    """Give a probability whose log-odds are changed by so much.

    >>> round(lowered(0.9, -2.0), 3), lowered(1.0, -2.0) < 1.0
    (0.549, True)
    """
    if log_odds == 0.0 or probability <= 0.0:
        return probability
    odds = math.log(probability) - math.log(max(1.0 - probability, 1e-6)) + log_odds
    return 1.0 / (1.0 + math.exp(-odds))


def _link(facts: Sequence[Fact], recovery: Fact) -> float:
    """Give the chance that what decides belongs to the recovery: answers first, then the rest."""
    answers = [fact for fact in facts if fact.kind == ANSWER]
    others = [fact for fact in facts if fact.kind not in _BESIDE]
    told = answers or others
    return max((link_between(fact, recovery) for fact in told), default=1.0)


def _origin(chances: Reals) -> tuple[Origin, float]:
    best = int(np.argmax(chances))
    if chances[best] >= NAMED_FROM:
        return _ORIGINS[best], float(chances[best])
    foreign = sum(
        float(chances[_ORIGINS.index(each)]) for each in (Origin.US_IMPORTED, Origin.FOREIGN_NOT_US)
    )
    if foreign >= NAMED_FROM:
        return Origin.FOREIGN_IMPORT_UNKNOWN, foreign
    return Origin.UNDETERMINED, 1.0 - float(chances[best])


def _diversion(chances: Reals) -> tuple[Diversion, float]:
    best = int(np.argmax(chances))
    if chances[best] >= NAMED_FROM:
        return _DIVERSIONS[best], float(chances[best])
    return Diversion.UNKNOWN, 1.0 - float(chances[best])


def _basis(facts: Sequence[Fact], outcome: Outcome) -> str:
    """Say what the outcome rests on: an answer, other records, or nothing but likeness."""
    answered = {fact.outcome for fact in facts if fact.kind == ANSWER}
    if outcome in answered or any(said not in SOFT for said in answered if said):
        return "answer"
    if any(fact.kind in SALES | LOSSES for fact in facts):
        return "records"
    ground = any(fact.serial_status == "obliterated" for fact in facts)
    home = any(fact.type == HOME_MADE for fact in facts)
    said = {Outcome.SERIAL_OBLITERATED: ground, Outcome.PRIVATELY_MADE_NO_SERIAL: home}
    return "records" if said.get(outcome, False) else "expected"


def why(
    judged: Judgement, parts: Mapping[str, Reals], ids: Sequence[str]
) -> list[dict[str, object]]:
    """Give the reasons, what speaks against it first.

    `parts` are the log-likelihoods of each kind of evidence [endings]; each reason says how much it
    speaks for the outcome against the next likeliest one.
    """
    total = np.asarray(sum(parts.values()))
    best = _likeliest(total, judged.outcome)
    other = _likeliest(total, judged.runner_up)
    reasons: list[dict[str, object]] = [
        {"field": name, "level": f"against {judged.runner_up.value}",
         "log_odds": round(float(part[best] - part[other]), 4)}
        for name, part in parts.items() if name != "share"
    ]  # fmt: skip
    usual = float(parts["share"][best] - parts["share"][other])
    reasons.append({"field": "usual", "level": judged.outcome.value, "log_odds": round(usual, 4)})
    reasons = [each for each in reasons if each["log_odds"] != 0.0]
    reasons += [
        {"field": finding.code, "level": "contradiction", "log_odds": finding.log_odds,
         "record_ids": list(finding.record_ids)}
        for finding in judged.findings
    ]  # fmt: skip
    same = math.log(max(judged.link, 1e-6)) - math.log(max(1.0 - judged.link, 1e-6))
    reasons.append(
        {"field": "same_gun", "level": judged.basis, "log_odds": round(same, 4),
         "record_ids": list(ids)}
    )  # fmt: skip
    return sorted(reasons, key=lambda each: (float(str(each["log_odds"])), str(each["field"])))


def _likeliest(total: Reals, outcome: Outcome) -> int:
    mine = np.where(_OF_OUTCOME[:, _OUTCOMES.index(outcome)] > 0, total, -np.inf)
    return int(np.argmax(mine))
