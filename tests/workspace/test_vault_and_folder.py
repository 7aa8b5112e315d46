"""The vault, founding a workspace, two processes at once, and pruning."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
import time
import tracemalloc
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from crash_work import WHO, content, ingest, judge, write_segment
from ironriver import engine
from ironriver.errors import DamageError, InputError, IronRiverError, WorkspaceError
from ironriver.workspace import Batch, Workspace, retention


def test_a_source_is_kept_verbatim_once(ws: Workspace, tmp_path: Path) -> None:
    data = bytes(range(256)) * 20_000
    (tmp_path / "a.bin").write_bytes(data)
    (tmp_path / "b.bin").write_bytes(data)
    name = ws.receive(tmp_path / "a.bin")
    assert name == sha256(data).hexdigest()
    kept = ws.source_path(name)
    assert kept.read_bytes() == data
    assert kept.stat().st_mode & 0o777 == 0o400
    before = kept.stat()
    assert ws.receive(tmp_path / "b.bin") == ws.receive_bytes(data) == name
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert len(list(kept.parent.iterdir())) == 1
    assert list((ws.path / "tmp").iterdir()) == []


def test_receiving_takes_the_same_memory_for_any_size(ws: Workspace, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as handle:
        handle.truncate(64 << 20)
    tracemalloc.start()
    ws.receive(tmp_path / "large")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_source_that_cannot_be_read_is_named(ws: Workspace, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            ws.receive(path)


def test_a_changed_or_missing_source_is_damage(ws: Workspace) -> None:
    name = ws.receive_bytes(b"as received")
    with Workspace.open(ws.path) as reader:
        file = ws.path / "vault" / "raw" / name
        file.chmod(0o600)
        file.write_bytes(b"as Received")
        with pytest.raises(DamageError, match="was changed"):
            reader.source_path(name)
        assert any(name in one.sentence for one in reader.check())
        file.unlink()
        with pytest.raises(DamageError, match="is missing"):
            reader.source_path(name)
        with pytest.raises(WorkspaceError, match="names no source"):
            reader.source_path("../../keys/checkpoint.key")


def test_a_reader_cannot_write_tables(ws: Workspace) -> None:
    with Workspace.open(ws.path) as reader:
        for action in (
            lambda: reader.receive_bytes(b"x"),
            lambda: reader.segment("records"),
            lambda: reader.prune(0, *WHO),
            lambda: reader.withdraw("0" * 64, date(2020, 1, 1), *WHO, "why"),
            lambda: reader.commit_derived("measure", "in", [], *WHO),
        ):
            with pytest.raises(WorkspaceError, match="reading only"):
                action()


def test_a_workspace_is_founded_once_and_only_in_a_folder_of_its_own(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "deep" / "down" / "ws", "ana").close()
    with pytest.raises(WorkspaceError, match="already"):
        Workspace.create(tmp_path / "deep" / "down" / "ws", "ana")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all my work")
    with pytest.raises(WorkspaceError, match=r"holds thesis\.txt"):
        Workspace.create(tmp_path / "mine", "ana")
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_workspace_that_lost_its_head_is_damage_and_not_founded_anew(ws: Workspace) -> None:
    ingest(ws, 1, "p")
    ws.close()
    (ws.path / "workspace.json").unlink()
    for action in (
        lambda: Workspace.open(ws.path),
        lambda: Workspace.create(ws.path, "ana"),
        lambda: Workspace.open_or_create(ws.path, "ana"),
    ):
        with pytest.raises(DamageError, match=r"workspace\.json is missing"):
            action()
    assert (ws.path / "journal" / "log.jsonl").read_bytes().count(b"\n") == 2


def test_the_key_is_for_its_owner_only(ws: Workspace) -> None:
    key = ws.path / "keys" / "checkpoint.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert ws.check() == []
    key.chmod(0o644)
    assert "other accounts" in ws.check()[0].sentence


def test_unknown_files_are_noted_and_unfinished_ones_swept(ws: Workspace) -> None:
    ws.close()
    (ws.path / "notes.txt").write_text("?")
    (ws.path / "vault" / "raw" / "readme").write_text("?")
    (ws.path / "tmp" / "abc.part").write_text("?")
    with Workspace.open(ws.path) as reader:
        assert (ws.path / "tmp" / "abc.part").exists()
        found = {one.path: one.what for one in reader.check()}
        assert found == {"notes.txt": "note", "vault/raw/readme": "note"}
    Workspace.open(ws.path, write=True).close()
    assert list((ws.path / "tmp").iterdir()) == []


HOLD = """
import sys
from pathlib import Path
from ironriver.workspace import Workspace
with Workspace.open(Path(sys.argv[1]), write=True):
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_a_second_writer_is_told_who_has_the_workspace_or_waits(ws: Workspace) -> None:
    ws.close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(ws.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(WorkspaceError, match=f"in use by process {other.pid}"):
            Workspace.open(ws.path, write=True)
        with Workspace.open(ws.path) as reader:
            reader.append("view", "meanwhile", *WHO)
        let_go = threading.Timer(0.3, other.stdin.close)
        let_go.start()
        began = time.monotonic()
        with Workspace.open(ws.path, write=True, wait=20.0) as second:
            assert time.monotonic() - began > 0.2
            assert [entry.action for entry in second.entries()] == ["create", "view"]
        let_go.join()


ADD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from crash_work import WHO, ingest
from ironriver.workspace import Workspace
start = int(sys.argv[2])
for number in range(start, start + 5):
    with Workspace.open_or_create(Path(sys.argv[1]), "tester", wait=60.0) as ws:
        ingest(ws, number, "p")
    with Workspace.open(Path(sys.argv[1])) as ws:
        ws.append("view", str(number), *WHO)
        ws.seal()
"""


def test_processes_that_found_and_write_at_once_corrupt_nothing(tmp_path: Path) -> None:
    benchmarks = str(Path(__file__).resolve().parents[2] / "benchmarks")
    path = tmp_path / "ws"
    running = [
        subprocess.Popen([sys.executable, "-c", ADD, str(path), str(start), benchmarks])
        for start in (0, 10, 20)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert judge(path, {}) == []
    with Workspace.open(path) as ws:
        assert len(ws.segments("records")) == 15
        assert sum(entry.action == "view" for entry in ws.entries()) == 16


def replaced_often(ws: Workspace) -> None:
    for parser in ("p1", "p2", "p3", "p4"):
        ingest(ws, 1, parser, rows=20 + int(parser[1]))
    ingest(ws, 2, "p1")


def test_pruning_keeps_what_counts_and_the_newest_that_was_replaced(ws: Workspace) -> None:
    replaced_often(ws)
    before = content(ws)
    assert [one.current for one in ws.snapshots()] == [False, False, False, True, True]
    gone = ws.prune(1, *WHO)
    assert [one.sequence for one in gone] == [1, 2]
    assert [one.current for one in ws.snapshots()] == [False, True, True]
    assert len(list((ws.path / "vault" / "seg").iterdir())) == 6
    assert len(list((ws.path / "vault" / "raw").iterdir())) == 2
    assert content(ws) == before
    assert ws.check() == []
    ws.prune(0, *WHO)
    assert content(ws) == before
    assert [one.current for one in ws.snapshots()] == [True, True]
    lines = ws.journal.path.read_bytes()
    assert ws.prune(0, *WHO) == []
    assert ws.journal.path.read_bytes() == lines


def test_a_segment_shared_with_what_counts_is_not_pruned(ws: Workspace) -> None:
    source = ws.receive_bytes(b"one")
    shared = write_segment(ws, "records", source, 9, 1)
    own = write_segment(ws, "quarantine", source, 9, 1)
    ws.commit_batch(Batch(source, "p1", date(2024, 1, 1), None, (shared, own)), *WHO)
    ws.commit_batch(Batch(source, "p2", date(2024, 1, 1), None, (shared,)), *WHO)
    ws.prune(0, *WHO)
    assert ws.verified_path(shared).exists()
    assert not (ws.path / "vault" / "seg" / f"{own.sha256}.parquet").exists()


def test_a_prune_that_was_broken_off_is_finished_at_the_next_opening(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced_often(ws)
    before = content(ws)
    unlink, count = type(ws._disk).unlink, 0

    def break_off(disk: object, path: Path) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt
        unlink(ws._disk, path)

    monkeypatch.setattr(type(ws._disk), "unlink", break_off)
    with pytest.raises(KeyboardInterrupt):
        ws.prune(0, *WHO)
    monkeypatch.undo()
    ws.close()
    assert len(list((ws.path / "vault" / "seg").iterdir())) == 8
    with Workspace.open(ws.path, write=True) as again:
        assert len(list((ws.path / "vault" / "seg").iterdir())) == 4
        assert content(again) == before
        assert again.check() == []


def test_a_pruned_segment_that_is_committed_again_stays(ws: Workspace) -> None:
    replaced_often(ws)
    ws.prune(0, *WHO)
    ingest(ws, 1, "p1", rows=21)
    ws.close()
    with Workspace.open(ws.path, write=True) as again:
        assert [one.what for one in again.check()] == []
        assert again.prune(5, *WHO) == []
        with engine.connect(again, ["records"]) as connection:
            assert engine.query(connection, "FROM records").num_rows == 61


def test_segments_that_no_entry_names_are_noted_and_pruned(ws: Workspace) -> None:
    segment = write_segment(ws, "records", "s", 5, 1)
    assert "prune removes it" in ws.check()[0].sentence
    ws.prune(9, *WHO)
    assert not ws.vault.has_segment(segment)
    assert ws.check() == []


def test_a_negative_number_of_snapshots_cannot_be_kept(ws: Workspace) -> None:
    with pytest.raises(WorkspaceError):
        retention.plan(ws.history, ws.vault, -1)


def test_a_journal_without_permission_is_said(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws.close()
    real = Path.open

    def refuse(path: Path, *given: object, **more: object) -> object:
        if path.name == "log.jsonl":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *given, **more)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(IronRiverError, match="cannot be used: Permission denied"):
        Workspace.open(ws.path)
