"""Guns that are held, in several rows each, and questions about them: made up, with everything."""

from __future__ import annotations

import datetime as dt
import json
import random

import numpy as np
import pyarrow as pa
from gun_lists import made, misread

from ironriver.engines import BatchEngine
from ironriver.firearms.asked import EDITS, ENDS, Asked
from ironriver.firearms.circumstances import EDGES
from ironriver.firearms.density import Density
from ironriver.firearms.fitting import first_model
from ironriver.firearms.gun_records import FIELDS, NO_DAY, GunRecords, coded
from ironriver.firearms.holdings import Holdings
from ironriver.firearms.identify import Registry
from ironriver.firearms.readings import Readings
from ironriver.firearms.search.index import SerialIndex
from ironriver.firearms.timing import Timing

DESCRIPTIONS = (
    ("Glock", None, "17", "9x19mm", "pistol"),
    ("Glock", None, "19", "9x19mm", "pistol"),
    ("Colt", None, "M4", "5.56x45mm", "rifle"),
    ("Romarm", "Century Arms", "WASR-10", "7.62x39mm", "rifle"),
    ("Barrett", None, "M82", ".50 BMG", "rifle"),
)
ROLES = ("list recovery", "requests trace_request", "sales purchase")
FIRST_DAY = dt.date(2015, 1, 1)


def described(dice: random.Random, kind: int) -> list[str | None]:
    """Describe a kind of gun, now and then with gaps or with something of another kind."""
    said = list(DESCRIPTIONS[kind])
    for place in range(len(FIELDS)):
        if dice.random() < 0.2:
            said[place] = None
        elif dice.random() < 0.05:
            said[place] = dice.choice(DESCRIPTIONS)[place]
    return said


def copied(dice: random.Random, serial: str) -> str:
    """Copy a serial with errors, with an end cut off, or with a word that stood before it."""
    text = misread(dice, serial) if dice.random() < 0.5 else serial
    if dice.random() < 0.15:
        missing = dice.randrange(1, 4)
        text = text[missing:] if dice.random() < 0.5 else text[:-missing]
    return "MOD12" + text if dice.random() < 0.1 else text


def held_guns(rows: int, questions: int, seed: int) -> tuple[Holdings, list[Asked]]:
    """Make one to three rows of each gun, and questions of which some name everything they can."""
    dice = random.Random(seed)
    serials = made(rows // 2, 0, seed).records["serial"].to_pylist()
    kinds = [dice.randrange(len(DESCRIPTIONS)) for _ in serials]
    gun = np.array([*range(len(serials)), *(dice.randrange(len(serials)) for _ in serials)])
    lines = [described(dice, kinds[place]) for place in gun]
    written = [*serials, *(copied(dice, serials[place]) for place in gun[len(serials) :])]
    records = _records(dice, written, lines)
    readings = Readings.of(records.serial)
    model = first_model(records)
    make = records.descriptions[records.description, 0]
    holdings = Holdings(
        records,
        tuple(f"gun-{place}" for place in range(len(serials))),
        Registry(readings.packed, gun[readings.row], float(len(serials))),
        readings.row,
        readings.texts,
        SerialIndex.of(readings.texts),
        Density.learn(readings.packed, make[readings.row]),
        model,
        Timing(np.random.default_rng(seed).normal(size=(len(ROLES), len(EDGES) + 2)), 0),
    )
    return holdings, [_question(dice, serials, kinds) for _ in range(questions)]


def _question(dice: random.Random, serials: list[str], kinds: list[int]) -> Asked:
    place = dice.randrange(len(serials))
    said = described(dice, kinds[place]) if dice.random() < 0.7 else [None] * len(FIELDS)
    day = FIRST_DAY + dt.timedelta(dice.randrange(4000)) if dice.random() < 0.5 else None
    return Asked(copied(dice, serials[place]), *_in_order(said), day)


def _in_order(said: list[str | None]) -> list[str | None]:
    """Put values, in the order of FIELDS, as `Asked` takes them."""
    return [said[FIELDS.index(name)] for name in ("make", "importer", "model", "calibre", "type")]


def _records(dice: random.Random, serials: list[str], lines: list[list[str | None]]) -> GunRecords:
    size = len(serials)
    fields = [coded(pa.chunked_array([[line[at] for line in lines]], pa.string())) for at in
              range(len(FIELDS))]  # fmt: skip
    said = np.stack([codes for codes, _ in fields], axis=1)
    descriptions, description = np.unique(said, axis=0, return_inverse=True)
    first = (FIRST_DAY - dt.date(1970, 1, 1)).days
    days = [NO_DAY if dice.random() < 0.2 else first + dice.randrange(4000) for _ in serials]
    nothing = np.full(size, -1, dtype=np.int64)
    return GunRecords(
        pa.array([f"r{place:06d}" for place in range(size)]),
        np.zeros(size, dtype=np.int64),
        np.array([dice.randrange(len(ROLES)) for _ in serials], dtype=np.int64),
        ROLES,
        np.array(days, dtype=np.int64),
        nothing,
        nothing,
        nothing,
        nothing,
        description.reshape(-1).astype(np.int64),
        descriptions.astype(np.int64),
        tuple(values for _, values in fields),
        pa.array(serials, pa.string()),
        np.zeros(size, dtype=np.int64),
        ("read",),
        pa.array([FIRST_DAY] * size, pa.date32()),
        pa.array(["SYNTHETIC"] * size),
    )


def near_on(engine: BatchEngine) -> set[tuple[int, int]]:
    """Give the pairs of question and reading that an engine found when it last answered."""
    near = engine.rows(
        """SELECT DISTINCT asked.query_id, filed.entry FROM near_keys
        JOIN asked ON asked.key = near_keys.asked JOIN filed ON filed.key = near_keys.filed"""
    )
    return set(zip(near["query_id"].to_pylist(), near["entry"].to_pylist(), strict=True))


def near_by_index(holdings: Holdings, questions: list[Asked]) -> set[tuple[int, int]]:
    """Give those that the compiled index finds."""
    serials = [one.serial for one in questions]
    near = holdings.index.search(serials, EDITS, ends=ENDS, refuse=False)
    return set(zip(near.query.tolist(), near.entry.tolist(), strict=True))


def differences(left: pa.Table, right: pa.Table) -> tuple[float, int]:
    """Compare two tables of ANSWERS that must hold the same rows: largest gap, and how many rows.

    Reasons are told to the fourth place, so that a last digit may fall either way.
    """
    assert left.column_names == right.column_names
    gap = 0.0
    for one, other in zip(left.to_pylist(), right.to_pylist(), strict=True):
        for name in ("question", "rank", "firearm_id", "record_id", "record_ids", "handling"):
            assert one[name] == other[name]
        for name in ("probability", "log_odds", "none"):
            gap = max(gap, abs(one[name] - other[name]))
        told = [
            {(reason["field"], reason["level"]): reason["log_odds"] for reason in found}
            for found in (json.loads(one["reasons"]), json.loads(other["reasons"]))
        ]
        assert told[0].keys() == told[1].keys()
        assert all(abs(told[0][key] - told[1][key]) < 2e-4 for key in told[0])
    return gap, left.num_rows
