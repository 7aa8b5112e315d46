"""Hide small counts so that what is shown beside them does not give them away.

A table is an array of counts of one or two dimensions whose last row and column are its totals
(`with_margins`). A threshold alone is no protection: subtracting the shown cells from a total often
returns the hidden one. So further cells are hidden (complementary suppression), and a linear
programme then plays the reader who knows every shown cell and total, and the rules.

A zero is never hidden: it concerns nobody, and where combinations that never occur are known, a
zero would be no cover. The price is that a hidden cell is known to be at least one, and the audit
lets its reader use that.
"""

from __future__ import annotations

from collections.abc import Iterator

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Bounds = npt.NDArray[np.float64]

LEAST = 1.0
"""What a reader knows of every hidden cell: it is not zero."""

_MARGIN_COST, _TOTAL_COST = 1e3, 1e5
"""Hiding a total costs more than any cell, and the grand total most: both are last resorts."""


def with_margins(counts: npt.ArrayLike) -> Counts:
    """Add the totals as last row and column.

    >>> with_margins([[1, 2], [3, 4]]).tolist()
    [[1, 2, 3], [3, 4, 7], [4, 6, 10]]
    """
    table = np.asarray(counts, dtype=np.int64)
    for axis in range(table.ndim):
        table = np.concatenate([table, table.sum(axis=axis, keepdims=True)], axis=axis)
    return table


def primary(table: Counts, minimum: int) -> Mask:
    """Mark the counts below the minimum, totals among them; zeros are not small."""
    return (table > 0) & (table < minimum)


def suppress(table: Counts, minimum: int) -> Mask:
    """Mark the cells to hide so that each keeps an interval at least `minimum` wide.

    Totals are protected first and by themselves, so that a table of one dimension and the margin
    of a table of two hide the same ones, but for rare tables whose cells cannot be covered without
    hiding another total (``benchmarks/disclosure.py`` counts them). Then each cell that fails the
    audit gets the cheapest further cells that let it move far enough, by one linear programme for
    each (after Kelly, Golden and Assad 1992), and the audit is repeated until nothing fails.

    >>> suppress(with_margins([3, 40, 50]), 10).tolist()
    [True, True, False, False]
    """
    _check(table)
    mask = primary(table, minimum)
    if table.ndim == 2:
        mask[:, -1] |= suppress(table[:, -1], minimum)
        mask[-1, :] |= suppress(table[-1, :], minimum)
    while True:
        low, high = audit(table, mask, enough=minimum)
        narrow = mask & (high - low < minimum)
        if not narrow.any():
            return mask
        for cell in np.flatnonzero(narrow):
            rise = low.flat[cell] + minimum - table.flat[cell]
            mask |= _cover(table, mask, int(cell), rise)


def audit(table: Counts, mask: Mask, enough: float = np.inf) -> tuple[Bounds, Bounds]:
    """Give, for every cell, the least and greatest value that fits all that is shown.

    Shown cells are their own bounds; a cell that nothing bounds above has infinity. By linear
    programming over the hidden cells (one model, two objectives for each cell). A cell whose values
    in the solutions met so far lie `enough` apart is not looked at further: its bounds are then
    values that fit, not the outermost ones.
    """
    _check(table)
    low, high = table.astype(float), table.astype(float)
    hidden = np.flatnonzero(mask)
    if not hidden.size:
        return low, high
    sums = _sums(table.shape)
    shown = np.where(mask, 0, table).ravel()
    # A finite ceiling in place of infinity keeps every programme bounded, whatever is hidden.
    ceiling = 2.0 * float(table.max(initial=0)) + 1e6
    model = _model(sums[:, hidden], -(sums @ shown), LEAST, np.full(hidden.size, ceiling))
    least = greatest = table.ravel()[hidden].astype(float)
    for place in range(hidden.size):
        for cost in (1.0, -1.0):
            if greatest[place] - least[place] < enough:
                fits = _extreme(model, place, cost)
                least, greatest = np.minimum(least, fits), np.maximum(greatest, fits)
    low.flat[hidden] = least
    high.flat[hidden] = np.where(greatest > ceiling / 2, np.inf, greatest)
    return low, high


