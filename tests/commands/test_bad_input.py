"""Bad input through the command line: told in both languages, and nothing else suffers."""

from __future__ import annotations

import csv
import ctypes
import errno
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bad_files import (
    BILLION_LAUGHS,
    GOOD_ROW,
    HEADINGS,
    good,
    gz_bomb,
    locked_workbook,
    seizures,
    sheet_row,
    workbook,
    zip_bomb,
)
from ironriver.workspace.disk import Step, recording
from terminal import Command

DECLARED = '[[source]]\nfiles = "*"\nagency = "FGE"\nnexus = "seizure"\nhandling = "SYNTHETIC"\n'
SOUND = seizures(good("SOUND1"), good("SOUND2"))
LIMITS = {"IRONRIVER_MAX_EXPANSION": "50", "IRONRIVER_MAX_ROW_BYTES": "1000000"}
_DROP_FROM_BOUNDING_SET = 24
_MAY_OVERRIDE_PERMISSIONS = (1, 2)


def command(*arguments: object, closed: bool = False) -> subprocess.CompletedProcess[str]:
    """Give a command in a process of its own; `closed` binds it to permissions, also as root."""
    return subprocess.run(
        [sys.executable, "-m", "ironriver.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | LIMITS,
        preexec_fn=_give_up_overriding if closed else None,
    )


def _give_up_overriding() -> None:
    """Let permissions hold for root too, from the next program on."""
    if os.getuid() == 0:
        library = ctypes.CDLL(None, use_errno=True)
        for right in _MAY_OVERRIDE_PERMISSIONS:
            if library.prctl(_DROP_FROM_BOUNDING_SET, right, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "permissions cannot be made to hold for root")


def put(folder: Path, **files: str | bytes) -> None:
    """Lay files into a folder; ``__`` in a name stands for its dot."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name.replace("__", ".")).write_bytes(data)


def tables(workspace: Path) -> dict[str, bytes]:
    """Give every table's file and every source that a workspace holds."""
    return {
        file.relative_to(workspace).as_posix(): file.read_bytes()
        for file in sorted((workspace / "vault").rglob("*"))
        if file.is_file()
    }


@dataclass(frozen=True)
class Reading:
    """An inbox read in both languages, with the workspace before and after."""

    workspace: Path
    before: dict[str, bytes]
    status: dict[str, int]
    told: dict[str, dict[str, object]]

    def reason(self, name: str, lang: str) -> str:
        """Give why a file was not read."""
        skipped = self.told[lang]["skipped"]
        assert isinstance(skipped, list)
        (reason,) = (entry["reason"] for entry in skipped if entry["name"] == name)
        return str(reason)

    def quarantine(self, name: str) -> list[tuple[int, str, str]]:
        """Give row number, code and sentence of each row of a file that is in quarantine."""
        sources = self.told["en"]["sources"]
        assert isinstance(sources, list)
        (source,) = (each["source_id"] for each in sources if each["name"] == name)
        rows = csv.DictReader(
            io.StringIO(command("export", self.workspace, "quarantine").stdout, newline="")
        )
        return [
            (int(row["row_number"]), row["reason_code"], row["reason"])
            for row in rows
            if row["source_id"] == source
        ]

    def serials(self) -> set[str]:
        """Give the serials of all records, as they were received."""
        out = command("export", self.workspace, "records", "--format", "jsonl").stdout
        return {json.loads(line)["serial_raw"] for line in out.splitlines()}


def read(root: Path, inbox: Path, *, closed: bool = False) -> Reading:
    """Read a sound file into a workspace, then the whole inbox in English and in Spanish."""
    workspace = root / "workspace"
    sound = root / "sound"
    put(sound, inbox__toml=DECLARED, sound__csv=SOUND)
    assert command("intake", sound, "--workspace", workspace).returncode == 0
    before = tables(workspace)
    done = {
        lang: command(
            "intake", inbox, "--workspace", workspace, "--json", "--lang", lang, closed=closed
        )
        for lang in ("en", "es")
    }
    for each in done.values():
        assert "Traceback" not in each.stderr, each.stderr
    told = {lang: json.loads(each.stdout) for lang, each in done.items()}
    return Reading(workspace, before, {k: each.returncode for k, each in done.items()}, told)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    """Read an inbox of files that cannot be read at all, and one that can."""
    root = tmp_path_factory.mktemp("refused")
    inbox = root / "inbox"
    cells = sheet_row(1, HEADINGS) + sheet_row(2, good("&i;"))
    put(
        inbox,
        inbox__toml=DECLARED,
        sound__csv=SOUND,
        empty__csv="",
        header__csv=HEADINGS + "\n",
        header__xlsx=workbook(sheet_row(1, HEADINGS)),
        bomb__zip=zip_bomb(),
        bomb__gz=gz_bomb(),
        laughs__xlsx=workbook(cells, BILLION_LAUGHS),
        locked__xlsx=locked_workbook(),
        ties__csv="Edge,Node,Group,RNode,RGroup,weight\n1,1,A,2,B,3\n",
        closed__csv=seizures(good("CLOSED")),
    )
    put(root / "secrets", secret__csv=seizures(good("SECRET")))
    (inbox / "link.csv").symlink_to(root / "secrets" / "secret.csv")
    (inbox / "folder").symlink_to(root / "secrets")
    (inbox / "circle.csv").symlink_to("circle.csv")
    put(inbox / "denied", other__csv=seizures(good("DENIED")))
    (inbox / "denied").chmod(0)
    (inbox / "closed.csv").chmod(0)
    yield read(root, inbox, closed=True)
    (inbox / "denied").chmod(0o700)


@pytest.mark.parametrize(
    ("name", "english", "spanish"),
    [
        ("empty.csv", "is empty; ask the sender", "está vacío"),
        ("header.csv", "headings and no row below", "ninguna fila"),
        ("header.xlsx", "headings and no row below", "ninguna fila"),
        ("bomb.zip", "refused as a bomb", "se rechaza como bomba"),
        ("bomb.gz", "refused as a bomb", "se rechaza como bomba"),
        ("laughs.xlsx", "<!DOCTYPE", "<!DOCTYPE"),
        ("locked.xlsx", "password-protected", "contraseña"),
        (
            "ties.csv",
            "more than one layout (group_alliances, group_rivalries)",
            "más de un formato",
        ),
        ("link.csv", "a link that leads out of the inbox", "un enlace que sale de la bandeja"),
        ("folder", "a link that leads out of the inbox", "un enlace que sale de la bandeja"),
        ("circle.csv", "is not a regular file", "no es un archivo ordinario"),
        ("closed.csv", "may not be read by this account", "esta cuenta"),
        ("denied", "may not be read; give this account permission", "permiso"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(
    refused: Reading, name: str, english: str, spanish: str
) -> None:
    for lang, words in (("en", english), ("es", spanish)):
        reason = refused.reason(name, lang)
        assert name in reason
        assert words in reason
    assert refused.reason(name, "en") != refused.reason(name, "es")


def test_files_that_cannot_be_read_leave_the_workspace_as_it_was(refused: Reading) -> None:
    assert refused.status == {"en": 2, "es": 2}
    assert tables(refused.workspace) == refused.before
    assert refused.serials() == {"SOUND1", "SOUND2"}
    (sound,) = refused.told["en"]["sources"]  # type: ignore[misc,attr-defined]
    assert sound["unchanged"]
    doctor = command("doctor", refused.workspace)
    assert doctor.returncode == 0, doctor.stdout


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """Read an inbox of files with sound and unsound rows."""
    root = tmp_path_factory.mktemp("mixed")
    wrong = GOOD_ROW.replace("Nogales", "Nogal\xe9s").encode("latin-1")
    day, rounds = ("12/03/2019", ",30,2,")
    put(
        root / "inbox",
        inbox__toml=DECLARED,
        sound__csv=SOUND,
        latin__csv=seizures(good("LATIN")).encode("latin-1"),
        wrong__csv=seizures(good("W1")).encode() + wrong + b"\n" + good("W3").encode() + b"\n",
        ragged__csv=seizures(good("R1"), "2,12/03/2019,SEDENA", good("R3") + ",more", good("R4")),
        huge__csv=seizures(good("H1"), good("H2") + "x" * 10_000_000, good("H3")),
        huge__xlsx=workbook(
            sheet_row(1, HEADINGS)
            + sheet_row(2, good("HX1"))
            + sheet_row(3, good("HX2") + os.urandom(5_000_000).hex())
        ),
        nul__csv=seizures(good("N1"), good("N\0 2"), good("N3")),
        far__xlsx=workbook(
            sheet_row(1, HEADINGS) + sheet_row(2, good("F1")) + sheet_row(1_048_576, good("F2"))
        ),
        formula__csv=seizures(*map(good, FORMULAS)),
        date__csv=seizures(good("D1"), good("D2").replace(day, "31/02/2024")),
        negative__csv=seizures(good("Q1"), good("Q2").replace(rounds, ",-30,2,")),
    )
    return read(root, root / "inbox")


FORMULAS = ("=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1")


@pytest.mark.parametrize(
    ("name", "rows", "code", "sentence"),
    [
        ("wrong.csv", [2], "encoding", "byte 32 of the row cannot be read as UTF-8"),
        ("ragged.csv", [2, 3], "ragged", "nothing for Entidad Federativa"),
        ("huge.csv", [2], "row_too_long", "the row is 10000094 bytes long"),
        ("huge.xlsx", [2], "row_too_long", "bytes long; at most 1000000 are read"),
        ("nul.csv", [2], "nul_byte", "a NUL byte stands at byte 69 of the row"),
        ("date.csv", [2], "date_invalid", "event_date: '31/02/2024' is not a date"),
        ("negative.csv", [2], "quantity_negative", "rounds: '-30' is below zero"),
    ],
)
def test_a_row_that_cannot_be_read_is_in_quarantine_with_its_number_and_reason(
    mixed: Reading, name: str, rows: list[int], code: str, sentence: str
) -> None:
    found = mixed.quarantine(name)
    assert [(row, what) for row, what, _ in found] == [(row, code) for row in rows]
    assert sentence in found[0][2]


def test_unsound_rows_keep_no_sound_row_out(mixed: Reading) -> None:
    assert mixed.status == {"en": 0, "es": 0}
    sound = {"SOUND1", "SOUND2", "LATIN", "W1", "W3", "R1", "R4", "H1", "H3", "HX1", "N1", "N3"}
    assert mixed.serials() == sound | {"F1", "F2", "D1", "Q1", *FORMULAS}
    after = tables(mixed.workspace)
    assert mixed.before.items() <= after.items()
    doctor = command("doctor", mixed.workspace)
    assert doctor.returncode == 0, doctor.stdout


def test_a_cell_in_the_last_row_of_a_sheet_is_one_row(mixed: Reading) -> None:
    lines = command("export", mixed.workspace, "raw_rows", "--format", "jsonl").stdout.splitlines()
    ranges = {row["cell_range"]: row["row_number"] for row in map(json.loads, lines)}
    assert ranges["Hoja1!A1048576:P1048576"] == 2


def test_a_formula_is_kept_as_text_and_leaves_so_that_no_spreadsheet_runs_it(
    mixed: Reading,
) -> None:
    out = command("export", mixed.workspace, "records").stdout
    serials = {row["serial_raw"] for row in csv.DictReader(io.StringIO(out, newline=""))}
    assert {f"'{formula}" for formula in FORMULAS} <= serials
    cells = [cell for row in csv.reader(io.StringIO(out, newline="")) for cell in row if cell]
    harmless = re.compile(r"-?[0-9.]+")  # a number, such as a longitude
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r" and not harmless.fullmatch(cell)]


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "A date that does not exist"), ("es", "Una fecha que no existe")],
)
def test_the_reasons_for_quarantine_are_told_in_words(
    ironriver: Command, tmp_path: Path, lang: str, words: str
) -> None:
    rows = seizures(good("D1"), good("D2").replace("12/03/2019", "31/02/2024"))
    put(tmp_path / "inbox", inbox__toml=DECLARED, date__csv=rows)
    said = ironriver("intake", tmp_path / "inbox", "--workspace", tmp_path / "w", "--lang", lang)
    assert said.status == 0
    assert words in said.out
    assert "ironriver export WORKSPACE quarantine" in said.out


class FullDisk:
    """A disk that has room for some bytes, and then no more."""

    def __init__(self, room: int) -> None:
        self.room = room

    def before(self, step: Step) -> int:
        """Let a write through while there is room."""
        if step.kind == "write":
            self.room -= len(step.data)
            if self.room < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
        return len(step.data)

    def after(self, step: Step) -> None:
        """Take no note."""


@pytest.mark.parametrize("room", [0, 1_500, 4_000])
def test_a_full_disk_is_told_and_the_next_run_carries_on(
    ironriver: Command, tmp_path: Path, room: int
) -> None:
    workspace, inbox = tmp_path / "w", tmp_path / "inbox"
    put(inbox, inbox__toml=DECLARED, sound__csv=SOUND)
    assert ironriver("intake", inbox, "--workspace", workspace).status == 0
    before = ironriver("export", workspace, "records").out
    put(inbox, more__csv=seizures(good("MORE")))
    for lang, words in (("en", "the disk is full"), ("es", "el disco está lleno")):
        with recording(FullDisk(room)):
            said = ironriver("intake", inbox, "--workspace", workspace, "--lang", lang)
        assert said.status == 2
        assert words in said.err
        assert str(workspace) in said.err
        assert ironriver("export", workspace, "records").out == before
    assert ironriver("doctor", workspace).status == 0
    assert ironriver("intake", inbox, "--workspace", workspace).status == 0
    assert "MORE" in ironriver("export", workspace, "records").out


def test_a_workspace_that_is_closed_to_this_account_says_whom_to_ask(tmp_path: Path) -> None:
    inbox, workspace = tmp_path / "inbox", tmp_path / "w"
    put(inbox, inbox__toml=DECLARED, sound__csv=SOUND)
    assert command("intake", inbox, "--workspace", workspace).returncode == 0
    log = workspace / "journal" / "log.jsonl"
    log.chmod(0o400)
    for lang, words in (("en", "entered in its journal first"), ("es", "se anota antes en su")):
        for given in (("export", workspace, "records"), ("run", inbox, "--workspace", workspace)):
            said = command(*given, "--lang", lang, closed=True)
            assert (said.returncode, said.stdout) == (2, "")
            assert words in said.stderr
    (workspace / "workspace.json").chmod(0)
    said = command("doctor", workspace, "--lang", "es", closed=True)
    assert said.returncode == 1
    assert "pida permiso" in said.stdout
