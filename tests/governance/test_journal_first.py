"""What leaves, is shown or is refused stands in the journal first, or it does not happen."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from guarded import Guarded
from typer.testing import CliRunner

from ironriver.cli import app
from ironriver.errors import RefusedError
from ironriver.governance.release import Access
from ironriver.governance.roles import Role
from ironriver.workspace.disk import Disk, DiskFile

CLAIM = "70 percent of the guns recovered in Mexico come from the United States"
# Each door with the command line that opens it; FILE is where its answer goes, if not on screen.
DOORS: dict[str, list[str]] = {
    "export": ["export", "WS", "records", "--purpose", "case 12"],
    "export of names to a file": ["export", "WS", "parties", "--purpose", "case 12", "-o", "FILE"],
    "report": ["report", "WS", "findings", "-o", "FILE"],
    "explain a record": ["explain", "WS", "RECORD", "--purpose", "case 12"],
    "explain a figure": ["explain", "WS", "FIGURE"],
    "check": ["check", "WS", CLAIM],
}


class Come:
    """Runs a command line, and looks at what came out."""

    def __init__(self, guarded: Guarded, file: Path) -> None:
        record = next(
            one for one in guarded.ids("records") if one not in guarded.ids("trace_results")
        )
        self.file = file
        self.places = {"WS": str(guarded.path), "FILE": str(file), "RECORD": record}
        self.places["FIGURE"] = guarded.ids("figures")[0]

    def out(self, line: list[str]) -> tuple[str, BaseException | None]:
        """Give what came out on the screen and in the file, and the error."""
        done = CliRunner().invoke(app, [self.places.get(word, word) for word in line])
        return done.stdout + (self.file.read_text("utf-8") if self.file.exists() else ""), (
            None if isinstance(done.exception, SystemExit) else done.exception
        )


def full_after(lines: int) -> Callable[[Disk, Path], DiskFile]:
    """Give a way to open the journal that fails once so many lines were written."""
    left = itertools.count(lines, -1)
    real = Disk.append_to

    def append_to(disk: Disk, path: Path) -> DiskFile:
        if path.name == "log.jsonl" and next(left) <= 0:
            raise OSError(28, "No space left on device")
        return real(disk, path)

    return append_to


@pytest.fixture
def come(guarded: Guarded, tmp_path: Path) -> Come:
    """Come as an analyst whose records are not those of the trace database."""
    guarded.as_role(Role.ANALYST)
    return Come(guarded, tmp_path / "answer")


def record_that_may_be_seen(guarded: Guarded) -> str:
    """Give a seizure, which an analyst with a purpose may see."""
    text = guarded.export("records", "jsonl", guarded.as_role(Role.ANALYST, "case 12"))
    return text.split('"record_id": "')[1].split('"')[0]


@pytest.mark.parametrize("door", DOORS)
def test_nothing_comes_out_of_a_door_whose_journal_entry_fails(
    guarded: Guarded, come: Come, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    come.places["RECORD"] = record_that_may_be_seen(guarded)
    before = len(list(guarded.workspace.entries()))
    given, fault = come.out(DOORS[door])
    assert fault is None
    assert len(given) > 200
    come.file.unlink(missing_ok=True)
    guarded.workspace.append("look", "x", "x", "x")
    lines = len(list(guarded.workspace.entries())) - 1 - before
    assert lines >= 1
    for written in sorted({0, lines // 2, lines - 1}):
        with monkeypatch.context() as patch:
            patch.setattr(Disk, "append_to", full_after(written))
            given, fault = come.out(DOORS[door])
        assert fault is not None, f"{door} went on after {written} of {lines} entries"
        assert given == ""


def test_a_refusal_that_cannot_be_written_is_no_answer_either(
    guarded: Guarded, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Disk, "append_to", full_after(0))
    given, fault = come.out(["export", "WS", "parties"])
    assert given == ""
    assert not isinstance(fault, RefusedError)


def test_a_refused_export_leaves_an_earlier_file_as_it_was(guarded: Guarded, come: Come) -> None:
    come.file.write_text("earlier")
    given, fault = come.out(["export", "WS", "parties", "-o", "FILE"])
    assert isinstance(fault, RefusedError)
    assert given == "earlier"
    assert [path.name for path in come.file.parent.iterdir() if path.is_file()] == ["answer"]


def test_what_was_shown_stands_in_the_journal_with_who_and_why(
    guarded: Guarded, come: Come
) -> None:
    come.places["RECORD"] = record_that_may_be_seen(guarded)
    before = len(list(guarded.workspace.entries()))
    for line in DOORS.values():
        assert come.out(line)[1] is None
    guarded.workspace.append("look", "x", "x", "x")
    new = list(guarded.workspace.entries())[before:-1]
    assert {(e.actor, e.role) for e in new} == {("account-analyst", "analyst")}
    done = {(e.action, e.object) for e in new}
    assert {("export", "records"), ("export", "parties"), ("check", "claim")} <= done
    assert {("view", "findings"), ("view", come.places["RECORD"])} <= done
    assert ("view", come.places["FIGURE"]) in done
    assert {e.purpose for e in new if e.object in ("parties", "records")} == {"case 12"}


def test_an_account_without_a_role_is_refused_and_journalled(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ironriver.governance.access.account", lambda: "stranger")
    with pytest.raises(RefusedError, match="holds no role"):
        Access.current(guarded.workspace, "case 12")
    last = list(guarded.workspace.entries())[-1]
    assert (last.action, last.actor, last.role) == ("refusal", "stranger", "none")
    assert last.detail == {"code": "no_role"}
