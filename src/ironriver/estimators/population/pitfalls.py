"""What can go wrong with each estimator of a hidden population, as data beside its result."""

from __future__ import annotations

from collections.abc import Mapping

from ironriver.estimators.population.estimate import Method
from ironriver.estimators.remark import Remark
from ironriver.language import mark

ALL: tuple[Remark, ...] = (
    Remark(
        mark(
            "The number of those on no list is not in the data: every method rests on an "
            "assumption about them that no overlap can test."
        )
    ),
    Remark(
        mark(
            "Lists that pass individuals on to one another (a gun in a court case is traced "
            "because of it) overlap too much, and the estimate is then too low."
        )
    ),
    Remark(
        mark(
            "Lists that cannot hold the same individual overlap too little: such a pair is "
            "left out, not fitted."
        )
    ),
    Remark(
        mark(
            "A match that was missed makes the estimate too high, a false match too low; "
            "correct for both before reading the number."
        )
    ),
    Remark(
        mark(
            "All lists must speak of the same population, place and time, and everybody in it "
            "must be able to get on a list."
        )
    ),
)

_OF_METHOD: Mapping[Method, tuple[Remark, ...]] = {
    Method.CHAO: (
        Remark(
            mark(
                "A lower bound where individuals differ in how easily they are seen; where lists "
                "are linked by referral it can lie above the truth or far below it."
            )
        ),
    ),
    Method.INDEPENDENCE: (
        Remark(
            mark(
                "Takes all lists to be independent, and all individuals equally easy to see; both "
                "are rarely so, and the interval knows nothing of it."
            )
        ),
    ),
    Method.STEPWISE: (
        Remark(
            mark(
                "One model is chosen and the others are forgotten: an interval that takes the "
                "chosen one as given is too narrow, so the choice is repeated on resampled lists."
            )
        ),
        Remark(
            mark(
                "A link between three or more lists is taken not to exist; if it does, the "
                "estimate moves and the interval does not show it."
            )
        ),
    ),
    Method.UNEVEN: (
        Remark(
            mark(
                "How individuals differ is read off those seen several times and carried over to "
                "those never seen: another shape fits as well and gives another number."
            )
        ),
        Remark(
            mark(
                "Lists linked by referral look as if individuals differed, and make this "
                "estimate too high."
            )
        ),
    ),
    Method.GRAPHS: (
        Remark(
            mark(
                "The upper end depends on the largest number of unseen individuals that is "
                "allowed; see how much probability lies near that limit."
            )
        ),
        Remark(
            mark(
                "Differences between individuals that all lists share look like links between "
                "every two lists, which these graphs follow only where they become saturated."
            )
        ),
    ),
    Method.CLASSES: (
        Remark(
            mark(
                "The sampler may stay for very long near one of several answers; several chains "
                "that agree are needed, and even then a rare class may be missed."
            )
        ),
        Remark(
            mark(
                "Within a class the lists are taken to be independent, so a referral between two "
                "lists is mistaken for a class of its own."
            )
        ),
    ),
    Method.HEADLINE: (
        Remark(
            mark(
                "Where the methods disagree the interval covers them all: it shows how much "
                "depends on the choice of method, not what is true."
            )
        ),
        Remark(
            mark(
                "Individuals that hardly any list can see leave no trace in the overlaps; the "
                "upper end allows for some, but not for any number of them."
            )
        ),
    ),
}


def of_method(method: Method) -> tuple[Remark, ...]:
    """Give the pitfalls of a method, its own ones first."""
    return _OF_METHOD[method] + ALL
