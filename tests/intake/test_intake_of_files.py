"""What becomes of files, row by row."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from desk import Desk
from ironriver.errors import InputError, LayoutError, RefusedError, WorkspaceError

SEIZURES = (
    "Folio,Fecha de aseguramiento,Autoridad,Entidad Federativa,Municipio,Clase,Tipo,Marca,Modelo,"
    "Calibre,Matrícula,País de Origen,Carpeta de Investigación,Cartuchos,Cargadores,Observaciones\n"
)
GOOD = (
    "1,12/03/2019,SEDENA,Sonora,Nogales,Arma larga,Fusil,Colt,M-16AI,5.56,5219338,EUA,"
    "CI-SON-1/2019,30,2,\n"
)


def seizure_list(*rows: str) -> str:
    return SEIZURES + "".join(rows)


def declared(
    desk: Desk,
    files: str = "*.csv",
    nexus: str = "seizure",
    handling: str = "SYNTHETIC",
    **more: object,
) -> None:
    desk.declare(files=files, nexus=nexus, handling=handling, **more)


def test_every_row_ends_in_a_table_or_in_quarantine(desk: Desk) -> None:
    desk.put("a.csv", seizure_list(GOOD, GOOD.replace("12/03/2019", "31/02/2024"), "short,row\n"))
    declared(desk)
    (report,) = desk.read().sources
    assert (report.tally.rows, report.tally.accepted, report.tally.quarantined) == (3, 1, 2)
    reasons = {row["reason_code"]: row["reason"] for row in desk.rows("SELECT * FROM quarantine")}
    assert set(reasons) == {"date_invalid", "ragged"}
    assert "31/02/2024" in reasons["date_invalid"]
    assert len(desk.rows("SELECT * FROM raw_rows")) == 3


def test_the_published_record_is_read_beside_what_was_received(desk: Desk) -> None:
    rows = (
        GOOD,
        "2,12/03/2019,SEDENA,Sonora,Nogales,Arma corta,Pistola,FH Herstak,,28 mm,386,,,,,\n",
        "3,12/03/2019,SEDENA,Sonora,Nogales,,,Bushmaster L337637,,.223,,,,,,\n",
    )
    desk.put("a.csv", seizure_list(*rows))
    declared(desk)
    desk.read()
    colt, herstal, bushmaster = desk.rows("SELECT * FROM records ORDER BY row_number")
    assert (colt["make"], colt["make_raw"], colt["serial"]) == ("Colt", "Colt", "5219338")
    assert (colt["admin1"], colt["admin2"]) == ("MX-26", "MX-26043")
    assert '"to": "M16A1"' in colt["repairs"]
    assert herstal["make"] is None
    assert herstal["make_raw"] == "FH Herstak"
    assert '"to": "FN Herstal"' in herstal["repairs"]
    assert '"to": "5.7x28mm"' in herstal["repairs"]
    assert "L337637" in bushmaster["repairs"]


@pytest.mark.parametrize("serial", ["00000001", "1E5", "5.21934E+06", "=cmd|' /C calc'!A0"])
def test_a_serial_stays_as_it_was_typed(desk: Desk, serial: str) -> None:
    desk.put("a.csv", seizure_list(GOOD.replace("5219338", serial)))
    declared(desk)
    desk.read()
    assert desk.rows("SELECT serial_raw FROM records") == [{"serial_raw": serial}]


@pytest.mark.parametrize(
    ("text", "status"),
    [("S/N", "absent"), ("sin matrícula", "absent"), ("limada", "obliterated"),
     ("BORRADA", "obliterated"), ("ilegible", "illegible"), ("AB12", "read"), ("", None)],
)  # fmt: skip
def test_words_for_a_missing_serial_set_its_status(
    desk: Desk, text: str, status: str | None
) -> None:
    desk.put("a.csv", seizure_list(GOOD.replace("5219338", text)))
    declared(desk)
    desk.read()
    assert desk.rows("SELECT serial_status FROM records") == [{"serial_status": status}]


def test_reading_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    desk.put("a.csv", seizure_list(GOOD))
    declared(desk)
    desk.read()
    before = len(list(desk.workspace.entries()))
    (again,) = desk.read(dt.date(2026, 2, 2)).sources
    assert again.unchanged
    assert len(list(desk.workspace.entries())) == before


def test_another_mapping_reads_the_file_anew_and_replaces_the_batch(desk: Desk) -> None:
    desk.put("a.csv", seizure_list(GOOD).replace("Matrícula", "Clave"))
    declared(desk, layout="aseguramientos", columns={"Folio": "reference"})
    assert isinstance(desk.read().skipped[0].reason, LayoutError)
    (desk.inbox / "inbox.toml").unlink()
    declared(desk, columns={"Clave": "serial"})
    assert desk.read().sources[0].tally.accepted == 1
    assert desk.rows("SELECT serial FROM records") == [{"serial": "5219338"}]


def test_a_source_takes_the_place_of_another_and_history_is_kept(desk: Desk) -> None:
    desk.put("z.csv", seizure_list(GOOD, GOOD.replace("1,12", "2,12")))
    declared(desk, files="z.csv", known_from=dt.date(2020, 1, 1))
    desk.put("a.csv", seizure_list(GOOD.replace("5219338", "5219339")))
    declared(desk, files="a.csv", known_from=dt.date(2021, 1, 1), supersedes="z.csv")
    desk.read()
    assert desk.rows("SELECT serial FROM records") == [{"serial": "5219339"}]
    assert len(desk.rows("SELECT serial FROM records", dt.date(2020, 6, 1))) == 2
    assert desk.rows("SELECT serial FROM records", dt.date(2019, 6, 1)) == []


def test_a_withdrawn_source_counts_no_longer(desk: Desk) -> None:
    desk.put("a.csv", seizure_list(GOOD))
    declared(desk, known_from=dt.date(2020, 1, 1))
    source = desk.read().sources[0].source_id
    desk.workspace.withdraw(source, dt.date(2022, 1, 1), "x", "custodian", "", "sent in error")
    assert desk.rows("SELECT * FROM records") == []
    assert len(desk.rows("SELECT * FROM records", dt.date(2021, 1, 1))) == 1
    with pytest.raises(WorkspaceError):
        desk.workspace.withdraw("0" * 64, dt.date(2022, 1, 1), "x", "custodian", "", "")


def test_a_source_without_nexus_is_refused_with_the_lines_to_add_and_not_held(desk: Desk) -> None:
    desk.put("a.csv", seizure_list(GOOD))
    (skipped,) = desk.read().skipped
    assert isinstance(skipped.reason, RefusedError)
    assert 'files = "a.csv"' in str(skipped.reason)
    assert "nexus" in str(skipped.reason)
    assert list((desk.workspace.path / "vault" / "raw").iterdir()) == []
    assert [entry.action for entry in desk.workspace.entries()][-1] == "refusal"


def test_a_dealers_bound_book_is_refused(desk: Desk) -> None:
    desk.put(
        "book.csv",
        "Manufacturer,Model,Serial,Caliber,Type,Date Acquired,Acquired From,Date of Disposition,"
        "Disposed To,Address\nColt,M4,A1,5.56,Rifle,1/2/2020,X,2/2/2020,Y,Z\n",
    )
    desk.declare(files="*.csv", nexus="trace", handling="LAW_ENFORCEMENT", layout="exhibits",
                 columns={"Type": "case_number", "Address": "reference"})  # fmt: skip
    report = desk.read()
    assert isinstance(report.skipped[0].reason, RefusedError)
    assert list((desk.workspace.path / "vault" / "raw").iterdir()) == []


def test_purchases_need_a_case_number_on_every_row(desk: Desk) -> None:
    head = "Case Number,Purchase Date,Dealer Name,Serial Number,Manufacturer,Purchaser Name\n"
    desk.put("buys.csv", head + "C-1,1/2/2020,X,A1,Colt,ANA LÓPEZ\n,1/2/2020,X,A2,Colt,ANA LÓPEZ\n")
    declared(desk, nexus="case")
    (report,) = desk.read().sources
    assert report.tally.reasons == {"case_number_missing": 1}
    parties = desk.rows("SELECT role, name FROM parties ORDER BY role")
    assert parties == [{"role": "purchaser", "name": "ANA LÓPEZ"}, {"role": "seller", "name": "X"}]


def test_a_workbook_with_title_rows_and_two_sheets_is_read(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for name in ("Enero", "Febrero"):
        sheet = book.create_sheet(name)
        sheet.merge_cells("A1:P1")
        sheet["A1"] = "Armas aseguradas, relación mensual"
        sheet.append([])
        sheet.append(SEIZURES.strip().split(","))
        sheet.append(GOOD.strip("\n").split(","))
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    desk.put("armas.xlsx", out.getvalue())
    declared(desk, files="*.xlsx")
    (report,) = desk.read().sources
    assert report.tally.accepted == 2
    raw = desk.rows("SELECT part, cell_range, row_number FROM raw_rows ORDER BY row_number")
    assert [row["part"] for row in raw] == ["Enero", "Febrero"]
    assert raw[1]["cell_range"].startswith("Febrero!A")
    assert [row["row_number"] for row in raw] == [1, 2]


def test_packed_files_are_read_like_plain_ones(desk: Desk) -> None:
    content = seizure_list(GOOD).encode()
    desk.put("a.csv.gz", gzip.compress(content))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.csv", content)
        archive.writestr("two.csv", seizure_list(GOOD.replace("5219338", "X1")))
    desk.put("b.zip", packed.getvalue())
    declared(desk, files="*")
    report = desk.read()
    assert sorted(source.tally.accepted for source in report.sources) == [1, 2]


def test_a_column_without_a_place_is_told_and_kept_as_received(desk: Desk) -> None:
    desk.put("a.csv", SEIZURES.strip() + ",Clima\n" + GOOD.strip("\n") + ",lluvia\n")
    declared(desk)
    (report,) = desk.read().sources
    assert any("Clima" in note for note in report.notes)
    assert "lluvia" in desk.rows("SELECT raw FROM raw_rows")[0]["raw"]


def test_headings_below_certainty_are_told_with_a_mapping_to_write(desk: Desk) -> None:
    desk.put("a.csv", "Fecha,Estado,Matrícula,Q1,Q2,Q3,Q4,Q5,Q6,Q7\n1/1/2020,Sonora,A1,,,,,,,\n")
    declared(desk)
    text = desk.read().skipped[0].reason.text()
    assert "Q1" in text
    assert 'layout = "aseguramientos"' in text


def test_headings_that_fit_two_layouts_are_told(desk: Desk) -> None:
    desk.put("ties.csv", "Edge,Node,Group,RNode,RGroup,weight\n1,1,A,2,B,3\n")
    text = desk.read().skipped[0].reason.text()
    assert "group_alliances" in text
    assert "group_rivalries" in text


def test_dates_of_mixed_order_keep_their_ambiguity(desk: Desk) -> None:
    rows = [GOOD.replace("12/03/2019", date) for date in ("25/03/2019", "03/25/2019", "03/04/2019")]
    desk.put("a.csv", seizure_list(*rows))
    declared(desk)
    (report,) = desk.read().sources
    kinds = [
        row["date_precision"] for row in desk.rows("SELECT * FROM records ORDER BY row_number")
    ]
    assert kinds[2] == "ambiguous"
    assert any("day and month" in note for note in report.notes)


def test_a_link_out_of_the_inbox_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(seizure_list(GOOD))
    (desk.inbox / "a.csv").symlink_to(secret)
    declared(desk)
    report = desk.read()
    assert report.sources == ()
    assert "link" in report.skipped[0].reason.text()


def test_a_folder_without_permission_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(type(desk.inbox), "iterdir", refuse)
    with pytest.raises(InputError, match="may not be read"):
        desk.read()


@pytest.mark.parametrize(
    ("text", "said"),
    [("[[source]]\nfile = 'a'\n", "file is not a key"), ("[[source]]\nnexus = 'case'\n", "files"),
     ("[[source]]\nfiles = 3\n", "must be a text"), ("x", "not valid TOML"),
     ("[other]\n", "[[source]] entries only")],
)  # fmt: skip
def test_a_faulty_inbox_file_is_told_by_entry_and_key(desk: Desk, text: str, said: str) -> None:
    desk.put("inbox.toml", text)
    with pytest.raises(InputError) as error:
        desk.read()
    assert said in str(error.value)


@pytest.mark.parametrize("content", [b"", SEIZURES.encode(), b"\xff\xfe\x00", b"PK\x03\x04broken"])
def test_an_empty_or_broken_file_leaves_the_workspace_as_it_was(desk: Desk, content: bytes) -> None:
    desk.put("a.csv", content)
    declared(desk)
    report = desk.read()
    assert sum(source.tally.rows for source in report.sources) == 0
    assert desk.rows("SELECT * FROM records") == []
