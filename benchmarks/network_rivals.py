"""Other ways to put guns into networks, and a perfect reader of the same files.

- `purchaser`: components of guns that share a judged purchaser.
- `louvain`: Louvain (networkx) on the raw graph of guns and all that their records name:
  purchasers, holders, licensees, telephones, addresses, vehicles, case numbers. No weights.
- `exact`: components of guns whose records share, letter by letter, a purchaser's name and birth
  date, a telephone, a vehicle, a case number, or a seller and a day of sale.
- `oracle`: knows which records are of one gun, which parties are one person or licensee, and every
  gun's true description, and takes weights, resolution and rules from that very world's true rings.
  It knows of rings themselves nothing, and sees only what stands in rows.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import networkx as nx
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ironriver.networks import building, weights
from ironriver.networks.evidence import Evidence, Ints, read_evidence

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
import learn_links

RAW = ("purchaser", "possessor", "licensee", "phone", "address", "vehicle", "open_case", "seizure",
       "crossing_event", "sale_report")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """The networks of one method: a group for each gun, those of one gun counting as none."""

    ids: pa.Array
    label: Ints

    def members(self) -> pa.Table:
        """Give them as the columns of `network_members` that scoring reads."""
        sizes = np.bincount(self.label, minlength=1)
        kept = np.flatnonzero(sizes[self.label] > 1)
        return pa.table({
            "network_id": pa.array([f"n{each}" for each in self.label[kept].tolist()]),
            "member_id": self.ids.take(pa.array(kept)),
            "member_kind": pa.array(["firearm"] * len(kept)),
            "probability": pa.array(np.ones(len(kept))),
        })  # fmt: skip


def components(size: int, one: Ints, other: Ints) -> Ints:
    """Give the connected component of each node."""
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def purchaser(evidence: Evidence) -> Given:
    """Put together what shares a purchaser."""
    return Given(evidence.guns.ids, _sharing(evidence, ("purchaser",)))


def _sharing(evidence: Evidence, kinds: tuple[str, ...]) -> Ints:
    one, other = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for kind in kinds:
        ties = evidence.ties[kind]
        same = ties.value[1:] == ties.value[:-1]
        one.append(ties.gun[1:][same])
        other.append(ties.gun[:-1][same])
    return components(len(evidence.guns), np.concatenate(one), np.concatenate(other))


def louvain(evidence: Evidence) -> Given:
    """Divide the raw graph of guns and all that their records name."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(evidence.guns)))
    for kind in RAW:
        if kind in evidence.ties:
            ties = evidence.ties[kind]
            pairs = np.unique(np.stack([ties.gun, ties.value], axis=1), axis=0).tolist()
            graph.add_edges_from((gun, (kind, value)) for gun, value in pairs)
    label = np.arange(len(evidence.guns))
    for place, group in enumerate(nx.community.louvain_communities(graph, seed=1)):
        for node in group:
            if isinstance(node, int):
                label[node] = len(label) + place
    return Given(evidence.guns.ids, label)


_EXACT = """
WITH named AS (
  SELECT firearm_id, record_id, name, birth_date, phone, vehicle, parties.licence_number, role
  FROM firearm_members JOIN parties USING (record_id)),
rows AS (
  SELECT firearm_id, record_id, kind, event_date, case_number FROM firearm_members
  JOIN records USING (record_id))
SELECT firearm_id, 'name ' || name || birth_date AS value FROM named WHERE role = 'purchaser'
UNION SELECT firearm_id, 'phone ' || phone FROM named
UNION SELECT firearm_id, 'vehicle ' || vehicle FROM named
UNION SELECT firearm_id, 'case ' || case_number FROM rows
UNION SELECT firearm_id, 'case ' || case_number
FROM firearm_members JOIN trace_results USING (record_id)
UNION SELECT firearm_id, 'sale ' || licence_number || event_date
FROM named JOIN rows USING (firearm_id, record_id)
WHERE role = 'seller' AND kind IN ('purchase', 'multiple_sale', 'theft', 'loss')
"""


