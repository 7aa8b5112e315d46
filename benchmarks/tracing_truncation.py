"""How often the interval of the median time-to-crime holds the truth, corrected and naive.

    python benchmarks/tracing_truncation.py

For each of 200 seeds, guns are sold over eleven years (sales growing by 6 percent a year, as in the
synthetic world) and come back after 15 days and a gamma time (shape 1.2, mean three years); those
that come back within the eleven years are seen. The truth is the median of a very large sample,
given that the time is no longer than the longest one that the estimate speaks of.
"""

from __future__ import annotations

import argparse

import numpy as np

from ironriver.estimators.survival.reverse_hazard import curve, naive_median

SPAN, SHAPE, MEAN = 11 * 365.25, 1.2, 3 * 365.25
GROWTH = 0.06 * 11


def times(chance: np.random.Generator, size: int) -> np.ndarray:  # type: ignore[type-arg]
    """Draw days from sale to recovery."""
    return np.asarray(np.ceil(15 + chance.gamma(SHAPE, MEAN / SHAPE, size)))


def measure(size: int, seeds: int) -> tuple[float, ...]:
    """Give guns seen, coverage, width and bias of both medians, over seeds."""
    every = np.sort(times(np.random.default_rng(0), 4_000_000))
    rows = []
    for seed in range(1, seeds + 1):
        chance = np.random.default_rng(seed)
        sold = SPAN * np.log1p(chance.random(size) * np.expm1(GROWTH)) / GROWTH
        time = times(chance, size)
        seen = sold + time <= SPAN
        found = curve(time[seen], np.maximum(np.floor(SPAN - sold[seen]), time[seen]))
        truth = every[int(np.searchsorted(every, found.top, side="right") / 2)]
        interval = found.interval()
        naive, about = naive_median(time[seen])
        rows.append((seen.sum(), truth in interval, interval.width, found.quantile() - truth,
                     truth in about, about.width, naive - truth))  # fmt: skip
    return tuple(float(each) for each in np.array(rows, dtype=float).mean(axis=0))


def main() -> None:
    """Print a line for each number of guns sold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    asked = parser.parse_args()
    print("sold    seen  corrected: covers  width  bias   naive: covers  width  bias (days)")
    for size in (300, 600, 2_000, 10_000):
        seen, holds, width, bias, naive, narrow, low = measure(size, asked.seeds)
        print(f"{size:>6,} {seen:>6,.0f} {holds:>17.3f} {width:>6.0f} {bias:>+6.0f} "
              f"{naive:>14.3f} {narrow:>6.0f} {low:>+6.0f}")  # fmt: skip


if __name__ == "__main__":
    main()
