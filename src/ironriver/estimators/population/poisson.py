"""Poisson log-linear models of many tables at once, by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np

from ironriver.estimators.population.lists import Bools, Floats, pairs_of, patterns

_STEPS, _HALVINGS = 60, 10
_RIDGE = 1e-9
"""Keeps the equations of a step soluble; it changes the way to the solution, not the solution."""


class Shape(StrEnum):
    """How individuals differ: a term in the number k of lists that hold one.

    Rivest and Baillargeon (2007), Biometrics 63, table 1.
    """

    NONE = "none"
    """All individuals alike."""
    POISSON = "poisson"
    """2^k - 1: mild differences."""
    DARROCH = "darroch"
    """k^2 / 2: log odds spread normally; Darroch, Fienberg, Glonek and Junker (1993), JASA 88."""
    GAMMA = "gamma"
    """-log(3.5 + k) + log 3.5: strong differences, many hardly seen at all."""

    def term(self, held: Floats) -> Floats:
        """Give the column for the numbers k of lists."""
        if self is Shape.POISSON:
            return np.asarray(2.0**held - 1)
        if self is Shape.DARROCH:
            return held**2 / 2
        return np.asarray(np.log(3.5) - np.log(3.5 + held))


@cache
def design(lists: int, shape: Shape = Shape.NONE) -> Floats:
    """Give the design of a model with all pairs: shape (2**lists - 1, 1 + lists + pairs [+ 1]).

    Rows are the patterns that can be seen; columns are the intercept (log of the expected number
    of unseen), the lists, the pairs in the order of `pairs_of`, and last the term of the shape.
    """
    bits = patterns(lists)[1:].astype(float)
    both = [bits[:, j] * bits[:, k] for j, k in pairs_of(lists)]
    terms = [] if shape is Shape.NONE else [shape.term(bits.sum(axis=1))]
    return np.column_stack([np.ones(len(bits)), bits, *both, *terms])


@dataclass(frozen=True, slots=True)
class Fitted:
    """Maximum likelihood fits of B tables: coefficients (B, K), means (B, C), deviances (B,).

    `variance` is that of the intercept. `proven` marks tables whose maximum was reached with all
    means clear of zero, which proves that it exists.
    """

    coefficients: Floats
    means: Floats
    deviance: Floats
    variance: Floats
    proven: Bools

    @property
    def unseen(self) -> Floats:
        """The expected number of those on no list, shape (B,)."""
        return np.exp(self.coefficients[:, 0])


def fit(matrix: Floats, counts: Floats, columns: Bools, cells: Bools) -> Fitted:
    """Fit log E count = matrix @ coefficients, each table with its own columns and cells.

    `matrix` (C, K), `counts` (B, C), `columns` (B, K) and `cells` (B, C) say what takes part; a
    coefficient that does not is 0. Newton-Raphson with step halving (McCullagh and Nelder 1989,
    section 2.5).
    """
    squares = (matrix[:, :, None] * matrix[:, None, :]).reshape(len(matrix), -1)
    seen = np.where(cells, counts, 0.0)
    start = np.where(cells, counts + 0.1, 0.0)
    target = np.where(cells, start * np.log(np.maximum(start, 0.1)) + counts - start, 0.0)
    solution = _solve(squares, start, target @ matrix, columns)
    likelihood = _likelihood(solution @ matrix.T, seen, cells)
    for _ in range(_STEPS):
        means = np.where(cells, np.exp(np.minimum(solution @ matrix.T, 60.0)), 0.0)
        gradient = np.where(columns, (seen - means) @ matrix, 0.0)
        if (np.abs(gradient).max(axis=1) <= 1e-11 * (1.0 + seen.sum(axis=1))).all():
            break
        step = _solve(squares, means, gradient, columns)
        solution, likelihood = _advance(matrix, seen, cells, solution, likelihood, step)
    return _finished(matrix, squares, seen, columns, cells, solution)


def _solve(squares: Floats, weights: Floats, right: Floats, columns: Bools) -> Floats:
    """Solve the weighted normal equations of each table over its own columns."""
    width = columns.shape[1]
    normal = (weights @ squares).reshape(-1, width, width)
    normal *= columns[:, :, None] & columns[:, None, :]
    diagonal = np.arange(width)
    normal[:, diagonal, diagonal] += np.where(columns, _RIDGE, 1.0)
    solved = np.linalg.solve(normal, np.where(columns, right, 0.0)[:, :, None])
    return np.asarray(solved[:, :, 0], dtype=np.float64)


def _likelihood(linear: Floats, seen: Floats, cells: Bools) -> Floats:
    value = np.where(cells, seen * linear - np.exp(np.minimum(linear, 60.0)), 0.0)
    return np.asarray(value.sum(axis=1), dtype=np.float64)


def _advance(
    matrix: Floats, seen: Floats, cells: Bools, solution: Floats, likelihood: Floats, step: Floats
) -> tuple[Floats, Floats]:
    """Take the step, halved for the tables whose likelihood it would lower."""
    length = np.ones(len(solution))
    for _ in range(_HALVINGS):
        tried = solution + length[:, None] * step
        found = _likelihood(tried @ matrix.T, seen, cells)
        worse = ~(found >= likelihood - 1e-9 * np.abs(likelihood))
        if not worse.any():
            break
        length[worse] /= 2
    else:
        tried[worse], found[worse] = solution[worse], likelihood[worse]
    return tried, found


def _finished(
    matrix: Floats, squares: Floats, seen: Floats, columns: Bools, cells: Bools, solution: Floats
) -> Fitted:
    means = np.where(cells, np.exp(np.minimum(solution @ matrix.T, 60.0)), 0.0)
    gradient = np.where(columns, (seen - means) @ matrix, 0.0)
    met = np.abs(gradient).max(axis=1) <= 1e-6 * (1.0 + seen.sum(axis=1))
    clear = np.where(cells, means, np.inf).min(axis=1) > 1e-4
    first = np.zeros(columns.shape)
    first[:, 0] = 1.0
    variance = _solve(squares, means, first, columns)[:, 0]
    ratio = np.where(seen > 0, seen / np.maximum(means, 1e-300), 1.0)
    deviance = 2.0 * (seen * np.log(ratio) - (seen - means)).sum(axis=1)
    return Fitted(solution, means, deviance, variance, met & clear)
