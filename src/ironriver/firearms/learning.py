"""Learn a channel from pairs of serials that are known to belong together.

Expectation maximisation: Dempster, Laird & Rubin (1977); for edit channels Ristad & Yianilos
(1998), "Learning String-Edit Distance", IEEE PAMI 20(5). With Dirichlet priors each round gives
the posterior mode (n_k + s p_k) / (n + s): n expected counts, p the prior's chances, s its weight
in imagined observations. The log posterior never falls from one round to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ironriver.firearms.channel import ALPHABET, Channel, Rates, confusion_prior
from ironriver.firearms.expectation import Counts, expect
from ironriver.firearms.kernel import CompiledChannel, pack


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before any pair: rates, and how many observations they are worth."""

    rates: Rates = field(default_factory=Rates)
    characters: float = 1000.0
    """Imagined characters behind insertion, deletion and transposition."""
    serials: float = 200.0
    """Imagined serials behind the loss of characters at an end."""
    readings: float = 50.0
    """Imagined readings behind each row of the confusion matrix."""


def learn(
    pairs: Iterable[tuple[str, str]],
    prior: Prior | None = None,
    rounds: int = 50,
    tolerance: float = 1e-6,
    alphabet: str = ALPHABET,
    weights: Sequence[float] | None = None,
) -> Channel:
    """Learn rates and confusions from confirmed (true, observed) pairs.

    Each pair counts `weights` times, once if there are none. Stops after `rounds`, or when the
    mean log posterior of a character gains less than `tolerance`. Unreadable characters teach no
    confusion. A pair that the channel cannot make at all raises ValueError.

    >>> learned = learn([("AB12345", "AB1234S")] * 300)
    >>> bool(learned.confusion[5, 28] > 0.5), learned.alphabet[28]
    (True, 'S')
    """
    pairs = list(pairs)
    true = pack([meant for meant, _ in pairs], alphabet)
    observed = pack([seen for _, seen in pairs], alphabet)
    places = np.arange(len(true))
    held = np.ones(len(true)) if weights is None else np.asarray(weights, dtype=np.float64)
    if len(held) != len(true) or not (held >= 0.0).all() or not np.isfinite(held).all():
        raise ValueError("each pair needs one weight of at least 0")
    prior = prior or Prior()
    channel = Channel.from_rates(prior.rates, alphabet)
    total = float(held @ np.diff(true.starts))
    before = -np.inf
    for _ in range(rounds if total else 0):
        counts = expect(CompiledChannel(channel), observed, true, places, places, held)
        if counts.impossible:
            raise ValueError("the channel cannot make one of the pairs at all")
        now = counts.log_likelihood + log_prior(channel, prior)
        if now - before < tolerance * total:
            break
        before, channel = now, maximise(channel, prior, counts)
    return channel


def log_prior(channel: Channel, prior: Prior) -> float:
    """Give the log prior density of a channel, up to a constant: sum of s p_k log theta_k."""
    now, then = channel.rates, prior.rates
    lost = prior.serials * (then.lead + then.trail)
    parts = [
        (prior.characters, (now.insertion,), (then.insertion,)),
        (prior.characters, (now.deletion, now.transposition), (then.deletion, then.transposition)),
        (prior.serials, (now.lead, now.trail), (then.lead, then.trail)),
        (lost, (now.more,), (then.more,)),
    ]
    total = 0.0
    for weight, chances, priors in parts:
        whole = zip((*chances, 1 - sum(chances)), (*priors, 1 - sum(priors)), strict=True)
        total += weight * sum(p * float(np.log(theta)) for theta, p in whole if p > 0)
    believed = confusion_prior(then, channel.alphabet)
    held = believed > 0
    return total + prior.readings * float((believed[held] * np.log(channel.confusion[held])).sum())


def maximise(channel: Channel, prior: Prior, counts: Counts) -> Channel:
    """Give the channel of the posterior mode, given expected counts."""
    then, weight = prior.rates, prior.characters
    steps = counts.deletions + counts.swaps + counts.reads + weight
    serials = counts.serials + prior.serials
    lost = prior.serials * (then.lead + then.trail)
    believed = confusion_prior(then, channel.alphabet)
    confusion = counts.confusion + prior.readings * believed
    confusion /= confusion.sum(axis=1, keepdims=True)
    seen = counts.confusion.sum(axis=1)
    wrong = float((seen * (1.0 - np.diag(confusion))).sum() / seen.sum()) if seen.sum() else None
    cuts = counts.further + counts.stops + lost
    rates = replace(
        then,
        substitution=then.substitution if wrong is None else wrong,
        insertion=(counts.insertions + weight * then.insertion)
        / (counts.insertions + counts.stays + weight),
        deletion=(counts.deletions + weight * then.deletion) / steps,
        transposition=(counts.swaps + weight * then.transposition) / steps,
        lead=(counts.lead + prior.serials * then.lead) / serials,
        trail=(counts.trail + prior.serials * then.trail) / serials,
        more=(counts.further + lost * then.more) / cuts if cuts else then.more,
    )
    return Channel(rates, confusion, channel.alphabet)
