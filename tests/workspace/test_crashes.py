"""Kills, power cuts, failing disks and flipped bits: the old state or the new, and never a lie."""

from __future__ import annotations

import errno
import multiprocessing
import random
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from crash_bits import answers, flip, flips, made
from crash_model import FailingDisk, Trace, power_cut
from crash_power import cuts, generated_work, record
from crash_work import WHO, content, ingest, judge, work
from ironriver import engine
from ironriver.errors import DamageError, IronRiverError
from ironriver.workspace import Workspace
from ironriver.workspace.disk import Disk, recording

KILLS, CUTS, FLIPS = 20, 40, 60


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Trace]:
    root = tmp_path_factory.mktemp("power")
    return root, record(root, "ws", generated_work)


def tree_of(path: Path) -> dict[str, bytes]:
    return {
        file.relative_to(path).as_posix(): file.read_bytes() if file.is_file() else b"folder"
        for file in sorted(path.rglob("*"))
    }


def test_the_recording_is_complete(recorded: tuple[Path, Trace], tmp_path: Path) -> None:
    root, trace = recorded
    power_cut(trace, root, tmp_path / "again")
    assert tree_of(tmp_path / "again") == tree_of(root)
    assert len(tree_of(root)) > 50


def test_a_power_cut_leaves_a_whole_workspace_with_all_that_was_acknowledged(
    recorded: tuple[Path, Trace], tmp_path: Path
) -> None:
    root, trace = recorded
    assert cuts(trace, root, "ws", CUTS, 7, tmp_path / "spare") == []


@pytest.mark.parametrize("kind", ["sync", "sync_folder"])
def test_the_model_of_power_cuts_notices_what_is_not_synced(
    recorded: tuple[Path, Trace], tmp_path: Path, kind: str
) -> None:
    root, trace = recorded
    founding = next(
        index
        for index, step in enumerate(trace.steps)
        if step.target == root / "ws" / "workspace.json"
    )
    careless = Trace(
        [
            replace(step, kind="sync_folder", path=root / "nowhere")
            if step.kind == kind and index > founding + 1
            else step
            for index, step in enumerate(trace.steps)
        ],
        trace.inodes,
    )
    wrong = 0
    for seed in range(12):
        power_cut(careless, root, tmp_path / str(seed), len(trace.steps), seed)
        lines = trace.durable_bytes(root / "ws" / "journal" / "log.jsonl", len(trace.steps))
        place = tmp_path / str(seed) / "ws"
        lost = (place / "journal" / "log.jsonl").read_bytes() != lines
        wrong += lost or bool(judge(place, {}))
    assert wrong > 0


def _kill_me(path: Path, seed: int, pipe: Connection) -> None:
    work(path, seed, 10_000, lambda sequence, leaf: pipe.send((sequence, leaf)))


def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ironriver.workspace"])
    rng, known = random.Random(3), {}
    for number in range(KILLS):
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=_kill_me, args=(tmp_path / "ws", number, sending))
        process.start()
        sending.close()
        known |= dict([receiving.recv()])
        time.sleep(rng.random() * 0.15)
        process.kill()
        process.join()
        try:
            while True:
                known |= dict([receiving.recv()])
        except EOFError:
            receiving.close()
        assert judge(tmp_path / "ws", known) == []
    assert len(known) > KILLS


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("bits") / "ws")


def test_a_flipped_bit_is_detected_or_harmless(small: Path) -> None:
    seen = flips(small, FLIPS, 5)
    assert seen["WRONG"] == 0
    assert seen["detected"] > FLIPS // 4


