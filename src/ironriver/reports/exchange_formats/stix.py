"""A STIX 2.1 bundle, with extensions that define objects for firearms and their records.

Source of the names: OASIS STIX 2.1, sections 3 (common properties), 4.4 (grouping), 4.5
(identity), 5.1 (relationship) and 7.3 (extension definition, type new-sdo). Ids are UUIDs of
version 5 over our own ids, and dates are those of the newest source, so that the same findings
give the same bytes. Probabilities stand as ``confidence`` (0-100, STIX table 8's own scale is not
used); the records that an object rests on as external references; reasons in ``description``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.graph import Edge, Node, edges, nodes
from ironriver.reports.exchange_formats.json_text import members

_SPACE: UUID = uuid5(NAMESPACE_URL, "urn:ironriver:stix")
_RECORD = "ironriver-record"

TYPES = {"firearm": "firearm", "record": "firearm-record", "network": "grouping"}
"""Types of objects by kind of node; all others are identities."""

EXTENSIONS = {
    "firearm": (
        "An object of type firearm is one physical gun. Own properties, all optional strings: "
        "name, make, model, calibre, firearm_type, serial_number; first_date and last_date "
        "(ISO 8601 dates of its earliest and latest record); reasons (JSON: why its records are "
        "judged to be about one gun, field by field)."
    ),
    "firearm-record": (
        "An object of type firearm-record is one row of a received file that says that something "
        "happened to a gun. Own properties: event (required string: recovery, purchase, "
        "multiple_sale, shipment, theft, loss, crossing_seizure, ballistic_hit, exhibit), date "
        "(ISO 8601 date), country, admin1, admin2, crossing, case_number, source_sha256 "
        "(strings), latitude and longitude (degrees)."
    ),
}
"""Each extension's normative definition, which the bundle carries with it."""


def identifier(kind: str, ours: str) -> str:
    """Give the STIX id of something, always the same for the same id of ours.

    >>> identifier("firearm", "gun-1") == identifier("firearm", "gun-1")
    True
    """
    return f"{kind}--{uuid5(_SPACE, f'{kind}:{ours}')}"


_MAKER = identifier("identity", "Iron River")


def write(findings: Findings) -> Iterator[bytes]:
    """Write the bundle, an object a line."""
    digests = " ".join(each.digest for each in findings.releases)
    yield f'{{"type": "bundle", "id": "{identifier("bundle", digests)}", "objects": [\n'.encode()
    yield from members(_objects(findings))
    yield b"\n]}\n"


def _objects(findings: Findings) -> Iterator[dict[str, Any]]:
    stamp = dt.datetime.combine(findings.newest, dt.time()).isoformat(timespec="milliseconds")
    dated = {"spec_version": "2.1", "created": f"{stamp}Z", "modified": f"{stamp}Z"}
    yield _common("identity", _MAKER, dated) | {"name": "Iron River", "identity_class": "system"}
    for kind, definition in EXTENSIONS.items():
        yield _common("extension-definition", _extension(kind), dated) | {
            "name": kind,
            "description": definition,
            "schema": definition,
            "version": "1.0.0",
            "extension_types": ["new-sdo"],
        }
    marks = {one.handling for one in nodes(findings)} | {one.handling for one in edges(findings)}
    yield from (_marking(mark, dated) for mark in sorted(filter(None, marks)))
    kinds, held = _kinds(findings), _members(findings)
    for node in nodes(findings):
        yield _object(node, dated, held)
    for edge in edges(findings):
        yield _relationship(edge, dated, kinds)


def _kinds(findings: Findings) -> dict[str, str]:
    return {node.id: TYPES.get(node.kind, "identity") for node in nodes(findings)}


def _members(findings: Findings) -> Mapping[str, list[str]]:
    """Give the STIX ids of what belongs to each network, as far as it leaves."""
    kinds = _kinds(findings)
    held: dict[str, list[str]] = {}
    for edge in edges(findings):
        if edge.kind == "member_of":
            member = identifier(kinds[edge.source], edge.source)
            held.setdefault(edge.target, []).append(member)
    return held


def _common(kind: str, own: str, dated: Mapping[str, str]) -> dict[str, Any]:
    maker = {} if own == _MAKER else {"created_by_ref": _MAKER}
    return {"type": kind, "id": own, **dated, **maker}


def _extension(kind: str) -> str:
    return identifier("extension-definition", kind)


def _marking(word: str, dated: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": identifier("marking-definition", word),
        "created": dated["created"],
        "definition_type": "statement",
        "definition": {"statement": f"handling {word}"},
    }


def _object(node: Node, dated: Mapping[str, str], held: Mapping[str, list[str]]) -> dict[str, Any]:
    kind = TYPES.get(node.kind, "identity")
    own = _OWN.get(node.kind, _identity)(node)
    if node.kind == "network":
        # A grouping must name something: one whose members may not leave names who made it.
        own["object_refs"] = held.get(node.id) or [_MAKER]
    if kind in EXTENSIONS:
        own["extensions"] = {_extension(kind): {"extension_type": "new-sdo"}}
    else:
        own["description"] = node.reasons
    references = [{"source_name": "ironriver", "external_id": node.id}, *_records(node.record_ids)]
    return (
        _common(kind, identifier(kind, node.id), dated)
        | own
        | _weighed(node.probability, node.handling)
        | {"external_references": references}
    )


def _firearm(node: Node) -> dict[str, Any]:
    return {
        "name": node.label,
        "make": node.make,
        "model": node.model,
        "calibre": node.calibre,
        "firearm_type": node.type,
        "serial_number": node.serial,
        "first_date": node.date,
        "last_date": node.last_date,
        "reasons": node.reasons,
    }


def _record(node: Node) -> dict[str, Any]:
    place = ("date", "country", "admin1", "admin2", "latitude", "longitude", "crossing")
    told = {name: getattr(node, name) for name in (*place, "case_number")}
    return {"event": node.type, **told, "source_sha256": node.source_id}


def _identity(node: Node) -> dict[str, Any]:
    sort = "individual" if node.kind == "person" else "organization"
    return {"name": node.label, "identity_class": sort, "roles": [node.kind]}


def _grouping(node: Node) -> dict[str, Any]:
    return {"name": node.label, "context": "unspecified"}


_OWN = {"firearm": _firearm, "record": _record, "network": _grouping}


def _relationship(edge: Edge, dated: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, Any]:
    start = {"start_time": f"{edge.date}T00:00:00.000Z"} if edge.date else {}
    return (
        _common("relationship", identifier("relationship", edge.id), dated)
        | {
            "relationship_type": edge.kind.replace("_", "-"),
            "source_ref": identifier(kinds[edge.source], edge.source),
            "target_ref": identifier(kinds[edge.target], edge.target),
            "description": " ".join(filter(None, (edge.role, edge.reasons))) or None,
        }
        | start
        | _weighed(edge.probability, edge.handling)
        | {"external_references": _records(edge.record_ids) or None}
    )


def _weighed(probability: float | None, handling: str | None) -> dict[str, Any]:
    marks = [identifier("marking-definition", handling)] if handling else None
    confidence = None if probability is None else round(100 * probability)
    return {"confidence": confidence, "object_marking_refs": marks}


def _records(record_ids: str | None) -> list[dict[str, str]]:
    listed: Iterable[str] = json.loads(record_ids or "[]")
    return [{"source_name": _RECORD, "external_id": one} for one in listed]
