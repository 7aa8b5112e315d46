"""Dealers and places: traced guns over those expected, with what chance alone would give.

Places have rows of their own; dealers are told together and never by name: how many stand out, and
how many chance alone may give. Which dealer it is belongs to the leads, with what would clear it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt

from ironriver.estimators.rates.funnel import Funnel, funnel
from ironriver.estimators.rates.ranks import Rank, ranks
from ironriver.estimators.rates.shrinkage import Shrunken, fit_prior
from ironriver.estimators.rates.standard import RATE_PITFALLS, expected, ratio
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.figures.figure import Figure
from ironriver.figures.phrase import Both
from ironriver.figures.recoveries import strictest
from ironriver.governance.release import rests_on_few
from ironriver.language import mark, translator
from ironriver.reference.facts import Period
from ironriver.tables import Handling

Floats = npt.NDArray[np.float64]

PREFIX: Final = "rates"
FEWEST_PLACES: Final = 3
"""Fewer places than this tell nothing of how places differ."""

OTHERS: Final = "US-others"

RATIO: Final = mark("Traced guns last sold in a state, over those expected from its licensees")
FLAGGED: Final = mark("Licensees with more traced guns than chance and their kind explain")

POPULATION: Final = mark(
    "guns recovered in Mexico and traced to a licensee, by the records of this workspace, each once"
)
METHODS = {
    "ratio": mark("indirect standardisation; exact Poisson interval (Garwood 1936)"),
    "shrunken": mark("empirical Bayes, one gamma prior (Clayton and Kaldor 1987)"),
    "flagged": mark(
        "mid-p with overdispersion (Spiegelhalter 2005), false discoveries at most 5 percent "
        "(Benjamini and Hochberg 1995)"
    ),
}
ASSUMED = {
    "ratio": mark(
        "licensees of one type sell alike in every state: no sales volume is public, and an error "
        "in it looks like an excess"
    ),
    "flagged": mark(
        "licensees of one type in one state sell alike, but for what they all vary: no sales "
        "volume is public, and a large dealer looks like an excess"
    ),
    "missing": mark(
        "not identified: no list of licensees stands in this workspace, so nothing is expected"
    ),
}

# One row for each gun with a last known licensee; the last answer about it counts.
_SOLD = """
SELECT gun, arg_max(licence_number, (known_from, record_id)) AS licence_number,
       arg_max(source_admin1, (known_from, record_id)) AS state,
       arg_max(record_id, (known_from, record_id)) AS record_id,
       arg_max(source_id, (known_from, record_id)) AS source_id, max(known_from) AS known_from,
       min(first_day) AS first_day, max(last_day) AS last_day
FROM (
    SELECT g.gun, g.first_day, g.last_day, t.* EXCLUDE (record_id), of.record_id
    FROM counted_guns g, unnest(g.record_ids) AS of(record_id)
    JOIN trace_results t ON t.record_id = of.record_id
    WHERE g.us AND t.licence_number IS NOT NULL AND t.source_admin1 IS NOT NULL
)
GROUP BY gun ORDER BY gun
"""

# Types that sell to the public: dealers, pawnbrokers, makers and importers.
_LICENSEES = """
SELECT licence_key, any_value(type) AS type, any_value(admin1) AS state,
       max(known_from) AS known_from, list_distinct(list(source_id)) AS source_ids
FROM licences
WHERE licence_key IS NOT NULL AND admin1 IS NOT NULL AND list_contains($types, type)
GROUP BY licence_key ORDER BY licence_key
"""
TYPES: Final = ("01", "02", "07", "08")


@dataclass(frozen=True, slots=True)
class Sales:
    """Each traced gun with its licensee, state and row; each licensee with its type and state."""

    guns: Mapping[str, tuple[str, str, str]]
    licensees: Mapping[str, tuple[str, str]]
    period: Period
    as_of: str
    sources: tuple[str, ...]


def rate_figures(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Give rates of states and of licensees together; empty where no gun was traced to a licensee.

    `con` has the table ``counted_guns`` and views of ``trace_results``, ``licences``, ``sources``.
    """
    sales = _sales(con)
    if sales is None:
        return []
    make = _Maker(con, sales)
    if not sales.licensees:
        return [make.missing()]
    return [*_places(sales, make), make.dealers(_dealers(sales))]


