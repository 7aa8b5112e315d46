"""What an estimator of a hidden population answers: a number with its interval, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ironriver.estimators.types import Interval
from ironriver.language import mark, translator


class Method(StrEnum):
    """The methods, by the names used in tables."""

    CHAO = "chao"
    INDEPENDENCE = "independence"
    STEPWISE = "stepwise"
    UNEVEN = "mth_gamma"
    GRAPHS = "dga"
    CLASSES = "lcmcr"
    HEADLINE = "headline"


NAMES: Mapping[Method, str] = {
    Method.CHAO: mark("Chao's lower bound"),
    Method.INDEPENDENCE: mark("Independent lists"),
    Method.STEPWISE: mark("Log-linear model, stepwise selection"),
    Method.UNEVEN: mark("Individuals seen more or less easily"),
    Method.GRAPHS: mark("Average over decomposable graphs"),
    Method.CLASSES: mark("Latent classes"),
    Method.HEADLINE: mark("All methods together"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence for the reader: an English template and the values of its places."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """Give the sentence in English or Spanish; values that are texts are translated too.

        >>> Remark("{count} lists", {"count": 3}).text()
        '3 lists'
        """
        say = translator(lang)
        values = {
            name: say(value) if isinstance(value, str) else value
            for name, value in self.values.items()
        }
        return say(self.template).format(**values)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The size N of the whole population, those on no list included.

    `interval` says what it promises. `bound` marks a value that N is at least, in expectation, not
    one that N is near. `pitfalls` stand beside the number wherever it is shown.
    """

    method: Method
    value: float
    interval: Interval
    observed: int
    pitfalls: tuple[Remark, ...]
    remarks: tuple[Remark, ...] = ()
    bound: bool = False

    @property
    def hidden(self) -> float:
        """How many are on no list: N less those observed."""
        return self.value - self.observed


@dataclass(frozen=True, slots=True)
class Refusal:
    """No number, and why."""

    method: Method
    reason: Remark
    pitfalls: tuple[Remark, ...] = ()


Answer = Estimate | Refusal
