"""Mutated rows through every layout; a longer run is in benchmarks/fuzz_layouts.py."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fuzz_layouts import check
from ironriver.intake.layout import layouts


@pytest.mark.parametrize("name", layouts())
def test_mutated_rows_are_all_accounted_for(name: str, tmp_path: Path) -> None:
    told = check(layouts()[name], tmp_path, 300, random.Random(name))
    assert told.startswith(name)
