"""The findings as a graph: what stands in it, and what ties one to the other.

Nodes are firearms, records (each an event), entities and networks. Every edge is a row of a table
with its probability, its records and its reasons. An edge whose end may not leave is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from ironriver.reports.exchange_formats.gathering import Findings

TABLES = (
    "sources",
    "firearms",
    "firearm_members",
    "records",
    "entities",
    "entity_members",
    "networks",
    "network_members",
    "links",
    "traces",
)
"""The tables that a graph is made of."""

NUMBERS = frozenset({"latitude", "longitude", "probability", "log_odds", "firearms"})
"""Attributes that are numbers; all others are texts."""


@dataclass(frozen=True, slots=True)
class Node:
    """A firearm, record, entity or network; dates are ISO, places are codes of the reference."""

    id: str
    label: str
    kind: str
    """firearm, record, network, person, licensee, company or agency"""
    type: str | None = None
    make: str | None = None
    model: str | None = None
    calibre: str | None = None
    serial: str | None = None
    date: str | None = None
    last_date: str | None = None
    country: str | None = None
    admin1: str | None = None
    admin2: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    crossing: str | None = None
    case_number: str | None = None
    licence_key: str | None = None
    source_id: str | None = None
    firearms: int | None = None
    probability: float | None = None
    record_ids: str | None = None
    reasons: str | None = None
    handling: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie from one node to another, for the reasons that its row gives.

    ``kind``: about (record to firearm), named_in (entity to record), member_of (to a network),
    link (firearm to firearm; ``role`` says which sign, no direction is meant), last_sale_by and
    last_sale_to (firearm to licensee, to first purchaser).
    """

    id: str
    source: str
    target: str
    kind: str
    role: str | None = None
    date: str | None = None
    probability: float | None = None
    log_odds: float | None = None
    record_ids: str | None = None
    reasons: str | None = None
    handling: str | None = None


NODE_FIELDS = tuple(each.name for each in fields(Node))
EDGE_FIELDS = tuple(each.name for each in fields(Edge))


def values(one: Node | Edge) -> dict[str, Any]:
    """Give the attributes of a node or edge by name, in order."""
    return asdict(one)


def nodes(findings: Findings) -> Iterator[Node]:
    """Give the nodes: firearms, records, entities, networks, each by its id."""
    yield from map(_firearm, findings.rows("firearms"))
    for row in findings.rows("records"):
        yield _record(row, findings.handling(row["source_id"]))
    for row in findings.rows("entities"):
        yield _entity(row, findings.names.get(row["entity_id"]))
    yield from map(_network, findings.rows("networks"))


def edges(findings: Findings) -> Iterator[Edge]:
    """Give the edges between nodes that are there."""
    known = (
        findings.ids("firearms", "firearm_id")
        | findings.ids("records", "record_id")
        | findings.ids("entities", "entity_id")
        | findings.ids("networks", "network_id")
    )
    for edge in _all_edges(findings):
        if edge.source in known and edge.target in known:
            yield edge


def _all_edges(findings: Findings) -> Iterator[Edge]:
    for row in findings.rows("firearm_members"):
        yield _edge(row, "about", row["record_id"], row["firearm_id"])
    for row in findings.rows("entity_members"):
        record, _, role = row["party_id"].partition("/")
        yield _edge(row, "named_in", row["entity_id"], record, role)
    for row in findings.rows("network_members"):
        yield _edge(row, "member_of", row["member_id"], row["network_id"], row["role"])
    for row in findings.rows("links"):
        yield _edge(row, "link", row["left_id"], row["right_id"], row["kind"])
    together = _together(findings)
    for row in findings.rows("traces"):
        yield from _sale(row, together)


def _together(findings: Findings) -> dict[str, set[str]]:
    """Give the networks of each member."""
    networks: dict[str, set[str]] = {}
    for row in findings.rows("network_members"):
        networks.setdefault(row["member_id"], set()).add(row["network_id"])
    return networks


def _sale(trace: dict[str, Any], networks: dict[str, set[str]]) -> Iterator[Edge]:
    """Give the last known retail sale of a trace; a first purchaser is not a suspect.

    Of a purchaser only where one network holds both: no graph lists a person's other guns.
    """
    if trace["firearm_id"] is None:
        return
    ends = {"last_sale_by": "licensee_entity_id", "last_sale_to": "purchaser_entity_id"}
    for kind, column in ends.items():
        apart = networks.get(trace["firearm_id"], set()).isdisjoint(networks.get(trace[column], ()))
        if trace[column] is not None and not (kind == "last_sale_to" and apart):
            chance = trace["purchaser_probability"] if kind == "last_sale_to" else None
            # Two traces of one gun are two findings: the trace tells their edges apart.
            row = trace | {"log_odds": None, "probability": chance or trace["probability"]}
            edge = _edge(row, kind, trace["firearm_id"], trace[column], date=trace["sale_date"])
            yield Edge(**values(edge) | {"id": f"{edge.id}|{trace['trace_id']}"})


def _edge(
    row: dict[str, Any],
    kind: str,
    source: str,
    target: str,
    role: str | None = None,
    date: Any = None,  # noqa: ANN401
) -> Edge:
    return Edge(
        "|".join(filter(None, (kind, role, source, target))),
        source,
        target,
        kind,
        role,
        _day(date),
        row.get("probability"),
        row["log_odds"],
        row["record_ids"],
        row["reasons"],
        row["handling"],
    )


def _firearm(row: dict[str, Any]) -> Node:
    said = (row["make"], row["model"], row["calibre"], row["serial"])
    return Node(
        row["firearm_id"],
        " ".join(text for text in said if text) or row["firearm_id"],
        "firearm",
        **_taken(row, "type", "make", "model", "calibre", "serial"),
        date=_day(row["first_date"]),
        last_date=_day(row["last_date"]),
        **_taken(row, "probability", "record_ids", "reasons", "handling"),
    )


_PLACE = ("country", "admin1", "admin2", "latitude", "longitude", "crossing", "case_number")


def _record(row: dict[str, Any], handling: str | None) -> Node:
    day = _day(row["event_date"])
    gun = _taken(row, "make", "model", "calibre", "serial", *_PLACE, "source_id")
    return Node(
        row["record_id"],
        " ".join(text for text in (row["kind"], day) if text),
        "record",
        type=row["kind"],
        date=day,
        **gun,
        record_ids=f'["{row["record_id"]}"]',
        handling=handling,
    )


def _entity(row: dict[str, Any], name: str | None) -> Node:
    told = _taken(row, "licence_key", "record_ids", "reasons", "handling")
    return Node(row["entity_id"], name or row["entity_id"], row["kind"], **told)


def _network(row: dict[str, Any]) -> Node:
    return Node(
        row["network_id"],
        row["network_id"],
        "network",
        date=_day(row["first_date"]),
        last_date=_day(row["last_date"]),
        **_taken(row, "firearms", "probability", "record_ids", "reasons", "handling"),
    )


def _taken(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _day(value: Any) -> str | None:  # noqa: ANN401
    return value.isoformat() if value else None
