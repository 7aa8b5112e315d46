"""The workspace as a worker holds it: one snapshot at a time, and who asks."""

from __future__ import annotations

import copy
import datetime as dt
import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ironriver import engine
from ironriver.governance.access import Access
from ironriver.governance.retention import Expired
from ironriver.governance.roles import Role
from ironriver.reports.export import EXPIRY_READS, expired_today
from ironriver.workspace import Segment, Workspace
from ironriver.workspace.history import History


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, in which role, for what and in which language."""

    actor: str
    role: Role
    purpose: str
    lang: str


class SteadyWorkspace(Workspace):
    """A workspace whose tables stay as they are while a run writes the next ones.

    A run enters its stages one by one; between two of them the tables do not belong together. The
    journal is read on, so that roles, judgements and views are always of this moment.
    """

    _shown: History | None = None
    _lines = -1

    def segments(self, table: str, as_of: dt.date | None = None) -> list[Segment]:
        """Give a table's segments as they stood when nobody was writing."""
        return (self._shown or self.history).segments(table, as_of)

    def move_on(self) -> int:
        """Read the journal on; where nobody writes, show what stands now. Give the snapshot."""
        with self.journal.locked(shared=True):
            self.journal.read()
        newest = max((each.sequence for each in self.history.snapshots()), default=0)
        if self._shown is None or (newest != self._lines and not somebody_writes(self.path)):
            self._shown, self._lines = copy.deepcopy(self.history), newest
        return self._lines


def somebody_writes(path: Path) -> bool:
    """Tell whether a process holds the writer's lock; asking takes it for no time."""
    try:
        handle = os.open(path / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


class Bench:
    """What an answer is made from: the workspace's tables, and the access of whoever asks."""

    def __init__(self, workspace: SteadyWorkspace, most_rows: int) -> None:
        self.workspace = workspace
        self.most_rows = most_rows
        self._expired: tuple[tuple[object, ...], Expired] | None = None

    def access(self, who: Who) -> Access:
        """Give the access under which everything is asked for and entered."""
        return Access(who.actor, who.role, who.purpose, self.workspace)

    @contextmanager
    def connection(
        self, tables: Iterable[str], as_of: dt.date | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open tables as locked views, for the length of one answer."""
        with engine.connect(self.workspace, tables, as_of) as connection:
            yield connection

    def expired(self) -> Expired:
        """Give the purchasers whose names have expired; worked out once a day and snapshot."""
        day = dt.datetime.now(dt.UTC).astimezone().date()
        digests = (
            segment.sha256
            for name in sorted(EXPIRY_READS)
            for segment in self.workspace.segments(name)
        )
        key = (day, *digests)
        if self._expired is None or self._expired[0] != key:
            with self.connection(EXPIRY_READS) as connection:
                self._expired = key, expired_today(connection)
        return self._expired[1]
