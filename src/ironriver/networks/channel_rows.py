"""The stage `channels`: by which channel every found gun left lawful hands, and why."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.networks.channel_marks import MARKS, FoundGuns, read_marks
from ironriver.networks.channels import (
    CHANNELS,
    ChainGuns,
    ChannelModel,
    ChannelPosteriors,
    channel_model,
    channel_posteriors,
    told,
)
from ironriver.tables import GUN_CHANNELS, Handling

_SLIGHT = 0.05
"""Marks that move the log-odds less than this are not told."""

_MEMBERS = """
SELECT network_id, member_id, probability FROM network_members
WHERE member_kind = 'firearm' ORDER BY network_id, member_id
"""

_HANDLING = """
SELECT firearm_id, list(DISTINCT handling) AS handlings FROM firearm_members GROUP BY firearm_id
"""


def gun_channels(
    connection: duckdb.DuckDBPyConnection, day: dt.date | None = None
) -> Mapping[str, pa.Table]:
    """Compute `gun_channels`; a day changes nothing, since tables hold what was known by then."""
    del day
    guns, (names, chains) = read_marks(connection), read_chains(connection)
    model = channel_model()
    said = channel_posteriors(guns, chains, model)
    kept = dict(engine.run(connection, _HANDLING).fetchall())
    rows = [
        {
            "firearm_id": gun,
            "network_id": names[said.chain_of[place]] if said.chain_of[place] >= 0 else None,
            "channel": list(CHANNELS)[int(said.guns[place].argmax())],
            "probability": float(said.guns[place].max()),
            "channels": json.dumps(told(said.guns[place])),
            "record_ids": str(records),
            "reasons": json.dumps(_why(guns, said, place, model)),
            "handling": _strictest(kept.get(gun, ())),
        }
        for place, (gun, records) in enumerate(
            zip(guns.ids.to_pylist(), guns.record_ids.to_pylist(), strict=True)
        )
    ]
    return {"gun_channels": pa.Table.from_pylist(rows, schema=GUN_CHANNELS.schema)}


def read_chains(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], ChainGuns]:
    """Read the supply chains' ids and their guns from `network_members`."""
    rows = engine.run(connection, _MEMBERS).fetchall()
    names = sorted({str(row[0]) for row in rows})
    place = {name: number for number, name in enumerate(names)}
    return names, ChainGuns(
        len(names),
        np.array([place[str(row[0])] for row in rows], dtype=np.int64),
        [str(row[1]) for row in rows],
        np.array([row[2] for row in rows], dtype=np.float64),
    )


def _why(
    guns: FoundGuns, said: ChannelPosteriors, place: int, model: ChannelModel
) -> list[dict[str, object]]:
    """Tell what each mark adds to the log-odds of the likeliest channel against the rest.

    The rest are weighed by their own probabilities. What speaks against stands first.
    """
    chances = said.guns[place]
    best = int(chances.argmax())
    rest = np.where(np.arange(len(chances)) == best, 0.0, chances)
    rest = rest / max(float(rest.sum()), 1e-12)
    marks = guns.marks[place]
    gains = marks * (model.weights[:, best] - model.weights @ rest)
    reasons: list[dict[str, object]] = [
        {"field": name, "level": "mark", "log_odds": round(float(gains[number]), 4)}
        for number, name in enumerate(MARKS)
        if abs(gains[number]) >= _SLIGHT
    ]
    if said.chain_of[place] >= 0:
        steps = np.log(np.maximum(chances, 1e-12)) - np.log(np.maximum(said.alone[place], 1e-12))
        reasons.append({"field": "network", "level": "what the other guns of its network say",
                        "log_odds": round(float(steps[best] - steps @ rest), 4)})  # fmt: skip
    reasons.sort(key=lambda each: float(str(each["log_odds"])))
    return reasons


_STRICTNESS = list(Handling)


def _strictest(handlings: object) -> str:
    found = [Handling(each) for each in handlings] if isinstance(handlings, list) else []
    return max(found, key=_STRICTNESS.index, default=_STRICTNESS[-1]).value
