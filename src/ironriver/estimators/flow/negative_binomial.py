"""Negative binomial regression of counts (NB2), by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln, polygamma

Floats = npt.NDArray[np.float64]
_ROUNDS, _CLOSE = 200, 1e-12


@dataclass(frozen=True, slots=True)
class NegativeBinomial:
    """A fit: log mu = X beta (+ offset), variance mu + mu^2 / theta.

    `covariance` (K, K) of the coefficients is that of the expected information with theta given.
    """

    coefficients: Floats
    covariance: Floats
    theta: float
    theta_error: float
    twice_log_likelihood: float
    means: Floats


def negative_binomial(
    matrix: Floats, counts: Floats, offset: Floats | float = 0.0
) -> NegativeBinomial:
    """Fit counts (n,) on a design (n, K); `offset` is added to log mu (the log of an exposure).

    Coefficients by iteratively reweighted least squares and theta by Newton's method, in turn
    (Lawless 1987, Canadian Journal of Statistics 15; as MASS::glm.nb). ArithmeticError if they do
    not settle: counts that vary no more than a Poisson's have no theta.
    """
    means = counts + 0.5
    theta = _theta(counts, np.full(len(counts), counts.mean()), 1.0)
    before = -np.inf
    for _ in range(_ROUNDS):
        beta, means = _weighted(matrix, counts, offset, means, theta)
        theta = _theta(counts, means, theta)
        height = _likelihood(counts, means, theta)
        if abs(height - before) < _CLOSE * (1 + abs(height)):
            break
        before = height
    else:
        raise ArithmeticError("the negative binomial regression did not settle")
    weight = means / (1 + means / theta)
    covariance = np.asarray(np.linalg.inv(matrix.T @ (weight[:, None] * matrix)), np.float64)
    error = 1 / np.sqrt(-_curvature(counts, means, theta))
    return NegativeBinomial(beta, covariance, theta, float(error), 2 * height, means)


def _weighted(
    matrix: Floats, counts: Floats, offset: Floats | float, means: Floats, theta: float
) -> tuple[Floats, Floats]:
    beta: Floats = np.zeros(matrix.shape[1])
    for _ in range(_ROUNDS):
        weight = means / (1 + means / theta)
        target = np.log(means) - offset + (counts - means) / means
        scaled = matrix * weight[:, None]
        found = np.asarray(np.linalg.solve(scaled.T @ matrix, scaled.T @ target), np.float64)
        means = np.exp(matrix @ found + offset)
        if np.abs(found - beta).max() < 1e-12:
            break
        beta = found
    return found, means


def _theta(counts: Floats, means: Floats, start: float) -> float:
    theta = start
    for _ in range(_ROUNDS):
        slope = (
            digamma(theta + counts) - digamma(theta) + np.log(theta) + 1
            - np.log(theta + means) - (counts + theta) / (means + theta)
        ).sum()  # fmt: skip
        step = slope / _curvature(counts, means, theta)
        # Newton's step may leave the positive numbers: then halve instead.
        theta = theta - step if step < theta else theta / 2
        if abs(step) < 1e-12 * theta:
            return float(theta)
        if theta > 1e7:
            break
    raise ArithmeticError("the counts vary no more than a Poisson's: there is no theta")


def _curvature(counts: Floats, means: Floats, theta: float) -> float:
    return float(
        (
            polygamma(1, theta + counts) - polygamma(1, theta) + 1 / theta
            - 2 / (means + theta) + (counts + theta) / (means + theta) ** 2
        ).sum()
    )  # fmt: skip


def _likelihood(counts: Floats, means: Floats, theta: float) -> float:
    return float(
        (
            gammaln(theta + counts) - gammaln(theta) - gammaln(counts + 1)
            + theta * np.log(theta) + counts * np.log(means)
            - (theta + counts) * np.log(theta + means)
        ).sum()
    )  # fmt: skip
