"""Read the table of published figures, check it, and keep its series apart.

``published.csv`` holds one figure per row. Rows with the same ``population_id`` are layers of one
base (seized, of these submitted, of these determined, of these from the United States). Rows with
the same ``series`` come from one count; counts of different series contradict each other and are
shown side by side, never added.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from itertools import pairwise

from ironriver.errors import DamageError, MistakeError
from ironriver.reference.facts.period import Period, as_of_text


class Evidence(StrEnum):
    """How well a figure is attested."""

    PRIMARY = "V"
    """Read in the primary document or an official page."""
    REPORTED = "N"
    """Read in news or another page that reports the primary."""
    DERIVED = "D"
    """Computed from figures of the two kinds above."""


class Layer(StrEnum):
    """What a share is a share of, from the widest to the narrowest."""

    SEIZED = "seized"
    SUBMITTED = "submitted"
    DETERMINED = "determined"
    UNSTATED = "unstated"
    """The publisher does not say."""


PRECISIONS = ("exact", "about", "more_than", "up_to", "range", "confidence_95")
UNITS = ("firearms", "percent", "rounds")
SCOPES = ("mexico", "us_border", "worldwide")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure is printed, and where it was read."""

    source_id: str
    title: str
    title_es: str
    publisher: str
    publisher_es: str
    date: str
    seen_at: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One published number; counts in `unit`, shares in percent `of` a layer."""

    fact_id: str
    series: str
    population_id: str
    measure: str
    of: Layer | None
    value: float
    low: float | None
    high: float | None
    precision: str
    unit: str
    population: str
    population_es: str
    scope: str
    holder: str
    period: Period
    as_of: str
    evidence: Evidence
    source_ids: tuple[str, ...]
    note: str
    note_es: str

    def __post_init__(self) -> None:
        as_of_text(self.as_of)
        shares = (self.unit == "percent") == (self.of is not None)
        known = self.precision in PRECISIONS and self.unit in UNITS and self.scope in SCOPES
        sourced = bool(self.source_ids) and bool(self.population and self.population_es)
        if not (shares and known and sourced and bool(self.note) == bool(self.note_es)):
            raise ValueError(f"published figure {self.fact_id} is not complete")
        if not self.lowest <= self.value <= self.highest:
            raise ValueError(f"published figure {self.fact_id} lies outside its own interval")

    @property
    def lowest(self) -> float:
        """The lower end, or the value where none is printed."""
        return self.value if self.low is None else self.low

    @property
    def highest(self) -> float:
        """The upper end, or the value where none is printed."""
        return self.value if self.high is None else self.high

    def about(self, lang: str = "en") -> str:
        """Name the population in `lang`."""
        return self.population_es if lang == "es" else self.population

    def caution(self, lang: str = "en") -> str:
        """Give the caution that belongs to the number, in `lang`."""
        return self.note_es if lang == "es" else self.note


@dataclass(frozen=True, slots=True)
class Population:
    """The layers of one base, as far as they were published."""

    population_id: str
    facts: tuple[Fact, ...]

    @property
    def first(self) -> Fact:
        """Any of its facts, for what they share: texts, series, period, as-of date."""
        return self.facts[0]

    def count(self, measure: str) -> Fact | None:
        """Give the published count of `measure`, if there is one."""
        found = (f for f in self.facts if f.measure == measure and f.of is None)
        return next(found, None)

    def share(self, measure: str) -> Fact | None:
        """Give the published percentage of `measure`, if there is one."""
        found = (f for f in self.facts if f.measure == measure and f.of is not None)
        return next(found, None)


def _rows(name: str) -> Iterator[dict[str, str]]:
    """Read one of the shipped files."""
    path = resources.files("ironriver.reference.facts") / name
    yield from csv.DictReader(path.read_text(encoding="utf-8").splitlines())


def _number(text: str) -> float | None:
    """Read an optional number."""
    return float(text) if text else None


def _fact(row: dict[str, str]) -> Fact:
    """Read one row of ``published.csv``."""
    plain = {
        name: row[name]
        for name in Fact.__dataclass_fields__
        if name not in ("of", "value", "low", "high", "period", "evidence", "source_ids")
    }
    try:
        return Fact(
            of=Layer(row["of"]) if row["of"] else None,
            value=float(row["value"]),
            low=_number(row["low"]),
            high=_number(row["high"]),
            period=Period(row["period_from"], row["period_to"]),
            evidence=Evidence(row["evidence"]),
            source_ids=tuple(row["source"].split(";")),
            **plain,
        )
    except ValueError as error:
        raise DamageError(
            "the table of published figures is damaged at {fact}: {why}",
            fact=row["fact_id"],
            why=error,
        ) from error


@cache
def sources() -> dict[str, Source]:
    """Give the sources by id."""
    return {row["source_id"]: Source(**row) for row in _rows("sources.csv")}


@cache
def facts() -> dict[str, Fact]:
    """Give all published figures by id.

    >>> int(facts()["gao_2009_14.us_sourced"].value)
    73684
    """
    return {row["fact_id"]: _fact(row) for row in _rows("published.csv")}


@cache
def populations() -> dict[str, Population]:
    """Give the published figures grouped by the base they are layers of."""
    grouped: dict[str, list[Fact]] = {}
    for fact in facts().values():
        grouped.setdefault(fact.population_id, []).append(fact)
    return {name: Population(name, tuple(members)) for name, members in grouped.items()}


def add(figures: Iterable[Fact]) -> float:
    """Add up counts of one measure from one series, of periods that do not overlap.

    Raises MistakeError for anything else: other sums count guns twice or mix populations.
    """
    chosen = sorted(figures, key=lambda fact: fact.period.months)
    kinds = {(fact.series, fact.measure, fact.unit) for fact in chosen}
    if len(kinds) != 1 or chosen[0].unit == "percent":
        raise MistakeError(
            "these figures are not of one series and one measure, so they are not added up: "
            "{figures}; show them side by side",
            figures=", ".join(fact.fact_id for fact in chosen),
        )
    for earlier, later in pairwise(chosen):
        if earlier.period.overlaps(later.period):
            raise MistakeError(
                "{earlier} and {later} cover the same time, so they are not added up",
                earlier=earlier.fact_id,
                later=later.fact_id,
            )
    return sum(fact.value for fact in chosen)
