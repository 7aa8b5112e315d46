"""The records about every gun that was recovered, as they are needed to trace it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import duckdb

from ironriver import engine
from ironriver.firearms.search.keys import plain
from ironriver.tables import Kind

ANSWER = "trace_result"
"""The kind of a tracing center's answer, beside those of records."""
SALES = frozenset({Kind.PURCHASE.value, Kind.MULTIPLE_SALE.value})
LOSSES = frozenset({Kind.THEFT.value, Kind.LOSS.value})
_READ = frozenset({"read", "partial"})


@dataclass(frozen=True, slots=True)
class Buyer:
    """A party of a record, and the entity it is judged to be (null where nobody judged)."""

    party_id: str
    entity_id: str | None
    probability: float


@dataclass(frozen=True, slots=True)
class Fact:
    """One record about one gun."""

    firearm_id: str
    record_id: str
    source_id: str
    layout: str
    handling: str
    known_from: dt.date
    probability: float
    """That the record is about this gun."""
    kind: str
    day: dt.date | None
    precision: str
    country: str | None
    admin1: str | None
    admin2: str | None
    crossing: str | None
    make: str | None
    importer: str | None
    model: str | None
    calibre: str | None
    type: str | None
    origin_country: str | None
    serial: str
    """Plain; empty where none was read."""
    serial_status: str | None
    authority: str | None
    notes: str | None
    reference: str | None
    case_number: str | None
    outcome: str | None
    outcome_raw: str | None
    sale_day: dt.date | None
    """Of an answer: the last known retail sale."""
    stated_days: int | None
    completed: dt.date | None
    source_admin1: str | None
    source_admin2: str | None
    licensed: bool
    """Whether the record names a licence number: whose gun it was is a licensee."""
    seller: Buyer | None
    purchaser: Buyer | None

    @property
    def exact(self) -> bool:
        """Whether its date is known to the day."""
        return self.day is not None and self.precision == "day"

    @property
    def in_mexico(self) -> bool:
        """Whether it happened in Mexico."""
        return self.country == "MX"


_SPOKEN = """
SELECT record_id, source_id, known_from, kind, event_date AS day, date_precision AS precision,
       country, admin1, admin2, crossing, make, importer, model, calibre, type, origin_country,
       serial, serial_status, authority, notes, reference, case_number, NULL AS outcome,
       NULL AS outcome_raw, NULL AS sale_day, NULL AS stated_days, NULL AS completed,
       NULL AS source_admin1, NULL AS source_admin2, NULL AS licence
FROM records WHERE coalesce(quantity, 1) = 1
UNION ALL
SELECT record_id, source_id, known_from, 'trace_result', recovery_date, 'day', country, admin1,
       admin2, NULL, make, importer, model, calibre, type, origin_country, serial, serial_status,
       NULL, NULL, regexp_replace(request, '^T', ''), case_number, outcome, outcome_raw,
       purchase_date, time_to_crime_days, completed_date, source_admin1, source_admin2,
       licence_number
FROM trace_results
"""

# Who sold and who bought, as ids; of names nothing is read.
_NAMED = """
SELECT parties.record_id,
       max(parties.licence_number) FILTER (WHERE role IN ('seller', 'licensee')) AS licence,
       min(party) FILTER (WHERE role IN ('seller', 'licensee')) AS seller,
       min(party) FILTER (WHERE role = 'purchaser') AS purchaser
FROM parties JOIN wanted USING (record_id)
LEFT JOIN entity_members USING (party_id),
LATERAL (SELECT {'party': party_id, 'entity': entity_id,
                 'probability': entity_members.probability} AS party)
GROUP BY parties.record_id
"""

_RECOVERED = """
CREATE OR REPLACE TEMP TABLE recovered AS
SELECT DISTINCT firearm_id FROM firearm_members JOIN records USING (record_id)
WHERE kind = 'recovery'
"""
_WANTED = """
CREATE OR REPLACE TEMP TABLE wanted AS
SELECT firearm_id, record_id, probability FROM firearm_members JOIN recovered USING (firearm_id)
"""
_WANTED_TOO = """
INSERT INTO wanted SELECT 'alone-' || record_id, record_id, 1.0 FROM records
WHERE kind = 'recovery' AND coalesce(quantity, 1) = 1
  AND record_id NOT IN (SELECT record_id FROM wanted)
"""

_FACTS = f"""
WITH spoken AS ({_SPOKEN}), named AS ({_NAMED})
SELECT wanted.firearm_id, spoken.*, wanted.probability, layout, handling,
       coalesce(spoken.licence, named.licence) IS NOT NULL AS licensed, seller, purchaser
FROM wanted JOIN spoken USING (record_id) JOIN sources USING (source_id)
LEFT JOIN named USING (record_id)
ORDER BY wanted.firearm_id, record_id
"""  # noqa: S608  constants only


def make_wanted(connection: duckdb.DuckDBPyConnection, only: str | None = None) -> None:
    """List the records of every gun that was recovered, or of the gun of one recovery.

    A recovery that nobody resolved is a gun of its own.
    """
    engine.run(connection, _RECOVERED + (" AND record_id = ?" if only else ""), _bound(only))
    engine.run(connection, _WANTED)
    engine.run(connection, _WANTED_TOO + (" AND record_id = ?" if only else ""), _bound(only))


def _bound(only: str | None) -> list[str]:
    return [only] if only else []


def read_facts(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Fact]]:
    """Give the facts of every wanted gun, by gun in order of id; `make_wanted` comes before."""
    rows = engine.run(connection, _FACTS)
    names = [each[0] for each in rows.description]
    found = (_fact(dict(zip(names, row, strict=True))) for row in _batches(rows))
    return {gun: list(facts) for gun, facts in groupby(found, key=lambda fact: fact.firearm_id)}


def _batches(rows: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    while batch := rows.fetchmany(10_000):
        yield from batch


def _fact(row: dict[str, object]) -> Fact:
    row.pop("licence")
    serial = row.pop("serial")
    readable = row["serial_status"] in _READ
    return Fact(
        **row | {  # type: ignore[arg-type]
            "serial": plain(str(serial)) if serial and readable else "",
            "seller": _buyer(row["seller"]),
            "purchaser": _buyer(row["purchaser"]),
        }
    )  # fmt: skip


def _buyer(party: object) -> Buyer | None:
    if not isinstance(party, dict) or party["party"] is None:
        return None
    return Buyer(party["party"], party["entity"], party["probability"] or 1.0)
