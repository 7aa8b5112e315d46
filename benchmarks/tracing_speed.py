"""How long it takes to trace 25,884 recoveries beside a million records, and one by itself.

    python benchmarks/tracing_speed.py

The records of a world are taken as they were resolved. Recoveries beyond 25,884 (Mexico's of 2024)
are left out, and the rest is repeated under new ids until there are a million records, so that
reading, joining and counting have a million rows to go through. What is timed is the stage `trace`;
`benchmarks/identification.py` times the search for the gun itself.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np

from ironriver.tracing.facts import make_wanted, read_facts
from ironriver.tracing.rivals import make_rivals
from ironriver.tracing.stage import Tracer, trace
from tracing_worlds import desk, prepared

RECOVERIES, RECORDS = 25_884, 1_000_000


def grown(held: duckdb.DuckDBPyConnection) -> None:
    """Keep so many recoveries, and repeat all other records until there are a million."""
    held.execute(f"""
        CREATE TABLE kept AS SELECT record_id FROM records WHERE kind = 'recovery'
        ORDER BY hash(record_id) LIMIT {RECOVERIES};
        CREATE TABLE left_out AS SELECT record_id FROM records
        WHERE kind = 'recovery' AND record_id NOT IN (FROM kept);
        DELETE FROM firearm_members WHERE record_id IN (FROM left_out);
        DELETE FROM records WHERE record_id IN (FROM left_out);
        CREATE TABLE others AS FROM records WHERE kind <> 'recovery';
        CREATE TABLE others_of AS FROM firearm_members
        WHERE record_id IN (SELECT record_id FROM others);
        CREATE TABLE parties_of AS FROM parties
        WHERE record_id IN (SELECT record_id FROM others);
    """)
    ((have,),) = held.execute(
        "SELECT count(*) FROM (SELECT record_id FROM records "
        "UNION ALL SELECT record_id FROM trace_results)").fetchall()  # fmt: skip
    ((more,),) = held.execute("SELECT count(*) FROM others").fetchall()
    copies = -(-(RECORDS - have) // more)
    for copy in range(copies):
        mark = f"'copy{copy}-' || "
        held.execute(f"""
            INSERT INTO records SELECT * REPLACE ({mark}record_id AS record_id) FROM others;
            INSERT INTO firearm_members SELECT * REPLACE ({mark}record_id AS record_id,
                {mark}firearm_id AS firearm_id) FROM others_of;
            INSERT INTO parties SELECT * REPLACE ({mark}record_id AS record_id,
                {mark}party_id AS party_id) FROM parties_of;
        """)


def main() -> None:
    """Time the stage, then single recoveries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firearms", type=int, default=150_000)
    parser.add_argument("--seed", type=int, default=601)
    parser.add_argument("--folder", type=Path, help="Keep the world here.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary) / "world"
        held = desk(prepared(folder, asked.seed, asked.firearms, "real"), folder / "world/truth")
    time_it(held)


def time_it(held: duckdb.DuckDBPyConnection) -> None:
    """Print how many rows there are and how long tracing takes."""
    grown(held)
    held.execute("SET threads = 2")
    counts = [held.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
              for name in ("records", "trace_results", "kept")]  # fmt: skip
    shown: list[int] = []
    begun = time.perf_counter()
    rows = trace(held, None, lambda done, _: shown.append(done))["traces"]
    taken = time.perf_counter() - begun
    print(f"{counts[0] + counts[1]:,} records, {counts[2]:,} recoveries: {rows.num_rows:,} traces "
          f"in {taken:.1f} s; progress shown {len(shown)} times")  # fmt: skip
    make_wanted(held)
    make_rivals(held)
    tracer = Tracer.of(held, read_facts(held))
    chosen = np.random.default_rng(1).choice(len(tracer.recovered), 500, replace=False)
    each = []
    for number in chosen.tolist():
        begun = time.perf_counter()
        list(tracer.of_guns([tracer.recovered[number]]))
        each.append(1000 * (time.perf_counter() - begun))
    low, middle, high = np.percentile(each, [50, 95, 99])
    print(f"one recovery, the tracer loaded: p50 {low:.1f} ms, p95 {middle:.1f}, p99 {high:.1f}")


if __name__ == "__main__":
    main()
