"""Fragments of the changelog are named so that they can be gathered."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from gather_changes import entry, fragments

ROOT = Path(__file__).resolve().parents[2]


def test_every_fragment_can_be_gathered() -> None:
    for paths in fragments(ROOT / "changes").values():
        for path in paths:
            assert path.read_text("utf-8").startswith("- "), path.name


def test_an_entry_puts_fragments_under_their_kind(tmp_path: Path) -> None:
    (tmp_path / "2.fixed.md").write_text("- One.\n", encoding="utf-8")
    (tmp_path / "3.added.md").write_text("- Two.\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("How.\n", encoding="utf-8")
    text = entry("0.1.0", dt.date(2026, 1, 2), fragments(tmp_path))
    assert text == "## 0.1.0 (2026-01-02)\n\n### Added\n\n- Two.\n\n### Fixed\n\n- One.\n"


def test_a_fragment_of_no_known_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "2.improved.md").write_text("- One.\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"2\.improved\.md: name it"):
        fragments(tmp_path)
