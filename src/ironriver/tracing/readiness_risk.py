"""P(a trace request fails), learned from the answers that a workspace holds.

A request fails if its answer blames what stood in it: serial invalid or obliterated, identifiers
insufficient, origin undetermined, privately made. An answer that names a seller, an owner or a
country, or blames a seller's books, is none of the request's fault. Duplicates and requests that
are pending teach nothing.

It fails if any of its causes makes it fail, each by itself (noisy-or; Pearl 1988, "Probabilistic
reasoning in intelligent systems", 4.3):

    P(fails) = 1 - product over causes of (1 - chance of the cause x level of its mark)

where a mark's level is the probability that what it names is so. The chances are the greatest of
the posterior under Beta priors around `PRIOR`, worth `WORTH` answers, found by EM. A request that
was answered is judged by chances that its own gun did not teach (cross-fitting in `FOLDS` parts).
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
    "any": 0.04,
    "serial_unread": 0.99,
    "serial_unread_abroad": 0.65,
    "serial_partial": 0.92,
    "serial_patent": 0.87,
    "serial_wrong": 0.95,
    "serial_wrong_abroad": 0.55,
    "serial_doubt": 0.72,
    "serial_doubt_abroad": 0.5,
    "make_missing": 0.8,
    "make_unknown": 0.005,
    "model_missing": 0.1,
    "importer_missing": 0.01,
    "model_not_of_make": 0.005,
    "calibre_not_of_model": 0.02,
    "home_made": 0.99,
}
"""Marks of a request, and the chance that each makes it fail, before any answer is seen.

Rounded from what synthetic worlds taught; an assumption wherever nobody answered yet.
"""
WORTH = 50.0
"""Answers that each prior chance is worth."""
FALSE_ALARMS = 0.095
"""Of requests that would succeed, so many may be held back; a tenth is the most that is wanted, and
risks are estimates."""
USUAL_CUT = 0.12
"""The cut where no request was sent yet; an assumption, from worlds."""
FOLDS = 5
_STEPS, _SMALL = 200, 1e-7
_SURE = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class Risk:
    """Chances of the causes, for each fold and (last) from all answers."""

    chance: Reals
    """[folds + 1, marks]"""
    answers: int
    """How many answers taught them."""

    def chances(self, marks: Reals, folds: Sequence[int]) -> Reals:
        """Give P(fails) for rows of marks, each by the chances of its fold (-1: of all)."""
        chance = self.chance[np.asarray(folds, dtype=np.int64)]
        return np.asarray(1.0 - np.prod(1.0 - chance * marks, axis=1))

    def adds(self, marks: Reals, fold: int) -> Reals:
        """Give what each mark of one row adds to the log-odds of failing, beside all others."""
        left = np.log1p(-np.minimum(self.chance[fold] * marks, _SURE))
        return _log_odds(left.sum()) - _log_odds(left.sum() - left)


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
    chance = [
        _fit(marks[taught & (parts != fold)], labels[taught & (parts != fold)])
        for fold in range(FOLDS)
    ]
    chance.append(_fit(marks[taught], labels[taught]))
    return Risk(np.array(chance), int(taught.sum()))


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
    """Find the chances of the causes by EM (Dempster, Laird & Rubin 1977)."""
    prior = np.array(list(PRIOR.values()))
    chance = prior
    for _ in range(_STEPS if len(labels) else 0):
        fails = 1.0 - np.prod(1.0 - chance * marks, axis=1)
        # Where it failed: the chance that this very cause was at work, and was there at all.
        worked = labels[:, None] * chance * marks / np.maximum(fails, 1e-12)[:, None]
        idle = marks * (1.0 - chance) / np.maximum(1.0 - chance * marks, 1e-12)
        there = worked + idle * (1.0 - worked)
        found = (worked.sum(axis=0) + WORTH * prior) / (there.sum(axis=0) + WORTH)
        moved = float(np.abs(found - chance).max())
        chance = found
        if moved < _SMALL:
            break
    return chance


def _log_odds(left: Reals) -> Reals:
    """Give the log-odds of failing from the log of the chance to succeed."""
    return np.asarray(np.log(np.maximum(-np.expm1(left), 1e-12)) - left)
