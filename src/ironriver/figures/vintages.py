"""Published series and their vintages: what was counted when, and what cannot hold together.

A count of a period is printed anew, as of a later day, and the new one differs: years are restated,
or the series count different things. Neither is told by the numbers. What can be told is which
counts no numbers by month could satisfy together; those are flagged, and never added or averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import duckdb
import numpy as np

from ironriver.errors import MistakeError
from ironriver.figures.phrase import Both, Phrase, Sayable, whole
from ironriver.language import mark
from ironriver.reference.facts import Fact, Period, add, as_of_text, facts

# An end that is not stated is far away, and covers nothing that could be compared.
_FAR = 10**5
_ENOUGH = 1e-6
# Measures of which a longer period holds more, so that periods can be compared.
COUNTS = ("submitted", "us_sourced", "seized")


@dataclass(frozen=True, slots=True)
class Series:
    """Counts of one measure by one body, as of one day; printed together."""

    series_id: str
    measure: str
    counts: tuple[Fact, ...]

    def __post_init__(self) -> None:
        kinds = {(fact.series, fact.measure) for fact in self.counts}
        if kinds != {(self.series_id, self.measure)}:
            raise ValueError(f"series {self.series_id} holds other counts: {sorted(kinds)}")

    @property
    def as_of(self) -> str:
        """When its source counted."""
        return self.counts[0].as_of

    def total(self, period: Period) -> float:
        """Add up the counts that make up a period exactly.

        A total that is printed is taken as it is. MistakeError where the series does not tell it.
        """
        for fact in self.counts:
            if fact.period == period:
                return fact.value
        start, end = period.months
        inside = [
            fact
            for fact in self.counts
            if start <= fact.period.months[0] and fact.period.months[1] <= end
        ]
        covered = sum(fact.period.months[1] - fact.period.months[0] + 1 for fact in inside)
        if not inside or covered < end - start + 1:
            raise MistakeError(
                "series {series} does not tell {period}", series=self.series_id,
                period=period.text(),
            )  # fmt: skip
        return add(inside)

    def __add__(self, other: object) -> float:
        """Refuse: counts of different series contradict each other or count guns twice."""
        raise MistakeError(
            "series {first} and {second} are not added up: they were counted at different times or "
            "of different guns; show them side by side",
            first=self.series_id,
            second=getattr(other, "series_id", other),
        )

    __radd__ = __add__


def series() -> dict[tuple[str, str], Series]:
    """Give the published series by id and measure."""
    grouped: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts().values():
        if fact.unit == "firearms":
            grouped.setdefault((fact.series, fact.measure), []).append(fact)
    return {key: Series(*key, tuple(each)) for key, each in grouped.items()}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Counts that cannot all hold, and by how many guns they miss each other at least."""

    counts: tuple[Fact, ...]
    gap: float

    @property
    def vintages(self) -> tuple[str, ...]:
        """The as-of dates among them, each once."""
        return tuple(dict.fromkeys(fact.as_of for fact in self.counts))

    def said(self) -> Phrase:
        """Say what contradicts what; of counts of one day nothing was restated."""
        said: Sayable = ""
        for fact in self.counts:
            one = Phrase(
                mark("{number} in {period} (as of {as_of})"),
                {
                    "number": whole(fact.value),
                    "period": Both(fact.period.text("en"), fact.period.text("es")),
                    "as_of": Both(as_of_text(fact.as_of, "en"), as_of_text(fact.as_of, "es")),
                },
            )
            said = Phrase("{first}; {further}", {"first": said, "further": one}) if said else one
        return Phrase(
            mark(
                "Cannot all hold, by {gap} guns at least: {counts}. A year was restated between "
                "them, or they count different guns."
            ),
            {"gap": whole(self.gap), "counts": said},
        )


