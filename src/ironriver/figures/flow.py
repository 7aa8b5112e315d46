"""Guns a year: what the workspace's own records tell of the flow, anchor by anchor, and pooled.

Nothing identifies the flow. Each anchor assumes something that the others do without; each has a
row of its own, also where it cannot be had, and the pool says which of them it was made of.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt

from ironriver.estimators.flow.anchors import DOUBT, Anchor, Pooled, pooled, reconciled
from ironriver.estimators.flow.marked import (
    MARKED_PITFALLS,
    belonging,
    recovered_share,
    yearly_growth,
)
from ironriver.estimators.flow.scaleup import SCALE_UP_PITFALLS
from ironriver.estimators.flow.stock import STOCK_PITFALLS, Share, mean_flow_behind
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.figures.figure import Figure
from ironriver.figures.flow_evidence import Evidence, Rests, evidence_of
from ironriver.figures.phrase import Both
from ironriver.language import mark, translator

Floats = npt.NDArray[np.float64]

SEIZED: Final = Share(0.127, 40.0)
"""Share of the yearly flow that Mexico secures, as assumed: about what McDougal and others (2013)
are said to reckon with, worth 40 guns of knowledge; 95 percent between 4.5 and 24.5 percent."""
STOPPED: Final = Share(0.02, 100.0)
"""Share of the flow that is seized on its way out of the United States, as assumed (the same)."""
DECAY: Final = Share(0.05, 100.0)
HAZARD: Final = Share(DECAY.mean * SEIZED.mean / (1 - SEIZED.mean), 300.0)
"""Share of the stock secured in a year: what a steady flow would need to give `SEIZED`."""
DRAWS: Final = 8_000
PREFIX: Final = "flow.records"

NAME: Final = mark("Guns taken from the United States to Mexico, a year")
GUNS: Final = mark(
    "guns sold or stolen in the United States and taken to Mexico, if the recoveries of this "
    "workspace are all recoveries in Mexico"
)

METHODS = {
    "known": mark("count of guns traced to a purchaser or a theft, a year"),
    "seizures": mark("recoveries over the share secured, a beta distribution"),
    "crossings": mark("seizures on the way out over the share stopped, a beta distribution"),
    "stock": mark("stock and flow: the flow behind a series of recoveries"),
    "marked": mark("mark and recapture: guns of cases and how many of them were recovered"),
    "dealers": mark(
        "attributable fraction of dealers, negative binomial on the distance to the border"
    ),
    "pooled": mark("robust pool of the anchors, each also shown apart (Berger 1985)"),
}
ASSUMED = {
    "known": mark("as many guns cross in a year as in the years before it; then at least so many"),
    "seizures": mark(
        "Mexico secures 12.7 percent of a year's flow, or 4.5 to 24.5 percent: an assumption that "
        "no record here can test"
    ),
    "crossings": mark(
        "2 percent of the flow is stopped on its way out, or 0.2 to 5.5 percent: an assumption "
        "that no record here can test"
    ),
    "stock": mark(
        "each year 0.7 percent of the guns in the country are secured and 5 percent are lost to "
        "use: assumptions that no record here can test"
    ),
    "marked": mark(
        "guns whose purchase stands in a case are recovered as often as the others that cross"
    ),
    "pooled": mark(
        "guns of cases are recovered like others; each assumed share holds here with three chances "
        "in ten, and counts for little where the guns of cases contradict it"
    ),
    "assumed_only": mark(
        "one of the assumed shares is right: nothing here counts the flow, since no purchase of a "
        "case stands in this workspace"
    ),
}
MISSING = {
    "crossings": mark("not identified: no seizure on the way out stands in this workspace"),
    "stock": mark(
        "not identified: a stock needs the recoveries of two whole years, such as a flow can give"
    ),
    "marked": mark(
        "not identified: no gun whose purchase stands in a case was matched in this workspace"
    ),
    "dealers": mark(
        "not identified: it needs what dealers sell, and nothing but the flow may follow the "
        "distance to the border; no file here says either"
    ),
}


def flow_figures(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Give the flow behind the workspace's recoveries: each anchor, and the pool.

    `con` has the table ``counted_guns`` and the views it was made of. Empty where nothing was
    recovered in Mexico.
    """
    evidence = evidence_of(con)
    return list(_figures(evidence)) if evidence else []


