"""How well the same gun is found: ours, plain joins, peers, and who knows the world's error rates.

`ours` is the table `firearm_members` as the stage `resolve` made it in that workspace.
`exact` puts together records with the same serial and the same make, letter for letter as intake
read them. `cleaned` puts together records with the same serial without separators, letter O and
digit 0 as one, whatever the make. `oracle` knows the parameters of the world but sees only the
records. `Jaro-Winkler` joins serials that are alike from a threshold on, `Splink` is trained on
the rows and joins from a probability on (`same_gun_peers`); of several thresholds each is given
the one that is best on this very world. Scores are over all accepted rows about one gun.

    python benchmarks/same_gun.py [--firearms 20000] [--seed 7] [--difficulty real]
    python benchmarks/same_gun.py --world DIR [--difficulty real]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import same_gun_peers as peers
from ironriver.world import oracle
from ironriver.world.parameters import Settings
from ironriver.world.score import score

Tables = Mapping[str, pa.Table]
TABLES = ("records", "trace_results", "quarantine", "sources", "firearm_members")


def exact(tables: Tables) -> pa.Table:
    """Join on exact serial and make."""
    return members(tables, lambda rows: (rows["serial"], rows["make"]))


def cleaned(tables: Tables) -> pa.Table:
    """Join on the serial without case, separators and the difference of O and 0."""
    return members(tables, lambda rows: (folded(rows["serial"]),))


def folded(serials: pa.ChunkedArray) -> pa.ChunkedArray:
    """Fold serials for comparison; fewer than four characters say nothing."""
    bare = pc.replace_substring_regex(pc.utf8_upper(serials), "[^A-Z0-9]", "")
    zeros = pc.replace_substring(bare, "O", "0")
    return pc.if_else(
        pc.greater_equal(pc.utf8_length(zeros), 4), zeros, pa.scalar(None, pa.string())
    )


def members(tables: Tables, keys: Callable[[pa.Table], tuple[pa.ChunkedArray, ...]]) -> pa.Table:
    """Put records with equal keys together; one with a missing key stands alone."""
    names = ["record_id", "serial", "make"]
    rows = pa.concat_tables([tables[name].select(names) for name in TABLES[:2] if name in tables])
    joined = pc.binary_join_element_wise(*keys(rows), "\t")
    known = pc.is_valid(joined)
    return pa.table(
        {"firearm_id": joined.filter(known), "record_id": rows["record_id"].filter(known)}
    )


def read(inbox: Path, folder: Path) -> dict[str, pa.Table]:
    """Take an inbox in, and give what the benchmark needs of it."""
    call("run", inbox, "--workspace", folder / "workspace")
    for name in TABLES:
        path = folder / f"{name}.parquet"
        call("export", folder / "workspace", name, "--format", "parquet", "-o", path)
    return {name: pq.read_table(folder / f"{name}.parquet") for name in TABLES}


def call(*words: object) -> None:
    """Run a command of ironriver; its output is shown only where it fails."""
    program = [sys.executable, "-m", "ironriver.cli", *map(str, words)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(program)}\n{done.stdout}\n{done.stderr}")


def show(tables: Tables, truth: Path, difficulty: str) -> None:
    """Score each and print the table."""
    firearms = pq.read_metadata(truth / "firearms.parquet").num_rows
    print(
        f"{firearms:,} firearms, {difficulty}: "
        f"{sum(len(tables[n]) for n in TABLES[:2] if n in tables):,} rows that speak of one"
    )
    print(f"{'':<20}{'':>24}all pairs{'':>7}recovery to earlier life{'':>5}B-cubed")
    print(f"{'':<20}" + f"{'prec.':>8}{'recall':>8}{'F1':>8}" * 3 + f"{'ECE':>8}{'seconds':>9}")
    ways: dict[str, Callable[[Tables], pa.Table]] = {
        "exact": exact,
        "cleaned": cleaned,
        "ours": lambda given: given["firearm_members"],
        "oracle": lambda given: oracle.same_gun(given, Settings(difficulty, {}), firearms),
    }
    for name, way in ways.items():
        start = time.perf_counter()
        judged = way(tables)
        seconds = time.perf_counter() - start
        line(name, scored(tables, judged, truth), seconds)
    for peer in (peers.jaro_winkler, peers.splink):
        start = time.perf_counter()
        tries = [(name, scored(tables, judged, truth)) for name, judged in peer(tables)]
        seconds = time.perf_counter() - start
        line(*max(tries, key=lambda one: one[1]["all"]["pairs"]["f1"]), seconds)


def scored(tables: Tables, judged: pa.Table, truth: Path) -> Mapping[str, Any]:
    """Score one judgement."""
    return score({**tables, "firearm_members": judged}, truth).sections["same_gun"]


def line(name: str, found: Mapping[str, Any], seconds: float) -> None:
    """Print one line of the table."""
    parts = (found["all"]["pairs"], found["recovered_to_before"], found["all"]["b_cubed"])
    cells = [part[k] for part in parts for k in ("precision", "recall", "f1")]
    cells.append(found["calibration"].get("ece_equal_mass") if found["calibration"] else None)
    text = "".join("       -" if cell is None else f"{cell:8.3f}" for cell in cells)
    print(f"{name:<20}{text}{seconds:>9.1f}")


def main() -> None:
    """Make a world, or take a given one; read it, judge it each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", type=Path)
    parser.add_argument("--firearms", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--difficulty", choices=["easy", "real", "hard"], default="real")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        world = options.world or folder / "world"
        if options.world is None:
            call("world", "make", world, "--seed", options.seed, "--firearms", options.firearms,
                 "--difficulty", options.difficulty)  # fmt: skip
        show(read(world / "inbox", folder), world / "truth", options.difficulty)


if __name__ == "__main__":
    main()
