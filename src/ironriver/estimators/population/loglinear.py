"""Log-linear models of overlapping lists: independence, given pairs, stepwise selection.

log E n_w = alpha + sum_j beta_j w_j + sum_jk beta_jk w_j w_k, and N = n + exp(alpha).
Fienberg (1972), Biometrika 59; Cormack (1989), Biometrics 45.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln

from ironriver.errors import MistakeError
from ironriver.estimators.population.estimate import Answer, Estimate, Method, Refusal
from ironriver.estimators.population.lists import Bools, Floats, Ints, Lists, pairs_of
from ironriver.estimators.population.pitfalls import of_method
from ironriver.estimators.population.poisson import Shape, design, fit
from ironriver.estimators.population.stepwise import can_fit, choose, fit_pairs
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

Pair = tuple[str, str]
_NORMAL = 1.959963984540054
_CHI_SQUARE = 3.841458820694124


@dataclass(frozen=True, slots=True)
class LogLinear:
    """One fitted model: its pairs in order of entry; `empty` are those without overlap.

    `slope` is the coefficient of the shape: above 0 if some are seen more easily than others.
    """

    pairs: tuple[Pair, ...]
    empty: tuple[Pair, ...]
    observed: int
    unseen: float
    variance: float
    deviance: float
    freedom: int
    log_likelihood: float
    parameters: int
    slope: float | None = None

    @property
    def value(self) -> float:
        """The estimate of N."""
        return self.observed + self.unseen

    @property
    def standard_error(self) -> float:
        """The standard error of N, sqrt(u + u^2 var(alpha)), u = exp(alpha); Cormack (1989)."""
        return math.sqrt(self.unseen + self.unseen**2 * self.variance)

    @property
    def wald(self) -> Interval:
        """The 95 percent interval n + exp(alpha -/+ 1.96 se), the model taken as given."""
        spread = math.exp(_NORMAL * math.sqrt(self.variance))
        return Interval(
            self.observed + self.unseen / spread, self.observed + self.unseen * spread,
            IntervalKind.CONFIDENCE, 0.95,
        )  # fmt: skip

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * self.parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion, with the number observed as sample size."""
        return self.parameters * math.log(self.observed) - 2 * self.log_likelihood


def log_linear(lists: Lists, pairs: Iterable[Pair] = (), shape: Shape = Shape.NONE) -> LogLinear:
    """Fit the model with these pairs of lists, or independence if none is named.

    A shape adds a term for individuals that differ in how easily they are seen (model Mth).
    MistakeError if a list is unknown, or if the model cannot be estimated from these counts.

    >>> table = Lists(("A", "B"), (0, 30, 20, 10))
    >>> round(log_linear(table).value, 6)
    120.0
    """
    pairs = list(pairs)
    places = pairs_of(len(lists.names))
    wanted = {_place(lists, pair) for pair in pairs}
    chosen = np.array([[pair in wanted for pair in places]])
    counts = lists.counts[None, 1:].astype(float)
    if not can_fit(counts, len(lists.names), chosen, shape)[0]:
        raise MistakeError(
            "the lists do not determine this model: they share too few individuals for {pairs}",
            pairs=", ".join(f"{a}:{b}" for a, b in pairs) or "-",
        )
    return _describe(lists, chosen[0], np.arange(len(places)), shape)


def select(lists: Lists) -> LogLinear:
    """Choose pairs stepwise (SparseMSE's rule) and give the chosen model's fit."""
    found = choose(lists.counts[None, 1:].astype(float), len(lists.names))
    return _describe(lists, found.pairs[0], found.order[0])


def _place(lists: Lists, pair: Pair) -> tuple[int, int]:
    for name in pair:
        if name not in lists.names:
            raise MistakeError(
                "no list is called {name}; there are: {names}",
                name=name, names=", ".join(lists.names),
            )  # fmt: skip
    first, second = sorted(lists.names.index(name) for name in pair)
    return first, second


