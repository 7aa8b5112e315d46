"""How near a world comes to what was published: each margin with its source and tolerance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ironriver.world.catalogue import models
from ironriver.world.chance import Ints, Texts
from ironriver.world.guns import US, World
from ironriver.world.make import papers, plan
from ironriver.world.paper import Paper
from ironriver.world.papers_mx import FULL
from ironriver.world.places import SOURCES, municipalities, states
from ironriver.world.supply import NEVER

YEARS = (2015, 2025)
FIREARMS = 100_000
SEEDS = (1, 2, 3, 4, 5)
_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Margin:
    """One published number, and how far a world may be from it."""

    name: str
    about: str
    published: float
    tolerance: float
    source: str


MARGINS = (
    Margin("army_long", "long guns among those the army seized", 0.70, 0.03, "SEDENA 2022"),
    Margin("trace_long", "long guns among those traced", 0.35, 0.03, "ATF 2017-22"),
    Margin("army_unidentified", "army seizures without a usable identifier", 0.67, 0.03,
           "SEDENA 2019-21: 17,395 of 25,904"),
    Margin("us_sourced", "US-sourced of those submitted", 0.70, 0.03, "GAO-21-322; ATF 2024"),
    Margin("us_made", "US-made of those submitted", 0.502, 0.04, "ATF 2024"),
    Margin("us_imported", "US-imported of those submitted", 0.203, 0.03, "ATF 2024"),
    Margin("non_us", "of non-US makers of those submitted", 0.165, 0.03, "GAO-16-223; ATF 2018-23"),
    Margin("us_of_determined", "US-sourced of those whose origin was determined", 0.81, 0.03,
           "GAO-16-223: 80.8 percent; ATF 2018-23: 80.6"),
    Margin("purchaser", "traced to a purchaser of those submitted", 0.45, 0.03, "ATF 2024"),
    Margin("purchaser_of_us", "traced to a purchaser of those US-sourced", 0.64, 0.04, "ATF 2024"),
    Margin("time_to_crime", "mean years from sale to recovery in Mexico", 5.4, 0.4, "NFCTA IV"),
    Margin("time_to_crime_us", "the same of guns recovered in the United States", 2.9, 0.2,
           "NFCTA IV"),
    Margin("source_TX", "bought in Texas, of successful traces", 0.43, 0.03, "NFCTA IV"),
    Margin("source_AZ", "bought in Arizona", 0.22, 0.03, "NFCTA IV"),
    Margin("source_CA", "bought in California", 0.09, 0.02, "NFCTA IV"),
    Margin("source_NM", "bought in New Mexico", 0.027, 0.012, "NFCTA IV"),
    Margin("route_AZ_26", "Arizona to Sonora, of successful traces", 0.091, 0.02, "NFCTA IV"),
    Margin("route_TX_28", "Texas to Tamaulipas", 0.067, 0.015, "NFCTA IV"),
    Margin("route_TX_19", "Texas to Nuevo León", 0.065, 0.015, "NFCTA IV"),
    Margin("route_TX_11", "Texas to Guanajuato", 0.047, 0.015, "NFCTA IV"),
    Margin("route_TX_08", "Texas to Chihuahua", 0.047, 0.015, "NFCTA IV"),
    Margin("pistols", "pistols, of successful traces", 0.50, 0.04, "NFCTA IV"),
    Margin("rifles", "rifles, of successful traces", 0.32, 0.04, "NFCTA IV"),
    Margin("nine_millimetre", "9 mm, of successful traces", 0.44, 0.04, "NFCTA IV"),
    Margin("twenty_two", ".22, of successful traces", 0.16, 0.03, "NFCTA IV"),
    Margin("cases_unlicensed", "cases of unlicensed dealing", 0.41, 0.02, "NFCTA III"),
    Margin("cases_straw", "cases of straw purchase", 0.40, 0.02, "NFCTA III"),
    Margin("cases_small", "cases that moved five firearms or fewer", 0.58, 0.04, "ATF 8 Apr 2024"),
    Margin("case_mean", "mean firearms of a case", 16.0, 1.5, "ATF 8 Apr 2024"),
    Margin("case_mean_unlicensed", "mean of unlicensed dealing", 20.0, 2.5, "ATF 8 Apr 2024"),
    Margin("case_mean_straw", "mean of straw purchase", 11.0, 1.5, "ATF 8 Apr 2024"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: what was published, the worlds' mean, the largest difference."""

    margin: Margin
    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean over the worlds."""
        return sum(self.values) / len(self.values)

    @property
    def difference(self) -> float:
        """The worlds' mean less the published number."""
        return self.mean - self.margin.published

    @property
    def holds(self) -> bool:
        """Whether the mean is within the tolerance."""
        return abs(self.difference) <= self.margin.tolerance


