"""Short time-to-crime by licensee: rates with their doubt, in order of name, never ranked."""

from __future__ import annotations

import datetime as dt
import math

import duckdb
import numpy as np
import pyarrow as pa
from scipy.stats import beta

from ironriver import engine
from ironriver.governance.policy import FREE, Use
from ironriver.governance.release import Access, release_cells
from ironriver.language import mark
from ironriver.reports.standard.base import handling_of
from ironriver.reports.standard.sheet import Cell, Sheet
from ironriver.tables import Handling
from ironriver.tracing.time_to_crime import SHORT_DAYS

TITLE = mark("Short time-to-crime by licensee of the last known retail sale")
POPULATION = mark("guns recovered in Mexico with a known sale, licensee and recovery, each once")
COLUMNS = (
    mark("licensee"), mark("licence key"), mark("guns with a known time"), mark("short"),
    mark("rate"), mark("low"), mark("high"), mark("rate of all"),
)  # fmt: skip
NOTES = (
    mark("short: three years (1,095 days) or less from the last known retail sale to the recovery"),
    mark(
        "the rate is drawn towards that of all licensees as far as few guns tell little (beta and "
        "binomial, empirical Bayes); low and high hold it with probability 0.95"
    ),
    mark("in order of name: a large shop near the border sells more, and a count is no reproach"),
)

_COUNTS = """
WITH named AS (
  SELECT entity_id, mode(name ORDER BY name) AS name
  FROM entity_members JOIN parties USING (party_id)
  WHERE name IS NOT NULL AND role IN ('seller', 'licensee', 'trade_name') GROUP BY entity_id)
SELECT licensee_entity_id AS licensee, any_value(named.name) AS name,
       any_value(entities.licence_key) AS licence_key, count(*) AS guns,
       count(*) FILTER (WHERE time_to_crime_days <= ?) AS short
FROM counted
LEFT JOIN named ON named.entity_id = licensee_entity_id
LEFT JOIN entities ON entities.entity_id = licensee_entity_id
WHERE licensee_entity_id IS NOT NULL AND time_to_crime_days >= 0
GROUP BY licensee_entity_id
ORDER BY name NULLS LAST, licensee
"""
_STRICTNESS = list(Handling)


def short_by_licensee(connection: duckdb.DuckDBPyConnection, access: Access, day: dt.date) -> Sheet:
    """Give the rate of short times of each licensee; `counted` is made before.

    Names of licensees are LAW_ENFORCEMENT at least (contents of the United States trace database
    do not leave as rows at all), so a role and a purpose are needed.
    """
    handling = handling_of(connection, "licensee_entity_id IS NOT NULL")
    if handling not in FREE or handling is Handling.PUBLIC:
        handling = max(handling, Handling.LAW_ENFORCEMENT, key=_STRICTNESS.index)
    access.permit("view", "short_time_to_crime", handling, Use.NAMES)
    found = engine.query(connection, _COUNTS, [SHORT_DAYS])
    rows, withheld = _rows(found, handling, access)
    return Sheet(
        "short_time_to_crime", TITLE, POPULATION, day, COLUMNS, rows, NOTES,
        withheld, handling.value,
    )  # fmt: skip


def _rows(
    found: pa.Table, handling: Handling, access: Access
) -> tuple[tuple[tuple[Cell, ...], ...], int]:
    told = found.to_pylist()
    split = [
        {"licensee": row["licensee"], "short": name, "guns": count}
        for row in told
        for name, count in (("short", row["short"]), ("longer", row["guns"] - row["short"]))
    ]
    schema = pa.schema([("licensee", pa.string()), ("short", pa.string()), ("guns", pa.int64())])
    cells = pa.Table.from_pylist(split, schema=schema)
    done = release_cells(
        cells, ("licensee", "short"), "guns", handling, access, name="short_time_to_crime"
    )
    shown = {(row["licensee"], row["short"]): row["guns"] for row in done.table.to_pylist()}
    prior = _prior([(row["short"], row["guns"]) for row in told])
    rows: list[tuple[Cell, ...]] = []
    for row in told:
        short, longer = shown[row["licensee"], "short"], shown[row["licensee"], "longer"]
        name = row["name"] or row["licensee"]
        if short is None or longer is None:
            rows.append((name, row["licence_key"], None, None, None, None, None, None))
            continue
        rate, low, high = shrunken(short, short + longer, prior)
        usual = round(prior[0] / (prior[0] + prior[1]), 4)
        rows.append((name, row["licence_key"], short + longer, short, rate, low, high, usual))
    return tuple(rows), sum(done.withheld.values())


def shrunken(short: int, guns: int, prior: tuple[float, float]) -> tuple[float, float, float]:
    """Give a rate drawn towards the prior, and the ends of its 95 % credible interval.

    >>> shrunken(0, 2, (3.0, 3.0))[0], shrunken(0, 200, (3.0, 3.0))[0]
    (0.375, 0.0146)
    """
    a, b = prior[0] + short, prior[1] + guns - short
    low, high = beta.ppf([0.025, 0.975], a, b)
    return round(a / (a + b), 4), round(float(low), 4), round(float(high), 4)


def _prior(counts: list[tuple[int, int]]) -> tuple[float, float]:
    """Give the beta distribution of the licensees' rates by moments (Kleinman 1973).

    The variance between licensees is what is left of the variance of their rates once chance is
    taken off; where nothing is left, all licensees are taken to share one rate.
    """
    guns = np.array([size for _, size in counts], dtype=float)
    short = np.array([number for number, _ in counts], dtype=float)
    whole = guns.sum()
    mean = float((short.sum() + 0.5) / (whole + 1.0)) if whole else 0.5
    if len(counts) < 2:
        return mean * 2.0, (1.0 - mean) * 2.0
    spread = float((guns * (short / guns - mean) ** 2).sum())
    usual = mean * (1.0 - mean)
    size = whole - float((guns**2).sum()) / whole
    between = (spread - usual * (len(counts) - 1)) / max(size - (len(counts) - 1), 1e-9)
    strength = usual / between - 1.0 if between > 0 else math.inf
    strength = min(max(strength, 1.0), 1e4)
    return mean * strength, (1.0 - mean) * strength
