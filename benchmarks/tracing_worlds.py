"""How well traces find the truth of worlds, beside a perfect reader of the same inbox.

    python benchmarks/tracing_worlds.py --firearms 200000 --seeds 401

For each seed a world is made, read, resolved and traced, with nothing of its truth. The *oracle*
knows truly which rows are of one gun and what kind of gun each is, and how often in this very
world each ending goes with what can be read of a gun; it sees no other truth. Printed: outcome
accuracy of both, purchasers stated with probability of 0.9 or more (right ones, and of those that
the oracle could state), and the reliability of the stated probabilities.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine, pipeline
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.intake.reception import read_inbox
from ironriver.tables import Kind
from ironriver.tracing.catalogue import read_catalogue
from ironriver.tracing.chances import posterior
from ironriver.tracing.endings import endings
from ironriver.tracing.facts import Fact, make_wanted, read_facts
from ironriver.tracing.learning import begin, taught
from ironriver.tracing.stage import trace
from ironriver.tracing.traits import traits
from ironriver.workspace import Workspace
from ironriver.world.make import make
from ironriver.world.score import score

YEARS = (2015, 2025)
SURE = 0.9
STAGES = ("resolve", "entities")
TABLES = ("records", "trace_results", "sources", "parties", "quarantine", "licences",
          "inspections", "entity_members", "firearm_members", "traces")  # fmt: skip


def prepared(folder: Path, seed: int, firearms: int, difficulty: str) -> Path:
    """Make a world, read it and resolve it; give the workspace, which is made only once."""
    if (folder / "done").exists():
        return folder / "workspace"
    make(folder / "world", seed, firearms, YEARS, difficulty, {})
    with Workspace.open_or_create(folder / "workspace", account(), 0.0) as ws:
        access = Access.current(ws, "benchmark")
        list(read_inbox(ws, folder / "world" / "inbox", None, access, dt.date(2026, 6, 30),
                        lambda _name, _rows: None))  # fmt: skip
        for stage in pipeline.STAGES:
            if stage.name in STAGES:
                pipeline.run_stage(ws, stage, access)
    (folder / "done").touch()
    return folder / "workspace"


def desk(workspace: Path, truth: Path) -> duckdb.DuckDBPyConnection:
    """Hold the tables of a workspace, and the truth of its rows as `true_...`."""
    held = duckdb.connect()
    with Workspace.open(workspace) as ws, engine.connect(ws) as opened:
        for name in (*TABLES, "matches", "entities"):
            held.register("_rows", engine.query(opened, f'SELECT * FROM "{name}"'))
            held.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _rows')
    for name in ("rows", "trace_truth", "firearms", "parties"):
        held.execute(f"CREATE VIEW true_{name} AS FROM '{truth / name}.parquet'")
    held.execute("""
        CREATE TABLE true_of AS
        SELECT record_id, firearm_key, source_id, row_number FROM (
          SELECT record_id, source_id, row_number FROM records
          UNION ALL SELECT record_id, source_id, row_number FROM trace_results)
        JOIN true_rows USING (source_id, row_number)""")
    return held


def oracle_accuracy(held: duckdb.DuckDBPyConnection) -> float:
    """Give the share of recoveries of which the perfect reader names the right outcome."""
    held.execute("ALTER TABLE firearm_members RENAME TO judged_members")
    held.execute("""
        CREATE TABLE firearm_members AS
        SELECT coalesce(firearm_key, record_id) AS firearm_id, record_id, 1.0 AS probability
        FROM true_of""")
    make_wanted(held)
    true = {
        key: rest
        for key, *rest in held.execute(
            "SELECT firearm_key, maker, model, calibre, type, origin FROM true_firearms"
        ).fetchall()
    }
    guns = [_read_rightly(facts, true.get(key)) for key, facts in read_facts(held).items()]
    said = dict(held.execute(
        "SELECT record_id, [outcome, origin, diversion] FROM true_of "
        "JOIN true_trace_truth USING (source_id, row_number)").fetchall())  # fmt: skip
    names = [[each.outcome, each.origin, each.diversion] for each in endings()]
    ends = [next((said[fact.record_id] for fact in facts if fact.record_id in said), None)
            for facts in guns]  # fmt: skip
    kept = [number for number, end in enumerate(ends) if end in names]
    guns, ends = [guns[number] for number in kept], [ends[number] for number in kept]
    catalogue = read_catalogue(held)
    kinds = tuple(sorted({*catalogue.kinds, *(_kind(facts) for facts in guns)}))
    known = traits(guns, kinds)
    one = np.zeros((len(guns), len(names)))
    one[np.arange(len(guns)), [names.index(end) for end in ends]] = 1.0
    even = np.ones((len(kinds) + 1, 2))
    prior = begin(known, even, even[:, 0], np.zeros(len(even)))
    chance = posterior(known, taught(known, one, prior))
    held.execute("DROP TABLE firearm_members")
    held.execute("ALTER TABLE judged_members RENAME TO firearm_members")
    return _accuracy(guns, ends, chance)


def _kind(facts: Sequence[Fact]) -> str:
    from ironriver.tracing.traits import kind_of

    return kind_of(facts)


def _accuracy(
    guns: Sequence[Sequence[Fact]], ends: Sequence[Sequence[str]], chance: object
) -> float:
    """Name the likeliest outcome of each gun; every recovery of it counts."""
    outcomes = sorted({each.outcome for each in endings()})
    of = np.array([[each.outcome is one for one in outcomes] for each in endings()], float)
    best = (np.asarray(chance) @ of).argmax(axis=1)
    right = total = 0
    for place, (facts, end) in enumerate(zip(guns, ends, strict=True)):
        recoveries = sum(fact.kind == Kind.RECOVERY for fact in facts)
        total += recoveries
        right += recoveries * (outcomes[best[place]] == end[0])
    return right / total


def _read_rightly(facts: list[Fact], true: Sequence[str] | None) -> list[Fact]:
    """Put the gun's own description in every row, as a perfect reader would."""
    if true is None:
        return facts
    make_, model, calibre, type_, origin = true
    country = "US" if origin == "us_made" else "XX"
    return [replace(fact, make=make_ or None, model=model, calibre=calibre, type=type_,
                    origin_country=country) for fact in facts]  # fmt: skip


