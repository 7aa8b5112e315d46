"""GraphML is read back by networkx, nodes.csv and edges.csv by polars: nothing is lost."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import networkx as nx
import polars as pl
from exchange_world import Written

from ironriver import engine
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.graph import EDGE_FIELDS, NODE_FIELDS, edges, nodes, values
from ironriver.workspace import Workspace


def test_networkx_reads_every_node_and_edge_of_graphml(
    written: Written, findings: Findings
) -> None:
    graph = nx.read_graphml(io.BytesIO(written("graphml")), force_multigraph=True)
    wanted = {node.id: values(node) for node in nodes(findings)}
    assert graph.number_of_nodes() == len(wanted) > 500
    assert graph.number_of_edges() == len(list(edges(findings))) > 500
    for own, told in graph.nodes(data=True):
        said = {name: value for name, value in wanted[own].items() if value is not None}
        assert {"id": own, **told} == said


def test_every_edge_of_graphml_has_its_records_reasons_and_handling(written: Written) -> None:
    graph = nx.read_graphml(io.BytesIO(written("graphml")), force_multigraph=True)
    kinds = Counter(told["kind"] for _, _, told in graph.edges(data=True))
    assert set(kinds) == {
        "about", "named_in", "member_of", "link", "last_sale_by", "last_sale_to",
    }  # fmt: skip
    for _, _, told in graph.edges(data=True):
        assert told["record_ids"].startswith("[")
        assert told["reasons"].startswith("[")
        assert told["handling"] == "SYNTHETIC"
        assert told["kind"] == "link" or 0 <= told["probability"] <= 1


def test_tables_of_nodes_and_edges_make_the_same_graph(
    written: Written, findings: Findings
) -> None:
    with ZipFile(io.BytesIO(written("nodes-edges"))) as archive:
        assert archive.namelist() == ["nodes.csv", "edges.csv"]
        points, ties = (
            pl.read_csv(archive.read(name), infer_schema=False) for name in archive.namelist()
        )
    assert points.height == len(list(nodes(findings)))
    assert ties.height == len(list(edges(findings)))
    assert [name.lower() for name in points.columns] == list(NODE_FIELDS)
    assert [name.lower() for name in ties.columns] == ["type", *EDGE_FIELDS]
    graph = nx.MultiDiGraph()
    graph.add_edges_from(ties.select("Source", "Target").iter_rows())
    assert set(graph) <= set(points["Id"])
    links = ties.filter(pl.col("Kind") == "link")
    assert set(links["Type"]) == {"Undirected"}


def test_one_network_holds_its_members_and_nothing_of_others(
    written: Written, findings: Findings
) -> None:
    network = max(findings.rows("networks"), key=lambda row: row["firearms"])["network_id"]
    graph = nx.read_graphml(io.BytesIO(written("graphml", network)), force_multigraph=True)
    kinds = nx.get_node_attributes(graph, "kind")
    members = {
        row["member_id"] for row in findings.rows("network_members") if row["network_id"] == network
    }
    assert {own for own, kind in kinds.items() if kind == "network"} == {network}
    assert {own for own, kind in kinds.items() if kind == "firearm"} == {
        one for one in members if one.startswith("gun-")
    }
    assert {own for own, kind in kinds.items() if kind == "person"} == {
        one for one in members if one.startswith("per-")
    }


def test_no_person_stands_in_a_file_beside_the_networks(
    written: Written, findings: Findings
) -> None:
    graph = nx.read_graphml(io.BytesIO(written("graphml")), force_multigraph=True)
    people = {own for own, kind in graph.nodes(data="kind") if kind == "person"}
    assert people
    assert people <= {row["member_id"] for row in findings.rows("network_members")}


def test_no_record_of_a_person_stands_in_a_file_beside_the_guns_of_a_shared_network(
    findings: Findings, found: Path
) -> None:
    shared: dict[str, set[str]] = {}
    for row in findings.rows("network_members"):
        shared.setdefault(row["network_id"], set()).add(row["member_id"])
    guns = {row["record_id"]: row["firearm_id"] for row in findings.rows("firearm_members")}
    told = [
        (edge.source, guns[edge.target])
        for edge in edges(findings)
        if edge.kind == "named_in" and edge.source.startswith("per-")
    ]
    told += [(edge.target, edge.source) for edge in edges(findings) if edge.kind == "last_sale_to"]
    assert len(told) > 10
    for person, gun in told:
        assert any({person, gun} <= members for members in shared.values())
    with Workspace.open(found) as workspace:
        connection = engine.connect(workspace, ["entities", "firearm_members"])
        rows = engine.query(connection, "SELECT entity_id, record_ids FROM entities").to_pylist()
        every = engine.query(connection, "SELECT record_id, firearm_id FROM firearm_members")
        connection.close()
    gun_of = dict(zip(every["record_id"].to_pylist(), every["firearm_id"].to_pylist(), strict=True))
    whole = {row["entity_id"]: json.loads(row["record_ids"]) for row in rows}
    kept = {
        row["entity_id"]: json.loads(row["record_ids"])
        for row in findings.rows("entities")
        if row["kind"] == "person"
    }
    assert all(set(ids) <= set(whole[person]) for person, ids in kept.items())
    for person, ids in kept.items():
        near = set().union(*(members for members in shared.values() if person in members))
        assert {gun_of[record] for record in ids} <= near
    assert sum(map(len, kept.values())) < sum(len(whole[person]) for person in kept)


def test_entities_go_under_their_ids_until_names_are_asked_for(written: Written) -> None:
    plain = nx.read_graphml(io.BytesIO(written("graphml")), force_multigraph=True)
    named = nx.read_graphml(io.BytesIO(written("graphml", None, True)), force_multigraph=True)
    people = [own for own, kind in plain.nodes(data="kind") if kind in ("person", "licensee")]
    assert all(plain.nodes[own]["label"] == own for own in people)
    assert all(named.nodes[own]["label"] != own for own in people if own.startswith("lic-"))
