"""A supply chain with its members and links, and the guns that links lead to."""

from __future__ import annotations

from typing import Any

import duckdb

from ironriver import engine
from ironriver.estimators.lasting_ids import member_of
from ironriver.tables import FIREARMS
from ironriver.web.answers.pages import by_id, gate, gated, missing, told
from ironriver.web.bench import Bench, Who

_STANDS = """
SELECT network_id FROM network_members WHERE network_id = $id
UNION ALL
SELECT network_id FROM network_members JOIN firearm_members ON firearm_id = member_id
WHERE record_id = $member
LIMIT 1
"""
_MEMBERS = """
SELECT * FROM network_members WHERE network_id = ? AND probability >= ?
ORDER BY probability DESC, member_id LIMIT ?
"""
_LINKS = """
WITH mine AS (SELECT unnest(?::VARCHAR[]) AS id)
SELECT * FROM links WHERE left_id IN (FROM mine) AND right_id IN (FROM mine)
ORDER BY log_odds DESC, link_id LIMIT ?
"""
_STEP = """
WITH front AS (SELECT unnest(?::VARCHAR[]) AS id)
SELECT * FROM links WHERE left_id IN (FROM front) OR right_id IN (FROM front)
ORDER BY log_odds DESC, link_id LIMIT ?
"""


def network(bench: Bench, who: Who, *, identifier: str, limit: int, least: float) -> dict[str, Any]:
    """Give a chain, its members from a probability up, the surest first, and the links of these."""
    access, withheld = bench.access(who), dict[str, int]()
    limit = min(limit, bench.most_rows)
    tables = ("networks", "network_members", "firearm_members", "links", "sources")
    with bench.connection(tables) as connection:
        name = _stands(connection, identifier)
        access.enter("view", name)
        found = by_id(connection, "networks", "network_id", [name])
        row = gated(bench, connection, "networks", found, access, withheld)
        if not row:
            access.refuse(name, withheld, {"asked": "view"})
        found = engine.query(connection, _MEMBERS, [name, least, limit])
        members = gated(bench, connection, "network_members", found, access, withheld)
        guns = [each["member_id"] for each in members if each["member_kind"] == "firearm"]
        found = engine.query(connection, _LINKS, [guns, limit])
        links = gated(bench, connection, "links", found, access, withheld)
    whole = row[0]["firearms"] + row[0]["entities"]
    return {
        "network": row[0],
        "members": members,
        "links": links,
        "more": len(members) < whole or len(links) >= limit,
        "withheld": told(withheld, who.lang),
    }


def _stands(connection: duckdb.DuckDBPyConnection, identifier: str) -> str:
    """Give the id of today for a chain's id of this or an earlier run."""
    values = {"id": identifier, "member": member_of(identifier)}
    found = connection.execute(_STANDS, values).fetchall()
    if not found or not identifier.startswith("network-"):
        raise missing(identifier)
    return str(found[0][0])


def neighbours(
    bench: Bench, who: Who, *, identifier: str, depth: int, limit: int
) -> dict[str, Any]:
    """Give the guns that links lead to from one gun, in at most `depth` steps, and these links.

    Each step goes only along links that may be seen, the strongest first; `more` says that some
    were left out.
    """
    access, withheld = bench.access(who), dict[str, int]()
    limit, more = min(limit, bench.most_rows), False
    links: dict[str, dict[str, Any]] = {}
    steps, front = {identifier: 0}, [identifier]
    with bench.connection(("firearms", "links", "sources")) as connection:
        start = by_id(connection, "firearms", "firearm_id", [identifier])
        if not start.num_rows:
            raise missing(identifier)
        access.enter("view", identifier, {"depth": depth, "limit": limit})
        # Who may not have the gun may not have what it leads to.
        gate(bench, connection, FIREARMS, start, access)
        for step in range(1, depth + 1):
            room = limit - len(links)
            if not front or room <= 0:
                break
            found = engine.query(connection, _STEP, [front, limit])
            more |= found.num_rows >= limit
            kept = gated(bench, connection, "links", found, access, withheld)
            links |= {each["link_id"]: each for each in kept[:limit] if len(links) < limit}
            front = _new(kept, steps, step)
        found = by_id(connection, "firearms", "firearm_id", list(steps)[:limit])
        guns = gated(bench, connection, "firearms", found, access, withheld)
    seen = {gun["firearm_id"] for gun in guns}
    return {
        "firearms": [gun | {"steps": steps[gun["firearm_id"]]} for gun in guns],
        "links": [
            each
            for each in list(links.values())[:limit]
            if each["left_id"] in seen and each["right_id"] in seen
        ],
        "more": more or len(steps) > limit,
        "withheld": told(withheld, who.lang),
    }


def _new(kept: list[dict[str, Any]], steps: dict[str, int], step: int) -> list[str]:
    """Give the guns reached for the first time, and keep in how many steps."""
    ends = dict.fromkeys(each[side] for each in kept for side in ("left_id", "right_id"))
    new = [end for end in ends if end not in steps]
    steps |= dict.fromkeys(new, step)
    return new
