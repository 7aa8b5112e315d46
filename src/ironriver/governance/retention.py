"""Purchasers named only in multiple-sale reports expire after two years, unless traced.

A report is traced if its gun turned up: the same serial, compared without marks and with the
letter O as a zero, in a trace result or in the record of a recovery, crossing seizure, exhibit or
ballistic hit, of the same make where both name one. Each row of a report stands for itself. The
clock starts with the earlier of sale and receipt, since a sale cannot follow its report; without
either date the name has expired, because nothing shows that it may still be kept.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ironriver.tables import PARTIES, Handling, Kind, Nexus

EXPIRED = "(expired)"

_YEARS = 2
_TURNED_UP = (Kind.RECOVERY, Kind.CROSSING_SEIZURE, Kind.EXHIBIT, Kind.BALLISTIC_HIT)
# The dealer's side of a report is a licensee, whose list is public.
_DEALER_ROLES = frozenset({"licensee", "seller", "trade_name", "officer"})
_IDS = frozenset({"party_id", "record_id", "role", "source_id", "row_number"})

TIES = {"entity_members": ("party_id",), "matches": ("left_id", "right_id")}
"""Tables that say who somebody was taken for, and where in them a party stands."""

SUBJECTS = {
    "network_members": ("member_kind", "member_id", "reasons"),
    "leads": ("candidate_kind", "candidate_id", "lead_id", "reasons", "reasons_for"),
}
"""Tables that speak of somebody by an id: what kind of one it is, and what leads to it."""

RowKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Expired:
    """Parties whose fields are masked, and the records and source rows that name them."""

    parties: frozenset[str] = field(default_factory=frozenset)
    rows: frozenset[RowKey] = field(default_factory=frozenset)
    records: frozenset[str] = field(default_factory=frozenset)


def expired_purchasers(
    records: pa.Table,
    parties: pa.Table,
    trace_results: pa.Table,
    *,
    on: dt.date,
    quarantine: pa.Table | None = None,
    sources: pa.Table | None = None,
) -> Expired:
    """Give the purchasers whose names may no longer be shown on the day `on`.

    Tables are those of `ironriver.tables`. With `quarantine` and `sources`, rows of multiple-sale
    sources that never became records expire too, counted from the day the source was received.
    """
    turned_up = _makes_by_serial(records, trace_results)
    due = {
        row["record_id"]: (row["source_id"], row["row_number"])
        for row in _rows(records, [Kind.MULTIPLE_SALE])
        if _is_over(_start(row), on) and not _is_traced(row, turned_up)
    }
    rows = set(due.values())
    if quarantine is not None and sources is not None:
        rows |= _quarantined(quarantine, sources, on)
    chosen = parties.filter(pc.is_in(parties["record_id"], pa.array(list(due), pa.string())))
    named = zip(chosen["party_id"].to_pylist(), chosen["role"].to_pylist(), strict=True)
    return Expired(
        frozenset(party for party, role in named if role not in _DEALER_ROLES),
        frozenset(rows),
        frozenset(due),
    )


def mask_expired(rows: pa.Table, expired: Expired) -> pa.Table:
    """Mask what is expired in rows of a table that holds names, or leads to one."""
    derived = _mask_derived(rows, expired)
    if derived is not None:
        return derived
    if "party_id" in rows.column_names:
        hit = pc.is_in(rows["party_id"], pa.array(list(expired.parties), pa.string()))
        return _overwrite(rows, [n for n in PARTIES.names if n not in _IDS], hit)
    if "why" in rows.column_names:
        hit = [_rests_on(expired, ids) for ids in rows["record_ids"].to_pylist()]
        return _overwrite(rows, ["why"], pa.array(hit, pa.bool_()))
    if not {"source_id", "row_number"} <= set(rows.column_names):
        return rows
    keys = zip(rows["source_id"].to_pylist(), rows["row_number"].to_pylist(), strict=True)
    found = [key in expired.rows for key in keys] if expired.rows else [False] * rows.num_rows
    if not any(found):
        return rows
    rows = _overwrite(rows, ["notes", "reason"], pa.array(found, pa.bool_()))
    if "raw" not in rows.column_names:
        return rows
    cells = zip(rows["raw"].to_pylist(), found, strict=True)
    masked = pa.array([_mask_raw(raw) if hit else raw for raw, hit in cells], pa.string())
    return rows.set_column(rows.column_names.index("raw"), "raw", masked)


def _mask_derived(rows: pa.Table, expired: Expired) -> pa.Table | None:
    """Mask rows that speak of somebody by an id; None where these are no such rows."""
    names = set(rows.column_names)
    for ends in TIES.values():
        if {*ends, "log_odds"} <= names:
            return _untie(rows, ends, expired)
    for kind, *told in SUBJECTS.values():
        if {kind, *told} <= names:
            return _forget(rows, kind, told, expired)
    if {"chain", "purchaser_entity_id"} <= names:
        return _unname(rows, expired)
    return None


def _untie(rows: pa.Table, ends: Iterable[str], expired: Expired) -> pa.Table:
    """Mask whom an expired party was taken for; a synthetic world names nobody."""
    gone = pa.array(list(expired.parties), pa.string())
    real = pc.not_equal(rows["handling"], str(Handling.SYNTHETIC))
    hit = [pc.and_(pc.is_in(rows[end], gone), real) for end in ends]
    told = [name for name in ("entity_id", "left_id", "right_id") if name in rows.column_names]
    return _overwrite(rows, [*told, "reasons"], reduce(pc.or_, hit))


def _forget(rows: pa.Table, kind: str, told: Iterable[str], expired: Expired) -> pa.Table:
    """Mask people who stand there for expired records alone; a synthetic world names nobody."""
    gone = [
        row["handling"] != Handling.SYNTHETIC
        and row[kind] in ("person", "company")
        and _rests_on_nothing_else(expired, row["record_ids"])
        for row in rows.select([kind, "record_ids", "handling"]).to_pylist()
    ]
    return _overwrite(rows, told, pa.array(gone, pa.bool_()))


def _rests_on_nothing_else(expired: Expired, record_ids: str | None) -> bool:
    """Tell whether all of these records have expired; what cannot be read may have."""
    try:
        return bool(expired.records) and expired.records.issuperset(json.loads(record_ids or "[]"))
    except (ValueError, TypeError):
        return True


def _unname(rows: pa.Table, expired: Expired) -> pa.Table:
    """Mask the purchasers of traces whom no other record than an expired one names.

    The licensee stays: the list of licensees is public. A synthetic world names nobody.
    """
    names = ["chain", "purchaser_entity_id", "handling"]
    told = [
        (row["chain"], row["purchaser_entity_id"] is not None)
        if row["handling"] == Handling.SYNTHETIC
        else _unname_chain(row["chain"], row["purchaser_entity_id"], expired)
        for row in rows.select(names).to_pylist()
    ]
    chains = pa.array([chain for chain, _ in told], pa.string())
    rows = rows.set_column(rows.column_names.index("chain"), "chain", chains)
    gone = pa.array([not kept for _, kept in told], pa.bool_())
    return _overwrite(rows, ["purchaser_entity_id", "purchaser_probability"], gone)


def _unname_chain(
    chain: str | None, purchaser: str | None, expired: Expired
) -> tuple[str | None, bool]:
    """Give the chain without expired purchasers, and whether the trace's own may be told."""
    if not expired.records:
        return chain, True
    try:
        hops = json.loads(chain or "[]")
        sound = {
            hop.get("purchaser")
            for hop in hops
            if not expired.records.issuperset(hop["record_ids"])
        }
        for hop in hops:
            if hop.get("purchaser") and hop["purchaser"] not in sound:
                hop["purchaser"] = EXPIRED
    except (ValueError, TypeError, KeyError, AttributeError):
        return EXPIRED, False
    return json.dumps(hops, ensure_ascii=False) if hops else chain, purchaser in sound


