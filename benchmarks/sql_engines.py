"""The same candidates and posteriors on DuckDB, on Spark and by the compiled kernel, side by side.

    python benchmarks/sql_engines.py [--records 100000] [--queries 1000] [--edits 1 2]
        [--engines kernel duckdb spark] [--seed 5]

Guns stand in runs of numbers, of 40 makers; one serial in a hundred is partly unreadable. Questions
are about guns of the list and hold none to three errors. Candidates are within so many edits with
look-alike characters free of charge. For each engine: seconds from the two lists, as Arrow tables,
to all posteriors as one; for Spark without its start, which stands beside it. `furthest` is the
largest difference in any probability from the first engine of the run.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ironriver.engines import opened
from ironriver.errors import MistakeError
from ironriver.firearms.channel import ALPHABET, Channel
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.firearms.search.index import SerialIndex
from ironriver.firearms.sql import batch_posteriors

CHANNEL = Channel.from_rates()
IN_REGISTRY = 0.8


@dataclass(frozen=True, slots=True)
class Run:
    """What an engine found, by question and gun, and how long it took."""

    query: pa.Array
    gun: pa.Array
    probability: pa.Array
    begun: float
    seconds: float


def lists(records: int, queries: int, seed: int) -> tuple[pa.Table, pa.Table]:
    """Make questions and records."""
    dice = random.Random(seed)
    makers = ["".join(dice.choices(ALPHABET[10:], k=dice.randrange(1, 4))) for _ in range(40)]
    filed: list[str] = []
    while len(filed) < records:
        maker, first, width = dice.choice(makers), dice.randrange(10**6), dice.choice((6, 6, 7))
        filed += [f"{maker}{first + step:0{width}d}" for step in range(500)]
    del filed[records:]
    for place in range(0, records, 100):
        filed[place] = blurred(dice, filed[place])
    asked = [misread(dice, dice.choice(filed)) for _ in range(queries)]
    questions = pa.table(
        {
            "query_id": pa.array(np.arange(queries)),
            "serial": asked,
            "log_background": np.full(queries, math.log(1e-6)),
            "in_registry": np.full(queries, IN_REGISTRY),
        }
    )
    return questions, pa.table({"gun": pa.array(np.arange(records)), "serial": filed})


def blurred(dice: random.Random, serial: str) -> str:
    """Make one to four characters unreadable."""
    letters = list(serial)
    for _ in range(dice.randrange(1, 5)):
        letters[dice.randrange(len(letters))] = "?"
    return "".join(letters)


def misread(dice: random.Random, serial: str) -> str:
    """Make none to three errors."""
    letters = list(serial)
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        place, kind = dice.randrange(len(letters) - 1), dice.randrange(4)
        if kind == 0:
            letters[place] = dice.choice(ALPHABET)
        elif kind == 1:
            letters.insert(place, dice.choice(ALPHABET))
        elif kind == 2:
            del letters[place]
        else:
            letters[place : place + 2] = letters[place + 1], letters[place]
    text = "".join(letters)
    return blurred(dice, text) if dice.random() < 0.05 else text


def by_kernel(questions: pa.Table, records: pa.Table, edits: int) -> Run:
    """Search with the compiled index, weigh with the compiled channel."""
    start = time.perf_counter()
    index = SerialIndex.of(records["serial"])
    found = index.search(questions["serial"], edits, confusions=True, refuse=False)
    seen, filed = pack(questions["serial"]), pack(records["serial"])
    logs = CompiledChannel(CHANNEL).log_pairs(seen, filed, found.query, found.entry)
    guns, asked = records.num_rows, questions.num_rows
    joint = np.exp(logs) * IN_REGISTRY / guns
    near = np.bincount(found.query, minlength=asked)
    nothing = (1.0 - IN_REGISTRY * near / guns) * np.exp(np.asarray(questions["log_background"]))
    total = nothing + np.bincount(found.query, weights=joint, minlength=asked)
    probability = joint / total[found.query]
    seconds = time.perf_counter() - start
    return Run(pa.array(found.query), pa.array(found.entry), pa.array(probability), 0.0, seconds)


def by_sql(name: str) -> Callable[[pa.Table, pa.Table, int], Run]:
    """Search and weigh on an engine."""

    def run(questions: pa.Table, records: pa.Table, edits: int) -> Run:
        start = time.perf_counter()
        with opened(name) as engine:
            begun = time.perf_counter()
            rows = batch_posteriors(engine, questions, records, CHANNEL, edits, confusions=True)
            seconds = time.perf_counter() - begun
        rows = rows.filter(pc.is_valid(rows["gun"]))
        rows = rows.sort_by([("query_id", "ascending"), ("gun", "ascending")])
        columns = (rows[name].combine_chunks() for name in ("query_id", "gun", "probability"))
        return Run(*columns, begun - start, seconds)

    return run


def furthest(left: Run, right: Run) -> float | None:
    """Give the largest difference in a probability; None if the candidates are not the same."""
    if not (left.query.equals(right.query) and left.gun.equals(right.gun)):
        return None
    return float(np.abs(np.asarray(left.probability) - np.asarray(right.probability)).max())


def main() -> int:
    """Run each engine and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--edits", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--engines", nargs="+", default=["kernel", "duckdb", "spark"])
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    questions, records = lists(given.records, given.queries, given.seed)
    by_kernel(questions.slice(0, 2), records.slice(0, 2), 1)  # compiled code is read or made
    print(f"{given.records:,} records, {given.queries:,} questions")
    print(f"{'edits':>5}  {'engine':<8}{'candidates':>12}{'start s':>9}{'seconds':>9}  furthest")
    apart = False
    for edits in given.edits:
        first: Run | None = None
        for name in given.engines:
            try:
                run = (by_kernel if name == "kernel" else by_sql(name))(questions, records, edits)
            except MistakeError as missing:
                print(f"{edits:>5}  {name:<8}not run: {missing}")
                continue
            gap = furthest(first, run) if first else 0.0
            first = first or run
            apart = apart or gap is None or gap > 1e-9
            said = "other candidates" if gap is None else f"{gap:.1e}"
            print(
                f"{edits:>5}  {name:<8}{len(run.gun):>12,}{run.begun:>9.1f}{run.seconds:>9.2f}"
                f"  {said}",
                flush=True,
            )
    return int(apart)


if __name__ == "__main__":
    sys.exit(main())