def conflicts_among(counts: Sequence[Fact]) -> Iterator[Conflict]:
    """Find smallest sets of counts that no counts by month satisfy together.

    All must be of one measure, place and body. A count is a sum over the months of its period, and
    no month can be below nought; a rounded count may be off by half of its last digit. Sets are
    found by leaving out one count after the other (Chinneck & Dravnieks 1991, ORSA J. Computing
    3(2)); the latest vintage of each is then set aside, until the rest agree.
    """
    left = [fact for fact in counts if fact.period.stated and fact.period.months[1] < _FAR]
    left.sort(key=lambda fact: (fact.as_of.split()[-1], fact.fact_id))
    while left and _gap(left) > _ENOUGH:
        smallest = list(left)
        for fact in left:
            without = [other for other in smallest if other is not fact]
            if without and _gap(without) > _ENOUGH:
                smallest = without
        yield Conflict(tuple(smallest), _gap(smallest))
        left.remove(smallest[-1])


def _gap(counts: Sequence[Fact]) -> float:
    """Give by how much the counts must be wrong in all for some counts by month to satisfy them."""
    from scipy.optimize import linprog  # slow to load, and seldom needed

    ends = sorted({end for fact in counts for end in _ends(fact)})
    cells = list(pairwise(ends))
    covers = np.array(
        [[_ends(f)[0] <= low and high <= _ends(f)[1] for low, high in cells] for f in counts],
        dtype=float,
    )
    size = len(counts)
    slack = np.eye(size)
    low = np.array([fact.lowest - _rounding(fact) for fact in counts])
    high = np.array([fact.highest + _rounding(fact) for fact in counts])
    nothing = np.zeros((size, size))
    # covers @ x + over >= low and covers @ x - under <= high; the errors over and under are least.
    rows = np.block([[-covers, -slack, nothing], [covers, nothing, -slack]])
    cost = np.concatenate([np.zeros(len(cells)), np.ones(2 * size)])
    found = linprog(cost, A_ub=rows, b_ub=np.concatenate([-low, high]), method="highs")
    return float(found.fun)


def _ends(fact: Fact) -> tuple[int, int]:
    """Give the first month of a count, and the first after it."""
    first, last = fact.period.months
    return first, last + 1


def _rounding(fact: Fact) -> float:
    """Give half of the last digit of a number that is printed roughly."""
    if fact.precision != "about":
        return 0.0
    digits = f"{fact.value:.0f}"
    return 0.5 * 10.0 ** (len(digits) - len(digits.rstrip("0")))


@cache
def conflicts() -> tuple[Conflict, ...]:
    """Give the conflicts among the published counts of guns."""
    grouped: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts().values():
        if fact.unit == "firearms" and fact.measure in COUNTS:
            grouped.setdefault((fact.measure, fact.scope, fact.holder), []).append(fact)
    return tuple(each for counts in grouped.values() for each in conflicts_among(counts))


def restated(fact_ids: Iterable[str]) -> list[Conflict]:
    """Give the conflicts that some published counts are part of."""
    asked = set(fact_ids)
    return [
        conflict
        for conflict in conflicts()
        if any(fact.fact_id in asked for fact in conflict.counts)
    ]


_RESTATED = """
SELECT series, population, scope, from_place, to_place, period, unit,
       list({as_of: as_of, value: value, row: source_id || '-' || row_number}
            ORDER BY as_of, value) AS vintages
FROM published_figures
WHERE as_of IS NOT NULL AND value IS NOT NULL AND period IS NOT NULL
GROUP BY series, population, scope, from_place, to_place, period, unit
HAVING count(DISTINCT value) > 1
ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Restated:
    """A number that a workspace holds in several vintages: the as-of date and value of each."""

    series: str
    population: str
    place: str
    period: str
    vintages: tuple[tuple[str, float], ...]
    rows: tuple[str, ...]


def restated_in(con: duckdb.DuckDBPyConnection) -> list[Restated]:
    """Find numbers of a workspace's ``published_figures`` that later vintages give otherwise."""
    found = []
    for name, population, scope, origin, target, period, _unit, vintages in con.execute(
        _RESTATED
    ).fetchall():
        places = [each for each in (scope, origin, target) if each]
        pairs = tuple((each["as_of"], each["value"]) for each in vintages)
        rows = tuple(each["row"] for each in vintages)
        found.append(Restated(name, population or "", " > ".join(places), period, pairs, rows))
    return found
