"""What may be shown of an entity where names in it have expired.

A purchaser who has expired is masked in his own row. Told which other rows are his, whoever sees
their names knows his again; so a party that has expired is left out of what is shown of an entity,
and the entity is called after the first of its parties that has not.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.governance.retention import Expired

PREFIXES = ("per-", "lic-", "com-", "age-")

_SHOWN = """
SELECT entity_id, regexp_extract(entity_id, '^[a-z]+-')
         || first(party_id ORDER BY known_from NULLS LAST, party_id) AS shown
FROM entity_members JOIN parties USING (party_id) JOIN sources USING (source_id)
WHERE party_id NOT IN (SELECT party_id FROM expired_parties)
  AND entity_id IN (SELECT unnest(?::VARCHAR[]))
GROUP BY entity_id
"""


def lay_out_expired(connection: duckdb.DuckDBPyConnection, expired: Expired) -> None:
    """Make the table ``expired_parties`` (party_id)."""
    ids = pa.table({"party_id": pa.array(sorted(expired.parties), pa.string())})
    connection.register("expired_rows", ids)
    engine.run(connection, "CREATE OR REPLACE TEMP TABLE expired_parties AS FROM expired_rows")
    connection.unregister("expired_rows")


def shown_ids(connection: duckdb.DuckDBPyConnection, entity_ids: Iterable[str]) -> dict[str, str]:
    """Give the id under which each entity is shown; left out are those of expired parties only.

    `lay_out_expired` must have been called; the connection holds entity_members, parties, sources.
    """
    rows = engine.run(connection, _SHOWN, [sorted(set(entity_ids))]).fetchall()
    return dict(rows)
