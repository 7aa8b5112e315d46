"""Searching by a person's name: who is asked for is entered first, and no gun is told of.

Found are entities, which exist only from records with a nexus. Sources whose names this role and
purpose may not see are not searched, and neither are names that have expired.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.errors import MistakeError, RefusedError
from ironriver.governance import release
from ironriver.governance.policy import REASONS, Use, decide
from ironriver.governance.release import Access
from ironriver.language import mark, translator
from ironriver.reports import reasons as reasons_text
from ironriver.reports.entity_names import lay_out_expired, shown_ids
from ironriver.reports.export import EXPIRY_READS, expired_today, handling_by_source
from ironriver.reports.names_near import make_near, readings
from ironriver.reports.review_text import plain
from ironriver.tables import PARTIES, Handling
from ironriver.workspace import Workspace

MOST = 50
"""The most persons, and the most records of each, that one search shows."""
READS = tuple(sorted({"entities", "entity_members", *EXPIRY_READS}))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whose name is near: ids of records and why they are held, and nothing of guns."""

    entity_id: str
    kind: str
    nearness: float
    reasons: str
    names: tuple[str, ...]
    roles: tuple[str, ...]
    records: int
    record_ids: tuple[dict[str, str], ...]
    """Each with `record_id` and `nexus`; at most `MOST` of them."""
    handling: str


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found, the nearest first; how many are near in all; sources not searched, by why."""

    persons: tuple[Candidate, ...]
    near: int
    not_searched: Mapping[str, int]

    def lines(self, lang: str) -> Iterator[str]:
        """Say it in lines."""
        say = translator(lang)
        for number, one in enumerate(self.persons, start=1):
            yield from _lines(one, number, lang)
        if self.near:
            yield say(_SHOWN).format(shown=len(self.persons), near=self.near)
            yield say(_NO_SUSPECT)
        else:
            yield say(_NOBODY)
        for code, count in sorted(self.not_searched.items()):
            yield say(_NOT_SEARCHED).format(count=count, reason=say(REASONS[code]))


_PERSON = mark("{number}. {entity} ({kind}; {roles}); records: {records}")
_NAMES = mark("   as written: {names}")
_RECORDS = mark("   held because of {nexus}: {records}")
_SHOWN = mark(
    "{shown:,} of {near:,} whose names are near, the nearest first (log-odds of the name)"
)
_NOBODY = mark("nobody is held whose name is near")
_NO_SUSPECT = mark("Being named in a record makes nobody a suspect.")
_NOT_SEARCHED = mark("sources not searched: {count}; {reason}")


def _lines(one: Candidate, number: int, lang: str) -> Iterator[str]:
    say = translator(lang)
    yield say(_PERSON).format(
        number=number,
        entity=one.entity_id,
        kind=one.kind,
        roles=", ".join(one.roles),
        records=one.records,
    )
    yield plain(say(_NAMES).format(names="; ".join(one.names)))
    yield from (f"     {line}" for line in reasons_text.lines(one.reasons, lang))
    by_nexus: dict[str, list[str]] = {}
    for record in one.record_ids:
        by_nexus.setdefault(record["nexus"], []).append(record["record_id"])
    for nexus, ids in sorted(by_nexus.items()):
        yield say(_RECORDS).format(nexus=nexus, records=", ".join(ids))


def find_person(workspace: Workspace, name: str, access: Access, limit: int = 10) -> Found:
    """Find at most `limit` entities whose parties' names are near; entered before anything is read.

    Raises RefusedError, itself journalled, without a working role and a purpose.
    """
    readings(name)
    _check_purpose(access.purpose, name)
    decision = decide(access.role, access.purpose, None, Use.FIND)
    if not decision.allowed:
        access.enter("refusal", "persons by name", {"asked": "find", "code": decision.code})
        raise RefusedError(decision.reason)
    # With a salt, neither the journal nor its leaves can be searched with a list of names.
    salt = secrets.token_hex(16)
    asked = hashlib.sha256(f"{salt} {name}".encode()).hexdigest()
    access.enter("find", "persons by name", {"salt": salt, "sha256": asked})
    with engine.connect(workspace, READS) as connection:
        return _Search(connection, access).run(name, min(limit, MOST))


def _check_purpose(purpose: str, name: str) -> None:
    """Refuse a purpose that names who is searched for: it stands in the audit."""
    stated = {word.casefold() for word in purpose.replace(",", " ").split()}
    wanted = {word.casefold() for word in name.replace(",", " ").split()}
    if wanted and wanted <= stated:
        raise MistakeError(
            "the purpose names who is searched for, and it stands in the audit; "
            "write a case number there"
        )


class _Search:
    """One search in an open workspace."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, access: Access) -> None:
        self._connection = connection
        self._access = access
        self._handling = handling_by_source(connection)
        self._expired = expired_today(connection)
        self._seen = [
            each
            for each in Handling
            if decide(access.role, access.purpose, each, Use.NAMES).allowed
        ]

    def run(self, name: str, limit: int) -> Found:
        desk = self._connection
        lay_out_expired(desk, self._expired)
        engine.run(desk, _SEEN, [[str(each) for each in self._seen]])
        make_near(desk, name)
        engine.run(desk, _GROUPS)
        ((near,),) = engine.run(desk, "SELECT count(*) FROM groups").fetchall()
        chosen = engine.query(desk, f"{_CHOSEN} LIMIT {limit:d}").to_pylist()
        ids = shown_ids(desk, (one["whole"] for one in chosen))
        self._access.enter(
            "view",
            "persons by name",
            {"entities": [ids.get(one["whole"], one["whole"]) for one in chosen]},
        )
        persons = self._released(chosen)
        persons = tuple(
            replace(one, entity_id=ids.get(one.entity_id, one.entity_id)) for one in persons
        )
        return Found(persons, int(near), self._not_searched())

    def _released(self, chosen: list[dict[str, Any]]) -> tuple[Candidate, ...]:
        """Let the parties of those chosen through the gate, and say what they say."""
        if not chosen:
            return ()
        desk = self._connection
        engine.run(
            desk,
            "CREATE OR REPLACE TEMP TABLE chosen_parties AS SELECT seen.* FROM seen "
            "WHERE whole IN (SELECT unnest(?::VARCHAR[]))",
            [[one["whole"] for one in chosen]],
        )
        rows = engine.query(
            desk, "SELECT parties.* FROM parties SEMI JOIN chosen_parties USING (party_id)"
        )
        told = release.release_rows(
            rows, PARTIES, self._handling, self._access, expired=self._expired
        ).table
        parties = _by_whole(desk, told)
        return tuple(_candidate(one, parties[one["whole"]]) for one in chosen)

    def _not_searched(self) -> Mapping[str, int]:
        """Count the sources whose names were not looked at, by why; whoever was asked for."""
        counts: Counter[str] = Counter()
        for handling in self._handling.values():
            decision = decide(self._access.role, self._access.purpose, handling, Use.NAMES)
            if not decision.allowed:
                counts[decision.code] += 1
        return counts


