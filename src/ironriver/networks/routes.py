"""The stage `routes`: from place of sale to place of recovery by period, beside what is expected.

A route says where guns were sold and where they were found, each gun once; a crossing stands in it
only where a record of the gun names one. Guns stopped at a crossing have routes that end there. The
baseline is a gravity model of this workspace's own
flows (Flowerdew and Aitkin 1982): what the size of both ends and their distance would give.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver import engine
from ironriver.estimators.flow_ratios import FlowRatios, flow_ratios, lot_dispersion
from ironriver.estimators.gravity import Gravity, distance_km, fit_gravity
from ironriver.networks.route_places import place_points
from ironriver.networks.route_queries import GUNS, STATEMENTS
from ironriver.tables import ROUTES, Handling

Floats = npt.NDArray[np.float64]
PERIOD_YEARS = 3
UNNAMED = "unknown"
_STRICTNESS = list(Handling)
Cell = tuple[str, str, str, str]
"""Place of sale, crossing, place of recovery, period."""


@dataclass(frozen=True, slots=True)
class Gun:
    """One gun on its route.

    `source` is the county of sale (the state, where no county is known), `recovery` the
    municipality (or state) of recovery, or the crossing at which it was stopped.
    """

    source: str
    crossing: str
    recovery: str
    period: str
    day: dt.date
    states: tuple[str, str | None]
    handling: str
    record_ids: tuple[str, ...]

    @property
    def cell(self) -> Cell:
        """The route it counts in."""
        return self.source, self.crossing, self.recovery, self.period


def routes(
    connection: duckdb.DuckDBPyConnection, day: dt.date | None = None
) -> Mapping[str, pa.Table]:
    """Compute `routes`; a day changes nothing here, since tables hold what was known by then."""
    del day
    return {"routes": routes_of(read_guns(connection))}


def routes_of(guns: Sequence[Gun], *, by_state: bool = False) -> pa.Table:
    """Give the routes of some guns as rows of `routes`; or of their states alone.

    Few guns share a county and a municipality: between states there are fewer routes, and more can
    be told of each.
    """
    if by_state:
        guns = [replace(gun, source=gun.states[0], recovery=gun.states[1] or gun.crossing)
                for gun in guns]  # fmt: skip
    rows = _Rows(guns).made() if guns else []
    return pa.Table.from_pylist(rows, schema=ROUTES.schema)


def read_guns(connection: duckdb.DuckDBPyConnection) -> list[Gun]:
    """Read the guns that were sold in a known place and recovered in one, each once."""
    desk = connection.cursor()
    try:
        for statement in STATEMENTS:
            engine.run(desk, statement)
        rows = engine.query(desk, GUNS).to_pylist()
    finally:
        desk.close()
    periods = period_names([row["year"] for row in rows])
    return [
        Gun(
            row["source_admin2"] or row["source_admin1"],
            row["crossing"],
            row["recovery_admin2"] or row["recovery_admin1"] or row["crossing"],
            periods[row["year"]],
            row["day"],
            (row["source_admin1"], row["recovery_admin1"]),
            _strictest(row["handling"].split()),
            tuple(json.loads(row["record_ids"])),
        )
        for row in rows
    ]


def _strictest(handlings: Sequence[str]) -> str:
    return max((Handling(each) for each in handlings), key=_STRICTNESS.index).value


def period_names(years: Sequence[int]) -> dict[int, str]:
    """Name the period of each year: whole periods counted back from the last year.

    >>> period_names([2019, 2020, 2023])
    {2019: '2018-2020', 2020: '2018-2020', 2023: '2021-2023'}
    """
    last = max(years, default=0)
    found = {}
    for year in sorted(set(years)):
        end = last - (last - year) // PERIOD_YEARS * PERIOD_YEARS
        found[year] = f"{end - PERIOD_YEARS + 1}-{end}"
    return found


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is expected of every route: flows between places, spread over periods and crossings."""

    gravity: Gravity
    sources: dict[str, int]
    recoveries: dict[str, int]
    periods: dict[str, float]
    crossings: dict[str, float]

    @classmethod
    def of(cls, guns: Sequence[Gun], dispersion: float) -> Baseline:
        """Fit the baseline to all guns."""
        sources = {name: place for place, name in enumerate(sorted({g.source for g in guns}))}
        recoveries = {name: place for place, name in enumerate(sorted({g.recovery for g in guns}))}
        counts = np.zeros((len(sources), len(recoveries)))
        for gun in guns:
            counts[sources[gun.source], recoveries[gun.recovery]] += 1
        far = distance_km(place_points(list(sources)), place_points(list(recoveries)))
        return cls(
            fit_gravity(counts, far, dispersion=dispersion), sources, recoveries,
            _parts(gun.period for gun in guns),
            _parts(gun.crossing for gun in guns if gun.states[1]),
        )  # fmt: skip

    def expected(self, cell: Cell) -> float:
        """Give how many guns are expected on a route."""
        source, crossing, recovery, period = cell
        flow = self.gravity.expected[self.sources[source], self.recoveries[recovery]]
        # Who is stopped at a crossing has taken that one.
        through = 1.0 if crossing == recovery else self.crossings[crossing]
        return float(flow) * self.periods[period] * through

    def unseen(self, seen: Set[Cell]) -> Floats:
        """Give the expectations of all routes there could be that nobody was seen to take."""
        return np.array(
            [
                expected
                for source in self.sources
                for recovery in self.recoveries
                for crossing in ((recovery,) if recovery[2:3] != "-" else self.crossings)
                for period in self.periods
                if (cell := (source, crossing, recovery, period)) not in seen
                and (expected := self.expected(cell)) > 0
            ]
        )


