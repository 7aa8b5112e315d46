"""How well judgements, rankings and probabilities agree with a known truth.

Clusterings come as one label for each item (whole numbers or texts, compared for equality only);
rankings and probabilities as a score and a 0/1 label for each item. A ratio with nothing under it
is NaN. Equal scores are never put in an order: each measure takes its mean over all orders, so
that no result hangs on how the rows happened to be sorted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Values = npt.ArrayLike
_Floats = npt.NDArray[np.float64]
_Whole = npt.NDArray[np.int64]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """Precision and recall with the counts they come from, where they come from counts."""

    precision: float
    recall: float
    correct: int | None = None
    given: int | None = None
    true: int | None = None

    @property
    def f1(self) -> float:
        """The harmonic mean, 2 x correct / (given + true); NaN where nothing is given nor true."""
        if self.correct is not None and self.given is not None and self.true is not None:
            return _ratio(2 * self.correct, self.given + self.true)
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def precision_recall(correct: int, given: int, true: int) -> PrecisionRecall:
    """Turn counts of things given, of things true and of things both into shares.

    >>> precision_recall(correct=2, given=4, true=8).f1
    0.3333333333333333
    """
    return PrecisionRecall(_ratio(correct, given), _ratio(correct, true), correct, given, true)


@dataclass(frozen=True, slots=True)
class _Contingency:
    """How many items each pair of a given and a true cluster share; clusters by code."""

    shared: _Whole
    given: _Whole
    true: _Whole
    given_sizes: _Whole
    true_sizes: _Whole


def _contingency(given: Values, true: Values) -> _Contingency:
    left, right = np.asarray(given), np.asarray(true)
    if left.shape != right.shape or left.ndim != 1:
        raise ValueError(f"labels of {left.shape} and {right.shape} items cannot be compared")
    _, left_codes, left_sizes = np.unique(left, return_inverse=True, return_counts=True)
    _, right_codes, right_sizes = np.unique(right, return_inverse=True, return_counts=True)
    joint = left_codes.astype(np.int64) * max(len(right_sizes), 1) + right_codes
    cells, shared = np.unique(joint, return_counts=True)
    rows, columns = np.divmod(cells, max(len(right_sizes), 1))
    return _Contingency(shared, rows, columns, left_sizes, right_sizes)


def _pairs(sizes: _Whole) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def pair_score(given: Values, true: Values) -> PrecisionRecall:
    """Score pairs of items put together, without listing a pair: n (n - 1) / 2 for each cell.

    >>> score = pair_score(["a", "a", "a", "b"], [1, 1, 2, 2])
    >>> score.correct, score.given, score.true
    (1, 3, 2)
    """
    table = _contingency(given, true)
    return precision_recall(
        _pairs(table.shared), _pairs(table.given_sizes), _pairs(table.true_sizes)
    )


def b_cubed(given: Values, true: Values) -> PrecisionRecall:
    """Average over items the purity of their cluster and the share of their true cluster found.

    Bagga and Baldwin (1998), "Entity-based cross-document coreferencing using the vector space
    model": precision = 1/n sum n_ij^2 / n_i., recall = 1/n sum n_ij^2 / n_.j.
    """
    table = _contingency(given, true)
    items = int(table.shared.sum())
    squares = table.shared.astype(np.float64) ** 2
    precision = float((squares / table.given_sizes[table.given]).sum())
    recall = float((squares / table.true_sizes[table.true]).sum())
    return PrecisionRecall(_ratio(precision, items), _ratio(recall, items))


def adjusted_rand_index(given: Values, true: Values) -> float:
    """Agreement of two clusterings, 0 at chance and 1 at equality.

    Hubert and Arabie (1985), "Comparing partitions", equation 5. Two clusterings that chance
    could not tell apart (all alone, or all together) agree: 1.

    >>> adjusted_rand_index([0, 0, 1, 2], [0, 0, 1, 1])
    0.5714285714285714
    """
    table = _contingency(given, true)
    together, left, right = map(_pairs, (table.shared, table.given_sizes, table.true_sizes))
    everything = _pairs(table.shared.sum(keepdims=True))
    # Both sides of the fraction times 2 x all pairs: whole numbers, so nothing is rounded away.
    gain = 2 * (together * everything - left * right)
    widest = everything * (left + right) - 2 * left * right
    return gain / widest if widest else 1.0


def _checked(scores: Values, labels: Values) -> tuple[_Floats, _Floats]:
    values = np.asarray(scores, dtype=np.float64)
    truth = np.asarray(labels, dtype=np.float64)
    if values.shape != truth.shape or values.ndim != 1:
        raise ValueError(f"{values.shape} scores do not fit {truth.shape} labels")
    if np.isnan(values).any() or not np.isin(truth, (0.0, 1.0)).all():
        raise ValueError("scores must be numbers and labels 0 or 1")
    return values, truth


def _ties(scores: _Floats, labels: _Floats) -> tuple[_Whole, _Floats]:
    """Give sizes and hits of the groups of equal scores, best first."""
    _, group, sizes = np.unique(-scores, return_inverse=True, return_counts=True)
    hits = np.bincount(group, weights=labels, minlength=len(sizes)).astype(np.float64)
    return sizes.astype(np.int64), hits


def average_precision(scores: Values, labels: Values) -> float:
    """Sum over thresholds of the gain in recall times the precision there; NaN without hits.

    >>> round(average_precision([0.9, 0.8, 0.7], [1, 0, 1]), 4)
    0.8333
    """
    sizes, hits = _ties(*_checked(scores, labels))
    found = hits.cumsum()
    return _ratio(float((hits * found / sizes.cumsum()).sum()), float(hits.sum()))


def auc(scores: Values, labels: Values) -> float:
    """Probability that a hit scores above a miss, ties counted half (Mann and Whitney 1947).

    >>> auc([0.9, 0.8, 0.8, 0.1], [1, 1, 0, 0])
    0.875
    """
    values, truth = _checked(scores, labels)
    hits, misses = float(truth.sum()), float((1 - truth).sum())
    above = float(rankdata(values)[truth == 1.0].sum()) - hits * (hits + 1) / 2
    return _ratio(above, hits * misses)


def _expected_labels(values: _Floats, truth: _Floats) -> _Floats:
    """Give labels best first, each as the mean of its group of equal scores.

    McSherry and Najork (2008), "Computing information retrieval performance measures efficiently
    in the presence of tied scores".
    """
    sizes, hits = _ties(values, truth)
    return np.repeat(hits / sizes, sizes)


def precision_at(scores: Values, labels: Values, k: int) -> float:
    """Share of hits among the first k; of fewer items than k, the share of hits among them.

    >>> precision_at([0.9, 0.8, 0.7], [1, 0, 1], 2)
    0.5
    """
    expected = _expected_labels(*_checked(scores, labels))[:k]
    return _ratio(float(expected.sum()), len(expected))


def recall_at(scores: Values, labels: Values, k: int) -> float:
    """Share of all hits that are among the first k; NaN without hits.

    >>> recall_at([0.9, 0.8, 0.7], [1, 0, 1], 2)
    0.5
    """
    values, truth = _checked(scores, labels)
    found = float(_expected_labels(values, truth)[:k].sum())
    return _ratio(found, float(truth.sum()))


def lift_at(scores: Values, labels: Values, k: int) -> float:
    """How many times more hits the first k hold than as many drawn at random; NaN without hits."""
    _, truth = _checked(scores, labels)
    return _ratio(precision_at(scores, labels, k), float(truth.mean()) if len(truth) else 0.0)


def log_loss(probabilities: Values, labels: Values) -> float:
    """Mean negative log of the probability of what happened; infinite if one was ruled out."""
    values, truth = _probabilities(probabilities, labels)
    said = np.where(truth == 1.0, values, 1 - values)
    with np.errstate(divide="ignore"):
        return _ratio(-float(np.log(said).sum()), len(values))


def ndcg_at(scores: Values, labels: Values, k: int) -> float:
    """Discounted gain of the first k over the best possible; NaN without hits.

    Järvelin and Kekäläinen (2002), gain 1 for a hit, discount 1 / log2(1 + rank).
    """
    values, truth = _checked(scores, labels)
    discounts = 1.0 / np.log2(np.arange(2, min(k, len(values)) + 2))
    gain = float((_expected_labels(values, truth)[:k] * discounts).sum())
    return _ratio(gain, float(discounts[: int(truth.sum())].sum()))


def brier(probabilities: Values, labels: Values) -> float:
    """Mean squared distance of probabilities from what happened (Brier 1950)."""
    values, truth = _probabilities(probabilities, labels)
    return _ratio(float(((values - truth) ** 2).sum()), len(values))


def _probabilities(probabilities: Values, labels: Values) -> tuple[_Floats, _Floats]:
    values, truth = _checked(probabilities, labels)
    if len(values) and not (values.min() >= 0.0 and values.max() <= 1.0):
        raise ValueError("probabilities lie between 0 and 1")
    return values, truth


@dataclass(frozen=True, slots=True)
class Bin:
    """Items of like probability: what was said on average, and what share happened."""

    low: float
    high: float
    items: int
    said: float
    happened: float


def reliability(
    probabilities: Values, labels: Values, bins: int = 10, *, equal_mass: bool = True
) -> tuple[Bin, ...]:
    """Hold probabilities against what happened, in bins of like size or of like width.

    Bins without items are left out; `low` and `high` are the least and greatest probability in a
    bin. Bins of like width are closed on the left, the last on both sides.

    >>> [(each.items, each.happened) for each in reliability([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 2)]
    [(2, 0.0), (2, 1.0)]
    """
    values, truth = _probabilities(probabilities, labels)
    happened = _expected_labels(-values, truth)
    ordered = np.sort(values)
    if equal_mass:
        parts = np.array_split(np.arange(len(ordered)), bins)
    else:
        inner = np.searchsorted(ordered, np.arange(1, bins) / bins, side="left")
        parts = np.split(np.arange(len(ordered)), inner)
    return tuple(_bin(ordered[part], happened[part]) for part in parts if len(part))


def _bin(values: _Floats, happened: _Floats) -> Bin:
    low, high = float(values[0]), float(values[-1])
    return Bin(low, high, len(values), float(values.mean()), float(happened.mean()))


def calibration_error(table: tuple[Bin, ...]) -> float:
    """Mean distance of what was said from what happened, bins weighed by their items (ECE).

    Naeini, Cooper and Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian
    binning"; with bins of equal mass, Nixon et al. (2019), "Measuring calibration".
    """
    gaps = sum(each.items * abs(each.said - each.happened) for each in table)
    return _ratio(gaps, sum(each.items for each in table))
