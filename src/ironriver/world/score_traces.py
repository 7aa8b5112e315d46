"""Traces: did each recovery get the outcome, origin and purchaser that it truly has."""

from __future__ import annotations

from ironriver.estimators.metrics import precision_recall
from ironriver.world.score_measures import Result, calibration, share, told
from ironriver.world.score_tables import Desk


def traces(desk: Desk) -> Result:
    """Score ``traces`` over the accepted recoveries that have a true trace.

    A recovery without a trace counts as wrong. A named purchaser or licensee counts by the true
    entity that the judged one is taken for, against all recoveries that have a true one.
    """
    desk.run(_ANSWERED)
    answered = desk.count("SELECT count(*) FROM answered WHERE outcome IS NOT NULL")
    recoveries = desk.count("SELECT count(*) FROM answered")
    found = desk.table("SELECT probability AS said, whole_right AS happened FROM answered")
    return {
        "recoveries": recoveries,
        "answered": answered,
        **{name: _accuracy(desk, name) for name in ("outcome", "origin", "diversion")},
        "purchaser": _named(desk, "purchaser"),
        "licensee": _named(desk, "licensee"),
        "outcomes": _confusion(desk),
        "calibration": calibration(found["said"], found["happened"]),
    }


_ANSWERED = """
CREATE TABLE answered AS
WITH mine AS (
  SELECT * FROM traces
  QUALIFY row_number() OVER (PARTITION BY recovery_record_id ORDER BY probability DESC) = 1)
SELECT row_ids.record_id, mine.outcome, mine.origin, mine.diversion, mine.probability,
       buyer.entity_key AS purchaser, seller.entity_key AS licensee,
       mine.purchaser_entity_id IS NOT NULL AS names_purchaser,
       mine.licensee_entity_id IS NOT NULL AS names_licensee,
       true_one.outcome AS true_outcome, true_one.origin AS true_origin,
       true_one.diversion AS true_diversion, true_one.purchaser_key AS true_purchaser,
       true_one.licensee_key AS true_licensee,
       CASE WHEN mine.outcome IS NULL THEN NULL
            ELSE mine.outcome = true_one.outcome
                 AND (mine.outcome <> 'traced_to_purchaser' OR mine.purchaser_entity_id IS NULL
                      OR coalesce(buyer.entity_key = true_one.purchaser_key, false))
       END AS whole_right
FROM truth.trace_truth AS true_one
JOIN row_ids USING (source_id, row_number)
LEFT JOIN mine ON mine.recovery_record_id = row_ids.record_id
LEFT JOIN entity_true AS buyer ON buyer.entity_id = mine.purchaser_entity_id
LEFT JOIN entity_true AS seller ON seller.entity_id = mine.licensee_entity_id
"""


def _accuracy(desk: Desk, name: str) -> Result:
    (row,) = desk.rows(f"""
        SELECT count(*), count({name}), count(*) FILTER (WHERE {name} = true_{name})
        FROM answered WHERE true_{name} IS NOT NULL
    """)  # noqa: S608
    true, said, right = row
    return {"true": true, "given": said, "correct": right, "accuracy": share(right, true)}


def _named(desk: Desk, name: str) -> Result:
    (row,) = desk.rows(f"""
        SELECT count(*) FILTER (WHERE {name} = true_{name}), count(*) FILTER (WHERE names_{name}),
               count(true_{name})
        FROM answered
    """)  # noqa: S608
    return told(precision_recall(*row))


def _confusion(desk: Desk) -> list[Result]:
    """List true outcomes with what was said of them, most frequent first."""
    rows = desk.rows("""
        SELECT true_outcome, coalesce(outcome, 'no trace'), count(*) AS recoveries
        FROM answered GROUP BY ALL ORDER BY recoveries DESC, 1, 2
    """)
    return [dict(zip(("true", "said", "recoveries"), row, strict=True)) for row in rows]
