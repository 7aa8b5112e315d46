"""How fast is candidate search, and what does it cost? Beside make-blocked rapidfuzz, same run.

    python benchmarks/search_speed.py [--sizes 100000 1000000] [--results FILE]

For each size: invented serials go to a Parquet file, and a process of its own builds the index from
it, opens it, searches noisy queries in bulk and one by one, and measures its peak memory (mapped
pages of the index among it). The peer compares each query with all serials of the right make (which
the index is not told), by OSA with a cutoff. Everything runs on one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

import search_serials
from ironriver.firearms.search import SerialIndex
from ironriver.firearms.search.keys import plain

SEED = 31
SINGLE = 1_000
Measured = dict[str, float]


def write(path: Path, count: int) -> None:
    """Write invented serials to a Parquet file."""
    schema = pa.schema([("serial", pa.large_string())])
    with pq.ParquetWriter(path, schema) as writer:
        for chunk in search_serials.chunks(count, SEED):
            writer.write_table(pa.table([chunk], schema))


def column(path: Path) -> Iterator[pa.Array]:
    """Read the serials back, chunk by chunk."""
    with pq.ParquetFile(path) as source:
        for batch in source.iter_batches(1 << 18, columns=["serial"]):
            yield batch.column(0)


def peak() -> float:
    """Give the peak memory of this process, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Give wall and CPU seconds."""
    wall, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - used


def measure(path: Path, folder: Path, count: int, queries: int) -> Measured:
    """Build, open and search one index; what the kernels need is loaded before."""
    SerialIndex.build(folder / "warm", [["ABC123", "ABC124"]]).search(["ABC123"], 2)
    out: Measured = {"records": count, "rss_before_mib": peak()}
    built = timed(lambda: SerialIndex.build(folder / "index", column(path)))
    out["build_s"], out["build_cpu_s"] = built
    out["rss_built_mib"] = peak()
    out["open_ms"] = timed(lambda: SerialIndex.open(folder / "index"))[0] * 1e3
    index = SerialIndex.open(folder / "index")
    out["bytes_a_record"] = index.bytes() / count
    asked = [text for _, text in search_serials.asked_of_makers(count, queries, SEED + 1)]
    for edits in (1, 2):
        search(index, asked, edits, out)
    out["rss_mib"] = peak()
    return out


def search(index: SerialIndex, asked: list[str], edits: int, out: Measured) -> None:
    """Search in bulk and one by one; the first queries read the index into memory."""
    found = sum(map(len, index.stream(asked, edits)))
    out[f"candidates_{edits}"] = found / len(asked)
    bulk = timed(lambda: sum(map(len, index.stream(asked, edits))))
    out[f"bulk_us_{edits}"], out[f"bulk_cpu_us_{edits}"] = (
        seconds / len(asked) * 1e6 for seconds in bulk
    )
    single = np.array(
        [timed(lambda text=text: index.search([text], edits)) for text in asked[:SINGLE]]
    )
    for share in (50, 95):
        wall, used = np.percentile(single, share, axis=0) * 1e3
        out[f"single_ms_p{share}_{edits}"] = float(wall)
        out[f"single_cpu_ms_p{share}_{edits}"] = float(used)


def peer(folder: Path, count: int, queries: int) -> Measured:
    """Compare queries with all serials of their make by rapidfuzz, and time the index on them."""
    index = SerialIndex.open(folder / "index")
    asked = search_serials.asked_of_makers(count, queries, SEED + 2)
    out: Measured = {"peer_queries": queries}
    spent = {1: 0.0, 2: 0.0}
    for maker, (grammar, guns) in enumerate(search_serials.makers(count)):
        mine = [plain(text) for which, text in asked if which == maker]
        block = search_serials.some(grammar, guns, np.arange(guns)).to_pylist() if mine else []
        block = [*map(plain, block)] if "-" in grammar or " " in grammar else block
        for edits in spent:
            for text in mine:
                spent[edits] += timed(
                    lambda text=text, edits=edits, block=block: cdist(
                        [text], block, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8
                    )
                )[1]
    texts = [text for _, text in asked]
    for edits, seconds in spent.items():
        index.search(texts, edits)
        ours = timed(lambda edits=edits: index.search(texts, edits))[1]
        out[f"peer_ms_{edits}"] = seconds / queries * 1e3
        out[f"beside_peer_ms_{edits}"] = ours / queries * 1e3
        out[f"times_peer_{edits}"] = seconds / ours
    return out


LINES = (
    ("load of the machine, processes that want a core", "load"),
    ("build, s", "build_s"), ("of which CPU, s", "build_cpu_s"),
    ("bytes a record", "bytes_a_record"), ("open, ms", "open_ms"),
    ("peak memory after building, MiB", "rss_built_mib"),
    ("peak memory in all, MiB", "rss_mib"),
    ("candidates of a query, 1 edit", "candidates_1"), ("2 edits", "candidates_2"),
    ("bulk, µs a query, 1 edit", "bulk_us_1"), ("of which CPU", "bulk_cpu_us_1"),
    ("bulk, µs a query, 2 edits", "bulk_us_2"), ("of which CPU", "bulk_cpu_us_2"),
    ("one query, ms, 1 edit, p50", "single_ms_p50_1"), ("p95", "single_ms_p95_1"),
    ("of which CPU, p50", "single_cpu_ms_p50_1"), ("p95", "single_cpu_ms_p95_1"),
    ("one query, ms, 2 edits, p50", "single_ms_p50_2"), ("p95", "single_ms_p95_2"),
    ("of which CPU, p50", "single_cpu_ms_p50_2"), ("p95", "single_cpu_ms_p95_2"),
    ("make-blocked rapidfuzz, CPU ms a query, 1 edit", "peer_ms_1"),
    ("the index on the same queries", "beside_peer_ms_1"), ("times faster", "times_peer_1"),
    ("make-blocked rapidfuzz, CPU ms a query, 2 edits", "peer_ms_2"),
    ("the index on the same queries", "beside_peer_ms_2"), ("times faster", "times_peer_2"),
)  # fmt: skip


def shown(value: float) -> str:
    """Give a number with three digits, or all before the point."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def table(results: list[Measured]) -> str:
    """Give the results as a Markdown table."""
    head = "| records | " + " | ".join(f"{line['records']:,.0f}" for line in results) + " |"
    rows = [head, "|---|" + "---:|" * len(results)]
    for title, name in LINES:
        cells = [shown(line[name]) if name in line else "–" for line in results]
        rows.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def one(asked: argparse.Namespace, count: int, folder: Path) -> Measured:
    """Measure one size in processes of their own."""
    path = folder / f"serials-{count}.parquet"
    write(path, count)
    out: Measured = {}
    for part in ("measure", "peer") if count <= asked.peer_up_to else ("measure",):
        words = [sys.executable, __file__, "--part", part, "--sizes", str(count)]
        words += ["--folder", str(folder), "--queries", str(asked.queries)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        out |= json.loads(done.stdout)
    return out


def main() -> None:
    """Measure, print the table, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=5_000)
    parser.add_argument("--peer-queries", type=int, default=100)
    parser.add_argument("--peer-up-to", type=int, default=10_000_000)
    parser.add_argument("--results", type=Path, default=Path("bench-results/search_speed.json"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--part", choices=("measure", "peer"))
    asked = parser.parse_args()
    if asked.part:
        count, folder = asked.sizes[0], asked.folder
        path = folder / f"serials-{count}.parquet"
        out = (
            measure(path, folder, count, asked.queries)
            if asked.part == "measure"
            else peer(folder, count, asked.peer_queries)
        )
        sys.stdout.write(json.dumps(out))
        return
    asked.results.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(asked.results.read_text()) if asked.results.exists() else []
    for count in asked.sizes:
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            made = one(asked, count, Path(folder)) | {"load": os.getloadavg()[0]}
        known = [line for line in known if line["records"] != count] + [made]
        known.sort(key=lambda line: line["records"])
        asked.results.write_text(json.dumps(known, indent=1) + "\n")
    print(table([line for line in known if line["records"] in asked.sizes]))


if __name__ == "__main__":
    main()
