"""A figure: a number that cannot be separated from what it is a number of."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from ironriver.errors import MistakeError
from ironriver.estimators.types import Interval
from ironriver.figures.phrase import Both
from ironriver.reference.facts import as_of_text
from ironriver.tables import FIGURES, Handling

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table ``figures``.

    `value` is the point value (None where only bounds are known); a share is 0-1. Name, method and
    assumptions are English texts that the catalogue translates; the population brings its own
    Spanish. ValueError if the population, period, as-of date, method, or every source is missing,
    or if the as-of date is none. Figures refuse to be added up.
    """

    figure_id: str
    name: str
    value: float | None
    interval: Interval
    population: Both
    numerator: float | None
    denominator: float | None
    period: str
    as_of: str
    method: str
    assumptions: str
    sources: tuple[str, ...]
    handling: Handling
    record_ids: tuple[str, ...] = ()
    reasons: tuple[Mapping[str, str], ...] = ()

    def __post_init__(self) -> None:
        needed = {
            "figure_id": self.figure_id,
            "name": self.name,
            "population": self.population.en and self.population.es,
            "period": self.period,
            "as_of": self.as_of,
            "method": self.method,
            "assumptions": self.assumptions,
            "sources": self.sources or self.record_ids,
            "reasons": self.reasons,
        }
        missing = [name for name, content in needed.items() if not content]
        if missing:
            raise ValueError(f"a figure needs its {', '.join(missing)}")
        as_of_text(self.as_of)
        if self.value is not None and self.value not in self.interval:
            raise ValueError(f"figure {self.figure_id}: {self.value} is outside its interval")

    def __add__(self, other: object) -> float:
        """Refuse: figures have their own guns, dates and assumptions."""
        raise MistakeError(
            "figures are not added up: {first} and {second} are of other guns, days or "
            "assumptions; show them side by side",
            first=self.figure_id,
            second=getattr(other, "figure_id", other),
        )

    __radd__ = __add__

    def to_row(self) -> dict[str, Cell]:
        """Give the row of the table ``figures``, columns in contract order."""
        cells: dict[str, Cell] = {
            "figure_id": self.figure_id,
            "name": self.name,
            "value": self.value,
            "low": self.interval.low,
            # An end that is open upwards is no number.
            "high": self.interval.high if math.isfinite(self.interval.high) else None,
            "interval": str(self.interval.kind),
            "population": self.population.en,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "period": self.period,
            "as_of": self.as_of,
            "method": self.method,
            "assumptions": self.assumptions,
            "sources": json.dumps(self.sources, ensure_ascii=False),
            "record_ids": json.dumps(self.record_ids),
            "reasons": json.dumps([dict(reason) for reason in self.reasons], ensure_ascii=False),
            "handling": str(self.handling),
        }
        return {name: cells[name] for name in FIGURES.names}
