"""Gibbs sampler for latent classes of individuals, several chains at once.

Manrique-Vallier (2016), "Bayesian population size estimation using Dirichlet process mixtures",
Biometrics 72 (LCMCR). Individuals belong to one of K classes; within a class the lists are
independent: list j holds one of class k with probability lambda_jk ~ Beta(1, 1). Class weights
break a stick, V_k ~ Beta(1, a), a ~ Gamma(1/4, 1/4); p(N) is 1/N.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from ironriver.estimators.population.lists import Floats, Ints, patterns

CLASSES = 10
_SHAPE, _RATE = 0.25, 0.25
_TINY = 1e-12
_PASSES = 2
_FLOOR = -600.0


@dataclass(slots=True)
class State:
    """Where R chains stand: capture (R, J, K), log_weights (R, K), the other two (R,)."""

    capture: Floats
    log_weights: Floats
    unseen: Ints
    concentration: Floats


class Sampler:
    """Chains that each draw from the posterior of one table.

    `counts` (R, 2**lists - 1) is the table of each chain, so that chains of many tables of as many
    lists can run side by side.
    """

    def __init__(self, counts: Ints, lists: int, seed: int, classes: int = CLASSES) -> None:
        kept = counts.any(axis=0)
        self.seen = patterns(lists)[1:].astype(float)[kept]
        self.counts = counts[:, kept]
        self.observed = self.counts.sum(axis=1)
        self.dice = np.random.default_rng(seed)
        self.state = self._start(lists, classes)

    def _start(self, lists: int, classes: int) -> State:
        """Start chains far apart in what they hide: captures from nearly never to often.

        Weights fall from the first class on, as a broken stick's do; a chain whose great class
        starts as the last one may stay with that unlikely order for tens of thousands of draws.
        """
        chains = len(self.counts)
        level = self.dice.uniform(-4.0, 0.5, (chains, 1, classes))
        level = level + self.dice.normal(0, 0.5, (chains, lists, classes))
        falling = -np.arange(classes) * self.dice.uniform(0.5, 3.0, (chains, 1))
        log_weights = falling - np.log(np.exp(falling).sum(axis=1, keepdims=True))
        concentration = self.dice.uniform(0.05, 0.5, chains)
        return State(1 / (1 + np.exp(-level)), log_weights, self.observed.copy(), concentration)

    def sweep(self) -> Ints:
        """Draw everything once, and give the number unseen in each chain."""
        state = self.state
        log_in, log_out = np.log(state.capture), np.log1p(-state.capture)
        nobody = log_out.sum(axis=1) + state.log_weights
        held = self.dice.multinomial(
            self.counts, _shares(self.seen @ (log_in - log_out) + nobody[:, None, :])
        )
        missed = np.clip(np.exp(nobody).sum(axis=1), _TINY, 1 - _TINY)
        state.unseen = self.dice.negative_binomial(self.observed, 1 - missed)
        lost = self.dice.multinomial(state.unseen, _shares(nobody))
        order = self._reorder(held.sum(axis=1) + lost)
        held = np.take_along_axis(held, order[:, None, :], axis=2)
        lost = np.take_along_axis(lost, order, axis=1)
        self._draw_capture(held, lost)
        self._draw_weights(held.sum(axis=1) + lost)
        return state.unseen

    def _reorder(self, sizes: Ints) -> Ints:
        """Let neighbouring classes change places, the stick integrated out.

        Sizes x, y with z in later classes change places at odds (a + y + z) / (a + x + z): all
        other terms of the two beta functions are alike. Without this chains keep an unlikely order
        of the classes for very long (Papaspiliopoulos and Roberts 2008, Biometrika 95, section
        3.4). Gives the new order, shape (R, K).
        """
        chains, classes = sizes.shape
        order = np.tile(np.arange(classes), (chains, 1))
        rate = self.state.concentration[:, None]
        for turn in range(_PASSES):
            first = np.arange(turn % 2, classes - 1, 2)
            second, left, right = first + 1, sizes[:, first], sizes[:, first + 1]
            later = sizes[:, ::-1].cumsum(axis=1)[:, ::-1][:, second] - right
            gain = np.log(rate + right + later) - np.log(rate + left + later)
            if classes - 1 in second:
                gain[:, -1] = _last_gain(left[:, -1], right[:, -1], rate[:, 0])
            swap = np.log(self.dice.random(gain.shape)) < gain
            for each in (sizes, order):
                one, other = each[:, first], each[:, second]
                each[:, first] = np.where(swap, other, one)
                each[:, second] = np.where(swap, one, other)
        return order

    def _draw_capture(self, held: Ints, lost: Ints) -> None:
        caught = np.matmul(self.seen.T, held)
        free = (held.sum(axis=1) + lost)[:, None, :] - caught
        drawn = self.dice.beta(caught + 1.0, free + 1.0)
        self.state.capture = np.clip(drawn, _TINY, 1 - _TINY)

    def _draw_weights(self, sizes: Ints) -> None:
        """Draw the stick in logs: 1 - V is often far below what a double beside 1 can hold.

        Cut off there, the concentration comes out too great and N too high (New Orleans: mean 906
        in place of 869).
        """
        state = self.state
        later = sizes[:, ::-1].cumsum(axis=1)[:, ::-1] - sizes
        shape = state.concentration[:, None] + later[:, :-1]
        log_first = np.log(self.dice.gamma(1.0 + sizes[:, :-1]))
        spare = np.log(1 - self.dice.random(shape.shape)) / shape
        log_rest = np.log(self.dice.gamma(shape + 1.0)) + spare
        whole = np.logaddexp(log_first, log_rest)
        left = np.cumsum(log_rest - whole, axis=1)
        log_weights = np.zeros(sizes.shape)
        log_weights[:, :-1] = log_first - whole
        log_weights[:, 1:] += left
        state.log_weights = np.maximum(log_weights, _FLOOR)
        drawn = self.dice.gamma(_SHAPE - 1 + sizes.shape[1], 1 / (_RATE - left[:, -1]))
        state.concentration = np.maximum(drawn, 1e-8)


def _last_gain(left: Ints, right: Ints, rate: Floats) -> Floats:
    """Give what the last two classes gain by changing places; the last one has no stick."""
    swapped = gammaln(1.0 + right) + gammaln(rate + left)
    return np.asarray(swapped - gammaln(1.0 + left) - gammaln(rate + right))


def _shares(height: Floats) -> Floats:
    """Turn logs into shares that add up to one."""
    part = np.exp(height - height.max(axis=-1, keepdims=True))
    return np.asarray(part / part.sum(axis=-1, keepdims=True), dtype=np.float64)
