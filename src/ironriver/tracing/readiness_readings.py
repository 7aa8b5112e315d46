"""What is asked of the tracing center, gun by gun: each recovery beside the gun's other records."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from ironriver import engine
from ironriver.firearms.search.keys import plain
from ironriver.tables import Kind

REQUESTS = "trace_requests"
"""The layout of requests that were sent."""
_READ = frozenset({"read", "partial"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One record about a gun, as far as a request can be checked by it."""

    record_id: str
    kind: str
    layout: str
    authority: str | None
    probability: float
    """That the record is about this gun."""
    serial: str
    """Plain; empty where none was read."""
    make: str | None
    importer: str | None
    model: str | None
    calibre: str | None
    type: str | None
    case_number: str | None
    handling: str

    @property
    def listed(self) -> bool:
        """Whether it stands in a list of recoveries: offices copy each other's lists."""
        return self.kind == Kind.RECOVERY and self.layout != REQUESTS

    @property
    def said(self) -> dict[str, str | None]:
        """Give what it says of the gun beside the serial."""
        return {
            "make": self.make,
            "importer": self.importer,
            "model": self.model,
            "calibre": self.calibre,
            "type": self.type,
        }


@dataclass(frozen=True, slots=True)
class Asked(Reading):
    """A recovery, or a request that was sent for one."""

    firearm_id: str | None
    quantity: int | None
    status: str | None
    origin_country: str | None
    written: Mapping[str, str | None]
    """Make, model, calibre, type, importer, origin_country and serial as received."""
    repairs: tuple[dict[str, object], ...]
    """Suggestions of intake: field, from, to, rule, probability."""
    known_from: dt.date | None
    reference: str | None
    outcome: str | None
    """How the tracing center answered this very request; nothing else is judged by it."""
    others: tuple[Reading, ...] = field(default=(), compare=False)

    @property
    def is_request(self) -> bool:
        """Whether it is a request, and not yet only a recovery."""
        return self.layout == REQUESTS


# The answers copy what the request says, so they are no reading of the gun.
_SAID = """
       records.record_id, kind, layout, authority,
       {probability} AS probability, serial, serial_status,
       make, importer, model, calibre, type, case_number, sources.handling
FROM records JOIN sources USING (source_id)
"""
_OF_GUNS = f"""
SELECT firearm_id, {_SAID.format(probability="firearm_members.probability")}
JOIN firearm_members USING (record_id)
WHERE firearm_id IN (SELECT firearm_id FROM firearm_members JOIN records USING (record_id)
                     WHERE kind = 'recovery')
ORDER BY firearm_id, records.record_id
"""  # noqa: S608  constants only
_ALL = f"""
SELECT {_SAID.format(probability="1.0")}
WHERE coalesce(quantity, 1) = 1 ORDER BY records.record_id
"""
_BATCH = 10_000
# A request's number stands behind a T in the answer to it.
_ASKED = """
WITH answered AS (
  SELECT regexp_replace(request, '^T', '') AS reference,
         arg_max(outcome, (completed_date, record_id)) AS outcome
  FROM trace_results GROUP BY ALL
)
SELECT records.record_id, kind, layout, authority,
       coalesce(firearm_members.probability, 1.0) AS probability, serial, make, importer, model,
       calibre, type, case_number, sources.handling, firearm_id, quantity,
       serial_status AS status, origin_country, repairs, records.known_from,
       {'make': make_raw, 'model': model_raw, 'calibre': calibre_raw, 'type': type_raw,
        'importer': importer_raw, 'origin_country': origin_country_raw,
        'serial': serial_raw} AS written,
       records.reference, CASE WHEN layout = ? THEN outcome END AS outcome
FROM records JOIN sources USING (source_id)
LEFT JOIN firearm_members USING (record_id)
LEFT JOIN answered ON answered.reference = records.reference
WHERE kind = 'recovery' ORDER BY records.record_id
"""


def read_asked(connection: duckdb.DuckDBPyConnection) -> list[Asked]:
    """Give every recovery and request in order of record id, with the gun's other records."""
    guns: dict[str, list[Reading]] = {}
    for firearm, *row in engine.run(connection, _OF_GUNS).fetchall():
        guns.setdefault(firearm, []).append(_reading(row))
    rows = engine.run(connection, _ASKED, [REQUESTS])
    names = [each[0] for each in rows.description]
    return [_asked(dict(zip(names, row, strict=True)), guns) for row in rows.fetchall()]


def read_all(connection: duckdb.DuckDBPyConnection) -> Iterator[Reading]:
    """Give every record about a single gun, to learn what makers and their serials look like."""
    rows = engine.run(connection, _ALL)
    while batch := rows.fetchmany(_BATCH):
        yield from map(_reading, batch)


def _reading(row: Sequence[Any]) -> Reading:
    record, kind, layout, authority, probability, serial, status, *rest = row
    read = _plain(serial) if status in _READ else ""
    return Reading(record, kind, layout, authority, probability, read, *rest)


def _asked(row: dict[str, object], guns: dict[str, list[Reading]]) -> Asked:
    repairs = row["repairs"]
    serial = _plain(row["serial"]) if row["status"] in _READ else ""
    gun = guns.get(str(row["firearm_id"]), [])
    return Asked(
        **row | {  # type: ignore[arg-type]
            "serial": serial,
            "repairs": tuple(json.loads(repairs)) if isinstance(repairs, str) else (),
            "others": tuple(each for each in gun if each.record_id != row["record_id"]),
        }
    )  # fmt: skip


def _plain(serial: object) -> str:
    return plain(str(serial)) if serial else ""
