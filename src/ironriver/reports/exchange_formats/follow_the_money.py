"""FollowTheMoney: one entity of its public schema a line, as OpenAleph and others read them.

Source of the schema: the package followthemoney 4, folder schema. A firearm is an Asset, a record
an Event, a network a Project; persons in it are its participants, which accuses nobody. What a row
says of two ends is an UnknownLink, because every closer schema (Ownership, Possession) would claim
more than the row does. An id is the SHA-1 of ours, so the same thing keeps its id in every file;
ours stands beside as recordId, projectId or weakAlias.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.graph import Edge, Node, edges, nodes
from ironriver.reports.exchange_formats.json_text import line

SCHEMATA = {
    "firearm": "Asset",
    "record": "Event",
    "network": "Project",
    "person": "Person",
    "licensee": "Organization",
    "company": "Company",
    "agency": "PublicBody",
}
_LEGAL = frozenset({"person", "licensee", "company", "agency"})


def write(findings: Findings) -> Iterator[bytes]:
    """Write nodes, then edges."""
    kinds = {}
    for node in nodes(findings):
        kinds[node.id] = node.kind
        yield f"{line(_thing(node))}\n".encode()
    for edge in edges(findings):
        yield f"{line(_tie(edge, kinds))}\n".encode()


def _id(ours: str) -> str:
    return hashlib.sha1(f"ironriver:{ours}".encode(), usedforsecurity=False).hexdigest()


def _entity(ours: str, schema: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401
    told = {
        name: [str(one) for one in value] if isinstance(value, list) else [str(value)]
        for name, value in properties.items()
        if value not in (None, [])
    }
    return {"id": _id(ours), "schema": schema, "properties": told}


def _thing(node: Node) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "firearm": {"weakAlias": node.id},
        "record": {
            "recordId": node.id,
            "date": node.date,
            "location": node.admin2 or node.admin1,
            "country": node.country.lower() if node.country else None,
        },
        "network": {"projectId": node.id, "startDate": node.date, "endDate": node.last_date},
    }
    own = kinds.get(node.kind, {"weakAlias": node.id, "registrationNumber": node.licence_key})
    chance = None if node.probability is None else f"probability {node.probability:.6f}"
    said = [text for text in (node.type, node.crossing and f"crossing: {node.crossing}") if text]
    return _entity(
        node.id,
        SCHEMATA[node.kind],
        name=node.label,
        summary=[*said, *([chance] if chance else [])],
        notes=node.reasons,
        keywords=node.handling,
        **own,
    )


def _tie(edge: Edge, kinds: dict[str, str]) -> dict[str, Any]:
    ends = {"subject": _id(edge.source), "object": _id(edge.target)}
    schema = "UnknownLink"
    if edge.kind == "member_of" and kinds[edge.source] in _LEGAL:
        schema, ends = (
            "ProjectParticipant",
            {
                "participant": _id(edge.source),
                "project": _id(edge.target),
            },
        )
    weights = {"probability": edge.probability, "log-odds": edge.log_odds}
    return _entity(
        edge.id,
        schema,
        **ends,
        role=" ".join(filter(None, (edge.kind, edge.role))),
        date=edge.date,
        summary=[f"{name} {value:.6f}" for name, value in weights.items() if value is not None],
        description=edge.reasons,
        recordId=_records(edge.record_ids),
        status=edge.handling,
    )


def _records(record_ids: str | None) -> list[str]:
    return list(json.loads(record_ids or "[]"))
