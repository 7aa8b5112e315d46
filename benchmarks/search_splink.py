"""Finding the gun of each of many noisy serials: ours beside Splink 5, end to end in one run.

Both search all records and weigh what they find. Ours: the index, then the channel's exact
likelihood and P(gun | serial) against none of these. Splink: `link_only` between the questions and
the records, blocked by five rules that find most of what has one or two errors, its levels given m
and u by hand from the same confirmed pairs (its own training leaves u of near-unique fields
untrained). Recall is that the true record is among the pairs, top-1 that it is likeliest.

    python benchmarks/search_splink.py [--records 1000000] [--questions 1000] [--seed 5]
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

import search_serials
from ironriver.estimators.types import Probability
from ironriver.firearms.channel import Channel
from ironriver.firearms.density import Density
from ironriver.firearms.identify import Registry, identify
from ironriver.firearms.kernel import CompiledChannel, Packed, pack
from ironriver.firearms.learning import learn
from ironriver.firearms.search import SerialIndex
from ironriver.firearms.search.keys import plain, skeleton

Found = tuple[float, float, float, int]
"""Seconds, recall, top-1, pairs."""


def questions(records: list[str], count: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Give noisy serials and the records they are of: half clean, half with errors."""
    chance = np.random.default_rng(seed)
    places = chance.integers(0, len(records), count)
    texts = []
    for place in places.tolist():
        text = records[place]
        texts.append(text if chance.random() < 0.5 else search_serials.noisy(text, chance))
    return [plain(text) for text in texts], places


class Ours:
    """The index and what was learned; made once, before anything is timed."""

    def __init__(self, records: list[str], channel: Channel) -> None:
        start = time.perf_counter()
        self.packed = pack(records)
        self.index = SerialIndex.of(records)
        self.built = time.perf_counter() - start
        self.channel = CompiledChannel(channel)
        self.density = Density.learn(self.packed, np.full(len(records), -1))

    def __call__(self, asked: list[str], true: np.ndarray, edits: int) -> Found:
        """Search and weigh."""
        start = time.perf_counter()
        queries: Packed = pack(asked)
        background = self.density.log_density(queries, np.full(len(asked), -1), self.channel)
        registry = Registry.of(self.packed)
        held = top = pairs = 0
        stream = self.index.stream(asked, edits, refuse=False)
        for part in identify(queries, registry, stream, self.channel, background, Probability(0.9)):
            right = part.gun == true[part.query]
            held += int(right.sum())
            first = np.diff(part.query, prepend=-1) != 0
            top += int((right & first).sum())
            pairs += len(part)
        seconds = time.perf_counter() - start
        return seconds, held / len(asked), top / len(asked), pairs


SERIAL = (
    ("serial_l = serial_r", "equal"),
    ("skeleton_l = skeleton_r", "look-alike"),
    ("damerau_levenshtein(serial_l, serial_r) <= 1", "one edit"),
    ("damerau_levenshtein(skeleton_l, skeleton_r) <= 1", "one edit beside look-alikes"),
    ("damerau_levenshtein(skeleton_l, skeleton_r) <= 2", "two edits"),
)


def chances(
    pairs: list[tuple[str, str]], records: list[str], chance: np.random.Generator
) -> list[list[float]]:
    """Give m and u of each level of SERIAL and of the rest: shares of true and of random pairs."""
    some = [records[place] for place in chance.integers(0, len(records), 4_000).tolist()]
    connection = duckdb.connect()
    columns = ("true", "seen"), ("left", "right")
    for (left, right), rows in zip(
        columns, (pairs, list(zip(some[::2], some[1::2], strict=True))), strict=True
    ):
        for name, texts in zip((left, right), zip(*rows, strict=True), strict=True):
            side = pa.table({"serial": texts, "skeleton": [skeleton(text) for text in texts]})
            connection.register(name, side)
    cases = " ".join(f"WHEN {sql} THEN {at}" for at, (sql, _) in enumerate(SERIAL))
    named = "SELECT serial AS serial_{0}, skeleton AS skeleton_{0}"
    shares = []
    for (left, right), join in zip(columns, ("POSITIONAL JOIN", "CROSS JOIN"), strict=True):
        sides = f'({named.format("l")} FROM "{left}") {join} ({named.format("r")} FROM "{right}")'
        counted = dict(connection.execute(
            f"SELECT CASE {cases} ELSE {len(SERIAL)} END AS level, count(*) FROM {sides} GROUP BY 1"
        ).fetchall())  # fmt: skip
        total = sum(counted.values()) + (len(SERIAL) + 1) / 2
        shares.append([(counted.get(at, 0) + 0.5) / total for at in range(len(SERIAL) + 1)])
    return shares


