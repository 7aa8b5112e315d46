"""Java for Spark: found, and new enough, or a clear word before Spark fails without one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from ironriver.errors import MistakeError

LEAST = 17


def require_java() -> None:
    """Refuse a machine without Java 17 or later, saying what to install."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if program is None:
        raise MistakeError(
            "the engine spark needs Java {least} or later, and none was found; install one, "
            "such as the package openjdk-{least}-jre-headless, or name its folder in JAVA_HOME",
            least=LEAST,
        )
    found = version(program)
    if found is not None and found < LEAST:
        raise MistakeError(
            "the engine spark needs Java {least} or later, but {program} is Java {found}; "
            "install a later one, or name its folder in JAVA_HOME",
            least=LEAST,
            program=program,
            found=found,
        )


def version(program: str) -> int | None:
    """Ask a java program for its version; None if its answer holds none."""
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    return int(found[1]) if found else None
