"""The rows of an exchange file, each table through the release gate before anything is written."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from ironriver import engine
from ironriver.governance import release
from ironriver.governance.release import Access, Release, WithheldError, rows_digest
from ironriver.governance.retention import Expired
from ironriver.reports.exchange_formats.scope import choose, rows_query
from ironriver.reports.exchange_formats.veil import Veil, lay_veil
from ironriver.reports.export import EXPIRY_READS, expired_today, handling_by_source
from ironriver.tables import PARTIES, Handling, table
from ironriver.workspace import Workspace

_BATCH = 4_096
# A source alone says nothing of a finding: with nothing else the whole is refused.
_BESIDE = frozenset({"sources"})


@dataclass(frozen=True, slots=True)
class Findings:
    """What may leave: rows by table, in a fixed order, and what was withheld of each.

    ``names`` holds names of entities where they were asked for and may be given.
    """

    tables: Mapping[str, pa.Table]
    releases: tuple[Release, ...]
    handling_by_source: Mapping[str, str]
    network: str | None = None
    as_of: dt.date | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Give the rows of a table, a batch at a time; none of a table that was not asked for."""
        if name not in self.tables:
            return
        for batch in self.tables[name].to_batches(max_chunksize=_BATCH):
            yield from batch.to_pylist()

    def ids(self, name: str, column: str) -> set[str]:
        """Give the ids that stand in a column of a table."""
        return set(self.tables[name][column].to_pylist()) if name in self.tables else set()

    def handling(self, source_id: str | None) -> str | None:
        """Give how rows of a source must be handled; null where that is not known."""
        return self.handling_by_source.get(source_id or "")

    @property
    def newest(self) -> dt.date:
        """The day on which the newest source was known: the date of files that must bear one."""
        days = self.tables["sources"]["known_from"].to_pylist() if "sources" in self.tables else []
        return max((day for day in days if day), default=dt.date(1970, 1, 1))


def gather(
    workspace: Workspace,
    names: Iterable[str],
    form: str,
    access: Access,
    *,
    network: str | None = None,
    as_of: dt.date | None = None,
    with_names: bool = False,
) -> Findings:
    """Give what may leave of the tables `names`; the journal says so first, table by table.

    Tables of which nothing may leave are empty. Raises WithheldError where that holds of all.
    """
    asked = ["sources", *(name for name in names if name != "sources")]
    reads = {*asked, *EXPIRY_READS, "firearms", "firearm_members", "entities", "entity_members"}
    with engine.connect(workspace, {*reads, "networks", "network_members"}, as_of) as connection:
        choose(connection, network)
        expired = expired_today(connection)
        veil = lay_veil(connection, expired)
        sources = handling_by_source(connection)
        access.enter("export", form, {"network": network, "names": with_names})
        releases = [
            _release(_chosen(connection, name, network, veil), name, sources, access, expired)
            for name in asked
        ]
        _refuse_if_empty(releases)
        told: dict[str, str] = {}
        tables = {each.name: each.table for each in releases}
        if with_names:
            told, given = _names(connection, veil, sources, access, expired)
            releases.append(given)
        handling = {source: str(each) for source, each in sources.items()}
        return Findings(tables, tuple(releases), handling, network, as_of, told)


def _chosen(
    connection: duckdb.DuckDBPyConnection, name: str, network: str | None, veil: Veil
) -> pa.Table:
    rows = engine.query(connection, rows_query(name, table(name).names, network))
    return veil.over(name, rows)


def _release(
    rows: pa.Table,
    name: str,
    sources: Mapping[str, Handling],
    access: Access,
    expired: Expired,
) -> Release:
    contract = table(name)
    known = expired if release.needs_expired(contract) else None
    try:
        return release.release_rows(rows, contract, sources, access, expired=known)
    except WithheldError as refused:
        empty = rows.slice(0, 0)
        return Release(name, empty, refused.withheld, rows_digest(empty), 0)


def _refuse_if_empty(releases: Iterable[Release]) -> None:
    found = [each for each in releases if each.name not in _BESIDE]
    withheld: Counter[str] = Counter()
    for each in found:
        withheld.update(each.withheld)
    if withheld and not any(each.table.num_rows for each in found):
        raise WithheldError(found[0].name, withheld)


_NAMED = """
SELECT parties.*, entity_id FROM parties
JOIN entity_members USING (party_id) JOIN chosen_entities USING (entity_id)
WHERE name IS NOT NULL AND party_id NOT IN (SELECT party_id FROM expired_parties)
ORDER BY party_id
"""


def _names(
    connection: duckdb.DuckDBPyConnection,
    veil: Veil,
    sources: Mapping[str, Handling],
    access: Access,
    expired: Expired,
) -> tuple[dict[str, str], Release]:
    """Give the commonest name of each entity among those that may be given, and what left."""
    rows = engine.query(connection, _NAMED)
    owners = dict(zip(rows["party_id"].to_pylist(), rows["entity_id"].to_pylist(), strict=True))
    given = _release(rows.select(PARTIES.names), "parties", sources, access, expired)
    told: dict[str, Counter[str]] = {}
    for row in given.table.select(["party_id", "name"]).to_pylist():
        entity = veil.shown(owners[row["party_id"]])
        if entity:
            told.setdefault(entity, Counter())[row["name"]] += 1
    names = {
        entity: min(counts, key=lambda name: (-counts[name], name))
        for entity, counts in told.items()
    }
    return names, given
