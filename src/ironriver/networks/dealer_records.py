"""Read from the tables what is held against dealers, as flat arrays; no name leaves the query."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.networks.dealers import Counted, DealerEvidence
from ironriver.tracing.time_to_crime import SHORT_DAYS


@cache
def _rule() -> dict[str, str]:
    text = (resources.files("ironriver.networks") / "dealer_rule.csv").read_text("utf-8")
    return {row["name"]: row["value"] for row in csv.DictReader(text.splitlines())}


def read_dealers(connection: duckdb.DuckDBPyConnection) -> DealerEvidence:
    """Read the evidence of all licensees; the connection holds the tables of `networks.LEAD_READS`.

    Networks may be empty: guns are then put together by their purchaser. Leaves temporary tables.
    """
    rule = _rule()
    given = {
        "report_days": int(rule["report_days"]),
        "short_days": SHORT_DAYS,
        "exempt": rule["exempt_calibres"].split(";"),
        "rifle_states": rule["rifle_states"].split(),
    }
    for name, value in given.items():
        connection.execute(f"SET VARIABLE {name} = ?", [value])
    for statement in (_DEALERS, _TRACED, _SOON, _SEEN, _VISITS):
        engine.run(connection, statement)
    dealers = engine.query(connection, _EXPOSURE)
    return DealerEvidence(
        tuple(dealers["dealer"].to_pylist()),
        np.asarray(dealers["stratum"], dtype=np.int64),
        np.asarray(dealers["stand_ins"], dtype=np.int64),
        _counted(engine.query(connection, _SOON_ROWS), engine.query(connection, _SOON_TIES)),
        _counted(engine.query(connection, _SALE_ROWS), engine.query(connection, _SALE_TIES)),
    )


def _counted(things: pa.Table, ties: pa.Table) -> Counted:
    dealer, group = (np.asarray(things[name], dtype=np.int64) for name in ("place", "grp"))
    thing, source = (np.asarray(ties[name], dtype=np.int64) for name in ("thing", "source"))
    return Counted(dealer, group, np.asarray(things["hit"], dtype=np.bool_), thing, source)


# A dealer stands by its lasting id; where it sells is on the licence.
_DEALERS = """
CREATE OR REPLACE TEMP TABLE dealers AS
WITH placed AS (SELECT licence_key, max(admin1) AS admin1 FROM licences GROUP BY licence_key),
known AS (
  SELECT entity_id, admin1 FROM entities LEFT JOIN placed USING (licence_key)
  WHERE kind = 'licensee')
SELECT entity_id AS dealer, admin1, row_number() OVER (ORDER BY entity_id) - 1 AS place,
       list_position(getvariable('rifle_states'), admin1) AS near
FROM known
"""

# Each gun once, by its surest trace. A gun that a dealer reported stolen or lost speaks for it.
_TRACED = """
CREATE OR REPLACE TEMP TABLE traced AS
WITH told AS (
  SELECT firearm_id FROM firearm_members JOIN records USING (record_id)
  WHERE kind IN ('theft', 'loss') AND country IS DISTINCT FROM 'MX')
SELECT coalesce(firearm_id, recovery_record_id) AS gun, licensee_entity_id AS dealer,
       purchaser_entity_id AS purchaser, sale_date, recovery_date,
       time_to_crime_days AS days, record_ids
FROM traces ANTI JOIN told USING (firearm_id)
WHERE licensee_entity_id IS NOT NULL AND sale_date IS NOT NULL
  AND outcome <> 'stolen_before_sale' AND basis <> 'expected'
QUALIFY row_number() OVER (PARTITION BY gun ORDER BY probability DESC, trace_id) = 1
"""

# Guns of one supply chain, or else of one purchaser, are one thing that happened at a dealer.
_SOON = """
CREATE OR REPLACE TEMP TABLE soon AS
WITH chains AS (
  SELECT member_id AS gun, min(network_id) AS network FROM network_members
  WHERE member_kind = 'firearm' AND probability >= 0.5 GROUP BY member_id)
SELECT row_number() OVER (ORDER BY gun) - 1 AS thing, place, record_ids,
       coalesce(network, purchaser, gun) AS incident
FROM traced JOIN dealers USING (dealer) LEFT JOIN chains USING (gun)
WHERE days BETWEEN 0 AND getvariable('short_days')
"""

# Sales that records other than the report itself show, each gun once.
_SEEN = """
CREATE OR REPLACE TEMP TABLE seen AS
WITH roles AS (
  SELECT record_id, max(entity_id) FILTER (role = 'purchaser') AS purchaser,
         max(entity_id) FILTER (role = 'seller') AS dealer
  FROM parties JOIN entity_members USING (party_id)
  WHERE role IN ('purchaser', 'seller') GROUP BY record_id),
sold AS (
  SELECT firearm_id AS gun, purchaser, dealer, event_date AS day, [source_id] AS sources, kind
  FROM records JOIN roles USING (record_id) JOIN firearm_members USING (record_id)
  WHERE kind IN ('purchase', 'multiple_sale') AND date_precision = 'day'
  UNION ALL
  SELECT gun, purchaser, dealer, sale_date, NULL, 'trace' FROM traced
  WHERE purchaser IS NOT NULL)
