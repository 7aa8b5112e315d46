"""Which engine runs a batch: the option, else the setting."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ironriver import settings
from ironriver.engines.statement import BatchEngine
from ironriver.errors import MistakeError

ENGINES = ("duckdb", "spark")


def chosen(name: str | None = None) -> str:
    """Give the engine that was asked for, or else that of the setting; unknown ones are refused.

    >>> chosen("spark")
    'spark'
    """
    asked = (name or settings.text("engine")).strip().lower()
    if asked not in ENGINES:
        raise MistakeError(
            "there is no engine {name}; --engine takes {known}",
            name=asked,
            known=", ".join(ENGINES),
        )
    return asked


@contextmanager
def opened(name: str | None = None, folder: Path | None = None) -> Iterator[BatchEngine]:
    """Open an engine by its name; what it must lay down on disk goes into `folder` and away again.

    With the folder of a workspace's temporary files nothing is left elsewhere; on a cluster it must
    be one that all machines see. The default is the system's own.
    """
    asked = chosen(name)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="batch-", dir=folder) as place:
        engine = _open(asked, Path(place))
        try:
            yield engine
        finally:
            engine.close()


def _open(name: str, folder: Path) -> BatchEngine:
    # Either module loads much that commands without a batch never need.
    if name == "spark":
        from ironriver.engines.spark import SparkEngine

        return SparkEngine(folder)
    from ironriver.engines.duck import DuckEngine

    return DuckEngine(folder)
