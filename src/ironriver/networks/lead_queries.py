"""The queries that count what the rows say of each candidate; temporary tables named `lead_…`.

Telephones, addresses and vehicles are compared inside the queries and leave them as counts.
"""

from __future__ import annotations

# What each row says of each person it names, and of the licensee who sold.
SAID = """
CREATE OR REPLACE TEMP TABLE lead_said AS
WITH spoken AS (
  SELECT record_id, source_id, kind, event_date AS day, country, make, model, case_number
  FROM records
  UNION ALL
  SELECT record_id, source_id, 'trace_result', purchase_date, country, make, model, case_number
  FROM trace_results),
sellers AS (
  SELECT record_id, max(entity_id) AS dealer FROM parties JOIN entity_members USING (party_id)
  WHERE role = 'seller' GROUP BY record_id)
SELECT entity_id, entities.kind AS entity_kind, role, spoken.*, firearm_id, dealer,
       nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '') AS phone,
       nullif(upper(regexp_replace(vehicle, '[^0-9A-Za-z]', '', 'g')), '') AS vehicle,
       nullif(regexp_extract(upper(address), '^ *([0-9]+ +[^ ]+)', 1), '')
         || '/' || coalesce(upper(city), '') || '/' || coalesce(parties.admin1, '') AS home
FROM parties JOIN entity_members USING (party_id) JOIN entities USING (entity_id)
JOIN spoken ON spoken.record_id = parties.record_id
LEFT JOIN sellers ON sellers.record_id = parties.record_id
LEFT JOIN firearm_members ON firearm_members.record_id = parties.record_id
WHERE role IN ('purchaser', 'possessor', 'associate', 'transferee')
  AND entities.kind IN ('person', 'company')
"""

# How much oftener a model is found in Mexico, sold at retail, than it is sold several at once.
MODELS = """
CREATE OR REPLACE TEMP TABLE lead_models AS
WITH found AS (
  SELECT make, model, count(*) AS guns FROM traces JOIN firearms USING (firearm_id)
  WHERE diversion = 'retail' GROUP BY make, model),
sold AS (
  SELECT make, model, count(DISTINCT firearm_id) AS guns FROM lead_said
  WHERE kind = 'multiple_sale' GROUP BY make, model)
SELECT make, model,
       ln((coalesce(found.guns, 0) + 2) / (sum(found.guns) OVER () + 100))
       - ln((coalesce(sold.guns, 0) + 2) / (sum(sold.guns) OVER () + 100)) AS sought
FROM sold LEFT JOIN found USING (make, model)
"""

# Each gun once: its purchaser as traces have it, whether it turned up, whether its theft was told.
GUNS = """
CREATE OR REPLACE TEMP TABLE lead_guns AS
WITH told AS (
  SELECT firearm_id, min(event_date) AS stolen FROM firearm_members JOIN records USING (record_id)
  WHERE kind IN ('theft', 'loss') AND country IS DISTINCT FROM 'MX' GROUP BY firearm_id),
answered AS (
  SELECT firearm_id, purchaser_entity_id AS purchaser, licensee_entity_id AS dealer,
         time_to_crime_days AS days, recovery_date
  FROM traces WHERE firearm_id IS NOT NULL AND basis <> 'expected'
  QUALIFY row_number() OVER (PARTITION BY firearm_id ORDER BY probability DESC, trace_id) = 1),
turned_up AS (
  SELECT firearm_id, min(event_date) AS day FROM firearm_members JOIN records USING (record_id)
  WHERE kind IN ('recovery', 'crossing_seizure', 'exhibit') GROUP BY firearm_id)
SELECT firearm_id, purchaser, dealer, days, stolen, turned_up.day AS found
FROM (SELECT DISTINCT firearm_id FROM firearm_members)
LEFT JOIN answered USING (firearm_id) LEFT JOIN told USING (firearm_id)
LEFT JOIN turned_up USING (firearm_id)
"""

YEARS = """
CREATE OR REPLACE TEMP TABLE lead_years AS
WITH ends AS (SELECT max(found) AS last FROM lead_guns)
SELECT firearm_id, (found > last - 365)::BIGINT AS this_year,
       (found > last - 730 AND found <= last - 365)::BIGINT AS year_before
FROM lead_guns, ends WHERE found IS NOT NULL
"""

