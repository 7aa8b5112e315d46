"""Is everything in order? Checks the installation and a workspace, offline."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import duckdb

from ironriver import pipeline
from ironriver.errors import IronRiverError, WorkspaceError
from ironriver.intake.layout import layouts
from ironriver.language import LANGUAGES, mark, translator
from ironriver.reference import facts, firearms, geography
from ironriver.workspace import Workspace, audit

_LEAST_FREE_BYTES = 1 << 30
_LEAST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is in order, what was found, and what to do if not."""

    name: str
    ok: bool
    found: str
    advice: str = ""


def examine(workspace: Path | None, lang: str = "en") -> Iterator[Check]:
    """Look at the installation, then at a workspace if one is given; nothing is changed."""
    yield Check(
        mark("Python"),
        sys.version_info >= _LEAST_PYTHON,
        sys.version.split()[0],
        mark("install Python 3.11 or newer"),
    )
    yield _attempt(mark("DuckDB without extensions"), _duckdb)
    yield _attempt(mark("reference tables"), _reference)
    yield _attempt(mark("layouts"), lambda: str(len(layouts())))
    yield _attempt(mark("languages"), _languages)
    yield _attempt(mark("published figures"), lambda: str(len(facts.facts())))
    if workspace is not None:
        yield from _examine_workspace(workspace, lang)


def _attempt(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except Exception as error:  # a doctor reports whatever is wrong
        return Check(name, False, str(error), mark("install ironriver again"))


def _duckdb() -> str:
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
    connection.execute("SELECT 1").fetchall()
    return metadata.version("duckdb")


def _reference() -> str:
    makes, places = len(firearms.makes()), len(geography.load_areas("MX"))
    return f"{makes:,} + {places:,}"


def _languages() -> str:
    for lang in LANGUAGES:
        translator(lang)
    return ", ".join(LANGUAGES)


def _examine_workspace(path: Path, lang: str) -> Iterator[Check]:
    try:
        yield from _look_into(path, lang)
    except WorkspaceError as error:
        yield Check(
            mark("workspace"),
            False,
            error.text(lang),
            mark("name the folder that `ironriver run INBOX --workspace FOLDER` made"),
        )
    except IronRiverError as error:
        advice = mark("restore the folder from a backup")
        yield Check(mark("workspace"), False, error.text(lang), advice)
    except PermissionError as error:
        advice = mark("ask whoever keeps the workspace for permission")
        yield Check(mark("workspace"), False, str(error.filename or path), advice)


def _look_into(path: Path, lang: str) -> Iterator[Check]:
    report = audit.verify(path)
    free = shutil.disk_usage(path).free
    yield Check(
        mark("free disk space"),
        free >= _LEAST_FREE_BYTES,
        f"{free / (1 << 30):.1f} GiB",
        mark("make room: a run that fills the disk stops, and loses nothing"),
    )
    yield Check(
        mark("audit journal"),
        report.sound,
        "; ".join(finding.text(lang) for finding in report.findings) or f"{report.entries:,}",
        mark("keep this folder as evidence and restore the journal from a backup"),
    )
    with Workspace.open(path) as workspace:
        findings = workspace.check()
        yield Check(
            mark("files of the workspace"),
            all(finding.what == "note" for finding in findings),
            "; ".join(finding.text(lang) for finding in findings) or "SHA-256",
            mark("restore the named files from a backup; their names are their SHA-256"),
        )
        pipeline.check_accounting(workspace)
    yield Check(mark("rows in = accepted + quarantined"), True, "=")
