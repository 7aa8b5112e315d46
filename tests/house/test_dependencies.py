"""What the code imports is declared, and what is declared is locked with its hashes."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def plain(requirement: str) -> str:
    """Give the name of a package as registries compare it."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


DECLARED = {plain(each) for each in PROJECT["dependencies"]}
DEVELOPING = {plain(each) for each in PROJECT["optional-dependencies"]["dev"]}
SPARK = {plain(each) for each in PROJECT["optional-dependencies"]["spark"]}


def imported() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"ironriver"}


def locked(name: str) -> dict[str, int]:
    """Give each package of a lock file with the number of its hashes."""
    text = (ROOT / "requirements" / name).read_text("utf-8").replace("\\\n", " ")
    pinned = (line.split() for line in text.splitlines() if "==" in line)
    return {plain(words[0].split("==")[0]): "".join(words).count("--hash") for words in pinned}


def test_every_import_is_a_declared_dependency() -> None:
    distributions = packages_distributions()
    names = {plain(dist) for module in imported() for dist in distributions.get(module, [module])}
    assert names <= DECLARED | SPARK, "declare it in pyproject.toml, then make lock"


def test_what_only_spark_needs_is_imported_where_spark_runs_and_nowhere_else() -> None:
    users = {
        path.relative_to(ROOT / "src" / "ironriver").as_posix()
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pyspark")
    }
    assert users == {"engines/spark.py"}
    tree = ast.parse((ROOT / "src" / "ironriver" / "engines" / "spark.py").read_text("utf-8"))
    at_once = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert not [module for module in at_once if module and module.startswith("pyspark")]


@pytest.mark.parametrize(
    ("name", "needed"),
    [("lock.txt", DECLARED), ("dev.txt", DECLARED | DEVELOPING), ("spark.txt", DECLARED | SPARK)],
)
def test_every_declared_package_is_locked_with_hashes(name: str, needed: set[str]) -> None:
    pins = locked(name)
    assert needed <= pins.keys(), "run make lock"
    assert min(pins.values()) > 0
