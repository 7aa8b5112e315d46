"""What the tests of the server share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from web_world import Objects, Site, build, serving

from ironriver.web import accounts


@cache
def _quick() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hashing cost next to nothing: what it costs is no part of these tests."""
    monkeypatch.setattr(accounts, "_hasher", _quick)
    accounts._nobody.cache_clear()


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Objects]]:
    """Make the workspace once."""
    path = tmp_path_factory.mktemp("web") / "ws"
    return path, build(path)


@pytest.fixture
def site(invented: tuple[Path, list[Objects]], tmp_path: Path) -> Iterator[Site]:
    """Serve a copy of it."""
    made, objects = invented
    path = Path(shutil.copytree(made, tmp_path / "ws"))
    with serving(path, objects) as served:
        yield served
