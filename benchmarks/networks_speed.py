"""What it costs to divide a graph of guns: time and memory by the number of edges.

    python benchmarks/networks_speed.py

Invented guns: rings of lognormal size, each with a few firm groups of purchases, fainter ties
between them, and pairs of chance. What is timed is the graph's part of the stage `link`, given the
weighed pairs: division, joining, and six drawings with some of the guns left out. Beside it one
division by Leiden (graspologic-native), which has no such drawings. Times are processor seconds of
one run on one core, and what passed on the clock; memory is the whole process's peak. Each size
runs in a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

import numpy as np

from ironriver.networks import belonging
from ironriver.networks.building import Edges, divided, holds, of_two_or_more
from ironriver.networks.communities import Graph, communities

SIZES = (100_000, 1_000_000, 5_000_000)
LARGEST_FOR_LEIDEN = 1_000_000
UNJUDGED = np.empty((0, 3), dtype=np.int64)


def invented(edges: int) -> tuple[int, Edges]:
    """Make a graph of about so many edges; give the number of guns and the edges."""
    chance = np.random.Generator(np.random.PCG64(7))
    lefts, rights, chances, size, made = [], [], [], 0, 0
    while made < 0.9 * edges:
        guns = int(np.clip(chance.lognormal(2.0, 1.5), 2, 600))
        group = np.sort(chance.integers(0, max(1, guns // 6), guns))
        one, other = np.triu_indices(guns, 1)
        firm = group[one] == group[other]
        seen = firm | (chance.random(len(one)) < 0.4)
        lefts.append(one[seen] + size)
        rights.append(other[seen] + size)
        chances.append(
            np.where(firm, chance.beta(6, 2, len(one)), chance.beta(2, 4, len(one)))[seen]
        )
        size, made = size + guns, made + int(seen.sum())
    extra = edges - made
    if extra > 0:
        lefts.append(chance.integers(0, size, extra))
        rights.append(chance.integers(0, size, extra))
        chances.append(chance.beta(1, 12, extra))
    left, right = np.concatenate(lefts), np.concatenate(rights)
    kept = (left != right) & (np.concatenate(chances) >= 0.02)
    low, high = np.minimum(left, right)[kept], np.maximum(left, right)[kept]
    share = np.concatenate(chances)[kept]
    return size, Edges(low, high, np.log(share / (1 - share)), share)


def measured(edges: int) -> dict[str, float]:
    """Time one graph."""
    rules = belonging.packaged()
    size, graph = invented(1000)
    divided(size, graph, UNJUDGED, rules)  # compiles, once
    size, graph = invented(edges)
    wall, start = time.perf_counter(), time.process_time()
    label = of_two_or_more(divided(size, graph, UNJUDGED, rules))
    once = time.process_time() - start
    holds(label, graph, UNJUDGED, rules)
    whole, wall = time.process_time() - start, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    found = {"guns": size, "edges": len(graph), "once": once, "whole": whole, "wall": wall,
             "gib": peak}  # fmt: skip
    if edges <= LARGEST_FOR_LEIDEN:
        start = time.process_time()
        communities(Graph(size, graph.left, graph.right, graph.probability),
                    resolution=rules.resolution, by_modularity=False)  # fmt: skip
        found["leiden"] = time.process_time() - start
    return found


def main() -> None:
    """Print the table; a single size given runs in this process."""
    if len(sys.argv) > 1:
        print(json.dumps(measured(int(sys.argv[1]))))
        return
    names = ("edges", "guns", "division, s", "with six drawings, s", "on the clock, s",
             "µs an edge", "peak, GiB", "Leiden once, s")  # fmt: skip
    print("| " + " | ".join(names) + " |")
    print("|" + " ---: |" * len(names))
    for size in SIZES:
        found = json.loads(
            subprocess.run(
                [sys.executable, __file__, str(size)], capture_output=True, check=True, text=True
            ).stdout
        )
        cost = 1e6 * found["whole"] / found["edges"]
        leiden = f"{found['leiden']:.1f}" if "leiden" in found else "not run"
        cells = (f"{found['edges']:,}", f"{found['guns']:,}", f"{found['once']:.1f}",
                 f"{found['whole']:.1f}", f"{found['wall']:.1f}", f"{cost:.1f}",
                 f"{found['gib']:.2f}", leiden)  # fmt: skip
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
