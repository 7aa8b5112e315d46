"""The tables `networks` and `network_members`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from ironriver import engine
from ironriver.networks.belonging import OF_CHAIN, OF_GUN, Rules
from ironriver.networks.building import Built
from ironriver.networks.evidence import Ints, Reals
from ironriver.networks.people import SITUATIONS, Named
from ironriver.networks.people import Rules as Roles
from ironriver.tables import NETWORK_MEMBERS, NETWORKS, Handling

_NOTHING = 5e-5
"""Log-odds that would be written as 0."""
_WORDS = [word.value for word in Handling]


@dataclass(frozen=True, slots=True)
class Beside:
    """What other modules say of each chain, as JSON: channels, customer groups, what changed."""

    channels: Sequence[str]
    groups: Sequence[str]
    changed: Sequence[str]


_OF_GUNS = """
SELECT members.chain, members.gun, list_sort(list(record_id)) AS record_ids, min(day) AS first_date,
       max(day) AS last_date, max(strictness) AS strictness
FROM net_members AS members JOIN net_facts USING (firearm_id) JOIN net_strictness USING (record_id)
GROUP BY members.chain, members.gun ORDER BY members.chain, members.gun
"""
_OF_PEOPLE = """
SELECT number, list_sort(list(DISTINCT parties.record_id)) AS record_ids,
       max(strictness) AS strictness
FROM net_named JOIN entity_members USING (entity_id) JOIN parties USING (party_id)
JOIN net_members AS guns ON guns.chain = net_named.chain
JOIN net_facts AS facts ON facts.firearm_id = guns.firearm_id
  AND facts.record_id = parties.record_id
