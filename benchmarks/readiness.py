"""How many trace requests that fail are foreseen, on worlds with known truth.

    python benchmarks/readiness.py --seeds 31 32 33 --firearms 20000

A world's tracing center answers each request by rules that the world knows. Told apart are requests

- *spoiled*: the answer blames the request, and so does the truth: the serial as written is not the
  gun's, or the gun bears none, or make or model is missing. Among these *restamped*: the request
  says truly what stands on the gun, which left the plant with another number;
- failed *by chance*: the origin was not determined although all that was asked stood there right;
- *duplicates*: answered as a duplicate of another request for the gun.

A request is foreseen to fail if its risk is at least the cut that the workspace sets from its own
risks (`readiness_risk.cut`); each is judged by weights that its own answer did not teach. A repair
is right if it is the gun's own value in truth.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from ironriver import engine, pipeline
from ironriver.estimators.metrics import auc, calibration_error, reliability
from ironriver.firearms.search.keys import plain
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.intake.parsers.makes import read_importer
from ironriver.intake.reception import read_inbox
from ironriver.tables import Outcome
from ironriver.tracing.readiness import readiness
from ironriver.tracing.readiness_risk import failed
from ironriver.workspace import Workspace
from ironriver.world.make import make

YEARS = (2015, 2025)
TABLES = ("sources", "records", "trace_results", "firearm_members", "learned")
SURE = (0.5, 0.8, 0.9, 0.95)

_REQUESTS = """
SELECT r.record_id, a.outcome, r.serial_raw, r.make_raw, r.model_raw, f.serial, f.stamped,
       count(*) OVER (PARTITION BY a.firearm_key) AS requests, a.firearm_key
