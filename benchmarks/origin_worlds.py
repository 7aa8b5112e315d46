"""Hold the bounds on the share from the United States against the truth of worlds.

    python benchmarks/origin_worlds.py --worlds 100 --firearms 600 --jobs 2

Each world is made and read with nothing of its truth; its guns are counted once, by the same-gun
judgement. Printed for every reading: in how many worlds it holds the true share, how many worlds it
leaves narrower than [0, 1], and its mean width. Estimates that need an assumption stand below the
bounds; the worlds choose which guns are traced by what they are, where and by whom, so that the
assumption "alike guns are determined alike" is nearly, but not wholly, true.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import duckdb

from ironriver import engine, figures, pipeline
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.intake.reception import read_inbox
from ironriver.workspace import Workspace
from ironriver.world.make import make

YEARS = (2015, 2025)
DIFFICULTIES = ("easy", "real", "hard")
KINDS = ("us_made", "us_imported")
LAWFUL = ("forces_loss", "central_american_stock", "mexican_legal_sale", "home_made")
Row = tuple[str, bool, float, float, float]


def true_shares(truth: Path) -> dict[tuple[str, str], float]:
    """Give the true share of each measure and layer; a gun asked about twice counts once."""
    known = dict(duckdb.sql(f"SELECT name, value FROM '{truth / 'figures.parquet'}'").fetchall())
    found = {}
    for layer in ("seized", "submitted"):
        made, imported = (known[f"origin_{layer}_{kind}"] for kind in KINDS)
        found |= {("us_sourced", layer): made + imported, ("us_made", layer): made,
                  ("us_imported", layer): imported}  # fmt: skip
    found["us_trafficked", "seized"] = 1 - sum(known[f"channel_{name}"] for name in LAWFUL)
    return found


def measured(seed: int, firearms: int) -> list[Row]:
    """Make a world, read it, and hold every share of it against the truth."""
    difficulty = DIFFICULTIES[seed % len(DIFFICULTIES)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / "world", seed, firearms, YEARS, difficulty, {})
        with Workspace.open_or_create(folder / "workspace", account(), 0.0) as ws:
            access = Access.current(ws, "benchmark")
            list(read_inbox(ws, folder / "world" / "inbox", None, access, dt.date(2026, 6, 30),
                            lambda _name, _rows: None))  # fmt: skip
            for stage in ("resolve", "trace"):
                pipeline.run_stage(ws, pipeline.stage(stage), access)
            with engine.connect(ws, figures.READS) as connection:
                told = figures.measure(connection)["figures"].to_pylist()
        shares = true_shares(folder / "world" / "truth")
    rows = []
    for figure in told:
        parts = figure["figure_id"].split(".")
        own = parts[0] == "origin" and parts[1] in ("records", "rows")
        if not own or parts[-1] in ("once", "breakdown"):
            continue
        truth = shares.get((parts[2], parts[3]))
        if truth is not None:
            low, high = figure["low"], figure["high"]
            held = low - 1e-9 <= truth <= high + 1e-9
            miss = max(low - truth, truth - high, 0.0)
            rows.append((".".join(parts[1:]), held, high - low, miss, truth))
    return rows


def main() -> None:
    """Print a line for every reading."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--firearms", type=int, default=600)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.worlds)
    lines: dict[str, list[Row]] = defaultdict(list)
    with ProcessPoolExecutor(asked.jobs) as pool:
        for rows in pool.map(partial(measured, firearms=asked.firearms), seeds):
            for row in rows:
                lines[row[0]].append(row)
    print(f"{'reading':52} worlds  held  <[0,1]  width  worst miss")
    for name, rows in sorted(lines.items()):
        held = sum(row[1] for row in rows)
        narrow = sum(row[2] < 1 for row in rows)
        width = sum(row[2] for row in rows) / len(rows)
        worst = max(row[3] for row in rows)
        print(f"{name:52} {len(rows):6} {held:5} {narrow:7} {width:6.3f} {worst:8.4f}")


if __name__ == "__main__":
    main()
