"""A CSV export, as written, runs nothing in a spreadsheet; the journal names it by its digest."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pyarrow as pa
import pyarrow.csv as pa_csv
import pytest
from guarded import Guarded
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import Desk
from ironriver.governance.digest import rows_digest
from ironriver.governance.roles import Role
from ironriver.governance.spreadsheet import spreadsheet_safe, spreadsheet_safe_table
from ironriver.reports import export as exports
from ironriver.reports.export import export
from ironriver.tables import RECORDS

STARTERS = ("=", "+", "-", "@", "\t", "\r")
plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
hostile = st.builds(str.__add__, st.sampled_from([*STARTERS, "a\r=", "\n="]), plain)
texts = st.one_of(st.none(), plain, hostile)
numbers = st.one_of(st.none(), st.integers(-(2**40), 2**40))


def records(cells: list[tuple[str | None, int | None]]) -> pa.Table:
    """Put texts and numbers into columns of the contract."""
    filled = {
        "make_raw": [text for text, _ in cells],
        "notes": [text for text, _ in cells],
        "rounds": [number for _, number in cells],
        "longitude": [None if number is None else float(number) for _, number in cells],
    }
    missing = [None] * len(cells)
    return pa.table(
        [pa.array(filled.get(field.name, missing), field.type) for field in RECORDS.schema],
        schema=RECORDS.schema,
    )


@given(st.lists(st.tuples(texts, numbers), max_size=8))
@settings(max_examples=150, deadline=None)
def test_no_text_of_a_csv_export_begins_as_a_formula_does(
    cells: list[tuple[str | None, int | None]],
) -> None:
    content = b"".join(exports._csv(records(cells))).decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert len(rows) == len(cells)
    for row, (text, number) in zip(rows, cells, strict=True):
        for name in ("make_raw", "notes"):
            assert not row[name].startswith(STARTERS)
            assert row[name] == spreadsheet_safe(text or "")
        assert row["rounds"] == ("" if number is None else str(number))
        assert row["longitude"] == ("" if number is None else str(float(number)))


@given(
    st.lists(texts, max_size=8), st.sampled_from([pa.string(), pa.large_string()]), st.booleans()
)
@settings(max_examples=100, deadline=None)
def test_a_whole_table_is_made_safe_as_single_texts_are(
    cells: list[str | None], kind: pa.DataType, folded: bool
) -> None:
    column = pa.chunked_array([pa.array(cells, kind)])
    numbers = pa.array([-5 - place for place in range(len(cells))], pa.int64())
    days = pa.array([dt.date(2024, 1, 1)] * len(cells), pa.date32())
    table = pa.table(
        {"text": column.dictionary_encode() if folded else column, "n": numbers, "day": days}
    )
    safe = spreadsheet_safe_table(table)
    assert safe["text"].to_pylist() == [cell and spreadsheet_safe(cell) for cell in cells]
    assert safe["n"].equals(table["n"])
    assert safe["day"].equals(table["day"])
    assert not [cell for cell in safe["text"].to_pylist() if cell and cell.startswith(STARTERS)]


def test_a_line_end_within_a_cell_begins_no_row() -> None:
    content = b"".join(exports._csv(records([("a\r=cmd|' /C calc'!A0", -1)])))
    assert pa_csv.read_csv(
        io.BytesIO(content), parse_options=pa_csv.ParseOptions(newlines_in_values=True)
    )["notes"].to_pylist() == ["a\r=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("start", STARTERS)
def test_a_formula_received_in_a_cell_is_stored_as_it_came_and_written_out_harmless(
    desk: Desk, start: str
) -> None:
    cell = f"{start}cmd|' /C calc'!A0"
    desk.put(
        "seizures.csv",
        "Folio;Fecha;Entidad;Municipio;Tipo;Marca;Calibre;No. de serie;Observaciones\n"
        f'1;02/01/2023;Sonora;Cajeme;Pistola;"{cell}";9MM;SN2;"{cell}"\n',
    )
    desk.declare(files="seizures.csv", nexus="seizure", handling="SYNTHETIC")
    assert not desk.read().skipped
    out = io.BytesIO()
    export(desk.workspace, "raw_rows", "jsonl", out, desk.access)
    (stored,) = [json.loads(json.loads(line)["raw"]) for line in out.getvalue().splitlines()]
    assert cell.strip() in stored[5]
    for table in ("records", "raw_rows", "sources", "quarantine"):
        out = io.BytesIO()
        export(desk.workspace, table, "csv", out, desk.access)
        for row in csv.DictReader(io.StringIO(out.getvalue().decode(), newline="")):
            text = {k: v for k, v in row.items() if k not in ("longitude", "latitude")}
            assert not [value for value in text.values() if value.startswith(STARTERS)]


def test_the_journal_holds_the_digest_of_what_left(guarded: Guarded) -> None:
    access = guarded.as_role(Role.ANALYST, "case 12")
    released = export(guarded.workspace, "records", "parquet", io.BytesIO(), access)
    entry = list(guarded.workspace.entries())[released.sequence]
    assert entry.detail["sha256"] == released.digest == rows_digest(released.table)
    assert entry.detail["rows"] == released.table.num_rows == 33
    assert entry.detail["handling"] == {"LAW_ENFORCEMENT": 33}
    assert entry.detail["withheld"] == {"trace_restricted": 12} == dict(released.withheld)