FROM records r JOIN sources s USING (source_id)
JOIN trace_results x ON x.request = 'T' || r.reference
JOIN true_answers a ON a.source_id = x.source_id AND a.row_number = x.row_number
JOIN true_firearms f USING (firearm_key)
WHERE s.layout = 'trace_requests' ORDER BY r.record_id
"""
_GUNS = """
SELECT record_id, f.serial, f.maker, f.model, f.calibre, f.importer FROM records
JOIN true_rows USING (source_id, row_number) JOIN true_firearms f USING (firearm_key)
WHERE records.kind = 'recovery'
"""


@dataclass(slots=True)
class Seen:
    """What was found in all worlds."""

    risk: list[float]
    fails: list[bool]
    spoiled: list[bool]
    restamped: list[bool]
    duplicates: dict[str, int]
    repairs: dict[str, list[tuple[float, bool]]]
    foreseen: list[bool]
    held_back: list[bool]
    """Of requests that succeeded: whether `ready` says no, for whatever reason."""


def desk(folder: Path, seed: int, firearms: int, difficulty: str) -> duckdb.DuckDBPyConnection:
    """Make a world, read and resolve it, and hold its tables beside the truth."""
    make(folder / "world", seed, firearms, YEARS, difficulty, {})
    held = duckdb.connect()
    with Workspace.open_or_create(folder / "workspace", account(), 0.0) as ws:
        access = Access.current(ws, "benchmark")
        list(read_inbox(ws, folder / "world" / "inbox", None, access, dt.date(2026, 6, 30),
                        lambda _name, _rows: None))  # fmt: skip
        pipeline.run_stage(ws, pipeline.stage("resolve"), access)
        with engine.connect(ws) as opened:
            for name in TABLES:
                held.register("_rows", engine.query(opened, f'SELECT * FROM "{name}"'))
                held.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _rows')
    for name in ("rows", "answers", "firearms"):
        path = folder / "world" / "truth" / f"{name}.parquet"
        held.execute(f"CREATE TABLE true_{name} AS FROM '{path}'")
    return held


def look(held: duckdb.DuckDBPyConnection, seen: Seen) -> None:
    """Judge all requests of a world, and hold them against the truth."""
    begun = time.perf_counter()
    rows = readiness(held)["readiness"].to_pylist()
    print(f"  {len(rows):,} recoveries judged in {time.perf_counter() - begun:.1f} s")
    judged = {row["record_id"]: row for row in rows}
    asked = held.execute(_REQUESTS).fetchall()
    for record, outcome, serial, maker, model, true, stamped, requests, _ in asked:
        row = judged[record]
        problems = {each["problem"] for each in json.loads(row["problems"])}
        named = bool(problems & {"requested_already", "requested_again"})
        seen.duplicates["pairs" if requests > 1 else "single"] += 1
        seen.duplicates["pairs named" if requests > 1 else "single named"] += named
        if outcome == Outcome.DUPLICATE_OF:
            seen.duplicates["answered"] += 1
            seen.duplicates["answered named"] += named
        fails = failed(outcome)
        if fails is None:
            continue
        right = bool(true) and plain(serial or "") == plain(true)
        seen.risk.append(row["risk"])
        last = json.loads(row["reasons"])[-1]
        seen.foreseen.append(row["risk"] >= last["level"])
        seen.fails.append(fails)
        seen.spoiled.append(fails and not (right and maker and model))
        seen.restamped.append(not right and plain(serial or "") == plain(stamped or "") != "")
        if not fails:
            seen.held_back.append(not row["ready"])
    for record, *truth in held.execute(_GUNS).fetchall():
        for each in json.loads(judged[record]["suggested_repairs"]):
            _hold(each, dict(zip(("serial", "make", "model", "calibre", "importer"), truth,
                                 strict=True)), seen)  # fmt: skip


def _hold(repair: dict[str, object], truth: dict[str, str], seen: Seen) -> None:
    field, to, chance = str(repair["field"]), str(repair["to"]), float(str(repair["probability"]))
    if field not in truth:
        return
    true = truth[field] or ""
    if field == "importer":
        true = read_importer(true)[0] or true
    right = plain(to) == plain(true) if field == "serial" else to == true
    seen.repairs[field].append((chance, right))
    seen.repairs["all"].append((chance, right))


def show(seen: Seen) -> None:
    """Print what was found."""
    risk, fails, spoiled = (np.array(part) for part in (seen.risk, seen.fails, seen.spoiled))
    fine = ~fails
    print(f"\n{len(risk):,} requests answered: {spoiled.sum():,} spoiled "
          f"({(spoiled & np.array(seen.restamped)).sum():,} of them restamped), "
          f"{(fails & ~spoiled).sum():,} failed by chance, {fine.sum():,} succeeded")  # fmt: skip
    print(f"AUC {auc(risk[fine | spoiled], spoiled[fine | spoiled]):.4f} without those by chance, "
          f"{auc(risk, fails):.4f} with them; "
          f"ECE {calibration_error(reliability(risk, fails)):.4f}")  # fmt: skip
    print("\nfrom risk   spoiled foreseen   not restamped   all that failed   false alarms")
    told = np.array(seen.foreseen)
    written = spoiled & ~np.array(seen.restamped)
    cuts = {f"{cut:9.2f}": risk >= cut for cut in (0.05, 0.1, 0.12, 0.15, 0.2, 0.3, 0.5)}
    for name, flagged in {"  own cut": told, **cuts}.items():
        print(f"{name} {flagged[spoiled].mean():18.4f} {flagged[written].mean():15.4f} "
              f"{flagged[fails].mean():17.4f} {flagged[fine].mean():14.4f}")  # fmt: skip
    print("\nnot ready, of those that succeeded (duplicates held back too): "
          f"{np.mean(seen.held_back):.4f}")  # fmt: skip
    print("\n" + ", ".join(f"{name}: {count:,}" for name, count in sorted(seen.duplicates.items())))
    print("\nrepair      from   given   right")
    for field, found in sorted(seen.repairs.items()):
        for least in SURE:
            held = [right for chance, right in found if chance >= least]
            if held:
                print(f"{field:10} {least:5.2f} {len(held):7,} {np.mean(held):7.4f}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure on the seeds asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[61, 62, 63, 64, 65, 66])
    parser.add_argument("--firearms", type=int, default=20_000)
    parser.add_argument("--difficulty", default="real")
    asked = parser.parse_args(arguments)
    seen = Seen([], [], [], [], defaultdict(int), defaultdict(list), [], [])
    for seed in asked.seeds:
        print(f"seed {seed}, {asked.firearms:,} firearms, {asked.difficulty}")
        with tempfile.TemporaryDirectory() as folder:
            look(desk(Path(folder), seed, asked.firearms, asked.difficulty), seen)
    show(seen)


if __name__ == "__main__":
    main()
