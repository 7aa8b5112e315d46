"""Choose the pairs of lists that a log-linear model needs, for many tables at once.

Forward selection with the rule for empty overlaps of Chan, Silverman and Vincent (2021), "Multiple
systems estimation for sparse capture data", JASA 116 (SparseMSE).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import pdtr, pdtrc

from ironriver.estimators.population.existence import exists, identified
from ironriver.estimators.population.lists import Bools, Floats, Ints
from ironriver.estimators.population.poisson import Fitted, Shape, design, fit

THRESHOLD = 0.02
"""A pair enters if a fit without it is this surprised by the overlap (SparseMSE's default)."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The models chosen for B tables: pairs (B, P), in order of entry, and their fits.

    `empty` marks the chosen pairs without overlap: their parameter is minus infinity and the cells
    with both lists take no part. `order` (B, P) is the step at which a pair entered, -1 if none.
    """

    pairs: Bools
    empty: Bools
    order: Ints
    fitted: Fitted


def choose(counts: Floats, lists: int, shape: Shape = Shape.NONE) -> Chosen:
    """Choose pairs for tables `counts` (B, 2**lists - 1), starting from independence.

    A shape other than none is in the model from the start.

    For each pair outside the model: n* the number seen on both, lambda* what the model expects,
    p = min{P(X <= n*), P(X >= n*)} with X Poisson. The smallest p enters if it is below the
    threshold and the larger model can be estimated; else the next smallest is tried.
    """
    both = _both(lists)
    overlap = counts @ both
    chosen = np.zeros(overlap.shape, dtype=bool)
    barred = np.zeros(overlap.shape, dtype=bool)
    order = np.full(overlap.shape, -1, dtype=np.int64)
    state = _refit(counts, lists, shape, chosen, overlap)
    active = np.arange(len(counts))
    for step in range(2 * both.shape[1]):
        surprise = _surprise(overlap[active], state.means[active] @ both)
        surprise[chosen[active] | barred[active]] = 1.0
        best = surprise.argmin(axis=1)
        going = surprise[np.arange(len(active)), best] < THRESHOLD
        active, best = active[going], best[going]
        if not active.size:
            break
        chosen[active, best] = True
        larger = _refit(counts[active], lists, shape, chosen[active], overlap[active])
        good = _estimable(counts[active], lists, shape, chosen[active], overlap[active], larger)
        chosen[active[~good], best[~good]] = False
        barred[active[~good], best[~good]] = True
        order[active[good], best[good]] = step
        _keep(state, larger, active, good)
    return Chosen(chosen, chosen & (overlap == 0), order, state)


def fit_pairs(counts: Floats, lists: int, chosen: Bools, shape: Shape = Shape.NONE) -> Fitted:
    """Fit given pairs (B, P) with the rule for empty overlaps."""
    return _refit(counts, lists, shape, chosen, counts @ _both(lists))


def can_fit(counts: Floats, lists: int, chosen: Bools, shape: Shape = Shape.NONE) -> Bools:
    """Say for each table whether its pairs can be estimated."""
    overlap = counts @ _both(lists)
    fitted = _refit(counts, lists, shape, chosen, overlap)
    return _estimable(counts, lists, shape, chosen, overlap, fitted)


def _both(lists: int) -> Floats:
    return design(lists)[:, 1 + lists :]


def _surprise(overlap: Floats, expected: Floats) -> Floats:
    expected = np.maximum(expected, 1e-12)
    at_least = np.where(overlap > 0, pdtrc(np.maximum(overlap - 1, 0), expected), 1.0)
    return np.asarray(np.minimum(pdtr(overlap, expected), at_least), dtype=np.float64)


def _taking_part(lists: int, shape: Shape, chosen: Bools, overlap: Floats) -> tuple[Bools, Bools]:
    """Give the columns and cells of each model: an empty chosen pair loses both."""
    empty = chosen & (overlap == 0)
    base = np.ones((len(chosen), 1 + lists), dtype=bool)
    last = np.ones((len(chosen), 0 if shape is Shape.NONE else 1), dtype=bool)
    columns = np.hstack([base, chosen & ~empty, last])
    return columns, (empty.astype(float) @ _both(lists).T) == 0


def _refit(counts: Floats, lists: int, shape: Shape, chosen: Bools, overlap: Floats) -> Fitted:
    return fit(design(lists, shape), counts, *_taking_part(lists, shape, chosen, overlap))


def _estimable(
    counts: Floats, lists: int, shape: Shape, chosen: Bools, overlap: Floats, fitted: Fitted
) -> Bools:
    """Check each model; where the fit itself proves existence, the linear programme is spared."""
    columns, cells = _taking_part(lists, shape, chosen, overlap)
    good = np.zeros(len(counts), dtype=bool)
    for row in range(len(counts)):
        if not _rank_is_full(lists, shape, columns[row].tobytes(), cells[row].tobytes()):
            continue
        used = design(lists, shape)[np.ix_(cells[row], columns[row])]
        good[row] = bool(fitted.proven[row]) or exists(used, counts[row][cells[row]])
    return good


@lru_cache(maxsize=65_536)
def _rank_is_full(lists: int, shape: Shape, columns: bytes, cells: bytes) -> bool:
    kept = np.ix_(np.frombuffer(cells, dtype=bool), np.frombuffer(columns, dtype=bool))
    return identified(design(lists, shape)[kept])


def _keep(state: Fitted, larger: Fitted, active: Ints, good: Bools) -> None:
    """Put the larger models of the tables that passed in place of the smaller ones."""
    for name in ("coefficients", "means", "deviance", "variance", "proven"):
        getattr(state, name)[active[good]] = getattr(larger, name)[good]
