"""Section 6: source states, from published matrices and from trace answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ironriver.reports.findings import queries
from ironriver.reports.findings.cells import Cell, known
from ironriver.reports.findings.grounds import Basis, Grounds

SHOWN = 15


@dataclass(frozen=True, slots=True)
class State:
    """Traces of one source state in the latest period, and in other states by period."""

    place: str
    traces: int
    outside: int
    by_period: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the cells of one period add up to the printed totals, which are never added."""

    period: str
    cells: int
    printed: int | None
    wrong_lines: int

    @property
    def holds(self) -> bool:
        """Whether all printed totals are what the cells add up to."""
        return self.printed in (None, self.cells) and not self.wrong_lines


@dataclass(frozen=True, slots=True)
class Matrix:
    """One published matrix of source and recovery states."""

    series: str
    periods: tuple[str, ...]
    states: tuple[State, ...]
    checks: tuple[Check, ...]

    @property
    def traces(self) -> int:
        """All traces of the latest period."""
        return sum(state.traces for state in self.states)

    @property
    def outside(self) -> int:
        """Traces of the latest period that were recovered in another state."""
        return sum(state.outside for state in self.states)


@dataclass(frozen=True, slots=True)
class SourceStates:
    """Published matrices, and the states and outcomes of trace answers."""

    matrices: tuple[Matrix, ...]
    matrix_basis: Basis
    purchases: Mapping[str, Cell]
    outcomes: Mapping[str, Cell]
    trace_basis: Basis

    @property
    def answers(self) -> int:
        """Trace answers, as far as they may be shown."""
        return known(self.outcomes.values())


def read(grounds: Grounds) -> SourceStates:
    """Read the matrices and count the trace answers; cells, never printed totals, are added."""
    matrix_basis = grounds.basis(queries.matrix_sources())
    trace_basis = grounds.basis(queries.table_sources("trace_results"))
    return SourceStates(
        _matrices(grounds) if matrix_basis.free else (),
        matrix_basis,
        grounds.counts(dict(grounds.ask(queries.purchase_states())), trace_basis),
        grounds.counts(dict(grounds.ask(queries.trace_outcomes())), trace_basis),
        trace_basis,
    )


def _matrices(grounds: Grounds) -> tuple[Matrix, ...]:
    checks: dict[str, list[Check]] = {}
    for series, period, cells, printed, wrong in grounds.ask(queries.matrix_checks()):
        checks.setdefault(series or "", []).append(Check(period or "", cells or 0, printed, wrong))
    cells_of: dict[str, dict[str, dict[str, tuple[int, int]]]] = {}
    for series, period, place, traces, outside in grounds.ask(queries.matrix_states()):
        places = cells_of.setdefault(series or "", {})
        places.setdefault(place, {})[period or ""] = (traces or 0, outside)
    return tuple(
        _matrix(series, tuple(checks[series]), places) for series, places in cells_of.items()
    )


def _matrix(
    series: str, checks: tuple[Check, ...], places: dict[str, dict[str, tuple[int, int]]]
) -> Matrix:
    periods = tuple(check.period for check in checks)
    states = [
        State(
            place,
            *found.get(periods[-1], (0, 0)),
            tuple(found.get(period, (0, 0))[1] for period in periods),
        )
        for place, found in places.items()
    ]
    ranked = sorted(states, key=lambda state: (-state.outside, -state.traces, state.place))
    return Matrix(series, periods, tuple(ranked), checks)
