"""W3C PROV-JSON: from which source file, and by which stage, each derived row came.

Source of the names: W3C Member Submission PROV-JSON (24 April 2013) and PROV-DM. Entities are
sources, records and derived rows; activities are readings of sources and runs of stages, each a
line of the workspace's journal; the agent is the program. Who ran it stands in the audit, not here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import ironriver
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.json_text import entries, line
from ironriver.reports.exchange_formats.lineage import Lineage, Run

DERIVED = {
    "firearms": "firearm_id",
    "entities": "entity_id",
    "networks": "network_id",
    "links": "link_id",
    "traces": "trace_id",
    "routes": "route_id",
}
TABLES = ("sources", *DERIVED)
_PREFIX = {"ir": "urn:ironriver:", "prov": "http://www.w3.org/ns/prov#"}
_AGENT = "ir:program"
# A record is named after its source: its first digits, and the row.
_HEAD = 16

Pair = tuple[str, dict[str, Any]]


def write(findings: Findings, made_by: Lineage) -> Iterator[bytes]:
    """Write the document, a statement a line."""
    sections = {
        "entity": _entities(findings),
        "activity": _activities(findings, made_by),
        "agent": iter([(_AGENT, _program())]),
        "wasGeneratedBy": _generated(findings, made_by),
        "used": _used(findings, made_by),
        "wasDerivedFrom": _derived(findings),
        "wasAssociatedWith": _associated(findings, made_by),
    }
    yield f'{{"prefix": {line(_PREFIX)}'.encode()
    for name, statements in sections.items():
        yield f',\n"{name}": {{\n'.encode()
        yield from entries(statements)
        yield b"\n}"
    yield b"}\n"


def _program() -> dict[str, Any]:
    return {
        "prov:type": {"$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"},
        "prov:label": f"Iron River {ironriver.__version__}",
    }


def _named(kind: str, own: str) -> str:
    return f"ir:{kind}.{quote(own, safe='-._')}"


def _entities(findings: Findings) -> Iterator[Pair]:
    for row in findings.rows("sources"):
        yield (
            _named("source", row["source_id"]),
            {
                "prov:type": "source",
                "ir:sha256": row["source_id"],
                "ir:layout": row["layout"],
                "ir:agency": row["agency"],
                "ir:known_from": row["known_from"] and row["known_from"].isoformat(),
                "ir:handling": row["handling"],
            },
        )
    for record in sorted(_records(findings)):
        yield _named("record", record), {"prov:type": "record"}
    for table, row in _rows(findings):
        yield (
            _named(table, row[DERIVED[table]]),
            {
                "prov:type": table,
                "ir:probability": row.get("probability"),
                "ir:handling": row["handling"],
                "ir:reasons": row["reasons"],
            },
        )


def _rows(findings: Findings) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in DERIVED:
        for row in findings.rows(table):
            yield table, row


def _records(findings: Findings) -> set[str]:
    """Give every record that a row rests on."""
    return {record for _, row in _rows(findings) for record in json.loads(row["record_ids"])}


def _by_head(findings: Findings) -> dict[str, str]:
    return {row["source_id"][:_HEAD]: row["source_id"] for row in findings.rows("sources")}


def _run(run: Run, own: str = "") -> str:
    return _named("run", f"{run.sequence}-{run.name}{own}")


def _runs(findings: Findings, made_by: Lineage) -> dict[str, Run]:
    """Give the runs that are spoken of, by name, in the order of the journal."""
    kept = findings.ids("sources", "source_id")
    found = [run for table in DERIVED if table in findings.tables for run in made_by.stages[table]]
    found += [run for source, run in made_by.sources.items() if source in kept]
    return {_run(run): run for run in sorted(found, key=lambda one: one.sequence)}


def _activities(findings: Findings, made_by: Lineage) -> Iterator[Pair]:
    for name, run in _runs(findings, made_by).items():
        yield (
            name,
            {
                "prov:endTime": run.at,
                "prov:type": run.name,
                "ir:journal_line": run.sequence,
                "ir:inputs_sha256": run.inputs,
            },
        )


def _numbered(kind: str, pairs: Iterator[dict[str, Any]]) -> Iterator[Pair]:
    for number, statement in enumerate(pairs, 1):
        yield f"_:{kind}{number}", statement


def _generated(findings: Findings, made_by: Lineage) -> Iterator[Pair]:
    return _numbered("g", _generations(findings, made_by))


def _generations(findings: Findings, made_by: Lineage) -> Iterator[dict[str, Any]]:
    heads = _by_head(findings)
    for record in sorted(_records(findings)):
        source = heads.get(record[:_HEAD])
        if source and source in made_by.sources:
            yield _statement(
                entity=_named("record", record), activity=_run(made_by.sources[source])
            )
    for table, row in _rows(findings):
        for run in made_by.stages[table]:
            yield _statement(entity=_named(table, row[DERIVED[table]]), activity=_run(run))


def _used(findings: Findings, made_by: Lineage) -> Iterator[Pair]:
    return _numbered("u", _uses(findings, made_by))


def _uses(findings: Findings, made_by: Lineage) -> Iterator[dict[str, Any]]:
    """Say which source each reading read, and on which sources the rows of each stage rest."""
    heads = _by_head(findings)
    for source in heads.values():
        if source in made_by.sources:
            reading = _run(made_by.sources[source])
            yield _statement(activity=reading, entity=_named("source", source))
    rests: dict[str, set[str]] = {}
    for table, row in _rows(findings):
        found = {heads.get(record[:_HEAD]) for record in json.loads(row["record_ids"])}
        for run in made_by.stages[table]:
            rests.setdefault(_run(run), set()).update(one for one in found if one)
    for name, sources in sorted(rests.items()):
        for source in sorted(sources):
            yield _statement(activity=name, entity=_named("source", source))


def _derived(findings: Findings) -> Iterator[Pair]:
    return _numbered("d", _derivations(findings))


def _derivations(findings: Findings) -> Iterator[dict[str, Any]]:
    heads = _by_head(findings)
    for record in sorted(_records(findings)):
        if source := heads.get(record[:_HEAD]):
            yield _derivation(_named("record", record), _named("source", source))
    for table, row in _rows(findings):
        own = _named(table, row[DERIVED[table]])
        for record in json.loads(row["record_ids"]):
            yield _derivation(own, _named("record", record))


def _derivation(made: str, of: str) -> dict[str, Any]:
    return _statement(generatedEntity=made, usedEntity=of)


def _associated(findings: Findings, made_by: Lineage) -> Iterator[Pair]:
    names = _runs(findings, made_by)
    return _numbered("a", (_statement(activity=name, agent=_AGENT) for name in names))


def _statement(**ends: str) -> dict[str, Any]:
    return {f"prov:{name}": value for name, value in ends.items()}
