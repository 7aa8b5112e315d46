"""Whether chains of a sampler agree: rank-normalised split R-hat and effective sample size.

Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), "Rank-normalization, folding, and
localization: an improved R-hat", Bayesian Analysis 16.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from ironriver.estimators.population.lists import Floats


def split(chains: Floats) -> Floats:
    """Cut each chain (chains, draws) into two halves, so that a drift shows as disagreement.

    >>> split(np.array([[1.0, 2.0, 3.0, 4.0, 5.0]])).tolist()
    [[1.0, 2.0], [4.0, 5.0]]
    """
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def ranked(chains: Floats) -> Floats:
    """Replace draws by normal scores of their ranks over all chains (their equation 14)."""
    ranks = rankdata(chains, axis=None).reshape(chains.shape)
    return np.asarray(ndtri((ranks - 0.375) / (chains.size + 0.25)), dtype=np.float64)


def _ratio(chains: Floats) -> float:
    draws = chains.shape[1]
    within = chains.var(axis=1, ddof=1).mean()
    between = draws * chains.mean(axis=1).var(ddof=1)
    if within == 0.0:
        return 1.0 if between == 0.0 else np.inf
    return float(np.sqrt(((draws - 1) / draws * within + between / draws) / within))


def r_hat(chains: Floats) -> float:
    """Give the greater of the rank-normalised split R-hats of the draws and of their distances.

    `chains` is (chains, draws); 1 means that all halves look alike. Their section 4.1.
    """
    halves = split(np.asarray(chains, dtype=np.float64))
    folded = np.abs(halves - np.median(halves))
    return max(_ratio(ranked(halves)), _ratio(ranked(folded)))


def effective_size(chains: Floats) -> float:
    """Give how many independent draws the rank-normalised chains are worth (bulk ESS).

    Autocorrelations over all halves, summed by Geyer's initial monotone positive pairs; their
    equations 10 to 13.
    """
    halves = ranked(split(np.asarray(chains, dtype=np.float64)))
    number, draws = halves.shape
    centred = halves - halves.mean(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(centred, n=2 * draws, axis=1)) ** 2
    covariance = np.fft.irfft(spectrum, axis=1)[:, :draws] / draws
    within = covariance[:, 0].mean() * draws / (draws - 1)
    pooled = within * (draws - 1) / draws + halves.mean(axis=1).var(ddof=1)
    if pooled == 0.0:
        return float(number * draws)
    correlation = 1 - (within - covariance.mean(axis=0)) / pooled
    correlation[0] = 1.0
    pairs = correlation[: draws // 2 * 2].reshape(-1, 2).sum(axis=1)
    end = int(np.argmax(pairs < 0)) if (pairs < 0).any() else len(pairs)
    kept = np.minimum.accumulate(pairs[:end])
    length = max(-1 + 2 * float(kept.sum()), 1 / np.log10(number * draws))
    return float(number * draws / length)
