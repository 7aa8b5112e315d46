"""Why parties are held to be one person or licensee: what speaks against it first.

No gun is told of: a record is an id. Names are shown to those who may see them; for all others the
id stands in their place. Parties whose names have expired are left out (`entity_names`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.errors import RefusedError
from ironriver.estimators.lasting_ids import member_of
from ironriver.governance import release
from ironriver.governance.access import total
from ironriver.governance.policy import REASONS
from ironriver.governance.release import Access, WithheldError
from ironriver.governance.retention import Expired
from ironriver.language import mark, translator
from ironriver.reports import reasons
from ironriver.reports.entity_names import PREFIXES, lay_out_expired, shown_ids
from ironriver.reports.export import EXPIRY_READS, expired_today, handling_by_source
from ironriver.reports.review_text import plain
from ironriver.tables import TABLES
from ironriver.workspace import Workspace

MOST = 50
"""The most parties that are shown, the least sure first."""
READS = tuple(sorted({"entities", "entity_members", "matches", *EXPIRY_READS}))

_MEMBERS = """
SELECT entity_members.* FROM entity_members
WHERE entity_id = ? AND party_id NOT IN (SELECT party_id FROM expired_parties)
ORDER BY log_odds, party_id LIMIT 50
"""
_BESIDE = """
WITH mine AS (SELECT party_id FROM entity_members WHERE entity_id = ?)
SELECT matches.* FROM matches
WHERE about <> 'firearm' AND {decision}
  AND (left_id IN (FROM mine)) <> (right_id IN (FROM mine))
  AND left_id NOT IN (SELECT party_id FROM expired_parties)
  AND right_id NOT IN (SELECT party_id FROM expired_parties)
