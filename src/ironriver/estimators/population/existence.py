"""Whether a log-linear model can be estimated from a table: the maximum exists, and is one."""

from __future__ import annotations

import highspy
import numpy as np

from ironriver.estimators.population.lists import Bools, Floats


class _Solver(highspy.Highs):
    """HiGHS on one thread, silent from before its constructor would print a banner."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def exists(matrix: Floats, counts: Floats) -> bool:
    """Say whether the Poisson likelihood of this design (C, K) has a maximum at these counts (C,).

    It has if some table with every cell above zero has the same margins ``matrix.T @ counts``. The
    linear programme looks for the one whose least cell is greatest: maximise s with
    matrix.T (z + s) = margins, z >= 0. Fienberg and Rinaldo (2012), Annals of Statistics 40,
    section 2.2; for lists Chan, Silverman and Vincent (2021), JASA 116, section 3.2.
    """
    margins = matrix.T @ counts
    if (margins <= 0).any():
        return False
    rows, width = matrix.shape[1], matrix.shape[0] + 1
    block = np.hstack([matrix.T, matrix.sum(axis=0)[:, None]])
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = rows, width
    program.col_cost_ = np.r_[np.zeros(width - 1), -1.0]
    program.col_lower_ = np.zeros(width)
    program.col_upper_ = np.full(width, highspy.kHighsInf)
    program.row_lower_ = program.row_upper_ = margins
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    filled = block.T != 0
    program.a_matrix_.start_ = np.r_[0, np.cumsum(filled.sum(axis=1))]
    program.a_matrix_.index_ = np.nonzero(filled)[1]
    program.a_matrix_.value_ = block.T[filled]
    solver = _Solver()  # type: ignore[no-untyped-call]
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return False
    return bool(solver.getSolution().col_value[-1] > 1e-7)


def identified(matrix: Floats) -> bool:
    """Say whether the cells that take part tell all parameters apart: full column rank."""
    return bool(np.linalg.matrix_rank(matrix) == matrix.shape[1])


def estimable(matrix: Floats, counts: Floats, columns: Bools, cells: Bools) -> bool:
    """Say whether the model of these columns over these cells is identified and has a maximum."""
    used = matrix[np.ix_(cells, columns)]
    return identified(used) and exists(used, counts[cells])
