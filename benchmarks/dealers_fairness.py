"""Flag dealers in many worlds whose bad dealers are known, or in which there are none.

    python benchmarks/dealers_fairness.py --runs 400
    python benchmarks/dealers_fairness.py --compare WORKSPACE --seed 601 --set NAME=VALUE

A run takes sales, thefts and recoveries from the world's own tables in memory, and leaves out the
files: which recoveries are traced to a dealer, which sales to one purchaser are seen, how often a
report is missed, and how chains fall apart are drawn with shares measured on workspaces.
`--compare` sets what goes into the flags, so drawn, beside what a whole workspace gives.

The runs: no bad dealer; one in a hundred bad; no bad dealer and one state's lists with one row in a
hundred about another gun; no bad dealer and one row in a hundred of one file, all of them about one
dealer.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from ironriver import engine
from ironriver.networks import LEAD_READS
from ironriver.networks.dealer_records import read_dealers
from ironriver.networks.dealers import Counted, DealerEvidence, flag_dealers
from ironriver.workspace import Workspace
from ironriver.world import guns
from ironriver.world.catalogue import flags as model_flags
from ironriver.world.licensees import make_licensees
from ironriver.world.noise import days_since
from ironriver.world.papers_us import multiple_sales
from ironriver.world.parameters import Settings
from ironriver.world.places import SOURCES, municipalities, states, towns
from ironriver.world.rings import make_rings
from ironriver.world.supply import CHANNELS, NEVER, lawful_guns, ring_guns

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
DAYS = (days_since(dt.date(2015, 1, 1)), days_since(dt.date(2025, 12, 31)))
NAMED_ARMY, NAMED_OTHER = 0.19, 0.52
"""Recoveries traced to a dealer, as measured on whole workspaces of two worlds."""
REPORT_FOUND = 0.97
KEPT_IN_CHAIN = 0.6
ROWS_OF_A_FILE, FAKES, WEEK, SHORT = 400, 0.01, 7, 1095
RIFLE_SOURCES = tuple(SOURCES.index(name) for name in ("TX", "AZ", "CA", "NM"))


@dataclass(frozen=True, slots=True)
class Run:
    """One drawn world: what is held against its dealers, and which of them are bad."""

    evidence: DealerEvidence
    bad: Marks


def sold(seed: int, firearms: int, changes: Mapping[str, str]) -> Any:  # noqa: ANN401
    """Make the guns of a world and what becomes of them, without serials, people or papers."""
    rates = Settings("real", changes)
    shops = make_licensees(seed, firearms, rates, DAYS)
    rings = make_rings(seed, firearms, rates, shops, DAYS)
    moved = ring_guns(seed, rates, rings, shops)
    rest = max(firearms - len(moved["model"]) - round(firearms * rates["mexican_share"]), 0)
    lawful = lawful_guns(seed, rest, rates, shops, DAYS)
    columns = {name: np.concatenate([moved[name], lawful[name]]) for name in moved}
    journey = guns._journeys(seed, columns, rings, rates, DAYS)  # noqa: SLF001  (one stage of it)
    nobody = columns["purchaser"] == -2
    lot = np.where(columns["channel"] == 0, columns["visit"], -2 - np.arange(len(nobody)))
    _, person = np.unique(lot[nobody], return_inverse=True)
    columns["purchaser"][nobody] = rings.persons + person
    return SimpleNamespace(
        settings=rates, days=DAYS, licensees=shops, rings=rings, **columns, **journey
    )


def in_files(group: Ints, day: Ints, scale: float) -> Ints:
    """Cut each group's rows by time into files of about 400 of the world's rows."""
    out = np.full(len(group), -1, dtype=np.int64)
    first = 0
    for each in np.unique(group[group >= 0]).tolist():
        mine = np.flatnonzero(group == each)
        mine = mine[np.argsort(day[mine], kind="stable")]
        parts = max(1, round(scale * len(mine) / ROWS_OF_A_FILE))
        out[mine] = first + np.arange(len(mine)) * parts // len(mine)
        first += parts
    return out


def traced(world: Any, dice: np.random.Generator) -> Marks:  # noqa: ANN401
    """Draw which recoveries in Mexico are traced to the dealer."""
    mexico = (world.outcome == guns.MX) & (world.ring >= 0) & (world.licensee >= 0)
    mexico &= world.channel != CHANNELS.index("theft_shop")
    share = np.where(world.authority == guns.ARMY, NAMED_ARMY, NAMED_OTHER)
    found: Marks = mexico & (dice.random(len(share)) < share)
    return found


def incidents(world: Any, dice: np.random.Generator, named: Marks) -> tuple[Counted, Ints]:  # noqa: ANN401
    """Count chains at dealers whose guns were soon recovered, and the files they rest on."""
    mine = np.flatnonzero(named & (world.recovery_day - world.sale_day <= SHORT))
    # Drawn for every gun, so that the same guns keep their lot where a few are poisoned.
    lots = dice.random((3, len(named)))[:, mine]
    whole = lots[0] < KEPT_IN_CHAIN
    group = np.where(whole, world.ring[mine], len(world.rings) + world.purchaser[mine])
    state = np.array([states().index(each.state) for each in municipalities()])
    army = world.authority[mine] == guns.ARMY
    place = np.where(army, len(states()), state[world.municipality[mine]])
    scale = (world.outcome == guns.MX).sum() / max(len(mine), 1)
    day = world.recovery_day[mine]
    lists = in_files(place, day, scale)
    federal = in_files(np.where(lots[1] < 0.5, 0, -1), day, scale)
    asked = in_files((lots[2] < 0.5).astype(np.int64), day, scale * 0.5)
    files = np.stack([lists, np.where(federal < 0, -1, 10_000 + federal), 20_000 + asked])
    return counted(world.licensee[mine], group, np.ones(len(mine), np.bool_), files), lists


def counted(dealer: Ints, group: Ints, hit: Marks, files: Ints) -> Counted:
    """Put things and the files they rest on, (kinds of files, things), into a count."""
    thing = np.broadcast_to(np.arange(len(dealer)), files.shape)[files >= 0]
    return Counted(dealer, group, hit, thing, files[files >= 0])


def reportable(world: Any, dice: np.random.Generator, named: Marks, filed: Ints) -> Counted:  # noqa: ANN401
    """Find sales to one purchaser that cases and traces show, and those without a report."""
    rates, rings = world.settings, world.rings
    opened = dice.random(len(rings)) < rates["case_known"] * np.where(rings.size > 5, 1.5, 0.7)
    opened &= rings.first_day >= world.days[0]
    case = (world.ring >= 0) & opened[np.maximum(world.ring, 0)]
    case &= (world.purchaser >= 0) & (world.purchaser < rings.persons)
    case &= dice.random(len(case)) < 0.9
    near = np.isin(np.array([town.source for town in towns()]), RIFLE_SOURCES)
    hand, rifle = (model_flags(name)[world.model] == 1 for name in ("handgun", "reported_rifle"))
    sort = np.where(hand, 1, np.where(rifle & near[world.licensees.town[world.licensee]], 2, 0))
    shown = (case | named) & (sort > 0) & (world.purchaser >= 0)
    shown &= (world.sale_day >= world.days[0]) & (world.sale_day < NEVER)
    seen = np.flatnonzero(shown)
    keys = (sort[seen], world.licensee[seen], world.purchaser[seen])
    order = np.lexsort((world.sale_day[seen], *keys))
    seen = seen[order]
    same = np.all([key[order][1:] == key[order][:-1] for key in keys], axis=0)
    same &= np.diff(world.sale_day[seen]) <= WEEK
    visit = np.cumsum(np.concatenate(([True], ~same))[: len(seen)]) - 1
    reported = np.zeros(len(case), dtype=np.bool_)
    reported[filed] = True
    many = np.bincount(visit) > 1
    found = (np.bincount(visit, reported[seen]) > 0)[many]
    first = np.flatnonzero(np.concatenate(([True], ~same))[: len(seen)])[many]
    gun = seen[first]
    found &= dice.random(len(case))[gun] < REPORT_FOUND
    file = np.where(case[gun], 30_000 + world.source[gun], 31_000 + world.ring[gun] % 40)
    return counted(world.licensee[gun], np.arange(len(gun)), ~found, file[np.newaxis])


def draw(seed: int, firearms: int, changes: Mapping[str, str], poison: str = "") -> Run:
    """Draw one world's evidence against its dealers."""
    world, dice = sold(seed, firearms, changes), np.random.default_rng(seed)
    named = traced(world, dice)
    filed = multiple_sales(world, dice)
    if poison == "state":
        other_guns(world, np.random.default_rng(seed + 1_000_000), named)
    filed = filed[(world.sale_day[filed] >= DAYS[0]) & (world.sale_day[filed] <= DAYS[1])]
    soon, lists = incidents(world, dice, named)
    sales = reportable(world, dice, named, filed)
    size = len(world.licensees)
    stolen = (world.channel == 0) & (world.outcome == 0)
    stolen &= dice.random(len(stolen)) < world.settings["lawful_stolen"]
    taken = (world.channel == CHANNELS.index("theft_shop")) & (dice.random(len(stolen)) < 0.9)
    old = named & (world.recovery_day - world.sale_day > SHORT)
    keys = np.stack([world.licensee[filed], world.purchaser[filed], world.sale_day[filed]], axis=1)
    counts = [np.unique(keys, axis=0)[:, 0], world.licensee[stolen | taken], world.licensee[old]]
    source = np.array([town.source for town in towns()])[world.licensees.town]
    evidence = DealerEvidence(
        tuple(map(str, range(size))), (source + 1) % len(SOURCES),
        sum(np.bincount(each, minlength=size) for each in counts), soon, sales,
    )  # fmt: skip
    if poison == "dealer":
        evidence = framed(evidence, np.random.default_rng(seed + 1_000_000), lists)
    return Run(evidence, world.licensees.corrupt)