def _sales(con: duckdb.DuckDBPyConnection) -> Sales | None:
    found = con.execute(_SOLD).fetchall()
    dated = [day for row in found for day in row[6:8] if isinstance(day, dt.date)]
    if not found or not dated or found[0][5] is None:
        return None
    held = con.execute(_LICENSEES, {"types": list(TYPES)}).fetchall()
    guns = {gun: (key_of(number), state, row) for gun, number, state, row, *_ in found}
    period = Period(f"{min(dated):%Y-%m}", f"{max(dated):%Y-%m}")
    as_of = max(str(row[place])[:10] for rows, place in ((found, 5), (held, 3)) for row in rows)
    of_lists = [source for row in held for source in row[4]]
    sources = tuple(sorted({row[4] for row in found} | set(of_lists)))
    return Sales(guns, {row[0]: (row[1], row[2]) for row in held}, period, as_of, sources)


def key_of(number: str) -> str:
    """Give the lasting key of a licence number: region, district and sequence.

    >>> key_of("5-76-061-01-8G-30216")
    '5-76-30216'
    """
    parts = number.split("-")
    return "-".join((*parts[:2], parts[-1]))


def _places(sales: Sales, make: _Maker) -> Iterator[Figure]:
    """Hold the states against what their licensees, type by type, would give."""
    of_type = Counter(kind for kind, _ in sales.licensees.values())
    rows: dict[str, list[str]] = {state: [] for _, state in sales.licensees.values()}
    for _, state, record_id in sales.guns.values():
        if state in rows:
            rows[state].append(record_id)
    joined = _joined({state: len(each) for state, each in rows.items()}, make.handling)
    kinds, places = sorted(of_type), sorted(set(joined.values()))
    volume = np.zeros((len(places), len(kinds)))
    seen = np.zeros_like(volume)
    for kind, state in sales.licensees.values():
        volume[places.index(joined[state]), kinds.index(kind)] += 1
    for key, state, _ in sales.guns.values():
        # A licensee that is on no list counts as a dealer, the commonest type.
        kind = sales.licensees.get(key, (of_type.most_common(1)[0][0], ""))[0]
        if state in joined:
            seen[places.index(joined[state]), kinds.index(kind)] += 1
    mean, count = expected(volume, seen), seen.sum(axis=1)
    after = _shrunken(count, mean)
    for place, name in enumerate(places):
        if mean[place] > 0:
            held = tuple(
                sorted(row for each, its in joined.items() if its == name for row in rows[each])
            )
            pair = (float(count[place]), float(mean[place]))
            yield make.place(name, "ratio", pair, ratio(*pair), held)
            if after:
                its, rank = after[place]
                ends = Interval(
                    its.quantile(0.025), its.quantile(0.975), IntervalKind.CREDIBLE, 0.95
                )
                yield make.place(name, "shrunken", pair, ends, held, its.mean, rank)


def _joined(counts: Mapping[str, int], handling: Handling) -> dict[str, str]:
    """Give each state the place that it is told with: itself, or all others where it has few.

    What is expected gives the sum of all away, so a state with few could be told from the rest.
    Where rows are restricted, such states are told together, with the next smallest until they
    are many.
    """
    together: list[str] = []
    for state in sorted(counts, key=lambda each: (counts[each], each)):
        of_these = sum(counts[each] for each in together)
        few = rests_on_few(handling, [float(counts[state])])
        if few or (together and rests_on_few(handling, [float(of_these)])):
            together.append(state)
    return {state: OTHERS if state in together else state for state in counts}


