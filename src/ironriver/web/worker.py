"""The process that answers: it can be killed, and then nothing is lost but its answer."""

from __future__ import annotations

import resource
import signal
import sys
import traceback
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ironriver.errors import IronRiverError
from ironriver.web.answers import ANSWERS
from ironriver.web.bench import Bench, SteadyWorkspace, Who
from ironriver.web.problems import Problem, told

Asked = tuple[str, Who, dict[str, Any]]


def answer(bench: Bench, asked: Asked) -> dict[str, Any] | Problem:
    """Answer one question; whatever goes wrong is told in the one shape."""
    name, who, values = asked
    try:
        snapshot = bench.workspace.move_on()
        return ANSWERS[name](bench, who, **values) | {"snapshot": snapshot}
    except IronRiverError as error:
        if error.exit_code == 1:
            traceback.print_exc(file=sys.stderr)
        return told(error, who.lang)
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return told(error, who.lang)


def open_bench(path: Path, most_rows: int) -> Bench:
    """Open a workspace for reading, beside whoever writes in it."""
    workspace = SteadyWorkspace.open(path)
    return Bench(workspace, most_rows)  # type: ignore[arg-type]  # opened by the subclass


def main(line: Connection, path: Path, limits: Mapping[str, int]) -> None:
    """Answer questions from the line until it closes; memory is bounded by the system."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    most = limits["memory_mb"] << 20
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    bench = open_bench(path, limits["rows"])
    while True:
        try:
            asked = line.recv()
        except EOFError:
            return
        line.send(answer(bench, asked))
