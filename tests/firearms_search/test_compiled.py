"""Kernels compile, are kept on disk, and run where nothing can be kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import ironriver
from ironriver.firearms.compiled import compiled

SOURCE = Path(ironriver.__file__).parents[1]
CALLED = """
from ironriver.firearms.compiled import compiled
@compiled
def inner(number: int) -> int:
    return number + {more}
"""
CALLING = """
from ironriver.firearms.compiled import compiled
from ironriver.firearms.called import inner
@compiled
def outer(number: int) -> int:
    return inner(number) * 2
"""


def run(package: Path, home: Path) -> str:
    """Call the kernel `outer` of a copy of the package, in a process of its own."""
    code = "from ironriver.firearms.calling import outer; print(outer(20))"
    keep = {"PATH": os.environ["PATH"], "PYTHONPATH": str(package), "HOME": str(home)}
    keep["PYTHONDONTWRITEBYTECODE"] = "1"  # python's own cache misses a change within a second
    return subprocess.run(
        [sys.executable, "-c", code], env=keep, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Copy what `compiled` needs, with two kernels in two files."""
    room = tmp_path / "copy" / "ironriver" / "firearms"
    room.mkdir(parents=True)
    shutil.copy(SOURCE / "ironriver" / "firearms" / "compiled.py", room)
    for folder in (room, room.parent):
        (folder / "__init__.py").write_text("")
    (room / "called.py").write_text(CALLED.format(more=1))
    (room / "calling.py").write_text(CALLING)
    return room.parent.parent


def kept(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.nbc"))


def test_a_kernel_is_kept_beside_the_package(package: Path, tmp_path: Path) -> None:
    assert run(package, tmp_path / "home") == "42"
    first = kept(package)
    assert first
    assert run(package, tmp_path / "home") == "42"
    assert kept(package) == first


def test_a_change_in_a_called_file_is_seen(package: Path, tmp_path: Path) -> None:
    assert run(package, tmp_path / "home") == "42"
    (package / "ironriver" / "firearms" / "called.py").write_text(CALLED.format(more=2))
    assert run(package, tmp_path / "home") == "44"


def test_code_of_other_versions_is_forgotten_after_a_while(package: Path, tmp_path: Path) -> None:
    beside = package / "ironriver" / "firearms" / "__pycache__"
    for name, age in (("compiled-old", 40 * 86_400), ("compiled-recent", 86_400)):
        (beside / name).mkdir(parents=True)
        os.utime(beside / name, (time.time() - age,) * 2)
    assert run(package, tmp_path / "home") == "42"
    assert not (beside / "compiled-old").exists()
    assert (beside / "compiled-recent").exists()


def test_where_the_package_is_read_only_the_users_cache_is_taken(
    package: Path, tmp_path: Path
) -> None:
    # A file where the folder should be: unlike permissions, this also stops a superuser.
    (package / "ironriver" / "firearms" / "__pycache__").write_text("")
    assert run(package, tmp_path / "home") == "42"
    assert not kept(package)
    assert kept(tmp_path / "home")


def test_where_nothing_can_be_written_a_kernel_still_runs(package: Path, tmp_path: Path) -> None:
    (package / "ironriver" / "firearms" / "__pycache__").write_text("")
    (tmp_path / "home").write_text("")
    assert run(package, tmp_path / "home") == "42"
    assert not kept(tmp_path)


def test_a_kernel_divides_as_numpy_does() -> None:
    @compiled
    def ratio(over: float, under: float) -> float:
        return over / under

    assert ratio(1.0, 0.0) == float("inf")
