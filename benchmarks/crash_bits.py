"""Flip single bits anywhere in a workspace: each is detected or harmless, none answers wrongly.

``python benchmarks/crash_bits.py --count 500 [--workspace WS]``
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa

from crash_work import ingest, work
from ironriver import engine, tables
from ironriver.errors import IronRiverError
from ironriver.workspace import Workspace

Answer = dict[str, pa.Table]


def answers(path: Path) -> Answer:
    """Give every row of every table, the audit journal among them."""
    with Workspace.open(path) as ws, engine.connect(ws) as connection:
        return {name: engine.query(connection, f"FROM {name}") for name in tables.TABLES}


def files(path: Path) -> list[tuple[Path, int]]:
    """List the files that have bytes, with their sizes."""
    found = sorted(file for file in path.rglob("*") if file.is_file())
    return [(file, file.stat().st_size) for file in found if file.stat().st_size]


def flip(file: Path, bit: int) -> None:
    """Flip one bit of a file in its place."""
    mode = file.stat().st_mode
    file.chmod(0o600)
    with file.open("r+b") as handle:
        handle.seek(bit // 8)
        byte = handle.read(1)[0]
        handle.seek(bit // 8)
        handle.write(bytes([byte ^ 1 << bit % 8]))
    file.chmod(mode)


def outcome(path: Path, true: Answer) -> str:
    """Say how a changed workspace answers: detected, found by check, harmless or wrong."""
    try:
        found = answers(path)
        with Workspace.open(path) as ws:
            damage = [finding for finding in ws.check() if finding.what == "damage"]
    except IronRiverError:
        return "detected"
    if any(not found[name].equals(true[name]) for name in true):
        return "WRONG"
    return "found by check" if damage else "harmless"


def flips(path: Path, count: int, seed: int) -> Counter[str]:
    """Flip `count` bits, one at a time, half of them chosen by file and half by byte."""
    rng, true, listed = random.Random(seed), answers(path), files(path)
    sizes = [size for _, size in listed]
    seen: Counter[str] = Counter()
    for number in range(count):
        file, size = rng.choice(listed) if number % 2 else rng.choices(listed, sizes)[0]
        bit = rng.randrange(size * 8)
        flip(file, bit)
        how = outcome(path, true)
        flip(file, bit)
        seen[how] += 1
        if how == "WRONG":
            print(f"bit {bit} of {file.relative_to(path)} gives a wrong answer")
    if any(not rows.equals(true[name]) for name, rows in answers(path).items()):
        raise RuntimeError("the flips were not all undone")
    return seen


def made(path: Path) -> Path:
    """Make a small workspace of generated rows, several times sealed."""
    for seed in range(3):
        work(path, seed, 6, lambda _sequence, _leaf: None)
    with Workspace.open(path, write=True) as ws:
        for number in range(4):
            ingest(ws, 100 + number, "parser")
        ws.seal()
    return path


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workspace", type=Path, help="a workspace to copy and flip bits of")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ws"
        if asked.workspace:
            shutil.copytree(asked.workspace, path)
        else:
            made(path)
        began = time.perf_counter()
        seen = flips(path, asked.count, asked.seed)
    print(f"{asked.count} bits flipped in {time.perf_counter() - began:.1f} s: {dict(seen)}")
    return 1 if seen["WRONG"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
