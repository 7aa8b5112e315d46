"""A few worker processes; one that takes too long is killed and another takes its place."""

from __future__ import annotations

import multiprocessing
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from ironriver.errors import IronRiverError
from ironriver.web import worker
from ironriver.web.bench import Who
from ironriver.web.problems import BusyError, Problem, TimeUpError

_MOST_WAITING = 8
"""Questions of one account that may be under way or wait at once."""


class _Hand:
    """One worker process and the line to it."""

    def __init__(self, path: Path, limits: dict[str, int]) -> None:
        context = multiprocessing.get_context("spawn")
        self.line: Connection
        self.line, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=worker.main, args=(theirs, path, limits), daemon=True
        )
        self.process.start()
        theirs.close()
        self.fresh = True

    def end(self) -> None:
        """Kill the process, whatever it does, and wait until it is gone."""
        self.process.kill()
        self.process.join()
        self.line.close()
        self.process.close()


class Pool:
    """Answers questions in worker processes, each within a bounded time."""

    def __init__(
        self, path: Path, workers: int, seconds: float, limits: dict[str, int], start: float = 60.0
    ) -> None:
        self._path = path
        self._seconds = seconds
        self._start = start
        self._limits = limits
        # Of a worker that is not running, only its place waits here.
        self._free: queue.LifoQueue[_Hand | None] = queue.LifoQueue()
        for _ in range(workers):
            self._free.put(None)
        # One account never holds every worker, where there is more than one.
        self._most_at_work = max(1, workers - 1)
        self._asking: Counter[str] = Counter()
        self._at_work: Counter[str] = Counter()
        self._turn = threading.Condition()

    def ask(self, name: str, who: Who, values: dict[str, Any]) -> dict[str, Any] | Problem:
        """Give the answer of a worker; TimeUpError after the time allowed, BusyError if full."""
        deadline = time.monotonic() + self._seconds
        with self._turn_of(who.actor, deadline):
            try:
                hand = self._free.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise _busy() from None
            return self._answer(hand, (name, who, values))

    def _answer(self, hand: _Hand | None, asked: worker.Asked) -> dict[str, Any] | Problem:
        keep: _Hand | None = None
        try:
            hand = hand or _Hand(self._path, self._limits)
            # A process that has just begun still loads what it needs.
            allowed = self._seconds + (self._start if hand.fresh else 0)
            hand.line.send(asked)
            if not hand.line.poll(allowed):
                raise TimeUpError(
                    "the question took longer than {seconds} seconds and was ended",
                    seconds=round(self._seconds),
                )
            found: dict[str, Any] | Problem = hand.line.recv()
            hand.fresh = False
            keep, hand = hand, None
            return found
        except (EOFError, OSError) as error:
            raise IronRiverError("a worker process ended by itself") from error
        finally:
            if hand is not None:
                hand.end()
            self._free.put(keep)

    @contextmanager
    def _turn_of(self, actor: str, deadline: float) -> Iterator[None]:
        """Wait for this account's turn; too many questions at once are refused at once."""
        with self._turn:
            if self._asking[actor] >= _MOST_WAITING:
                raise _busy()
            self._asking[actor] += 1
            try:
                free = self._turn.wait_for(
                    lambda: self._at_work[actor] < self._most_at_work,
                    timeout=max(0.0, deadline - time.monotonic()),
                )
                if not free:
                    raise _busy()
            except BaseException:
                self._asking[actor] -= 1
                raise
            self._at_work[actor] += 1
        try:
            yield
        finally:
            with self._turn:
                self._at_work[actor] -= 1
                self._asking[actor] -= 1
                self._turn.notify_all()

    def close(self) -> None:
        """End every worker that waits; one at work ends with the server."""
        with suppress(queue.Empty):
            while True:
                hand = self._free.get_nowait()
                if hand is not None:
                    hand.end()


def _busy() -> BusyError:
    return BusyError("too much is asked for at once")
