"""Shares of classes when only a classifier has seen the cases: its errors and its prior taken out.

Counting what a classifier says is biased wherever the shares differ from those it was taught with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.estimators.types import Interval, IntervalKind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_ROUNDS, _NEAR = 500, 1e-5


def adjusted_shares(
    posteriors: npt.ArrayLike,
    prior: npt.ArrayLike,
    *,
    strength: float = 0.0,
    weights: npt.ArrayLike | None = None,
    start: npt.ArrayLike | None = None,
    tolerance: float = 1e-7,
) -> Floats:
    """Give the shares under which the posteriors fit the cases best, shape (classes,).

    `posteriors` is (cases, classes), as judged with the shares `prior`. Expectation and
    maximisation in turn: p'(c|x) ~ p(c|x) s(c) / prior(c), then s(c) = mean of p'(c|x). Saerens,
    Latinne and Decaestecker (2002), Neural Computation 14, equations 2.9. With `strength` cases'
    worth of the prior added (a Dirichlet prior on the shares), few cases move them little.
    `weights` (cases,) count a case more than once. Begins with the shares `start` (by default the
    prior) and ends when no share moves by more than `tolerance`.

    >>> said = [[0.9, 0.1]] * 60 + [[0.1, 0.9]] * 40
    >>> adjusted_shares(said, [0.5, 0.5]).round(3).tolist()
    [0.625, 0.375]
    """
    chances, before = np.asarray(posteriors, dtype=float), np.asarray(prior, dtype=float)
    if chances.ndim != 2 or chances.shape[1] != len(before) or not (before > 0).all():
        raise ValueError("posteriors are (cases, classes), with a share above 0 for every class")
    times = np.ones(len(chances)) if weights is None else np.asarray(weights, dtype=float)
    ratios, shares = chances / before, before / before.sum()
    known = strength * shares
    if start is not None:
        shares = np.asarray(start, dtype=float)
    whole = times.sum() + strength
    if whole <= 0:
        return np.asarray(shares, dtype=np.float64)
    for _ in range(_ROUNDS):
        after = ratios * shares
        after /= np.maximum(after.sum(axis=1, keepdims=True), 1e-300)
        fresh = (times @ after + known) / whole
        moved = float(np.abs(fresh - shares).max())
        shares = fresh
        if moved < tolerance:
            break
    return np.asarray(shares, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class ClassShares:
    """Shares of classes with their intervals, one for each class; the shares add up to 1."""

    shares: Floats
    intervals: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """How far such shares were off where the truth was known, beside what chance draws explain.

    `spread` is the standard deviation of log(true share / given share), of each class or of all,
    that a classifier carries from the cases it learned on to others; `floor` is a share below which
    that is no matter of ratios any more and is counted as an absolute error of the same size.
    """

    spread: float | Floats
    floor: float = 0.02


def class_shares(
    posteriors: npt.ArrayLike,
    prior: npt.ArrayLike,
    clusters: npt.ArrayLike,
    *,
    transfer: Transfer,
    strength: float = 0.0,
    level: float = 0.95,
    draws: int = 200,
    seed: int = 1,
) -> ClassShares:
    """Give adjusted shares, with intervals for the classifier's error on these very cases.

    Cases of one cluster (integers, (cases,)) are drawn together, since a classifier errs on them
    together: each draw weighs clusters anew (Bayesian bootstrap, Rubin 1981, Annals of Statistics
    9), adjusts the shares, draws for every cluster its class from the adjusted posteriors, and
    scales the result by what `transfer` says of other cases. Quantiles of the draws are a credible
    interval.
    """
    chances, before = np.asarray(posteriors, dtype=float), np.asarray(prior, dtype=float)
    _, place = np.unique(np.asarray(clusters), return_inverse=True)
    place = place.ravel()
    count = int(place.max()) + 1 if len(place) else 0
    middle = adjusted_shares(chances, before, strength=strength)
    if not count:
        whole = Interval(0.0, 1.0, IntervalKind.CREDIBLE, level)
        return ClassShares(middle, (whole,) * len(before))
    dice = np.random.default_rng(seed)
    drawn = np.empty((draws, len(before)))
    for number in range(draws):
        weight = dice.exponential(size=count)[place]
        shares = adjusted_shares(
            chances, before, strength=strength, weights=weight * len(place) / weight.sum(),
            start=middle, tolerance=_NEAR,
        )  # fmt: skip
        drawn[number] = _scattered(
            dice, _chosen(dice, chances * (shares / before), place), transfer
        )
    low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2), axis=0)
    return ClassShares(
        middle,
        tuple(
            Interval(float(min(a, m)), float(max(b, m)), IntervalKind.CREDIBLE, level)
            for a, b, m in zip(low, high, middle, strict=True)
        ),
    )


def _chosen(dice: np.random.Generator, odds: Floats, place: Ints) -> Floats:
    """Draw a class for every case, one draw of chance for a whole cluster; give the shares."""
    steps = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    level = dice.random(int(place.max()) + 1)[place]
    named = (steps < level[:, None]).sum(axis=1).clip(max=odds.shape[1] - 1)
    counts = np.bincount(named, minlength=odds.shape[1])
    return np.asarray(counts / counts.sum(), dtype=np.float64)


def _scattered(dice: np.random.Generator, shares: Floats, transfer: Transfer) -> Floats:
    """Scatter shares by the error that a classifier carries to other cases."""
    step = dice.normal(0, transfer.spread, len(shares))
    moved = (shares + transfer.floor) * np.exp(step) - transfer.floor
    moved = np.clip(moved, 0, None)
    return np.asarray(moved / moved.sum(), dtype=np.float64)
