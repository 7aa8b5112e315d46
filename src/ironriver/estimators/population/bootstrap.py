"""Stepwise estimate with an interval that repeats the choice of the model."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from ironriver.errors import MistakeError
from ironriver.estimators.population.estimate import Answer, Estimate, Method
from ironriver.estimators.population.lists import Floats, Lists
from ironriver.estimators.population.loglinear import Pair, log_linear, refused, select
from ironriver.estimators.population.pitfalls import of_method
from ironriver.estimators.population.stepwise import choose
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

REPEATS = 1000
_LEVELS = (0.025, 0.975)


def stepwise(lists: Lists, repeats: int = REPEATS, seed: int = 1) -> Answer:
    """Estimate N by stepwise selection; the 95 percent interval is BCa over resampled lists.

    Individuals are drawn anew with replacement and the selection is made again each time (Chan,
    Silverman and Vincent 2021, section 5). Bias-corrected and accelerated: Efron (1987), JASA 82,
    equations 2.3 and 6.6, the acceleration from leaving out one individual of each pattern.
    """
    try:
        log_linear(lists)
    except MistakeError:
        return refused(Method.STEPWISE)
    model = select(lists)
    drawn = resampled(lists, repeats, seed)
    low, high = accelerated(model.value, drawn, *_left_out(lists))
    interval = Interval(
        min(low, model.value), max(high, model.value), IntervalKind.CONFIDENCE, 0.95
    )
    return Estimate(
        Method.STEPWISE, model.value, interval, lists.observed, of_method(Method.STEPWISE),
        _remarks(model.pairs, model.empty),
    )  # fmt: skip


def _remarks(pairs: tuple[Pair, ...], empty: tuple[Pair, ...]) -> tuple[Remark, ...]:
    found = [Remark(mark("Links between lists in the model: {pairs}."), {"pairs": _named(pairs)})]
    if empty:
        found.append(
            Remark(
                mark("Lists that share nobody, and are taken never to: {pairs}."),
                {"pairs": _named(empty)},
            )
        )
    return tuple(found)


def _named(pairs: tuple[Pair, ...]) -> str:
    return ", ".join(f"{first}:{second}" for first, second in pairs) or "0"


def resampled(lists: Lists, repeats: int, seed: int) -> Floats:
    """Give the estimates of N from `repeats` redrawn tables, each with its own selection.

    A redrawn table that does not determine even the independence model gives infinity.
    """
    dice = np.random.default_rng(seed)
    share = lists.counts[1:] / lists.observed
    tables = dice.multinomial(lists.observed, share, size=repeats).astype(float)
    return _estimates(tables, len(lists.names))


def _estimates(tables: Floats, lists: int) -> Floats:
    found = choose(tables, lists).fitted
    unseen = np.where(found.unseen < 1e12, found.unseen, np.inf)
    return np.asarray(tables.sum(axis=1) + unseen, dtype=np.float64)


def _left_out(lists: Lists) -> tuple[Floats, Floats]:
    """Give the estimates without one individual of each pattern, and how many such there are."""
    held = np.flatnonzero(lists.counts[1:])
    tables = np.repeat(lists.counts[None, 1:].astype(float), len(held), axis=0)
    tables[np.arange(len(held)), held] -= 1
    return _estimates(tables, len(lists.names)), lists.counts[1:][held].astype(float)


def accelerated(
    value: float, drawn: Floats, left_out: Floats, weights: Floats
) -> tuple[float, float]:
    """Give the ends of the 95 percent BCa interval (Efron 1987)."""
    below = np.clip((drawn < value).mean(), 0.5 / len(drawn), 1 - 0.5 / len(drawn))
    bias = float(ndtri(below))
    kept = np.isfinite(left_out)
    mean = np.average(left_out[kept], weights=weights[kept])
    gaps = mean - left_out[kept]
    scale = 6 * ((weights[kept] * gaps**2).sum()) ** 1.5
    bend = float((weights[kept] * gaps**3).sum() / scale) if scale > 0 else 0.0
    ends = []
    for level in _LEVELS:
        moved = bias + float(ndtri(level))
        place = float(ndtr(bias + moved / (1 - bend * moved)))
        ends.append(float(np.quantile(drawn, place, method="inverted_cdf")))
    return ends[0], ends[1]