def other_guns(world: Any, dice: np.random.Generator, named: Marks) -> None:  # noqa: ANN401
    """Let one row in a hundred of one state's lists be about some other gun of the world."""
    state = np.array([each.state for each in municipalities()])[world.municipality]
    mine = np.flatnonzero((world.outcome == guns.MX) & (state == "26") & (world.ring >= 0))
    wrong = mine[dice.random(len(mine)) < FAKES]
    other = dice.integers(0, len(named), len(wrong))
    for name in ("licensee", "purchaser", "sale_day"):
        getattr(world, name)[wrong] = getattr(world, name)[other]
    named[wrong] = (world.licensee[wrong] >= 0) & (world.sale_day[wrong] <= DAYS[1])


def framed(evidence: DealerEvidence, dice: np.random.Generator, lists: Ints) -> DealerEvidence:
    """Add to one list, or to one file of cases, one row in a hundred, all about one dealer."""
    dealer = int(dice.integers(0, len(evidence.ids)))
    if dice.random() < 0.5:
        file, fakes = int(dice.choice(lists)), max(1, round(ROWS_OF_A_FILE * FAKES))
        soon = more(evidence.soon, dealer, file, fakes)
        return DealerEvidence(
            evidence.ids, evidence.stratum, evidence.stand_ins, soon, evidence.sales
        )
    file = int(dice.choice(evidence.sales.source))
    rows = 5 * int((evidence.sales.source == file).sum())
    sales = more(evidence.sales, dealer, file, max(1, round(rows * FAKES)))
    return DealerEvidence(evidence.ids, evidence.stratum, evidence.stand_ins, evidence.soon, sales)