def calibrate(seeds: Iterable[int] = SEEDS, firearms: int = FIREARMS) -> tuple[Line, ...]:
    """Measure every margin on a world of each seed, at the difficulty `real`."""
    worlds = [measure(plan(seed, firearms, YEARS, "real", {})) for seed in seeds]
    return tuple(Line(each, tuple(world[each.name] for world in worlds)) for each in MARGINS)


def measure(world: World) -> Mapping[str, float]:
    """Measure every margin on one world and its papers; nothing is written."""
    army: list[list[str]] = []
    guns: list[int] = []
    outcomes: list[str] = []
    origins: list[str] = []
    for paper, answers in papers(world, YEARS):
        if answers is not None:
            guns += paper.guns.tolist()
            outcomes += answers.outcome
            origins += answers.origin
        elif _is_army(paper):
            army += paper.rows
    kept = np.array([outcome not in ("duplicate_of", "pending") for outcome in outcomes])
    traced = np.array(guns)[kept]
    outcome, origin = np.array(outcomes)[kept], np.array(origins)[kept]
    return {
        **_army(army),
        **_origins(outcome, origin),
        "trace_long": _mean([models()[world.model[gun]].long for gun in traced]),
        **_successes(world, traced[outcome == "traced_to_purchaser"]),
        **_cases(world),
    }


def _is_army(paper: Paper) -> bool:
    return paper.layout == "aseguramientos" and paper.agency.startswith("SEDENA")


def _army(rows: list[list[str]]) -> dict[str, float]:
    kind, make, serial = (FULL.index(name) for name in ("Clase", "Marca", "Matrícula"))
    usable = [any(map(str.isdigit, row[serial])) and bool(row[make]) for row in rows]
    return {
        "army_long": _mean([row[kind] == "Larga" for row in rows]),
        "army_unidentified": 1 - _mean(usable),
    }


def _origins(outcome: Texts, origin: Texts) -> dict[str, float]:
    made, imported = origin == "us_made", origin == "us_imported"
    foreign, reached = origin == "foreign_not_us", outcome == "traced_to_purchaser"
    source = made | imported
    return {
        "us_sourced": _mean(source),
        "us_made": _mean(made),
        "us_imported": _mean(imported),
        "non_us": _mean(foreign),
        "us_of_determined": _mean(source[source | foreign]),
        "purchaser": _mean(reached),
        "purchaser_of_us": _mean(reached[source]),
    }


def _successes(world: World, guns: Ints) -> dict[str, float]:
    source, state = (
        world.source[guns],
        np.array([states().index(world_state) for world_state in _states(world, guns)]),
    )
    kinds = np.array([models()[place].type for place in world.model[guns]])
    calibres = np.array([models()[place].calibre for place in world.model[guns]])
    home = np.flatnonzero((world.outcome == US) & (world.ring < 0) & (world.sale_day < NEVER))
    out = {
        "time_to_crime": _mean(world.recovery_day[guns] - world.sale_day[guns]) / _YEAR,
        "time_to_crime_us": _mean(world.recovery_day[home] - world.sale_day[home]) / _YEAR,
        "pistols": _mean(kinds == "pistol"),
        "rifles": _mean(kinds == "rifle"),
        "nine_millimetre": _mean(calibres == "9x19mm"),
        "twenty_two": _mean(calibres == ".22 LR"),
    }
    for place, name in enumerate(SOURCES[:4]):
        out[f"source_{name}"] = _mean(source == place)
        for column, code in enumerate(states()):
            out[f"route_{name}_{code}"] = _mean((source == place) & (state == column))
    return out


def _states(world: World, guns: Ints) -> list[str]:
    towns = municipalities()
    return [towns[place].state for place in world.municipality[guns]]


def _cases(world: World) -> dict[str, float]:
    rings = world.rings
    unlicensed, straw = rings.channel == 0, rings.channel == 1
    return {
        "cases_unlicensed": _mean(unlicensed),
        "cases_straw": _mean(straw),
        "cases_small": _mean(rings.size <= 5),
        "case_mean": _mean(rings.size),
        "case_mean_unlicensed": _mean(rings.size[unlicensed]),
        "case_mean_straw": _mean(rings.size[straw]),
    }


def _mean(values: object) -> float:
    return float(np.mean(np.asarray(values, dtype=np.float64)))
