"""The command line as an analyst meets it, on the inbox that the project ships."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from terminal import Command

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "inbox"


@pytest.fixture(scope="module")
def read_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read the example inbox once."""
    path = tmp_path_factory.mktemp("commands") / "workspace"
    command = [sys.executable, "-m", "ironriver.cli", "run", EXAMPLE, "--workspace", path]
    subprocess.run(command, check=True, capture_output=True)
    return path


def test_a_run_prints_findings_and_writes_both_pages(ironriver: Command, tmp_path: Path) -> None:
    said = ironriver("run", EXAMPLE, "--workspace", tmp_path / "w")
    assert said.status == 0
    assert "firearms seized in Mexico" in said.out
    assert "adds up" in said.out
    for lang in ("en", "es"):
        page = (tmp_path / f"w-findings-{lang}.html").read_text("utf-8")
        assert f'lang="{lang}' in page
    assert "SYNTHETIC" in said.out


def test_a_run_in_spanish_speaks_spanish(ironriver: Command, tmp_path: Path) -> None:
    said = ironriver("run", EXAMPLE, "--workspace", tmp_path / "w", "--lang", "es")
    assert "armas aseguradas en México" in said.out
    assert "firearms" not in said.out


def test_a_second_run_changes_nothing(ironriver: Command, read_example: Path) -> None:
    said = ironriver("intake", EXAMPLE, "--workspace", read_example, "--json")
    told = json.loads(said.out)
    assert all(source["unchanged"] for source in told["sources"])
    assert len(told["sources"]) == 15


def test_an_export_gives_exactly_the_contract_columns(
    ironriver: Command, read_example: Path, tmp_path: Path
) -> None:
    from ironriver.tables import TABLES

    for name, table in TABLES.items():
        said = ironriver("export", read_example, name)
        header = next(csv.reader(io.StringIO(said.out)))
        assert header == list(table.names), name
    out = tmp_path / "records.jsonl"
    ironriver("export", read_example, "records", "--format", "jsonl", "-o", out)
    first = json.loads(out.read_text("utf-8").splitlines()[0])
    assert list(first) == list(TABLES["records"].names)


def test_an_export_as_of_a_day_knows_no_later_source(
    ironriver: Command, read_example: Path
) -> None:
    now = ironriver("export", read_example, "sources").out
    then = ironriver("export", read_example, "sources", "--as-of", "2024-06-01").out
    assert 1 < then.count("\n") < now.count("\n")


def test_a_figure_as_of_a_day_rests_on_nothing_received_later(
    ironriver: Command, read_example: Path
) -> None:
    later = ironriver("export", read_example, "figures").out
    then = ironriver("export", read_example, "figures", "--as-of", "2024-06-01").out
    assert "by the records of this workspace" in later
    assert "by the records of this workspace" not in then
    assert "2009-2014" in then
    assert "2018-2023" in later
    assert "2018-2023" not in then


@pytest.mark.parametrize(
    ("claim", "lang", "answer"),
    [
        ("80 percent of the weapons seized from cartels come from the United States", "en",
         "Not identified"),
        ("80 por ciento de las armas aseguradas a los cárteles provienen de Estados Unidos", "es",
         "No identificad"),
    ],
)  # fmt: skip
def test_a_claim_is_answered_in_either_language(
    ironriver: Command, read_example: Path, claim: str, lang: str, answer: str
) -> None:
    said = ironriver("check", read_example, claim, "--lang", lang)
    assert said.status == 0
    assert answer in said.out
    for bound in ("25.3%", "92.5%", "11.6%", "98.3%"):
        assert bound in said.out


def test_a_record_is_explained_with_the_row_as_received(
    ironriver: Command, read_example: Path
) -> None:
    said = ironriver("export", read_example, "records", "--format", "jsonl")
    rows = map(json.loads, said.out.splitlines())
    record = next(row for row in rows if row["repairs"])
    told = ironriver("explain", read_example, record["record_id"]).out
    assert told.index("may be wrong") < told.index("How it was read") < told.index("As received")
    assert json.loads(record["repairs"])[0]["to"] in told


def test_a_photograph_is_kept_beside_its_record(
    ironriver: Command, read_example: Path, tmp_path: Path
) -> None:
    said = ironriver("export", read_example, "records", "--format", "jsonl")
    record = json.loads(said.out.splitlines()[0])["record_id"]
    photograph = tmp_path / "serial.png"
    photograph.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    assert ironriver("attach", read_example, record, photograph).status == 0
    assert "Attached:" in ironriver("explain", read_example, record).out
    wrong = tmp_path / "note.txt"
    wrong.write_text("hello")
    assert ironriver("attach", read_example, record, wrong).status == 2
    assert ironriver("attach", read_example, "no-record", photograph).status == 2