def splink(
    records: list[str], asked: list[str], true: np.ndarray, levels: list[list[float]]
) -> Found:
    """Block, compare and weigh with Splink; loading the tables is not timed."""
    sides = [
        pa.table({
            "unique_id": np.arange(len(texts)), "serial": texts,
            "skeleton": [skeleton(text) for text in texts],
        })
        for texts in (asked, records)
    ]  # fmt: skip
    comparison = cl.CustomComparison(
        output_column_name="serial",
        comparison_levels=[
            {"sql_condition": sql, "label_for_charts": name, "m_probability": m,
             "u_probability": u}
            for (sql, name), m, u in zip((*SERIAL, ("ELSE", "else")), *levels, strict=True)
        ],
    )  # fmt: skip
    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=1 / len(records),
        comparisons=[comparison],
        blocking_rules_to_generate_predictions=[
            block_on("skeleton"),
            block_on("substr(skeleton, 1, 5)", "length(skeleton)"),
            block_on("substr(skeleton, -5)", "length(skeleton)"),
            block_on("substr(skeleton, 1, 6)"),
            block_on("substr(skeleton, -6)"),
        ],
        retain_matching_columns=False,
    )
    api = DuckDBAPI()
    registered = [
        api.register(side, dataset_display_name=name)
        for side, name in zip(sides, ("asked", "held"), strict=True)
    ]
    linker = Linker(registered, settings, log_level=None)
    start = time.perf_counter()
    predicted = linker.inference.predict().as_pyarrow_table()
    seconds = time.perf_counter() - start
    left, right, weight = (
        predicted[name].to_numpy() for name in ("unique_id_l", "unique_id_r", "match_weight")
    )
    hit = right == true[left]
    order = np.lexsort((right, -weight, left))
    first = np.diff(left[order], prepend=-1) != 0
    top = int((hit[order] & first).sum())
    return seconds, int(hit.sum()) / len(asked), top / len(asked), len(left)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    # A serial that several makers use names several guns; here each record is a gun of its own.
    records = list(dict.fromkeys(
        plain(text) for text in search_serials.records(options.records, options.seed)
    ))  # fmt: skip
    asked, true = questions(records, options.questions, options.seed + 1)
    taught, theirs = questions(records, 5_000, options.seed + 2)
    pairs = [(records[place], text) for text, place in zip(taught, theirs.tolist(), strict=True)]
    ours = Ours(records, learn(pairs))
    ways: list[tuple[str, Callable[[], Found]]] = [
        ("ours, one edit", lambda: ours(asked, true, 1)),
        ("ours, two edits", lambda: ours(asked, true, 2)),
        (
            "Splink 5",
            lambda: splink(
                records, asked, true, chances(pairs, records, np.random.default_rng(options.seed))
            ),
        ),
    ]
    ours(asked[:10], true[:10], 2)  # machine code is made at the first call
    print(f"{len(records):,} records, {len(asked):,} questions; index made in {ours.built:.1f} s")
    print(f"{'':<18}{'seconds':>9}{'a question':>13}{'recall':>8}{'top-1':>8}{'pairs':>13}")
    for name, way in ways:
        seconds, recall, top, found = way()
        each = f"{1e3 * seconds / len(asked):.2f} ms"
        print(f"{name:<18}{seconds:>9.2f}{each:>13}{recall:>8.3f}{top:>8.3f}{found:>13,}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the whole run {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
