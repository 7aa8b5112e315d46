"""What each level of each field adds to the log-odds of a candidate, as it was learned.

`lead_weights.csv` is written by `tools/learn_leads.py`, which says in `lead_weights.json` on which
worlds and how. Nothing in it is set by hand.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from ironriver.networks.lead_fields import FIELDS
from ironriver.networks.lead_levels import Floats, Ints, bounds

COLUMNS = ("kind", "part", "name", "level", "value")
YEARS = "years"


@dataclass(frozen=True, slots=True)
class LeadWeights:
    """The weights of one kind of candidate.

    `by_field` has one array for each field, level 0 first; `slope` and `shift` calibrate their sum
    (Platt 1999) on worlds other than those it was learned on. `yearly` (bins,) is how many guns of
    a right candidate were found in a year, by how many were found in the year before.
    """

    prior: float
    by_field: tuple[Floats, ...]
    slope: float
    shift: float
    yearly: Floats

    @property
    def base(self) -> float:
        """The log-odds of a candidate of whom no field says anything."""
        return self.slope * self.prior + self.shift

    def parts(self, levels: Ints) -> Floats:
        """Give what each field adds, (candidates, fields)."""
        columns = [weights[levels[:, place]] for place, weights in enumerate(self.by_field)]
        return np.stack(columns, axis=1) * self.slope

    def guns_next_year(self, found_this_year: Floats) -> Floats:
        """Give how many guns a right candidate explains in a year, by those of the last year."""
        return self.yearly[np.searchsorted(bounds(YEARS), found_this_year, side="right")]


@cache
def packaged() -> Mapping[str, LeadWeights]:
    """Give the weights that come with the package, by kind of candidate."""
    text = (resources.files("ironriver.networks") / "lead_weights.csv").read_text("utf-8")
    return of_rows(csv.DictReader(text.splitlines()))


def of_rows(rows: Iterable[Mapping[str, str]]) -> Mapping[str, LeadWeights]:
    """Read weights; KeyError where a level of a field has none. A company is weighed as a person.

    >>> sorted(packaged())
    ['company', 'licensee', 'network', 'person']
    """
    told = {
        (row["kind"], row["part"], row["name"], row["level"]): float(row["value"]) for row in rows
    }  # fmt: skip
    return {kind: _of_kind(kind, "person" if kind == "company" else kind, told) for kind in FIELDS}


def _of_kind(
    kind: str, learned: str, told: Mapping[tuple[str, str, str, str], float]
) -> LeadWeights:
    by_field = tuple(
        np.array([0.0, *(told[learned, "field", each.name, level] for level in each.levels)])
        for each in FIELDS[kind]
    )
    years = range(len(bounds(YEARS)) + 1)
    return LeadWeights(
        told[learned, "prior", "", ""],
        by_field,
        told[learned, "calibration", "slope", ""],
        told[learned, "calibration", "shift", ""],
        np.array([told[learned, YEARS, "", str(each)] for each in years]),
    )
