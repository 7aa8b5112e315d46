"""Draw how time and memory of candidate search grow, from the results of search_speed.py.

python benchmarks/search_plot.py [--results FILE] [--out FILE]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

Lines = tuple[tuple[str, str], ...]

PANELS: tuple[tuple[str, Lines], ...] = (
    ("CPU time of one query, µs", (("bulk_cpu_us_1", "1 edit"), ("bulk_cpu_us_2", "2 edits"))),
    ("Building, CPU s", (("build_cpu_s", "from Parquet"),)),
    (
        "Memory, MiB",
        (("rss_mib", "process, at its peak"), ("index_mib", "index on disk")),
    ),
)


def draw(axes: Axes, title: str, lines: Lines, results: list[dict[str, float]]) -> None:
    """Draw one panel, both scales logarithmic."""
    for name, label in lines:
        axes.plot(
            [line["records"] for line in results],
            [line[name] for line in results],
            marker="o",
            label=label,
        )
    axes.set(title=title, xlabel="records", xscale="log", yscale="log")
    axes.grid(which="both", alpha=0.25)
    axes.legend(frameon=False)


def main() -> None:
    """Draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("bench-results/search_speed.json"))
    parser.add_argument("--out", type=Path, default=Path("bench-results/search_growth.svg"))
    asked = parser.parse_args()
    if not asked.results.exists():
        print(f"{asked.results} does not exist; run search_speed.py first")
        return
    results = json.loads(asked.results.read_text())
    for line in results:
        line["index_mib"] = line["bytes_a_record"] * line["records"] / 2**20
    # Text as text, and no date: the same results give the same file.
    mpl.rcParams["svg.fonttype"] = "none"
    mpl.rcParams["svg.hashsalt"] = "search"
    figure, panels = plt.subplots(1, len(PANELS), figsize=(12, 3.6), layout="constrained")
    for axes, (title, lines) in zip(panels, PANELS, strict=True):
        draw(axes, title, lines, results)
    figure.savefig(asked.out, metadata={"Date": None})


if __name__ == "__main__":
    main()
