"""The stage `resolve`: from rows to guns, with every pair that was weighed and may matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.firearms.census import count_pairs
from ironriver.firearms.circumstances import case_sizes
from ironriver.firearms.clusters import Judged, Two, group
from ironriver.firearms.fitting import Evidence, fit
from ironriver.firearms.gun_records import GunRecords, read_gun_records
from ironriver.firearms.likeness import like_serials
from ironriver.firearms.outcome import Outcome, empty_tables
from ironriver.firearms.pairs import paired, together
from ironriver.firearms.readings import Readings
from ironriver.firearms.surroundings import Surroundings
from ironriver.firearms.weighing import Scales, weigh


def resolve(
    connection: duckdb.DuckDBPyConnection, day: dt.date | None = None
) -> Mapping[str, pa.Table]:
    """Compute `firearms`, `firearm_members` and the part of `matches` that is about guns.

    A day changes nothing here: the tables that are read hold what was known by then.
    """
    del day
    records = read_gun_records(connection)
    if not len(records):
        return empty_tables()
    judged = read_judged(connection, records)
    evidence = gather(records, judged)
    model = fit(evidence)
    view = evidence.scales.serials(evidence.pairs, model.channel)
    weights = weigh(evidence.scales, evidence.pairs, evidence.around, view, model)
    membership = group(records, evidence.pairs, weights.log_odds, judged)
    return Outcome(evidence, model, weights, membership, judged).tables()


def gather(records: GunRecords, judged: Judged | None = None) -> Evidence:
    """Find the pairs of rows that are worth weighing, and those that were judged."""
    sizes = case_sizes(records)
    readings = Readings.of(records.serial)
    make = records.descriptions[records.description, 0]
    scales = Scales(records, sizes, readings, Surroundings.of(readings.packed, make))
    beside = together(records)
    counts = count_pairs(records, beside)
    one, other = like_serials(records, readings)
    fixed = np.array(sorted(judged.same | judged.different) if judged else [], dtype=np.int64)
    fixed = fixed.reshape(-1, 2)
    pairs = paired(
        np.concatenate((beside.left, one, fixed[:, 0])),
        np.concatenate((beside.right, other, fixed[:, 1])),
        len(records),
    )
    return Evidence(scales, pairs, scales.circumstances(pairs), counts)


_JUDGED = """
SELECT left_id, right_id, verdict = 'same' AS same FROM judgements
WHERE binds AND about = 'firearm' AND verdict IN ('same', 'different')
"""


def read_judged(connection: duckdb.DuckDBPyConnection, records: GunRecords) -> Judged:
    """Read the judgements in force about two rows that are both here."""
    place = {name: number for number, name in enumerate(records.record_id.to_pylist())}
    found: dict[bool, set[Two]] = {True: set(), False: set()}
    for left, right, same in engine.run(connection, _JUDGED).fetchall():
        if left in place and right in place:
            one, other = sorted((place[left], place[right]))
            found[same].add((one, other))
    return Judged(frozenset(found[True]), frozenset(found[False]))
