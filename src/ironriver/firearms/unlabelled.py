"""Learn a channel where nobody has said which gun is meant: from candidates and their chances.

Each round weighs all candidates with the channel of the round before; each pair then counts as
often as it is likely, against the other candidates and none of these. This is expectation
maximisation for the mixture of guns and none (Dempster, Laird & Rubin 1977), so long as the density
of none is right. Errors beyond the reach of the search are never seen, and its rates fall short of
the truth by as much.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ironriver.estimators.types import Probability
from ironriver.firearms.channel import Channel, Reals
from ironriver.firearms.expectation import expect
from ironriver.firearms.identify import Model, Registry, weigh
from ironriver.firearms.kernel import CompiledChannel, Packed
from ironriver.firearms.learning import Prior, maximise
from ironriver.firearms.search import Candidates

NEGLIGIBLE = 1e-4
"""Pairs less likely than this teach nothing."""
QUERIES = 20.0
"""How many imagined queries are behind the prior share in the registry."""


def learn_unlabelled(
    queries: Packed,
    registry: Registry,
    found: Candidates,
    background: Callable[[CompiledChannel], Reals],
    prior: Prior | None = None,
    in_registry: Probability = Probability(0.5),  # noqa: B008 - a frozen value
    evidence: Reals | None = None,
    rounds: int = 30,
    tolerance: float = 1e-4,
) -> Model:
    """Learn the channel, and how many queries mean a gun of the registry.

    `background` gives log P0 of each query for a channel, `evidence` the log ratios of other fields
    for the pairs found. Stops when the share in the registry and all rates move by less than
    `tolerance`.
    """
    prior = prior or Prior()
    channel = Channel.from_rates(prior.rates)
    more = np.zeros(len(found)) if evidence is None else evidence
    inside = in_registry.value
    for _ in range(rounds):
        made = CompiledChannel(channel)
        logs = made.log_pairs(queries, registry.serials, found.query, found.entry) + more
        pairs = (found.query, found.entry, logs)
        answers = weigh(pairs, registry, background(made), Probability(inside))
        kept = answers.probability > NEGLIGIBLE
        left, right = answers.query[kept], answers.entry[kept]
        weights = answers.probability[kept]
        counts = expect(made, queries, registry.serials, left, right, weights)
        before = [inside, *_rates(channel)]
        channel = maximise(channel, prior, counts)
        meant = float((1.0 - answers.none).sum())
        inside = (meant + QUERIES * in_registry.value) / (len(queries) + QUERIES)
        if np.abs(np.array(before) - [inside, *_rates(channel)]).max() < tolerance:
            break
    return Model(channel, Probability(inside))


def _rates(channel: Channel) -> list[float]:
    return [getattr(channel.rates, name) for name in channel.rates.__dataclass_fields__]
