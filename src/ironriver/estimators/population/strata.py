"""Estimate by stratum and add up, so that differences between strata do not bias the total."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ironriver.errors import MistakeError
from ironriver.estimators.population.estimate import Answer, Estimate, Method, Refusal
from ironriver.estimators.population.lists import Lists
from ironriver.estimators.population.pitfalls import ALL, of_method
from ironriver.estimators.population.spread import ends, sampled
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval
from ironriver.language import mark

_DRAWS = 20_000

STRATA_PITFALLS = (
    Remark(
        mark(
            "Strata are taken to be independent; an error that all share (a referral between two "
            "lists everywhere) makes the total's interval too narrow."
        )
    ),
    Remark(
        mark(
            "An individual that belongs to two strata (a gun moved between states) is counted "
            "twice."
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Stratified:
    """The total, and what each stratum answered."""

    total: Answer
    strata: Mapping[str, Answer]


def stratified(
    tables: Mapping[str, Lists], estimator: Callable[[Lists], Answer], seed: int = 1
) -> Stratified:
    """Estimate each stratum with `estimator` and add up draws from their distributions.

    If a stratum refuses, so does the total, and names it. Sekar and Deming (1949), JASA 44, on why
    to stratify; Ball and others (2002) for lists of the killed. MistakeError without strata.
    """
    if not tables:
        raise MistakeError("there is no stratum to estimate")
    answers = {name: estimator(lists) for name, lists in tables.items()}
    refused = [name for name, answer in answers.items() if isinstance(answer, Refusal)]
    if refused:
        reason = Remark(
            mark("some strata cannot be estimated: {names}"), {"names": ", ".join(refused)}
        )
        return Stratified(Refusal(Method.HEADLINE, reason, STRATA_PITFALLS + ALL), answers)
    found = [answer for answer in answers.values() if isinstance(answer, Estimate)]
    dice = np.random.default_rng(seed)
    low, middle, high = ends(np.sum([sampled(each, _DRAWS, dice) for each in found], axis=0))
    method = found[0].method
    interval = Interval(low, high, found[0].interval.kind, found[0].interval.level)
    observed = sum(each.observed for each in found)
    total = Estimate(
        method, middle, interval, observed, STRATA_PITFALLS + of_method(method),
        (Remark(mark("The sum of {count} strata."), {"count": len(found)}),),
        any(each.bound for each in found),
    )  # fmt: skip
    return Stratified(total, answers)
