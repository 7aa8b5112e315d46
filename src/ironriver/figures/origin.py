"""Which share of some guns came from the United States, as far as counts can tell.

A *base* is one denominator: guns seized, of these submitted for tracing, or of these determined.
Each base is read under named assumptions, weakest first; every reading is an interval.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from ironriver.estimators.bounds import monotone, observed_share, worst_case
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.figures.figure import Figure
from ironriver.figures.phrase import Both
from ironriver.figures.vintages import restated
from ironriver.language import mark, translator
from ironriver.reference.facts import Layer, Period, Population, populations
from ironriver.tables import Handling

NAMES = {
    "us_sourced": mark("Share from the United States (made there or legally imported into it)"),
    "us_made": mark("Share made in the United States"),
    "us_imported": mark("Share made elsewhere and legally imported into the United States"),
    "us_retail": mark("Share sold at retail in the United States"),
    "us_trafficked": mark("Share sold at retail or stolen in the United States, then trafficked"),
    "purchaser_found": mark("Share traced to a purchaser in the United States"),
    "undetermined": mark("Share whose origin was not determined"),
}

LAYERS = {
    Layer.SEIZED: mark("all seized"),
    Layer.SUBMITTED: mark("those submitted for tracing"),
    Layer.DETERMINED: mark("those submitted whose origin was determined"),
    Layer.UNSTATED: mark("all, or only those determined: not stated"),
}

ASSUMPTIONS = {
    "none": mark(
        "none: guns made abroad and undetermined guns may or may not have come through it"
    ),
    "none_made": mark("none: guns of no known maker may or may not have been made there"),
    "none_imported": mark(
        "guns classed as never imported were not; others of no known maker may or may not have been"
    ),
    "none_retail": mark(
        "guns traced to a government, a buyer abroad or a thief were not sold at retail; those "
        "traced no further than a dealer may or may not have been"
    ),
    "none_trafficked": mark(
        "a gun sold at retail or stolen in the United States and recovered in Mexico was not "
        "exported lawfully in between; one traced no further than a dealer may or may not have been"
    ),
    "counted": mark("none: every gun was counted as one or the other"),
    "counted_out": mark("guns classed as not from the United States did not come through it"),
    "rest_no_more": mark(
        "guns classed as not from the United States did not come through it; the undetermined are "
        "from it no more often than the determined"
    ),
    "rest_alike": mark(
        "guns classed as not from the United States did not come through it; the undetermined are "
        "from it as often as the determined"
    ),
    "rest_not": mark("every gun not determined to be from the United States is not from it"),
    "rest_all": mark(
        "guns classed as not from the United States did not come through it; every undetermined "
        "gun is from it"
    ),
}

METHODS = {
    "none": mark("worst-case bounds (Manski 1989), guns made abroad left undetermined"),
    "none_made": mark("worst-case bounds (Manski 1989)"),
    "none_imported": mark("worst-case bounds (Manski 1989)"),
    "none_retail": mark("worst-case bounds (Manski 1989)"),
    "none_trafficked": mark("worst-case bounds (Manski 1989)"),
    "counted": mark("share of a full count"),
    "counted_out": mark("worst-case bounds (Manski 1989)"),
    "rest_no_more": mark("bounds under monotone selection (Manski 2003)"),
    "rest_alike": mark("share of the determined"),
    "rest_not": mark("lower end of the worst-case bounds"),
    "rest_all": mark("upper end of the worst-case bounds"),
}

# Parts of the share, and the one assumption under which each is bounded.
PARTS = {
    "us_made": "none_made",
    "us_imported": "none_imported",
    "us_retail": "none_retail",
    "us_trafficked": "none_trafficked",
    "purchaser_found": "counted",
    "undetermined": "counted",
}
# Shares of what was done with the guns, known of each of them.
DONE = ("purchaser_found", "undetermined")


@dataclass(frozen=True, slots=True)
class OriginBase:
    """Guns of one denominator, and how many of them are known to be from the United States.

    `determined` counts those from the United States and those classed as not from it; None where
    the latter are published together with the undetermined. `class_open` says that the class "not
    from the United States" only means "made abroad".
    """

    base_id: str
    measure: str
    layer: Layer
    population: Both
    size: float
    us: float
    determined: float | None
    class_open: bool
    period: Period
    as_of: str
    scope: str
    holder: str
    sources: tuple[str, ...]
    handling: Handling = Handling.PUBLIC
    record_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        worst_case(self.us, self.us if self.determined is None else self.determined, self.size)

    @property
    def undetermined(self) -> float:
        """How many are neither known to be from the United States nor classed otherwise."""
        return self.size - (self.us if self.determined is None else self.determined)


def readings(base: OriginBase) -> dict[str, Interval]:
    """Give the bounds on the share under each assumption, the weakest first.

    ``none`` stands only where it differs from ``counted_out`` or replaces it. Assumptions about
    the undetermined are left out where the number determined is not known or nothing is left.
    """
    us, size, known = base.us, base.size, base.determined
    found: dict[str, Interval] = {}
    if base.measure in PARTS:
        bounds = worst_case(us, us if known is None else known, size)
        return {PARTS[base.measure]: _exact_if_point(bounds)}
    if known is None or (base.class_open and known > us):
        found["none"] = worst_case(us, us, size)
    if known is not None:
        found["counted_out"] = _exact_if_point(worst_case(us, known, size))
    if known and known < size:
        found["rest_no_more"] = monotone(us, known, size)
        found["rest_alike"] = _point(observed_share(us, known))
        found["rest_all"] = _point((us + size - known) / size)
    if base.undetermined > 0:
        found["rest_not"] = _point(us / size)
    return found


def _point(share: float) -> Interval:
    """Give the degenerate bounds that a full assumption leaves."""
    return Interval(share, share, IntervalKind.IDENTIFICATION)


def _exact_if_point(bounds: Interval) -> Interval:
    """Call bounds without width what they are: the share of a full count."""
    if bounds.width:
        return bounds
    return Interval(bounds.low, bounds.high, IntervalKind.EXACT)


def bases_of(population: Population) -> Iterator[OriginBase]:
    """Give the denominators that a published population allows, the widest first."""
    sizes = {layer: population.count(layer) for layer in (Layer.SEIZED, Layer.SUBMITTED)}
    for measure in NAMES:
        us = population.count(measure)
        if us is None:
            continue
        stated = population.count("determined")
        other = population.count("non_us" if measure == "us_sourced" else "us_imported")
        known = stated.value if stated else us.value + other.value if other else None
        if measure in DONE:
            stated = other = known = None
        used = [fact.fact_id for fact in (us, stated or other) if fact]
        of = [(layer, fact.value, fact.fact_id) for layer, fact in sizes.items() if fact]
        if known is not None and measure == "us_sourced":
            of.append((Layer.DETERMINED, known, ""))
        for layer, size, fact_id in of:
            yield OriginBase(
                base_id=f"{population.population_id}.{measure}.{layer}",
                measure=measure,
                layer=layer,
                population=Both(us.population, us.population_es),
                size=size,
                us=us.value,
                determined=size if measure in DONE else known,
                class_open=population.count("non_us") is not None and measure == "us_sourced",
                period=us.period,
                as_of=us.as_of,
                scope=us.scope,
                holder=us.holder,
                sources=tuple(filter(None, [*used, fact_id])),
            )


@cache
def published_bases() -> tuple[OriginBase, ...]:
    """Give every denominator that the published figures allow."""
    return tuple(base for population in populations().values() for base in bases_of(population))


def figures_of(base: OriginBase, only: Collection[str] = ()) -> list[Figure]:
    """Give one figure for each reading of a base, or for the named ones."""
    made = []
    for assumption, bounds in readings(base).items():
        if only and assumption not in only:
            continue
        made.append(
            Figure(
                figure_id=f"origin.{base.base_id}.{assumption}",
                name=NAMES[base.measure],
                value=bounds.low if bounds.width == 0 else None,
                interval=bounds,
                population=described(base),
                numerator=base.us,
                denominator=base.size,
                period=base.period.text(),
                as_of=base.as_of,
                method=METHODS[assumption],
                assumptions=ASSUMPTIONS[assumption],
                sources=base.sources,
                handling=base.handling,
                record_ids=base.record_ids,
                reasons=reasons_of(base),
            )
        )
    return made


def described(base: OriginBase) -> Both:
    """Name the guns of a base, and which of them."""
    return Both(
        f"{base.population.en}: {LAYERS[base.layer]}",
        f"{base.population.es}: {translator('es')(LAYERS[base.layer])}",
    )


def reasons_of(base: OriginBase) -> tuple[dict[str, str], ...]:
    """Say what was counted, layer by layer, and which other counts contradict it."""
    counts = {"all": base.size, "us": base.us, "undetermined": base.undetermined}
    counted = tuple({"field": name, "level": f"{count:.15g}"} for name, count in counts.items())
    against = tuple(
        {"field": "restated", "level": " ".join(fact.fact_id for fact in conflict.counts)}
        for conflict in restated(base.sources)
    )
    return (*counted, *against)


def published_origin_figures() -> list[Figure]:
    """Give the origin shares of all published bases, under every assumption.

    >>> figures = {figure.figure_id: figure for figure in published_origin_figures()}
    >>> sedena = figures["origin.sedena_2019_21.us_sourced.seized.counted_out"]
    >>> round(sedena.interval.low, 3), round(sedena.interval.high, 3)
    (0.253, 0.925)
    """
    return [figure for base in published_bases() for figure in figures_of(base)]