SELECT sold.*, CASE WHEN type IN ('pistol', 'revolver') THEN 'hand'
                    WHEN type IN ('rifle', 'carbine') AND near IS NOT NULL
                      AND NOT list_contains(getvariable('exempt'), coalesce(calibre, ''))
                      THEN 'long'
               END AS sort
FROM sold JOIN dealers USING (dealer) LEFT JOIN firearms ON firearm_id = gun
WHERE purchaser IS NOT NULL AND day IS NOT NULL
"""

# Sales to one purchaser within the days of the rule, in a year from which reports are held.
_VISITS = """
CREATE OR REPLACE TEMP TABLE visits AS
WITH covered AS (SELECT DISTINCT year(day) AS year FROM seen WHERE kind = 'multiple_sale'),
shown AS (
  SELECT DISTINCT ON (gun) gun, purchaser, dealer, sort, day, sources FROM seen
  WHERE kind <> 'multiple_sale' AND sort IS NOT NULL AND year(day) IN (SELECT year FROM covered)
  ORDER BY gun, kind, day),
stepped AS (
  SELECT *, coalesce(day - lag(day) OVER (PARTITION BY purchaser, dealer, sort ORDER BY day, gun)
                     > getvariable('report_days'), true) AS opens
  FROM shown),
numbered AS (
  SELECT *, sum(opens::BIGINT) OVER (PARTITION BY purchaser, dealer, sort ORDER BY day, gun) AS nth
  FROM stepped)
SELECT row_number() OVER (ORDER BY purchaser, dealer, sort, nth) - 1 AS thing, purchaser, dealer,
       list(gun) AS guns, list(DISTINCT source) AS sources, min(day) AS first, max(day) AS last
FROM numbered LEFT JOIN (
  SELECT gun, unnest(sources) AS source FROM shown
  UNION ALL
  SELECT gun, source_id FROM traced, unnest(from_json(record_ids, '["VARCHAR"]')) AS of(record_id)
  JOIN trace_results USING (record_id)) USING (gun)
GROUP BY purchaser, dealer, sort, nth HAVING count(DISTINCT gun) > 1
"""

_EXPOSURE = """
WITH reports AS (
  SELECT dealer, count(DISTINCT (purchaser, day)) AS times FROM seen
  WHERE kind = 'multiple_sale' GROUP BY dealer),
losses AS (
  SELECT entity_id AS dealer, count(DISTINCT record_id) AS times
  FROM records JOIN parties USING (record_id) JOIN entity_members USING (party_id)
  WHERE kind IN ('theft', 'loss') AND role = 'seller' GROUP BY entity_id),
old AS (
  SELECT dealer, count(*) AS times FROM traced WHERE days > getvariable('short_days')
  GROUP BY dealer)
SELECT dealer, coalesce(near, 0) AS stratum,
       coalesce(reports.times, 0) + coalesce(losses.times, 0) + coalesce(old.times, 0) AS stand_ins
FROM dealers LEFT JOIN reports USING (dealer) LEFT JOIN losses USING (dealer)
LEFT JOIN old USING (dealer)
ORDER BY place
"""

_NUMBERED = "(SELECT source_id, row_number() OVER (ORDER BY source_id) - 1 AS source FROM sources)"

_SOON_ROWS = """
SELECT place, dense_rank() OVER (ORDER BY incident) - 1 AS grp, true AS hit FROM soon ORDER BY thing
"""

_SOON_TIES = f"""
WITH rests AS (
  SELECT thing, unnest(from_json(record_ids, '["VARCHAR"]')) AS record_id FROM soon),
told AS (
  SELECT record_id, source_id FROM records WHERE kind = 'recovery'
  UNION ALL SELECT record_id, source_id FROM trace_results)
SELECT DISTINCT thing, source FROM rests JOIN told USING (record_id)
JOIN {_NUMBERED} USING (source_id) ORDER BY thing, source
"""  # noqa: S608

# A report counts for the sale if it names one of its guns, or the same purchaser, dealer and days.
_SALE_ROWS = """
WITH reported AS (
  SELECT DISTINCT thing FROM visits JOIN seen
    ON seen.kind = 'multiple_sale'
   AND (list_contains(guns, seen.gun)
        OR (seen.purchaser = visits.purchaser AND seen.dealer = visits.dealer
            AND seen.day BETWEEN first - getvariable('report_days')::INT
                             AND last + getvariable('report_days')::INT)))
SELECT place, visits.thing AS grp, reported.thing IS NULL AS hit
FROM visits JOIN dealers USING (dealer) LEFT JOIN reported USING (thing) ORDER BY visits.thing
"""

_SALE_TIES = f"""
SELECT thing, source FROM (SELECT thing, unnest(sources) AS source_id FROM visits)
JOIN {_NUMBERED} USING (source_id) ORDER BY thing, source
"""  # noqa: S608
