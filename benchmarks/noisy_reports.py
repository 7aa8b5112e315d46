"""Registries of guns from a seed, and noisy reports of them, for the benchmarks of identity.

The noise is a channel of its own: which characters are taken for one another is drawn at random,
so that no list of look-alikes knows it. Half of the guns stand in the registry; one report in ten
is of a gun of the other half.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ironriver.firearms.channel import ALPHABET, Channel, Rates
from ironriver.firearms.kernel import pack
from ironriver.firearms.search.keys import plain
from ironriver.world import noise as world_noise
from ironriver.world.catalogue import models
from ironriver.world.make import plan

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
ABSENT, UNREADABLE = 0.1, 0.03
MAKE_MISSING, MAKE_WRONG, MODEL_GIVEN, MODEL_WRONG = 0.06, 0.04, 0.4, 0.05
RUN = 500
FORMS = [
    *["9999999"] * 6, *["999999"] * 3, "99999999", "S999999", "K999999", "A9999999", "AB999999",
    "XX9999", "XXX999",
]  # fmt: skip
"""How the crowded makers write numbers: 9 a digit, X a letter, all else itself."""


@dataclass(frozen=True, slots=True)
class Guns:
    """All guns; the first `held` of them stand in the registry."""

    serial: list[str]
    make: Ints
    model: Ints
    make_of: Ints
    """The make of each model."""
    held: int

    @property
    def makes(self) -> int:
        """How many makes there are."""
        return int(self.make_of.max()) + 1


@dataclass(frozen=True, slots=True)
class Reports:
    """What was reported of some guns; a make or model of -1 was not given."""

    serial: list[str]
    make: Ints
    model: Ints
    gun: Ints
    errors: Ints
    """How many true errors each serial has; an unreadable character is none."""


def true_noise() -> Channel:
    """Give the channel of the benchmarks; it is not told to the side that is tested."""
    chance, size = np.random.default_rng(77), len(ALPHABET)
    wrong = np.full((size, size), 0.15 / (size - 1))
    for mark in range(size):
        others = chance.permutation(np.delete(np.arange(size), mark))[:3]
        wrong[mark, others] += [0.5, 0.25, 0.1]
    np.fill_diagonal(wrong, 0.0)
    wrong /= wrong.sum(axis=1, keepdims=True)
    share = chance.uniform(0.01, 0.09, size)[:, None]
    rates = Rates(0.05, 0.8, 0.003, 0.007, 0.006, 0.008, 0.025, 0.35)
    return Channel(rates, (1.0 - share) * np.eye(size) + share * wrong)


def world_guns(seed: int, held: int) -> Guns:
    """Take the guns of a synthetic border world: many makers, serials far apart."""
    world = plan(seed, 2 * held, (2015, 2025), "real", {})
    catalogue = models()
    names = sorted({model.make for model in catalogue})
    make_of = np.array([names.index(model.make) for model in catalogue])
    order = np.random.default_rng((seed, 1)).permutation(len(world))
    distinct: dict[tuple[str, int], None] = {}
    for gun in order.tolist():
        if world.serial[gun]:
            distinct.setdefault((plain(world.serial[gun]), int(world.model[gun])))
    model = np.array([number for _, number in distinct])
    return Guns([serial for serial, _ in distinct], make_of[model], model, make_of, held)


def crowded_guns(seed: int, held: int) -> Guns:
    """Make 16 makers whose numbers follow each other in runs of 500, most of digits only."""
    chance = np.random.default_rng((seed, 2))
    share = chance.dirichlet(np.full(len(FORMS), 3.0))
    serial, model = [], []
    for make, form in enumerate(FORMS):
        places = ["0123456789" if c == "9" else "ABCDEFGHJKLMNPRSTUVWXYZ" if c == "X" else c
                  for c in form]  # fmt: skip
        room = int(np.prod([len(place) for place in places])) // RUN
        runs = min(int(share[make] * held * 2.02) // RUN + 1, room)
        for start in chance.choice(room, runs, replace=False) * RUN:
            serial += [_numbered(places, number) for number in range(start, start + RUN)]
            model += [3 * make + int(chance.integers(3))] * RUN
    order = chance.permutation(len(serial))
    models_, make_of = np.array(model)[order], np.arange(3 * len(FORMS)) // 3
    return Guns([serial[k] for k in order], make_of[models_], models_, make_of, held)


def _numbered(places: list[str], number: int) -> str:
    text = ""
    for place in reversed(places):
        text = place[number % len(place)] + text
        number //= len(place)
    return text


def report(guns: Guns, seed: int, count: int, noise: Channel) -> Reports:
    """Report some guns, each with its errors of serial, make and model."""
    chance = np.random.default_rng((seed, 3))
    absent = chance.random(count) < ABSENT
    gun = np.where(absent, chance.integers(guns.held, len(guns.serial), count),
                   chance.integers(0, guns.held, count))  # fmt: skip
    codes, sums = pack(guns.serial), np.cumsum(noise.confusion, axis=1)
    sums[:, -1] = 1.0
    serial, errors = [], []
    for one in gun:
        true = codes.codes[codes.starts[one] : codes.starts[one + 1]].tolist()
        seen, wrong = misread(chance, true, noise.rates, sums)
        text = "".join(ALPHABET[code] for code in seen)
        if chance.random() < UNREADABLE and len(text) > 4:
            place = int(chance.integers(len(text)))
            text = text[:place] + "?" + text[place + 1 :]
        serial.append(text)
        errors.append(wrong)
    make = _reported(chance, guns.make[gun], guns.make[: guns.held], MAKE_WRONG)
    make[chance.random(count) < MAKE_MISSING] = -1
    model = _reported(chance, guns.model[gun], guns.model[: guns.held], MODEL_WRONG)
    model[chance.random(count) >= MODEL_GIVEN] = -1
    return Reports(serial, make, model, gun, np.array(errors))


def of_another_kind(guns: Guns, reports: Reports, seed: int) -> Reports:
    """Spoil the serials anew, none to two times, in the ways of the border world's clerks.

    They are no channel: one character that has a look-alike is misread, whatever the length, two
    neighbours that differ are swapped, or one to three characters are lost or unreadable.
    """
    chance = np.random.default_rng((seed, 4))
    serial, errors = [], []
    for gun in reports.gun:
        text, wrong = guns.serial[gun], 0
        for _ in range(chance.choice(3, p=[0.55, 0.32, 0.13])):
            before, kind = text, chance.choice(3, p=[0.75, 0.12, 0.13])
            spoil = (world_noise.misread, world_noise.transpose, world_noise.truncate)[kind]
            text = spoil(chance, text).replace("*", "?")
            wrong += before != text
        serial.append(text)
        errors.append(wrong)
    return replace(reports, serial=serial, errors=np.array(errors))


def _reported(chance: np.random.Generator, true: Ints, usual: Ints, wrong: float) -> Ints:
    """Report another one, as often as it is held, where it is wrong."""
    other = usual[chance.integers(0, len(usual), len(true))]
    return np.where(chance.random(len(true)) < wrong, other, true)


def misread(
    chance: np.random.Generator, true: list[int], rates: Rates, sums: Reals
) -> tuple[list[int], int]:
    """Give what is read of a true serial, step by step as `Channel` tells, and its errors."""
    rest, wrong, where = true, 0, chance.random()
    if where < rates.lead + rates.trail:
        wrong = min(len(true), int(chance.geometric(1.0 - rates.more)))
        rest = true[wrong:] if where < rates.lead else true[: len(true) - wrong]
    seen: list[int] = []
    place = 0
    while True:
        while chance.random() < rates.insertion:
            seen.append(int(chance.integers(len(sums))))
            wrong += 1
        if place >= len(rest):
            return seen, wrong
        step = chance.random()
        if step < rates.deletion:
            place, wrong = place + 1, wrong + 1
            continue
        swapped = step < rates.deletion + rates.transposition and place + 1 < len(rest)
        meant = [rest[place + 1], rest[place]] if swapped else [rest[place]]
        read = [int(np.searchsorted(sums[mark], chance.random())) for mark in meant]
        wrong += swapped + sum(one != other for one, other in zip(read, meant, strict=True))
        seen += read
        place += len(meant)
