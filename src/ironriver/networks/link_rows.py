"""The table `links`: each sign of each written pair, with the records that say it."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.networks.backbone import Links, level_name
from ironriver.networks.compared import Compared
from ironriver.networks.evidence import Evidence
from ironriver.networks.signs import NAMES
from ironriver.tables import LINKS, Handling

_SALES = ("purchase", "multiple_sale", "trace_result")
_FOUND = ("recovery", "trace_result", "ballistic_hit", "crossing_seizure", "exhibit")
_LOST = ("theft", "loss")
# Which kinds of records say a sign; where none of a gun does, all its records stand for it.
SAYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("purchaser", "household", "contact", "area", "burst", "area_burst", "structured"), _SALES
    ),
    "seller": (*_SALES, *_LOST),
    "theft": _LOST,
    "forces": _LOST,
    "found_together": _FOUND,
    "open_case": ("purchase", "exhibit"),
    "possessor": ("crossing_seizure", "exhibit", "recovery"),
    "crossing": ("crossing_seizure",),
    "ballistic": ("ballistic_hit",),
}
_SHARED = {"purchaser": "purchaser", "seller": "licensee", "burst": "licensee"}
"""Signs whose reason names the entity that both guns share, and its column."""

_RECORDS = """
CREATE OR REPLACE TEMP TABLE net_link_records AS
WITH ends AS (
  SELECT number, sign, left_id AS firearm_id FROM net_link_rows
  UNION ALL SELECT number, sign, right_id FROM net_link_rows),
said AS (
  SELECT number, firearm_id, record_id, kind IN (SELECT says.kind FROM net_says AS says
                                                 WHERE says.sign = ends.sign) AS fits
  FROM ends JOIN net_facts USING (firearm_id)),
best AS (
  SELECT *, bool_or(fits) OVER (PARTITION BY number, firearm_id) AS any_fits FROM said)
SELECT number, to_json(list_sort(list(DISTINCT record_id))) AS record_ids,
       max(strictness) AS strictness
FROM best JOIN net_strictness USING (record_id) WHERE fits OR NOT any_fits GROUP BY number
"""

# How strictly each record must be handled: the place of its source's handling in `Handling`.
STRICTNESS = """
CREATE OR REPLACE TEMP TABLE net_strictness AS
SELECT record_id, list_position(?, handling) - 1 AS strictness
FROM (SELECT record_id, source_id FROM records
      UNION ALL SELECT record_id, source_id FROM trace_results) JOIN sources USING (source_id)
"""


def make_strictness(desk: duckdb.DuckDBPyConnection) -> None:
    """Make the table that says how strictly each record must be handled."""
    engine.run(desk, STRICTNESS, [[word.value for word in Handling]])


def link_rows(desk: duckdb.DuckDBPyConnection, found: Links, compared: Compared) -> pa.Table:
    """Give the rows of `links`; `read_evidence` and `make_strictness` come before."""
    ids = compared.evidence.guns.ids
    left = ids.take(pa.array(found.edges.left[found.pair]))
    right = ids.take(pa.array(found.edges.right[found.pair]))
    kinds = pa.array(NAMES).take(pa.array(found.sign))
    rows = pa.table({"number": np.arange(len(found)), "sign": kinds, "left_id": left,
                     "right_id": right})  # fmt: skip
    says = [(sign, kind) for sign, told in SAYS.items() for kind in told]
    _hold(desk, "net_says", pa.table({"sign": [one[0] for one in says],
                                      "kind": [one[1] for one in says]}))  # fmt: skip
    _hold(desk, "net_link_rows", rows)
    engine.run(desk, _RECORDS)
    told = engine.query(desk, "SELECT * FROM net_link_records ORDER BY number")
    names = pa.array([word.value for word in Handling])
    table = pa.table(
        {
            "link_id": pa.compute.binary_join_element_wise("link", kinds, left, right, "-"),
            "left_id": left,
            "right_id": right,
            "kind": kinds,
            "log_odds": found.adds,
            "record_ids": told["record_ids"].cast(pa.string()),
            "reasons": pa.array(_reasons(found, compared.evidence), pa.string()),
            "handling": names.take(told["strictness"].combine_chunks()),
        }
    )
    return table.select(LINKS.names).cast(LINKS.schema).sort_by("link_id")


def _hold(desk: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    desk.register("_net_rows", rows)
    engine.run(desk, f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM _net_rows")  # noqa: S608
    desk.unregister("_net_rows")


def _reasons(found: Links, evidence: Evidence) -> list[str]:
    guns, out = evidence.guns, []
    shared = {
        NAMES.index(sign): (getattr(guns, column), guns.labels[column])
        for sign, column in _SHARED.items()
    }
    pairs, chance = found.edges.left[found.pair].tolist(), found.edges.probability[found.pair]
    right = found.edges.right[found.pair].tolist()
    for place, (one, other, sign, level) in enumerate(
        zip(pairs, right, found.sign.tolist(), found.level.tolist(), strict=True)
    ):
        told: dict[str, object] = {
            "field": NAMES[sign],
            "level": level_name(sign, level),
            "log_odds": round(float(found.adds[place]), 4),
            "pair_probability": round(float(chance[place]), 6),
        }
        if sign in shared:
            column, labels = shared[sign]
            if column[one] == column[other] and column[one] >= 0:
                told["entity_id"] = labels[int(column[one])].as_py()
        out.append(json.dumps([told]))
    return out
