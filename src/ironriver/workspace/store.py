"""A workspace: one folder that holds everything, and what can be done with it.

Truth is files: sources and segments by SHA-256, each durable before the journal line that makes it
exist. One process writes at a time; any number may read, and their audit entries join the journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType

import pyarrow as pa

from ironriver import tables
from ironriver.errors import WorkspaceError
from ironriver.language import mark, translator
from ironriver.workspace import folder, retention
from ironriver.workspace.disk import Disk, using
from ironriver.workspace.folder import Charter
from ironriver.workspace.history import Batch, Derived, History, Segment, Snapshot
from ironriver.workspace.inspection import Finding, inspect
from ironriver.workspace.journal import Journal
from ironriver.workspace.lines import Detail, Entry, now
from ironriver.workspace.locks import WriterLock
from ironriver.workspace.notes import Checkpoint, Signer
from ironriver.workspace.seals import check_seals, read_seals, seal
from ironriver.workspace.segments import SegmentWriter
from ironriver.workspace.vault import Vault


class Workspace:
    """An open workspace; made by `create`, `open` or `open_or_create`, closed by ``with``."""

    def __init__(self, path: Path, charter: Charter, disk: Disk, lock: WriterLock | None) -> None:
        self.path = path
        self.charter = charter
        self.history = History()
        self.journal = Journal(path / "journal", disk, self.history.apply)
        self.vault = Vault(path / "vault", path / "tmp", disk)
        self._disk = disk
        self._lock = lock

    @classmethod
    def create(cls, path: Path, actor: str) -> Workspace:
        """Make a workspace in a folder that is new or empty, and open it for writing."""
        disk = Disk()
        folder.found(path, actor, disk)
        return cls.open(path, write=True)

    @classmethod
    def open(cls, path: Path, *, write: bool = False, wait: float = 0.0) -> Workspace:
        """Open a workspace, checking its journal against its own hashes and newest checkpoints.

        Only one process at a time may have it open with `write`; another waits up to `wait`
        seconds and then raises a WorkspaceError that names the first. Damage raises DamageError.
        """
        disk = Disk()
        charter = folder.read_charter(path)
        with using(path):
            lock = WriterLock(path / "lock", wait, disk) if write else None
            ws = cls(path, charter, disk, lock)
            try:
                ws._load()
            except BaseException:
                ws.close()
                raise
            return ws

    @classmethod
    def open_or_create(cls, path: Path, actor: str, wait: float = 0.0) -> Workspace:
        """Open a workspace for writing, making it first where there is none."""
        if not folder.exists(path):
            folder.found(path, actor, Disk(), wait, anew=False)
        return cls.open(path, write=True, wait=wait)

    def _load(self) -> None:
        writing = self._lock is not None
        with self.journal.locked(shared=not writing):
            self.journal.read()
            folder.check_charter(self.path, self.charter, self.journal)
            check_seals(self.path, self.charter, self.journal.tree)
            if writing:
                self.journal.cut_tail()
                folder.sweep(self.path / "tmp", self._disk)
        if writing:
            retention.finish(self.history, self.vault, self._disk)

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the next writer in."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def warning_texts(self, lang: str = "en") -> tuple[str, ...]:
        """Say in `lang` what was put right in the journal since it was opened."""
        message = mark(
            "an entry whose writing was broken off was cut; its bytes are in journal/{name}"
        )
        return tuple(translator(lang)(message).format(name=name) for name in self.journal.cuts)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was put right in the journal since it was opened, in English."""
        return self.warning_texts()

    def _writing(self) -> None:
        if self._lock is None:
            raise WorkspaceError("the workspace {path} is open for reading only", path=self.path)

    # Sources and segments

    def receive(self, path: Path) -> str:
        """Keep a file verbatim and give its SHA-256; the same file twice changes nothing."""
        self._writing()
        return self.vault.receive(path)

    def receive_bytes(self, data: bytes) -> str:
        """Keep bytes verbatim and give their SHA-256."""
        self._writing()
        return self.vault.receive_bytes(data)

    def source_path(self, source_id: str) -> Path:
        """Give the path of a source, its digest checked."""
        return self.vault.source_path(source_id)

    def segment(self, table_name: str) -> SegmentWriter:
        """Begin a segment of a table; a context manager whose `segment` is what was written."""
        self._writing()
        table = tables.table(table_name)
        return SegmentWriter(table, self.vault.seg, self.path / "tmp", self._disk)

    def segments(self, table: str, as_of: date | None = None) -> list[Segment]:
        """Give a table's segments as known on a day (everything known, by default)."""
        return self.history.segments(tables.table(table).name, as_of)

    def verified_path(self, segment: Segment) -> Path:
        """Give a segment's path; its bytes are hashed once while the workspace is open."""
        return self.vault.segment_path(segment)

    # Lines that change tables

    def batch(self, source_id: str) -> Batch | None:
        """Give the current batch of a source."""
        return self.history.batch(source_id)

    def commit_batch(self, batch: Batch, actor: str, role: str, purpose: str) -> bool:
        """Enter what a source was read into; False where it stands already."""
        self._writing()
        standing = self.batch(batch.source_id)
        if standing is not None and standing.parser_digest == batch.parser_digest:
            return False
        self.history.refuse_circle(batch)
        self._must_hold(batch.segments)
        self._enter("batch", batch.source_id, actor, role, purpose, batch.detail())
        return True

    def commit_derived(
        self,
        stage: str,
        inputs_digest: str,
        segments: Sequence[Segment],
        actor: str,
        role: str,
        purpose: str = "",
        as_of: date | None = None,
    ) -> bool:
        """Enter the tables a stage made; False where the same stand already.

        A set made for a day (`as_of`) is given for that day only; other days get the newest set
        that was made for no day in particular.
        """
        self._writing()
        derived = Derived(stage, inputs_digest, as_of, tuple(segments))
        if self.history.derived(stage, as_of) == derived:
            return False
        self._must_hold(derived.segments)
        self._enter("derive", stage, actor, role, purpose, derived.detail())
        return True

    def withdraw(
        self, source_id: str, from_date: date, actor: str, role: str, purpose: str, reason: str
    ) -> None:
        """Let a source count no longer, from a day on; what was known before stays known."""
        self._writing()
        if self.batch(source_id) is None:
            raise WorkspaceError("the workspace holds no source {source}", source=source_id)
        detail = {"source_id": source_id, "from": from_date.isoformat(), "reason": reason}
        self._enter("withdraw", source_id, actor, role, purpose, detail)

    def prune(self, keep: int, actor: str, role: str, purpose: str = "") -> list[Snapshot]:
        """Delete the segments of replaced snapshots older than the newest `keep` of them.

        Sources are never pruned, nor is anything current. Gives the snapshots that went.
        """
        self._writing()
        going, detail = retention.plan(self.history, self.vault, keep)
        if detail["snapshots"] or detail["segments"]:
            self._enter("prune", f"keep {keep}", actor, role, purpose, detail)
            retention.finish(self.history, self.vault, self._disk)
        return going

    def snapshots(self) -> list[Snapshot]:
        """List the sets of segments still held, oldest first."""
        return self.history.snapshots()

    def _must_hold(self, segments: Sequence[Segment]) -> None:
        for segment in segments:
            if not self.vault.has_segment(segment):
                raise WorkspaceError(
                    "segment {digest} of {table} is not in the vault",
                    digest=segment.sha256,
                    table=segment.table,
                )

    # The journal

    def append(
        self,
        action: str,
        object: str,  # noqa: A002  the journal's own word
        actor: str,
        role: str,
        purpose: str = "",
        detail: Detail | None = None,
    ) -> int:
        """Write an audit entry and give its sequence, once it is on the disk.

        Where it cannot be written an error is raised: what it records must then not be done.
        """
        if action in ("batch", "withdraw", "derive", "prune"):
            raise ValueError(f"{action} lines are written by their own methods")
        return self._enter(action, object, actor, role, purpose, detail or {})

    def _enter(
        self, action: str, subject: str, actor: str, role: str, purpose: str, detail: Detail
    ) -> int:
        entry = Entry(0, "", now(), actor, role, purpose, action, subject, detail)
        with self.journal.locked():
            return self.journal.append(entry).sequence

    def entries(self) -> Iterator[Entry]:
        """Read the journal's entries."""
        return self.journal.entries()

    def audit_table(self) -> pa.Table:
        """Give the journal as the table `audit`."""
        names = tables.AUDIT.names
        rows = [tuple(getattr(entry, name) for name in names) for entry in self.entries()]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        return pa.table(
            [
                pa.array(column, type=field.type)
                for column, field in zip(columns, tables.AUDIT.schema, strict=True)
            ],
            schema=tables.AUDIT.schema,
        )

    def seal(self) -> Checkpoint:
        """Sign the journal as it stands; call it at the end of a command that added lines."""
        with self.journal.locked():
            self.journal.read()
            if self.journal.has_unfinished_tail:
                self.journal.cut_tail()
            return seal(self.path, self.charter, self.journal.tree, self._disk)

    def checkpoints(self) -> list[Checkpoint]:
        """Give the checkpoints that were signed here, oldest first."""
        return read_seals(self.path)

    def signer(self) -> Signer:
        """Give the workspace's signing key, for whoever may read it."""
        return folder.read_signer(self.path, self.charter)

    def check(self) -> list[Finding]:
        """Verify every file in the folder, offline; give what is wrong, worst first."""
        return inspect(self.path, self.history)
