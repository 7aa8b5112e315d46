"""Lists that differ in size and individuals that differ in how easily they are seen."""

from __future__ import annotations

import math

from ironriver.errors import MistakeError
from ironriver.estimators.population.estimate import Answer, Estimate, Method, Refusal
from ironriver.estimators.population.lists import Lists
from ironriver.estimators.population.loglinear import log_linear
from ironriver.estimators.population.pitfalls import of_method
from ironriver.estimators.population.poisson import Shape
from ironriver.estimators.remark import Remark
from ironriver.language import mark

MOST_SPREAD = 0.5
"""A greater standard error of log(unseen), a factor of 7 from end to end, says nothing."""


def uneven(lists: Lists) -> Answer:
    """Estimate N under model Mth with a gamma shape, with the Wald interval of log(unseen).

    Rivest and Baillargeon (2007), Biometrics 63, model Mth Gamma 3.5. The strongest of the usual
    shapes; refused if those seen often are not more than chance would have, or are too few to say.
    """
    try:
        model = log_linear(lists, shape=Shape.GAMMA)
    except MistakeError:
        reason = Remark(mark("the overlaps do not determine how individuals differ"))
        return Refusal(Method.UNEVEN, reason, of_method(Method.UNEVEN))
    spread = math.sqrt(model.variance)
    if model.slope is None or model.slope <= 0:
        reason = Remark(
            mark("the overlaps show no sign that some are seen more easily than others")
        )
        return Refusal(Method.UNEVEN, reason, of_method(Method.UNEVEN))
    if spread > MOST_SPREAD:
        reason = Remark(mark("too few are seen by three lists to say how individuals differ"))
        return Refusal(Method.UNEVEN, reason, of_method(Method.UNEVEN))
    return Estimate(
        Method.UNEVEN, model.value, model.wald, lists.observed, of_method(Method.UNEVEN)
    )
