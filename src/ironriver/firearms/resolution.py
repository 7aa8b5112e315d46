"""The stage `resolve`: from rows to guns, with every pair that was weighed and may matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from tempfile import gettempdir

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver import engine
from ironriver.firearms.census import count_pairs
from ironriver.firearms.clusters import Judged, Two, group
from ironriver.firearms.fitting import Evidence, fit
from ironriver.firearms.gun_records import NONE, GunRecords, read_gun_records
from ironriver.firearms.likeness import like_in_batches, like_serials
from ironriver.firearms.outcome import Outcome, empty_tables
from ironriver.firearms.pairs import BATCH, Pairs, paired, together, together_in_batches
from ironriver.firearms.pile import Pile
from ironriver.firearms.sampling import MANY, sample
from ironriver.firearms.sieve import sieve, weigh_pairs
from ironriver.firearms.weighing import Model, Scales, Weights


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
    if len(records) <= MANY:
        evidence, model, weights = weigh_few(records, judged)
    else:
        evidence, model, weights = weigh_many(records, judged, _spill_folder(connection))
    membership = group(records, evidence.pairs, weights.log_odds, judged)
    return Outcome(evidence, model, weights, membership, judged).tables()


def weigh_few(records: GunRecords, judged: Judged) -> tuple[Evidence, Model, Weights]:
    """Learn from all rows, and weigh every pair worth weighing."""
    evidence = gather(records, judged)
    model = fit(evidence)
    return evidence, model, weigh_pairs(evidence.scales, evidence.pairs, model)


def weigh_many(
    records: GunRecords, judged: Judged, folder: Path, batch: int = BATCH
) -> tuple[Evidence, Model, Weights]:
    """Learn from some of the pairs, and weigh all in batches, keeping those that may matter.

    Pairs wait in files of the folder, which are gone afterwards.
    """
    scales = Scales.of(records)
    fixed = _judged(records, judged)
    counts = count_pairs(records, together_in_batches(records, batch))
    with Pile(folder, len(records)) as pile:
        pile.add((part.left, part.right) for part in together_in_batches(records, batch))
        pile.add(like_in_batches(records, scales.readings, batch))
        pile.add([(fixed.left, fixed.right)])
        model = fit(sample(scales, pile.read(batch), counts))
        pairs, weights = sieve(scales, pile.read(batch), model, fixed)
    return Evidence(scales, pairs, scales.circumstances(pairs), counts), model, weights


def _spill_folder(connection: duckdb.DuckDBPyConnection) -> Path:
    """Give the folder into which the connection spills: what a killed process leaves is swept."""
    said = engine.query(connection, "SELECT current_setting('temp_directory') AS folder")
    folder = Path(said["folder"][0].as_py() or gettempdir())
    # One that no workspace set up is named after wherever the process stands.
    return folder if folder.is_absolute() else Path(gettempdir())


def gather(records: GunRecords, judged: Judged | None = None) -> Evidence:
    """Find the pairs of rows that are worth weighing, and those that were judged."""
    scales = Scales.of(records)
    beside = together(records)
    counts = count_pairs(records, [beside])
    one, other = like_serials(records, scales.readings)
    fixed = _judged(records, judged or Judged())
    pairs = paired(
        np.concatenate((beside.left, one, fixed.left)),
        np.concatenate((beside.right, other, fixed.right)),
        len(records),
    )
    return Evidence(scales, pairs, scales.circumstances(pairs), counts)


def _judged(records: GunRecords, judged: Judged) -> Pairs:
    """Give the pairs that were judged."""
    fixed = np.array(sorted(judged.same | judged.different), dtype=np.int64).reshape(-1, 2)
    return paired(fixed[:, 0], fixed[:, 1], len(records))


_JUDGED = """
SELECT left_id, right_id, verdict = 'same' AS same FROM judgements
WHERE binds AND about = 'firearm' AND verdict IN ('same', 'different')
"""


def read_judged(connection: duckdb.DuckDBPyConnection, records: GunRecords) -> Judged:
    """Read the judgements in force about two rows that are both here."""
    rows = engine.query(connection, _JUDGED).combine_chunks()
    left, right = (
        np.asarray(pc.fill_null(pc.index_in(rows[side], records.record_id), NONE))
        for side in ("left_id", "right_id")
    )
    found: dict[bool, set[Two]] = {True: set(), False: set()}
    for one, other, same in zip(
        left.tolist(), right.tolist(), rows["same"].to_pylist(), strict=True
    ):
        if NONE not in (one, other):
            found[same].add((min(one, other), max(one, other)))
    return Judged(frozenset(found[True]), frozenset(found[False]))
