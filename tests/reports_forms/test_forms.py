"""Trace requests as PDF, workbook and text: what stands in them, and who may have them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from desk import TODAY, Desk
from ironriver import pipeline
from ironriver.errors import MistakeError, RefusedError
from ironriver.governance.release import Access
from ironriver.governance.roles import Role
from ironriver.reports import forms
from ironriver.reports.forms.fields import FIELDS
from terminal import Command

HEAD = "Folio;Fecha;Autoridad;Entidad;Municipio;Tipo;Marca;Modelo;Calibre;Matrícula;País;Importador;Carpeta;Observaciones"  # noqa: E501
BLANK = "SIN0;05/02/2024;Inventada;Sonora;Cajeme;Pistola;GLOCK;;9x19mm;ABC1999;Austria;Glock;CI/0/24;=1+1"  # noqa: E501


def fill(desk: Desk, handling: str = "SYNTHETIC") -> str:
    """Take in invented seizures; give the recovery that lacks its model."""
    lines = [
        f"SIN{number};05/02/2024;Inventada;Sonora;Cajeme;Pistola;GLOCK;19;9x19mm;"
        f"ABC{number * 7 + 993};Austria;Glock;CI/{number}/24;"
        for number in range(1, 61)
    ]
    lines = [HEAD, BLANK, *lines]
    desk.put("seizures.csv", "\n".join(lines) + "\n")
    desk.declare(files="seizures.csv", nexus="seizure", handling=handling, known_from=TODAY)
    assert not desk.read().skipped
    for name in ("resolve", "readiness"):
        pipeline.run_stage(desk.workspace, pipeline.stage(name), desk.access)
    return str(desk.rows("SELECT record_id FROM records WHERE reference = 'SIN0'")[0]["record_id"])


def write(desk: Desk, record: str, form: str, lang: str = "en", *accepted: str) -> bytes:
    return forms.write_request(desk.workspace, record, form, desk.access, lang, accepted)


def pdf_text(written: bytes) -> str:
    pages = PdfReader(io.BytesIO(written)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def table(written: bytes) -> dict[str, list[str]]:
    """Give the rows of the form by their heading."""
    lines = [line for line in written.decode().splitlines() if not line.startswith("# ")]
    return {row[1]: row for row in csv.reader(lines)}


def test_a_pdf_reader_finds_every_field_and_what_the_record_says(desk: Desk) -> None:
    text = pdf_text(write(desk, fill(desk), "pdf"))
    for field in FIELDS:
        assert field.heading in text, field.heading
    for value in ("ABC1999", "Glock", "9x19mm", "Austria", "2024-02-05", "Sonora", "CI/0/24"):
        assert value in text, value
    assert "SYNTHETIC: an invented gun" in text


def test_a_pdf_is_an_archival_one_with_its_fonts_inside(desk: Desk) -> None:
    written = write(desk, fill(desk), "pdf")
    assert b"pdfaid" in (PdfReader(io.BytesIO(written)).xmp_metadata.stream.get_data())  # type: ignore[union-attr]
    for page in PdfReader(io.BytesIO(written)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert any(name.startswith("/FontFile") for name in inner["/FontDescriptor"])


@pytest.mark.parametrize("form", forms.FORMS)
def test_the_same_request_gives_the_same_bytes(desk: Desk, form: str) -> None:
    record = fill(desk)
    assert write(desk, record, form) == write(desk, record, form)


def test_a_suggestion_stands_beside_its_field_and_not_in_it(desk: Desk) -> None:
    row = table(write(desk, fill(desk), "csv"))["Model"]
    assert row[3] == ""
    assert row[5] == "19"
    assert float(row[6]) > 0.9


def test_an_accepted_suggestion_is_put_in_and_said_and_journalled(desk: Desk) -> None:
    record = fill(desk)
    row = table(write(desk, record, "csv", "en", "model"))["Model"]
    assert row[3] == "19"
    assert row[7] == "suggestion accepted"
    entry = [each for each in desk.workspace.entries() if each.action == "accept"][-1]
    assert entry.object == record
    assert list(entry.detail["repairs"]) == ["model"]
    held = desk.rows(f"SELECT model FROM records WHERE record_id = '{record}'")
    assert held == [{"model": None}]


def test_what_was_not_suggested_cannot_be_accepted(desk: Desk) -> None:
    record = fill(desk)
    with pytest.raises(MistakeError, match="nothing is suggested for calibre"):
        write(desk, record, "csv", "en", "calibre")


def test_a_workbook_holds_the_form_and_what_may_make_it_fail(desk: Desk) -> None:
    book = load_workbook(io.BytesIO(write(desk, fill(desk), "xlsx")))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    found = {row[1]: row for row in cells if row[1]}
    assert found["Serial number (from frame or receiver)"][3] == "ABC1999"
    assert found["Additional markings"][3] == "=1+1"
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)
    troubles = [row[0].value for row in book.worksheets[1].iter_rows()]
    assert "model missing" in troubles


def test_a_csv_lets_no_spreadsheet_run_what_a_note_says(desk: Desk) -> None:
    assert table(write(desk, fill(desk), "csv"))["Additional markings"][3] == "'=1+1"


def test_who_may_not_see_rows_gets_no_request_and_the_refusal_is_journalled(desk: Desk) -> None:
    record = fill(desk, "LAW_ENFORCEMENT")
    reader = Access(desk.access.actor, Role.READER, "audit", desk.workspace)
    with pytest.raises(RefusedError):
        forms.write_request(desk.workspace, record, "pdf", reader, "en")
    assert [each.action for each in desk.workspace.entries()][-1] == "refusal"


def test_a_restricted_recovery_leaves_only_with_a_purpose(desk: Desk) -> None:
    record = fill(desk, "LAW_ENFORCEMENT")
    silent = Access(desk.access.actor, desk.access.role, "", desk.workspace)
    with pytest.raises(RefusedError):
        forms.write_request(desk.workspace, record, "csv", silent, "en")
    assert b"ABC1999" in write(desk, record, "csv")
    assert [each.purpose for each in desk.workspace.entries() if each.action == "request"] == [
        desk.access.purpose
    ]


def test_content_of_the_trace_database_fills_in_no_request(desk: Desk) -> None:
    record = fill(desk, "TRACE_RESTRICTED")
    with pytest.raises(RefusedError):
        write(desk, record, "pdf")


def test_a_role_without_names_gets_the_gun_but_neither_office_nor_notes(desk: Desk) -> None:
    record = fill(desk)
    reader = Access(desk.access.actor, Role.READER, "", desk.workspace)
    found = table(forms.write_request(desk.workspace, record, "csv", reader, "en"))
    assert found["Manufacturer"][3] == "Glock"
    assert found["Department or unit"][3] == ""
    assert found["Additional markings"][3] == ""


def test_only_a_recovery_that_was_checked_can_be_requested(desk: Desk) -> None:
    fill(desk)
    with pytest.raises(MistakeError, match="there is no record nobody-1"):
        write(desk, "nobody-1", "pdf")
    with pytest.raises(MistakeError, match="not as docx"):
        write(desk, "nobody-1", "docx")


def test_the_command_checks_all_and_writes_the_form(
    desk: Desk, ironriver: Command, tmp_path: Path
) -> None:
    record, path = fill(desk), desk.workspace.path
    desk.workspace.close()
    said = ironriver("trace", path, "--readiness")
    assert said.status == 0
    assert "of 61 recoveries and requests are ready to be sent" in said.out
    assert "model missing" in said.out
    out = tmp_path / "request.pdf"
    assert ironriver("request", path, record, "-o", out).status == 0
    assert "ABC1999" in pdf_text(out.read_bytes())
    said = ironriver("request", path, record, "-o", tmp_path / "request.doc")
    assert said.status == 2
    assert not (tmp_path / "request.doc").exists()