def _by_whole(
    connection: duckdb.DuckDBPyConnection, released: pa.Table
) -> dict[str, list[dict[str, Any]]]:
    """Give the released parties of each group, in a fixed order."""
    connection.register("released_parties", released)
    rows = engine.query(connection, _PARTS).to_pylist()
    connection.unregister("released_parties")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["whole"], []).append(row)
    return found


def _candidate(group: Mapping[str, Any], parties: Iterable[Mapping[str, Any]]) -> Candidate:
    parties = list(parties)
    written = [row["name"] or " ".join(_parts(row)) for row in parties]
    records = {row["record_id"]: str(row["nexus"]) for row in parties}
    strictest = max((Handling(row["handling"]) for row in parties), key=list(Handling).index)
    return Candidate(
        entity_id=group["whole"],
        kind=group["kind"],
        nearness=group["nearness"],
        reasons=group["reasons"],
        names=tuple(dict.fromkeys(name for name in written if name)),
        roles=tuple(sorted({row["role"] for row in parties})),
        records=len(records),
        record_ids=tuple(
            {"record_id": record, "nexus": nexus} for record, nexus in list(records.items())[:MOST]
        ),
        handling=str(strictest),
    )


def _parts(row: Mapping[str, Any]) -> list[str]:
    return [
        row[name] for name in ("given_names", "surname_1", "surname_2") if row[name] is not None
    ]


def as_json(found: Found) -> dict[str, Any]:
    """Give what was found for programs."""
    persons = [
        {
            "entity_id": one.entity_id,
            "kind": one.kind,
            "nearness": one.nearness,
            "reasons": json.loads(one.reasons),
            "names": list(one.names),
            "roles": list(one.roles),
            "records": one.records,
            "record_ids": list(one.record_ids),
            "handling": one.handling,
        }
        for one in found.persons
    ]
    return {"persons": persons, "near": found.near, "not_searched": dict(found.not_searched)}


# A party whose entity holds rows that this role and purpose may not have stands by itself: with
# whom it was joined is told by those rows.
_SEEN = """
CREATE OR REPLACE TEMP TABLE seen AS
WITH allowed AS (SELECT unnest(?::VARCHAR[]) AS handling)
SELECT party_id, parties.name, given_names, surname_1, surname_2, entities.kind, sources.nexus,
       sources.handling, sources.known_from,
       CASE WHEN entities.handling IN (FROM allowed) THEN entities.entity_id
            ELSE regexp_extract(entities.entity_id, '^[a-z]+-') || party_id END AS whole
FROM parties JOIN sources USING (source_id) JOIN entity_members USING (party_id)
JOIN entities USING (entity_id)
WHERE sources.handling IN (FROM allowed)
  AND party_id NOT IN (SELECT party_id FROM expired_parties)
"""

_GROUPS = """
CREATE OR REPLACE TEMP TABLE groups AS
SELECT DISTINCT ON (whole) whole, kind, nearness, reasons
FROM seen JOIN near
  ON near.name IS NOT DISTINCT FROM seen.name
  AND near.given_names IS NOT DISTINCT FROM seen.given_names
  AND near.surname_1 IS NOT DISTINCT FROM seen.surname_1
  AND near.surname_2 IS NOT DISTINCT FROM seen.surname_2
ORDER BY whole, nearness DESC, reasons
"""

_CHOSEN = "SELECT whole, kind, nearness, reasons FROM groups ORDER BY nearness DESC, whole"

_PARTS = """
SELECT whole, chosen_parties.nexus, chosen_parties.handling, released_parties.*
FROM released_parties JOIN chosen_parties USING (party_id)
ORDER BY chosen_parties.known_from NULLS LAST, party_id
"""
