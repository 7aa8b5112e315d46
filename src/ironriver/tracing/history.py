"""When each fact about a recovery became known, and when its trace first became possible.

A link needs a path: records known by a day that were judged one gun, pair by pair, from the
recovery to the record that names a seller or buyer. The day on which such a path is first complete
is the day on which the records received sufficed. `ironriver trace WS --as-of` computes the traces
of a day anew; this tells the day without trying them all.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from ironriver import engine
from ironriver.errors import MistakeError
from ironriver.tables import Handling, Kind
from ironriver.tracing.chain import hops
from ironriver.tracing.facts import ANSWER, SALES, Fact, make_wanted, read_facts

MILESTONES = ("requested", "answered", "licensee", "purchaser")
"""What becomes known of a recovery, in the order in which an office asks."""
_STRICTNESS = list(Handling)

_JOINED = """
SELECT left_id, right_id FROM matches
WHERE about = 'firearm' AND decision IN ('joined', 'judged same')
  AND left_id IN (SELECT record_id FROM wanted) AND right_id IN (SELECT record_id FROM wanted)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record about the gun: when it was received, and since when it is tied to the recovery."""

    known_from: dt.date
    linked_from: dt.date | None
    """The first day on which the records received tie it to the recovery; null for never."""
    record_id: str
    kind: str
    day: dt.date | None
    hops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What became known of one recovery, in order of the days."""

    recovery_record_id: str
    entries: tuple[Entry, ...]
    possible: Mapping[str, dt.date]
    """Of `MILESTONES`, the first day on which the records received sufficed."""
    purchasers: Mapping[str, dt.date]
    """Each purchaser that is named, with the day from which records tie them to the recovery."""
    handling: Handling
    named_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The records that name each purchaser."""

    def without(self, expired: frozenset[str]) -> History:
        """Leave out the purchasers whom no other record than these expired ones names.

        A synthetic world names nobody.
        """
        if self.handling == Handling.SYNTHETIC:
            return self
        kept = {
            name: day for name, day in self.purchasers.items() if not self.named_by[name] <= expired
        }
        return replace(self, purchasers=kept)

    def to_json(self) -> str:
        """Write the history for programs."""
        told = {
            "recovery_record_id": self.recovery_record_id,
            "possible": {name: day.isoformat() for name, day in self.possible.items()},
            "purchasers": {name: day.isoformat() for name, day in self.purchasers.items()},
            "entries": [
                {"known_from": each.known_from.isoformat(),
                 "linked_from": each.linked_from.isoformat() if each.linked_from else None,
                 "record_id": each.record_id, "kind": each.kind,
                 "date": each.day.isoformat() if each.day else None, "hops": list(each.hops)}
                for each in self.entries
            ],
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, indent=2)


def history(connection: duckdb.DuckDBPyConnection, recovery_id: str) -> History:
    """Give the history of a recovery, by its record or by its trace.

    Raises MistakeError where there is no such recovery.
    """
    record_id = recovery_id.removeprefix("trace-")
    desk = connection.cursor()
    try:
        make_wanted(desk, record_id)
        guns = read_facts(desk)
        joined = engine.run(desk, _JOINED).fetchall()
    finally:
        desk.close()
    facts = [fact for each in guns.values() for fact in each]
    recovery = next(
        (each for each in facts if each.record_id == record_id and each.kind == Kind.RECOVERY), None
    )
    if recovery is None:
        raise MistakeError(
            "there is no recovery {id} of one firearm in this workspace; "
            "`ironriver export WORKSPACE traces` lists the recoveries",
            id=recovery_id,
        )
    return _told(facts, recovery, _linked(facts, recovery, joined))


def _linked(
    facts: Sequence[Fact], recovery: Fact, joined: Sequence[tuple[str, str]]
) -> dict[str, dt.date]:
    """Give the first day on which each record hangs together with the recovery.

    The day of a path is the latest day of its records, and the best path is the earliest: a
    minimax path, grown day by day.
    """
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for left, right in joined:
        beside[left].add(right)
        beside[right].add(left)
    for one in facts:
        for other in facts:
            if one.reference and one.reference == other.reference:
                beside[one.record_id].add(other.record_id)
    known = {fact.record_id: fact.known_from for fact in facts}
    linked = {recovery.record_id: recovery.known_from}
    waiting = dict(linked)
    while waiting:
        here = min(waiting, key=lambda name: (waiting[name], name))
        day = waiting.pop(here)
        for there in beside[here]:
            later = max(day, known[there])
            if there not in linked or later < linked[there]:
                linked[there] = waiting[there] = later
    return linked


def _told(facts: Sequence[Fact], recovery: Fact, linked: Mapping[str, dt.date]) -> History:
    entries = sorted(
        (
            Entry(
                fact.known_from, linked.get(fact.record_id), fact.record_id, fact.kind, fact.day,
                tuple(hop.hop for hop in hops([fact]) if hop.hop not in ("made", "imported")),
            )
            for fact in facts
        ),
        key=lambda each: (each.known_from, each.record_id),
    )  # fmt: skip
    possible: dict[str, dt.date] = {}
    purchasers: dict[str, dt.date] = {}
    named_by: defaultdict[str, set[str]] = defaultdict(set)
    for fact in facts:
        day = linked.get(fact.record_id)
        if day is None:
            continue
        for name in _milestones(fact):
            possible[name] = min(day, possible.get(name, day))
        if fact.purchaser and (fact.kind in SALES or fact.kind == ANSWER):
            who = fact.purchaser.entity_id or fact.purchaser.party_id
            purchasers[who] = min(day, purchasers.get(who, day))
            named_by[who].add(fact.record_id)
    strictest = max((Handling(fact.handling) for fact in facts), key=_STRICTNESS.index)
    kept = {name: possible[name] for name in MILESTONES if name in possible}
    naming = {name: frozenset(ids) for name, ids in named_by.items()}
    return History(recovery.record_id, tuple(entries), kept, purchasers, strictest, naming)


def _milestones(fact: Fact) -> tuple[str, ...]:
    found = []
    if fact.layout == "trace_requests" or fact.kind == ANSWER:
        found.append("requested")
    if fact.kind == ANSWER and fact.completed:
        found.append("answered")
    if fact.kind in SALES or fact.kind == ANSWER:
        found += ["licensee"] if fact.seller else []
        found += ["purchaser"] if fact.purchaser else []
    return tuple(found)
