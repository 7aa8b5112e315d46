"""Candidates of many queries, found batch by batch in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ironriver.errors import DamageError, MistakeError
from ironriver.firearms.search import patterns
from ironriver.firearms.search.arrays import Arrays, Hits, Patterns, scratch_for
from ironriver.firearms.search.codes import texts
from ironriver.firearms.search.entries import Places
from ironriver.firearms.search.keys import SKELETON
from ironriver.firearms.search.runs import Run
from ironriver.firearms.search.walk import DAMAGED, FULL, VAGUE, walk_all

STEPS = 20_000_000
"""Prefixes that one query may visit in one run."""
BLOCK = 4096
"""Queries searched together, at most."""
BATCH = 1 << 20
"""Candidates in a batch, at most."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of a query (place among the queries) and an entry (place in the order added).

    Sorted by query, then entry; each pair once. `skipped` are queries too vague to search.
    """

    query: Places
    entry: Places
    skipped: Places = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.query)

    @classmethod
    def joined(cls, parts: Sequence[Candidates]) -> Candidates:
        """Put batches together."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            *(
                np.concatenate(
                    [np.zeros(0, dtype=np.int64), *(getattr(part, name) for part in parts)]
                )
                for name in ("query", "entry", "skipped")
            )
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to search for besides the queries themselves."""

    edits: int
    confusions: bool
    ends: int
    refuse: bool
    batch: int

    def __post_init__(self) -> None:
        if not 0 <= self.edits <= patterns.MOST_EDITS:
            raise ValueError(f"edits {self.edits} is not from 0 to {patterns.MOST_EDITS}")
        if not 0 <= self.ends <= patterns.MOST_ENDS:
            raise ValueError(f"ends {self.ends} is not from 0 to {patterns.MOST_ENDS}")
        if self.batch < 1:
            raise ValueError(f"batch {self.batch} is below 1")


def stream(
    runs: Sequence[Run], queries: Sequence[str | None] | pa.Array, wanted: Wanted
) -> Iterator[Candidates]:
    """Give the candidates of queries in order, in batches; equal queries are searched once."""
    if isinstance(queries, pa.ChunkedArray):
        queries = queries.combine_chunks()
    begun = 0
    while begun < len(queries):
        block = _distinct(queries[begun : begun + BLOCK])
        found = _Found.of(runs, block.dictionary, wanted)
        which = block.indices.to_numpy().astype(np.int64)
        past = len(which)
        if found.done < len(block.dictionary):  # places are given by first appearance
            past = int(np.argmax(which >= found.done))
        yield from found.spread(which[:past], begun, wanted.batch)
        begun += past


def _distinct(queries: Sequence[str | None] | pa.Array) -> pa.DictionaryArray:
    return texts(queries).fill_null("").dictionary_encode()


@dataclass(frozen=True, slots=True)
class _Found:
    """Entries of the first `done` of distinct queries: those of i end at ``starts[i + 1]``."""

    starts: Places
    entries: Places
    vague: Places
    done: int

    @classmethod
    def of(cls, runs: Sequence[Run], distinct: pa.Array, wanted: Wanted) -> _Found:
        """Search distinct queries, as many as fit a batch."""
        queries = patterns.read(distinct, wanted.edits, refuse=wanted.refuse)
        done, vague = len(distinct), list(queries.vague)
        total = max((run.first + run.count for run in runs), default=1)
        pairs = []
        for run in runs:
            for each in queries.patterns(wanted.edits, wanted.ends):
                ends, rows, endless = _walked(run.arrays, each, done, wanted)
                done = len(ends)
                if endless and wanted.refuse:
                    raise MistakeError(
                        "Serial {serial} is too vague: its search would visit more than {steps} "
                        "prefixes. Allow fewer edits, or give more readable characters at its "
                        "beginning",
                        serial=repr(distinct[endless[0]].as_py()),
                        steps=STEPS,
                    )
                vague += endless
                which = np.repeat(np.arange(done), np.diff(ends, prepend=0))
                pairs.append(which * total + (rows + np.int64(run.first)))
        if len(pairs) == 1:
            whole = np.sort(pairs[0])
        else:
            whole = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *pairs]))
        which, entries = np.divmod(whole, total)
        starts = np.searchsorted(which, np.arange(done + 1))
        last = starts[-1]
        return cls(starts, entries[:last], np.unique(np.array(vague, dtype=np.int64)), done)

    def spread(self, which: Places, first: int, batch: int) -> Iterator[Candidates]:
        """Give the candidates of queries, numbered from `first`, that are the distinct `which`."""
        counts = np.diff(self.starts)[which]
        ends = np.cumsum(counts)
        skipped = np.flatnonzero(np.isin(which, self.vague)) + first
        begun, given = 0, 0
        while begun < len(which):
            past = max(int(np.searchsorted(ends, given + batch, "right")), begun + 1)
            some, sizes = which[begun:past], counts[begun:past]
            query = np.repeat(np.arange(begun, past) + first, sizes)
            before = np.repeat(np.cumsum(sizes) - sizes, sizes)
            place = np.arange(len(query)) - before + np.repeat(self.starts[some], sizes)
            mine = skipped[(skipped >= first + begun) & (skipped < first + past)]
            yield Candidates(query, self.entries[place], mine)
            begun, given = past, int(ends[past - 1])


def _walked(
    run: Arrays, wanted_patterns: Patterns, count: int, wanted: Wanted
) -> tuple[Places, Hits, list[int]]:
    """Search the first `count` patterns in a run, or as many as fit a batch, but at least one.

    Gives the ends of what each found, rows, and patterns given up as too vague.
    """
    if count < len(wanted_patterns.starts) - 1:
        wanted_patterns = wanted_patterns._replace(starts=wanted_patterns.starts[: count + 1])
    out = np.empty(wanted.batch, dtype=np.uint32)
    ends = np.zeros(count, dtype=np.int64)
    scratch = scratch_for(int(np.diff(wanted_patterns.starts).max(initial=0)), patterns.MOST_EDITS)
    endless: list[int] = []
    done = 0
    while done < count:
        filled = int(ends[done - 1]) if done else 0
        status, done = walk_all(
            run, scratch, SKELETON, wanted_patterns, done, filled,
            not wanted.confusions, STEPS, out, ends,
        )  # fmt: skip
        if status == DAMAGED:
            raise DamageError(
                "The index of serials is damaged. Delete its folder; the next run builds it anew"
            )
        if status == VAGUE:
            endless.append(done)
            ends[done] = ends[done - 1] if done else 0
            done += 1
        elif status == FULL and done:
            break
        elif status == FULL:
            out = np.empty(2 * len(out), dtype=np.uint32)
    return ends[:done], out[: ends[done - 1] if done else 0], endless
