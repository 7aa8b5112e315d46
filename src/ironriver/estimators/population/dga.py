"""Average over all decomposable graphs of links between lists.

Madigan and York (1997), Biometrika 84; as in Lum, Johndrow and Ball's "dga". With a hyper-Dirichlet
prior, delta for each cell, a subset C of lists has delta_C = delta 2^(p-|C|) and

    L(C) = sum_cells lnGamma(n_c + delta_C) - 2^|C| lnGamma(delta_C),

the cell of nobody including the unseen n0. Up to a constant the log posterior of n0
and a graph is

    sum_cliques L - sum_separators L + parts (lnGamma(2^p delta) - lnGamma(N + 2^p delta))
    + lnGamma(N + 1) - lnGamma(n0 + 1) - ln N.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp

from ironriver.estimators.population.estimate import Answer, Estimate, Method, Refusal
from ironriver.estimators.population.graphs import MOST, Graph, decomposable, shares
from ironriver.estimators.population.lists import Floats, Ints, Lists, patterns
from ironriver.estimators.population.pitfalls import of_method
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

CAP = 30
"""The greatest number unseen is this many times the number observed (as in dga's examples)."""
_CHUNK = 4_000_000
_FINE, _RATIO, _POINTS = 200, 1.004, 2_000
_NEGLIGIBLE = 35.0
"""Graphs and numbers less probable than the best by this log factor are left out (6e-16)."""

LogPrior = Callable[[Floats], Floats]


def inverse(total: Floats) -> Floats:
    """Give the log of the prior 1/N (Jeffreys's prior for a scale)."""
    return -np.log(total)


@dataclass(frozen=True, slots=True)
class _Model:
    lists: Lists
    delta: float
    prior: LogPrior


@dataclass(frozen=True, slots=True)
class Posterior:
    """The posterior of the number unseen on a grid, and of the graphs.

    `unseen` (M,) are the points; `mass` (M,) their probabilities; `graphs` (G,) those of the graphs
    in the order of `decomposable`.
    """

    observed: int
    cap: int
    unseen: Floats
    mass: Floats
    graphs: Floats
    top: Graph
    density: Floats

    def quantile(self, level: float) -> float:
        """Give the least whole N with at least this much probability at or below it."""
        edges = _edges(self.unseen)
        below = np.r_[0.0, np.cumsum(self.mass)] / self.mass.sum()
        return self.observed + float(np.ceil(np.interp(level, below, edges) - 0.5))

    @property
    def total(self) -> Floats:
        """N at each point of the grid."""
        return self.observed + self.unseen

    @property
    def mean(self) -> float:
        """The posterior mean of N."""
        return float((self.mass * self.total).sum())

    @property
    def mode(self) -> float:
        """The most probable N."""
        return self.observed + float(self.unseen[self.density.argmax()])

    @property
    def relative(self) -> float:
        """The estimate of least relative squared loss, E[1/N] / E[1/N^2] (Madigan and York)."""
        return float((self.mass / self.total).sum() / (self.mass / self.total**2).sum())

    @property
    def near_cap(self) -> float:
        """The probability of the last tenth below the cap: if it is not small, the cap decides."""
        return float(self.mass[self.unseen > 0.9 * self.cap].sum())


def posterior(
    lists: Lists,
    *,
    cap: int | None = None,
    least: int = 1,
    delta: float | None = None,
    prior: LogPrior = inverse,
    every: bool = False,
    graph: int | None = None,
) -> Posterior:
    """Compute the posterior of the number unseen, `least` to `cap` (30 times those observed).

    `least` is 1 as in dga's examples: with delta below 1 the point 0 has a spike of its own.
    `delta` is 2**-lists unless given. `every` takes all whole numbers; otherwise 2,000 of them
    where the posterior is not negligible, each standing for those around it. `graph` keeps one
    graph only, by its place. ValueError for more than six lists.
    """
    if len(lists.names) > MOST:
        raise ValueError(f"{len(lists.names)} lists have too many graphs; join some")
    model = _Model(lists, 2.0 ** -len(lists.names) if delta is None else delta, prior)
    rows = np.arange(len(decomposable(len(lists.names)))) if graph is None else np.array([graph])
    cap = cap or CAP * lists.observed
    rough = _apart(least, cap, _RATIO)
    log_n0, log_graph = _sums(model, rows, rough)
    rows = rows[log_graph > log_graph.max() - _NEGLIGIBLE]
    points = np.arange(least, cap + 1.0) if every else _closer(rough, log_n0)
    log_n0, log_graph = _sums(model, rows, points)
    height = log_n0 + np.log(np.diff(_edges(points)))
    odds = np.zeros(len(decomposable(len(lists.names))))
    odds[rows] = np.exp(log_graph - logsumexp(log_graph))
    top = decomposable(len(lists.names))[int(odds.argmax())]
    mass = np.exp(height - logsumexp(height))
    return Posterior(lists.observed, cap, points, mass, odds, top, log_n0)


def _sums(model: _Model, rows: Ints, points: Floats) -> tuple[Floats, Floats]:
    """Give the log posterior of each point, summed over graphs, and of each graph over points."""
    table = shares(len(model.lists.names))[rows]
    log_n0 = np.empty(len(points))
    log_graph = np.full(len(rows), -np.inf)
    width = np.log(np.diff(_edges(points)))
    step = max(1, _CHUNK // len(rows))
    for start in range(0, len(points), step):
        part = slice(start, start + step)
        height = table @ _pieces(model, points[part]) + _common(model, points[part])
        top = height.max()
        weight = np.exp(height - top)
        with np.errstate(divide="ignore"):
            log_n0[part] = top + np.log(weight.sum(axis=0))
            sums = top + np.log(weight @ np.exp(width[part]))
        log_graph = np.logaddexp(log_graph, sums)
    return log_n0, log_graph


def _apart(least: int, cap: int, ratio: float) -> Floats:
    """Give whole numbers from least to cap, the greater ones `ratio` apart."""
    if cap <= _FINE:
        return np.arange(least, cap + 1.0)
    steps = int(np.ceil(np.log(cap / _FINE) / np.log(ratio)))
    coarse = np.unique(np.round(np.geomspace(_FINE, cap, steps + 1)))
    return np.concatenate([np.arange(float(least), _FINE), coarse])


def _closer(rough: Floats, log_n0: Floats) -> Floats:
    """Give points closer together where the posterior is not negligible."""
    (near,) = np.nonzero(log_n0 > log_n0.max() - _NEGLIGIBLE)
    first, last = rough[max(near[0] - 1, 0)], rough[min(near[-1] + 1, len(rough) - 1)]
    if last - first < _POINTS:
        return np.arange(first, last + 1)
    return np.unique(np.round(np.geomspace(max(first, 1.0), last, _POINTS)))


def _edges(points: Floats) -> Floats:
    middle = (points[1:] + points[:-1]) / 2
    return np.asarray(np.r_[points[0] - 0.5, middle, points[-1] + 0.5], dtype=np.float64)


def _pieces(model: _Model, unseen: Floats) -> Floats:
    """Give L(C) for every subset C of lists, and last what each part of a graph adds."""
    lists, size = model.lists, len(model.lists.names)
    bits = patterns(size)
    found = np.zeros((2**size + 1, len(unseen)))
    for subset in range(1, 2**size):
        held = [at for at in range(size) if subset >> at & 1]
        each = model.delta * 2.0 ** (size - len(held))
        cells = np.bincount(bits[:, held] @ (1 << np.arange(len(held))), weights=lists.counts)
        fixed = gammaln(cells[1:] + each).sum() - len(cells) * gammaln(each)
        found[subset] = gammaln(cells[0] + unseen + each) + fixed
    whole = 2.0**size * model.delta
    found[-1] = gammaln(whole) - gammaln(lists.observed + unseen + whole)
    return found


def _common(model: _Model, unseen: Floats) -> Floats:
    total = model.lists.observed + unseen
    return np.asarray(gammaln(total + 1) - gammaln(unseen + 1) + model.prior(total))


def dga(lists: Lists, cap: int | None = None) -> Answer:
    """Estimate N by the posterior median over all graphs, with the 95 percent credible interval."""
    pitfalls = of_method(Method.GRAPHS)
    if len(lists.names) > MOST:
        reason = Remark(
            mark("{count} lists have too many graphs to average over; join some lists"),
            {"count": len(lists.names)},
        )
        return Refusal(Method.GRAPHS, reason, pitfalls)
    found = posterior(lists, cap=cap)
    if not lists.linked:
        reason = Remark(mark("no two lists share anybody, so nothing says how many are missed"))
        return Refusal(Method.GRAPHS, reason, pitfalls)
    remarks = (
        Remark(
            mark("Most probable links: {graph} ({share:.0%} of the probability)."),
            {"graph": found.top.named(lists.names), "share": float(found.graphs.max())},
        ),
        Remark(
            mark(
                "At most {cap:,.0f} unseen were allowed; {share:.1%} of the probability is near "
                "that."
            ),
            {"cap": found.cap, "share": found.near_cap},
        ),
    )  # fmt: skip
    interval = Interval(found.quantile(0.025), found.quantile(0.975), IntervalKind.CREDIBLE, 0.95)
    value = found.quantile(0.5)
    return Estimate(Method.GRAPHS, value, interval, lists.observed, pitfalls, remarks)
