"""What an exchange file may not tell of purchasers who have expired.

Their own rows are masked by the release gate. Tables that are about entities could still say whom
an expired purchaser was taken for: the id of an entity may hold the expired party, and its records
and reasons may name the expired report. Such entities are shown under the first of their parties
that has not expired, without the expired records; those of expired parties only are left out. In
the reasons of other tables their ids are masked. A synthetic world names nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.governance.retention import EXPIRED, Expired
from ironriver.reports.entity_names import lay_out_expired, shown_ids

_ENTITY = re.compile(r"\b(?:per|com|lic|age)-[0-9a-z]+-\d+/\w+")
_OWNER = {"entities": "entity_id", "entity_members": "entity_id", "network_members": "member_id"}
_TOLD = ("reasons", "chain", "competing", "findings", "changed")

_TOUCHED = """
SELECT DISTINCT entity_id FROM entity_members
WHERE handling <> 'SYNTHETIC' AND party_id IN (SELECT party_id FROM expired_parties)
"""


@dataclass(frozen=True, slots=True)
class Veil:
    """Entities with an expired party, with the id under which each is shown (null: not at all)."""

    ids: Mapping[str, str | None]
    records: frozenset[str]

    def shown(self, identifier: str) -> str | None:
        """Give the id under which an entity is shown."""
        return self.ids.get(identifier, identifier)

    def over(self, name: str, rows: pa.Table) -> pa.Table:
        """Give rows of a table with what they may not tell left out."""
        if not self.ids:
            return rows
        if name in _OWNER:
            rows = self._own(rows, _OWNER[name])
        for column in (each for each in _TOLD if each in rows.column_names):
            texts = [self._masked(text) for text in rows[column].to_pylist()]
            place = rows.column_names.index(column)
            rows = rows.set_column(place, column, pa.array(texts, rows.schema.field(column).type))
        return rows

    def _own(self, rows: pa.Table, column: str) -> pa.Table:
        """Rename entities, and leave out expired records and entities of nothing else."""
        made = []
        for row in rows.to_pylist():
            touched = row[column] in self.ids
            shown = self.shown(row[column])
            if shown is None:
                continue
            if touched:
                kept = [one for one in json.loads(row["record_ids"]) if one not in self.records]
                row |= {column: shown, "record_ids": json.dumps(kept)}
            made.append(row)
        return pa.Table.from_pylist(made, rows.schema)

    def _masked(self, text: str | None) -> str | None:
        if text is None:
            return None
        return _ENTITY.sub(lambda hit: EXPIRED if hit[0] in self.ids else hit[0], text)


def lay_veil(connection: duckdb.DuckDBPyConnection, expired: Expired) -> Veil:
    """Make the table ``expired_parties`` and give the veil over what it touches."""
    lay_out_expired(connection, expired)
    touched = [row[0] for row in engine.run(connection, _TOUCHED).fetchall()]
    shown = shown_ids(connection, touched)
    return Veil({entity: shown.get(entity) for entity in touched}, expired.records)
