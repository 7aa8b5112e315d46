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
from ironriver.estimators.population.lists import Bools, Floats, Ints, pairs_of
from ironriver.estimators.population.poisson import Fitted, design, fit

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


def choose(counts: Floats, lists: int, threshold: float = THRESHOLD) -> Chosen:
    """Choose pairs for tables `counts` (B, 2**lists - 1), starting from independence.

    For each pair outside the model: n* the number seen on both, lambda* what the model expects,
    p = min{P(X <= n*), P(X >= n*)} with X Poisson. The smallest p enters if it is below the
    threshold and the larger model can be estimated; else the next smallest is tried.
    """
    matrix = design(lists)
    pairs = np.array(pairs_of(lists))
    both = matrix[:, 1 + lists :]
    overlap = counts @ both
    chosen = np.zeros(overlap.shape, dtype=bool)
    barred = np.zeros(overlap.shape, dtype=bool)
    order = np.full(overlap.shape, -1, dtype=np.int64)
    state = _refit(matrix, counts, lists, chosen, overlap)
    active = np.arange(len(counts))
    for step in range(2 * len(pairs)):
        surprise = _surprise(overlap[active], state.means[active] @ both)
        surprise[chosen[active] | barred[active]] = 1.0
        best = surprise.argmin(axis=1)
        going = surprise[np.arange(len(active)), best] < threshold
        active, best = active[going], best[going]
        if not active.size:
            break
        chosen[active, best] = True
        larger = _refit(matrix, counts[active], lists, chosen[active], overlap[active])
        good = _estimable(matrix, counts[active], lists, chosen[active], overlap[active], larger)
        chosen[active[~good], best[~good]] = False
        barred[active[~good], best[~good]] = True
        order[active[good], best[good]] = step
        _keep(state, larger, active, good)
    return Chosen(chosen, chosen & (overlap == 0), order, state)


def fit_pairs(counts: Floats, lists: int, chosen: Bools) -> Fitted:
    """Fit given pairs (B, P) with the rule for empty overlaps."""
    matrix = design(lists)
    return _refit(matrix, counts, lists, chosen, counts @ matrix[:, 1 + lists :])


def can_fit(counts: Floats, lists: int, chosen: Bools) -> Bools:
    """Say for each table whether its pairs can be estimated."""
    matrix = design(lists)
    overlap = counts @ matrix[:, 1 + lists :]
    fitted = _refit(matrix, counts, lists, chosen, overlap)
    return _estimable(matrix, counts, lists, chosen, overlap, fitted)


def _surprise(overlap: Floats, expected: Floats) -> Floats:
    expected = np.maximum(expected, 1e-12)
    at_least = np.where(overlap > 0, pdtrc(np.maximum(overlap - 1, 0), expected), 1.0)
    return np.asarray(np.minimum(pdtr(overlap, expected), at_least), dtype=np.float64)


def _taking_part(matrix: Floats, lists: int, chosen: Bools, overlap: Floats) -> tuple[Bools, Bools]:
    """Give the columns and cells of each model: an empty chosen pair loses both."""
    empty = chosen & (overlap == 0)
    columns = np.hstack([np.ones((len(chosen), 1 + lists), dtype=bool), chosen & ~empty])
    cells = (empty.astype(float) @ matrix[:, 1 + lists :].T) == 0
    return columns, cells


def _refit(matrix: Floats, counts: Floats, lists: int, chosen: Bools, overlap: Floats) -> Fitted:
    return fit(matrix, counts, *_taking_part(matrix, lists, chosen, overlap))


def _estimable(
    matrix: Floats, counts: Floats, lists: int, chosen: Bools, overlap: Floats, fitted: Fitted
) -> Bools:
    """Check each model; where the fit itself proves existence, the linear programme is spared."""
    columns, cells = _taking_part(matrix, lists, chosen, overlap)
    good = np.zeros(len(counts), dtype=bool)
    for row in range(len(counts)):
        if not _rank_is_full(lists, columns[row].tobytes(), cells[row].tobytes()):
            continue
        used = matrix[np.ix_(cells[row], columns[row])]
        good[row] = bool(fitted.proven[row]) or exists(used, counts[row][cells[row]])
    return good


@lru_cache(maxsize=65_536)
def _rank_is_full(lists: int, columns: bytes, cells: bytes) -> bool:
    kept = np.ix_(np.frombuffer(cells, dtype=bool), np.frombuffer(columns, dtype=bool))
    return identified(design(lists)[kept])


def _keep(state: Fitted, larger: Fitted, active: Ints, good: Bools) -> None:
    """Put the larger models of the tables that passed in place of the smaller ones."""
    for name in ("coefficients", "means", "deviance", "variance", "proven"):
        getattr(state, name)[active[good]] = getattr(larger, name)[good]
