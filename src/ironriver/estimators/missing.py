"""A share among all, where only some were determined, if alike ones are determined alike.

The assumption (missing at random): among units with the same features x, those determined and
those not have the trait equally often. It cannot be tested with the data themselves.

Write M for all units, D = 1 for the determined, y for the trait (known if D = 1), m(x) for the
share with the trait and e(x) for the share determined among units like x.

- by groups: theta = sum_g (M_g / M) p_g. Groups in which nothing was determined are left open:
  anything from none to all of them may have the trait, and the answer is bounds.
- doubly robust (AIPW): theta = 1/M sum [m(x) + D / e(x) (y - m(x))]; right if m or e is. Robins,
  Rotnitzky & Zhao (1994), J. Am. Statist. Assoc. 89(427); Chernozhukov et al. (2018), Econometrics
  Journal 21(1), on fitting m and e on other units than they are used for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.estimators.bounds import critical_value
from ironriver.estimators.types import Interval, IntervalKind

Reals = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
_STEPS = 50
_PENALTY = 1.0
_FOLDS = 5
# No unit speaks for more than so many others; where the cap binds, the answer says so.
SMALLEST_CHANCE = 0.02


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A share if alike units are determined alike: the bounds, and a confidence interval.

    `low` and `high` differ only by what is left `open` (units, as a share of all). `determined`
    counts units that speak for the others; `capped` is the share of them whose chance of being
    determined is so small that it was raised.
    """

    low: float
    high: float
    interval: Interval
    determined: int
    open: float = 0.0
    capped: float = 0.0


def by_groups(
    trait: npt.ArrayLike, determined: npt.ArrayLike, groups: Sequence[object], level: float = 0.95
) -> Adjusted:
    """Estimate the share with groups of alike units; one entry of each argument for each unit.

    `trait` counts only where `determined` holds. The interval is Imbens and Manski's around the
    bounds; its standard error is that of the post-stratified mean given the sizes of the groups
    (Holt & Smith 1979), each group's variance with one unit of each kind added, so that a group of
    two that agree does not claim to be certain. ValueError if nothing was determined.
    """
    known, has = np.asarray(determined, dtype=bool), np.asarray(trait, dtype=float)
    if not known.any():
        raise ValueError("nothing was determined")
    numbers: dict[object, int] = {}
    of = np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.int64)
    size = np.bincount(of, minlength=len(numbers)).astype(float)
    seen = np.bincount(of, known, minlength=len(numbers))
    yes = np.bincount(of, np.where(known, has, 0.0), minlength=len(numbers))
    weight = size / size.sum()
    told = seen > 0
    share = np.divide(yes, seen, out=np.zeros_like(yes), where=told)
    smoothed = (yes + 1) / (seen + 2)
    # What was determined is known; only the rest of a group is inferred.
    rest = 1 - seen / size
    variance = (weight * rest) ** 2 * smoothed * (1 - smoothed) / np.maximum(seen, 1)
    low = float(weight[told] @ share[told])
    open_part = float(weight[~told].sum())
    return _around(low, low + open_part, float(np.sqrt(variance[told].sum())), level,
                   int(known.sum()), open_part, 0.0)  # fmt: skip


def doubly_robust(
    trait: npt.ArrayLike, determined: npt.ArrayLike, features: npt.ArrayLike, level: float = 0.95
) -> Adjusted:
    """Estimate the share with a model of the trait and one of being determined.

    `features` has one row for each unit. Both models are logistic with a ridge penalty, fitted on
    four fifths of the units and used on the last fifth, in turn. The interval is the normal one of
    the influence function. ValueError unless units were determined both with and without the trait.
    """
    known, has = np.asarray(determined, dtype=bool), np.asarray(trait, dtype=float)
    table = np.asarray(features, dtype=float)
    if len(set(has[known].tolist())) < 2:
        raise ValueError("needs determined units with and without the trait")
    shares, chances = np.empty(len(known)), np.empty(len(known))
    fold = np.arange(len(known)) % _FOLDS
    for each in range(_FOLDS):
        here, others = fold == each, fold != each
        speaks = others & known
        if len(set(has[speaks].tolist())) < 2:
            speaks = known
        shares[here] = predict(fit(table[speaks], has[speaks]), table[here])
        chances[here] = predict(fit(table[others], known[others].astype(float)), table[here])
    small = chances < SMALLEST_CHANCE
    chances = np.maximum(chances, SMALLEST_CHANCE)
    each_one = shares + np.where(known, (has - shares) / chances, 0.0)
    share = min(1.0, max(0.0, float(each_one.mean())))
    error = float(each_one.std(ddof=1) / np.sqrt(len(each_one)))
    capped = float(small[known].mean())
    return _around(share, share, error, level, int(known.sum()), 0.0, capped)


def _around(
    low: float, high: float, error: float, level: float, known: int, left: float, capped: float
) -> Adjusted:
    """Put a confidence interval around bounds that have one standard error."""
    high = min(1.0, high)
    gap = (high - low) / error if error else 0.0
    c = critical_value(gap, level)
    ends = Interval(
        max(0.0, low - c * error), min(1.0, high + c * error), IntervalKind.CONFIDENCE, level
    )
    return Adjusted(low, high, ends, known, left, capped)


def fit(features: Reals, outcome: Reals) -> Reals:
    """Fit a logistic regression with a ridge penalty on all but the intercept (Newton's steps).

    Gives the coefficients, the intercept first. le Cessie & van Houwelingen (1992), Applied
    Statistics 41(1).
    """
    table = np.column_stack([np.ones(len(features)), features])
    penalty = np.full(table.shape[1], _PENALTY)
    penalty[0] = 1e-9
    found = np.zeros(table.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(table @ found, -30, 30)))
        slope = table.T @ (outcome - chance) - penalty * found
        bend = (table.T * (chance * (1 - chance) + 1e-9)) @ table + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        # A step of more than this overshoots where the traits almost separate the units.
        found = found + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-10:
            break
    return found


def predict(coefficients: Reals, features: Reals) -> Reals:
    """Give the chances that a fitted logistic regression gives."""
    line = coefficients[0] + features @ coefficients[1:]
    return np.asarray(1 / (1 + np.exp(-np.clip(line, -30, 30))), dtype=float)


def indicators(columns: Sequence[Sequence[object]], smallest: int = 5) -> Reals:
    """Write categories as columns of 0 and 1; values on fewer than `smallest` units share one.

    The most common value of each column is left out, as the base of comparison.
    """
    made: list[Reals] = []
    for column in columns:
        values = np.array([str(value) for value in column])
        names, counts = np.unique(values, return_counts=True)
        common = names[counts >= smallest]
        kept = np.where(np.isin(values, common), values, "")
        names, counts = np.unique(kept, return_counts=True)
        base = names[int(counts.argmax())]
        made += [(kept == name).astype(float) for name in names if name != base]
    length = len(columns[0]) if columns else 0
    return np.column_stack(made) if made else np.zeros((length, 0))
