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
