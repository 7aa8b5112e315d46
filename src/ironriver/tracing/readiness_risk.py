"""P(a trace request fails), learned from the answers that a workspace holds.

A request fails if its answer blames what stood in it: serial invalid or obliterated, identifiers
insufficient, origin undetermined, privately made. An answer that names a seller, an owner or a
country, or blames a seller's books, is none of the request's fault. Duplicates and requests that
are pending teach nothing.

Logistic regression: log odds = sum of weight x mark. The weights are the greatest of the posterior
under a normal prior around `PRIOR` with standard deviation `SPREAD` (ridge towards the prior;
Hoerl & Kennard 1970), found by Newton's steps. A request that was answered is judged by weights
that its own gun did not teach (cross-fitting in `FOLDS` parts).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ironriver.firearms.channel import Reals
from ironriver.tables import Outcome

FAILS = frozenset({
    Outcome.SERIAL_INVALID, Outcome.SERIAL_OBLITERATED, Outcome.IDENTIFIERS_INSUFFICIENT,
    Outcome.ORIGIN_UNDETERMINED, Outcome.PRIVATELY_MADE_NO_SERIAL,
})  # fmt: skip
SILENT = frozenset({Outcome.DUPLICATE_OF, Outcome.PENDING})
PRIOR: Mapping[str, float] = {
    "any": -3.5,
    "serial_unread": 7.0,
    "serial_unread_foreign": -2.5,
    "serial_partial": 5.0,
    "serial_patent": 5.0,
    "serial_doubt": 0.7,
    "serial_doubt_high": 0.0,
    "serial_shape": 0.4,
    "make_missing": 4.0,
    "make_unknown": 0.0,
    "model_missing": 1.0,
    "importer_missing": 0.0,
    "model_not_of_make": 0.0,
    "calibre_not_of_model": 0.0,
    "home_made": 4.0,
    "foreign": -0.3,
}
"""Marks of a request, and how many log-odds each is believed to add before any answer is seen.

Rounded from what four synthetic worlds taught; an assumption wherever nobody answered yet.
"""
SPREAD = 1.0
FALSE_ALARMS = 0.1
"""Of requests that would succeed, so many may be held back."""
USUAL_CUT = 0.12
"""The cut where no request was sent yet; an assumption, from worlds."""
FOLDS = 5
_STEPS, _SMALL = 50, 1e-9


@dataclass(frozen=True, slots=True)
class Risk:
    """Weights of the marks, for each fold and (last) from all answers."""

    weights: Reals
    """[folds + 1, marks]"""
    answers: int
    """How many answers taught them."""

    def chances(self, marks: Reals, folds: Sequence[int]) -> Reals:
        """Give P(fails) for rows of marks, each by the weights of its fold (-1: of all)."""
        weights = self.weights[np.asarray(folds, dtype=np.int64)]
        return _sigmoid((weights * marks).sum(axis=1))


def matrix(marks: Sequence[Mapping[str, float]]) -> Reals:
    """Give marks by name as rows; a mark that is not named is 0, `any` is 1."""
    names = list(PRIOR)
    found = np.zeros((len(marks), len(names)))
    for row, each in enumerate(marks):
        found[row, 0] = 1.0
        for name, value in each.items():
            found[row, names.index(name)] = value
    return found


def fold_of(gun: str) -> int:
    """Give the part that a gun belongs to.

    >>> fold_of("gun-a") == fold_of("gun-a"), 0 <= fold_of("gun-b") < FOLDS
    (True, True)
    """
    return zlib.crc32(gun.encode()) % FOLDS


def failed(outcome: str | None) -> bool | None:
    """Tell whether an answer says that the request failed; None where it teaches nothing.

    >>> failed("serial_invalid"), failed("licensee_no_response"), failed("pending"), failed(None)
    (True, False, None, None)
    """
    if not outcome or outcome in SILENT:
        return None
    return outcome in FAILS


def learn(marks: Reals, fails: Sequence[bool | None], folds: Sequence[int]) -> Risk:
    """Learn from those requests that were answered; without any, the prior stands."""
    taught = np.array([each is not None for each in fails], dtype=np.bool_)
    labels = np.array([bool(each) for each in fails], dtype=np.float64)
    parts = np.asarray(folds, dtype=np.int64)
    weights = [
        _fit(marks[taught & (parts != fold)], labels[taught & (parts != fold)])
        for fold in range(FOLDS)
    ]
    weights.append(_fit(marks[taught], labels[taught]))
    return Risk(np.array(weights), int(taught.sum()))


def cut(risks: Reals) -> float:
    """Give the least risk from which on requests are held back.

    Of calibrated risks r, sum(1 - r) of those held back by sum(1 - r) of all is the share of false
    alarms to be expected; it stays within `FALSE_ALARMS`. No answer is looked at.

    >>> cut(np.array([0.02] * 90 + [0.9] * 10))
    0.9
    """
    if not len(risks):
        return USUAL_CUT
    ranked = np.sort(risks)[::-1]
    fine = 1.0 - ranked
    held = np.cumsum(fine) <= FALSE_ALARMS * fine.sum()
    # Requests of one risk are held back together or not at all.
    ends = np.append(ranked[1:] < ranked[:-1], True)
    kept = ranked[held & ends]
    return float(kept[-1]) if len(kept) else float(np.nextafter(ranked[0], 2.0))


def _fit(marks: Reals, labels: Reals) -> Reals:
    prior = np.array(list(PRIOR.values()))
    weights, worth = prior, _worth(prior, marks, labels)
    for _ in range(_STEPS if len(labels) else 0):
        chances = _sigmoid(marks @ weights)
        slope = marks.T @ (labels - chances) - (weights - prior) / SPREAD**2
        bend = (marks * (chances * (1.0 - chances))[:, None]).T @ marks
        step = np.linalg.solve(bend + np.eye(len(prior)) / SPREAD**2, slope)
        size = 1.0
        # A whole step may overshoot where nearly all is certain; half of it, and so on, will not.
        while (better := _worth(weights + size * step, marks, labels)) < worth and size > _SMALL:
            size /= 2.0
        if better < worth:
            break
        weights, gain, worth = weights + size * step, better - worth, better
        if gain < _SMALL:
            break
    return weights


def _worth(weights: Reals, marks: Reals, labels: Reals) -> float:
    """Give the log of the posterior, but for a constant."""
    logits = marks @ weights
    prior = np.array(list(PRIOR.values()))
    fit = float((labels * logits - np.logaddexp(0.0, logits)).sum())
    return fit - float(((weights - prior) ** 2).sum()) / (2.0 * SPREAD**2)


def _sigmoid(logits: Reals) -> Reals:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0))))
