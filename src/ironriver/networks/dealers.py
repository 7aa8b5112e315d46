"""Dealers by rates: what was observed of each against what its volume leads one to expect.

Two rates are looked at. *Soon recovered*: supply chains whose guns turned up in Mexico soon after
this dealer sold them, against stand-ins of how much it sells. *Not reported*: sales that other
records show and that had to be reported together, of those the ones without a report.

No dealer stands here for its count, and none for one source alone: what is flagged under false
discovery control must still be in excess when any one source is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from ironriver.estimators.rates import exposure
from ironriver.estimators.rates.shrinkage import Prior, fit_prior
from ironriver.estimators.rates.standard import false_discoveries
from ironriver.estimators.types import Interval, IntervalKind

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
RATE = 0.02
"""The share of flags that chance may give at most."""
BY_ITSELF = 0.002
"""How rare a dealer must still be under chance when any one source is left out."""
_CLEARED = 0.05


@dataclass(frozen=True, slots=True)
class Counted:
    """Things counted at a dealer, each with the sources it rests on.

    `dealer` (things,), `group` (things,): things of one group at one dealer count once; `hit`
    (things,) says which of them are what is looked for. `thing` and `source` (ties,) say which
    sources a thing rests on; without any of these it is not counted.
    """

    dealer: Ints
    group: Ints
    hit: Marks
    thing: Ints
    source: Ints

    def without(self, source: int) -> Marks:
        """Mark the things that do not rest on a source."""
        kept = np.ones(len(self.dealer), dtype=np.bool_)
        kept[self.thing[self.source == source]] = False
        return kept


@dataclass(frozen=True, slots=True)
class DealerEvidence:
    """What the records say of dealers, one place of `ids` each, in the order of ids.

    `stand_ins` (dealers,) are counts that grow with sales; `stratum` (dealers,) where it sells.
    """

    ids: tuple[str, ...]
    stratum: Ints
    stand_ins: Ints
    soon: Counted
    sales: Counted

    def sources_of(self, dealers: Marks) -> list[int]:
        """Give every source that anything counted at some dealers rests on."""
        found = (
            each.source[dealers[each.dealer[each.thing]]].tolist()
            for each in (self.soon, self.sales)
        )
        return sorted(set().union(*found))


@dataclass(frozen=True, slots=True)
class DealerRate:
    """One dealer: its shrunken ratio, whether it is flagged, and what would clear it.

    `ratio` is observed to expected, drawn towards those of all, `interval` holds 90 percent of it
    (EB05 to EB95); `not_reported` of `to_report` sales lack their report. `chance` is how rare so
    much is under chance; `chance_without`, of one whom chance does not explain, the same when the
    source it rests on most is left out.
    `volume_factor` is how many times larger than estimated its volume would have to be to explain
    it; None where nothing needs explaining.
    """

    dealer: str
    observed: int
    expected: float
    ratio: float
    interval: Interval
    to_report: int
    not_reported: int
    chance: float
    chance_without: float
    flagged: bool
    volume_factor: float | None


@dataclass(frozen=True, slots=True)
class DealerRates:
    """All dealers in the order of their ids, and how many flags chance alone may give."""

    rates: tuple[DealerRate, ...]
    common_not_reported: float

    @property
    def flagged(self) -> tuple[DealerRate, ...]:
        """The dealers that stand out."""
        return tuple(each for each in self.rates if each.flagged)

    @property
    def by_chance(self) -> float:
        """How many of the flagged chance alone would be expected to give, at most."""
        return RATE * len(self.flagged)


@dataclass(frozen=True, slots=True)
class _Null:
    """What is expected of every dealer, and how surely."""

    evidence: DealerEvidence
    volume: exposure.Volumes
    shape: Floats
    share: float

    @classmethod
    def of(cls, evidence: DealerEvidence) -> _Null:
        volume = exposure.volumes(evidence.stand_ins, evidence.stratum)
        seen = _groups(evidence.soon, None, len(evidence.ids))
        mean = exposure.expected_counts(seen, volume.mean, evidence.stratum)
        shape = exposure.with_clumps(seen, mean, volume.shape)
        hits, trials = _shares(evidence.sales, None, len(evidence.ids))
        return cls(evidence, volume, shape, exposure.common_share(hits, trials))

    def expected(self, seen: Floats) -> Floats:
        return exposure.expected_counts(seen, self.volume.mean, self.evidence.stratum)

    def chances(self, places: Ints, source: int | None = None) -> Floats:
        """Give how rare some dealers are under chance, with one source left out if asked."""
        size = len(self.evidence.ids)
        seen = _groups(self.evidence.soon, source, size)
        hits, trials = (each[places] for each in _shares(self.evidence.sales, source, size))
        soon = exposure.excess(seen[places], self.expected(seen)[places], self.shape[places])
        unreported = exposure.excess_share(hits, trials, self.share)
        asked = np.stack([np.ones(len(places), dtype=np.bool_), trials > 0])
        return exposure.together(np.stack([soon, unreported]), asked)


def judge_dealers(evidence: DealerEvidence) -> DealerRates:
    """Hold every dealer against chance; flag those whom neither chance nor one source explains."""
    if not evidence.ids:
        return DealerRates((), 0.0)
    null = _Null.of(evidence)
    return DealerRates(tuple(_rows(null, _flags(null))), null.share)


@dataclass(frozen=True, slots=True)
class Flags:
    """How rare each dealer is under chance, with and without its weightiest source; and flags."""

    chance: Floats
    without: Floats
    flagged: Marks


def flag_dealers(evidence: DealerEvidence) -> Flags:
    """Flag dealers without estimating their ratios; there must be at least one."""
    return _flags(_Null.of(evidence))


def _flags(null: _Null) -> Flags:
    chance = null.chances(np.arange(len(null.evidence.ids)))
    beyond = false_discoveries(chance, RATE)
    without = chance.copy()
    # Only of those whom chance does not explain need one source be left out after the other.
    places = np.flatnonzero(beyond)
    for source in null.evidence.sources_of(beyond):
        without[places] = np.maximum(without[places], null.chances(places, source))
    return Flags(chance, without, beyond & (without <= BY_ITSELF))


def _rows(null: _Null, flags: Flags) -> Iterator[DealerRate]:
    evidence = null.evidence
    size = len(evidence.ids)
    seen = _groups(evidence.soon, None, size)
    mean = null.expected(seen)
    hits, trials = _shares(evidence.sales, None, size)
    # A count whose expectation is unsure weighs as much as a smaller one that is sure.
    worth = 1 / (1 + mean / null.volume.shape)
    prior = fit_prior(seen * worth, mean * worth, gammas=1) if seen.any() else Prior(1.0, 1.0)
    for place, dealer in enumerate(evidence.ids):
        after = prior.after(seen[place] * worth[place], mean[place] * worth[place])
        ends = (after.quantile(0.05), after.quantile(0.95))
        yield DealerRate(
            dealer, int(seen[place]), float(mean[place]), after.geometric_mean,
            Interval(*ends, IntervalKind.CREDIBLE, 0.9), int(trials[place]), int(hits[place]),
            float(flags.chance[place]), float(flags.without[place]), bool(flags.flagged[place]),
            _clearing(seen[place], mean[place], null.shape[place]),
        )  # fmt: skip


def _clearing(seen: float, mean: float, shape: float) -> float | None:
    """Find how many times more a dealer would have to sell for its count to be ordinary."""

    def distance(log: float) -> float:
        ends = np.array([mean * np.exp(log)])
        return float(exposure.excess(np.array([seen]), ends, np.array([shape]))[0]) - _CLEARED

    if distance(0.0) >= 0:
        return None
    return float(np.exp(brentq(distance, 0.0, 20.0)))


def _groups(counted: Counted, source: int | None, size: int) -> Floats:
    """Count the groups with a hit at each dealer."""
    kept = counted.hit if source is None else counted.hit & counted.without(source)
    pairs = np.unique(np.stack([counted.dealer[kept], counted.group[kept]]), axis=1)
    return np.bincount(pairs[0], minlength=size).astype(np.float64)


def _shares(counted: Counted, source: int | None, size: int) -> tuple[Floats, Floats]:
    """Count hits and things at each dealer."""
    kept = slice(None) if source is None else counted.without(source)
    dealer, hit = counted.dealer[kept], counted.hit[kept]
    trials = np.bincount(dealer, minlength=size).astype(np.float64)
    return np.bincount(dealer[hit], minlength=size).astype(np.float64), trials