def test_the_audit_journal_verifies_and_names_a_changed_entry(
    ironriver: Command, tmp_path: Path
) -> None:
    path = tmp_path / "w"
    ironriver("intake", EXAMPLE, "--workspace", path)
    assert "none is changed" in ironriver("audit", "verify", path).out
    log = path / "journal" / "log.jsonl"
    lines = log.read_bytes().split(b"\n")
    lines[3] = lines[3].replace(b'"batch"', b'"botch"')
    log.write_bytes(b"\n".join(lines))
    said = ironriver("audit", "verify", path)
    assert said.status == 1
    assert "3" in said.out
    assert ironriver("doctor", path).status == 1


def test_doctor_finds_all_in_order(ironriver: Command, read_example: Path) -> None:
    said = ironriver("doctor", read_example)
    assert said.status == 0, said.out
    assert "✗" not in said.out
    assert all(check["ok"] for check in json.loads(ironriver("doctor", "--json").out))


def test_snapshots_are_listed_and_pruned(ironriver: Command, tmp_path: Path) -> None:
    path = tmp_path / "w"
    ironriver("run", EXAMPLE, "--workspace", path)
    source = ironriver("export", path, "sources").out.splitlines()[1].split(",")[0]
    assert ironriver("withdraw", path, source, "--reason", "sent in error").status == 0
    listed = ironriver("snapshots", path).out
    assert "replaced" in listed
    assert ironriver("snapshots", path, "--prune", "0").status == 0
    assert "replaced" not in ironriver("snapshots", path).out
    assert ironriver("doctor", path).status == 0


def test_roles_are_granted_and_the_last_custodian_stays(ironriver: Command, tmp_path: Path) -> None:
    path = tmp_path / "w"
    ironriver("intake", EXAMPLE, "--workspace", path)
    assert ironriver("role", "grant", path, "ana", "oversight").status == 0
    assert "ana\toversight" in ironriver("role", "list", path).out
    assert ironriver("role", "grant", path, "ana", "king").status == 2
    assert ironriver("role", "revoke", path, "ana").status == 0
    me = ironriver("role", "list", path).out.split("\t")[0]
    assert ironriver("role", "revoke", path, me).status == 2


@pytest.mark.parametrize(
    ("arguments", "english", "spanish"),
    [
        (("export", "{w}", "nothing"), "there is no table", "no existe la tabla"),
        (("report", "{w}", "nothing"), "there is no report", "no existe el informe"),
        (("explain", "{w}", "nothing"), "there is no record", "no hay registro"),
        (("intake", "/no/such/inbox", "--workspace", "{w}"), "no folder", "no existe la carpeta"),
    ],
)
def test_a_mistake_is_told_in_the_chosen_language_with_status_2(
    ironriver: Command,
    read_example: Path,
    arguments: tuple[str, ...],
    english: str,
    spanish: str,
) -> None:
    filled = [argument.format(w=read_example) for argument in arguments]
    for lang, words in (("en", english), ("es", spanish)):
        said = ironriver(*filled, "--lang", lang)
        assert said.status == 2
        assert words in said.err


def test_an_unknown_option_is_a_mistake(ironriver: Command, read_example: Path) -> None:
    assert ironriver("export", read_example, "records", "--colour").status == 2


def test_restricted_rows_need_a_purpose_and_trace_rows_never_leave(
    ironriver: Command, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("aseguramientos_sonora.xlsx", "etrace_results.csv"):
        (inbox / name).write_bytes((EXAMPLE / name).read_bytes())
    (inbox / "inbox.toml").write_text(
        '[[source]]\nfiles = "*.xlsx"\nnexus = "seizure"\nhandling = "LAW_ENFORCEMENT"\n'
        '[[source]]\nfiles = "*.csv"\nnexus = "trace"\nhandling = "TRACE_RESTRICTED"\n'
    )
    path = tmp_path / "w"
    assert ironriver("run", inbox, "--workspace", path).status == 0
    refused = ironriver("export", path, "records")
    assert (refused.status, refused.out) == (2, "")
    given = ironriver("export", path, "records", "--purpose", "case FED/1/2026")
    assert given.out.count("\n") > 300
    kept = ironriver("export", path, "trace_results", "--purpose", "case FED/1/2026")
    assert (kept.status, kept.out) == (2, "")
    assert "case FED/1/2026" in ironriver("export", path, "audit").out