CHAINS = """
CREATE OR REPLACE TEMP TABLE lead_chains AS
SELECT network_id, member_id AS firearm_id, network_members.probability AS sure
FROM network_members WHERE member_kind = 'firearm'
"""

# The guns that each person is named with, and the supply chain of each.
NAMED = """
CREATE OR REPLACE TEMP TABLE lead_named AS
SELECT DISTINCT entity_id, firearm_id FROM (
  SELECT entity_id, firearm_id FROM lead_said WHERE firearm_id IS NOT NULL
  UNION ALL SELECT purchaser, firearm_id FROM lead_guns WHERE purchaser IS NOT NULL)
"""

# Persons known from a case or found with guns.
KNOWN = """
CREATE OR REPLACE TEMP TABLE lead_known AS
SELECT DISTINCT entity_id FROM lead_said
WHERE kind = 'purchase' OR role IN ('possessor', 'associate')
"""

# Telephones, homes and vehicles that few share; what many give says nothing of two of them.
SHARED = """
CREATE OR REPLACE TEMP TABLE lead_shared AS
WITH given AS (
  SELECT DISTINCT entity_id, 'contact' AS what, phone AS text FROM lead_said
  WHERE phone IS NOT NULL
  UNION SELECT DISTINCT entity_id, 'contact', 'vehicle ' || vehicle FROM lead_said
  WHERE vehicle IS NOT NULL
  UNION SELECT DISTINCT entity_id, 'home', home FROM lead_said WHERE home IS NOT NULL),
few AS (
  SELECT what, text FROM given GROUP BY what, text
  HAVING count(*) BETWEEN 2 AND getvariable('shared_by'))
SELECT one.entity_id, what, count(DISTINCT other.entity_id) AS others,
       count(DISTINCT lead_known.entity_id) AS known,
       count(DISTINCT lead_guns.purchaser) FILTER (lead_guns.found IS NOT NULL) AS traced,
       list(DISTINCT other.entity_id ORDER BY other.entity_id) AS ids
FROM few JOIN given AS one USING (what, text) JOIN given AS other USING (what, text)
LEFT JOIN lead_known ON lead_known.entity_id = other.entity_id
LEFT JOIN lead_guns ON lead_guns.purchaser = other.entity_id
WHERE one.entity_id <> other.entity_id
GROUP BY one.entity_id, what
"""

# Of each chain: its guns, and which of them a case, a seizure or a trace speaks of.
CHAIN_FACTS = """
CREATE OR REPLACE TEMP TABLE lead_chain_facts AS
WITH cases AS (SELECT DISTINCT firearm_id FROM lead_said WHERE kind = 'purchase'),
held AS (SELECT DISTINCT firearm_id FROM lead_said WHERE role IN ('possessor', 'associate')),
people AS (
  SELECT network_id, count(DISTINCT entity_id) AS people FROM lead_chains
  JOIN lead_named USING (firearm_id) GROUP BY network_id)
SELECT network_id, count(*) AS guns, count(cases.firearm_id) AS cases,
       count(held.firearm_id) AS held, count(lead_guns.found) AS found,
       count(*) FILTER (lead_guns.days BETWEEN 0 AND getvariable('short_days')) AS soon,
       count(lead_guns.stolen) AS stolen, any_value(coalesce(people, 0)) AS people,
       max(lead_guns.found) AS last_found,
       any_value(networks.probability) AS stated, any_value(networks.stability) AS stability,
       avg(lead_chains.sure) AS sure, coalesce(sum(this_year), 0) AS this_year,
       coalesce(sum(year_before), 0) AS year_before
FROM lead_chains LEFT JOIN lead_guns USING (firearm_id)
LEFT JOIN lead_years USING (firearm_id) LEFT JOIN cases USING (firearm_id)
LEFT JOIN held USING (firearm_id) LEFT JOIN people USING (network_id)
LEFT JOIN networks USING (network_id)
GROUP BY network_id
"""

STEPS = (SAID, MODELS, GUNS, YEARS, CHAINS, NAMED, KNOWN, SHARED, CHAIN_FACTS)
"""What is made, in order, before candidates are counted."""

# Dealers at whom a person bought, as reports, cases and traces have it.
SELLERS = """
SELECT entity_id, list(DISTINCT dealer) FROM (
  SELECT entity_id, dealer FROM lead_said WHERE dealer IS NOT NULL
  UNION ALL SELECT purchaser, dealer FROM lead_guns
  WHERE purchaser IS NOT NULL AND dealer IS NOT NULL)
GROUP BY entity_id
"""

