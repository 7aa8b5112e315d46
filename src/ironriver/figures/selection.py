"""What follows for a share of origin if something is assumed of the guns that nobody determined.

Beside the bounds of ``origin`` stand: an interval for sampling, what odds make of the share, at
which odds one half is lost, and estimates that hold if alike guns are determined alike. Each says
its assumption; none replaces the bounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import duckdb
import numpy as np

from ironriver.estimators.bounds import (
    breakdown_odds_ratio,
    imbens_manski,
    sensitivity,
    worst_case,
)
from ironriver.estimators.missing import Adjusted, by_groups, doubly_robust, indicators
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.figures.figure import Figure
from ironriver.figures.origin import ASSUMPTIONS, NAMES, OriginBase, described, reasons_of
from ironriver.language import mark
from ironriver.reference.facts import Layer

ODDS: Final = (2, 10)
HALF: Final = 0.5

ASSUMED = {
    "sampled": mark(
        "guns classed as not from the United States did not come through it; the guns counted are "
        "a random sample of those that would be counted in the same way"
    ),
    "odds_2": mark(
        "guns classed as not from the United States did not come through it; the odds that an "
        "undetermined gun is from it are between half and twice those of a determined one"
    ),
    "odds_10": mark(
        "guns classed as not from the United States did not come through it; the odds that an "
        "undetermined gun is from it are between a tenth and ten times those of a determined one"
    ),
    "breakdown": mark(
        "below these odds (undetermined to determined guns) less than half of the guns are from "
        "the United States; at even odds (1) the undetermined are like the determined"
    ),
    "alike": mark(
        "guns of the same type are as often from the United States whether they were determined "
        "or not, and so are those of the same calibre, make, state, agency and years among them, "
        "as far as enough were determined; types of which none was determined are left open"
    ),
    "alike_model": mark(
        "guns alike in type, calibre, make, state, agency and year are as often from the United "
        "States whether they were determined or not, and one of two models of this is right"
    ),
    "once": mark("rows judged to be about the same gun are about the same gun"),
}

HOW = {
    "sampled": mark("Imbens and Manski (2004) interval around the worst-case bounds"),
    "odds": mark("sensitivity to selection by an odds ratio (Rosenbaum and Rubin 1983)"),
    "breakdown": mark("breakdown point (Horowitz and Manski 1995) as an odds ratio"),
    "alike": mark("post-stratification (Holt and Smith 1979), Imbens and Manski interval"),
    "alike_model": mark("doubly robust (AIPW; Robins, Rotnitzky and Zhao 1994), cross-fitted"),
    "once": mark("guns divided by rows, by the same-gun judgement"),
}

TITLES = {
    "breakdown": mark("Odds at which one half from the United States is lost"),
    "once": mark("Guns for each row: 100% if no gun has two"),
}

_LIKE = ("type", "calibre", "make", "state", "agency")
_YEARS = 3
FEWEST: Final = 5
_MOST = 200_000


def assumed_figures(base: OriginBase) -> list[Figure]:
    """Give what follows for a base under assumptions about sampling and about odds.

    Only where part of the guns was determined and part was not: elsewhere there is no selection.
    """
    known = base.determined
    if base.measure != "us_sourced" or known is None or not 0 < known < base.size:
        return []
    bounds = worst_case(base.us, known, base.size)
    ends = imbens_manski(bounds.low, bounds.high, base.size).interval
    made = [_figure(base, "sampled", "sampled", ends)]
    for odds in ODDS:
        low, high = (
            sensitivity(base.us, known, base.size, ratio).overall.value
            for ratio in (1 / odds, odds)
        )
        between = Interval(low, high, IntervalKind.IDENTIFICATION)
        made.append(_figure(base, f"odds_{odds}", "odds", between))
    ratio = breakdown_odds_ratio(base.us, known, base.size, HALF)
    if ratio is not None:
        point = Interval(ratio, ratio, IntervalKind.EXACT)
        made.append(_figure(base, "breakdown", "breakdown", point, title=TITLES["breakdown"]))
    return made


def adjusted_figures(con: duckdb.DuckDBPyConnection, bases: list[OriginBase]) -> list[Figure]:
    """Give estimates for the workspace's own guns if alike ones are determined alike.

    `con` has the table ``counted_guns``. No figure where too little was determined for one.
    """
    made: list[Figure] = []
    for base in bases:
        known = base.determined or 0.0
        part = base.measure == "us_sourced" and base.layer is not Layer.DETERMINED
        if part and 0 < known < base.size:
            made += _adjusted(base, _guns(con, base.layer))
    return made


def _adjusted(base: OriginBase, guns: dict[str, Any]) -> Iterator[Figure]:
    """Estimate with groups, and with models where both kinds were determined."""
    known = np.array([each is not None for each in guns["us"]])
    trait = np.array([bool(each) for each in guns["us"]])
    if not known.any():
        return
    years = [each // _YEARS * _YEARS if each else None for each in guns["year"]]
    like = [[str(each) for each in column] for column in (*(guns[n] for n in _LIKE), years)]
    grouped = by_groups(trait, known, collapsed(list(zip(*like, strict=True)), known.tolist()))
    yield _figure(base, "alike", "alike", grouped.interval, adjusted=grouped)
    if 0 < int(trait[known].sum()) < int(known.sum()):
        table = indicators(like, smallest=max(5, len(known) // 50))
        modelled = doubly_robust(trait, known, table)
        yield _figure(base, "alike_model", "alike_model", modelled.interval, adjusted=modelled)


def collapsed(
    features: list[tuple[str, ...]], known: list[bool], fewest: int = FEWEST
) -> list[tuple[str, ...]]:
    """Group units by features, dropping the last ones where fewer than `fewest` are determined.

    Units of a group that is too thin join those that share all features but the last, and so on;
    those alike in the first feature stay a group, however thin.

    >>> collapsed([("a", "x"), ("a", "x"), ("a", "y")], [True, True, False], fewest=2)
    [('a', 'x'), ('a', 'x'), ('a',)]
    """
    group: dict[int, tuple[str, ...]] = {}
    left = list(range(len(features)))
    for length in range(len(features[0]) if features else 0, 0, -1):
        told = Counter(features[unit][:length] for unit in left if known[unit])
        enough = fewest if length > 1 else 0
        group |= {
            unit: features[unit][:length]
            for unit in left
            if told[features[unit][:length]] >= enough
        }
        left = [unit for unit in left if unit not in group]
    return [group[unit] for unit in range(len(features))]


def _guns(con: duckdb.DuckDBPyConnection, layer: Layer) -> dict[str, Any]:
    """Give the guns of a layer, columns as lists; of very many, every so many-th.

    Rows that speak of several guns say nothing of each, and are left out.
    """
    chosen = "submitted" if layer is Layer.SUBMITTED else "true"
    counted = f"SELECT *, row_number() OVER (ORDER BY gun) AS place, count(*) OVER () AS all_guns FROM counted_guns WHERE guns = 1 AND {chosen}"  # noqa: S608, E501
    columns = ", ".join(("us", *_LIKE, "year"))
    rows = con.execute(
        f"SELECT {columns} FROM ({counted}) "  # noqa: S608
        "WHERE place % (1 + all_guns // $most) = 0 ORDER BY place",
        {"most": _MOST},
    ).fetchall()
    names = ("us", *_LIKE, "year")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def duplicate_figures(bases: list[OriginBase], rows: list[OriginBase]) -> list[Figure]:
    """Show what counting each gun once does: guns for each row, layer by layer."""
    guns = {base.layer: base for base in bases if base.measure == "us_sourced"}
    made = []
    for base in rows:
        once = guns[base.layer].size / base.size if base.layer in guns else 0.0
        # Guns of an office that keeps no rows of its own can outnumber the answers.
        if 0 < once <= 1:
            point = Interval(once, once, IntervalKind.EXACT)
            counts = (guns[base.layer].size, base.size)
            made.append(_figure(base, "once", "once", point, title=TITLES["once"], counts=counts))
    return made


def _figure(
    base: OriginBase,
    kind: str,
    how: str,
    interval: Interval,
    *,
    title: str = "",
    adjusted: Adjusted | None = None,
    counts: tuple[float, float] | None = None,
) -> Figure:
    """Put a number beside what it is assumed to need."""
    point = interval.low if interval.width == 0 else None
    more: tuple[dict[str, str], ...] = ()
    if adjusted is not None:
        point = adjusted.low if adjusted.open == 0 else None
        more = (
            {"field": "left_open", "level": f"{adjusted.open:.4f}"},
            {"field": "chance_raised", "level": f"{adjusted.capped:.4f}"},
        )
    numerator, denominator = counts or (base.us, base.size)
    return Figure(
        figure_id=f"origin.{base.base_id}.{kind}",
        name=title or NAMES[base.measure],
        value=point,
        interval=interval,
        population=described(base),
        numerator=numerator,
        denominator=denominator,
        period=base.period.text(),
        as_of=base.as_of,
        method=HOW[how],
        assumptions=ASSUMED[kind],
        sources=base.sources,
        handling=base.handling,
        record_ids=base.record_ids,
        reasons=(*reasons_of(base), *more),
    )


# The readings of the bounds themselves, for those who list every assumption.
ALL_ASSUMPTIONS: Final = {**ASSUMPTIONS, **ASSUMED}
