"""One interval from all methods, which widens where they disagree."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ironriver.errors import MistakeError
from ironriver.estimators.population.estimate import NAMES, Answer, Estimate, Method, Refusal
from ironriver.estimators.population.pitfalls import of_method
from ironriver.estimators.population.signs import Signs
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

POINT = (Method.STEPWISE, Method.GRAPHS, Method.CLASSES)
"""The methods whose middle is the headline's value."""
SPAN = (*POINT, Method.UNEVEN)
"""The methods that the interval covers."""

ALLOWANCE = 0.25
"""Share of the population that may be all but invisible to every list.

On simulated lists of individuals of two or three kinds all methods agreed with one another and were
wrong together: a kind that is hardly seen leaves no trace. With this share the headline covered the
truth often enough (``benchmarks/population_simulated.py``, which was not the simulation that it was
chosen on); it is an assumption, not an estimate.
"""
PASSED = 1.2
"""A lower bound this many times the estimate of the unseen contradicts it."""
LINKS_ALONE = Remark(
    mark(
        "Links between pairs of lists explain the overlaps, and nothing asks for individuals that "
        "differ: the interval is that of the average over graphs, without an allowance for those "
        "whom hardly any list can see. If there are such, it is too low."
    )
)
MOST_RATIO = 100.0
"""If the ends of the number unseen are further apart than this, nothing is identified."""


def headline(
    answers: Sequence[Answer], allowance: float = ALLOWANCE, signs: Signs | None = None
) -> Answer:
    """Give one interval: the union of the methods', its upper end moved for those hardly seen.

    The ends are the least and greatest of the methods in `SPAN`; the upper one is divided by
    1 - allowance. The value is the geometric mean, of the number unseen, of those in `POINT`. A
    refusal if no two methods of `SPAN` answer, or if they are so far apart that nothing is known.
    Binette and Steorts (2022), JRSS-A 185, section 6, on why one method is not enough.

    Where `signs` say that links between pairs explain the lists and nothing asks for individuals
    that differ, where the methods' values lie in the interval of the average over graphs, and where
    Chao's bound does not pass it, the interval is that one and no allowance is made.
    """
    if not 0 <= allowance < 1:
        raise MistakeError(
            "the share that no list can see is {share}; it must be from 0 to below 1",
            share=allowance,
        )
    found = [each for each in answers if isinstance(each, Estimate) and each.method in SPAN]
    middle = [each for each in found if each.method in POINT]
    pitfalls = of_method(Method.HEADLINE)
    if len(found) < 2 or not middle:
        reason = Remark(mark("fewer than two methods give an answer"))
        return Refusal(Method.HEADLINE, reason, pitfalls)
    low = min(each.interval.low for each in found)
    high = max(each.interval.high for each in found)
    observed = found[0].observed
    if high - observed > MOST_RATIO * max(low - observed, 1.0):
        reason = Remark(
            mark("the methods leave anything from {low:,.0f} to {high:,.0f} open"),
            {"low": low, "high": high},
        )
        return Refusal(Method.HEADLINE, reason, pitfalls)
    logs = [math.log(max(each.hidden, 0.5)) for each in middle]
    value = observed + math.exp(sum(logs) / len(logs))
    graphs = _graphs(answers) if signs is not None and signs.links_alone else None
    if graphs is None:
        interval = Interval(low, high / (1 - allowance), IntervalKind.CONFIDENCE, 0.95)
        remarks = (*_spoken(answers), *_apart(middle), _allowed(allowance))
    else:
        interval = Interval(graphs.low, graphs.high, IntervalKind.CONFIDENCE, 0.95)
        remarks = (*_spoken(answers), *_apart(middle), LINKS_ALONE)
    return Estimate(Method.HEADLINE, value, interval, observed, pitfalls, remarks)


def _graphs(answers: Sequence[Answer]) -> Interval | None:
    """Give the interval of the average over graphs if no other method contradicts it."""
    told = {each.method: each for each in answers if isinstance(each, Estimate)}
    graphs, bound = told.get(Method.GRAPHS), told.get(Method.CHAO)
    if graphs is None or (bound is not None and bound.hidden > PASSED * graphs.hidden):
        return None
    others = (told[method] for method in POINT if method in told)
    return graphs.interval if all(each.value in graphs.interval for each in others) else None


def _spoken(answers: Sequence[Answer]) -> tuple[Remark, ...]:
    """Say which methods refused."""
    return tuple(
        Remark(mark("Gives no answer: {method}."), {"method": NAMES[each.method]})
        for each in answers
        if isinstance(each, Refusal) and each.method in SPAN
    )


def _apart(middle: Sequence[Estimate]) -> tuple[Remark, ...]:
    """Say if a method's value lies outside another one's interval."""
    outside = [
        (each, other)
        for each in middle
        for other in middle
        if each is not other and each.value not in other.interval
    ]
    if not outside:
        return ()
    ratio = max(each.hidden for each in middle) / max(min(each.hidden for each in middle), 0.5)
    return (
        Remark(
            mark(
                "The methods disagree: their numbers of unseen are up to a factor of {ratio:.1f} "
                "apart."
            ),
            {"ratio": ratio},
        ),
    )


def _allowed(allowance: float) -> Remark:
    return Remark(
        mark("The upper end allows for {share:.0%} whom hardly any list can see: an assumption."),
        {"share": allowance},
    )