_PURCHASERS = """
WITH stated AS (
  SELECT recovery_record_id AS record_id, purchaser_entity_id, purchaser_probability, probability
  FROM traces),
counted AS (
  SELECT entity_id, entity_key, sum(entity_members.probability) AS weight
  FROM entity_members JOIN parties USING (party_id)
  JOIN true_parties AS named ON named.source_id = parties.source_id
    AND named.row_number = parties.row_number AND named.role = parties.role
  GROUP BY ALL),
really AS (
  SELECT entity_id, arg_max(entity_key, weight) AS entity_key FROM counted GROUP BY entity_id),
could AS (
  SELECT DISTINCT firearm_key FROM true_of
  JOIN true_parties USING (source_id, row_number) WHERE role = 'purchaser')
SELECT count(*) FILTER (WHERE sure AND right_one), count(*) FILTER (WHERE sure),
       count(*) FILTER (WHERE sure AND right_one AND can), count(*) FILTER (WHERE can)
FROM (
  SELECT coalesce(purchaser_probability >= ?, false) AND probability >= ? AS sure,
         coalesce(really.entity_key = gun.purchaser_key, false) AS right_one,
         could.firearm_key IS NOT NULL AS can
  FROM true_of JOIN true_trace_truth USING (source_id, row_number)
  JOIN stated USING (record_id)
  JOIN true_firearms AS gun USING (firearm_key)
  LEFT JOIN really ON really.entity_id = stated.purchaser_entity_id
  LEFT JOIN could USING (firearm_key))
"""


def purchasers(held: duckdb.DuckDBPyConnection, trace_too: float) -> tuple[int, int, int, int]:
    """Count the purchasers stated for sure: right, all; right of those that could be; those."""
    found = held.execute(_PURCHASERS, [SURE, trace_too]).fetchone()
    assert found is not None
    return tuple(int(each) for each in found)  # type: ignore[return-value]


def measure(folder: Path, seed: int, firearms: int, difficulty: str) -> Mapping[str, object]:
    """Measure one world."""
    workspace = prepared(folder, seed, firearms, difficulty)
    held = desk(workspace, folder / "world" / "truth")
    begun = time.perf_counter()
    rows = trace(held)["traces"]
    seconds = time.perf_counter() - begun
    held.execute("DROP TABLE traces")
    held.register("_rows", rows)
    held.execute("CREATE TABLE traces AS SELECT * FROM _rows")
    tables: dict[str, pa.Table] = {name: held.sql(f'FROM "{name}"').to_arrow_table()
                                   for name in TABLES}  # fmt: skip
    scored = score(tables, folder / "world" / "truth").sections["traces"]
    right, stated, of_could, could = purchasers(held, 0.0)
    both = purchasers(held, SURE)
    oracle = oracle_accuracy(held)
    mine = scored["outcome"]["accuracy"]
    return {
        "seed": seed, "recoveries": scored["recoveries"], "seconds": round(seconds, 1),
        "outcome": round(mine, 4), "oracle": round(oracle, 4), "ratio": round(mine / oracle, 4),
        "origin": round(scored["origin"]["accuracy"], 4),
        "diversion": round(scored["diversion"]["accuracy"], 4),
        "purchasers stated": stated, "right": round(right / max(stated, 1), 4),
        "of the oracle's": round(of_could / max(could, 1), 4),
        "right where the trace is sure too": round(both[0] / max(both[1], 1), 4),
        "ece": round(scored["calibration"]["ece_equal_mass"], 4),
        "ece_width": round(scored["calibration"]["ece_equal_width"], 4),
        "reliability": [[round(each[name], 4) for name in ("said", "happened")]
                        for each in scored["calibration"]["reliability"]],
    }  # fmt: skip


def main() -> None:
    """Measure the worlds that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firearms", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[401, 402, 403])
    parser.add_argument("--difficulty", default="real")
    parser.add_argument("--folder", type=Path, help="Keep the worlds here.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = asked.folder or Path(temporary)
        for seed in asked.seeds:
            found = measure(base / f"{asked.difficulty}-{asked.firearms}-{seed}", seed,
                            asked.firearms, asked.difficulty)  # fmt: skip
            print(json.dumps(found))


if __name__ == "__main__":
    main()
