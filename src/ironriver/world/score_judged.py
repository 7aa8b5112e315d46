"""Same gun, same person, same licensee: what was judged, against what is so."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.world.score_measures import Result, agreement, between, calibration, share
from ironriver.world.score_tables import Desk, codes

# Records of a gun's end, and of its life in the United States before that.
_RECOVERED = ("recovery", "crossing_seizure", "exhibit", "ballistic_hit")
_BEFORE = ("purchase", "multiple_sale", "shipment", "theft", "loss")


def same_gun(desk: Desk) -> Result:
    """Score ``firearm_members`` over every accepted row that is about one gun.

    A record in no firearm stands alone. ``recovered_to_before`` counts only pairs of a recovery
    and a record of the gun's life before it; ``among_recovered`` only the same recovery or gun
    loaded again; ``serial_read`` only records whose serial number was read.
    """
    found = desk.table(_SAME_GUN)
    given, true = codes(found["given"]), codes(found["true"])
    recovered = _among(found["kind"], _RECOVERED)
    read = _among(found["serial_status"], ("read",))
    return {
        "all": agreement(given, true),
        "recovered_to_before": between(given, true, recovered, _among(found["kind"], _BEFORE)),
        "among_recovered": agreement(given[recovered], true[recovered])["pairs"],
        "serial_read": agreement(given[read], true[read])["pairs"],
        "judged": desk.count("SELECT count(DISTINCT record_id) FROM firearm_members"),
        "judged_without_truth": desk.count(
            "SELECT count(*) FROM firearm_members ANTI JOIN record_true USING (record_id)"
        ),
        "calibration": _calibration(desk, "firearm", "record", "firearm_key"),
    }


_SAME_GUN = """
WITH given AS (
  SELECT record_id, firearm_id FROM firearm_members
  QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY probability DESC, firearm_id) = 1)
SELECT coalesce('judged ' || firearm_id, 'alone ' || record_id) AS given, firearm_key AS true,
       coalesce(record_true.kind, 'trace_result') AS kind,
       coalesce(records.serial_status, trace_results.serial_status, '') AS serial_status
FROM record_true
LEFT JOIN given USING (record_id)
LEFT JOIN records USING (record_id)
LEFT JOIN trace_results USING (record_id)
WHERE about_a_gun OR firearm_id IS NOT NULL
ORDER BY record_id
"""


def same_entity(desk: Desk) -> Result:
    """Score ``entity_members``: all parties with a true entity, then persons and licensees alone.

    A party in no entity stands alone.
    """
    found = desk.table(_SAME_ENTITY)
    given, true = codes(found["given"]), codes(found["true"])
    result: Result = {"all": agreement(given, true)}
    for kind in ("person", "licensee"):
        mine = _among(found["kind"], (kind,))
        result[kind] = agreement(given[mine], true[mine])
    parties = desk.count("SELECT count(*) FROM parties")
    return result | {
        "parties_with_truth": share(len(given), parties),
        "calibration": _calibration(desk, "entity", "party", "entity_key"),
    }


_SAME_ENTITY = """
WITH given AS (
  SELECT party_id, entity_id FROM entity_members
  QUALIFY row_number() OVER (PARTITION BY party_id ORDER BY probability DESC, entity_id) = 1)
SELECT coalesce('judged ' || entity_id, 'alone ' || party_id) AS given, entity_key AS true,
       coalesce(kind, '') AS kind
FROM party_true LEFT JOIN given USING (party_id)
ORDER BY party_id
"""


def _among(
    column: pa.ChunkedArray, words: tuple[str, ...]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray(pc.is_in(column, pa.array(words)), dtype=np.bool_)


def _calibration(desk: Desk, cluster: str, member: str, key: str) -> Result:
    """Hold the probability of membership against what the cluster is taken for.

    Members that stand alone are left out: that a thing is itself is no judgement.
    """
    found = desk.table(f"""
        SELECT probability AS said, ({member}_truth.{key} = taken.{key}) AS happened
        FROM {cluster}_members AS members
        JOIN {member}_true AS {member}_truth USING ({member}_id)
        JOIN {cluster}_true AS taken USING ({cluster}_id)
        QUALIFY count(*) OVER (PARTITION BY members.{cluster}_id) > 1
    """)  # noqa: S608
    return calibration(found["said"], found["happened"])
