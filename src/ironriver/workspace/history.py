"""What the journal's lines add up to: which batches and derived sets a workspace holds.

A source's newest batch is its current one. With a date, only what was known by then counts: a
batch received later, a withdrawal or a superseding source from later on is as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ironriver.errors import WorkspaceError
from ironriver.workspace.lines import Detail, Entry


@dataclass(frozen=True, slots=True)
class Segment:
    """One immutable Parquet file, named by its SHA-256."""

    table: str
    sha256: str
    rows: int
    bytes: int

    def detail(self) -> Detail:
        """Give it as a journal line holds it."""
        return {
            "table": self.table,
            "sha256": self.sha256,
            "rows": self.rows,
            "bytes": self.bytes,
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """What one source was read into."""

    source_id: str
    parser_digest: str
    known_from: date
    supersedes: str | None
    segments: tuple[Segment, ...]

    def detail(self) -> Detail:
        """Give it as a journal line holds it."""
        return {
            "source_id": self.source_id,
            "parser_digest": self.parser_digest,
            "known_from": self.known_from.isoformat(),
            "supersedes": self.supersedes,
            "segments": [segment.detail() for segment in self.segments],
        }


@dataclass(frozen=True, slots=True)
class Derived:
    """The tables that one stage made of its inputs."""

    stage: str
    inputs: str
    as_of: date | None
    segments: tuple[Segment, ...]

    def detail(self) -> Detail:
        """Give it as a journal line holds it."""
        return {
            "stage": self.stage,
            "inputs": self.inputs,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "segments": [segment.detail() for segment in self.segments],
        }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One set of segments that a journal line brought in."""

    sequence: int
    at: str
    action: str
    object: str
    bytes: int
    current: bool


def _segments(detail: Detail) -> tuple[Segment, ...]:
    return tuple(
        Segment(one["table"], one["sha256"], one["rows"], one["bytes"])
        for one in detail["segments"]
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class History:
    """The tables of a workspace by date, kept up line by line."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[Entry, tuple[Segment, ...]]] = {}
        self._batches: dict[str, tuple[int, Batch]] = {}
        self._derived: dict[tuple[str, date | None], tuple[int, Derived]] = {}
        self._withdrawn: dict[str, date] = {}
        self.pruned: set[str] = set()

    def apply(self, entry: Entry) -> None:
        """Take in one line that changes tables."""
        detail = entry.detail
        match entry.action:
            case "batch":
                batch = Batch(
                    detail["source_id"],
                    detail["parser_digest"],
                    date.fromisoformat(detail["known_from"]),
                    detail["supersedes"],
                    _segments(detail),
                )
                self._batches[batch.source_id] = (entry.sequence, batch)
                self._held[entry.sequence] = (entry, batch.segments)
            case "derive":
                derived = Derived(
                    detail["stage"],
                    detail["inputs"],
                    _date(detail.get("as_of")),
                    _segments(detail),
                )
                self._derived[derived.stage, derived.as_of] = (entry.sequence, derived)
                self._held[entry.sequence] = (entry, derived.segments)
            case "withdraw":
                self._withdrawn[detail["source_id"]] = date.fromisoformat(detail["from"])
            case "prune":
                for sequence in detail["snapshots"]:
                    self._held.pop(sequence, None)
                self.pruned.update(detail["segments"])

    def batch(self, source_id: str) -> Batch | None:
        """Give the current batch of a source."""
        return self._batches[source_id][1] if source_id in self._batches else None

    def derived(self, stage: str, as_of: date | None) -> Derived | None:
        """Give the newest set of a stage, of the date it was derived for."""
        kept = self._derived.get((stage, as_of))
        return kept[1] if kept else None

    def withdrawn_from(self, source_id: str) -> date | None:
        """Give the day from which a source does not count."""
        return self._withdrawn.get(source_id)

    def _known(self, as_of: date) -> list[tuple[int, Batch]]:
        """Batches that stood on a day, in the order in which they were read."""
        never = date.max
        standing = [
            (sequence, batch)
            for sequence, batch in self._batches.values()
            if batch.known_from <= as_of
            and not (
                batch.source_id in self._withdrawn
                and self._withdrawn.get(batch.source_id, never) <= as_of
            )
        ]
        replaced = {batch.supersedes for _, batch in standing}
        return sorted(
            (kept for kept in standing if kept[1].source_id not in replaced), key=lambda x: x[0]
        )

    def segments(self, table: str, as_of: date | None = None) -> list[Segment]:
        """Give the segments of a table as known on a day (everything known, by default).

        What was derived without a day rests on everything known, so a day never gets it: only what
        was derived for that day.
        """
        found = [
            segment for _, batch in self._known(as_of or date.max) for segment in batch.segments
        ]
        for stage in sorted({stage for stage, _ in self._derived}):
            kept = self.derived(stage, as_of)
            found += kept.segments if kept else ()
        return [segment for segment in found if segment.table == table]

    def refuse_circle(self, batch: Batch) -> None:
        """Refuse a batch whose chain of superseded sources comes back to itself."""
        seen = {batch.source_id}
        step = batch.supersedes
        while step is not None:
            if step in seen:
                raise WorkspaceError(
                    "source {source} supersedes {other}, which supersedes it in turn",
                    source=batch.source_id,
                    other=batch.supersedes,
                )
            seen.add(step)
            below = self.batch(step)
            step = below.supersedes if below else None

    def sources(self) -> set[str]:
        """Give the sources that have a batch."""
        return set(self._batches)

    def _current(self) -> set[int]:
        batches = {sequence for sequence, _ in self._batches.values()}
        return batches | {sequence for sequence, _ in self._derived.values()}

    def snapshots(self) -> list[Snapshot]:
        """List every set of segments that is still held, oldest first."""
        current = self._current()
        return [
            Snapshot(
                sequence,
                entry.at,
                entry.action,
                entry.object,
                sum(segment.bytes for segment in segments),
                sequence in current,
            )
            for sequence, (entry, segments) in sorted(self._held.items())
        ]

    def referenced(self, without: Iterable[int] = ()) -> dict[str, Segment]:
        """Give the segments of the sets still held, leaving some sets out, by SHA-256."""
        left_out = set(without)
        return {
            segment.sha256: segment
            for sequence, (_, segments) in self._held.items()
            if sequence not in left_out
            for segment in segments
        }
