"""What the rows say of how each found gun left lawful hands: one named query after the other."""

from __future__ import annotations

# Guns that somebody found: recovered in Mexico, stopped on the way there, or shown in court.
FOUND = """
CREATE OR REPLACE TEMP TABLE chan_rows AS
SELECT firearm_id, record_id, kind, country, event_date,
       coalesce(direction, 'outbound') AS direction
FROM firearm_members JOIN records USING (record_id);
CREATE OR REPLACE TEMP TABLE chan_found AS
SELECT firearm_id, min(event_date) AS found_day, bool_or(kind = 'recovery') AS in_mexico
FROM chan_rows
WHERE (kind = 'recovery' AND country = 'MX') OR kind = 'exhibit'
   OR (kind = 'crossing_seizure' AND direction = 'outbound')
GROUP BY firearm_id
"""

# Parties of rows about a gun, as entities: who bought, who sold or lost.
PARTIES = """
CREATE OR REPLACE TEMP TABLE chan_parties AS
SELECT firearm_id, record_id, parties.role, entity_id
FROM firearm_members JOIN parties USING (record_id) JOIN entity_members USING (party_id);
CREATE OR REPLACE TEMP TABLE chan_sales AS
SELECT firearm_id, record_id, event_date AS day, kind
FROM chan_rows WHERE kind IN ('purchase', 'multiple_sale')
UNION ALL
SELECT firearm_id, record_id, purchase_date, 'trace_result'
FROM firearm_members JOIN trace_results USING (record_id) WHERE purchase_date IS NOT NULL;
CREATE OR REPLACE TEMP TABLE chan_bought AS
SELECT chan_sales.firearm_id, min(day) AS day, max(buyer.entity_id) AS purchaser,
       max(seller.entity_id) AS licensee,
       bool_or(kind = 'purchase') AS in_case, bool_or(kind = 'multiple_sale') AS reported
FROM chan_sales
LEFT JOIN chan_parties AS buyer ON buyer.record_id = chan_sales.record_id
  AND buyer.firearm_id = chan_sales.firearm_id AND buyer.role = 'purchaser'
LEFT JOIN chan_parties AS seller ON seller.record_id = chan_sales.record_id
  AND seller.firearm_id = chan_sales.firearm_id AND seller.role IN ('seller', 'licensee')
GROUP BY chan_sales.firearm_id
"""

# Thefts and losses: of a licensee, of a person in the United States, or of forces in Mexico.
THEFTS = """
CREATE OR REPLACE TEMP TABLE chan_thefts AS
WITH of_shop AS (
  SELECT DISTINCT record_id, firearm_id, entity_id FROM chan_parties
  WHERE role IN ('seller', 'licensee'))
SELECT chan_rows.firearm_id,
       bool_or(country = 'US' AND entity_id IS NOT NULL) AS shop_theft,
       bool_or(country = 'US' AND entity_id IS NULL) AS home_theft,
       bool_or(country = 'MX') AS forces_report,
       max(entity_id) AS licensee
FROM chan_rows LEFT JOIN of_shop USING (record_id, firearm_id)
WHERE kind IN ('theft', 'loss') GROUP BY chan_rows.firearm_id
"""

TRACED = """
CREATE OR REPLACE TEMP TABLE chan_traced AS
SELECT firearm_id,
       arg_max(diversion, (diversion_probability, trace_id)) AS diversion,
       max(diversion_probability) AS diversion_probability,
       bool_or(outcome = 'stolen_before_sale' AND basis = 'answer') AS stolen,
       bool_or(outcome = 'serial_obliterated') AS obliterated,
       max(purchaser_entity_id) AS purchaser, max(licensee_entity_id) AS licensee,
       min(sale_date) AS sale_day
FROM traces WHERE firearm_id IS NOT NULL GROUP BY firearm_id
"""

# What else a purchaser bought, as far as any row tells: guns, shops, and how close together.
PURCHASERS = """
CREATE OR REPLACE TEMP TABLE chan_purchases AS
SELECT firearm_id, coalesce(chan_traced.purchaser, chan_bought.purchaser) AS purchaser,
       coalesce(chan_traced.licensee, chan_bought.licensee) AS licensee,
       coalesce(sale_day, day) AS day, coalesce(in_case, false) AS in_case,
       coalesce(reported, false) AS reported, found_day IS NOT NULL AS found
FROM chan_bought FULL JOIN chan_traced USING (firearm_id) LEFT JOIN chan_found USING (firearm_id);
CREATE OR REPLACE TEMP TABLE chan_purchasers AS
SELECT purchaser, count(*) AS guns, count(*) FILTER (WHERE found) AS found_guns,
       count(DISTINCT licensee) AS shops, bool_or(in_case) AS in_case, bool_or(reported) AS reported
FROM chan_purchases WHERE purchaser IS NOT NULL GROUP BY purchaser;
CREATE OR REPLACE TEMP TABLE chan_visits AS
SELECT one.firearm_id, count(*) AS together, bool_or(one.reported OR other.reported) AS reported
FROM chan_purchases AS one JOIN chan_purchases AS other
  ON one.purchaser = other.purchaser AND one.licensee = other.licensee
 AND one.firearm_id <> other.firearm_id AND abs(one.day - other.day) <= 7
GROUP BY one.firearm_id
"""

