"""Imports run downward only, room by room (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "ironriver"

# Bottom first. A room may import rooms below it, and its own level as long as no circle arises.
LEVELS: tuple[tuple[str, ...], ...] = (
    ("errors", "language", "settings", "tables", "reference", "estimators"),
    ("workspace", "engine", "engines", "governance"),
    ("intake",),
    ("firearms", "entities"),
    ("tracing",),
    ("networks",),
    ("figures",),
    ("countermeasures",),
    ("cases", "exchange", "reports"),
    ("pipeline",),
    ("doctor", "beforehand", "command_errors"),
    ("console",),
    (
        "options",
        "custody",
        "explaining",
        "exporting",
        "finding",
        "judging",
        "linking",
        "requesting",
        "resolving",
        "tracing_commands",
    ),
    ("web", "world"),
    ("cli",),
)
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}
BASE = set(LEVELS[0])
# Narrower than their level: mathematics knows no tables, and the world only writes and reads files.
ONLY: dict[str, set[str]] = {
    "estimators": {"errors", "language"},
    "language": set(),
    "world": BASE,
}
# What may import a room, where it is not every room above it.
IMPORTED_BY: dict[str, set[str]] = {
    "world": {"cli"},
    "cli": set(),
    "web": {"cli"},
    "console": {
        "cli",
        "custody",
        "explaining",
        "exporting",
        "finding",
        "judging",
        "linking",
        "requesting",
        "resolving",
        "tracing_commands",
        "web",
    },
    "custody": {"cli"},
    "explaining": {"cli"},
    "exporting": {"cli"},
    "finding": {"cli"},
    "judging": {"cli"},
    "linking": {"cli"},
    "tracing_commands": {"cli"},
    "requesting": {"cli", "tracing_commands"},
    "resolving": {"cli"},
    "options": {
        "cli",
        "custody",
        "explaining",
        "exporting",
        "finding",
        "judging",
        "linking",
        "requesting",
        "resolving",
        "tracing_commands",
        "web",
    },
    "beforehand": {"cli", "console", "exporting", "requesting", "web"},
    "command_errors": {"cli"},
}


def rooms_imported(tree: ast.AST, package: str) -> set[str]:
    """Give the rooms of ironriver that a module in `package` (dotted) imports, anywhere in it."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = node.module or ""
            if node.level:
                base = ".".join([*above, base]).rstrip(".")
            names += [f"{base}.{alias.name}" for alias in node.names]
    parts = (name.split(".") for name in names)
    return {part[1] for part in parts if part[0] == "ironriver" and len(part) > 1}


def may_import(room: str, other: str) -> bool:
    """Say whether `room` may import `other`."""
    if room == other:
        return True
    if room in ONLY and other not in ONLY[room]:
        return False
    return LEVEL[other] <= LEVEL[room] and room in IMPORTED_BY.get(other, {room})


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    package = ".".join(path.relative_to(PACKAGE.parent).parts[:-1])
    return rooms_imported(ast.parse(path.read_text("utf-8")), package)


def test_every_module_stands_in_a_known_room() -> None:
    assert modules()
    assert {room_of(path) for path in modules()} <= set(LEVEL)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downward_only(path: Path) -> None:
    room = room_of(path)
    # A name that is no room is offered by ironriver/__init__.py: for outsiders, not for rooms.
    wrong = {
        other for other in imports_of(path) if other not in LEVEL or not may_import(room, other)
    }
    assert not wrong, f"{room} may not import {', '.join(sorted(wrong))}"


def test_rooms_of_one_level_make_no_circle() -> None:
    graph: dict[str, set[str]] = {room: set() for room in LEVEL}
    for path in modules():
        graph[room_of(path)] |= imports_of(path) & set(LEVEL) - {room_of(path)}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"rooms import one another in a circle: {circle.args[1]}")


@pytest.mark.parametrize(
    ("room", "line", "allowed"),
    [
        ("workspace", "from ironriver.tables import RECORDS", True),
        ("workspace", "from ironriver.intake import parts", False),
        ("workspace", "def f():\n    import ironriver.intake.parts", False),
        ("estimators", "from ironriver.tables import RECORDS", False),
        ("intake", "from ..reports import pages", False),
        ("pipeline", "from ironriver.world import make", False),
        ("cli", "from ironriver.world import make", True),
        ("reports", "from ironriver.cli import app", False),
    ],
)
def test_an_upward_import_would_be_seen(room: str, line: str, allowed: bool) -> None:
    found = rooms_imported(ast.parse(line), f"ironriver.{room}")
    assert found
    assert all(may_import(room, other) for other in found) is allowed
