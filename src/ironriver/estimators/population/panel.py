"""All methods on one table, side by side, with the headline that follows from them."""

from __future__ import annotations

from dataclasses import dataclass

from ironriver.estimators.population.bootstrap import REPEATS, stepwise
from ironriver.estimators.population.chao import chao
from ironriver.estimators.population.dga import dga
from ironriver.estimators.population.estimate import NAMES, Answer, Estimate, Method
from ironriver.estimators.population.headline import ALLOWANCE, headline
from ironriver.estimators.population.lcmcr import CHAINS, SWEEPS, lcmcr
from ironriver.estimators.population.lists import Lists
from ironriver.estimators.population.loglinear import independence
from ironriver.estimators.population.signs import signs_of
from ironriver.estimators.population.uneven import uneven
from ironriver.language import mark, translator


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to work: resampled tables, chains, and draws of each chain."""

    repeats: int = REPEATS
    chains: int = CHAINS
    sweeps: int = SWEEPS
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Panel:
    """What every method answered, and the headline."""

    lists: Lists
    answers: tuple[Answer, ...]
    headline: Answer

    def of(self, method: Method) -> Answer:
        """Give one method's answer."""
        every = (*self.answers, self.headline)
        return next(answer for answer in every if answer.method is method)

    def said(self, lang: str = "en") -> list[str]:
        """Give the panel as lines to read: each answer, then the headline with its pitfalls."""
        lines = [_line(answer, lang) for answer in (*self.answers, self.headline)]
        if isinstance(self.headline, Estimate):
            lines += [remark.text(lang) for remark in self.headline.remarks]
        return lines + [f"- {pitfall.text(lang)}" for pitfall in self.headline.pitfalls]


def _line(answer: Answer, lang: str) -> str:
    say = translator(lang)
    name = say(NAMES[answer.method])
    if not isinstance(answer, Estimate):
        return say(mark("{method}: no answer, {reason}")).format(
            method=name, reason=answer.reason.text(lang)
        )
    template = (
        mark("{method}: at least {value:,.0f} ({low:,.0f} to {high:,.0f})")
        if answer.bound
        else mark("{method}: {value:,.0f} ({low:,.0f} to {high:,.0f})")
    )
    ends = answer.interval
    return say(template).format(method=name, value=answer.value, low=ends.low, high=ends.high)


def panel(lists: Lists, effort: Effort | None = None, allowance: float = ALLOWANCE) -> Panel:
    """Estimate N by every method and combine them."""
    effort = effort or Effort()
    answers = (
        chao(lists),
        independence(lists),
        stepwise(lists, effort.repeats, effort.seed),
        uneven(lists),
        dga(lists),
        lcmcr(lists, chains=effort.chains, sweeps=effort.sweeps, seed=effort.seed),
    )
    return Panel(lists, answers, headline(answers, allowance, signs_of(lists)))
