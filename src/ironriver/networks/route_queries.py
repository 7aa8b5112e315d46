"""Where each gun was last sold and where it was found, each gun once: named queries."""

from __future__ import annotations

# The county of a licensee, as lists of licensees give it most often.
COUNTIES = """
CREATE OR REPLACE TEMP TABLE route_counties AS
SELECT entity_id, mode(licences.admin1 ORDER BY licences.admin1) AS source_admin1,
       mode(licences.admin2 ORDER BY licences.admin2) AS source_admin2
FROM entities JOIN licences USING (licence_key)
WHERE licences.admin1 IS NOT NULL GROUP BY entity_id
"""

# What an answer says of the last licensee's place; the latest sale wins, as in the standard tables.
ANSWERED = """
CREATE OR REPLACE TEMP TABLE route_answered AS
SELECT firearm_id, arg_max(source_admin1, (purchase_date, record_id)) AS source_admin1,
       arg_max(source_admin2, (purchase_date, record_id)) AS source_admin2
FROM firearm_members JOIN trace_results USING (record_id)
WHERE source_admin1 IS NOT NULL AND purchase_date IS NOT NULL GROUP BY firearm_id
"""

# A crossing, only where a record of the gun names it.
CROSSED = """
CREATE OR REPLACE TEMP TABLE route_crossed AS
SELECT firearm_id, mode(crossing ORDER BY crossing) AS crossing
FROM firearm_members JOIN records USING (record_id)
WHERE crossing IS NOT NULL AND crossing <> 'unknown' GROUP BY firearm_id
"""

# One recovery in Mexico for each gun: that of its surest trace, as in the standard tables.
RECOVERED = """
CREATE OR REPLACE TEMP TABLE route_recovered AS
SELECT traces.firearm_id, traces.licensee_entity_id, traces.handling,
       traces.record_ids, records.admin1 AS recovery_admin1, records.admin2 AS recovery_admin2,
       records.event_date AS day
FROM traces JOIN records ON records.record_id = traces.recovery_record_id
WHERE records.country = 'MX' AND records.admin1 IS NOT NULL AND records.event_date IS NOT NULL
  AND traces.firearm_id IS NOT NULL
QUALIFY row_number() OVER (
  PARTITION BY traces.firearm_id ORDER BY traces.probability DESC, trace_id) = 1
"""

# Guns stopped at a crossing on their way south end there; who sold them other records tell.
STOPPED = """
CREATE OR REPLACE TEMP TABLE route_stopped AS
WITH sellers AS (
  SELECT firearm_id, max(entity_id) AS licensee_entity_id
  FROM firearm_members JOIN parties USING (record_id) JOIN entity_members USING (party_id)
  WHERE role IN ('seller', 'licensee') GROUP BY firearm_id),
strict AS (
  SELECT firearm_id, list(DISTINCT handling) AS handlings,
         to_json(list(DISTINCT record_id ORDER BY record_id)) AS record_ids
  FROM firearm_members GROUP BY firearm_id)
SELECT firearm_id, licensee_entity_id, array_to_string(handlings, ' ') AS handling,
       strict.record_ids,
       NULL AS recovery_admin1, NULL AS recovery_admin2, min(event_date) AS day
FROM firearm_members JOIN records USING (record_id) JOIN route_crossed USING (firearm_id)
JOIN sellers USING (firearm_id) JOIN strict USING (firearm_id)
WHERE kind = 'crossing_seizure' AND coalesce(direction, 'outbound') = 'outbound'
  AND event_date IS NOT NULL AND firearm_id NOT IN (SELECT firearm_id FROM route_recovered)
GROUP BY ALL
"""

GUNS = """
WITH ended AS (SELECT * FROM route_recovered UNION ALL SELECT * FROM route_stopped)
SELECT firearm_id,
       coalesce(route_answered.source_admin1, route_counties.source_admin1) AS source_admin1,
       CASE WHEN route_answered.source_admin1 IS NOT NULL
              AND (route_answered.source_admin2 IS NOT NULL
                   OR route_counties.source_admin1 IS DISTINCT FROM route_answered.source_admin1)
            THEN route_answered.source_admin2
            ELSE route_counties.source_admin2 END AS source_admin2,
       coalesce(crossing, 'unknown') AS crossing, recovery_admin1, recovery_admin2,
       year(day) AS year, day, ended.handling, ended.record_ids
FROM ended
LEFT JOIN route_answered USING (firearm_id)
LEFT JOIN route_counties ON route_counties.entity_id = ended.licensee_entity_id
LEFT JOIN route_crossed USING (firearm_id)
WHERE coalesce(route_answered.source_admin1, route_counties.source_admin1) IS NOT NULL
ORDER BY firearm_id
"""
STATEMENTS = (COUNTIES, ANSWERED, CROSSED, RECOVERED, STOPPED)