def _shrunken(count: Floats, mean: Floats) -> list[tuple[Shrunken, Rank]]:
    """Give the posterior of each place and where it may stand; nothing of too few places."""
    if len(mean) < FEWEST_PLACES or not (mean > 0).all():
        return []
    try:
        prior = fit_prior(count, mean, gammas=1)
    except ArithmeticError:
        return []
    after = [prior.after(float(a), float(b)) for a, b in zip(count, mean, strict=True)]
    return list(zip(after, ranks(after), strict=True))


def _dealers(sales: Sales) -> Funnel:
    """Hold every licensee against the mean of its type and state."""
    keys = list(sales.licensees)
    strata = {each: place for place, each in enumerate(sorted(set(sales.licensees.values())))}
    traced = Counter(key for key, _, _ in sales.guns.values())
    of = np.array([strata[sales.licensees[key]] for key in keys])
    count = np.array([float(traced[key]) for key in keys])
    mean = (np.bincount(of, weights=count) / np.bincount(of))[of]
    return funnel(count[mean > 0], mean[mean > 0]) if (mean > 0).any() else funnel([0.0], [1.0])


class _Maker:
    """Makes the rows, all of the same guns."""

    def __init__(self, con: duckdb.DuckDBPyConnection, sales: Sales) -> None:
        self.sales = sales
        self.handling = strictest(con, list(sales.sources))
        self.every = tuple(sorted(row for _, _, row in sales.guns.values()))

    def place(
        self, state: str, kind: str, pair: tuple[float, float], ends: Interval,
        rows: tuple[str, ...], value: float | None = None, rank: Rank | None = None,
    ) -> Figure:  # fmt: skip
        """Make the row of one state."""
        reasons = {"all": f"{pair[0]:.15g}", "expected": f"{pair[1]:.4g}"}
        if rank is not None:
            reasons["rank"] = f"{rank.low} to {rank.high}"
            reasons["among_top"] = f"{rank.among_top:.3f}"
        point = pair[0] / pair[1] if value is None else value
        named = f"{PREFIX}.places.{state}.{kind}"
        return self._made(named, RATIO, point, ends, kind, "ratio", pair, reasons, rows, state)

    def dealers(self, found: Funnel) -> Figure:
        """Make the row of all licensees together."""
        number = float(found.flagged.sum())
        ends = Interval(number, number, IntervalKind.EXACT)
        reasons = {
            "all": str(len(found.ratios)), "by_chance": f"{found.by_chance:.2f}",
            "dispersion": f"{found.dispersion:.3f}",
        }  # fmt: skip
        pair = (number, float(len(found.ratios)))
        named = f"{PREFIX}.dealers.flagged"
        return self._made(
            named, FLAGGED, number, ends, "flagged", "flagged", pair, reasons, self.every
        )

    def missing(self) -> Figure:
        """Say that nothing is expected where no licensee is known."""
        ends = Interval(0.0, float("inf"), IntervalKind.IDENTIFICATION)
        counted = float(len(self.every))
        return self._made(
            f"{PREFIX}.places", RATIO, None, ends, "ratio", "missing", (counted, counted),
            {"all": f"{counted:.15g}"}, self.every,
        )  # fmt: skip

    def _made(
        self, figure_id: str, name: str, value: float | None, ends: Interval, method: str,
        assumed: str, pair: tuple[float, float], reasons: Mapping[str, str],
        rows: tuple[str, ...], place: str = "",
    ) -> Figure:  # fmt: skip
        ending = f": {place}" if place else ""
        return Figure(
            figure_id=figure_id,
            name=name,
            value=value,
            interval=ends,
            population=Both(POPULATION + ending, translator("es")(POPULATION) + ending),
            numerator=pair[0],
            denominator=pair[1],
            period=self.sales.period.text(),
            as_of=self.sales.as_of,
            method=METHODS[method],
            assumptions=ASSUMED[assumed],
            sources=self.sales.sources,
            handling=self.handling,
            record_ids=rows,
            reasons=(
                *({"field": field, "level": level} for field, level in reasons.items()),
                *({"field": "pitfall", "text": each.text()} for each in RATE_PITFALLS),
            ),
        )
