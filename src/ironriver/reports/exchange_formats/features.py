"""The findings as features of a map: recoveries, counties of sale, routes, chains of custody.

A line runs from the place of sale to the place of recovery. It goes through a port of entry only
where a record of the guns names that crossing; otherwise it is straight, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.places import Point, area, point, port

TABLES = ("sources", "records", "firearm_members", "traces", "routes")
_NOT_RECORDED = "not recorded"
_ENDS = 2


@dataclass(frozen=True, slots=True)
class Feature:
    """A point (one position) or a line (several), with what is known of it.

    ``kind``: recovery, crossing_seizure, source_county, route or chain.
    """

    id: str
    kind: str
    label: str
    positions: tuple[Point, ...]
    properties: Mapping[str, Any]
    date: str | None = None


def features(findings: Findings, counties: Mapping[str, int | None]) -> Iterator[Feature]:
    """Give the features that have a known place; `unplaced` counts the others."""
    yield from (one for one in _all(findings, counties) if one.positions)


def unplaced(findings: Findings, counties: Mapping[str, int | None]) -> int:
    """Count the features that are left out because a place of theirs is not known."""
    return sum(not one.positions for one in _all(findings, counties))


_SHOWN = frozenset({"recovery", "crossing_seizure"})


def _all(findings: Findings, counties: Mapping[str, int | None]) -> Iterator[Feature]:
    firearm = {row["record_id"]: row["firearm_id"] for row in findings.rows("firearm_members")}
    for row in findings.rows("records"):
        if row["kind"] in _SHOWN:
            handling = findings.handling(row["source_id"])
            yield _event(row, firearm.get(row["record_id"]), handling)
    for source, count in counties.items():
        yield _county(source, count)
    yield from map(_route, findings.rows("routes"))
    for row in findings.rows("traces"):
        yield from _chain(row)


def _event(row: dict[str, Any], firearm: str | None, handling: str | None) -> Feature:
    at, place_from = _found_at(row)
    day = row["event_date"].isoformat() if row["event_date"] else None
    told = ("make", "model", "calibre", "serial", "admin1", "admin2", "crossing", "case_number")
    properties = {
        "firearm_id": firearm,
        "date": day,
        "date_precision": row["date_precision"],
        "place_from": place_from,
        **{name: row[name] for name in told},
        "record_ids": [row["record_id"]],
        "handling": handling,
    }
    return Feature(
        row["record_id"], row["kind"], " ".join(filter(None, (row["kind"], day))),
        (at,) if at else (), properties, day,
    )  # fmt: skip


def _found_at(row: dict[str, Any]) -> tuple[Point | None, str]:
    """Give the point of a record, and what it is the point of."""
    if row["latitude"] is not None and row["longitude"] is not None:
        return point(row["longitude"], row["latitude"]), "record"
    if row["kind"] == "crossing_seizure" and (stopped := port(row["crossing"])):
        return stopped, "port of entry"
    return area(row["admin2"], row["admin1"]), "middle of the area"


def _county(source: str, count: int | None) -> Feature:
    at = area(source, source[:5])
    properties = {"area": source, "firearms": count, "withheld": count is None}
    return Feature(f"source-{source}", "source_county", source, (at,) if at else (), properties)


_RATES = (
    "source_admin1", "source_admin2", "crossing", "recovery_admin1", "recovery_admin2", "period",
    "firearms", "expected", "ratio", "low", "high", "flagged", "handling",
)  # fmt: skip


def _route(row: dict[str, Any]) -> Feature:
    sold = area(row["source_admin2"], row["source_admin1"])
    found = area(row["recovery_admin2"], row["recovery_admin1"])
    crossed = port(row["crossing"])
    positions = tuple(at for at in (sold, crossed, found) if at)
    # Half a flow is none: it needs a beginning and an end.
    if sold is None or len(positions) < _ENDS:
        positions = ()
    properties = {name: row[name] for name in _RATES} | {
        "way": row["crossing"] if crossed else _NOT_RECORDED,
        "record_ids": json.loads(row["record_ids"]),
        "reasons": json.loads(row["reasons"]),
    }
    label = f"{row['source_admin2'] or row['source_admin1']} - " + (
        row["recovery_admin2"] or row["recovery_admin1"] or row["crossing"]
    )
    return Feature(row["route_id"], "route", label, positions, properties)


def _chain(row: dict[str, Any]) -> Iterator[Feature]:
    """Give the dated hops of a chain that have a place, in their order, if they are a line."""
    hops = [hop for hop in json.loads(row["chain"] or "[]") if isinstance(hop, dict)]
    placed = [(at, hop) for hop in hops if (at := _hop_point(hop))]
    placed.sort(key=lambda one: one[1].get("date") or "")
    turns = [placed[0], *(b for a, b in pairwise(placed) if a[0] != b[0])] if placed else []
    if len(turns) < _ENDS:
        return
    properties = {
        "firearm_id": row["firearm_id"],
        "outcome": row["outcome"],
        "probability": row["probability"],
        "hops": [
            {name: hop.get(name) for name in ("hop", "date", "place", "probability", "record_ids")}
            for hop in hops
        ],
        "gaps": json.loads(row["gaps"] or "[]"),
        "record_ids": json.loads(row["record_ids"]),
        "reasons": _reasons(row["reasons"]),
        "handling": row["handling"],
    }
    positions = tuple(at for at, _ in turns)
    yield Feature(f"chain-{row['trace_id']}", "chain", row["trace_id"], positions, properties)


def _hop_point(hop: dict[str, Any]) -> Point | None:
    place = hop.get("place")
    return (area(place, place[:5]) or port(place)) if place else None


def _reasons(text: str | None) -> object:
    try:
        return json.loads(text or "[]")
    except ValueError:  # masked by the gate
        return [text]
