"""How well supply chains are found in worlds with known rings, beside other ways and an oracle.

    python benchmarks/networks_worlds.py --world WS TRUTH [--world WS TRUTH ...] [--json FILE]

Each `WS` is a workspace on which every stage up to `trace` was run, `TRUTH` its world's `truth/`.
Pair F1 and adjusted Rand index are those of `ironriver world score` (part networks); a ring of 3 to
5 guns is found if some network holds at least half of its guns that appear in any row, and they are
at least half of that network. `network_rivals` says what the other ways do and the oracle knows.
The gap closed is (ours - best) / (oracle - best) of the means, best being the best of the other
three in each world.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import network_rivals as rivals
from ironriver import engine
from ironriver.networks import READS
from ironriver.networks.evidence import read_evidence
from ironriver.workspace import Workspace
from ironriver.world import score_networks
from ironriver.world.score_tables import lay_out
from ironriver.world.score_truth import identify

MEASURES = ("pair F1", "rings of 3-5 found", "adjusted Rand index")
SMALL = 0.02
"""An oracle that is ahead by less than this leaves no gap to speak of."""
WAYS = ("purchaser", "louvain", "exact", "ours", "oracle")

_SMALL = """
WITH seen AS (
  SELECT DISTINCT firearm_key, ring_key FROM record_true JOIN truth.firearms USING (firearm_key)
  WHERE ring_key IS NOT NULL),
sizes AS (SELECT ring_key, count(*) AS guns FROM seen GROUP BY ring_key),
totals AS (SELECT network_id, count(*) AS guns FROM network_guns GROUP BY network_id),
shared AS (
  SELECT ring_key, network_id, count(*) AS guns FROM network_guns JOIN seen USING (firearm_key)
  GROUP BY ring_key, network_id),
best AS (
  SELECT ring_key, max((shared.guns >= 0.5 * sizes.guns AND shared.guns >= 0.5 * totals.guns)::INT)
         AS found
  FROM shared JOIN sizes USING (ring_key) JOIN totals USING (network_id) GROUP BY ring_key)
SELECT avg(coalesce(found, 0)) FROM sizes LEFT JOIN best USING (ring_key)
WHERE sizes.guns BETWEEN 3 AND 5
"""


def measures(tables: dict[str, Path], truth: Path, given: rivals.Given) -> dict[str, float]:
    """Score one method's networks against the truth."""
    named: dict[str, Path | pa.Table] = {
        name: tables[name] for name in ("records", "trace_results", "firearm_members")
    }
    if given.members().num_rows == 0:
        return dict.fromkeys(MEASURES, 0.0)
    desk = lay_out({**named, "network_members": given.members()}, truth)
    try:
        identify(desk)
        if not set(given.ids.to_pylist()[:50]) & _some(desk):
            desk.run("DROP TABLE firearm_true")
            desk.run("CREATE TABLE firearm_true AS SELECT DISTINCT firearm_key AS firearm_id,"
                     " firearm_key FROM record_true")  # fmt: skip
        score_networks.place_members(desk)
        guns = score_networks.networks(desk)["guns"]
        small = desk.rows(_SMALL)[0][0]
    finally:
        desk.connection.close()
    values = (guns["pairs"]["f1"], small, guns["adjusted_rand_index"])
    return {name: float(value) for name, value in zip(MEASURES, values, strict=True)}


def _some(desk: object) -> set[str]:
    return {row[0] for row in desk.rows("SELECT firearm_id FROM firearm_true")}  # type: ignore[attr-defined]


def of_world(folder: Path, truth: Path) -> dict[str, dict[str, float]]:
    """Measure every way on one world."""
    with tempfile.TemporaryDirectory() as place:
        tables = {}
        with engine.connect(Workspace.open(folder), READS) as connection:
            for name in ("sources", "records", "trace_results", "parties", "firearm_members"):
                tables[name] = Path(place) / f"{name}.parquet"
                pq.write_table(engine.query(connection, f"SELECT * FROM {name}"), tables[name])
            evidence = read_evidence(connection)
            ways: dict[str, Callable[[], rivals.Given]] = {
                "purchaser": lambda: rivals.purchaser(evidence),
                "louvain": lambda: rivals.louvain(evidence),
                "exact": lambda: rivals.exact(connection, evidence),
                "ours": lambda: rivals.ours(evidence),
                "oracle": lambda: rivals.oracle(tables, truth),
            }
            found = {}
            for name, way in ways.items():
                start = time.perf_counter()
                given = way()
                seconds = time.perf_counter() - start
                found[name] = {**measures(tables, truth, given), "seconds": seconds}
                shown = {key: round(value, 3) for key, value in found[name].items()}
                print(folder.name, name, shown, flush=True)
    return found


def table(worlds: list[dict[str, dict[str, float]]]) -> str:
    """Write means, spreads (standard deviation) and the share of the gap that is closed."""
    lines = [
        f"| way | {' | '.join(MEASURES)} |",
        "| --- | " + " | ".join("---" for _ in MEASURES) + " |",
    ]
    for way in WAYS:
        cells = []
        for name in MEASURES:
            values = np.array([world[way][name] for world in worlds])
            spread = f" ± {values.std(ddof=1):.3f}" if len(values) > 1 else ""
            cells.append(f"{values.mean():.3f}{spread}")
        lines.append(f"| {way} | {' | '.join(cells)} |")
    cells = [gap_closed(worlds, name) for name in MEASURES]
    return "\n".join([*lines, f"| gap closed | {' | '.join(cells)} |"])


def gap_closed(worlds: list[dict[str, dict[str, float]]], name: str) -> str:
    """Say how much of the gap from the best other way to the oracle is closed, of the means."""
    best = np.array([max(world[way][name] for way in WAYS[:3]) for world in worlds])
    gap = np.array([world["oracle"][name] for world in worlds]) - best
    ours = np.array([world["ours"][name] for world in worlds]) - best
    ahead = int((gap > 0).sum())
    if gap.mean() < SMALL:
        return f"no gap: the oracle is ahead in {ahead} of {len(worlds)}, by {gap.mean():+.3f}"
    return (
        f"{ours.mean() / gap.mean():.0%}; ahead of the best in {(ours > 0).sum()} of {len(worlds)}"
    )


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    pair = ("WS", "TRUTH")
    reader.add_argument("--world", nargs=2, action="append", type=Path, default=[], metavar=pair)
    reader.add_argument("--read", nargs="*", type=Path, default=[], help="JSON of earlier runs")
    reader.add_argument("--json", type=Path)
    given = reader.parse_args()
    worlds: dict[str, dict[str, dict[str, float]]] = {}
    for path in given.read:
        worlds |= json.loads(path.read_text("utf-8"))
    for folder, truth in given.world:
        worlds[folder.name] = of_world(folder, truth)
        if given.json:
            given.json.write_text(json.dumps(worlds, indent=2) + "\n", "utf-8")
    print(table(list(worlds.values())))


if __name__ == "__main__":
    main()
