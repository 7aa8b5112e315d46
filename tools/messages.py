"""Find every message of the code that a user may see, and so must exist in Spanish."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

SOURCE = Path(__file__).resolve().parent.parent / "src" / "ironriver"
CATALOGUE = SOURCE / "locale" / "es.po"
# Functions whose first argument is an English text to be shown in either language.
SAYERS = frozenset({"mark", "_", "say", "_say", "translate", "words"})
_TEMPLATES = (".html", ".jinja", ".j2")
_IN_TEMPLATE = re.compile(r"\b(?:_|say|translate|words)\(\s*([\"'])(.+?)\1", re.S)


def trees() -> dict[Path, ast.Module]:
    """Read every module."""
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))}


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def error_classes(modules: dict[Path, ast.Module]) -> set[str]:
    """Give the names of IronRiverError and all that descend from it."""
    parents = {
        node.name: {_name(base) for base in node.bases}
        for tree in modules.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {"IronRiverError"}
    while more := {name for name, bases in parents.items() if bases & known} - known:
        known |= more
    return known


def _is_sayer(function: ast.expr, errors: set[str]) -> bool:
    if isinstance(function, ast.Call):  # translator(lang)("...")
        return _name(function.func) == "translator"
    return _name(function) in SAYERS | errors


def calls(modules: dict[Path, ast.Module]) -> Iterator[tuple[str, ast.expr]]:
    """Give the first argument of every call that shows a message, with its place."""
    errors = error_classes(modules)
    for path, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _is_sayer(node.func, errors):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node.args[0]


def messages(modules: dict[Path, ast.Module] | None = None) -> dict[str, str]:
    """Give every message and one place where it stands."""
    found = {
        argument.value: place
        for place, argument in calls(modules or trees())
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    for path in SOURCE.rglob("*"):
        if path.suffix in _TEMPLATES:
            text = path.read_text("utf-8")
            found |= {match[2]: path.name for match in _IN_TEMPLATE.finditer(text)}
    return found


def stands_in_code_or_data(texts: set[str], modules: dict[Path, ast.Module]) -> set[str]:
    """Give those texts that stand somewhere as they are: names and labels translated by value."""
    literals = {
        node.value
        for tree in modules.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    data = "\n".join(
        path.read_text("utf-8")
        for path in SOURCE.rglob("*")
        if path.suffix in (".csv", ".toml", ".json", *_TEMPLATES)
    )
    return {text for text in texts if text in literals | WRITTEN_BY_SOURCES or text in data}


# Places as a received file writes them: translated by value, and in no file of ours.
WRITTEN_BY_SOURCES = frozenset({"Canada", "U.S. Virgin Islands"})


def places(text: str) -> set[str]:
    """Give the names in braces.

    >>> sorted(places("row {row} of {file}"))
    ['file', 'row']
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name}