JOIN net_strictness ON net_strictness.record_id = parties.record_id
GROUP BY number ORDER BY number
"""


def network_rows(
    desk: duckdb.DuckDBPyConnection, built: Built, rules: Rules, named: Named, roles: Roles,
    beside: Beside,
) -> Mapping[str, pa.Table]:  # fmt: skip
    """Give the rows of `networks` and `network_members`; `link_rows` comes before."""
    chains, guns = built.chains, built.chains.evidence.guns
    placed = np.flatnonzero(chains.label >= 0)
    placed = placed[np.lexsort((placed, chains.label[placed]))]
    _hold(desk, "net_members", pa.table({
        "chain": chains.label[placed], "gun": placed, "firearm_id": guns.ids.take(pa.array(placed)),
    }))  # fmt: skip
    _hold(desk, "net_named", pa.table({
        "number": np.arange(len(named)), "chain": named.chain, "entity_id": named.entity,
    }))  # fmt: skip
    of_guns = engine.query(desk, _OF_GUNS).to_pylist()
    of_people = engine.query(desk, _OF_PEOPLE).to_pylist()
    members = _guns(built, rules, placed, of_guns)
    members += _people(built, named, roles, of_people)
    members.sort(key=lambda row: (str(row["network_id"]), str(row["member_id"]), str(row["role"])))
    people = np.bincount(named.chain, minlength=len(chains))
    return {
        "networks": pa.Table.from_pylist(
            _networks(built, rules, of_guns, people, beside), schema=NETWORKS.schema
        ),
        "network_members": pa.Table.from_pylist(members, schema=NETWORK_MEMBERS.schema),
    }


def _hold(desk: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    desk.register("_net_rows", rows)
    engine.run(desk, f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM _net_rows")  # noqa: S608
    desk.unregister("_net_rows")


def _networks(
    built: Built, rules: Rules, of_guns: list[dict[str, object]], people: Ints, beside: Beside
) -> list[dict[str, object]]:
    chains, guns = built.chains, built.chains.evidence.guns
    together: list[list[dict[str, object]]] = [[] for _ in range(len(chains))]
    for row in of_guns:
        together[int(str(row["chain"]))].append(row)
    rows, adds = [], built.features.chain * rules.chain[1:]
    for place, (mine, own) in enumerate(zip(together, chains, strict=True)):
        dates = [row[name] for row in mine for name in ("first_date", "last_date") if row[name]]
        records = sorted(each for row in mine for each in _texts(row["record_ids"]))
        rows.append({
            "network_id": chains.ids[place].as_py(),
            "firearms": len(own),
            "entities": int(people[place]),
            "first_date": min(dates, default=None),  # type: ignore[type-var]
            "last_date": max(dates, default=None),  # type: ignore[type-var]
            "source_states": _counted(guns.source[own], guns.labels["source"], "state"),
            "recovery_states": _counted(guns.state[own], guns.labels["state"], "state"),
            "channels": beside.channels[place],
            "customer_groups": beside.groups[place],
            "probability": float(chains.probability[place]),
            "stability": float(chains.stability[place]),
            "changed": beside.changed[place],
            "record_ids": json.dumps(records),
            "reasons": _why(rules.chain[0], OF_CHAIN, adds[place]),
            "handling": _WORDS[max(int(str(row["strictness"])) for row in mine)],
        })  # fmt: skip
    return rows


def _texts(value: object) -> list[str]:
    return list(value) if isinstance(value, list) else []


def _counted(values: Ints, labels: pa.Array, name: str) -> str:
    places, counts = np.unique(values[values >= 0], return_counts=True)
    order = np.lexsort((places, -counts))
    rows = [{name: labels[int(places[each])].as_py(), "firearms": int(counts[each])}
            for each in order]  # fmt: skip
    return json.dumps(rows)


def _why(start: float, names: Sequence[str], adds: Reals) -> str:
    """Tell what each feature adds to the log-odds, what speaks against it first."""
    told = [("before all else", float(start)), *zip(names, adds.tolist(), strict=True)]
    told.sort(key=lambda each: each[1])
    return json.dumps([{"field": name, "log_odds": round(value, 4)} for name, value in told
                       if abs(value) >= _NOTHING])  # fmt: skip


def _guns(
    built: Built, rules: Rules, placed: Ints, told: list[dict[str, object]]
) -> list[dict[str, object]]:
    chains, features = built.chains, built.features
    whole = rules.chain[0] + features.chain @ rules.chain[1:]
    names, rows = chains.evidence.guns.ids, []
    for gun, row in zip(placed.tolist(), told, strict=True):
        chain = int(chains.label[gun])
        adds = np.append(whole[chain], features.gun[gun]) * rules.gun[1:]
        rows.append({
            "network_id": chains.ids[chain].as_py(),
            "member_id": names[gun].as_py(),
            "member_kind": "firearm",
            "role": "firearm",
            "role_probability": 1.0,
            "probability": float(chains.member[gun]),
            "log_odds": _log_odds(float(chains.member[gun])),
            "record_ids": json.dumps(row["record_ids"]),
            "reasons": _why(rules.gun[0], OF_GUN, adds),
            "handling": _WORDS[int(str(row["strictness"]))],
        })  # fmt: skip
    return rows


def _people(
    built: Built, named: Named, roles: Roles, told: list[dict[str, object]]
) -> list[dict[str, object]]:
    chains, rows, prefix = built.chains, [], {"lic": "licensee", "com": "company"}
    entities = named.entity.to_pylist()
    for row in told:
        place = int(str(row["number"]))
        situation = int(named.situation[place])
        chance = float(named.surest[place] * roles.belongs[situation])
        entity = entities[place]
        rows.append({
            "network_id": chains.ids[int(named.chain[place])].as_py(),
            "member_id": entity,
            "member_kind": prefix.get(entity[:3], "person"),
            "role": roles.role[situation],
            "role_probability": float(roles.role_probability[situation]),
            "probability": chance,
            "log_odds": _log_odds(chance),
            "record_ids": json.dumps(row["record_ids"]),
            "reasons": json.dumps([
                {"field": "named", "level": SITUATIONS[situation],
                 "firearms": int(named.guns[place]),
                 "belongs_as_often": float(roles.belongs[situation])},
            ]),
            "handling": _WORDS[int(str(row["strictness"]))],
        })  # fmt: skip
    return rows


def _log_odds(chance: float) -> float:
    safe = min(max(chance, 1e-12), 1 - 1e-12)
    return float(np.log(safe / (1 - safe)))
