"""The published tables and results that the tests hold the estimators against."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path

import pytest

from ironriver.estimators.population.lists import Lists

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "reference" / "vectors"


def rows(name: str) -> list[dict[str, str]]:
    """Read a file of reference results; skip the test where it is absent."""
    path = VECTORS / f"{name}.csv"
    if not path.exists():
        pytest.skip("needs ../shared/reference/vectors")
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@cache
def tables() -> dict[str, Lists]:
    """Read the capture tables of all data sets."""
    path = VECTORS / "mse_datasets.json"
    if not path.exists():
        pytest.skip("needs ../shared/reference/vectors")
    content = json.loads(path.read_text("utf-8"))
    return {
        name: Lists.from_patterns(lists, {tuple(held): count for held, count in counts})
        for name, (lists, counts) in content.items()
    }


def spina_bifida() -> Lists:
    """Give the counts that Madigan and York (1997), table 1, print: New York, 1969-74."""
    counts = {
        ("birth",): 247, ("death",): 49, ("medical",): 60, ("birth", "death"): 142,
        ("birth", "medical"): 112, ("death", "medical"): 4, ("birth", "death", "medical"): 12,
    }  # fmt: skip
    return Lists.from_patterns(("birth", "death", "medical"), counts)


def uk_five() -> Lists:
    """Give the UK's five lists of 2013, as Silverman (2014) prints them."""
    counts = {
        ("LA",): 54, ("NG",): 463, ("PFNCA",): 995, ("GO",): 695, ("GP",): 316,
        ("LA", "NG"): 15, ("LA", "PFNCA"): 19, ("LA", "GO"): 3, ("NG", "PFNCA"): 62,
        ("NG", "GO"): 19, ("NG", "GP"): 1, ("PFNCA", "GO"): 76, ("PFNCA", "GP"): 11,
        ("GO", "GP"): 8, ("LA", "NG", "PFNCA"): 1, ("LA", "NG", "GO"): 1,
        ("NG", "PFNCA", "GO"): 4, ("LA", "NG", "PFNCA", "GO"): 1,
    }  # fmt: skip
    return Lists.from_patterns(("LA", "NG", "PFNCA", "GO", "GP"), counts)
