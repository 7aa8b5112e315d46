"""How each field of a candidate is read: from what was counted to a level, 0 for nothing said."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Facts = Mapping[str, Floats]
"""What was counted of candidates, one column for each count; NaN where it is not known."""
Read = Callable[[Facts], Ints]


@cache
def bounds(name: str) -> Floats:
    """Give the bounds between the levels of a field, from the list that comes with the package."""
    text = (resources.files("ironriver.networks") / "lead_bounds.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return np.array([float(row["bound"]) for row in rows if row["field"] == name])


def whether(column: str) -> Read:
    """Give the level of a count that is there or not."""

    def read(facts: Facts) -> Ints:
        return (facts[column] > 0).astype(np.int64)

    return read


def stepped(column: str, field: str) -> Read:
    """Give the level of a count: how many bounds it reaches; what is not known has level 0."""

    def read(facts: Facts) -> Ints:
        values = np.nan_to_num(facts[column], nan=-np.inf)
        return np.searchsorted(bounds(field), values, side="right").astype(np.int64)

    return read


def soon(facts: Facts) -> Ints:
    """Read how soon a gun was recovered after its sale; 0 where no day is known."""
    days = facts["soonest"]
    level = 4 - np.searchsorted(bounds("soon"), np.nan_to_num(days, nan=0.0), side="right")
    return np.where(np.isnan(days), 0, level).astype(np.int64)


def near(what: str) -> Read:
    """Give the level of sharing something with others: with anybody, a purchaser, one known."""

    def read(facts: Facts) -> Ints:
        found = [
            facts[f"{what}_known"] > 0, facts[f"{what}_traced"] > 0, facts[what] > 0
        ]  # fmt: skip
        return np.select(found, [3, 2, 1], 0).astype(np.int64)

    return read


def company(facts: Facts) -> Ints:
    """Read with whose guns the candidate's are judged to have been moved, and how surely."""
    others = facts["chain_others"] > 0
    sure = facts["chain_sure"] >= bounds("chain")[0]
    known = (facts["chain_cases"] > 0) | (facts["chain_held"] > 0)
    found = [others & known & sure, others & sure, others & known, others]
    return np.select(found, [4, 3, 2, 1], 0).astype(np.int64)


def chain_size(facts: Facts) -> Ints:
    """Read how many guns the supply chain has."""
    return np.searchsorted(bounds("chain_size"), facts["chain_guns"], side="right").astype(np.int64)


def alike(facts: Facts) -> Ints:
    """Read whether guns bought at once were of one model."""
    return (facts["alike"] > 0).astype(np.int64)


def sought(facts: Facts) -> Ints:
    """Read how sought after in Mexico the models are that were bought at once."""
    value = np.nan_to_num(facts["sought"], nan=-np.inf)
    level = 1 + np.searchsorted(bounds("sought"), value, side="right")
    return np.where(np.isnan(facts["sought"]), 0, level).astype(np.int64)


def unreported(facts: Facts) -> Ints:
    """Read how many sales lack a report that they had to have."""
    return np.minimum(facts["not_reported"], 2).astype(np.int64)


def reports_sales(facts: Facts) -> Ints:
    """Read whether a dealer reports sales of several guns, and none is known to be missing."""
    return np.where((facts["reported"] > 0) & (facts["not_reported"] == 0), 1, 0).astype(np.int64)


def worst(facts: Facts) -> Ints:
    """Read how the inspections of a licensee ended; 0 where there was none."""
    clean = (facts["inspections"] > 0) & (facts["worst"] == 0)
    return np.where(clean, 1, np.where(facts["worst"] > 0, 1 + facts["worst"], 0)).astype(np.int64)


def chain_known(facts: Facts) -> Ints:
    """Read whether a case or a seizure on the way speaks of a supply chain."""
    found = [facts["cases"] > 0, facts["held"] > 0]
    return np.select(found, [2, 1], 0).astype(np.int64)


def chain_stolen(facts: Facts) -> Ints:
    """Read what share of a chain's guns was reported stolen or lost."""
    share = facts["stolen"] / np.maximum(facts["guns"], 1)
    return np.searchsorted(bounds("chain_stolen"), share, side="right").astype(np.int64)


def chain_soon(facts: Facts) -> Ints:
    """Read what share of a chain's guns was recovered soon after its sale."""
    share = facts["soon"] / np.maximum(facts["guns"], 1)
    return np.searchsorted(bounds("chain_soon"), share, side="right").astype(np.int64)