ORDER BY log_odds DESC, match_id LIMIT 20
"""
_RIVALS = _BESIDE.format(decision="decision IN ('apart', 'judged different')")
_RELATED = _BESIDE.format(decision="decision = 'related'")
_STANDS = "SELECT party_id, entity_id FROM entity_members WHERE party_id IN (SELECT unnest(?))"
_NAMED = "SELECT * FROM parties WHERE party_id IN (SELECT unnest(?))"


@dataclass(frozen=True, slots=True)
class EntityExplanation:
    """An entity, its parties, the least sure first, who was not joined to it, who is related."""

    asked: str
    """The id that was asked for; an earlier one leads to where its party stands now."""
    entity: dict[str, Any]
    members: list[dict[str, Any]]
    rivals: list[dict[str, Any]]
    related: list[dict[str, Any]]
    names: dict[str, str]
    """Names as written, by party, as far as they may be seen."""
    left_out: bool
    """Whether parties whose names have expired were left out."""
    withheld: dict[str, int]
    """Matches with others that this role and purpose may not have, by why."""

    def lines(self, lang: str) -> Iterator[str]:
        """Say it in lines: what speaks against it first."""
        say, entity = translator(lang), self.entity
        if entity["entity_id"] != self.asked:
            yield say(_NOW).format(asked=self.asked, now=entity["entity_id"])
        written = dict.fromkeys(
            self.names[one["party_id"]] for one in self.members if one["party_id"] in self.names
        )
        told = [*([entity["licence_key"]] if entity["licence_key"] else []), *written]
        yield plain(
            say(_ENTITY).format(
                entity=entity["entity_id"],
                kind=entity["kind"],
                described="; ".join(told) or "-",
                parties=entity["parties"],
            )
        )
        yield from self._beside(self.rivals, say(_AGAINST), say(_NO_RIVALS), _RIVAL, lang)
        yield from self._beside(self.related, say(_BESIDE_IT), None, _RELATED_TO, lang)
        for code, count in sorted(self.withheld.items()):
            yield say(_WITHHELD).format(count=count, reason=say(REASONS[code]))
        yield say(_PARTIES)
        for member in self.members:
            yield f"  {self._name(member['party_id'])}  {member['probability']:.4f}"
            yield from (f"    {line}" for line in reasons.lines(member["reasons"], lang))
        if len(self.members) < entity["parties"]:
            yield say(_MORE).format(shown=len(self.members), parties=entity["parties"])
        if self.left_out:
            yield say(_LEFT_OUT)
        yield say(_NO_SUSPECT)

    def _name(self, party: str) -> str:
        name = self.names.get(party)
        return plain(f"{party} ({name})" if name else party)

    def _beside(
        self, rows: list[dict[str, Any]], some: str, none: str | None, template: str, lang: str
    ) -> Iterator[str]:
        """Tell of matches with others, each with its reasons."""
        if rows or none:
            yield some if rows else str(none)
        for match in rows:
            yield translator(lang)(template).format(
                left=self._name(match["left_id"]),
                right=self._name(match["right_id"]),
                entity=match["other_entity"],
                probability=match["probability"],
            )
            yield from (f"    {line}" for line in reasons.lines(match["reasons"], lang))


_NOW = mark("{asked} is {now} now")
_ENTITY = mark("{entity} ({kind}): {described}; parties: {parties}")
_AGAINST = mark("Who it may be, too, or may not:")
_NO_RIVALS = mark("Nobody else comes near it.")
_RIVAL = mark("  {left} and {right}, not joined ({entity}): one with probability {probability:.4f}")
_BESIDE_IT = mark("Who has to do with it and is not the same:")
_RELATED_TO = mark("  {left} and {right} ({entity})")
_WITHHELD = mark("matches with others withheld: {count}; {reason}")
_PARTIES = mark("Its parties, the least sure first, each with its strongest tie (log-odds):")
_MORE = mark("  the {shown} least sure of {parties}")
_LEFT_OUT = mark("Parties whose names have expired are left out.")
_NO_SUSPECT = mark("Being named in a record makes nobody a suspect.")


def explain_entity(
    workspace: Workspace, identifier: str, access: Access
) -> EntityExplanation | None:
    """Explain an entity by its id of this or an earlier run; None where it names none.

    Raises RefusedError, itself journalled, where the party that the id names has expired.
    """
    if not identifier.startswith(PREFIXES):
        return None
    party = member_of(identifier)
    with engine.connect(workspace, READS) as connection:
        found = engine.run(connection, _STANDS, [[party]]).fetchall()
        if not found:
            return None
        expired = expired_today(connection)
        if party in expired.parties:
            access.enter("refusal", identifier, {"asked": "view", "code": "expired"})
            raise RefusedError(
                "the name of {id} has expired, and with it whom it was taken for", id=identifier
            )
        access.enter("view", identifier)
        lay_out_expired(connection, expired)
        return _Told(connection, access, expired).explain(identifier, str(found[0][1]))


class _Told:
    """What is told of one entity, all of it through the gate."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, access: Access, expired: Expired
    ) -> None:
        self._connection = connection
        self._access = access
        self._expired = expired
        self._handling = handling_by_source(connection)
        self._withheld: list[tuple[str, int]] = []

    def explain(self, asked: str, entity_id: str) -> EntityExplanation:
        entity = self._rows("entities", "SELECT * FROM entities WHERE entity_id = ?", entity_id)[0]
        members = self._rows("entity_members", _MEMBERS, entity_id)
        rivals = self._matches(_RIVALS, entity_id)
        related = self._matches(_RELATED, entity_id)
        shown = shown_ids(self._connection, [entity_id])[entity_id]
        for match in (*rivals, *related):
            match["other_entity"] = self._other(match, entity_id)
        for row in (*members, *rivals, *related):
            row["record_ids"] = self._kept(row)
        for member in members:
            member["entity_id"] = shown
        ids = {one["party_id"] for one in members}
        ids |= {match[side] for match in (*rivals, *related) for side in ("left_id", "right_id")}
        parties = self._count(entity_id)
        left_out = parties < entity["parties"]
        del entity["record_ids"], entity["reasons"]
        entity |= {"entity_id": shown, "parties": parties}
        names, withheld = self._names(sorted(ids)), total(self._withheld)
        return EntityExplanation(asked, entity, members, rivals, related, names, left_out, withheld)

    def _rows(self, name: str, sql: str, entity_id: str) -> list[dict[str, Any]]:
        rows = engine.query(self._connection, sql, [entity_id])
        released = release.release_rows(
            rows, TABLES[name], self._handling, self._access, expired=self._expired
        )
        if name == "matches":
            self._withheld += released.withheld.items()
        found: list[dict[str, Any]] = released.table.to_pylist()
        return found

    def _matches(self, sql: str, entity_id: str) -> list[dict[str, Any]]:
        """Give the matches that may be seen: one with restricted rows hides no other."""
        try:
            return self._rows("matches", sql, entity_id)
        except WithheldError as error:
            self._withheld += error.withheld.items()
            return []

    def _other(self, match: Mapping[str, Any], entity_id: str) -> str:
        """Give the entity on the other side of a match, under the id by which it is shown."""
        sides = [match["left_id"], match["right_id"]]
        stands = dict(engine.run(self._connection, _STANDS, [sides]).fetchall())
        other = next(stands[side] for side in sides if stands[side] != entity_id)
        return shown_ids(self._connection, [other])[other]

    def _kept(self, row: Mapping[str, Any]) -> str:
        """Leave the records of expired parties out of those that a row rests on."""
        own = {row.get("party_id"), row.get("left_id"), row.get("right_id")} - {None}
        mine = {str(party).rpartition("/")[0] for party in own}
        ids = [
            one
            for one in json.loads(row["record_ids"] or "[]")
            if one not in self._expired.records or one in mine
        ]
        return json.dumps(ids)

    def _count(self, entity_id: str) -> int:
        sql = (
            "SELECT count(*) FROM entity_members WHERE entity_id = ? "
            "AND party_id NOT IN (SELECT party_id FROM expired_parties)"
        )
        return int(engine.run(self._connection, sql, [entity_id]).fetchall()[0][0])

    def _names(self, parties: list[str]) -> dict[str, str]:
        """Give the names that may be seen; none where role or purpose allow none."""
        rows: pa.Table = engine.query(self._connection, _NAMED, [parties])
        try:
            released = release.release_rows(
                rows, TABLES["parties"], self._handling, self._access, expired=self._expired
            )
        except WithheldError:
            return {}
        return {row["party_id"]: row["name"] for row in released.table.to_pylist() if row["name"]}