PEOPLE = """
WITH counted AS (
  SELECT entity_id, any_value(entity_kind) AS body,
         count(DISTINCT record_id) FILTER (kind = 'purchase' AND role = 'purchaser') AS cases,
         count(DISTINCT record_id) FILTER (role IN ('possessor', 'associate')) AS held,
         count(DISTINCT firearm_id) FILTER (role = 'transferee') AS passed_on,
         count(DISTINCT dealer) AS dealers
  FROM lead_said GROUP BY entity_id),
visits AS (
  SELECT entity_id, dealer, day, count(DISTINCT firearm_id) AS guns,
         count(DISTINCT (make, model)) AS models, avg(lead_models.sought) AS wanted
  FROM lead_said LEFT JOIN lead_models USING (make, model)
  WHERE kind = 'multiple_sale' GROUP BY entity_id, dealer, day),
reports AS (
  SELECT entity_id, count(*) AS reports, max(guns) AS most, max(guns - models) AS alike,
         avg(wanted) AS sought
  FROM visits GROUP BY entity_id),
named AS (
  SELECT entity_id, count(*) AS guns, count(lead_guns.found) AS turned_up,
         count(lead_guns.stolen) AS stolen,
         count(*) FILTER (purchaser = entity_id AND lead_guns.found IS NOT NULL) AS traced,
         min(days) FILTER (purchaser = entity_id AND days >= 0) AS soonest,
         max(lead_guns.found) AS last_found, coalesce(sum(this_year), 0) AS this_year,
         coalesce(sum(year_before), 0) AS year_before
  FROM lead_named JOIN lead_guns USING (firearm_id) LEFT JOIN lead_years USING (firearm_id)
  GROUP BY entity_id),
chained AS (
  SELECT entity_id, network_id, count(*) AS own, max(sure) AS surest
  FROM lead_named JOIN lead_chains USING (firearm_id) GROUP BY entity_id, network_id
  QUALIFY row_number() OVER (
    PARTITION BY entity_id ORDER BY own DESC, surest DESC, network_id) = 1),
own_cases AS (
  SELECT entity_id, count(DISTINCT firearm_id) FILTER (kind = 'purchase') AS own_cases,
         count(DISTINCT firearm_id) FILTER (role IN ('possessor', 'associate')) AS own_held
  FROM lead_said GROUP BY entity_id)
SELECT counted.entity_id AS candidate, counted.body AS kind, counted.cases, counted.held, passed_on,
       dealers, coalesce(reports, 0) AS reports, coalesce(most, 0) AS most,
       coalesce(alike, 0) AS alike, reports.sought, coalesce(named.guns, 0) AS guns,
       coalesce(named.turned_up, 0) AS found, coalesce(named.stolen, 0) AS stolen,
       coalesce(named.traced, 0) AS traced, soonest, named.last_found,
       coalesce(contact.others, 0) AS contact, coalesce(contact.known, 0) AS contact_known,
       coalesce(contact.traced, 0) AS contact_traced, coalesce(home.others, 0) AS home,
       coalesce(home.known, 0) AS home_known, coalesce(home.traced, 0) AS home_traced,
       contact.ids AS contact_ids, home.ids AS home_ids,
       chained.network_id AS network, coalesce(chain.guns, 0) AS chain_guns,
       coalesce(chain.guns - own, 0) AS chain_others,
       coalesce(chain.cases - coalesce(own_cases, 0), 0) AS chain_cases,
       coalesce(chain.held - coalesce(own_held, 0), 0) AS chain_held,
       coalesce(chain.found, 0) AS chain_found, coalesce(chain.people, 0) AS chain_people,
       chained.surest AS chain_sure, chain.stated AS chain_stated,
       greatest(coalesce(named.this_year, 0), coalesce(chain.this_year, 0)) AS this_year,
       greatest(coalesce(named.year_before, 0), coalesce(chain.year_before, 0)) AS year_before
FROM counted LEFT JOIN reports USING (entity_id) LEFT JOIN named USING (entity_id)
LEFT JOIN lead_shared AS contact
  ON contact.entity_id = counted.entity_id AND contact.what = 'contact'
LEFT JOIN lead_shared AS home ON home.entity_id = counted.entity_id AND home.what = 'home'
LEFT JOIN chained USING (entity_id) LEFT JOIN own_cases USING (entity_id)
LEFT JOIN lead_chain_facts AS chain USING (network_id)
ORDER BY candidate
"""

