"""The rows of the table ``figures`` as the page needs them: grouped by the guns they speak of."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ironriver.reports.figures_page.plots import Counts

# Readings that repeat an end of the bounds beside them.
_ENDS = ("rest_not", "rest_all")
OWN = ("records", "rows")
SHARES = ("origin.",)
AMOUNTS = ("flow.", "rates.")


@dataclass(frozen=True, slots=True)
class Told:
    """One figure that has passed the release gate."""

    figure_id: str
    name: str
    value: float | None
    low: float
    high: float
    interval: str
    guns: str
    layer: str
    numerator: float | None
    denominator: float | None
    period: str
    as_of: str
    method: str
    assumptions: str
    sources: tuple[str, ...]
    record_ids: tuple[str, ...] | None
    reasons: tuple[Mapping[str, str], ...]
    handling: str

    @property
    def base_id(self) -> str:
        """The base that it is a reading of."""
        return self.figure_id.removeprefix("origin.").rpartition(".")[0]

    @property
    def reading(self) -> str:
        """Which reading of the base it is."""
        return self.figure_id.rpartition(".")[2]

    @property
    def own(self) -> bool:
        """Whether it counts the workspace's own guns."""
        return self.base_id.partition(".")[0] in OWN

    @property
    def part(self) -> bool:
        """Whether it is a part of the share from the United States, or what was done with it."""
        return ".us_sourced." not in f"{self.base_id}."

    @property
    def share(self) -> bool:
        """Whether it is a share of guns, not odds or a ratio of counts."""
        return self.reading not in ("breakdown", "once")

    def reason(self, field: str) -> str | None:
        """Give the level of a reason."""
        return next((each["level"] for each in self.reasons if each["field"] == field), None)

    @property
    def counts(self) -> Counts | None:
        """The counts behind its share, if part of the guns was determined and part was not."""
        unknown = self.reason("undetermined")
        if self.numerator is None or self.denominator is None or unknown is None:
            return None
        known = self.denominator - float(unknown)
        if not 0 < known < self.denominator:
            return None
        return Counts(self.numerator, known, self.denominator)


def told(rows: Iterable[Mapping[str, Any]], prefixes: tuple[str, ...] = SHARES) -> list[Told]:
    """Read the rows of some figures, of origin unless told; an end that is open is infinite."""
    return [_told(row) for row in rows if str(row["figure_id"]).startswith(prefixes)]


def _told(row: Mapping[str, Any]) -> Told:
    guns, _, layer = str(row["population"]).rpartition(": ")
    ids = row["record_ids"]
    return Told(
        row["figure_id"], row["name"], row["value"], row["low"],
        math.inf if row["high"] is None else row["high"], row["interval"],
        guns or layer, layer if guns else "", row["numerator"], row["denominator"], row["period"],
        row["as_of"], row["method"], row["assumptions"], tuple(json.loads(row["sources"])),
        None if ids is None else tuple(json.loads(ids)), tuple(json.loads(row["reasons"])),
        row["handling"],
    )  # fmt: skip


# The weakest assumption first: what is open is shown before what closes it.
_ORDER = (
    "none", "none_made", "none_imported", "none_retail", "none_trafficked", "counted",
    "counted_out", "sampled", "odds_10", "odds_2", "rest_no_more", "alike", "alike_model",
    "rest_alike",
)  # fmt: skip


def grouped(figures: Iterable[Told]) -> list[list[Told]]:
    """Group shares by base, and order each group by how much it assumes."""
    groups: dict[str, list[Told]] = {}
    for figure in figures:
        if figure.share and figure.reading not in _ENDS:
            groups.setdefault(figure.base_id, []).append(figure)
    for group in groups.values():
        group.sort(key=lambda figure: _ORDER.index(figure.reading))
    return list(groups.values())