def more(given: Counted, dealer: int, file: int, fakes: int) -> Counted:
    """Add things about one dealer that rest on one file."""
    size = len(given.dealer)
    first = int(given.group.max(initial=0)) + 1
    return Counted(
        np.append(given.dealer, np.full(fakes, dealer)),
        np.append(given.group, first + np.arange(fakes)),
        np.append(given.hit, np.ones(fakes, dtype=np.bool_)),
        np.append(given.thing, size + np.arange(fakes)),
        np.append(given.source, np.full(fakes, file)),
    )


CASES = (
    ("no bad dealer", 60_000, {"case_corrupt": "0"}, ""),
    ("one in a hundred bad", 150_000, {}, ""),
    ("none bad, a state's lists poisoned", 60_000, {"case_corrupt": "0"}, "state"),
    ("none bad, a file about one dealer", 60_000, {"case_corrupt": "0"}, "dealer"),
)


def judged(
    seeds: range, case: tuple[str, int, dict[str, str], str]
) -> Iterator[tuple[int, int, int, int]]:
    """Give for each run the dealers flagged, the innocent and new ones among them, the bad ones.

    New are those who are not flagged in the same world without the poison.
    """
    _, firearms, changes, poison = case
    for seed in seeds:
        run = draw(seed, firearms, changes, poison)
        flagged = flag_dealers(run.evidence).flagged
        new = flagged
        if poison:
            new = flagged & ~flag_dealers(draw(seed, firearms, changes).evidence).flagged
        innocent = flagged & ~run.bad
        yield int(flagged.sum()), int(innocent.sum()), int(new.sum()), int(run.bad.sum())


