"""Communities of three public criminal networks: whether they hold over seeds, in aggregate only.

    python benchmarks/networks_public.py [FOLDER]

FOLDER holds `mcmacdonald/` (Montagna, Caviar, Oversize as matrices) and `montagna/` (edge lists);
by default ../shared/data/networks. Members are numbered in the data and nobody is named or told
apart here: sizes, modularity and agreement are printed, nothing of any member. Caviar's cells are
weighted by contacts; directions are added up.
"""

from __future__ import annotations

import csv
import sys
import time
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np

from ironriver.networks.communities import Graph, agreement, communities, modularity

FOLDER = Path(__file__).parents[1].parent / "shared" / "data" / "networks"
SEEDS = range(1, 51)
FILES = {
    "Montagna": "mcmacdonald/luciaetal_montagna.csv",
    "Montagna calls": "montagna/Montagna_phonecalls_edgelist.csv",
    "Montagna meetings": "montagna/Montagna_meetings_edgelist.csv",
    "Caviar": "mcmacdonald/morselli_caviar.csv",
    "Oversize": "mcmacdonald/berlusconietal_oversize.csv",
}


def read_network(path: Path) -> Graph:
    """Read a matrix with headings, or an edge list of two ends and a weight."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        first = opened.readline()
        opened.seek(0)
        if "," not in first:
            ends = [[int(cell) for cell in line.split()] for line in opened if line.strip()]
            return from_edges([(a, b, float(w[0]) if w else 1.0) for a, b, *w in ends])
        rows = list(csv.reader(opened))
    width = len(rows[0])
    if any(len(row) != width for row in rows) or len(rows) != width:
        raise ValueError(f"{path.name} is no square matrix")
    table = np.array([[float(cell or 0) for cell in row[1:]] for row in rows[1:]])
    left, right = np.nonzero(table)
    return from_edges(list(zip(left.tolist(), right.tolist(), table[left, right].tolist(),
                               strict=True)))  # fmt: skip


def from_edges(edges: list[tuple[int, int, float]]) -> Graph:
    """Give nodes with an edge numbers from 0 on."""
    kept = [(a, b, w) for a, b, w in edges if a != b and w > 0]
    nodes = {name: place for place, name in enumerate(sorted({e for a, b, _ in kept
                                                              for e in (a, b)}))}  # fmt: skip
    return Graph(
        len(nodes),
        np.array([nodes[a] for a, _, _ in kept], dtype=np.int64),
        np.array([nodes[b] for _, b, _ in kept], dtype=np.int64),
        np.array([w for _, _, w in kept], dtype=np.float64),
    )


def louvain(graph: Graph, seed: int) -> np.ndarray:
    """Divide by networkx's Louvain, the peer."""
    edges = graph.merged()
    other = nx.Graph()
    other.add_nodes_from(range(graph.size))
    other.add_weighted_edges_from(zip(edges.left.tolist(), edges.right.tolist(),
                                      edges.weight.tolist(), strict=True))  # fmt: skip
    labels = np.zeros(graph.size, dtype=np.int64)
    for place, group in enumerate(nx.community.louvain_communities(other, seed=seed)):
        labels[list(group)] = place
    return labels


def main() -> None:
    """Print one line for each network."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    print("| network | nodes | edges | communities | modularity, least to most of 50 seeds | "
          "agreement over seeds (mean ARI) | least of neighbours | the same of Louvain | "
          "run again | s a run |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, file in FILES.items():
        graph = read_network(folder / file)
        started = time.perf_counter()
        found = [communities(graph, seed=seed, trials=20) for seed in SEEDS]
        spent = (time.perf_counter() - started) / len(found)
        values = [modularity(graph, each) for each in found]
        again = all(
            (communities(graph, seed=seed, trials=20) == each).all()
            for seed, each in zip(SEEDS, found, strict=True)
        )
        least = min(agreement([one, other]) for one, other in pairwise(found))
        peer = agreement([louvain(graph, seed) for seed in SEEDS])
        counts = sorted({int(each.max()) + 1 for each in found})
        print(f"| {name} | {graph.size} | {len(graph.merged().left)} | "
              f"{'-'.join(map(str, counts))} | {min(values):.4f} to {max(values):.4f} | "
              f"{agreement(found):.3f} | {least:.3f} | {peer:.3f} | "
              f"{'the same' if again else 'NOT THE SAME'} | {spent:.4f} |")  # fmt: skip


if __name__ == "__main__":
    main()
