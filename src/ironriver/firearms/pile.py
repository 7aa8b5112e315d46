"""Pairs of rows on disk: added in any order and more than once, read in order and each once.

A part holds the pairs whose first row is among so many rows, so that only one part at a time is
put in order in memory. On disk stand places of rows and nothing that rows say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import numpy as np

from ironriver.firearms.gun_records import Integers
from ironriver.firearms.pairs import BATCH, Pairs, cuts, paired

WIDTH = 1 << 15
"""Rows whose pairs stand in one part."""


@dataclass(frozen=True, slots=True)
class Pile:
    """Pairs of `rows` rows, in files of a folder; as a context it takes its files away again."""

    folder: Path
    rows: int
    width: int = WIDTH
    name: str = field(default_factory=lambda: f"pairs-{uuid4().hex}")
    """What its files are called, so that several piles may share a folder."""

    def __enter__(self) -> Pile:
        """Make the folder if it is not there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the files."""
        for which in range(self._parts):
            self._part(which).unlink(missing_ok=True)

    def add(self, found: Iterable[tuple[Integers, Integers]], batch: int = BATCH) -> None:
        """Add pairs, either row first, from so many at a time; none of a row with itself is kept.

        An error of the disk is an OSError.
        """
        waiting: list[tuple[Integers, Integers]] = []
        size = 0
        for left, right in found:
            waiting.append((left, right))
            size += len(left)
            if size >= batch:
                self._write(waiting)
                waiting, size = [], 0
        if waiting:
            self._write(waiting)

    def _write(self, found: list[tuple[Integers, Integers]]) -> None:
        left, right = (np.concatenate(side) for side in zip(*found, strict=True))
        pairs = paired(left, right, self.rows)
        part = pairs.left // self.width
        number = pairs.left * self.rows + pairs.right
        for which in np.unique(part).tolist():
            begin, end = np.searchsorted(part, [which, which + 1])
            with self._part(which).open("ab") as file:
                file.write(number[begin:end].tobytes())

    def read(self, batch: int = BATCH) -> Iterator[Pairs]:
        """Give all pairs in order, at most so many at a time."""
        for which in range(self._parts):
            if self._part(which).exists():
                number = np.unique(np.fromfile(self._part(which), dtype=np.int64))
                for some in cuts(np.ones_like(number), batch):
                    yield Pairs(number[some] // self.rows, number[some] % self.rows)

    @property
    def _parts(self) -> int:
        return -(-self.rows // self.width)

    def _part(self, which: int) -> Path:
        return self.folder / f"{self.name}-{which}"
