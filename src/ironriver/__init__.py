"""Iron River: where a recovered firearm came from, who moved it, how much flows.

As a library: open a `Workspace`, `run` the stages over an inbox, and ask SQL through `connect`.

>>> import ironriver
>>> sorted(ironriver.TABLES)[:3]
['ammunition', 'audit', 'entities']
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Where lxml happens to be installed, openpyxl writes other bytes with it: the same everywhere.
os.environ.setdefault("OPENPYXL_LXML", "False")

# Loaded when asked for, so that a command pays only for what it uses.
_OFFERED = {
    "Access": "ironriver.governance.release",
    "TABLES": "ironriver.tables",
    "Workspace": "ironriver.workspace",
    "check_claim": "ironriver.figures.claims",
    "connect": "ironriver.engine",
    "run": "ironriver.pipeline",
}

__all__ = ["TABLES", "Access", "Workspace", "check_claim", "connect", "run"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Give what the library offers."""
    if name not in _OFFERED:
        raise AttributeError(f"module 'ironriver' has no attribute {name!r}")
    return getattr(import_module(_OFFERED[name]), name)