def _cover(table: Counts, mask: Mask, cell: int, rise: float) -> Mask:
    """Find the cheapest cells that must be hidden for `cell` to rise so far and all sums hold.

    Each cell may rise (first half of the columns) or fall to `LEAST` (second half).
    """
    usable = np.flatnonzero(table > 0)
    sums = _sums(table.shape)[:, usable]
    cost = _costs(table, mask).ravel()[usable]
    falls = table.ravel()[usable] - LEAST
    target = int(np.searchsorted(usable, cell))
    falls[target] = 0.0
    rises = np.full(usable.size, np.inf)
    lower = np.zeros(2 * usable.size)
    lower[target] = rises[target] = rise
    moves = sparse.hstack([sums, -sums], format="csc")
    model = _model(moves, np.zeros(sums.shape[0]), lower, np.concatenate([rises, falls]))
    model.changeColsCost(lower.size, np.arange(lower.size, dtype=np.int32), np.tile(cost, 2))
    solution = _solve(model)
    moved = solution[: usable.size] + solution[usable.size :] > 1e-6
    needed = np.zeros(table.size, dtype=bool)
    needed[usable[moved]] = True
    return needed.reshape(table.shape)


def _costs(table: Counts, mask: Mask) -> Bounds:
    """Price each cell: nothing if hidden already, else growing slowly with what it tells."""
    cost = 1.0 + np.log2(np.maximum(table, 1).astype(float))
    for axis in range(table.ndim):
        np.moveaxis(cost, axis, 0)[-1] += _MARGIN_COST
    cost.flat[-1] += _TOTAL_COST
    return np.where(mask, 0.0, cost)


def _sums(shape: tuple[int, ...]) -> sparse.csc_array:
    """Give the equations that tie cells to totals: parts minus total is zero, along each axis."""
    places = np.arange(np.prod(shape)).reshape(shape)
    lines = list(_lines(places))
    cells = np.concatenate(lines)
    rows = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    signs = np.concatenate([np.r_[np.ones(len(line) - 1), -1.0] for line in lines])
    return sparse.csc_array((signs, (rows, cells)), shape=(len(lines), places.size))


def _lines(places: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    for axis in range(places.ndim):
        yield from np.moveaxis(places, axis, -1).reshape(-1, places.shape[axis])


class _Solver(highspy.Highs):
    """HiGHS on one thread, silent from before its constructor would print a banner."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)
        self.setOptionValue("presolve", "off")
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _model(matrix: sparse.csc_array, sums: Bounds, lower: float | Bounds, upper: Bounds) -> _Solver:
    """Set up ``matrix @ x == sums`` with bounds on x."""
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.col_cost_ = np.zeros(matrix.shape[1])
    program.col_lower_ = np.broadcast_to(lower, upper.shape).astype(float)
    program.col_upper_ = upper
    program.row_lower_ = program.row_upper_ = np.asarray(sums, dtype=float)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.indptr
    program.a_matrix_.index_ = matrix.indices
    program.a_matrix_.value_ = matrix.data
    model = _Solver()  # type: ignore[no-untyped-call]
    model.passModel(program)
    return model


def _extreme(model: _Solver, place: int, cost: float) -> Bounds:
    """Give a solution with the least (cost 1) or greatest (-1) value of one variable.

    The matrix is that of a network, so the values are whole numbers but for rounding.
    """
    model.changeColCost(place, cost)
    solution = _solve(model)
    model.changeColCost(place, 0.0)
    return np.round(solution)


def _solve(model: _Solver) -> Bounds:
    model.run()
    status = model.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(f"the audit's linear programme ended as {status}")
    return np.asarray(model.getSolution().col_value)


def _check(table: Counts) -> None:
    """Refuse arrays that are no table of counts with totals."""
    if table.ndim not in (1, 2) or (table < 0).any():
        raise ValueError("a table has one or two dimensions and no negative counts")
    if (_sums(table.shape) @ table.ravel()).any():
        raise ValueError("the last row and column of a table are its totals")
