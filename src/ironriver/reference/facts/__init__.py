"""Published figures for Mexico, each with its population, its sources and its evidence grade."""

from ironriver.reference.facts.period import Period, as_of_text
from ironriver.reference.facts.published import (
    Evidence,
    Fact,
    Layer,
    Population,
    Source,
    add,
    facts,
    populations,
    sources,
)

__all__ = [
    "Evidence",
    "Fact",
    "Layer",
    "Period",
    "Population",
    "Source",
    "add",
    "as_of_text",
    "facts",
    "populations",
    "sources",
]
