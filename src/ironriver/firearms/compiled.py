"""Compile inner loops to machine code with numba, kept on disk between runs.

Numba keeps machine code by the text of the function's own file only: change a function that is
called from another file, and the old code would go on running. So the folder of kept code is named
by the text of all files that compile anything.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

_ROOM = Path(__file__).parent
_CONFIG: Any = numba.config  # its names are made at run time
_FORGOTTEN = 30 * 86_400
"""Seconds after which machine code of other versions is deleted."""
_IMPORT = b"firearms.compiled import"


def compiled(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Compile a function at its first call, for the types it is called with; it frees the GIL.

    Only what numba knows: numbers, numpy arrays, tuples. Division by zero gives inf or nan, as in
    numpy; integers wrap. Where no folder can be written, nothing is kept and each run compiles.

    >>> @compiled
    ... def double(number: int) -> int:
    ...     return number * 2
    >>> double(21)
    42
    """
    return _compiled(function)


def inlined(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Compile a function for the innermost loops: it is copied into each that calls it.

    It may make no arrays, for it counts no references to those it is given: counting them cost the
    walk over an index three quarters of its time.
    """
    return _compiled(function, forceinline=True, _nrt=False)


def _compiled(function: Callable[Given, Answer], **options: bool) -> Callable[Given, Answer]:
    folder = _folder()
    kept = _CONFIG.CACHE_DIR
    _CONFIG.CACHE_DIR = kept or str(folder or "")
    try:
        made = numba.njit(
            cache=folder is not None and Path(function.__code__.co_filename).is_file(),
            nogil=True,
            fastmath=False,
            error_model="numpy",
            **cast("dict[str, Any]", options),
        )(function)
    finally:
        _CONFIG.CACHE_DIR = kept
    return cast("Callable[Given, Answer]", made)


@cache
def _folder() -> Path | None:
    """Give the folder to keep machine code in: beside the package, or the user's own, or none."""
    texts = [path.read_bytes() for path in sorted(_ROOM.rglob("*.py"))]
    stamp = hashlib.sha256(b"\0".join(text for text in texts if _IMPORT in text)).hexdigest()[:16]
    users = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    for parent in (_ROOM / "__pycache__", Path(users).expanduser() / "ironriver"):
        folder = parent / f"compiled-{stamp}"
        for old in () if folder.exists() else parent.glob("compiled-*"):
            if time.time() - old.stat().st_mtime > _FORGOTTEN:
                shutil.rmtree(old, ignore_errors=True)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except (OSError, RuntimeError):  # read-only, or no home is known
            continue
        return folder
    return None
