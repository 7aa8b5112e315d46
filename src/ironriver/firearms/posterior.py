"""P(gun r | query q): which gun of the registry is meant, or none of these, and why.

With prior pi that the gun stands in the registry, weights w_r (sum at most 1), channel likelihoods
L(q|r) and the density P0(q) of serials around q (a gun that is not a candidate bears q, errors and
all, with this chance):

    P(r | q) = pi w_r L(q|r) F_r / [sum over candidates of the same + (1 - pi sum of w) P0(q)]

F_r is the product of the likelihood ratios of other fields, P(field | same gun) / P(field |
another gun). Guns of the registry that were not made candidates count with the density P0, like
those that stand in no registry: an exact hit among ten million seven-digit numbers identifies
nothing. But where the search is complete up to some errors, a gun of the registry that it did not
find is read as q only with more errors than that: with the density B(q) of those, the last term is
(1 - pi) P0(q) + pi (1 - sum of w) B(q). The ratio of two hypotheses: Fellegi & Sunter (1969), JASA
64(328); Good (1950).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from ironriver.estimators.types import LogOdds, Probability


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one field says: its level ("exact", "alias", …) and the log likelihood ratio."""

    field: str
    level: str
    log_odds: LogOdds


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gun that may be meant, the log of L(q|r), and what other fields say."""

    gun: str
    log_likelihood: float
    contributions: tuple[Contribution, ...] = ()
    weight: float | None = None
    """Its share w_r of the prior; None is an even share of the registry."""
    level: str = "serial"
    """How its serial compares, in words, for the reasons."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A gun with its probability; the reasons add up to log P(gun) - log P(none of these)."""

    gun: str
    probability: Probability
    reasons: tuple[Contribution, ...]

    @property
    def against_none(self) -> LogOdds:
        """Give the log-odds of this gun against none of the candidates."""
        return LogOdds(_added([reason.log_odds.value for reason in self.reasons]))


@dataclass(frozen=True, slots=True)
class Posterior:
    """The candidates, likeliest first (ties by name), and the chance that it is none of them."""

    ranked: tuple[Ranked, ...]
    none: Probability


def posterior(
    candidates: Sequence[Candidate],
    registry_size: float,
    log_background: float,
    in_registry: Probability = Probability(0.5),  # noqa: B008 - a frozen value
    log_beyond: float | None = None,
) -> Posterior:
    """Give P(gun | query) for each candidate and for none of these; they sum to 1.

    `registry_size` counts guns, not records: duplicates would each take a share. `log_background`
    is log P0(q) over the same alphabet, and the same readable characters, as the likelihoods;
    `log_beyond` is log B(q), where the candidates are all that few errors could make.
    Names or weights that cannot be, and evidence for certain both ways, raise ValueError.

    >>> hit = Candidate("gun 7", math.log(0.868))
    >>> answer = posterior([hit], 1e7, math.log(1e-7), Probability(0.2))
    >>> round(answer.ranked[0].probability.value, 2)
    0.15
    """
    weights = _weights(candidates, registry_size)
    prior = in_registry.value
    rest, nothing = _of_none(prior, sum(weights), log_background, log_beyond)
    if log_beyond is not None:
        # What the reasons are measured against: the density of all that is no candidate.
        log_background = nothing - rest if rest > -math.inf else -math.inf
    reasons = [
        _reasons(candidate, _log(prior * weight) - rest, log_background)
        for candidate, weight in zip(candidates, weights, strict=True)
    ]
    # Against P0 = 0 or no other gun left, ratios are infinite: weigh the joint chances themselves.
    joint = [
        _added(
            [
                _log(prior * weight),
                candidate.log_likelihood,
                *(part.log_odds.value for part in candidate.contributions),
            ]
        )
        for candidate, weight in zip(candidates, weights, strict=True)
    ]
    total = float(logsumexp(np.array([*joint, nothing])))
    if not math.isfinite(total):
        raise ValueError("neither a candidate nor another gun can explain the query")
    ranked = [
        Ranked(candidate.gun, _share(chance, total), why)
        for candidate, chance, why in zip(candidates, joint, reasons, strict=True)
    ]
    ranked.sort(key=lambda one: (-one.probability.value, one.gun))
    return Posterior(tuple(ranked), _share(nothing, total))


def ball_volume(length: int, others: int, radius: int) -> int:
    """Count the strings within `radius` substitutions: sum over k of C(length, k) others^k.

    `others` is the alphabet less one, or how many look-alikes a character has.

    >>> ball_volume(7, 9, 1), ball_volume(7, 2, 1)
    (64, 15)
    """
    return sum(math.comb(length, k) * others**k for k in range(min(radius, length) + 1))


def random_hits(registry_size: float, volume: int, alphabet: int, length: int) -> float:
    """Give the expected number of unrelated serials within a ball: N V / alphabet^length."""
    return registry_size * volume / float(alphabet) ** length


def chance_of_random_hit(expected: float) -> Probability:
    """Give the chance of at least one unrelated serial: 1 - exp(-expected).

    >>> chance_of_random_hit(random_hits(1e6, 64, 10, 7))
    Probability(value=0.998338442726826)
    """
    return Probability(-math.expm1(-expected))


def _of_none(
    prior: float, shares: float, log_background: float, log_beyond: float | None
) -> tuple[float, float]:
    """Give log P(no candidate is meant), and the same with the query itself."""
    rest = math.log1p(-prior * shares) if prior * shares < 1.0 else -math.inf
    if log_background == math.inf or math.isnan(log_background) or log_beyond == math.inf:
        raise ValueError(f"a log density of {log_background} cannot be weighed")
    if log_beyond is None:
        return rest, rest + log_background
    held = _log(prior * max(1.0 - shares, 0.0)) + log_beyond
    return rest, float(np.logaddexp(_log(1.0 - prior) + log_background, held))


def _weights(candidates: Sequence[Candidate], registry_size: float) -> list[float]:
    """Give each candidate's share of the registry, checked."""
    if len({candidate.gun for candidate in candidates}) < len(candidates):
        raise ValueError("a gun is a candidate twice: its records share one weight")
    if candidates and not registry_size >= 1.0:
        raise ValueError(f"a registry of {registry_size} guns holds no candidate")
    weights = [
        1.0 / registry_size if candidate.weight is None else candidate.weight
        for candidate in candidates
    ]
    if any(not weight >= 0.0 for weight in weights) or sum(weights) > 1.0 + 1e-9:
        raise ValueError("prior weights must be at least 0 and add up to at most 1")
    return weights


def _reasons(candidate: Candidate, prior: float, background: float) -> tuple[Contribution, ...]:
    """Give the prior, the serial and the other fields as ratios against none of these."""
    serial = -math.inf
    if candidate.log_likelihood > -math.inf:
        serial = candidate.log_likelihood - background
    return (
        Contribution("prior", "in the registry", LogOdds(prior)),
        Contribution("serial", candidate.level, LogOdds(serial)),
        *candidate.contributions,
    )


def _added(logs: Sequence[float]) -> float:
    """Add log chances; what is impossible stays so, whatever speaks for it."""
    return -math.inf if -math.inf in logs else math.fsum(logs)


def _log(chance: float) -> float:
    return math.log(chance) if chance > 0.0 else -math.inf


def _share(chance: float, total: float) -> Probability:
    return Probability(min(math.exp(chance - total), 1.0))
