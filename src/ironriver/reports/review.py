"""What waits for a person's judgement: the matches that are least decided and matter most.

A match is undecided where its probability is neither near 0 nor near 1 and no judgement in force
answers it. Most urgent is where most pairs of records are expected to be wrong: the chance that the
decision is wrong, times the pairs that would change sides.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

import pyarrow as pa

from ironriver import engine
from ironriver.governance import release
from ironriver.governance.access import Release, WithheldError, total
from ironriver.governance.judge import READS as JUDGED
from ironriver.governance.judge import Proposal, judge_all, undo
from ironriver.governance.judgements import as_table, docket
from ironriver.governance.policy import Decision, Use, decide
from ironriver.governance.release import Access
from ironriver.governance.standing import About, Judgement
from ironriver.reports.export import EXPIRY_READS, expired_today, handling_by_source
from ironriver.reports.review_queue import prepare, waiting
from ironriver.tables import MATCHES, PARTIES, TABLES, Handling
from ironriver.workspace import Workspace

READS = tuple(sorted({"matches", "firearm_members", "entity_members", *JUDGED, *EXPIRY_READS}))


@dataclass(frozen=True, slots=True)
class Reason:
    """What one field says for a match (`log_odds` above 0) or against it."""

    field: str
    level: str
    log_odds: float | None


@dataclass(frozen=True, slots=True)
class Side:
    """A record or party of a match; `values` is empty where the gate withholds its fields."""

    identifier: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """A match that waits for a judgement, both sides as far as they may be seen."""

    match_id: str
    about: About
    left: Side
    right: Side
    probability: float
    log_odds: float
    decision: str
    hangs: int
    reasons: tuple[Reason, ...]
    handling: str


@dataclass(frozen=True, slots=True)
class Queue:
    """The most urgent matches, how many wait in all, and what the gate kept back."""

    items: tuple[Item, ...]
    waiting: int
    releases: tuple[Release, ...]

    def lines(self, lang: str = "en") -> list[str]:
        """Say what was withheld and why."""
        return [line for one in self.releases for line in one.lines(lang)]


class Review:
    """A reviewer at work: sees the queue through the gate, judges and undoes; used by ``with``."""

    def __init__(self, workspace: Workspace, access: Access) -> None:
        self._access = access
        self._connection = engine.connect(workspace, READS)
        self._handling = handling_by_source(self._connection)
        self._expired = expired_today(self._connection)
        self._prepared = False

    def __enter__(self) -> Review:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    @property
    def may_judge(self) -> bool:
        """Whether role and purpose allow judging, and not only looking."""
        return decide(self._access.role, self._access.purpose, None, Use.JUDGE).allowed

    def queue(self, limit: int, about: About | None = None, passed: Iterable[str] = ()) -> Queue:
        """Give the most urgent matches but for those `passed` over (by id); journalled first."""
        if not self._prepared:
            prepare(self._connection)
            self._prepared = True
        standing = docket(self._access.journal).standing
        decided = {one: self._decide(one) for one in Handling}
        may_see = [one for one, decision in decided.items() if decision.allowed]
        found = waiting(self._connection, standing, may_see, limit, about, passed)
        withheld = total(
            (decided[one].code, count) for one, count in found.counts.items() if one not in may_see
        )
        if withheld and not found.urgent.num_rows:
            self._access.refuse("matches", withheld, {"asked": "review"})
        ids = found.urgent["match_id"].to_pylist()
        self._access.enter("view", "review queue", {"matches": ids, "withheld": withheld})
        matches = self._gate(found.urgent.select(MATCHES.names), "matches")
        matches = replace(matches, withheld=total([*matches.withheld.items(), *withheld.items()]))
        shown = [matches, *self._sides(matches.table)]
        hangs = dict(zip(ids, found.urgent["hangs"].to_pylist(), strict=True))
        sides = _by_id(shown[1:])
        items = tuple(
            _item(row, sides, hangs[row["match_id"]]) for row in matches.table.to_pylist()
        )
        return Queue(items, sum(found.counts.values()), tuple(shown))

    def judgements(self) -> tuple[list[dict[str, Any]], Release]:
        """Give the judgements in force that may be seen, as rows of their table."""
        binding = [one for one in docket(self._access.journal).all.values() if one.binds]
        self._access.enter("view", "judgements")
        released = self._gate(as_table(binding), "judgements")
        return released.table.to_pylist(), released

    def judge(self, proposals: Sequence[Proposal]) -> list[Judgement]:
        """Enter judgements, all or none."""
        return judge_all(self._connection, self._access, proposals)

    def undo(self, number: int) -> Judgement:
        """Undo a judgement."""
        return undo(self._access, number)

    def changed_by(self, made: Iterable[Judgement]) -> list[Judgement]:
        """Give the judgements that those just entered or undone overtook, or let bind again."""
        made = list(made)
        numbers = {one.sequence for one in made}
        freed = {one.pair for one in made if one.undone_by is not None}
        return [
            one
            for one in docket(self._access.journal).all.values()
            if one.overtaken_by in numbers or (one.binds and one.pair in freed)
        ]

    def _decide(self, handling: Handling) -> Decision:
        return decide(self._access.role, self._access.purpose, handling, Use.ROW)

    def _gate(self, rows: pa.Table, name: str) -> Release:
        return release.release_rows(
            rows, TABLES[name], self._handling, self._access, expired=self._expired
        )

    def _sides(self, matches: pa.Table) -> list[Release]:
        """Release the rows on both sides; where a table is withheld whole, its fields are masked.

        The match itself may be seen, and whoever may not see names can still see what was weighed.
        """
        ids = sorted({*matches["left_id"].to_pylist(), *matches["right_id"].to_pylist()})
        released = []
        for name, key in (
            ("records", "record_id"),
            ("trace_results", "record_id"),
            ("parties", "party_id"),
        ):
            rows = engine.query(
                self._connection,
                f'SELECT * FROM "{name}" WHERE {key} IN (SELECT unnest(?::VARCHAR[]))',  # noqa: S608
                (ids,),
            )
            if not rows.num_rows:
                continue
            try:
                released.append(self._gate(rows, name))
            except WithheldError as error:
                empty = TABLES[name].schema.empty_table()
                withheld = dict.fromkeys(error.codes, rows.num_rows)
                released.append(Release(name, empty, withheld, "", -1))
        return released


def _by_id(released: Iterable[Release]) -> dict[str, dict[str, Any]]:
    return {
        row["party_id" if one.name == PARTIES.name else "record_id"]: row
        for one in released
        for row in one.table.to_pylist()
    }


def _item(match: Mapping[str, Any], sides: Mapping[str, Mapping[str, Any]], hangs: int) -> Item:
    left, right = match["left_id"], match["right_id"]
    return Item(
        match_id=match["match_id"],
        about=About(match["about"]),
        left=Side(left, sides.get(left, {})),
        right=Side(right, sides.get(right, {})),
        probability=match["probability"],
        log_odds=match["log_odds"],
        decision=match["decision"],
        hangs=hangs,
        reasons=_reasons(match["reasons"]),
        handling=match["handling"],
    )


def _reasons(text: str | None) -> tuple[Reason, ...]:
    """Read reasons, what speaks against the match first."""
    found = [
        Reason(str(one.get("field", "")), str(one.get("level", "")), one.get("log_odds"))
        for one in json.loads(text or "[]")
    ]
    return tuple(sorted(found, key=lambda one: one.log_odds or 0.0))