def describe(name: str, evidence: DealerEvidence) -> None:
    """Print what goes into the flags: means, shares without any, high quantiles."""
    size = len(evidence.ids)
    soon = np.unique(np.stack([evidence.soon.dealer, evidence.soon.group]), axis=1)[0]
    counts = {
        "stand-ins": evidence.stand_ins,
        "chains, soon recovered": np.bincount(soon, minlength=size),
        "sales to report": np.bincount(evidence.sales.dealer, minlength=size),
        "not reported": np.bincount(evidence.sales.dealer[evidence.sales.hit], minlength=size),
    }
    for what, values in counts.items():
        ends = "".join(f"{np.quantile(values, level):>7.1f}" for level in (0.5, 0.9, 0.99))
        print(f"{name:<12}{what:<26}{values.mean():>7.2f}{(values == 0).mean():>7.2f}{ends}")


def main() -> None:
    """Run and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=400)
    options.add_argument("--firearms", type=int, default=20_000)
    options.add_argument("--compare", type=Path, metavar="WORKSPACE")
    options.add_argument("--first", type=int, default=7_000, help="the first run's seed")
    options.add_argument("--cases", nargs="+", type=int, default=list(range(len(CASES))))
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--set", action="append", default=[])
    asked = options.parse_args()
    if asked.compare:
        print(f"{'':<38}{'mean':>7}{'none':>7}{'half':>7}{'90 %':>7}{'99 %':>7}")
        with Workspace.open(asked.compare) as ws, engine.connect(ws, LEAD_READS) as connection:
            describe("workspace", read_dealers(connection))
        changes = dict(each.split("=") for each in asked.set)
        describe("drawn", draw(asked.seed, asked.firearms, changes).evidence)
        return
    print(
        f"{'':<38}{'runs':>6}{'any':>8}{'error':>7}{'flagged':>9}{'innocent':>10}{'new':>7}{'bad':>6}"
    )
    seeds = range(asked.first, asked.first + asked.runs)
    for case in (CASES[place] for place in asked.cases):
        found = np.array(list(judged(seeds, case)), dtype=float)
        some = (found[:, 0] > 0).mean()
        error = np.sqrt(some * (1 - some) / len(found))
        flagged, innocent, new, bad = found.mean(axis=0)
        share = innocent / flagged if flagged else 0.0
        print(
            f"{case[0]:<38}{len(found):>6}{some:>8.1%}{error:>7.1%}{flagged:>9.2f}{share:>10.1%}"
            f"{new if case[3] else 0.0:>7.3f}{bad:>6.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