def _overwrite(rows: pa.Table, names: Iterable[str], hit: pa.Array) -> pa.Table:
    """Write `EXPIRED` over texts, and nothing over dates, where `hit`; empty fields stay empty."""
    for name in names:
        if name in rows.column_names:
            column = rows[name]
            text = pa.types.is_string(column.type)
            cover = pa.scalar(EXPIRED if text else None, column.type)
            covered = pc.if_else(pc.and_(hit, pc.is_valid(column)), cover, column)
            rows = rows.set_column(rows.column_names.index(name), name, covered)
    return rows


def _rests_on(expired: Expired, record_ids: str | None) -> bool:
    """Tell whether an expired record is among these; what cannot be read may hold one."""
    try:
        return not expired.records.isdisjoint(json.loads(record_ids or "[]"))
    except (ValueError, TypeError):
        return True


def _mask_raw(raw: str | None) -> str:
    """Cover every cell of a row as received, the empty ones too, and keep how many there are."""
    try:
        cells = json.loads(raw or "[]")
    except ValueError:
        cells = None
    return json.dumps([EXPIRED] * (len(cells) if isinstance(cells, list) else 1))


def _makes_by_serial(records: pa.Table, trace_results: pa.Table) -> dict[str, set[str | None]]:
    makes: dict[str, set[str | None]] = {}
    traced = trace_results.select(["serial", "make"]).to_pylist()
    for row in [*_rows(records, _TURNED_UP), *traced]:
        if serial := _fold(row["serial"]):
            makes.setdefault(serial, set()).add(row["make"])
    return makes


def _is_traced(row: dict[str, Any], turned_up: dict[str, set[str | None]]) -> bool:
    makes = turned_up.get(_fold(row["serial"]), set())
    return bool(makes) and (row["make"] is None or None in makes or row["make"] in makes)


def _rows(records: pa.Table, kinds: Iterable[Kind]) -> Iterator[dict[str, Any]]:
    wanted = pa.array([str(kind) for kind in kinds])
    names = ["record_id", "source_id", "row_number", "event_date", "known_from", "serial", "make"]
    chosen = records.filter(pc.is_in(records["kind"], wanted)).select(names)
    for batch in chosen.to_batches(max_chunksize=65_536):
        yield from batch.to_pylist()


def _quarantined(quarantine: pa.Table, sources: pa.Table, on: dt.date) -> set[RowKey]:
    received = sources.select(["source_id", "nexus", "known_from"]).to_pylist()
    over = [
        row["source_id"]
        for row in received
        if row["nexus"] == Nexus.MULTIPLE_SALE_REPORT and _is_over(row["known_from"], on)
    ]
    chosen = quarantine.filter(pc.is_in(quarantine["source_id"], pa.array(over, pa.string())))
    return set(zip(chosen["source_id"].to_pylist(), chosen["row_number"].to_pylist(), strict=True))


def _start(row: dict[str, Any]) -> dt.date | None:
    return min((day for day in (row["event_date"], row["known_from"]) if day), default=None)


def _is_over(start: dt.date | None, on: dt.date) -> bool:
    """Tell whether the same day two years later has come (1 March for 29 February)."""
    if start is None:
        return True
    return (on.year - _YEARS, on.month, on.day) >= (start.year, start.month, start.day)


def _fold(serial: str | None) -> str:
    return re.sub(r"[^0-9A-Z]", "", (serial or "").upper()).replace("O", "0")
