"""Flows from several anchors: each shown apart, and a pool that covers where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ironriver.errors import MistakeError
from ironriver.estimators.remark import Remark
from ironriver.estimators.types import Interval, IntervalKind
from ironriver.language import mark

Floats = npt.NDArray[np.float64]
DOUBT = 0.7
"""How probable it is that what an anchor assumes of the share seized does not hold here."""
SPAN = 100.0
"""If it does not hold, the flow may be anything within a factor of this (shares of 0.6 to 60 %)."""
_LEAST = 1e-9

NOT_IDENTIFIED = Remark(
    mark(
        "No data show the yearly flow by themselves: each anchor adds an assumption that the "
        "others do without, and where they disagree at least one of these is wrong."
    )
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One way to the flow: draws of guns a year, and what must hold for them."""

    name: str
    drawn: Floats
    pitfalls: tuple[Remark, ...]

    @property
    def value(self) -> float:
        """The median."""
        return float(np.median(self.drawn))

    @property
    def interval(self) -> Interval:
        """The 95 percent credible interval."""
        return _ends(self.drawn)


@dataclass(frozen=True, slots=True)
class Pooled:
    """The pool and the anchors that it was made of."""

    anchors: tuple[Anchor, ...]
    value: float
    interval: Interval
    remarks: tuple[Remark, ...]


def _ends(drawn: Floats) -> Interval:
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Interval(float(low), float(high), IntervalKind.CREDIBLE, 0.95)


def pooled(
    anchors: Sequence[Anchor], weights: Mapping[str, float] | None = None, seed: int = 1
) -> Pooled:
    """Pool anchors as a mixture (linear opinion pool, Stone 1961, Annals of Math. Statistics 32).

    A mixture keeps every anchor's range: if one of three is right the pool still covers it, where a
    product of densities would settle between them. Equal weights unless given. MistakeError if
    there is no anchor, or a weight for one that does not exist.
    """
    if not anchors:
        raise MistakeError("there is no anchor to pool")
    names = [anchor.name for anchor in anchors]
    for name in weights or {}:
        if name not in names:
            raise MistakeError(
                "no anchor is called {name}; there are: {names}", name=name, names=", ".join(names)
            )
    shares = np.array([(weights or {}).get(name, 1.0) for name in names])
    dice = np.random.default_rng(seed)
    size = max(len(anchor.drawn) for anchor in anchors) * len(anchors)
    counts = np.round(size * shares / shares.sum()).astype(int)
    drawn = np.concatenate(
        [dice.choice(anchor.drawn, count) for anchor, count in zip(anchors, counts, strict=True)]
    )
    return Pooled(tuple(anchors), float(np.median(drawn)), _ends(drawn), _remarks(anchors))


def reconciled(
    base: Anchor,
    others: Sequence[Anchor],
    doubt: float = DOUBT,
    span: float = SPAN,
    seed: int = 1,
) -> Pooled:
    """Pool an anchor that counts something with others that only assume a share.

    The draws of `base` are weighed by each other anchor's density of log F, mixed with a flat one
    over a range of `span` (the greatest over the least flow) that has the probability `doubt`: an
    assumption that the counts contradict is set aside, one that they allow narrows the interval. A
    robust prior (Berger 1985, "Statistical Decision Theory", section 4.7), by sampling importance
    resampling (Rubin 1988).
    """
    if not 0 < doubt <= 1 or span <= 1:
        raise MistakeError("the doubt about an anchor must be above 0 and at most 1")
    logs = np.log(np.maximum(base.drawn, _LEAST))
    weight = np.ones(len(logs))
    for other in others:
        weight *= (1 - doubt) * _density(other.drawn, logs) + doubt / np.log(span)
    dice = np.random.default_rng(seed)
    drawn = dice.choice(base.drawn, len(base.drawn), p=weight / weight.sum())
    anchors = (base, *others)
    return Pooled(anchors, float(np.median(drawn)), _ends(drawn), _remarks(anchors))


def _density(drawn: Floats, at: Floats) -> Floats:
    """Give the density of the logs of draws, by a histogram that is smoothed by its neighbours."""
    logs = np.log(np.maximum(drawn, _LEAST))
    low, high = float(logs.min()) - 0.5, float(logs.max()) + 0.5
    cells = max(20, int((high - low) / 0.1))
    height, edges = np.histogram(logs, bins=cells, range=(low, high), density=True)
    smooth = np.convolve(height, np.ones(3) / 3, mode="same")
    middle = (edges[1:] + edges[:-1]) / 2
    return np.asarray(np.interp(at, middle, smooth, left=0.0, right=0.0), dtype=np.float64)


def _remarks(anchors: Sequence[Anchor]) -> tuple[Remark, ...]:
    apart = [
        (one, other)
        for place, one in enumerate(anchors)
        for other in anchors[place + 1 :]
        if not one.interval.overlaps(other.interval)
    ]
    return (
        NOT_IDENTIFIED,
        *(
            Remark(
                mark("The intervals of {one} and {other} do not meet."),
                {"one": one.name, "other": other.name},
            )
            for one, other in apart
        ),
    )
