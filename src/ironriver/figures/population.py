"""Hidden populations from overlapping lists, usable on its own.

    from ironriver.figures import population

    lists = population.Lists.from_members({"seized": ids, "traced": ids, "court": ids})
    found = population.panel(lists)
    print(*found.said("es"), sep=", ")

The mathematics is in ``ironriver.estimators.population``, one module for each method, each with its
source. An answer is an `Estimate` (a value, an interval, its pitfalls) or a `Refusal` with its
reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from ironriver.errors import MistakeError
from ironriver.estimators.population.bootstrap import stepwise
from ironriver.estimators.population.chao import chao
from ironriver.estimators.population.dga import dga, posterior
from ironriver.estimators.population.estimate import NAMES, Answer, Estimate, Method, Refusal
from ironriver.estimators.population.headline import headline
from ironriver.estimators.population.lcmcr import lcmcr
from ironriver.estimators.population.linkage import (
    Link,
    LinkageErrors,
    corrected,
    expected_truth,
    matched_pairs,
    over_links,
)
from ironriver.estimators.population.lists import Lists
from ironriver.estimators.population.loglinear import independence, log_linear, profile, select
from ironriver.estimators.population.panel import Effort, Panel, panel
from ironriver.estimators.population.poisson import Shape
from ironriver.estimators.population.signs import Signs, signs_of
from ironriver.estimators.population.strata import Stratified, stratified
from ironriver.estimators.population.uneven import uneven
from ironriver.estimators.remark import Remark
from ironriver.figures.figure import Figure
from ironriver.figures.phrase import Both
from ironriver.language import mark
from ironriver.tables import Handling

__all__ = [
    "About",
    "Answer",
    "Effort",
    "Estimate",
    "Link",
    "LinkageErrors",
    "Lists",
    "Method",
    "Panel",
    "Refusal",
    "Remark",
    "Shape",
    "Signs",
    "Stratified",
    "chao",
    "corrected",
    "dga",
    "expected_truth",
    "figure_of",
    "headline",
    "independence",
    "lcmcr",
    "log_linear",
    "matched_pairs",
    "over_links",
    "panel",
    "posterior",
    "profile",
    "select",
    "signs_of",
    "stepwise",
    "stratified",
    "uneven",
]


@dataclass(frozen=True, slots=True)
class About:
    """What an estimate is an estimate of: without this no figure can be made of it."""

    figure_id: str
    population: Both
    period: str
    as_of: str
    sources: tuple[str, ...]
    handling: Handling
    record_ids: tuple[str, ...] = ()


def figure_of(answer: Answer, about: About) -> Figure:
    """Make a figure of an estimate, its pitfalls as its assumptions and reasons.

    MistakeError for a refusal: it has no number to show. ValueError if something that a figure
    needs is missing from `about`.
    """
    if isinstance(answer, Refusal):
        raise MistakeError(
            "{method} gives no number to make a figure of: {reason}",
            method=NAMES[answer.method], reason=answer.reason.text(),
        )  # fmt: skip
    said = [*answer.remarks, *answer.pitfalls]
    return Figure(
        figure_id=about.figure_id,
        name=mark("Size of a hidden population, from overlapping lists"),
        value=None if answer.bound else answer.value,
        interval=answer.interval,
        population=about.population,
        numerator=None,
        denominator=None,
        period=about.period,
        as_of=about.as_of,
        method=NAMES[answer.method],
        assumptions=" ".join(pitfall.text() for pitfall in answer.pitfalls),
        sources=about.sources,
        handling=about.handling,
        record_ids=about.record_ids,
        reasons=tuple({"field": str(answer.method), "text": each.text()} for each in said),
    )
