"""Leads: is what stands at the top worth looking at, and how many innocent stand there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ironriver.estimators import metrics
from ironriver.world.score_measures import Result, calibration, plain, share
from ironriver.world.score_networks import FOUND
from ironriver.world.score_tables import Desk

TOPS = (20, 100, 500)


def leads(desk: Desk) -> Result:
    """Score ``leads``: all together, then each kind of candidate by itself.

    Right is a person who is not innocent, a licensee who is corrupt, a network whose guns are at
    least half of one ring. A candidate that was listed above already, under whatever id, is not
    right again. ``expected_at_random`` is the share of right ones among all candidates of the kind
    that appear in the records; lift is precision over it. A list shorter than 20 is measured whole.
    """
    desk.run(_CANDIDATES)
    kinds = [row[0] for row in desk.rows("SELECT DISTINCT candidate_kind FROM listed ORDER BY 1")]
    base = _populations(desk)
    together = [base[kind] for kind in kinds if kind in base]
    everyone = (sum(each[0] for each in together), sum(each[1] for each in together))
    result: Result = {"all": _ranking(desk.table(_LISTED.format(where="true")), everyone)}
    for kind in kinds:
        quoted = kind.replace("'", "''")
        mine = desk.table(_LISTED.format(where=f"candidate_kind = '{quoted}'"))
        result[kind] = _ranking(mine, base.get(kind))
    stated = desk.table("SELECT probability AS said, is_right AS happened FROM listed")
    return result | {"calibration": calibration(stated["said"], stated["happened"])}


_CANDIDATES = f"""
CREATE TABLE listed AS
WITH seen AS (
  SELECT leads.rank, candidate_kind, leads.probability,
         coalesce(entity_true.entity_key, network_true.ring_key) AS true_key,
         CASE WHEN entity_true.entity_key IS NOT NULL
                THEN NOT coalesce(innocent, true) OR coalesce(corrupt, false)
              WHEN network_true.network_id IS NOT NULL
                THEN network_true.ring_key IS NOT NULL AND network_true.share >= {FOUND}
         END AS is_true,
         entity_true.entity_key IS NOT NULL AND coalesce(innocent, true)
           AND NOT coalesce(corrupt, false) AS innocent
  FROM leads
  LEFT JOIN entity_true ON entity_true.entity_id = candidate_id
  LEFT JOIN truth.entities USING (entity_key)
  LEFT JOIN network_true ON network_true.network_id = candidate_id)
SELECT rank, candidate_kind, probability, innocent, is_true IS NOT NULL AS known,
       coalesce(is_true, false) AND (true_key IS NULL OR rank = min(rank)
         OVER (PARTITION BY candidate_kind, true_key)) AS is_right
FROM seen
"""  # noqa: S608

_LISTED = "SELECT rank, is_right, innocent FROM listed WHERE known AND {where} ORDER BY rank"


def _populations(desk: Desk) -> dict[str, tuple[int, int]]:
    """Give, for each kind, how many candidates there are and how many of them are right."""
    rows = desk.rows("""
        SELECT kind, count(*), count(*) FILTER (
                 WHERE NOT coalesce(innocent, true) OR coalesce(corrupt, false))
        FROM truth.entities SEMI JOIN party_true USING (entity_key) GROUP BY kind
        UNION ALL
        SELECT 'network', count(*), count(*) FILTER (WHERE ring_key IS NOT NULL AND share >= 0.5)
        FROM network_true
    """)
    return {kind: (everyone, right) for kind, everyone, right in rows}


def _ranking(found: pa.Table, base: tuple[int, int] | None) -> Result:
    """Measure one list; average precision counts right ones that are not listed as never found."""
    scores = -np.asarray(found["rank"], dtype=np.float64)
    right = np.asarray(found["is_right"], dtype=np.float64)
    innocent = np.asarray(found["innocent"], dtype=np.float64)
    result: Result = {"listed": len(scores), "right": int(right.sum())}
    random = share(base[1], base[0]) if base else None
    if base and len(scores):
        area = metrics.average_precision(scores, right) if right.any() else 0.0
        reached = share(float(right.sum()), max(base[1], int(right.sum())))
        result |= {
            "candidates": base[0],
            "expected_at_random": random,
            "average_precision": None if reached is None else area * reached,
        }
    for top in TOPS:
        if len(scores) >= top or top == TOPS[0]:
            precision = metrics.precision_at(scores, right, top)
            result[f"top_{top}"] = {
                "precision": precision,
                "lift": precision / random if random else None,
                "innocent": metrics.precision_at(scores, innocent, top),
            }
    return plain(result)
