"""An index in a folder opens again as it was, grows, and tells damage from answers."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

import search_serials
from ironriver.errors import DamageError, WorkspaceError
from ironriver.firearms.search import SerialIndex, files, index
from ironriver.firearms.search.files import LIST

RECORDS = [*search_serials.records(4_000, seed=11), None, "12??567", "LONG" * 8, "", "???"]
QUERIES = [*RECORDS[:4_000:40], "1234567", "LONG" * 8]


def answers(opened: SerialIndex) -> list[list[int]]:
    found = opened.search(QUERIES, 2, ends=1)
    return [found.query.tolist(), found.entry.tolist()]


WHOLE = answers(SerialIndex.of(RECORDS))


def in_chunks(size: int) -> list[list[str | None]]:
    return [RECORDS[begin : begin + size] for begin in range(0, len(RECORDS), size)]


def test_an_index_opens_as_it_was_built(tmp_path: Path) -> None:
    built = SerialIndex.build(tmp_path / "index", in_chunks(999))
    opened = SerialIndex.open(tmp_path / "index")
    opened.check()
    assert len(opened) == len(RECORDS)
    assert answers(built) == answers(opened) == WHOLE


def test_runs_sorted_apart_merge_into_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "GATHERED", 500)
    built = SerialIndex.build(tmp_path, in_chunks(333))
    assert len(built.runs) == 1
    assert answers(built) == WHOLE
    built.check()
    whole = SerialIndex.of(RECORDS).runs[0].arrays
    for name, ours, theirs in zip(whole._fields, built.runs[0].arrays, whole, strict=True):
        if name not in ("keys", "text"):  # long serials stand elsewhere in the text
            assert np.array_equal(ours, theirs), name


def test_added_serials_are_found_and_runs_stay_few(tmp_path: Path) -> None:
    grown = SerialIndex.build(tmp_path, [RECORDS[:2_000]])
    for begin in range(2_000, len(RECORDS), 61):
        grown.add(RECORDS[begin : begin + 61])
        assert len(grown.runs) <= 6
    assert answers(grown) == WHOLE
    assert answers(SerialIndex.open(tmp_path)) == WHOLE
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {LIST, *(run.name for run in grown.runs)}


def test_an_index_built_anew_takes_the_place_of_the_old(tmp_path: Path) -> None:
    old = SerialIndex.build(tmp_path, [["ABC123"]])
    SerialIndex.build(tmp_path, [["XYZ789", "XYZ780"]])
    opened = SerialIndex.open(tmp_path)
    assert len(opened) == 2
    assert opened.search(["XYZ789"], 0).entry.tolist() == [0]
    assert old.search(["ABC123"]).entry.tolist() == [0]  # who has it open keeps it


def test_an_empty_index_opens(tmp_path: Path) -> None:
    SerialIndex.build(tmp_path, [])
    opened = SerialIndex.open(tmp_path)
    assert len(opened) == 0
    opened.add(["ABC123"])
    assert SerialIndex.open(tmp_path).search(["ABC123"]).entry.tolist() == [0]


def test_a_folder_without_an_index_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="Build it first"):
        SerialIndex.open(tmp_path)


def test_a_failed_build_leaves_the_old_index(tmp_path: Path) -> None:
    def failing() -> object:
        yield RECORDS[:500]
        raise OSError("the source is gone")

    SerialIndex.build(tmp_path, [["ABC123"]])
    with pytest.raises(OSError, match="gone"):
        SerialIndex.build(tmp_path, failing())  # type: ignore[arg-type]
    assert SerialIndex.open(tmp_path).search(["ABC123"]).entry.tolist() == [0]


@pytest.mark.parametrize("cut", [0, 1, 100, 5_000, -1])
def test_a_cut_file_is_damage(tmp_path: Path, cut: int) -> None:
    path = tmp_path / SerialIndex.build(tmp_path, [RECORDS]).runs[0].name
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DamageError, match="not what was written"):
        SerialIndex.open(tmp_path)


def test_a_missing_file_or_a_changed_list_is_damage(tmp_path: Path) -> None:
    run = tmp_path / SerialIndex.build(tmp_path, [RECORDS]).runs[0].name
    for listed in (b"", b"{}", b"[]", json.dumps({"format": "other", "runs": []}).encode()):
        kept = (tmp_path / LIST).read_bytes()
        (tmp_path / LIST).write_bytes(listed)
        with pytest.raises(DamageError):
            SerialIndex.open(tmp_path)
        (tmp_path / LIST).write_bytes(kept)
    run.unlink()
    with pytest.raises(DamageError):
        SerialIndex.open(tmp_path)


def test_an_index_replaced_while_it_is_opened_opens_as_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SerialIndex.build(tmp_path, [["ABC123"]])
    open_run = files._open

    def overtaken(path: Path) -> object:
        monkeypatch.setattr(files, "_open", open_run)
        SerialIndex.build(tmp_path, [["XYZ789", "XYZ780"]])
        return open_run(path)

    monkeypatch.setattr(files, "_open", overtaken)
    assert len(SerialIndex.open(tmp_path)) == 2


def test_every_flipped_bit_is_found_by_check(tmp_path: Path) -> None:
    path = tmp_path / SerialIndex.build(tmp_path, [RECORDS]).runs[0].name
    whole = path.read_bytes()
    chance = random.Random(5)
    for _ in range(60):
        place = chance.randrange(len(whole))
        path.write_bytes(
            whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :]
        )
        with pytest.raises(DamageError):
            SerialIndex.open(tmp_path).check()


def test_arrays_that_lie_are_damage_and_no_crash(tmp_path: Path) -> None:
    opened = SerialIndex.of(["ABC123", "LONG" * 8] * 30)
    arrays = opened.runs[0].arrays
    arrays.buckets[:] = 2**32 - 1
    with pytest.raises(DamageError):
        opened.search(["ABC123"])
    opened = SerialIndex.of(["ABC123", "LONG" * 8] * 30)
    opened.runs[0].arrays.keys[:] |= np.uint64(1 << 63)
    with pytest.raises(DamageError):
        opened.search(["ABC123"])
