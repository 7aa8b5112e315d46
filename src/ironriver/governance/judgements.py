"""Judgements are entries of the journal: who decided what about which two ids, when and why.

They are read from it as roles are. One counts only if its author held a working role at that
moment and it contradicts none in force, so an entry slipped in by somebody else changes nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from ironriver.governance.policy import WORKING
from ironriver.governance.roles import Journal, Role, follow
from ironriver.governance.standing import About, Judgement, Pair, Standing, Verdict
from ironriver.tables import JUDGEMENTS, Handling

JUDGE, UNDO = "judge", "undo judgement"


@dataclass(slots=True)
class Docket:
    """Every judgement by its number, as the journal leaves it, and those in force."""

    standing: Standing = field(default_factory=Standing)
    all: dict[int, Judgement] = field(default_factory=dict)
    _of_pair: dict[Pair, list[int]] = field(default_factory=dict)

    def judge(self, one: Judgement) -> None:
        """Take a judgement in: it binds in place of an earlier one, unless others rule it out."""
        self._of_pair.setdefault(one.pair, []).append(one.sequence)
        against = self.standing.against(one)
        self.all[one.sequence] = replace(one, contradicts=against)
        if not against:
            self._let_bind(one)

    def undo(self, number: int, by: int, since: dt.date) -> None:
        """Take an undoing in: what it overtook binds again, unless others rule that out by now."""
        one = self.all.get(number)
        if one is None or one.undone_by is not None:
            return
        self.all[number] = replace(one, undone_by=by, undone_from=since)
        if one.binds:
            self.standing.drop(one.pair)
            back = self.behind(number)
            if back is not None:
                self._bring_back(back)

    def behind(self, number: int) -> Judgement | None:
        """Give the judgement that binds again once `number` is undone."""
        earlier = (self.all[each] for each in reversed(self._of_pair[self.all[number].pair]))
        return next(
            (
                each
                for each in earlier
                if each.sequence < number and each.undone_by is None and not each.contradicts
            ),
            None,
        )

    def _bring_back(self, one: Judgement) -> None:
        against = self.standing.against(one)
        if against:
            self.all[one.sequence] = replace(one, contradicts=against)
        else:
            self._let_bind(one)

    def _let_bind(self, one: Judgement) -> None:
        self.all[one.sequence] = replace(self.all[one.sequence], overtaken_by=None)
        earlier = self.standing.put(one)
        if earlier is not None:
            before = self.all[earlier.sequence]
            self.all[earlier.sequence] = replace(before, overtaken_by=one.sequence)


def docket(journal: Journal, as_of: dt.date | None = None) -> Docket:
    """Read the journal once and give its judgements as known on a day (all known, by default).

    With a day, a judgement or undoing from later on is as if it were not there.
    """
    held: dict[str, Role] = {}
    found = Docket()
    for number, entry in enumerate(journal.entries()):
        follow(held, number, entry)
        if entry.action not in (JUDGE, UNDO) or held.get(entry.actor) not in WORKING:
            continue
        try:
            since = dt.date.fromisoformat(entry.detail["known_from"])
            if as_of is not None and since > as_of:
                continue
            if entry.action == JUDGE:
                found.judge(_judgement(entry, since))
            else:
                found.undo(int(entry.detail["judgement"]), entry.sequence, since)
        except (KeyError, ValueError, TypeError):
            continue  # no judgement of ours; the journal holds it, and that is all
    return found


def judgements(journal: Journal, as_of: dt.date | None = None) -> list[Judgement]:
    """Give every judgement as known on a day, oldest first; `Judgement.binds` says which count."""
    return list(docket(journal, as_of).all.values())


def judgements_table(journal: Journal, as_of: dt.date | None = None) -> pa.Table:
    """Give the judgements as the table of that name."""
    return as_table(judgements(journal, as_of))


def as_table(found: Iterable[Judgement]) -> pa.Table:
    """Put judgements into the columns of their table."""
    rows = [[_cell(one, name) for name in JUDGEMENTS.names] for one in found]
    columns = zip(*rows, strict=True) if rows else [()] * len(JUDGEMENTS.names)
    arrays = [
        pa.array(column, type=form.type)
        for column, form in zip(columns, JUDGEMENTS.schema, strict=True)
    ]
    return pa.table(arrays, schema=JUDGEMENTS.schema)


def _cell(one: Judgement, name: str) -> object:
    if name == "undone":
        return one.undone_by is not None
    value = getattr(one, name)
    if isinstance(value, tuple):
        return json.dumps(list(value), separators=(",", ":"))
    return str(value) if name in ("about", "verdict") else value


def _judgement(entry: Any, since: dt.date) -> Judgement:  # noqa: ANN401  see roles.Journal
    detail = entry.detail
    word = detail.get("handling")
    left, right = sorted((str(detail["left"]), str(detail["right"])))
    if left == right:
        raise ValueError(left)
    return Judgement(
        sequence=entry.sequence,
        at=entry.at,
        known_from=since,
        actor=entry.actor,
        role=entry.role,
        about=About(detail["about"]),
        left_id=left,
        right_id=right,
        verdict=Verdict(detail["verdict"]),
        why=str(detail["why"]).encode("utf-8", "replace").decode(),
        record_ids=tuple(map(str, detail.get("record_ids", ()))),
        handling=Handling(word) if word in set(Handling) else None,
    )
