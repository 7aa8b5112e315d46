"""Mistakes that people make at two in the morning: each is told, and costs nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bad_files import good, seizures
from ironriver.workspace import Workspace
from terminal import Command

DECLARED = '[[source]]\nfiles = "*"\nnexus = "seizure"\nhandling = "SYNTHETIC"\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an inbox and a workspace that has read it."""
    root = tmp_path_factory.mktemp("night")
    (root / "inbox").mkdir()
    (root / "inbox" / "lista.csv").write_text(seizures(good("S1")))
    (root / "inbox" / "inbox.toml").write_text(DECLARED)
    command = [sys.executable, "-m", "ironriver.cli", "intake", root / "inbox"]
    subprocess.run([*command, "--workspace", root / "ws"], check=True, capture_output=True)
    return root


@pytest.mark.parametrize(
    ("given", "english", "spanish"),
    [
        ("export {at}/sw records", "workspaces beside it: ws", "junto a él: ws"),
        ("export {at}/inbox records", "holds no workspace", "no contiene un espacio"),
        ("export {at}/inbox/lista.csv records", "is a file; a workspace is", "es un archivo"),
        ("run {at}/nothing --workspace {at}/new", "there is no folder", "no existe la carpeta"),
        ("run {at}/inbox/lista.csv --workspace {at}/new", "name the folder", "indique la carpeta"),
        ("run {at}/inbox --workspace {at}/new --inbox-file no.toml", "no inbox file", "bandeja"),
        ("run {at}/inbox", "--workspace is missing", "falta --workspace"),
        ("export {at}/ws", "TABLE is missing", "falta TABLE"),
        ("exprt {at}/ws records", "there is no command exprt", "no existe el comando exprt"),
        ("export {at}/ws records --colour", "no option --colour", "no existe la opción --colour"),
        ("export {at}/ws records more", "more is too much", "more sobra"),
        ("export {at}/ws record", "there is no table record", "no existe la tabla record"),
        ("snapshots {at}/ws --prune x", "the value of --prune", "el valor de --prune"),
        ("export {at}/ws records --as-of 2999-01-01", "lies in the future", "está en el futuro"),
        ("export {at}/ws records --as-of 2024-02-31", "2024-02-31 is no date", "no es una fecha"),
        ("export {at}/ws records -o {at}/no/x.csv", "no folder {at}/no to", "carpeta {at}/no en"),
        ("report {at}/ws findings -o {at}", "{at} is a folder", "{at} es una carpeta"),
        ("attach {at}/ws nothing {at}/x.pdf", "there is no record", "no hay registro"),
        ("role grant {at}/ws ana king", "there is no role king", "no existe el rol king"),
    ],
)  # fmt: skip
def test_a_mistyped_command_says_what_is_wrong_and_changes_nothing(
    ironriver: Command, place: Path, given: str, english: str, spanish: str
) -> None:
    entered = len(_entries(place / "ws"))
    for lang, words in (("en", english), ("es", spanish)):
        said = ironriver(*given.format(at=place).split(), "--lang", lang)
        assert (said.status, said.out) == (2, "")
        assert words.format(at=place) in said.err
    assert sorted(file.name for file in place.iterdir()) == ["inbox", "ws"]
    assert len(_entries(place / "ws")) == entered


def _entries(path: Path) -> list[object]:
    with Workspace.open(path) as workspace:
        return list(workspace.entries())


def test_an_unknown_language_is_a_mistake(ironriver: Command, place: Path) -> None:
    said = ironriver("export", place / "ws", "records", "--lang", "fr")
    assert said.status == 2
    assert "languages are: en, es" in said.err


def test_nothing_was_known_before_the_first_source(ironriver: Command, place: Path) -> None:
    said = ironriver("export", place / "ws", "records", "--as-of", "1900-01-01")
    assert (said.status, said.out.count("\n")) == (0, 1)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("threads", "0", "must be 1 or more"),
        ("threads", "two", "which is no int"),
        ("memory_limit", "lots", "no amount of memory"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    ironriver: Command,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    text: str,
    words: str,
) -> None:
    monkeypatch.setenv(f"IRONRIVER_{name.upper()}", text)
    said = ironriver("export", place / "ws", "records")
    assert said.status == 2
    assert f"IRONRIVER_{name.upper()} is {text}" in said.err
    assert words in said.err


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('columns = { "Matrícula" = "serail" }', ('"Matrícula" as serail', "serial, importer")),
        ('columns = { "Observaciones" = "headstamp" }', ("no field of layout aseguramientos",)),
        ('columns = { "Matrícula" = 3 }', ("columns must be a table such as",)),
        ('layout = "aseguramiento"', ("lista.csv: there is no layout", "aseguramientos")),
        ('layuot = "aseguramientos"', ("layuot is not a key; keys are", "layout")),
        ('known_from = "2024"', ("known_from must be a date such as 2024-05-01",)),
    ],
)
def test_a_mistake_in_the_inbox_file_is_told_with_what_could_stand_there(
    ironriver: Command, tmp_path: Path, entry: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "lista.csv").write_text(seizures(good("S1")))
    (tmp_path / "inbox" / "inbox.toml").write_text(f"{DECLARED}{entry}\n")
    said = ironriver("intake", tmp_path / "inbox", "--workspace", tmp_path / "w")
    assert said.status == 2
    for each in words:
        assert each in said.out + said.err


def test_a_mapping_of_a_heading_that_is_not_there_is_noted(
    ironriver: Command, tmp_path: Path
) -> None:
    (tmp_path / "lista.csv").write_text(seizures(good("S1")))
    (tmp_path / "inbox.toml").write_text(f'{DECLARED}columns = {{ "Matricla" = "serial" }}\n')
    said = ironriver("intake", tmp_path, "--workspace", tmp_path.parent / "mapped")
    assert said.status == 0
    assert "Matricla" in said.out


def test_a_doctor_without_a_workspace_finds_none_and_says_what_to_do(
    ironriver: Command, place: Path
) -> None:
    for lang, words in (("en", "holds no workspace"), ("es", "no contiene un espacio")):
        said = ironriver("doctor", place / "no" / "where", "--lang", lang)
        assert said.status == 1
        assert words in said.out
        assert "ironriver run" in said.out


def test_a_second_writer_is_told_who_is_at_work(ironriver: Command, place: Path) -> None:
    with Workspace.open(place / "ws", write=True):
        for lang, words in (("en", "in use by process"), ("es", "está usando")):
            said = ironriver("intake", place / "inbox", "--workspace", place / "ws", "--lang", lang)
            assert said.status == 2
            assert words in said.err
            assert str(os.getpid()) in said.err


def test_an_interrupted_run_says_so_and_the_workspace_is_in_order(
    ironriver: Command, tmp_path: Path
) -> None:
    inbox, workspace = tmp_path / "inbox", tmp_path / "ws"
    inbox.mkdir()
    (inbox / "inbox.toml").write_text(DECLARED)
    (inbox / "lista.csv").write_text(seizures(*(good(f"S{n}") for n in range(200_000))))
    with subprocess.Popen(
        [sys.executable, "-m", "ironriver.cli", "intake", inbox, "--workspace", workspace],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not list(workspace.glob("vault/raw/*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    # Python ends itself by the signal where its own shutdown was interrupted.
    assert process.returncode in (130, -signal.SIGINT), out
    assert "stopped; what was finished is kept" in err
    assert "Traceback" not in err
    assert ironriver("doctor", workspace).status == 0
    assert ironriver("intake", inbox, "--workspace", workspace).status == 0
