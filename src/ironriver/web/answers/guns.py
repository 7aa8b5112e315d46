"""One firearm: its records, what else they may be, and its traces."""

from __future__ import annotations

from typing import Any

from ironriver.reports.explain_gun import explain_gun
from ironriver.reports.export import EXPIRY_READS
from ironriver.tables import FIREARM_MEMBERS, FIREARMS, MATCHES, Table
from ironriver.web.answers.pages import by_id, gated, is_json, missing, opened, told
from ironriver.web.bench import Bench, Who


def firearm(bench: Bench, who: Who, *, identifier: str) -> dict[str, Any]:
    """Give a firearm by its id of this or an earlier run, all of it through the gate."""
    access, withheld = bench.access(who), dict[str, int]()
    found = explain_gun(bench.workspace, identifier, access)
    if found is None:
        raise missing(identifier)
    gun = found.firearm["firearm_id"]
    ids = [member["record_id"] for member in found.members]
    tables = {"records", "traces", "readiness"} | EXPIRY_READS
    with bench.connection(tables) as connection:
        parts = {
            name: gated(
                bench, connection, name, by_id(connection, name, key, keys), access, withheld
            )
            for name, key, keys in (
                ("records", "record_id", ids),
                ("trace_results", "record_id", ids),
                ("traces", "firearm_id", [gun]),
                ("readiness", "record_id", ids),
            )
        }
    return {
        "asked": identifier,
        "firearm": _opened([found.firearm], FIREARMS)[0],
        "members": _opened(found.members, FIREARM_MEMBERS),
        "rivals": _opened(found.rivals, MATCHES),
        **parts,
        "lines": list(found.lines(who.lang)),
        "withheld": told(withheld, who.lang),
    }


def _opened(rows: list[dict[str, Any]], contract: Table) -> list[dict[str, Any]]:
    """Give rows for JSON, as `plain` does of Arrow tables."""
    return [
        {
            name: opened(value) if is_json(contract, name)
            else value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in row.items()
        }
        for row in rows
    ]  # fmt: skip
