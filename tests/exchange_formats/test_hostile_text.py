"""Whatever stands in a field, each format is read back as it was written, and runs nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from zipfile import ZipFile

import networkx as nx
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ironriver.governance.spreadsheet import spreadsheet_safe
from ironriver.reports.exchange_formats import (
    follow_the_money,
    geojson,
    graphml,
    kml,
    niem,
    node_edge_csv,
    stix,
)
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.xml_text import fit
from ironriver.tables import FIREARMS, RECORDS

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
MARKUP = ["<script>alert(1)</script>", "]]>", "&amp;", '"', "'"]
CONTROL = ["=1+1", "a\r\nb", "\x00\x1b", "\ufffe"]
HOSTILE = st.one_of(TEXTS, st.sampled_from(MARKUP + CONTROL))


def gun(text: str) -> Findings:
    """Give one firearm of this make, recovered in one record with this case number."""
    firearm = dict.fromkeys(FIREARMS.names) | {
        "firearm_id": "gun-a-1",
        "make": text,
        "probability": 1.0,
        "record_ids": '["a-1"]',
        "reasons": "[]",
        "handling": "SYNTHETIC",
    }
    record = dict.fromkeys(RECORDS.names) | {
        "record_id": "a-1",
        "source_id": "a",
        "kind": "recovery",
        "case_number": text,
        "latitude": 29.0,
        "longitude": -111.0,
    }
    tables = {
        "firearms": pa.Table.from_pylist([firearm], FIREARMS.schema),
        "records": pa.Table.from_pylist([record], RECORDS.schema),
    }
    return Findings(tables, (), {"a": "SYNTHETIC"})


def whole(pieces: Iterator[bytes]) -> bytes:
    return b"".join(pieces)


@given(HOSTILE)
def test_graphml_gives_every_text_back(text: str) -> None:
    graph = nx.read_graphml(io.BytesIO(whole(graphml.write(gun(text)))))
    assert graph.nodes["gun-a-1"]["make"] == fit(text)
    assert graph.number_of_nodes() == 2


@given(HOSTILE)
def test_kml_gives_every_text_back(text: str) -> None:
    document = etree.fromstring(whole(kml.write(gun(text), {})))
    space = {"k": "http://www.opengis.net/kml/2.2"}
    (said,) = document.xpath("//k:Data[@name='case_number']/k:value", namespaces=space)
    assert said.text == fit(text)
    assert not document.xpath("//*[local-name()='script']")


@given(HOSTILE)
def test_rows_of_nodes_give_every_text_back_and_run_none(text: str) -> None:
    with ZipFile(io.BytesIO(whole(node_edge_csv.write(gun(text))))) as archive:
        content = archive.read("nodes.csv").decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [row["make"] for row in rows] == [spreadsheet_safe(text), ""]


@given(HOSTILE)
def test_json_formats_give_every_text_back(text: str) -> None:
    findings = gun(text)
    (place,) = json.loads(whole(geojson.write(findings, {})))["features"]
    assert place["properties"]["case_number"] == text
    (firearm,) = json.loads(whole(niem.write(findings)))["j:Firearm"]
    assert firearm["nc:ItemMakeName"] == text
    objects = json.loads(whole(stix.write(findings)))["objects"]
    assert [one["make"] for one in objects if one["type"] == "firearm"] == [text]
    lines = whole(follow_the_money.write(findings)).decode().split("\n")
    assert len(lines) == 3
    assert json.loads(lines[0])["properties"]["name"] == [text]
