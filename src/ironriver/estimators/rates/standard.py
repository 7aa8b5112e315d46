"""Observed counts against those expected from what each dealer or place sells or holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import pdtr, pdtrc
from scipy.stats import chi2

from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

Floats = npt.NDArray[np.float64]

RATE_PITFALLS = (
    Remark(
        mark(
            "No sales volume is public: what is expected rests on stand-ins such as background "
            "checks, and an error in it looks like an excess."
        )
    ),
    Remark(
        mark(
            "Recoveries follow where police look and trace: an excess may be theirs and not the "
            "dealer's."
        )
    ),
    Remark(
        mark(
            "An excess is no finding about a person: it says which records to read, and chance "
            "alone gives some."
        )
    ),
)


def expected(exposure: npt.ArrayLike, observed: npt.ArrayLike) -> Floats:
    """Give the counts expected if every unit had the common rate of each stratum.

    `exposure` and `observed` are (units, strata): indirect standardisation, E_i = sum_s x_is O_s /
    X_s (Breslow and Day 1987, volume II, section 2.3). The sums of O and E agree. Shape (units,).

    >>> expected([[10.0, 0.0], [10.0, 20.0]], [[3, 0], [1, 5]]).tolist()
    [2.0, 7.0]
    """
    volume, seen = np.asarray(exposure, dtype=float), np.asarray(observed, dtype=float)
    whole = volume.sum(axis=0)
    rate = np.divide(seen.sum(axis=0), whole, out=np.zeros(len(whole)), where=whole > 0)
    return np.asarray(volume @ rate, dtype=np.float64)


def ratio(observed: float, expected_count: float, level: float = 0.95) -> Interval:
    """Give the exact confidence interval of O / E for a Poisson count.

    chi2(alpha/2; 2 O) / 2 E to chi2(1 - alpha/2; 2 O + 2) / 2 E. Garwood (1936), Biometrika 28.

    >>> found = ratio(16, 4.2)
    >>> round(found.low, 4), round(found.high, 4)
    (2.1775, 6.1864)
    """
    if not (observed >= 0 and expected_count > 0):
        raise ValueError(f"observed {observed}, expected {expected_count}: no such counts")
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * observed) / 2 if observed else 0.0
    high = chi2.isf(tail, 2 * observed + 2) / 2
    return Interval(
        float(low / expected_count), float(high / expected_count), IntervalKind.CONFIDENCE, level
    )


def at_least(observed: npt.ArrayLike, expected_counts: npt.ArrayLike) -> Floats:
    """Give P(X >= O) for Poisson counts of these expectations."""
    seen, mean = np.asarray(observed, dtype=float), np.asarray(expected_counts, dtype=float)
    return np.asarray(np.where(seen > 0, pdtrc(np.maximum(seen - 1, 0), mean), 1.0))


def mid_p(observed: npt.ArrayLike, expected_counts: npt.ArrayLike) -> Floats:
    """Give P(X > O) + P(X = O) / 2: uniform on average where exact tails are too cautious.

    Lancaster (1961), JASA 56.
    """
    seen, mean = np.asarray(observed, dtype=float), np.asarray(expected_counts, dtype=float)
    return np.asarray((at_least(seen, mean) + pdtrc(seen, mean)) / 2)


def false_discoveries(
    p_values: Sequence[float] | Floats, rate: float = 0.05
) -> npt.NDArray[np.bool_]:
    """Mark the p-values to act on so that at most this share of them is expected to be chance.

    Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57.

    >>> false_discoveries([0.01, 0.02, 0.03, 0.5], 0.05).tolist()
    [True, True, True, False]
    """
    values = np.asarray(p_values, dtype=float)
    order = np.argsort(values)
    passed = np.flatnonzero(values[order] <= rate * np.arange(1, len(values) + 1) / len(values))
    marked = np.zeros(len(values), dtype=bool)
    if passed.size:
        marked[order[: passed[-1] + 1]] = True
    return marked


def below(observed: npt.ArrayLike, expected_counts: npt.ArrayLike) -> Floats:
    """Give P(X <= O) for Poisson counts of these expectations."""
    return np.asarray(pdtr(np.asarray(observed, float), np.asarray(expected_counts, float)))
