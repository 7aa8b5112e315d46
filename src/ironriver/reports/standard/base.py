"""Which guns the standard tables count: each gun once, and of each what its trace says."""

from __future__ import annotations

import duckdb

from ironriver import engine
from ironriver.tables import Handling

_MARKS = ", ".join(f"('{each.value}', {rank})" for rank, each in enumerate(Handling))

# One gun may be in several lists and requests: it counts once, by its surest recovery in Mexico.
_COUNTED = f"""
CREATE OR REPLACE TEMP TABLE counted AS
WITH strict(handling, rank) AS (VALUES {_MARKS}),
asked AS (
  SELECT DISTINCT firearm_id FROM firearm_members JOIN (
    SELECT record_id FROM trace_results
    UNION ALL
    SELECT record_id FROM records JOIN sources USING (source_id) WHERE layout = 'trace_requests'
  ) USING (record_id)),
described AS (
  SELECT firearm_id, mode(type ORDER BY type) AS type, mode(calibre ORDER BY calibre) AS calibre
  FROM firearm_members JOIN (
    SELECT record_id, type, calibre FROM records
    UNION ALL SELECT record_id, type, calibre FROM trace_results) USING (record_id)
  GROUP BY firearm_id),
sold AS (
  SELECT firearm_id, arg_max(source_admin1, purchase_date) AS source_state,
         arg_max(source_admin2, purchase_date) AS source_county
  FROM firearm_members JOIN trace_results USING (record_id)
  WHERE source_admin1 IS NOT NULL AND purchase_date IS NOT NULL
  GROUP BY firearm_id)
SELECT traces.*, records.admin1 AS recovery_state, records.admin2 AS recovery_town,
       year(traces.recovery_date) AS recovery_year, asked.firearm_id IS NOT NULL AS asked,
       described.type, described.calibre, source_state, source_county, strict.rank
FROM traces JOIN records ON records.record_id = traces.recovery_record_id
LEFT JOIN asked USING (firearm_id) LEFT JOIN described USING (firearm_id)
LEFT JOIN sold USING (firearm_id) LEFT JOIN strict ON strict.handling = traces.handling
WHERE records.country = 'MX' AND traces.firearm_id IS NOT NULL
QUALIFY row_number() OVER (
  PARTITION BY traces.firearm_id ORDER BY traces.probability DESC, trace_id) = 1
"""  # noqa: S608  constants only


def count_guns(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `counted`: one row for each gun recovered in Mexico."""
    engine.run(connection, _COUNTED)


def handling_of(connection: duckdb.DuckDBPyConnection, where: str = "true") -> Handling:
    """Give the strictest handling of the guns counted; an unknown one is the strictest."""
    found = engine.run(
        connection,
        f"SELECT max(coalesce(rank, ?)) FROM counted WHERE {where}",  # noqa: S608
        [len(Handling) - 1],
    ).fetchall()
    return list(Handling)[found[0][0] or 0]
