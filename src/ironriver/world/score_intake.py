"""Intake: did each row end where it should."""

from __future__ import annotations

from ironriver.estimators.metrics import precision_recall
from ironriver.world.score_measures import Result, told
from ironriver.world.score_tables import Desk


def rows(desk: Desk) -> Result:
    """Score where rows ended: quarantine exactly where the truth says that a row is unreadable.

    Only sources are counted of which some row is given: who scores a few tables alone is not told
    that the rest is lost. ``sources_not_given`` says how many that leaves out.
    """
    desk.run(_ENDED)
    (counts,) = desk.rows("""
        SELECT count(*), count(*) FILTER (WHERE quarantined AND NOT readable),
               count(*) FILTER (WHERE quarantined), count(*) FILTER (WHERE NOT readable),
               count(*) FILTER (WHERE readable AND quarantined),
               count(*) FILTER (WHERE NOT readable AND accepted),
               count(*) FILTER (WHERE NOT quarantined AND NOT accepted)
        FROM ended
    """)
    total, both, given, true, refused, taken, lost = counts
    return {
        "rows": total,
        "sources_not_given": desk.count("""
            SELECT count(DISTINCT source_id) FROM truth.rows ANTI JOIN ended USING (source_id)
        """),
        "quarantine": told(precision_recall(both, given, true)),
        "readable_but_quarantined": refused,
        "unreadable_but_accepted": taken,
        "neither": lost,
        "reasons_of_readable": _reasons(desk),
    }


_ENDED = """
CREATE TABLE ended AS
SELECT rows.source_id, rows.row_number, rows.readable, quarantine.reason_code,
       quarantine.row_number IS NOT NULL AS quarantined, row_ids.row_number IS NOT NULL AS accepted
FROM truth.rows AS rows
LEFT JOIN quarantine USING (source_id, row_number)
LEFT JOIN (SELECT DISTINCT source_id, row_number FROM row_ids) AS row_ids
  USING (source_id, row_number)
WHERE rows.source_id IN (SELECT source_id FROM row_ids UNION SELECT source_id FROM quarantine)
"""


def _reasons(desk: Desk) -> list[Result]:
    found = desk.rows("""
        SELECT coalesce(layout, ''), reason_code, count(*) AS rows
        FROM ended LEFT JOIN sources USING (source_id)
        WHERE readable AND quarantined GROUP BY ALL ORDER BY rows DESC, 1, 2
    """)
    return [dict(zip(("layout", "reason", "rows"), row, strict=True)) for row in found]