def test_a_flipped_bit_in_every_file_is_named_by_check(small: Path) -> None:
    true, named = answers(small), 0
    for file in sorted(small.rglob("*")):
        name = file.relative_to(small).as_posix()
        if not file.is_file() or not file.stat().st_size or name == "lock":
            continue
        flip(file, 8 * (file.stat().st_size // 2))
        try:
            with Workspace.open(small) as ws:
                assert [one for one in ws.check() if one.what == "damage"], name
        except DamageError:
            named += 1
        flip(file, 8 * (file.stat().st_size // 2))
    assert named > 3
    assert all(rows.equals(true[name]) for name, rows in answers(small).items())


def steps_of_one_sitting(path: Path) -> None:
    """Do one of everything that writes."""
    with Workspace.open_or_create(path, "tester") as ws:
        for number in range(2):
            ingest(ws, number, "p1")
        ingest(ws, 0, "p2")
        ws.append("view", "something", *WHO)
        ws.prune(0, *WHO)
        ws.seal()


def fail_at(tmp_path: Path, error: int, lasting: bool, first: int, stride: int) -> int:
    """Let the disk fail at every so many steps; give how often that raised an error of ours."""
    counting = FailingDisk(-1, error, lasting=False)
    with recording(counting):
        steps_of_one_sitting(tmp_path / "whole")
    with Workspace.open(tmp_path / "whole") as ws:
        whole = content(ws)
    refused = 0
    for at in range(first, counting.count, stride):
        path = tmp_path / "failing"
        failing = FailingDisk(at, error, lasting=lasting)
        with recording(failing), suppress(IronRiverError):
            refused += 1
            steps_of_one_sitting(path)
            refused -= 1
        assert failing.refused
        if (path / "workspace.json").exists():
            assert judge(path, {}) == [], f"step {at}"
        steps_of_one_sitting(path)
        with Workspace.open(path) as ws:
            assert content(ws) == whole
        shutil.rmtree(path)
    return refused


FAILURES = [
    (errno.ENOSPC, True, 1),
    (errno.ENOSPC, False, 10),
    (errno.EIO, True, 20),
    (errno.EIO, False, 30),
]


@pytest.mark.parametrize(("error", "lasting", "first"), FAILURES)
def test_a_failing_disk_leaves_the_old_state_or_the_new(
    tmp_path: Path, error: int, lasting: bool, first: int
) -> None:
    assert fail_at(tmp_path, error, lasting, first, 37) > 8


@pytest.mark.slow
@pytest.mark.parametrize(("error", "lasting", "first"), FAILURES)
def test_a_failing_disk_at_every_single_step_leaves_the_old_state_or_the_new(
    tmp_path: Path, error: int, lasting: bool, first: int
) -> None:
    assert fail_at(tmp_path, error, lasting, 1, 1) > 400


def test_a_late_write_to_a_closed_file_reaches_no_other_file(tmp_path: Path) -> None:
    late = Disk().create(tmp_path / "late")
    late.close()
    with (tmp_path / "innocent").open("wb") as innocent:
        with pytest.raises(OSError, match="Bad file descriptor"):
            late.write(b"late")
        innocent.flush()
    assert (tmp_path / "innocent").read_bytes() == b""


def test_a_full_disk_while_receiving_leaves_nothing_but_the_error(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "ws", "ana").close()
    source = tmp_path / "source.csv"
    source.write_bytes(b"x" * 3_000_000)
    full = FailingDisk(6, errno.ENOSPC)
    with (
        recording(full),
        Workspace.open(tmp_path / "ws", write=True) as ws,
        pytest.raises(IronRiverError, match="the disk is full"),
    ):
        ws.receive(source)
    assert full.refused
    assert list((tmp_path / "ws" / "vault" / "raw").iterdir()) == []
    with Workspace.open(tmp_path / "ws", write=True) as ws:
        assert list((tmp_path / "ws" / "tmp").iterdir()) == []
        assert ws.source_path(ws.receive(source)).read_bytes() == source.read_bytes()


def test_an_audit_entry_that_cannot_be_written_raises(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "ws", "ana").close()
    before = (tmp_path / "ws" / "journal" / "log.jsonl").read_bytes()
    with recording(FailingDisk(1, errno.ENOSPC)), Workspace.open(tmp_path / "ws") as ws:
        with pytest.raises(IronRiverError, match="the disk is full"):
            ws.append("view", "record 1", *WHO)
        with pytest.raises(IronRiverError):
            ws.append("view", "record 1", *WHO)
    assert (tmp_path / "ws" / "journal" / "log.jsonl").read_bytes() == before


def test_a_damaged_segment_is_never_shown_to_the_engine(tmp_path: Path) -> None:
    path = made(tmp_path / "ws")
    with Workspace.open(path) as ws:
        segment = ws.segments("records")[0]
        file = ws.verified_path(segment)
    flip(file, 8 * 500)
    with Workspace.open(path) as ws:
        with pytest.raises(IronRiverError, match="was changed"):
            engine.connect(ws, ["records"])
        engine.connect(ws, ["quarantine"]).close()
    file.unlink()
    with Workspace.open(path) as ws, pytest.raises(IronRiverError, match="is missing"):
        engine.connect(ws, ["records"])
