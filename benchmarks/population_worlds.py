"""Simulated overlapping lists whose true population is known.

Three families, each with its parameters drawn anew for every table:

- dependence: one to three pairs of lists are linked (log odds ratios of 0.5 to 2, one in five
  negative), all individuals alike;
- heterogeneity: two or three kinds of individuals that are seen more or less easily by all lists;
- sparse: each list holds 0.5 to 4 percent, some pairs can never hold the same individual, some are
  linked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.estimators.population.lists import Lists, pairs_of, patterns

FAMILIES = ("dependence", "heterogeneity", "sparse")
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """One table and the population behind it."""

    family: str
    lists: Lists
    truth: int


def logit(share: Shares) -> Shares:
    """Give the log odds."""
    return np.log(share) - np.log1p(-share)


def linked(dice: np.random.Generator, base: Shares, links: int) -> Shares:
    """Give pattern probabilities with some linked pairs (log-linear)."""
    bits = patterns(len(base))
    height = bits @ logit(base)
    places = np.array(pairs_of(len(base)))
    for first, second in places[dice.permutation(len(places))[:links]]:
        strength = dice.uniform(0.5, 2.0) * (1 if dice.random() < 0.8 else -1)
        height = height + strength * bits[:, first] * bits[:, second]
    share = np.exp(height - height.max())
    return np.asarray(share / share.sum())


def mixed(dice: np.random.Generator, base: Shares) -> Shares:
    """Give pattern probabilities of two or three kinds of individuals."""
    kinds = int(dice.integers(2, 4))
    bits = patterns(len(base))
    share = np.zeros(len(bits))
    for weight in dice.dirichlet(np.full(kinds, 2.0)):
        level = logit(base) + dice.normal(0, 1.2) + dice.normal(0, 0.4, len(base))
        caught = 1 / (1 + np.exp(-level))
        share += weight * np.prod(np.where(bits == 1, caught, 1 - caught), axis=1)
    return share


def make(family: str, dice: np.random.Generator) -> World:
    """Draw one world of a family; a table in which no lists overlap is drawn as any other."""
    size = int(dice.integers(4, 6))
    names = tuple("ABCDE"[:size])
    if family == "sparse":
        truth = int(np.exp(dice.uniform(np.log(2_000), np.log(20_000))))
        share = linked(dice, dice.uniform(0.005, 0.04, size), int(dice.integers(0, 3)))
        bits, places = patterns(size), np.array(pairs_of(size))
        for first, second in places[dice.permutation(len(places))[: int(dice.integers(0, 3))]]:
            share[(bits[:, first] & bits[:, second]) == 1] = 0.0
        share /= share.sum()
    else:
        truth = int(np.exp(dice.uniform(np.log(500), np.log(10_000))))
        base = dice.uniform(0.03, 0.3, size)
        share = (
            linked(dice, base, int(dice.integers(1, 4)))
            if family == "dependence"
            else mixed(dice, base)
        )
    cells = dice.multinomial(truth, share)
    cells[0] = 0
    return World(family, Lists(names, tuple(int(cell) for cell in cells)), truth)


def many(each: int, seed: int) -> list[World]:
    """Draw `each` worlds of every family."""
    dice = np.random.default_rng(seed)
    return [make(family, dice) for family in FAMILIES for _ in range(each)]
