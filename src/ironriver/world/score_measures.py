"""The same measures in the same words for every part of a score."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ironriver.estimators import metrics
from ironriver.estimators.metrics import PrecisionRecall
from ironriver.world.score_tables import numbers

Result = dict[str, Any]
Codes = npt.NDArray[np.int64]
_FEWEST = 20


def share(part: float, whole: float) -> float | None:
    """Give a share, None of nothing.

    >>> share(1, 4), share(0, 0)
    (0.25, None)
    """
    return part / whole if whole else None


def told(score: PrecisionRecall) -> Result:
    """Give precision, recall and F1, with their counts where there are any."""
    result: Result = {"precision": score.precision, "recall": score.recall, "f1": score.f1}
    if score.given is not None:
        result |= {"given": score.given, "true": score.true, "correct": score.correct}
    return plain(result)


def plain(result: Result) -> Result:
    """Turn what is no number into None, at any depth.

    >>> plain({"f1": math.nan, "bins": [1.0]})
    {'f1': None, 'bins': [1.0]}
    """
    return {key: _plain(value) for key, value in result.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401  (JSON)
    if isinstance(value, dict):
        return plain(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def agreement(given: Codes, true: Codes) -> Result:
    """Score one clustering against another: pairs, B-cubed and the adjusted Rand index."""
    return plain(
        {
            "items": len(given),
            "pairs": told(metrics.pair_score(given, true)),
            "b_cubed": told(metrics.b_cubed(given, true)),
            "adjusted_rand_index": metrics.adjusted_rand_index(given, true),
        }
    )


def between(
    given: Codes, true: Codes, left: npt.NDArray[np.bool_], right: npt.NDArray[np.bool_]
) -> Result:
    """Score only pairs of one item from each side: all pairs less those within a side."""
    both, one, other = (
        metrics.pair_score(given[side], true[side]) for side in (left | right, left, right)
    )
    counts = [
        (getattr(both, name) or 0) - (getattr(one, name) or 0) - (getattr(other, name) or 0)
        for name in ("correct", "given", "true")
    ]
    return told(metrics.precision_recall(*counts))


def calibration(said: pa.ChunkedArray, happened: pa.ChunkedArray) -> Result:
    """Hold stated probabilities against what was so; rows that state none are left out.

    Ten bins of equal mass; below 20 rows a table would show only chance, and none is given.
    """
    values = numbers(said)
    labels = numbers(happened.cast(pa.float64()))
    known = ~np.isnan(values) & ~np.isnan(labels)
    values, labels = values[known], labels[known]
    if len(values) < _FEWEST:
        return {"items": len(values)}
    mass = metrics.reliability(values, labels)
    width = metrics.reliability(values, labels, equal_mass=False)
    return plain(
        {
            "items": len(values),
            "said": float(values.mean()),
            "happened": float(labels.mean()),
            "brier": metrics.brier(values, labels),
            "ece_equal_mass": metrics.calibration_error(mass),
            "ece_equal_width": metrics.calibration_error(width),
            "auc": metrics.auc(values, labels),
            "reliability": [asdict(each) for each in mass],
        }
    )
