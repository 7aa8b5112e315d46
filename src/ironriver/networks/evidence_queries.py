"""The queries that gather what the rows say of guns; temporary tables named `net_…`."""

from __future__ import annotations

# Every row about one gun. The day of a sale that a tracing center tells is the gun's sale day.
FACTS = """
CREATE OR REPLACE TEMP TABLE net_facts AS
WITH spoken AS (
  SELECT record_id, kind, event_date AS day, known_from, country, admin1, admin2, crossing,
         make, model, calibre, serial, serial_status, case_number, reference,
         NULL AS source_admin1
  FROM records WHERE coalesce(quantity, 1) = 1
  UNION ALL
  SELECT record_id, 'trace_result', purchase_date, known_from, country, admin1, admin2, NULL,
         make, model, calibre, serial, serial_status, case_number, request, source_admin1
  FROM trace_results)
SELECT firearm_id, members.probability, spoken.* FROM spoken
JOIN firearm_members AS members USING (record_id)
WHERE ? IS NULL OR known_from < CAST(? AS DATE)
"""

# Parties as the whole numbers and keys they are compared by.
LISTED = """
CREATE OR REPLACE TEMP TABLE net_parties AS
SELECT facts.firearm_id, facts.record_id, facts.kind, facts.day, role, entity_id,
       coalesce(members.probability, 1.0) AS sure,
       nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '') AS phone,
       nullif(upper(regexp_replace(vehicle, '[^0-9A-Za-z]', '', 'g')), '') AS vehicle,
       nullif(regexp_extract(upper(address), '^ *([0-9]+ +[^ ]+)', 1), '')
         || '/' || coalesce(upper(city), '') || '/' || coalesce(parties.admin1, '') AS address,
       parties.admin1
FROM net_facts AS facts JOIN parties USING (record_id)
LEFT JOIN entity_members AS members USING (party_id);
CREATE OR REPLACE TEMP TABLE net_records AS
SELECT record_id, row_number() OVER (ORDER BY record_id) - 1 AS record
FROM (SELECT DISTINCT record_id FROM net_facts);
CREATE OR REPLACE TEMP TABLE net_guns AS
SELECT firearm_id, row_number() OVER (ORDER BY firearm_id) - 1 AS gun
FROM (SELECT DISTINCT firearm_id FROM net_facts)
"""

# A tie: a gun and a value that another gun may share. `dense` numbers the values of a kind.
TIES = """
CREATE OR REPLACE TEMP TABLE net_ties AS
WITH people AS (SELECT * FROM net_parties WHERE role IN ('purchaser', 'possessor', 'associate'))
SELECT 'purchaser' AS kind, firearm_id, entity_id AS text, day, record_id
FROM people WHERE role = 'purchaser' AND entity_id IS NOT NULL
UNION ALL SELECT 'possessor', firearm_id, entity_id, day, record_id
FROM people WHERE role <> 'purchaser' AND entity_id IS NOT NULL
UNION ALL SELECT 'licensee', firearm_id, entity_id, day, record_id
FROM net_parties WHERE role IN ('seller', 'licensee') AND entity_id IS NOT NULL
UNION ALL SELECT 'phone', firearm_id, phone, day, record_id FROM people WHERE phone IS NOT NULL
UNION ALL SELECT 'vehicle', firearm_id, vehicle, day, record_id
FROM people WHERE vehicle IS NOT NULL
UNION ALL SELECT 'address', firearm_id, address, day, record_id
FROM people WHERE address IS NOT NULL
UNION ALL SELECT 'open_case', firearm_id, upper(case_number), day, record_id FROM net_facts
WHERE kind IN ('purchase', 'exhibit') AND case_number IS NOT NULL
UNION ALL SELECT 'seizure', firearm_id, upper(case_number), day, record_id FROM net_facts
WHERE kind IN ('recovery', 'trace_result', 'ballistic_hit') AND case_number IS NOT NULL
UNION ALL SELECT 'crossing_event', firearm_id, upper(reference), day, record_id FROM net_facts
WHERE kind = 'crossing_seizure' AND reference IS NOT NULL
UNION ALL SELECT 'sale_report', firearm_id, upper(reference), day, record_id FROM net_facts
WHERE kind = 'multiple_sale' AND reference IS NOT NULL
UNION ALL SELECT 'theft_report', firearm_id, upper(coalesce(reference, case_number)), day,
       record_id FROM net_facts
WHERE kind IN ('theft', 'loss') AND coalesce(reference, case_number) IS NOT NULL
UNION ALL SELECT 'ballistic', firearm_id, upper(reference), day, record_id FROM net_facts
WHERE kind = 'ballistic_hit' AND reference IS NOT NULL;
CREATE OR REPLACE TEMP TABLE net_listed AS
SELECT kind, text, dense_rank() OVER (PARTITION BY kind ORDER BY text) - 1 AS dense
FROM (SELECT DISTINCT kind, text FROM net_ties)
"""

