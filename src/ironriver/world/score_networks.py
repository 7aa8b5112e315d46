"""Networks: how much of each true ring was put together, and how much else with it."""

from __future__ import annotations

from ironriver.world.score_measures import Result, agreement, calibration, share
from ironriver.world.score_tables import Desk, codes

# A ring is found if some network holds at least this share of its guns that appear in any row,
# and the ring is at least this share of that network's guns.
FOUND = 0.5
_SIZES = ((1, 1), (2, 5), (6, 20), (21, 100), (101, None))


def place_members(desk: Desk) -> None:
    """Make ``network_guns`` (network_id, firearm_key, probability) and ``network_true``.

    A member is a firearm, or a record that stands for one. ``network_true`` says which ring most
    guns of a network belong to, and their share; ring_key is null where most belong to none.
    """
    desk.run("""
        CREATE TABLE network_guns AS
        SELECT network_id, firearm_key, max(coalesce(probability, 1)) AS probability,
               max(probability) AS stated
        FROM (SELECT network_id, firearm_key, probability FROM network_members
              JOIN firearm_true ON firearm_id = member_id
              UNION ALL
              SELECT network_id, firearm_key, probability FROM network_members
              JOIN record_true ON record_id = member_id)
        GROUP BY network_id, firearm_key
    """)
    desk.run("""
        CREATE TABLE network_true AS
        SELECT network_id, ring_key, count(*) AS guns,
               count(*) / sum(count(*)) OVER (PARTITION BY network_id) AS share
        FROM network_guns LEFT JOIN truth.firearms USING (firearm_key)
        GROUP BY network_id, ring_key
        QUALIFY row_number() OVER (PARTITION BY network_id
                                   ORDER BY guns DESC, ring_key NULLS LAST) = 1
    """)


def networks(desk: Desk) -> Result:
    """Score ``network_members`` over all guns that appear in an accepted row.

    A gun in several networks counts in the likeliest; a gun in none, or in no ring, stands alone.
    ``people`` does the same for persons; licensees may serve several rings and are left out.
    """
    found = desk.table(_GUNS)
    stated = desk.table("""
        SELECT stated AS said,
               coalesce(firearms.ring_key = network_true.ring_key, false) AS happened
        FROM network_guns JOIN network_true USING (network_id)
        LEFT JOIN truth.firearms AS firearms USING (firearm_key)
    """)
    whole = desk.table(f"""
        SELECT probability AS said, coalesce(ring_key IS NOT NULL AND share >= {FOUND}, false)
               AS happened
        FROM networks LEFT JOIN network_true USING (network_id)
    """)  # noqa: S608
    people = desk.table(_PEOPLE)
    return {
        "networks": desk.count("SELECT count(DISTINCT network_id) FROM network_members"),
        "guns": agreement(codes(found["given"]), codes(found["true"])),
        "people": agreement(codes(people["given"]), codes(people["true"])),
        "rings": _rings(desk),
        "calibration_of_networks": calibration(whole["said"], whole["happened"]),
        "calibration_of_members": calibration(stated["said"], stated["happened"]),
    }


_GUNS = """
WITH seen AS (
  SELECT DISTINCT firearm_key FROM record_true WHERE about_a_gun
  UNION SELECT DISTINCT firearm_key FROM network_guns),
placed AS (
  SELECT firearm_key, network_id FROM network_guns
  QUALIFY row_number() OVER (PARTITION BY firearm_key ORDER BY probability DESC, network_id) = 1)
SELECT coalesce('network ' || network_id, 'alone ' || firearm_key) AS given,
       coalesce('ring ' || ring_key, 'alone ' || firearm_key) AS true
FROM seen
LEFT JOIN placed USING (firearm_key)
LEFT JOIN truth.firearms USING (firearm_key)
WHERE network_id IS NOT NULL OR ring_key IS NOT NULL
ORDER BY firearm_key
"""

_PEOPLE = """
WITH placed AS (
  SELECT entity_key, network_id FROM network_members
  JOIN entity_true ON entity_id = member_id
  QUALIFY row_number() OVER (PARTITION BY entity_key ORDER BY probability DESC, network_id) = 1)
SELECT coalesce('network ' || network_id, 'alone ' || entity_key) AS given,
       coalesce('ring ' || ring_key, 'alone ' || entity_key) AS true
FROM (SELECT DISTINCT entity_key FROM party_true WHERE kind = 'person')
LEFT JOIN placed USING (entity_key)
LEFT JOIN truth.entities USING (entity_key)
WHERE network_id IS NOT NULL OR ring_key IS NOT NULL
ORDER BY entity_key
"""

_RINGS = f"""
WITH seen AS (
  SELECT DISTINCT firearm_key, ring_key FROM record_true JOIN truth.firearms USING (firearm_key)
  WHERE ring_key IS NOT NULL),
sizes AS (SELECT ring_key, count(*) AS guns FROM seen GROUP BY ring_key),
totals AS (SELECT network_id, count(*) AS guns FROM network_guns GROUP BY network_id),
shared AS (
  SELECT ring_key, network_id, count(*) AS guns FROM network_guns JOIN seen USING (firearm_key)
  GROUP BY ring_key, network_id),
best AS (
  SELECT ring_key, max(shared.guns / sizes.guns) AS most,
         max((shared.guns >= {FOUND} * sizes.guns AND shared.guns >= {FOUND} * totals.guns)::INT)
           AS found
  FROM shared JOIN sizes USING (ring_key) JOIN totals USING (network_id) GROUP BY ring_key)
SELECT sizes.guns, coalesce(found, 0), coalesce(most, 0) FROM sizes LEFT JOIN best USING (ring_key)
ORDER BY ring_key
"""  # noqa: S608


def _rings(desk: Desk) -> list[Result]:
    """Count rings by size (guns that appear in any row), those found, and their best coverage."""
    rows = desk.rows(_RINGS)
    result = []
    for low, high in _SIZES:
        mine = [row for row in rows if low <= row[0] and (high is None or row[0] <= high)]
        found = sum(row[1] for row in mine)
        result.append(
            {
                "size": f"{low}-{high}" if high and high > low else str(low) if high else f"{low}+",
                "rings": len(mine),
                "found": found,
                "share_found": share(found, len(mine)),
                "mean_best_coverage": share(sum(row[2] for row in mine), len(mine)),
            }
        )
    return result