def exact(connection: duckdb.DuckDBPyConnection, evidence: Evidence) -> Given:
    """Put together what shares an attribute letter by letter."""
    rows = connection.execute(f"SELECT * FROM ({_EXACT}) WHERE value IS NOT NULL").fetchall()
    place = {gun: number for number, gun in enumerate(evidence.guns.ids.to_pylist())}
    values: dict[str, int] = {}
    one = [place[gun] for gun, _ in rows]
    other = [len(place) + values.setdefault(value, len(values)) for _, value in rows]
    found = components(len(place) + len(values), np.array(one), np.array(other))
    return Given(evidence.guns.ids, found[: len(place)])


def ours(evidence: Evidence) -> Given:
    """Find chains as the stage `link` does."""
    return _chains(building.build(evidence))


def _chains(built: building.Built) -> Given:
    label = built.chains.label
    return Given(
        built.chains.evidence.guns.ids,
        np.where(label >= 0, label, len(label) + np.arange(len(label))),
    )


_TRUE_FIREARMS = """
SELECT firearm_key AS firearm_id, maker AS make, model, calibre, type, stamped AS serial
FROM read_parquet('{truth}/firearms.parquet') SEMI JOIN true_members
  ON true_members.firearm_id = firearm_key
"""


def oracle(tables: dict[str, Path], truth: Path) -> Given:
    """Read the same rows perfectly, and weigh them with what is true of this very world."""
    connection = duckdb.connect()
    _lay_true(connection, tables, truth)
    evidence = read_evidence(connection)
    rings = dict(connection.execute(
        f"SELECT firearm_key, ring_key FROM read_parquet('{truth}/firearms.parquet')"
        " WHERE ring_key IS NOT NULL").fetchall())  # fmt: skip
    keys = {key: place for place, key in enumerate(sorted(set(rings.values())))}
    ring = np.array([keys[rings[gun]] if gun in rings else learn_links.NONE
                     for gun in evidence.guns.ids.to_pylist()])  # fmt: skip
    connection.close()
    found: weights.Weights = learn_links.learned([learn_links.pairs_of(evidence, ring)])
    worlds = [(evidence, ring)]
    return _chains(building.build(evidence, found, learn_links.ruled(worlds, found)))


def _lay_true(connection: duckdb.DuckDBPyConnection, tables: dict[str, Path], truth: Path) -> None:
    """Open the tables with true guns, persons and licensees in place of judged ones."""
    for name in ("sources", "records", "trace_results", "parties"):
        connection.execute(f"CREATE VIEW {name} AS FROM '{tables[name]}'")
    rows = "SELECT record_id, source_id, row_number FROM records UNION ALL " \
        "SELECT record_id, source_id, row_number FROM trace_results"  # fmt: skip
    connection.execute(f"""
        CREATE TABLE true_members AS
        SELECT coalesce(firearm_key, 'none ' || record_id) AS firearm_id, record_id,
               1.0 AS probability
        FROM ({rows}) JOIN read_parquet('{truth}/rows.parquet') USING (source_id, row_number)
        WHERE firearm_key IS NOT NULL
    """)
    connection.execute("CREATE VIEW firearm_members AS FROM true_members")
    connection.execute(f"CREATE TABLE firearms AS {_TRUE_FIREARMS.format(truth=truth)}")
    connection.execute(f"""
        CREATE TABLE entity_members AS
        SELECT party_id, CASE WHEN entities.kind = 'person' THEN 'per-' ELSE 'lic-' END
               || entity_key AS entity_id, 1.0 AS probability
        FROM parties JOIN ({rows}) AS own ON own.record_id = parties.record_id
        JOIN read_parquet('{truth}/parties.parquet') AS told
          ON told.source_id = own.source_id AND told.row_number = own.row_number
         AND told.role = parties.role
        JOIN read_parquet('{truth}/entities.parquet') AS entities USING (entity_key)
    """)
    connection.execute("CREATE TABLE matches(about TEXT, decision TEXT, left_id TEXT,"
                       " right_id TEXT)")  # fmt: skip
    connection.execute("CREATE TABLE judgements(sequence BIGINT, about TEXT, left_id TEXT,"
                       " right_id TEXT, verdict TEXT, binds BOOLEAN)")  # fmt: skip
