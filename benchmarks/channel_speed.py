"""How many pairs of serials a second one core weighs: compiled, in numpy, and a plain distance.

python benchmarks/channel_speed.py [--pairs 1000000]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from ironriver.firearms.channel import ALPHABET, Channel
from ironriver.firearms.density import Density
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.firearms.learning import learn

ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    """Give the least processor time of a few rounds, after one to warm up."""
    work()
    times = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=1_000_000)
    count = parser.parse_args().pairs
    chance = np.random.default_rng(1)
    marks = np.array(list(ALPHABET))
    guns = ["".join(row) for row in marks[chance.integers(0, 36, (200_000, 8))]]
    asked = ["".join(row) for row in marks[chance.integers(0, 36, (1_000, 8))]]
    left = np.sort(chance.integers(0, len(asked), count))
    right = chance.integers(0, len(guns), count)
    channel = Channel.from_rates()
    made, seen, true = CompiledChannel(channel), pack(asked), pack(guns)
    few = count // 10
    one, other = (
        channel.encode([asked[k] for k in left[:few]]),
        channel.encode([guns[k] for k in right[:few]]),
    )
    texts = [asked[k] for k in left], [guns[k] for k in right]
    density = Density.learn(true, np.arange(len(guns)) % 16)
    group = np.arange(len(asked)) % 16
    pairs = [(gun, gun[:3] + "5" + gun[4:]) for gun in guns[:100_000]]
    lines = [
        ("channel, compiled", "pairs", count, lambda: made.log_pairs(seen, true, left, right)),
        ("channel, numpy", "pairs", few, lambda: channel.log_pairs(one, other)),
        ("rapidfuzz OSA (a distance only)", "pairs", count,
         lambda: cpdist(*texts, scorer=OSA.distance, workers=1)),
        ("density of none", "queries", len(asked),
         lambda: density.log_density(seen, group, made)),
        ("one round of learning", "pairs", len(pairs), lambda: learn(pairs, rounds=1)),
    ]  # fmt: skip
    print("| what | a second on one core |\n| --- | --- |")
    for name, unit, number, work in lines:
        print(f"| {name} | {number / seconds(work):,.0f} {unit} |", flush=True)


if __name__ == "__main__":
    main()
