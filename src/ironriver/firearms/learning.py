"""Learn a channel from pairs of serials that are known to belong together.

Expectation maximisation: Dempster, Laird & Rubin (1977); for edit channels Ristad & Yianilos
(1998), "Learning String-Edit Distance", IEEE PAMI 20(5). With Dirichlet priors each round gives
the posterior mode (n_k + s p_k) / (n + s): n expected counts, p the prior's chances, s its weight
in imagined observations. The log posterior never falls from one round to the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from ironriver.firearms.channel import ALPHABET, Channel, Codes, Rates, Reals, confusion_prior


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


@dataclass(slots=True)
class _Counts:
    """Expected counts of one round."""

    confusion: Reals
    insertions: float = 0.0
    stays: float = 0.0
    deletions: float = 0.0
    swaps: float = 0.0
    reads: float = 0.0
    serials: float = 0.0
    lead: float = 0.0
    trail: float = 0.0
    further: float = 0.0
    """Lost characters after the first of their end."""
    stops: float = 0.0
    log_likelihood: float = 0.0


def learn(
    pairs: Iterable[tuple[str, str]],
    prior: Prior | None = None,
    rounds: int = 50,
    tolerance: float = 1e-6,
    alphabet: str = ALPHABET,
) -> Channel:
    """Learn rates and confusions from confirmed (true, observed) pairs.

    Stops after `rounds`, or when the mean log posterior of a pair gains less than `tolerance`.
    Unreadable characters teach no confusion. A pair that the channel cannot make at all raises
    ValueError.

    >>> learned = learn([("AB12345", "AB1234S")] * 300)
    >>> bool(learned.confusion[5, 28] > 0.5), learned.alphabet[28]
    (True, 'S')
    """
    prior = prior or Prior()
    channel = Channel.from_rates(prior.rates, alphabet)
    groups = _grouped(channel, pairs)
    total = sum(len(true) for true, _ in groups)
    before = -np.inf
    for _ in range(rounds if total else 0):
        counts = _Counts(np.zeros_like(channel.confusion))
        for true, observed in groups:
            _expect(channel, true, observed, counts)
        now = counts.log_likelihood + log_prior(channel, prior)
        if now - before < tolerance * total:
            break
        before, channel = now, _maximise(channel, prior, counts)
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


def _grouped(channel: Channel, pairs: Iterable[tuple[str, str]]) -> list[tuple[Codes, Codes]]:
    """Give the pairs as codes, those of equal lengths together, at most 1024 in one group."""
    lengths: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for true, observed in pairs:
        lengths.setdefault((len(true), len(observed)), []).append((true, observed))
    groups = []
    for _, same in sorted(lengths.items()):
        for start in range(0, len(same), 1024):
            part = same[start : start + 1024]
            trues, seen = zip(*part, strict=True)
            groups.append((channel.encode(trues), channel.encode(seen)))
    return groups


def _expect(channel: Channel, true: Codes, observed: Codes, counts: _Counts) -> None:
    """Add the expected counts of pairs of equal lengths (forward and backward sums)."""
    rates, (m, n), pairs = channel.rates, (observed.shape[1], true.shape[1]), len(true)
    read, put = channel.emissions(observed, true), channel.insertions(observed)
    lead, trail = channel.cuts(n)
    stay, one = 1.0 - rates.insertion, np.ones(pairs)
    after = np.ones((m + 1, pairs))
    for j in range(m, 0, -1):
        after[j - 1] = after[j] * put[j - 1]
    # Two ways: nothing lost at the beginning, or lead[k] lost there and all read to the end.
    tracks = (([one, *[0 * one] * n], trail[::-1]), ([one * k for k in lead], np.eye(n + 1)[n]))
    found: list[tuple[Reals, Reals, Reals]] = []
    chance = np.zeros(pairs)
    for starts, ends in tracks:
        rows = np.array(channel.rows(read, put, starts, np.add, np.multiply, np.asarray))
        last = np.zeros((n + 1, m + 1, pairs))
        if n and m:
            last[:n, :m] = stay**2 * rates.transposition * read * after[1:]
            last[:n] *= ends[1:, None, None]
        last[:, m] += (ends * stay)[:, None]
        chance += (rows * last).sum(axis=(0, 1))
        found.append((rows, last, _backward(channel, read, put, last)))
    if not chance.min() > 0.0:
        raise ValueError("the channel cannot make one of the pairs at all")
    counts.log_likelihood += float(np.log(chance).sum())
    for rows, last, back in found:
        _count_steps(channel, (true, observed), (read, put), (rows / chance, back), counts)
        _count_last((true, observed), rows * last / chance, counts)
    begun = (lead[:, None] * found[1][2][:, 0] / chance).sum(axis=1)
    whole, last, _ = found[0]
    ways = (whole * last / chance).sum(axis=2)
    ended = ways[:, m]
    ended[1:] += ways[:n, :m].sum(axis=1)
    _count_cuts(begun, ended[::-1], counts)
    counts.serials += pairs if n else 0


def _backward(channel: Channel, read: Reals, put: Reals, last: Reals) -> Reals:
    """Give what each forward sum [i, j, pairs] is multiplied by on its ways to the end."""
    rates, (rows, columns, _) = channel.rates, last.shape
    stay = 1.0 - rates.insertion
    plain = stay * (1.0 - rates.deletion - rates.transposition)
    back = last.copy()
    for i in range(rows - 1, -1, -1):
        if i + 1 < rows:
            back[i] += stay * rates.deletion * back[i + 1]
            back[i, :-1] += plain * read[i] * back[i + 1, 1:]
        if i + 2 < rows and columns > 2:
            both = read[i + 1, :-1] * read[i, 1:]
            back[i, :-2] += stay * rates.transposition * both * back[i + 2, 2:]
        for j in range(columns - 2, -1, -1):
            back[i, j] += put[j] * back[i, j + 1]
    return back


def _count_steps(
    channel: Channel,
    codes: tuple[Codes, Codes],
    chances: tuple[Reals, Reals],
    sums: tuple[Reals, Reals],
    counts: _Counts,
) -> None:
    """Count insertions, deletions, readings and swaps that have a next character."""
    rates, (read, put), (rows, back) = channel.rates, chances, sums
    (true, observed), stay = codes, 1.0 - channel.rates.insertion
    inserted = float((rows[:, :-1] * put * back[:, 1:]).sum())
    left_out = float((rows[:-1] * back[1:]).sum()) * stay * rates.deletion
    plain = stay * (1.0 - rates.deletion - rates.transposition)
    single = rows[:-1, :-1] * read * back[1:, 1:] * plain
    _count_readings(true, observed, single, counts)
    swapped = 0.0
    if min(read.shape[:2]) > 1:
        both = read[1:, :-1] * read[:-1, 1:] * stay * rates.transposition
        double = rows[:-2, :-2] * both * back[2:, 2:]
        _count_readings(true[:, 1:], observed[:, :-1], double, counts)
        _count_readings(true[:, :-1], observed[:, 1:], double, counts)
        swapped = float(double.sum())
    counts.insertions += inserted
    counts.deletions += left_out
    counts.reads += float(single.sum())
    counts.swaps += swapped
    counts.stays += left_out + float(single.sum()) + swapped


def _count_last(codes: tuple[Codes, Codes], ways: Reals, counts: _Counts) -> None:
    """Count the ends; a swap of the last character, which has no next, is a plain reading."""
    true, observed = codes
    n, m = ways.shape[0] - 1, ways.shape[1] - 1
    counts.stays += float(ways.sum())
    if n and m:
        fallen = ways[:n, :m]
        _count_readings(true, observed, fallen, counts)
        counts.swaps += float(fallen.sum())
        counts.stays += float(fallen.sum())
        counts.insertions += float((fallen.sum(axis=(0, 2)) * np.arange(m - 1, -1, -1)).sum())


def _count_readings(true: Codes, observed: Codes, weights: Reals, counts: _Counts) -> None:
    """Add weights [n, m, pairs] to the confusions, but for unreadable characters."""
    size = len(counts.confusion)
    cells = true.T[:, None, :].astype(np.int64) * (size + 1) + observed.T[None, :, :]
    sums = np.bincount(cells.ravel(), weights.ravel(), (size + 1) ** 2)
    counts.confusion += sums.reshape(size + 1, size + 1)[:size, :size]


def _count_cuts(begun: Reals, ended: Reals, counts: _Counts) -> None:
    """Count losses at the ends, [lost]: how many serials, further characters, and stops."""
    lost = begun + np.where(np.arange(len(ended)) > 0, ended, 0.0)
    counts.lead += float(begun.sum())
    counts.trail += float(ended[1:].sum())
    counts.further += float((lost[1:] * np.arange(len(lost) - 1)).sum())
    counts.stops += float(lost[1:-1].sum())


def _maximise(channel: Channel, prior: Prior, counts: _Counts) -> Channel:
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