def anchors_of(evidence: Evidence, seed: int = 1) -> dict[str, Anchor]:
    """Estimate the flow in every way that the evidence allows, as guns a year."""
    dice = np.random.default_rng(seed)
    guns, years = evidence.guns, evidence.years
    yearly = belonging(guns.yes, guns.known, guns.size, DRAWS, dice) / years
    found = {
        "seizures": Anchor("seizures", yearly / SEIZED.sampled(DRAWS, dice), SCALE_UP_PITFALLS)
    }
    if evidence.crossings:
        stopped = STOPPED.sampled(DRAWS, dice)
        seized = dice.gamma(evidence.crossings + 0.5, 1.0, DRAWS) / years
        found["crossings"] = Anchor("crossings", seized * (1 / stopped - 1), SCALE_UP_PITFALLS)
    behind = _stock(evidence.by_year, float(np.median(yearly)), seed)
    if behind is not None:
        found["stock"] = Anchor("stock", behind, STOCK_PITFALLS)
    if evidence.marked.watched:
        growth = yearly_growth(evidence.by_year, DRAWS, dice)
        share, _ = recovered_share(evidence.marked, growth, dice)
        read = evidence.legible
        seen = belonging(read.yes, read.known, read.size, DRAWS, dice) / years
        found["marked"] = Anchor("marked", seen / share, MARKED_PITFALLS)
    return found


def _stock(by_year: Sequence[int], yearly: float, seed: int) -> Floats | None:
    """Draw the flow behind the years' recoveries, scaled so that their mean is `yearly`."""
    told = float(sum(by_year))
    if len(by_year) < 2 or not told:
        return None
    series = [count * yearly * len(by_year) / told for count in by_year]
    try:
        return mean_flow_behind(series, HAZARD, DECAY, draws=DRAWS, seed=seed)
    except ArithmeticError:
        return None


def pool_of(anchors: dict[str, Anchor]) -> Pooled:
    """Pool the anchors: around the guns of cases if there are any, else as an equal mixture."""
    assumed = [anchors[name] for name in ("seizures", "crossings") if name in anchors]
    if "marked" in anchors:
        return reconciled(anchors["marked"], assumed, DOUBT)
    return pooled(list(anchors.values()))


def _figures(evidence: Evidence) -> Iterator[Figure]:
    anchors = anchors_of(evidence)
    known = evidence.guns.yes / evidence.years
    least = Interval(known, math.inf, IntervalKind.IDENTIFICATION)
    yield _figure(evidence, "known", None, least, ASSUMED["known"], ())
    for name in ("seizures", "crossings", "stock", "marked", "dealers"):
        if name in anchors:
            its = anchors[name]
            yield _figure(evidence, name, its.value, its.interval, ASSUMED[name], its.pitfalls)
        else:
            yield _figure(evidence, name, None, least, MISSING[name], ())
    pool = pool_of(anchors)
    assumed = ASSUMED["pooled" if "marked" in anchors else "assumed_only"]
    yield _figure(evidence, "pooled", pool.value, pool.interval, assumed, pool.remarks, pool)


def _figure(
    evidence: Evidence,
    name: str,
    value: float | None,
    interval: Interval,
    assumptions: str,
    pitfalls: tuple[Remark, ...],
    pool: Pooled | None = None,
) -> Figure:
    rests, part, whole = _rests(evidence, name)
    apart = () if pool is None else pool.anchors
    counts = {"all": whole, "part": part}
    if rests is evidence.guns_rest:
        counts["undetermined"] = evidence.guns.size - evidence.guns.known
    return Figure(
        figure_id=f"{PREFIX}.{name}",
        name=NAME,
        value=value,
        interval=interval,
        population=Both(GUNS, translator("es")(GUNS)),
        numerator=part,
        denominator=whole,
        period=evidence.period.text(),
        as_of=rests.as_of,
        method=METHODS[name],
        assumptions=assumptions,
        sources=rests.sources,
        handling=rests.handling,
        record_ids=rests.record_ids,
        reasons=(
            *({"field": each, "level": f"{count:.15g}"} for each, count in counts.items()),
            *({"field": each.name, "level": _written(each)} for each in apart),
            *({"field": "pitfall", "text": each.text()} for each in pitfalls),
        ),
    )


def _written(anchor: Anchor) -> str:
    ends = anchor.interval
    return f"{anchor.value:.0f} ({ends.low:.0f} to {ends.high:.0f})"


def _rests(evidence: Evidence, name: str) -> tuple[Rests, float, float]:
    """Say what an anchor rests on: its rows, and the part and the whole that it counts."""
    guns, marked = evidence.guns, evidence.marked
    if name == "crossings" and evidence.crossings:
        return evidence.crossings_rest, float(evidence.crossings), float(evidence.crossings)
    if name == "marked" and marked.watched:
        return evidence.marked_rest, float(marked.recovered), float(len(marked.watched))
    if name == "pooled":
        # A pool tells of every count in it: what rests on the fewest decides whether it may leave.
        parts = (guns.yes, *(each for each in (evidence.crossings, marked.recovered) if each))
        return evidence.all_rest, float(min(parts)), guns.size
    return evidence.guns_rest, float(guns.yes), guns.size
