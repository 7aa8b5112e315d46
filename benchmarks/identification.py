"""Which gun is meant: how often the likeliest is the right one, and whether chances are kept.

Reports of guns with errors in serial, make and model are identified in a registry, beside an
*oracle*. Our side learns the channel, the shares of errors in make and model, and the share of
guns held from confirmed reports of another seed, and the density of serials from the registry. The
oracle is told the noise, the error rates, the prior, and every gun that stands in no registry; it
weighs the same candidates, and those other guns one by one.

    python benchmarks/identification.py [--held 200000] [--reports 20000] [--seeds 2 3] [--docs]

`--docs` writes the table and the plot into docs/.
"""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ironriver.estimators.metrics import Bin, brier, calibration_error, reliability
from ironriver.estimators.types import Probability
from ironriver.firearms.density import Density
from ironriver.firearms.identify import Model, Registry, weigh
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.firearms.learning import learn
from ironriver.firearms.search import Candidates, SerialIndex
from noisy_reports import (
    ABSENT,
    MAKE_WRONG,
    MODEL_WRONG,
    Guns,
    Ints,
    Reals,
    Reports,
    crowded_guns,
    of_another_kind,
    report,
    true_noise,
    world_guns,
)

DOCS = Path(__file__).parents[1] / "docs"
BINS, EDITS = 15, 2
REGISTRIES = {"border world": world_guns, "crowded": crowded_guns}
CLASSES = (("0", 0, 0), ("1", 1, 1), ("2", 2, 2), ("3 or more", 3, 99), ("all", 0, 99))
TRAINING_SEED = 1
HEAD = (
    "| registry | side | true errors | reports | top-1 | top-5 | decided right | ECE | Brier |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


@dataclass(frozen=True, slots=True)
class Fields:
    """How often make and model are wrong where they are given, and how often each is held."""

    make_wrong: float
    model_wrong: float
    makes: Reals
    models: Reals

    def log_given(self, reports: Reports, guns: Guns, query: Ints, gun: Ints) -> Reals:
        """Give log P(make and model reported | gun) for pairs."""
        sides = [
            (reports.make, guns.make, self.make_wrong, self.makes),
            (reports.model, guns.model, self.model_wrong, self.models),
        ]
        total = np.zeros(len(query))
        for said, true, wrong, usual in sides:
            told = said[query]
            chance = (1.0 - wrong) * (told == true[gun]) + wrong * usual[told]
            total += np.where(told >= 0, np.log(chance), 0.0)
        return total

    def log_of_none(self, reports: Reports, guns: Guns) -> Reals:
        """Give log P(make and model reported | some other gun)."""
        make, model = reports.make, reports.model
        fits = (make >= 0) & (guns.make_of[model] == make)
        beside = (1.0 - self.model_wrong) * fits / self.makes[make] + self.model_wrong
        given = self.models[model] * np.where(make >= 0, beside, 1.0)
        makes = np.where(make >= 0, np.log(self.makes[make]), 0.0)
        return makes + np.where(model >= 0, np.log(given), 0.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """For each report: the likeliest gun and its chance, none, and whether it is right."""

    gun: Ints
    chance: Reals
    none: Reals
    top5: npt.NDArray[np.bool_]


def shares(guns: Guns) -> tuple[Reals, Reals]:
    """Give how often each make and model is held."""
    counts = [
        np.bincount(part[: guns.held], minlength=size) + 0.5
        for part, size in ((guns.make, guns.makes), (guns.model, len(guns.make_of)))
    ]
    return counts[0] / counts[0].sum(), counts[1] / counts[1].sum()


def trained(guns: Guns, reports: Reports) -> tuple[Model, Fields]:
    """Learn from confirmed reports: the channel, the share held, and errors of the fields."""
    held = reports.gun < guns.held
    confirmed = np.flatnonzero(held)
    channel = learn((guns.serial[reports.gun[one]], reports.serial[one]) for one in confirmed)
    wrong = []
    for said, true in ((reports.make, guns.make), (reports.model, guns.model)):
        told = said[confirmed] >= 0
        wrong.append(float((said[confirmed] != true[reports.gun[confirmed]])[told].mean()))
    model = Model(channel, Probability(float(held.mean())), wrong[0])
    return model, Fields(wrong[0], wrong[1], *shares(guns))


def judged(
    pairs: tuple[Ints, Ints, Reals], guns: Guns, none: tuple[Reals, Reals], inside: float
) -> Judged:
    """Weigh candidates of the registry against guns not held, and guns held but not found."""
    background, beyond = none
    registry = Registry(pack([]), np.arange(guns.held), float(guns.held))
    answers = weigh(pairs, registry, background, Probability(inside), beyond)
    gun, chance = answers.likeliest()
    starts = np.flatnonzero(np.diff(answers.query, prepend=-1))
    rank = np.arange(len(answers)) - np.repeat(starts, np.diff([*starts, len(answers)]))
    five = np.full((len(background), 5), -1)
    first = rank < 5
    five[answers.query[first], rank[first]] = answers.gun[first]
    return Judged(gun, chance, answers.none, five)


def ours(
    guns: Guns, reports: Reports, found: Candidates, model: Model, fields: Fields
) -> tuple[Judged, float]:
    """Identify with what was learned; also how many reports a second of processor time."""
    begin = time.process_time()
    held, queries = pack(guns.serial[: guns.held]), pack(reports.serial)
    rows = np.arange(guns.held)
    # Guns of a maker, and of each of its models: the model's numbers where it is told.
    groups = np.concatenate((guns.make[: guns.held], guns.makes + guns.model[: guns.held]))
    density = Density.learn(held, groups, np.tile(rows, 2))
    made = CompiledChannel(model.channel)
    fits = (reports.make < 0) | (guns.make_of[reports.model] == reports.make)
    group = np.where((reports.model >= 0) & fits, guns.makes + reports.model, reports.make)
    learned = time.process_time()
    other = fields.log_of_none(reports, guns)
    crowd = density.log_density(queries, group, made, model.stray) + other
    beyond = density.log_beyond(queries, group, made, EDITS) + other
    logs = made.log_pairs(queries, held, found.query, found.entry)
    logs += fields.log_given(reports, guns, found.query, found.entry)
    pairs = (found.query, found.entry, logs)
    answer = judged(pairs, guns, (crowd, beyond), model.in_registry.value)
    done = time.process_time()
    print(f"  density learned in {learned - begin:.1f} s", flush=True)
    return answer, len(reports.serial) / (done - learned)


def oracle(guns: Guns, reports: Reports, found: Candidates, others: Candidates) -> Judged:
    """Identify with the true noise, error rates and prior, knowing every gun that is not held."""
    made = CompiledChannel(true_noise())
    queries, serials = pack(reports.serial), pack(guns.serial)
    fields = Fields(MAKE_WRONG, MODEL_WRONG, *shares(guns))

    def logs(part: Candidates, entry: Ints) -> Reals:
        said = fields.log_given(reports, guns, part.query, entry)
        return made.log_pairs(queries, serials, part.query, entry) + said

    absent = logs(others, others.entry + guns.held) - np.log(len(guns.serial) - guns.held)
    none = np.full(len(reports.serial), -1e3)
    np.logaddexp.at(none, others.query, absent)
    pairs = (found.query, found.entry, logs(found, found.entry))
    return judged(pairs, guns, (none, np.full(len(none), -np.inf)), 1.0 - ABSENT)


def lines(
    name: str, side: str, guns: Guns, reports: Reports, answer: Judged
) -> tuple[list[str], tuple[Bin, ...]]:
    """Give the table's lines and the bins of all reports."""
    held = reports.gun < guns.held
    right = answer.gun == reports.gun
    five = (answer.top5 == reports.gun[:, None]).any(axis=1)
    decided = np.where(answer.chance > answer.none, right, ~held)
    rows, table = [], ()
    for label, low, high in CLASSES:
        here = (reports.errors >= low) & (reports.errors <= high)
        if not (here & held).any():
            continue
        table = reliability(answer.chance[here], right[here].astype(float), BINS)
        rows.append(
            f"| {name} | {side} | {label} | {here.sum():,} | {right[here & held].mean():.4f} |"
            f" {five[here & held].mean():.4f} | {decided[here].mean():.4f} |"
            f" {calibration_error(table):.4f} |"
            f" {brier(answer.chance[here], right[here].astype(float)):.4f} |"
        )
    return rows, table


def plot(tables: dict[str, tuple[Bin, ...]]) -> str:
    """Draw what happened against what was said, one panel for each registry and side."""
    parts = []
    for place, (title, table) in enumerate(tables.items()):
        left = 50 + 210 * place
        dots = "".join(
            f'<circle cx="{left + 160 * one.said:.1f}" cy="{200 - 160 * one.happened:.1f}" r="4"/>'
            for one in table
        )
        parts.append(
            f'<text x="{left}" y="28">{title}</text>'
            f'<rect x="{left}" y="40" width="160" height="160" fill="none" stroke="#888"/>'
            f'<path d="M{left} 200 l160 -160" stroke="#bbb"/><g fill="#1b5e9c">{dots}</g>'
            f'<text x="{left}" y="216">0</text><text x="{left + 152}" y="216">1</text>'
            f'<text x="{left + 40}" y="232">chance said</text>'
        )
    width = 60 + 210 * len(tables)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 245" width="{width}"'
        ' font-family="sans-serif" font-size="13" role="img">'
        "<title>How often the likeliest gun was the right one, against the chance said</title>"
        f'<rect width="{width}" height="245" fill="#fff"/>'
        '<text x="20" y="175" transform="rotate(-90 20 175)">share right</text>'
        f"{''.join(parts)}</svg>\n"
    )


def measure(
    name: str, held: int, count: int, seeds: list[int]
) -> tuple[list[str], dict[str, tuple[Bin, ...]]]:
    """Train on one seed, and test on the others together."""
    noise, make = true_noise(), REGISTRIES[name]
    guns = make(TRAINING_SEED, held)
    model, learned = trained(guns, report(guns, TRAINING_SEED, count, noise))
    out: list[str] = []
    tables: dict[str, tuple[Bin, ...]] = {}
    for seed in seeds:
        guns = make(seed, held)
        reports = report(guns, seed, count, noise)
        index, rest = SerialIndex.of(guns.serial[:held]), SerialIndex.of(guns.serial[held:])
        found = index.search(reports.serial, EDITS, True, 3, refuse=False)
        others = rest.search(reports.serial, EDITS, True, 3, refuse=False)
        fields = Fields(learned.make_wrong, learned.model_wrong, *shares(guns))
        answer, speed = ours(guns, reports, found, model, fields)
        print(f"  {name}, seed {seed}: {len(found) / count:.1f} candidates a report,"
              f" {speed:,.0f} reports a second", flush=True)  # fmt: skip
        told = f"{name}, seed {seed}"
        for side, one in (("oracle", oracle(guns, reports, found, others)), ("ours", answer)):
            rows, table = lines(told, side, guns, reports, one)
            out += rows
            tables[f"{told}: {side}"] = table
    return out, tables


def measure_other(name: str, held: int, count: int, seed: int) -> list[str]:
    """Train and test on noise that is no channel; there is no oracle of it."""
    noise, make = true_noise(), REGISTRIES[name]
    guns = make(TRAINING_SEED, held)
    reports = report(guns, TRAINING_SEED, count, noise)
    model, learned = trained(guns, of_another_kind(guns, reports, TRAINING_SEED))
    guns = make(seed, held)
    reports = of_another_kind(guns, report(guns, seed, count, noise), seed)
    found = SerialIndex.of(guns.serial[:held]).search(reports.serial, EDITS, True, 3, refuse=False)
    fields = Fields(learned.make_wrong, learned.model_wrong, *shares(guns))
    answer, _ = ours(guns, reports, found, model, fields)
    return lines(f"{name}, seed {seed}, clerks", "ours", guns, reports, answer)[0]


def main() -> None:
    """Measure all registries, print the table, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--held", type=int, default=200_000)
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2, 3])
    parser.add_argument("--docs", action="store_true")
    asked = parser.parse_args()
    rows: list[str] = []
    tables: dict[str, tuple[Bin, ...]] = {}
    for name in REGISTRIES:
        told, found = measure(name, asked.held, asked.reports, asked.seeds)
        rows += told + measure_other(name, asked.held, asked.reports, asked.seeds[0])
        tables |= found
    text = "\n".join([HEAD, *rows])
    print(text)
    if asked.docs:
        page = DOCS / "identification.md"
        marks = "<!-- measured -->", "<!-- end -->"
        held = re.sub(f"{marks[0]}.*{marks[1]}", lambda _: f"{marks[0]}\n{text}\n{marks[1]}",
                      page.read_text("utf-8"), flags=re.DOTALL)  # fmt: skip
        page.write_text(held, encoding="utf-8")
        first = {key: table for key, table in tables.items() if f"seed {asked.seeds[0]}" in key}
        (DOCS / "images" / "identification.svg").write_text(plot(first), encoding="utf-8")


if __name__ == "__main__":
    main()
