"""The example inbox is what its script writes, is all synthetic, and says what it holds."""

from __future__ import annotations

import csv
import fnmatch
import io
import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from build_example_inbox import files

ROOT = Path(__file__).resolve().parents[2]
INBOX = ROOT / "examples" / "inbox"
FILES = sorted(path for path in INBOX.iterdir() if path.name != "inbox.toml")
TITLE_ROWS = 4


@pytest.fixture(scope="module")
def rebuilt() -> dict[str, bytes]:
    return files()


def members(workbook: bytes) -> dict[str, bytes]:
    """Unpack a workbook: what zlib makes of it may differ from one system to the next."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def data_rows(path: Path) -> int:
    if path.suffix == ".jsonl":
        return len(path.read_text("utf-8").splitlines())
    if path.suffix == ".xlsx":
        return sum(sheet.max_row - TITLE_ROWS for sheet in load_workbook(path))
    data = path.read_bytes()
    western = "chihuahua" in path.name
    text = data.decode("cp1252" if western else "utf-8-sig")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=";" if western else ",")
    return len(list(lines)) - 1


def test_the_script_writes_these_files_and_no_others(rebuilt: dict[str, bytes]) -> None:
    assert [path.name for path in FILES] == sorted(rebuilt)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_script_writes_the_same_bytes_again(path: Path, rebuilt: dict[str, bytes]) -> None:
    was, now = path.read_bytes(), rebuilt[path.name]
    if path.suffix == ".xlsx":
        assert members(was) == members(now)
    else:
        assert was == now


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_synthetic_and_has_one_nexus(path: Path) -> None:
    sources = tomllib.loads((INBOX / "inbox.toml").read_text("utf-8"))["source"]
    mine = [each for each in sources if fnmatch.fnmatch(path.name, each["files"])]
    assert [each["handling"] for each in mine] == ["SYNTHETIC"]
    assert mine[0]["nexus"]


def test_the_page_beside_it_gives_the_right_number_of_rows() -> None:
    page = (ROOT / "examples" / "README.md").read_text("utf-8")
    told = {
        name: int(rows) for name, rows in re.findall(r"^\| `(.+?)` \|.*?\| (\d+) \|", page, re.M)
    }
    assert told == {path.name: data_rows(path) for path in FILES}


def test_the_inbox_stays_small() -> None:
    assert sum(path.stat().st_size for path in FILES) < 600_000
