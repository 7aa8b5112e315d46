"""What the newest files changed in each chain: the same division without them, held beside."""

from __future__ import annotations

import datetime as dt
import json

import duckdb
import numpy as np

from ironriver import engine
from ironriver.networks import weights
from ironriver.networks.belonging import Rules
from ironriver.networks.building import divided, of_two_or_more, weighed, with_judged
from ironriver.networks.chains import Chains
from ironriver.networks.compared import Compared
from ironriver.networks.evidence import read_evidence
from ironriver.networks.evidence_queries import FACTS

_NEWEST = "SELECT max(known_from) FROM net_facts"
_SHOWN = 50
"""How many guns and records of a change are named; the rest is counted."""


def changed(
    desk: duckdb.DuckDBPyConnection, chains: Chains, learned: weights.Weights, rules: Rules
) -> list[str]:
    """Say for each chain which guns joined or left by the rows of the newest day, as JSON.

    Compared is with the chain before that day that held most of its guns, under the guns and
    persons as they are judged now. `desk` is a connection of its own: the temporary tables of
    `read_evidence` are made in it.
    """
    engine.run(desk, FACTS, [None, None])
    newest = engine.run(desk, _NEWEST).fetchone()
    day = newest[0] if newest else None
    if not isinstance(day, dt.date) or not len(chains):
        return [json.dumps({"since": None, "joined": [], "left": []}) for _ in range(len(chains))]
    records = engine.run(
        desk,
        "SELECT firearm_id, record_id FROM net_facts WHERE known_from = ? ORDER BY 1, 2",
        [day],
    ).fetchall()
    new: dict[str, list[str]] = {}
    for gun, record in records:
        new.setdefault(gun, []).append(record)
    before = read_evidence(desk, day)
    edges = with_judged(weighed(Compared.of(before), learned), before.judged)
    label = of_two_or_more(divided(len(before.guns), edges, before.judged, rules))
    earlier = dict(zip(before.guns.ids.to_pylist(), label.tolist(), strict=True))
    return _told(chains, earlier, new, day)


def _told(
    chains: Chains, earlier: dict[str, int], new: dict[str, list[str]], day: dt.date
) -> list[str]:
    stood: dict[int, list[str]] = {}
    for gun, label in earlier.items():
        if label >= 0:
            stood.setdefault(label, []).append(gun)
    out, names = [], chains.evidence.guns.ids.to_pylist()
    for own in chains:
        mine = [names[gun] for gun in own.tolist()]
        labels = [earlier.get(gun, -1) for gun in mine]
        known = np.array([label for label in labels if label >= 0])
        most = int(np.bincount(known).argmax()) if len(known) else -1
        joined = [
            gun for gun, label in zip(mine, labels, strict=True) if label < 0 or label != most
        ]
        left = sorted(set(stood.get(most, ())) - set(mine))
        by = sorted({record for gun in mine for record in new.get(gun, ())})
        told = {"since": day.isoformat(), "joined": joined[:_SHOWN], "joined_count": len(joined),
                "left": left[:_SHOWN], "left_count": len(left), "record_ids": by[:_SHOWN],
                "record_count": len(by)}  # fmt: skip
        out.append(json.dumps(told))
    return out
