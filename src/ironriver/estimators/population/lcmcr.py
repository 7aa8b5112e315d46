"""Latent classes with a gate: a number only if several chains agree on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ironriver.estimators.population.convergence import effective_size, r_hat
from ironriver.estimators.population.estimate import Answer, Estimate, Method, Refusal
from ironriver.estimators.population.latent import Sampler
from ironriver.estimators.population.lists import Floats, Lists
from ironriver.estimators.population.pitfalls import of_method
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

CHAINS, SWEEPS = 8, 60_000
MOST_R_HAT, LEAST_SIZE = 1.01, 400.0
"""Vehtari et al. (2021) ask for R-hat below 1.01 and 100 effective draws for each of 4 chains."""
_FIRST_LOOK = 4_000
_HOPELESS, _HOPELESS_AFTER = 1.2, 16_000
_JUDGED = 2_000


def lcmcr(lists: Lists, *, chains: int = CHAINS, sweeps: int = SWEEPS, seed: int = 1) -> Answer:
    """Estimate N by latent classes: posterior median and 95 percent credible interval.

    Chains run until the second half of each agrees with all others (R-hat below 1.01, effective
    size 400 or more), at most `sweeps` draws each. If they never do, the answer is a refusal that
    says how far apart they are. ValueError for fewer than four chains.
    """
    if chains < 4:
        raise ValueError(f"four chains or more are needed, not {chains}")
    pitfalls = of_method(Method.CLASSES)
    if not lists.linked:
        reason = Remark(mark("no two lists share anybody, so nothing says how many are missed"))
        return Refusal(Method.CLASSES, reason, pitfalls)
    for drawn in runs(lists, chains, sweeps, seed):
        answer = judged(drawn, lists.observed)
        hopeless = drawn.shape[1] >= _HOPELESS_AFTER // 2 and r_hat(_thinned(drawn)) > _HOPELESS
        if isinstance(answer, Estimate) or hopeless:
            break
    return answer


def runs(lists: Lists, chains: int, sweeps: int, seed: int) -> Iterator[Floats]:
    """Give draws of N, (chains, draws), after 4,000 sweeps, 8,000, ...: the second half of each.

    The last ones are those after `sweeps`.
    """
    table = np.repeat(lists.counts[None, 1:], chains, axis=0)
    sampler = Sampler(table, len(lists.names), seed)
    drawn = np.empty((chains, sweeps))
    look, done = _FIRST_LOOK, 0
    while done < sweeps:
        target = min(look, sweeps)
        for place in range(done, target):
            drawn[:, place] = lists.observed + sampler.sweep()
        done, look = target, 2 * look
        yield drawn[:, done // 2 : done]


def _thinned(drawn: Floats) -> Floats:
    """Keep some 2,000 draws of each chain: enough to judge by, and quick to rank."""
    return drawn[:, :: max(1, drawn.shape[1] // _JUDGED)]


def judged(drawn: Floats, observed: int) -> Answer:
    """Turn draws of N (chains, draws), burn-in removed, into an estimate, or refuse.

    >>> still = np.tile(np.arange(100.0, 200.0), (4, 20))
    >>> judged(still + np.arange(4)[:, None] * 500, 90).reason.values["r_hat"] > 2
    True
    """
    kept = _thinned(drawn)
    ratio, size = r_hat(kept), effective_size(kept)
    middles = np.median(kept, axis=1)
    pitfalls = of_method(Method.CLASSES)
    if not (ratio < MOST_R_HAT and size >= LEAST_SIZE):
        reason = Remark(
            mark(
                "the chains do not agree: their medians run from {low:,.0f} to {high:,.0f} (R-hat "
                "{r_hat:.3f}, where {most_r_hat:.2f} is allowed; {size:,.0f} effective draws)"
            ),
            {
                "low": middles.min(), "high": middles.max(), "r_hat": ratio,
                "most_r_hat": MOST_R_HAT, "size": size,
            },
        )  # fmt: skip
        return Refusal(Method.CLASSES, reason, pitfalls)
    low, middle, high = (float(each) for each in np.quantile(drawn, (0.025, 0.5, 0.975)))
    remark = Remark(
        mark("{chains} chains agree (R-hat {r_hat:.3f}, {size:,.0f} effective draws)."),
        {"chains": len(drawn), "r_hat": ratio, "size": size},
    )
    interval = Interval(low, high, IntervalKind.CREDIBLE, 0.95)
    return Estimate(Method.CLASSES, middle, interval, observed, pitfalls, (remark,))