def _describe(lists: Lists, chosen: Bools, order: Ints, shape: Shape = Shape.NONE) -> LogLinear:
    counts = lists.counts[None, 1:].astype(float)
    places = pairs_of(len(lists.names))
    fitted = fit_pairs(counts, len(lists.names), chosen[None, :], shape)
    taken = sorted((int(order[place]), place) for place in np.flatnonzero(chosen))
    named = [(lists.names[places[at][0]], lists.names[places[at][1]]) for _, at in taken]
    shared = lists.overlaps
    void = [places[at] for _, at in taken if not shared[places[at]]]
    means, seen = fitted.means[0], counts[0]
    used = means > 0
    likelihood = seen[used] * np.log(means[used]) - means[used] - gammaln(seen[used] + 1)
    parameters = 1 + len(lists.names) + len(named) - len(void) + (shape is not Shape.NONE)
    return LogLinear(
        tuple(named), tuple((lists.names[j], lists.names[k]) for j, k in void),
        lists.observed, float(fitted.unseen[0]), float(fitted.variance[0]),
        float(fitted.deviance[0]), int(used.sum()) - parameters, float(likelihood.sum()),
        parameters, None if shape is Shape.NONE else float(fitted.coefficients[0, -1]),
    )  # fmt: skip


def profile(lists: Lists, pairs: Iterable[Pair] = ()) -> Interval:
    """Give the 95 percent profile likelihood interval of N under a model, as a multinomial.

    The ends are where twice the log-likelihood falls 3.84 below its greatest. Cormack (1992),
    Biometrics 48; Rivest and Baillargeon (2007) use the same form.
    """
    model = log_linear(lists, pairs)
    places = pairs_of(len(lists.names))
    wanted = {_place(lists, pair) for pair in model.pairs if pair not in model.empty}
    columns = [*range(1 + len(lists.names))]
    columns += [columns[-1] + 1 + at for at, pair in enumerate(places) if pair in wanted]
    whole = np.vstack([np.eye(1, len(columns)), design(len(lists.names))[:, columns]])
    height = _multinomial(lists, whole, model.unseen * np.linspace(0.9, 1.1, 81)).max()

    def excess(unseen: float) -> float:
        found = _multinomial(lists, whole, np.array([unseen]))[0]
        return float(2 * (height - found)) - _CHI_SQUARE

    widest = model.unseen
    while excess(widest) < 0 and widest < 1e12:
        widest *= 2
    high = brentq(excess, model.unseen, widest, rtol=1e-10) if widest < 1e12 else math.inf
    low = brentq(excess, 1e-9, model.unseen, rtol=1e-10) if excess(1e-9) > 0 else 0.0
    return Interval(lists.observed + low, lists.observed + high, IntervalKind.CONFIDENCE, 0.95)


def _multinomial(lists: Lists, whole: Floats, unseen: Floats) -> Floats:
    """Give the log-likelihood of each N = n + unseen, the other parameters at their best."""
    seen = np.repeat(lists.counts[None, 1:].astype(float), len(unseen), axis=0)
    table = np.hstack([unseen[:, None], seen])
    everything = np.ones((len(unseen), whole.shape[1]), dtype=bool)
    means = fit(whole, table, everything, np.ones(table.shape, dtype=bool)).means
    total = lists.observed + unseen
    share = np.where(table > 0, means / total[:, None], 1.0)
    fits = (table * np.log(share)).sum(axis=1)
    return np.asarray(gammaln(total + 1) - gammaln(unseen + 1) + fits)


def independence(lists: Lists) -> Answer:
    """Estimate N as if all lists were independent, with the profile likelihood interval."""
    try:
        model = log_linear(lists)
    except MistakeError:
        return refused(Method.INDEPENDENCE)
    return Estimate(
        Method.INDEPENDENCE, model.value, profile(lists), lists.observed,
        of_method(Method.INDEPENDENCE),
    )  # fmt: skip


def refused(method: Method) -> Refusal:
    """Refuse because overlaps are too few for even the independence model."""
    reason = Remark(
        mark("a list shares nobody with the others, so nothing says how many are missed")
    )
    return Refusal(method, reason, of_method(method))
