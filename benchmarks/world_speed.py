"""How long a world takes, and how much memory, as it grows: one process for each size."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (10_000, 100_000, 1_000_000)
_CHILD = """
import resource, sys
from pathlib import Path
from ironriver.world.make import make
make(Path(sys.argv[1]), 1, int(sys.argv[2]), (2015, 2025), "real", {})
usage = resource.getrusage(resource.RUSAGE_SELF)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
"""


def measure(firearms: int) -> tuple[float, float, float, float]:
    """Give wall seconds, processor seconds, peak MiB and MB written for one world."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-c", _CHILD, folder, str(firearms)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        wall = time.perf_counter() - begin
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return wall, float(told[0]), float(told[1]), size / 1e6


def main() -> None:
    """Print the table; other sizes may be named as arguments."""
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    print(f"{os.cpu_count()} processors")
    print("| firearms | wall s | processor s | per 10,000 | peak MiB | MB written |")
    print("| --- | --- | --- | --- | --- | --- |")
    for size in sizes:
        wall, used, peak, written = measure(size)
        print(
            f"| {size:,} | {wall:.1f} | {used:.1f} | {used / size * 1e4:.3f} | {peak:.0f}"
            f" | {written:.0f} |"
        )


if __name__ == "__main__":
    main()
