"""What was learned of how rows about one gun differ, as a table that a person can read.

Each row is one part of the model: a rate, a confusion of two characters, a share of one gun among
the pairs of a cell, a kind of gun and how it is written. Read back, it is the same model to the
twelfth digit, as long as the rows it was learned from are the same; of rows that came since, what
is not learned yet is as it was believed before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pyarrow as pa

from ironriver.firearms.channel import Channel, Rates, Reals
from ironriver.firearms.circumstances import LEVELS, Cells, Level
from ironriver.firearms.gun_records import FIELDS, GunRecords, Integers
from ironriver.firearms.kinds import Kinds, first_kinds
from ironriver.firearms.readings import FARTHEST
from ironriver.firearms.weighing import Model
from ironriver.tables import LEARNED

STAGE = "resolve"
_NEGLIGIBLE = 1e-6

Part = tuple[str, str, float | None, Any]
"""Which part, its name, its value, and what more belongs to it."""


def to_table(model: Model, records: GunRecords, counts: Integers, handling: str) -> pa.Table:
    """Give a model as rows of the table `learned`; `counts` are the pairs of each cell."""
    parts = [
        *_channel_parts(model.channel),
        ("foreign", "another number altogether", model.foreign, None),
        *_lot_parts(model),
        *_legibility_parts(model, records),
        *_prior_parts(model, records, counts),
        *_kind_parts(model.kinds, records),
    ]
    rows = [
        {
            "stage": STAGE,
            "part": part,
            "name": name,
            "value": value,
            "detail": json.dumps(detail, sort_keys=True),
            "record_ids": "[]",
            "reasons": json.dumps([{"field": part, "level": "learned", "rows": len(records)}]),
            "handling": handling,
        }
        for part, name, value, detail in parts
    ]
    return pa.Table.from_pylist(rows, schema=LEARNED.schema)


def from_table(table: pa.Table, records: GunRecords, begun: Model) -> Model:
    """Read a model back; what the table does not hold stays as it was `begun`."""
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for row in table.to_pylist():
        if row["stage"] == STAGE:
            parts.setdefault(row["part"], []).append(row)
    if "rates" not in parts:
        return begun
    details = {
        part: [(row["name"], row["value"], json.loads(row["detail"])) for row in rows]
        for part, rows in parts.items()
    }
    rates = Rates(**{name: value for name, value, _ in details["rates"]})
    confusion = np.array([chances for _, _, chances in details["confusion"]])
    return replace(
        begun,
        channel=Channel(rates, confusion),
        foreign=details["foreign"][0][1],
        lots=_lots(details.get("lots", [])),
        legible=_legible(details.get("legibility", []), records, begun),
        prior=_prior(details.get("cells", []), records, begun),
        kinds=_kinds(details.get("kinds", []), records),
    )


def _channel_parts(channel: Channel) -> Iterator[Part]:
    for name, value in asdict(channel.rates).items():
        yield "rates", name, value, None
    for mark, chances in zip(channel.alphabet, channel.confusion.tolist(), strict=True):
        yield "confusion", mark, chances[channel.alphabet.index(mark)], chances


def _lot_parts(model: Model) -> Iterator[Part]:
    for level, shares in zip(Level, model.lots.tolist(), strict=True):
        yield "lots", level.name.lower(), sum(shares), shares


def _lots(parts: list[tuple[str, float, Any]]) -> Reals:
    found = np.zeros((LEVELS, FARTHEST + 1))
    for name, _, shares in parts:
        found[Level[name.upper()]] = shares
    return found


def _legibility_parts(model: Model, records: GunRecords) -> Iterator[Part]:
    for one, first in enumerate(records.statuses):
        for other, second in enumerate(records.statuses):
            yield "legibility", f"{first} | {second}", float(model.legible[one, other]), None


def _legible(parts: list[tuple[str, float, Any]], records: GunRecords, begun: Model) -> Reals:
    found = begun.legible.copy()
    place = {status: number for number, status in enumerate(records.statuses)}
    for name, value, _ in parts:
        first, _, second = name.partition(" | ")
        if first in place and second in place:
            found[place[first], place[second]] = value
    return found


def _prior_parts(model: Model, records: GunRecords, counts: Integers) -> Iterator[Part]:
    cells = Cells(len(records.roles))
    for cell in np.flatnonzero(counts):
        role_1, role_2, one_file, level, apart = cells.parts(int(cell))
        named = [records.roles[role_1], records.roles[role_2], Level(level).name.lower()]
        named += ["one file"] * one_file + ["cases apart"] * apart
        yield "cells", " | ".join(named), float(model.prior[cell]), int(counts[cell])


def _prior(parts: list[tuple[str, float, Any]], records: GunRecords, begun: Model) -> Reals:
    cells, found = Cells(len(records.roles)), begun.prior.copy()
    place = {role: number for number, role in enumerate(records.roles)}
    for name, value, _ in parts:
        first, second, level, *more = name.split(" | ")
        if first in place and second in place:
            # Roles are in order of their names, so the first still comes first.
            at = cells.first(place[first], place[second], int("one file" in more))
            found[at + 2 * Level[level.upper()] + ("cases apart" in more)] = value
    return found


def _kind_parts(kinds: Kinds, records: GunRecords) -> Iterator[Part]:
    for place, share in enumerate(kinds.shares.tolist()):
        taught = {
            name: {
                records.values[field][value]: kinds.taught[field][place, value]
                for value in np.flatnonzero(kinds.taught[field][place] > _NEGLIGIBLE)
            }
            for field, name in enumerate(FIELDS)
        }
        yield "kinds", kinds.names[place], share, taught


def _kinds(parts: list[tuple[str, float, Any]], records: GunRecords) -> Kinds:
    begun = first_kinds(records)
    place = {name: number for number, name in enumerate(begun.names)}
    known = [{text: at for at, text in enumerate(values)} for values in records.values]
    taught = [np.zeros_like(table) for table in begun.begun]
    shares = begun.shares.copy()
    for name, share, seen in parts:
        if name not in place:
            continue
        shares[place[name]] = share
        for field, field_name in enumerate(FIELDS):
            for text, count in seen[field_name].items():
                if text in known[field]:
                    taught[field][place[name], known[field][text]] = count
    return begun.with_taught(shares / shares.sum(), tuple(taught))