# Sellers: how many found guns are theirs, how soon those were found, how inspections ended.
SELLERS = """
CREATE OR REPLACE TEMP TABLE chan_sold AS
SELECT chan_found.firearm_id, coalesce(chan_purchases.licensee, chan_thefts.licensee) AS licensee,
       found_day - day AS days, coalesce(NOT chan_visits.reported, false) AS unreported
FROM chan_found LEFT JOIN chan_purchases USING (firearm_id) LEFT JOIN chan_thefts USING (firearm_id)
LEFT JOIN chan_visits USING (firearm_id);
CREATE OR REPLACE TEMP TABLE chan_sellers AS
SELECT licensee, count(*) AS found_guns, count(*) FILTER (WHERE unreported) AS unreported,
       count(*) FILTER (WHERE days < 1095) AS soon, count(days) AS dated
FROM chan_sold WHERE licensee IS NOT NULL GROUP BY licensee;
CREATE OR REPLACE TEMP TABLE chan_inspected AS
SELECT entity_id AS licensee, bool_or(disposition ILIKE '%revoc%') AS revoked
FROM inspections JOIN parties USING (record_id) JOIN entity_members USING (party_id)
GROUP BY entity_id
"""

GUNS = """
WITH strict AS (
  SELECT firearm_id, to_json(list(DISTINCT record_id ORDER BY record_id)) AS record_ids
  FROM firearm_members GROUP BY firearm_id),
average AS (
  SELECT avg(found_guns) AS mean, coalesce(sum(soon) / nullif(sum(dated), 0), 0) AS soon
  FROM chan_sellers)
SELECT chan_found.firearm_id, found_day, in_mexico, chan_traced.diversion,
       diversion_probability, coalesce(stolen, false) AS stolen,
       coalesce(obliterated, false) AS obliterated,
       coalesce(shop_theft, false) AS shop_theft, coalesce(home_theft, false) AS home_theft,
       coalesce(forces_report, false) AS forces_report,
       found_day - chan_purchases.day AS days, chan_purchases.purchaser,
       chan_sold.licensee,
       coalesce(chan_purchases.in_case, false) AS in_case,
       coalesce(chan_purchases.reported, false) AS reported,
       coalesce(chan_purchasers.guns, 0) AS guns,
       coalesce(chan_purchasers.found_guns, 0) AS found_guns,
       coalesce(chan_purchasers.shops, 0) AS shops,
       coalesce(chan_purchasers.in_case, false) AS buyer_in_case,
       coalesce(chan_purchasers.reported, false) AS buyer_reported,
       coalesce(chan_visits.together, 0) AS together,
       coalesce(chan_sold.unreported, false) AS unreported,
       coalesce(chan_sellers.found_guns, 0) AS seller_guns,
       coalesce(chan_sellers.unreported, 0) AS seller_unreported,
       coalesce((chan_sellers.soon + 4 * average.soon) / (chan_sellers.dated + 4), average.soon, 0)
         AS seller_soon,
       coalesce(average.mean, 0) AS seller_mean, coalesce(average.soon, 0) AS usual_soon,
       coalesce(revoked, false) AS revoked, record_ids
FROM chan_found
LEFT JOIN chan_traced USING (firearm_id) LEFT JOIN chan_thefts USING (firearm_id)
LEFT JOIN chan_purchases USING (firearm_id) LEFT JOIN chan_sold USING (firearm_id)
LEFT JOIN chan_purchasers ON chan_purchasers.purchaser = chan_purchases.purchaser
LEFT JOIN chan_visits USING (firearm_id)
LEFT JOIN chan_sellers ON chan_sellers.licensee = chan_sold.licensee
LEFT JOIN chan_inspected ON chan_inspected.licensee = chan_sold.licensee
LEFT JOIN strict USING (firearm_id), average
ORDER BY chan_found.firearm_id
"""
