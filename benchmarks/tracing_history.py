"""Whether the history gives the day on which the records sufficed to name a purchaser.

    python benchmarks/tracing_history.py --firearms 6000 --seeds 501 502 503

Worlds with a monitored case: the largest straw ring's purchases are reported as they happen. For
every recovery of a gun whose purchaser some record names, the true day is the later of two: that on
which the recovery was known, and that on which the first record naming the purchaser was known.
Printed: of those that were linked at all, how many were given that very day, an earlier or a later
one; and the same for the monitored ring alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from ironriver import engine, pipeline
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.tracing import READS
from ironriver.tracing.history import history
from ironriver.workspace import Workspace
from ironriver.world.make import make

_TRUE = """
WITH named AS (
  SELECT true_rows.firearm_key, entity_key, min(known_from) AS known, any_value(parties.role)
  FROM parties JOIN true_parties USING (source_id, row_number, role)
  JOIN true_rows USING (source_id, row_number)
  JOIN sources USING (source_id)
  WHERE parties.role = 'purchaser' AND firearm_key IS NOT NULL
  GROUP BY ALL)
SELECT records.record_id, named.entity_key, greatest(records.known_from, named.known),
       coalesce(guns.ring_key = ?, false)
FROM records JOIN true_rows USING (source_id, row_number)
JOIN named USING (firearm_key) JOIN guns USING (firearm_key)
WHERE records.kind = 'recovery' AND guns.purchaser_key = named.entity_key
ORDER BY records.record_id
"""


def measure(folder: Path, seed: int, firearms: int) -> dict[str, object]:
    """Measure one world."""
    make(folder / "world", seed, firearms, (2015, 2025), "real", {"monitored_case": "1"})
    truth = folder / "world" / "truth"
    with Workspace.create(folder / "workspace", account()) as ws:
        access = Access.current(ws, "benchmark")
        pipeline.intake(ws, folder / "world" / "inbox", None, access, dt.date(2026, 6, 30),
                        lambda *_: None)  # fmt: skip
        pipeline.run_stage(ws, pipeline.stage("resolve"), access)
        with engine.connect(ws, READS) as connection:
            for name, file in (("true_rows", "rows"), ("true_parties", "parties"),
                               ("guns", "firearms")):  # fmt: skip
                connection.register("_rows", pq.read_table(truth / f"{file}.parquet"))
                connection.execute(f"CREATE TABLE {name} AS SELECT * FROM _rows")
            rings = pq.read_table(truth / "rings.parquet").to_pylist()
            watched = next((ring["ring_key"] for ring in rings if ring["monitored"]), "")
            keys = dict(connection.execute(
                "SELECT party_id, entity_key FROM parties "
                "JOIN true_parties USING (source_id, row_number, role)").fetchall())  # fmt: skip
            wanted = connection.execute(_TRUE, [watched]).fetchall()
            found: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
            for record_id, person, day, monitored in wanted:
                told = history(connection, record_id).purchasers
                days = [when for party, when in told.items() if keys.get(party) == person]
                said = min(days, default=None)
                verdict = ("not linked" if said is None else "that day" if said == day
                           else "later" if said > day else "earlier")  # fmt: skip
                found[monitored][verdict] += 1
    return {"seed": seed, "monitored ring": dict(found[True]), "other": dict(found[False])}


def main() -> None:
    """Measure the worlds that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firearms", type=int, default=6000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[501, 502, 503])
    asked = parser.parse_args()
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(Path(folder), seed, asked.firearms)))


if __name__ == "__main__":
    main()
