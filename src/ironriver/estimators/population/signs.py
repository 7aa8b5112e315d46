"""What the overlaps themselves say: lists that are linked, or individuals that differ.

Both make lists share more individuals than chance would, and they ask for different answers. Where
pairs of lists are linked, the average over graphs is nearly right; where individuals differ, every
method misses those who are hardly ever seen. The two can often be told apart, since a link concerns
two lists and a difference between individuals all of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ironriver.errors import MistakeError
from ironriver.estimators.population.lists import Lists
from ironriver.estimators.population.loglinear import Pair, log_linear, select
from ironriver.estimators.population.poisson import Shape

NO_SUPPORT: Final = 10.0
"""A model whose Akaike criterion is this much greater has essentially no support (Burnham and
Anderson 2002, "Model Selection and Multimodel Inference", section 2.6)."""
LITTLE: Final = 4.0
"""One that is this much greater has considerably less support (the same)."""
_SHAPES = (Shape.GAMMA, Shape.DARROCH, Shape.POISSON)


@dataclass(frozen=True, slots=True)
class Signs:
    """Akaike's criterion of three explanations of one table.

    `differing` is that of the best model in which individuals differ and lists are independent
    (Mth of three shapes, Rivest and Baillargeon 2007, Biometrics 63; or nobody differs), `linked`
    that of the pairs chosen stepwise, `both` that of these pairs and the best shape.
    """

    differing: float
    linked: float
    both: float

    @property
    def links_alone(self) -> bool:
        """Whether links explain the lists, and nothing asks for individuals that differ."""
        return self.differing - self.linked > NO_SUPPORT and self.linked - self.both <= LITTLE


def signs_of(lists: Lists) -> Signs | None:
    """Fit all three; None where the lists do not determine the simplest of them.

    >>> linked = signs_of(Lists(("A", "B", "C"), (0, 90, 90, 40, 90, 10, 10, 5)))
    >>> linked.links_alone
    True
    """
    try:
        chosen = select(lists)
        alike = log_linear(lists).aic
    except MistakeError:
        return None
    return Signs(
        min([alike, *_differing(lists, ())]),
        chosen.aic,
        min([chosen.aic, *_differing(lists, chosen.pairs)]),
    )


def _differing(lists: Lists, pairs: Iterable[Pair]) -> Iterator[float]:
    """Give the criterion of every shape by which some are seen more easily than others."""
    for shape in _SHAPES:
        try:
            model = log_linear(lists, pairs, shape)
        except MistakeError:
            continue
        if model.slope is not None and model.slope > 0 and math.isfinite(model.aic):
            yield model.aic
