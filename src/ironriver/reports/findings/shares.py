"""Shares with their bounds, as the table ``figures`` gives them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from ironriver.figures import flow, flow_cohorts, rates
from ironriver.figures.origin import ASSUMPTIONS
from ironriver.figures.selection import ASSUMED
from ironriver.governance.release import rests_on_few
from ironriver.reports.findings.cells import FREE, CellGate, publish_list, strictest

# These readings only repeat an end of the bounds that stand beside them; what follows from further
# assumptions, and what counting rows for guns does, stands in the report of figures.
_ELSEWHERE = frozenset(
    {ASSUMPTIONS["rest_not"], ASSUMPTIONS["rest_all"], *ASSUMED.values()}
    | {ASSUMPTIONS[each] for each in ("none_imported", "none_retail", "none_trafficked", "counted")}
)


# Flows and rates stand in the report of figures; a small ratio is no share.
_NO_SHARES = frozenset({flow.NAME, flow_cohorts.NAME, rates.RATIO, rates.FLAGGED})


class Figure(Protocol):
    """A row of the table ``figures``, as far as this page needs it."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> float | None: ...  # noqa: D102
    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102
    @property
    def interval(self) -> str: ...  # noqa: D102
    @property
    def population(self) -> str: ...  # noqa: D102
    @property
    def numerator(self) -> float | None: ...  # noqa: D102
    @property
    def denominator(self) -> float | None: ...  # noqa: D102
    @property
    def period(self) -> str: ...  # noqa: D102
    @property
    def as_of(self) -> str: ...  # noqa: D102
    @property
    def assumptions(self) -> str: ...  # noqa: D102
    @property
    def sources(self) -> Any: ...  # noqa: ANN401, D102
    @property
    def handling(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Share:
    """One share that may be shown: its ends, a point only where one is known, and of what.

    `population` names the guns and `layer` which of them; `assumed` says that a point, if there is
    one, follows from an assumption and was not counted.
    """

    name: str
    population: str
    layer: str
    period: str
    as_of: str
    assumptions: str
    low: float
    high: float
    value: float | None
    assumed: bool
    numerator: float | None
    denominator: float | None
    sources: tuple[str, ...]
    handling: str

    @property
    def last_year(self) -> int:
        """The last year that the period names."""
        return max((int(year) for year in re.findall(r"\d{4}", self.period)), default=0)


@dataclass(frozen=True, slots=True)
class Origins:
    """Shares grouped by layer, in the order in which the figures name them, then by population."""

    groups: tuple[tuple[str, tuple[tuple[Share, ...], ...]], ...]
    withheld: int

    @property
    def shares(self) -> tuple[Share, ...]:
        """All shares."""
        return tuple(share for _, group in self.groups for shares in group for share in shares)

    @property
    def newest(self) -> Share | None:
        """The share known only by bounds that speaks of the latest period, the widest first.

        Bounds that allow everything make no finding, and are passed over.
        """
        bounded = [
            share for share in self.shares if share.value is None and share.high - share.low < 1
        ]
        return max(
            bounded or self.shares,
            key=lambda share: (share.last_year, share.high - share.low),
            default=None,
        )


def read(figures: Iterable[Figure], gate: CellGate) -> Origins:
    """Choose the figures that are shares; those that rest on too few firearms are withheld."""
    shares: list[Share] = []
    withheld = 0
    for figure in figures:
        share = _share(figure)
        if share is None:
            continue
        if _may_be_shown(figure, gate):
            shares.append(share)
        else:
            withheld += 1
    kept = [share for share in shares if share.assumptions not in _ELSEWHERE]
    layers: dict[str, dict[tuple[str, ...], list[Share]]] = {}
    for share in sorted(kept, key=lambda share: (share.last_year, share.period)):
        group = layers.setdefault(share.layer, {})
        group.setdefault((share.population, share.period, share.name), []).append(share)
    order = list(dict.fromkeys(share.layer for share in kept))
    groups = tuple((layer, tuple(map(tuple, layers[layer].values()))) for layer in order)
    return Origins(groups, withheld)


def _share(figure: Figure) -> Share | None:
    """Read a figure as a share; one that is a point has that point as both ends."""
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    if figure.name in _NO_SHARES or low is None or high is None or not 0 <= low <= high <= 1:
        return None
    guns, _, layer = figure.population.rpartition(": ")
    return Share(
        figure.name,
        guns or figure.population,
        layer if guns else "",
        figure.period or "",
        figure.as_of or "",
        figure.assumptions or "",
        low,
        high,
        None if figure.interval == "identification" and low < high else figure.value,
        figure.interval == "identification",
        figure.numerator,
        figure.denominator,
        _names(figure.sources),
        figure.handling or "",
    )


def _may_be_shown(figure: Figure, gate: CellGate) -> bool:
    """Ask the gate about the parts of a share: counted, the rest, and what the bounds enclose."""
    handling = strictest([figure.handling or ""])
    if handling in FREE:
        return True
    if figure.numerator is None or figure.denominator is None:
        return False
    ends = (figure.value if end is None else end for end in (figure.low, figure.high))
    low, high = (end or 0.0 for end in ends)
    if rests_on_few(handling, [(high - low) * figure.denominator]):
        return False
    parts = {"in": int(figure.numerator), "out": int(figure.denominator - figure.numerator)}
    return not any(cell.withheld for cell in publish_list(parts, handling, gate).values())


def _names(sources: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Read a list of names, or JSON that holds one."""
    if isinstance(sources, str):
        try:
            sources = json.loads(sources)
        except ValueError:
            sources = [sources]
    found = sources if isinstance(sources, list | tuple) else []
    return tuple(str(each) for each in found)
