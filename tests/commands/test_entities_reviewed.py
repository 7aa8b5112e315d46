"""A split, a merge and an undo, entered by command, survive later runs with new files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ironriver.workspace import Workspace
from named import RECENT, SALES, sale
from terminal import Command

PURPOSE = ("--purpose", "case 12/2024")
SPLIT = ("COLE, ANN", "COLE, ANNE")
MERGED = ("GARZA, LUIS", "GARZA PENA, LUIS ALBERTO")
FIRST = (
    sale(1, SPLIT[0], "03/05/1980", "80 MOCK RD"),
    sale(2, SPLIT[1], "03/05/1980", "80 MOCK RD"),
    sale(3, MERGED[0], "08/24/1971", "9 SAMPLE ST"),
    sale(4, MERGED[1], "01/02/1999", "77 FABLE LN"),
)
LATER = (
    sale(5, "RUIZ, EVA", "11/30/1990", "3 DRAFT CT"),
    sale(6, "RUIZ, EVA M", "11/30/1990", "3 DRAFT CT"),
    # Another row of each of the two that were judged: it must not bring them together again.
    sale(7, SPLIT[0], "03/05/1980", "80 MOCK RD"),
    sale(8, SPLIT[1], "03/05/1980", "80 MOCK RD"),
)
LAST = (sale(9, "SOLIS, OMAR", "06/06/1966", "1 LEGEND WAY"),)


class Inbox:
    """An inbox that grows, and the workspace it is run into."""

    def __init__(self, folder: Path, ironriver: Command) -> None:
        self.folder, self.workspace, self.ironriver = folder / "inbox", folder / "ws", ironriver
        self.folder.mkdir()

    def run(self, name: str, *rows: str) -> dict[str, set[str]]:
        """Lay a file in, run everything, and give the entities of each purchaser by name."""
        (self.folder / name).write_text("\n".join([SALES, *rows]) + "\n", "utf-8")
        with (self.folder / "inbox.toml").open("a", encoding="utf-8") as handle:
            handle.write(
                f'[[source]]\nfiles = "{name}"\nagency = "Synthetic"\nhandling = "SYNTHETIC"\n'
                f'nexus = "multiple_sale_report"\nknown_from = {RECENT}\n'
            )
        done = self.ironriver("run", self.folder, "--workspace", self.workspace, "--json")
        assert done.status == 0, done.err
        return self.entities()

    def entities(self) -> dict[str, set[str]]:
        """Give the entities of each purchaser by name, as exported."""
        stands = {row["party_id"]: row["entity_id"] for row in self._rows("entity_members")}
        found: dict[str, set[str]] = {}
        for row in self._rows("parties"):
            if row["role"] == "purchaser":
                found.setdefault(row["name"], set()).add(stands[row["party_id"]])
        return found

    def decisions(self) -> dict[tuple[str, ...], str]:
        """Give the decision of each match of two purchasers, by their names."""
        names = {row["party_id"]: row["name"] for row in self._rows("parties")}
        return {
            tuple(sorted((names[row["left_id"]], names[row["right_id"]]))): row["decision"]
            for row in self._rows("matches")
            if row["about"] == "person" and row["decision"].startswith("judged")
        }

    def judge(self, verdict: str, pair: tuple[str, str]) -> str:
        """Judge two by command; give the judgement's number."""
        ids = {row["name"]: row["party_id"] for row in self._rows("parties")}
        said = self.ironriver(
            "review", self.workspace, f"--{verdict}", ids[pair[0]], ids[pair[1]],
            "--why", "invented", *PURPOSE,
        )  # fmt: skip
        assert said.status == 0, said.err
        return said.out.split()[1]

    def undo(self, number: str) -> None:
        """Undo a judgement by command."""
        assert self.ironriver("review", self.workspace, "--undo", number, *PURPOSE).status == 0

    def _rows(self, table: str) -> list[dict[str, str]]:
        out = self.ironriver("export", self.workspace, table, "--format", "jsonl", *PURPOSE).out
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def inbox(tmp_path: Path, ironriver: Command) -> Inbox:
    """Give an empty inbox."""
    return Inbox(tmp_path, ironriver)


def one(found: dict[str, set[str]], pair: tuple[str, str]) -> bool:
    """Say whether two names stand in one entity, and nowhere else; neither may be in doubt."""
    left, right = (found[name] for name in pair)
    assert left == right or not left & right
    return left == right and len(left) == 1


def test_a_split_a_merge_and_an_undo_survive_runs_with_new_files(inbox: Inbox) -> None:
    before = inbox.run("sales_a.csv", *FIRST)
    assert (one(before, SPLIT), one(before, MERGED)) == (True, False)

    split = inbox.judge("different", SPLIT)
    inbox.judge("same", MERGED)
    again = inbox.ironriver("resolve", inbox.workspace, *PURPOSE)
    assert "persons and licensees written" in again.out
    judged = inbox.entities()
    assert (one(judged, SPLIT), one(judged, MERGED)) == (False, True)
    kept = {SPLIT: "judged different", tuple(sorted(MERGED)): "judged same"}
    assert inbox.decisions() == kept

    later = inbox.run("sales_b.csv", *LATER)
    assert not later[SPLIT[0]] & later[SPLIT[1]]
    assert one(later, MERGED)
    assert one(later, ("RUIZ, EVA", "RUIZ, EVA M"))
    assert inbox.decisions() == kept

    inbox.undo(split)
    undone = inbox.run("sales_c.csv", *LAST)
    assert (one(undone, SPLIT), one(undone, MERGED)) == (True, True)
    assert inbox.decisions() == {tuple(sorted(MERGED)): "judged same"}


def test_resolve_says_which_of_both_changed(inbox: Inbox) -> None:
    inbox.run("sales_a.csv", *FIRST)
    said = inbox.ironriver("resolve", inbox.workspace, *PURPOSE).out.splitlines()
    assert said == ["firearms unchanged", "persons and licensees unchanged"]
    inbox.judge("different", SPLIT)
    said = inbox.ironriver("resolve", inbox.workspace, *PURPOSE).out.splitlines()
    assert "persons and licensees written" in said
    spanish = inbox.ironriver("resolve", inbox.workspace, *PURPOSE, "--lang", "es").out
    assert "personas y licenciatarios sin cambios" in spanish


def test_the_id_of_a_split_person_leads_to_where_each_party_stands(inbox: Inbox) -> None:
    before = inbox.run("sales_a.csv", *FIRST)
    (whole,) = before[SPLIT[0]]
    inbox.judge("different", SPLIT)
    inbox.ironriver("resolve", inbox.workspace, *PURPOSE)
    told = inbox.ironriver("explain", inbox.workspace, whole, "--json", *PURPOSE)
    answer = json.loads(told.out)
    assert answer["entity"]["parties"] == 1
    assert {one["decision"] for one in answer["rivals"]} >= {"judged different"}
    said = inbox.ironriver("explain", inbox.workspace, whole, *PURPOSE).out
    assert "a person's judgement: differs" in said
    with Workspace.open(inbox.workspace) as workspace:
        assert [entry.action for entry in workspace.entries()].count("judge") == 1
