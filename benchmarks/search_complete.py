"""Is candidate search complete? Against brute force: rapidfuzz OSA over every pair.

    python benchmarks/search_complete.py [--records 200000] [--queries 10000] [--seed 21]

With look-alikes free, the index must find what brute force finds between skeletons, and so all that
it finds between plain forms; with look-alikes off, exactly what it finds between plain forms.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

import search_serials
from ironriver.firearms.search import Candidates, SerialIndex
from ironriver.firearms.search.keys import plain, skeleton

PART = 200
"""Queries compared with all records at a time."""


@dataclass(frozen=True)
class Score:
    """How one search compares with brute force."""

    edits: int
    confusions: bool
    brute: int
    found: int
    missed: int
    seconds: float
    brute_seconds: float

    def line(self) -> str:
        """Give the line of the table."""
        free = "free" if self.confusions else "edits"
        recall = 1 - self.missed / max(self.brute, 1)
        return (
            f"{self.edits:5}  {free:10}  {self.brute:12,}  {self.found:12,}  {self.missed:6,}"
            f"  {recall:8.6f}  {self.seconds:8.2f}  {self.brute_seconds:8.1f}"
        )


def brute_pairs(queries: list[str], records: list[str], edits: int) -> np.ndarray:
    """Give query * records + record for all pairs within the edits, sorted."""
    found = []
    for begin in range(0, len(queries), PART):
        near = cdist(
            queries[begin : begin + PART], records,
            scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8,
        )  # fmt: skip
        query, record = np.nonzero(near <= edits)
        found.append((query + begin) * len(records) + record)
    return np.concatenate(found)


def coded(found: Candidates, records: int) -> np.ndarray:
    """Give candidates as `brute_pairs` gives its pairs."""
    return found.query * records + found.entry


def score(
    index: SerialIndex, queries: list[str], records: list[str], edits: int, confusions: bool
) -> Score:
    """Search and compare; with look-alikes free also against plain forms, which it must contain."""
    form = (lambda text: skeleton(plain(text))) if confusions else plain
    began = time.perf_counter()
    found = coded(index.search(queries, edits, confusions), len(records))
    searched = time.perf_counter()
    brute = brute_pairs([*map(form, queries)], [*map(form, records)], edits)
    done = time.perf_counter()
    return Score(
        edits, confusions, len(brute), len(found), len(np.setdiff1d(brute, found)),
        searched - began, done - searched,
    )  # fmt: skip


def main() -> None:
    """Print the table; status 1 if anything is missed, or found beyond brute force."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=21)
    asked = parser.parse_args()
    records = search_serials.records(asked.records, asked.seed)
    queries = search_serials.queries(records, asked.queries, asked.seed + 1)
    index = SerialIndex.of(records)
    index.search(queries[:2], 1)  # load or compile the kernels
    print(f"{asked.queries:,} queries x {asked.records:,} records")
    print("edits  look-alike   brute force         found  missed    recall    search     brute")
    wrong = False
    for edits in (1, 2):
        for confusions in (False, True):
            line = score(index, queries, records, edits, confusions)
            print(line.line(), flush=True)
            wrong |= line.missed > 0 or line.found != line.brute
    print("something is missed, or too much" if wrong else "equal to brute force, every pair")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
