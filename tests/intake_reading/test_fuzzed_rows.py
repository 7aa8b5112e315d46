"""The fuzzing benchmark, small enough for every run."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

FUZZ = Path(__file__).parents[2] / "benchmarks" / "fuzz_reader.py"


@pytest.mark.parametrize("seed", [1, 2])
def test_no_untouched_row_is_lost_among_mutated_ones(seed: int) -> None:
    counts = runpy.run_path(str(FUZZ))["fuzz"](rows=10_000, seed=seed)["read as"]
    assert counts["untouched row delivered"] > 7_000
    assert min(counts[code] for code in ("stray_quote", "nul_byte", "encoding", "ragged")) > 100
