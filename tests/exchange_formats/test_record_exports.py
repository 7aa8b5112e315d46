"""NIEM is held against a schema by jsonschema, PROV read by prov, the workbook by openpyxl."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

import jsonschema
import networkx as nx
import openpyxl
import prov.model
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from exchange_world import Written
from prov.graph import prov_to_graph

from ironriver.errors import MistakeError
from ironriver.governance.release import Access
from ironriver.reports.exchange_formats import workbook
from ironriver.reports.exchange_formats.gathering import Findings
from ironriver.reports.exchange_formats.prov import DERIVED
from ironriver.reports.export import export
from ironriver.tables import FIREARMS, TABLES
from ironriver.workspace import Workspace

SCHEMA = json.loads((Path(__file__).parent / "niem_firearms.schema.json").read_text("utf-8"))


def test_every_firearm_is_of_the_niem_type(written: Written, findings: Findings) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    message = json.loads(written("niem"))
    jsonschema.validate(message, SCHEMA, format_checker=jsonschema.FormatChecker())
    guns = {row["firearm_id"]: row for row in findings.rows("firearms")}
    assert len(message["j:Firearm"]) == len(guns) > 100
    for one in message["j:Firearm"]:
        gun = guns[one["nc:ItemOtherIdentification"]["nc:IdentificationID"]]
        assert one.get("nc:ItemMakeName") == gun["make"]
        serial = one.get("nc:ItemSerialIdentification", {}).get("nc:IdentificationID")
        assert serial == gun["serial"]


def test_a_firearm_of_another_form_would_be_refused(written: Written) -> None:
    message = json.loads(written("niem"))
    message["j:Firearm"][0]["nc:ItemMakr"] = "Colt"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(message, SCHEMA)


@pytest.fixture(scope="session")
def document(written: Written) -> prov.model.ProvDocument:
    """Give the PROV document as prov reads it."""
    return prov.model.ProvDocument.deserialize(content=written("prov").decode(), format="json")


def test_prov_reads_every_derived_row_with_its_stage(
    document: prov.model.ProvDocument, findings: Findings
) -> None:
    rows = Counter(
        str(table)
        for one in document.get_records(prov.model.ProvEntity)
        for table in one.get_attribute("prov:type")
    )
    for table in DERIVED:
        assert rows[table] == findings.tables[table].num_rows > 0, table
    assert rows["source"] == findings.tables["sources"].num_rows
    made: dict[str, set[str]] = {}
    for one in document.get_records(prov.model.ProvGeneration):
        row, run = (str(end) for end in one.args[:2])
        made.setdefault(row.split(":")[1].split(".")[0], set()).add(run.split("-")[-1])
    assert made == {
        "record": {"intake"},
        "firearms": {"resolve"},
        "entities": {"entities"},
        "networks": {"link"},
        "links": {"link"},
        "traces": {"trace"},
        "routes": {"routes"},
    }


def test_every_derived_row_leads_back_to_a_source_file(
    document: prov.model.ProvDocument, findings: Findings
) -> None:
    graph = nx.DiGraph(prov_to_graph(document))
    sources = {node for node in graph if str(node.identifier).startswith("ir:source.")}
    assert len(sources) == findings.tables["sources"].num_rows
    rows = [node for node in graph if str(node.identifier).split(".")[0][3:] in DERIVED]
    assert len(rows) == sum(findings.tables[table].num_rows for table in DERIVED)
    for node in rows:
        assert not sources.isdisjoint(nx.descendants(graph, node))


def test_nothing_is_used_or_derived_that_is_not_declared(
    document: prov.model.ProvDocument,
) -> None:
    declared = {
        one.identifier
        for kind in (prov.model.ProvEntity, prov.model.ProvActivity, prov.model.ProvAgent)
        for one in document.get_records(kind)
    }
    ends = {
        end
        for kind in (
            prov.model.ProvGeneration, prov.model.ProvUsage, prov.model.ProvDerivation,
            prov.model.ProvAssociation,
        )
        for one in document.get_records(kind)
        for end in one.args[:2]
    }  # fmt: skip
    assert ends
    assert ends <= declared


def test_openpyxl_reads_a_sheet_for_each_table(written: Written, findings: Findings) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")), read_only=True)
    assert book.sheetnames == list(findings.tables)
    for name, rows in findings.tables.items():
        heading, *body = book[name].iter_rows(values_only=True)
        assert len(body) == rows.num_rows, name
        assert set(heading) <= set(TABLES[name].names)
        assert [row[0] for row in body] == rows[str(heading[0])].to_pylist(), name


def test_free_text_as_received_is_in_no_sheet(written: Written) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")), read_only=True)
    headings = {cell for sheet in book for cell in next(sheet.iter_rows(values_only=True))}
    assert {"record_id", "serial"} <= headings
    assert not {"authority", "notes", "header", "raw"} & headings


@pytest.mark.parametrize("table", ["firearms", "networks", "links"])
def test_pyarrow_reads_every_row_of_a_single_table(
    table: str, found: Path, findings: Findings
) -> None:
    with Workspace.open(found) as workspace:
        access = Access.current(workspace, "testing")
        packed, plain = io.BytesIO(), io.BytesIO()
        export(workspace, table, "parquet", packed, access)
        export(workspace, table, "csv", plain, access)
    rows = findings.tables[table].num_rows
    assert pq.read_table(io.BytesIO(packed.getvalue())).num_rows == rows > 0
    assert pa_csv.read_csv(io.BytesIO(plain.getvalue())).num_rows == rows


def guns(*makes: str) -> Findings:
    rows = [
        dict.fromkeys(FIREARMS.names) | {"firearm_id": f"gun-{number}", "make": make}
        for number, make in enumerate(makes)
    ]
    return Findings({"firearms": pa.Table.from_pylist(rows, FIREARMS.schema)}, (), {})


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "=cmd|' /C calc'!A0"])
def test_no_text_becomes_a_formula_in_the_workbook(text: str) -> None:
    content = b"".join(workbook.write(guns(text)))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["firearms"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    first = "\n" if text[0] == "\r" else text[0]
    assert f"'{first}" in {str(cell.value)[:2] for cell in cells}


def test_what_is_too_long_for_a_cell_is_cut_and_says_by_how_much() -> None:
    content = b"".join(workbook.write(guns("x" * 40_000)))
    value = openpyxl.load_workbook(io.BytesIO(content))["firearms"]["B2"].value
    assert len(value) <= workbook.MOST_LETTERS
    kept = value.count("x")
    assert value.endswith(f"+{40_000 - kept}")


def test_more_rows_than_a_sheet_holds_are_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    assert b"".join(workbook.write(guns("a", "b")))
    with pytest.raises(MistakeError, match="use --format parquet or csv"):
        list(workbook.write(guns("a", "b", "c")))