# A network whose persons stand in a larger one too may be a part of it that was not joined.
NETWORKS = """
WITH stands AS (
  SELECT DISTINCT network_id, entity_id FROM lead_chains JOIN lead_named USING (firearm_id)),
larger AS (
  SELECT one.network_id, count(DISTINCT other.network_id) AS larger
  FROM stands AS one JOIN stands AS other USING (entity_id)
  JOIN lead_chain_facts AS mine ON mine.network_id = one.network_id
  JOIN lead_chain_facts AS theirs ON theirs.network_id = other.network_id
  WHERE (theirs.guns, theirs.network_id) > (mine.guns, mine.network_id)
  GROUP BY one.network_id)
SELECT network_id AS candidate, 'network' AS kind, facts.* EXCLUDE (network_id),
       coalesce(larger, 0) AS larger
FROM lead_chain_facts AS facts LEFT JOIN larger USING (network_id) ORDER BY candidate
"""

LICENSEES = """
WITH seen AS (
  SELECT licence_key, count(*) AS inspections,
         max(CASE WHEN lower(disposition) LIKE '%revo%' THEN 3
                  WHEN lower(disposition) LIKE '%warning%' THEN 2
                  WHEN lower(disposition) LIKE 'no %' THEN 0
                  WHEN disposition IS NULL THEN 0 ELSE 1 END) AS worst
  FROM inspections GROUP BY licence_key),
told AS (
  SELECT entity_id, count(DISTINCT record_id) FILTER (records.kind IN ('theft', 'loss')) AS told,
         count(DISTINCT record_id) FILTER (records.kind = 'multiple_sale') AS reported
  FROM parties JOIN records USING (record_id) JOIN entity_members USING (party_id)
  WHERE role = 'seller' GROUP BY entity_id),
sold AS (
  SELECT dealer AS entity_id, count(*) AS guns, count(lead_guns.found) AS turned_up,
         max(lead_guns.found) AS last_found, coalesce(sum(this_year), 0) AS this_year,
         coalesce(sum(year_before), 0) AS year_before
  FROM lead_guns LEFT JOIN lead_years USING (firearm_id)
  WHERE dealer IS NOT NULL GROUP BY dealer)
SELECT entity_id AS candidate, entities.kind, coalesce(inspections, 0) AS inspections,
       coalesce(worst, 0) AS worst, coalesce(told, 0) AS told, coalesce(reported, 0) AS reported,
       coalesce(guns, 0) AS guns, coalesce(turned_up, 0) AS found, last_found,
       coalesce(this_year, 0) AS this_year, coalesce(year_before, 0) AS year_before
FROM entities LEFT JOIN seen USING (licence_key) LEFT JOIN told USING (entity_id)
LEFT JOIN sold USING (entity_id)
WHERE entities.kind = 'licensee' ORDER BY candidate
"""

# The records that each listed candidate rests on.
RESTS = """
CREATE OR REPLACE TEMP TABLE lead_rests AS
WITH chosen AS (SELECT candidate FROM _chosen),
guns AS (
  SELECT entity_id AS candidate, firearm_id FROM lead_named
  UNION SELECT dealer, firearm_id FROM lead_guns WHERE dealer IS NOT NULL
  UNION SELECT network_id, firearm_id FROM lead_chains),
said AS (
  SELECT candidate, record_id FROM guns JOIN firearm_members USING (firearm_id)
  UNION SELECT entity_id, record_id FROM lead_said
  UNION SELECT entity_id, record_id FROM parties JOIN entity_members USING (party_id)
  WHERE role IN ('seller', 'licensee', 'trade_name'))
SELECT DISTINCT candidate, record_id FROM said JOIN chosen USING (candidate)
"""

RESTS_ON = """
WITH held AS (
  SELECT record_id, source_id FROM records UNION ALL SELECT record_id, source_id FROM trace_results
  UNION ALL SELECT record_id, source_id FROM licences
  UNION ALL SELECT record_id, source_id FROM inspections)
SELECT candidate, to_json(list(record_id ORDER BY record_id))::VARCHAR,
       handling_of(max(strictness(handling)))
FROM lead_rests JOIN held USING (record_id) JOIN sources USING (source_id)
GROUP BY candidate ORDER BY candidate
"""
