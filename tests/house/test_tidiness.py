"""Files of the project name no machine, and modules and functions stay short."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "ironriver"
MODULE_LINES, FUNCTION_LINES = 300, 40
# The schema of every table stands in one place (ARCHITECTURE.md): a declaration, not code.
DECLARATIONS = {"tables.py"}

# Put together here, so that this file does not hold what it looks for.
_FOLDERS = "|".join(("work", "tmp", "root", "home", "Users"))
_HOSTS = "|".join(
    ("pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.org", r"debian" + r"\.org")
)
MACHINE = re.compile(rf"(?<![\w.~/])/(?:{_FOLDERS})/\w|\.py" + "env|/opt/" + r"\w")
HOST = re.compile(_HOSTS)


def tracked() -> list[Path]:
    """Give the files that are in git, or would be if added."""
    if not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in tracked():
        for number, line in enumerate(path.read_text("utf-8", errors="ignore").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    return found


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Give each function with its length in lines, docstring apart."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if ast.get_docstring(node, clean=False) is not None:
                length -= (first.end_lineno or first.lineno) - first.lineno + 1
            yield node.name, length


def test_no_file_names_a_path_of_some_machine() -> None:
    assert not lines_with(MACHINE)


def test_no_file_names_a_package_registry() -> None:
    assert not lines_with(HOST)


def test_such_lines_would_be_seen() -> None:
    assert MACHINE.search('open("/' + 'work/x")')
    assert MACHINE.search("see /" + "home/ana/data")
    assert not MACHINE.search("https://example.org/" + "work/x")
    assert HOST.search("https://py" + "pi.org/simple")


def test_modules_stay_short() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert lengths
    long = {str(p.relative_to(SOURCE)): n for p, n in lengths.items() if n > MODULE_LINES}
    assert not long.keys() - DECLARATIONS, long


def test_functions_stay_short() -> None:
    long = [
        f"{path.relative_to(SOURCE)}: {name} has {length} lines"
        for path in SOURCE.rglob("*.py")
        for name, length in functions(ast.parse(path.read_text("utf-8")))
        if length > FUNCTION_LINES
    ]
    assert not long


def test_every_example_in_a_docstring_is_run() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    assert "--doctest-modules" in options["ini_options"]["addopts"]
    assert "src" in options["ini_options"]["testpaths"]