WITHIN = """
CREATE OR REPLACE TEMP TABLE net_within AS
SELECT kind, gun, dense AS value, coalesce(day - DATE '1970-01-01', -1073741824) AS day, record
FROM net_ties JOIN net_listed USING (kind, text) JOIN net_guns USING (firearm_id)
JOIN net_records USING (record_id)
"""

# One row for each gun. Where rows differ, the surest and then the first by id is taken.
GUNS = """
WITH bought AS (
  SELECT firearm_id, entity_id AS purchaser, max(day) AS sale_day, sum(sure) AS weight
  FROM net_parties WHERE role = 'purchaser' AND entity_id IS NOT NULL
  GROUP BY firearm_id, entity_id
  QUALIFY row_number() OVER (PARTITION BY firearm_id ORDER BY weight DESC, entity_id) = 1),
sold AS (
  SELECT firearm_id, entity_id AS licensee, any_value(admin1 ORDER BY admin1) AS source,
         sum(sure) AS weight
  FROM net_parties WHERE role IN ('seller', 'licensee') AND entity_id IS NOT NULL
  GROUP BY firearm_id, entity_id
  QUALIFY row_number() OVER (PARTITION BY firearm_id ORDER BY weight DESC, entity_id) = 1),
told AS (
  SELECT firearm_id, min(known_from) AS first_known,
    arg_min(record_id, {'day': coalesce(known_from, DATE '9999-12-31'), 'id': record_id})
      AS first_record,
    max(day) FILTER (WHERE kind IN ('purchase', 'multiple_sale', 'trace_result')) AS told_sale,
    min(day) FILTER (WHERE kind IN ('theft', 'loss') AND country = 'US') AS theft_day,
    min(day) FILTER (WHERE kind IN ('theft', 'loss') AND country <> 'US') AS forces_day,
    min(day) FILTER (WHERE kind IN ('recovery', 'exhibit')) AS recovery_day,
    min(day) FILTER (WHERE kind = 'crossing_seizure') AS crossing_day,
    any_value(crossing ORDER BY crossing)
      FILTER (WHERE kind = 'crossing_seizure' AND crossing <> 'unknown') AS crossing,
    any_value(admin1 ORDER BY admin1) FILTER (WHERE kind = 'recovery') AS state,
    any_value(admin2 ORDER BY admin2) FILTER (WHERE kind = 'recovery') AS municipality,
    coalesce(any_value(source_admin1 ORDER BY source_admin1),
      any_value(admin1 ORDER BY admin1) FILTER (
        WHERE country = 'US' AND kind IN ('purchase', 'multiple_sale', 'theft', 'loss')))
      AS told_source,
    bool_or(kind IN ('recovery', 'exhibit', 'crossing_seizure', 'ballistic_hit', 'trace_result'))
      AS recovered
  FROM net_facts GROUP BY firearm_id)
SELECT firearm_id, make, make || '/' || model AS model, calibre, purchaser, licensee,
       coalesce(told_source, source) AS source, coalesce(sale_day, told_sale) AS sale_day,
       theft_day, forces_day, recovery_day, state, municipality, crossing_day, crossing,
       recovered, first_known, first_record,
       CASE WHEN length(tail) BETWEEN 3 AND 15 THEN
         make || '/' || head || '/' || length(tail) END AS series,
       CASE WHEN length(tail) BETWEEN 3 AND 15 THEN CAST(tail AS BIGINT) END AS number
FROM net_guns JOIN told USING (firearm_id) LEFT JOIN bought USING (firearm_id)
LEFT JOIN sold USING (firearm_id)
LEFT JOIN (
  SELECT firearm_id, make, model, calibre,
         regexp_extract(upper(regexp_replace(serial, '[^0-9A-Za-z?]', '', 'g')), '([0-9]*)[A-Z]*$',
                        1) AS tail,
         regexp_extract(upper(regexp_replace(serial, '[^0-9A-Za-z?]', '', 'g')),
                        '^(.*?)[0-9]*[A-Z]*$', 1) AS head
  FROM firearms) AS described USING (firearm_id)
ORDER BY firearm_id
"""
