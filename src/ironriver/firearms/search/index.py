"""The index over serial numbers, of all makes together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from ironriver.firearms.search import candidates, codes
from ironriver.firearms.search.candidates import Candidates, Wanted
from ironriver.firearms.search.files import Folder
from ironriver.firearms.search.runs import Allocate, Gathering, Run, in_memory, merged

CHUNK = 1 << 18
"""Serials read at a time."""
GATHERED = 1 << 22
"""Serials sorted in memory at a time."""
GROWTH = 4
"""A run is merged with the one before it unless that one is so many times larger."""

Serials: TypeAlias = Sequence[str | None] | pa.Array | pa.ChunkedArray


@dataclass(slots=True)
class SerialIndex:
    """An index: entries are known by their place in the order added, from 0.

    >>> index = SerialIndex.of(["GLK 5012", "12**5", None, "XD77-310"])
    >>> index.search(["GLKS012", "12345"], edits=0).entry.tolist()
    [0, 1]
    """

    runs: list[Run] = field(default_factory=list)
    folder: Folder | None = None

    @classmethod
    def of(cls, serials: Serials) -> SerialIndex:
        """Make an index in memory."""
        index = cls()
        index.add(serials)
        return index

    @classmethod
    def build(cls, folder: Path, serials: Iterable[Serials]) -> SerialIndex:
        """Build an index in a folder from a stream of chunks, in the place of any that is there.

        Memory stays bounded: so many serials at a time are sorted into runs on disk, and those are
        merged.
        """
        index = cls([], Folder(folder))
        index._append(serials)
        return index

    @classmethod
    def open(cls, folder: Path) -> SerialIndex:
        """Open an index that was built; DamageError where it is not what was written."""
        return cls(Folder(folder).runs(), Folder(folder))

    def add(self, serials: Serials) -> None:
        """Add serials after those there, as a run of their own, merged with others in time."""
        self._append([serials])

    def __len__(self) -> int:
        """Give how many serials were added, those that can never be found among them."""
        return sum(run.count for run in self.runs)

    def bytes(self) -> int:
        """Give the size of the index."""
        return sum(run.bytes() for run in self.runs)

    def check(self) -> None:
        """Test every byte of an index in a folder; DamageError where one has changed."""
        if self.folder:
            self.folder.check()

    def search(
        self,
        queries: Serials,
        edits: int = 1,
        confusions: bool = True,
        ends: int = 0,
        *,
        refuse: bool = True,
    ) -> Candidates:
        """Give all entries within so many edits of each query; see `stream`."""
        parts = list(self.stream(queries, edits, confusions, ends, refuse=refuse))
        return Candidates.joined(parts)

    def stream(
        self,
        queries: Serials,
        edits: int = 1,
        confusions: bool = True,
        ends: int = 0,
        *,
        refuse: bool = True,
        batch: int = candidates.BATCH,
    ) -> Iterator[Candidates]:
        """Give all entries within so many edits of each query, at most `batch` at a time.

        Edits (0 to 2) are those of optimal string alignment between comparison forms
        (`keys.plain`); with `confusions`, between their skeletons, so that look-alikes cost
        nothing. An unreadable character matches any one character, on both sides. With `ends`
        (0 to 3), also entries that differ only in up to so many characters missing at one end.

        A query too vague to search (see `patterns`) is a MistakeError, or with `refuse` off is
        listed as skipped. Empty queries find nothing.
        """
        wanted = Wanted(edits, confusions, ends, refuse, batch)
        return candidates.stream(self.runs, queries, wanted)

    def _append(self, serials: Iterable[Serials]) -> None:
        runs = list(self.runs)
        added = []
        for gathering in _gathered(serials, len(self)):
            last = gathering.count < GATHERED
            added.append(self._kept(partial(gathering.run, whole=last)))
        if len(added) > 1:
            added = [self._kept(partial(merged, added))]
        runs += added
        while len(runs) > 1 and runs[-2].count < GROWTH * runs[-1].count:
            runs[-2:] = [self._kept(partial(merged, runs[-2:]))]
        if self.folder:
            self.folder.publish(runs)
        self.runs = runs

    def _kept(self, make: Callable[[Allocate], Run]) -> Run:
        return self.folder.write(make) if self.folder else make(in_memory)


def _gathered(chunks: Iterable[Serials], first: int) -> Iterator[Gathering]:
    """Gather serials for runs; all but the last run hold `GATHERED` of them."""
    gathering = Gathering(first)
    for chunk in chunks:
        begun = 0
        while begun < len(chunk):
            room = min(CHUNK, GATHERED - gathering.count)
            part = chunk[begun : begun + room]
            gathering.take(codes.read(part))
            begun += len(part)
            if gathering.count == GATHERED:
                first += GATHERED
                yield gathering
                gathering = Gathering(first)
    if gathering.count or not first:
        yield gathering
