"""Gather the fragments of changes/ into CHANGELOG.md: gather_changes.py [VERSION]."""

from __future__ import annotations

import datetime as dt
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KINDS = {
    "added": "Added",
    "changed": "Changed",
    "fixed": "Fixed",
    "removed": "Removed",
    "law": "Law",
}
TITLE = """# Changelog

Gathered from `changes/` by `make changelog`; see `changes/README.md`.
"""


def fragments(folder: Path) -> dict[str, list[Path]]:
    """Give the fragments by kind; a name is ``<issue>.<kind>.md``."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        parts = path.name.split(".")
        if len(parts) != 3 or parts[1] not in KINDS:
            kinds = ", ".join(KINDS)
            sys.exit(f"changes/{path.name}: name it <issue>.<kind>.md, kind being one of {kinds}")
        found.setdefault(parts[1], []).append(path)
    return found


def entry(version: str, day: dt.date, found: dict[str, list[Path]]) -> str:
    """Write the entry of one version."""
    parts = [f"## {version} ({day.isoformat()})"]
    for kind, title in KINDS.items():
        if kind in found:
            lines = (path.read_text("utf-8").strip() for path in found[kind])
            parts += [f"### {title}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> None:
    """Write the entry at the top of CHANGELOG.md and delete the fragments it holds."""
    found = fragments(ROOT / "changes")
    if not found:
        sys.exit("changes/ holds no fragment: there is nothing to gather")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = arguments[0] if arguments else project["version"]
    log = ROOT / "CHANGELOG.md"
    older = log.read_text("utf-8").removeprefix(TITLE).lstrip() if log.exists() else ""
    if f"## {version} " in older:
        sys.exit(f"CHANGELOG.md already holds {version}: raise the version in pyproject.toml first")
    new = entry(version, dt.datetime.now(dt.UTC).date(), found)
    log.write_text("\n".join([TITLE, new, older]).rstrip() + "\n", encoding="utf-8")
    for path in (path for paths in found.values() for path in paths):
        path.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
