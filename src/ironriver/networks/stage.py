"""The stage `link`: links between guns, supply chains, and who stands in them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

import duckdb
import numpy as np
import pyarrow as pa

from ironriver.networks import belonging, building, people, weights
from ironriver.networks.backbone import links
from ironriver.networks.chains import Chains
from ironriver.networks.changes import changed
from ironriver.networks.channel_marks import read_marks
from ironriver.networks.channels import ChainGuns, channel_posteriors, told
from ironriver.networks.evidence import NO_DAY, read_evidence
from ironriver.networks.groups import (
    ChainRecoveries,
    customer_groups,
    groups_json,
    read_presence,
)
from ironriver.networks.link_rows import link_rows, make_strictness
from ironriver.networks.network_rows import Beside, network_rows


def link(connection: duckdb.DuckDBPyConnection, day: dt.date | None) -> Mapping[str, pa.Table]:
    """Compute `links`, `networks` and `network_members`.

    A day changes nothing here: the tables that are read hold what was known by then.
    """
    del day
    desk = connection.cursor()
    try:
        learned, rules, roles = weights.packaged(), belonging.packaged(), people.packaged()
        evidence = read_evidence(desk)
        make_strictness(desk)
        built = building.build(evidence, learned, rules)
        written = link_rows(desk, links(built, learned), built.compared)
        named = people.named(built.chains)
        beside = Beside(
            _channels(connection, built.chains),
            _groups(connection, built.chains),
            _changed(connection, built.chains, learned, rules),
        )
        made = network_rows(desk, built, rules, named, roles, beside)
    finally:
        desk.close()
    return {"links": written, **made}


def _channels(connection: duckdb.DuckDBPyConnection, chains: Chains) -> list[str]:
    """Give the channels of each chain, as JSON."""
    guns = ChainGuns.labelled(
        len(chains), chains.evidence.guns.ids.to_pylist(), chains.label, chains.member
    )
    found = channel_posteriors(read_marks(connection), guns)
    return [json.dumps(told(row)) for row in found.chains]


def _groups(connection: duckdb.DuckDBPyConnection, chains: Chains) -> list[str]:
    """Give the likely customer groups of each chain with their sources, as JSON."""
    guns = chains.evidence.guns
    kept = np.flatnonzero((chains.label >= 0) & (guns.state >= 0) & (guns.recovery_day > NO_DAY))
    states = guns.labels["state"].take(pa.array(guns.state[kept])).to_pylist()
    recoveries = ChainRecoveries(
        len(chains), chains.label[kept], states, guns.recovery_day[kept], chains.member[kept]
    )
    return [groups_json(row) for row in customer_groups(read_presence(connection), recoveries)]


def _changed(
    connection: duckdb.DuckDBPyConnection,
    chains: Chains,
    learned: weights.Weights,
    rules: belonging.Rules,
) -> list[str]:
    desk = connection.cursor()
    try:
        return changed(desk, chains, learned, rules)
    finally:
        desk.close()
