"""What a lead would be without each of the records that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from ironriver import engine
from ironriver.networks.dealers import DealerRates
from ironriver.networks.lead_facts import Everyone, read_everyone
from ironriver.networks.lead_weights import packaged
from ironriver.networks.leads import weigh

_HERE = "memory.main"
"""Where the tables stand of which views of the same name leave a record out."""
_KEYED = ("records", "trace_results", "parties", "firearm_members", "inspections")


@dataclass(frozen=True, slots=True)
class Without:
    """A record, and the lead's log-odds without it; None where it would be no lead at all."""

    record_id: str
    log_odds: float | None


def without_each(
    connection: duckdb.DuckDBPyConnection, candidate: str, kind: str, records: Sequence[str]
) -> list[Without]:
    """Weigh a candidate anew without each record in turn.

    The connection holds the tables of `networks.LEAD_READS`, and keeps them. A trace goes with the
    recovery or the answer it rests on; supply chains stay as they are. Dealers are judged anew
    where the candidate is one.
    """
    desk = connection.cursor()
    try:
        dealers = None if kind == "licensee" else read_everyone(desk).dealers
        return [_without(desk, candidate, kind, each, dealers) for each in records]
    finally:
        desk.close()


def _without(
    desk: duckdb.DuckDBPyConnection,
    candidate: str,
    kind: str,
    record: str,
    dealers: DealerRates | None,
) -> Without:
    # Views of this cursor alone stand before the tables of the same name.
    desk.execute("SET VARIABLE left_out = ?", [record])
    for name in _KEYED:
        engine.run(
            desk,
            f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM {_HERE}.{name} "  # noqa: S608
            "WHERE record_id <> getvariable('left_out')",
        )
    engine.run(desk, _TRACES)
    return Without(record, _log_odds(read_everyone(desk, dealers), candidate, kind))


_TRACES = f"""
CREATE OR REPLACE TEMP VIEW traces AS SELECT * FROM {_HERE}.traces
WHERE NOT list_contains(from_json(record_ids, '["VARCHAR"]'), getvariable('left_out'))
  AND recovery_record_id <> getvariable('left_out')
"""  # noqa: S608


def _log_odds(everyone: Everyone, candidate: str, kind: str) -> float | None:
    mine = next(each for each in everyone.candidates if each.kind == kind)
    if candidate not in mine.ids:
        return None
    weighed = weigh(mine, packaged()[kind])
    found = np.flatnonzero(weighed.place == mine.ids.index(candidate))
    return float(weighed.log_odds[found[0]]) if len(found) else None