def _parts(values: Iterable[str]) -> dict[str, float]:
    counts = Counter(values)
    whole = sum(counts.values())
    return {name: counts[name] / whole for name in sorted(counts)}


class _Rows:
    """The rows of `routes`, from the guns."""

    def __init__(self, guns: Sequence[Gun]) -> None:
        self._cells: dict[Cell, list[Gun]] = {}
        for gun in guns:
            self._cells.setdefault(gun.cell, []).append(gun)
        lots = Counter((*gun.cell, gun.day) for gun in guns)
        self._dispersion = lot_dispersion(list(lots.values()))
        self._baseline = Baseline.of(guns, self._dispersion)
        self._ratios = self._held()
        self._periods = list(self._baseline.periods)

    def _held(self) -> FlowRatios:
        """Hold all routes against the baseline, those that nobody took among them."""
        seen = list(self._cells)
        own = np.array([self._baseline.expected(cell) for cell in seen])
        unseen = self._baseline.unseen(self._cells.keys())
        return flow_ratios(
            np.concatenate([[len(self._cells[cell]) for cell in seen], np.zeros(len(unseen))]),
            np.concatenate([own, unseen]),
            dispersion=self._dispersion,
        )

    def made(self) -> list[dict[str, object]]:
        """Give all rows, by places, crossing and period."""
        flags = dict(zip(self._cells, self._ratios.flagged.tolist(), strict=False))
        tails = dict(zip(self._cells, self._ratios.tail.tolist(), strict=False))
        return [self._row(cell, flags[cell], tails[cell]) for cell in sorted(self._cells)]

    def _row(self, cell: Cell, flagged: bool, tail: float) -> dict[str, object]:
        guns, expected = self._cells[cell], self._baseline.expected(cell)
        ratio, interval = self._ratios.interval(len(guns), expected)
        source, crossing, recovery, period = cell
        states = guns[0].states
        change = self._change(cell)
        return {
            "route_id": "route-" + "-".join((source, recovery, crossing.replace(" ", "_"), period)),
            "source_admin1": states[0],
            "source_admin2": source if source != states[0] else None,
            "crossing": crossing,
            "recovery_admin1": states[1],
            "recovery_admin2": recovery if states[1] not in (None, recovery) else None,
            "period": period,
            "firearms": len(guns),
            "expected": expected,
            "ratio": ratio,
            "low": interval.low,
            "high": interval.high,
            "flagged": flagged,
            **change,
            "seizures": len({gun.day for gun in guns}),
            "record_ids": json.dumps(sorted({each for gun in guns for each in gun.record_ids})),
            "reasons": json.dumps(self._why(guns, expected, tail, change)),
            "handling": _strictest([gun.handling for gun in guns]),
        }

    def _change(self, cell: Cell) -> dict[str, float | None]:
        """Compare with the period before; null in the first, and where nothing can be said."""
        place = self._periods.index(cell[3])
        if place == 0:
            return {"change": None, "change_low": None, "change_high": None}
        before: Cell = (*cell[:3], self._periods[place - 1])
        found, interval = self._ratios.change(
            (len(self._cells[cell]), self._baseline.expected(cell)),
            (len(self._cells.get(before, ())), self._baseline.expected(before)),
        )
        return {"change": found, "change_low": interval.low, "change_high": interval.high}

    def _why(
        self, guns: Sequence[Gun], expected: float, tail: float, change: Mapping[str, float | None]
    ) -> list[dict[str, object]]:
        """Say what speaks against the route first: few seizures, and what places alone give."""
        gravity = self._baseline.gravity
        seizures = len({gun.day for gun in guns})
        told: list[dict[str, object]] = []
        if seizures == 1:
            told.append({"field": "seizures", "level": "all were found on one day"})
        told += [
            {"field": "expected", "level": "sizes of both places, and their distance",
             "expected": round(expected, 4), "power": round(gravity.power, 3)},
            {"field": "firearms", "level": "each gun once", "firearms": len(guns),
             "seizures": seizures, "tail": float(f"{tail:.3g}")},
            {"field": "crossing", "level": "named by records" if guns[0].crossing != UNNAMED
             else "no record names one"},
        ]  # fmt: skip
        low = change["change_low"]
        if low is not None and low > 0:
            told.append({"field": "change", "level": "more than in the period before"})
        return told
