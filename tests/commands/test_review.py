"""What waits is shown most urgent first, judged, undone, and read from a file, in two languages."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from ironriver.governance import access as access_module
from ironriver.governance import roles
from ironriver.governance.access import Access
from ironriver.governance.judgements import judgements
from ironriver.governance.roles import account
from ironriver.workspace import Entry, Workspace
from terminal import Command
from weighed import ids, weighed

PURPOSE = ("--purpose", "carpeta 12/2024")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weigh a workspace once."""
    return weighed(tmp_path_factory.mktemp("weighed"))


@pytest.fixture(scope="module")
def once_restricted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weigh one whose rows are restricted."""
    return weighed(tmp_path_factory.mktemp("restricted"), "LAW_ENFORCEMENT")


@pytest.fixture
def place(once: Path, tmp_path: Path) -> Path:
    """Give a copy of the weighed workspace."""
    return Path(shutil.copytree(once, tmp_path / "ws"))


@pytest.fixture
def restricted(once_restricted: Path, tmp_path: Path) -> Path:
    """Give a copy of the restricted one."""
    return Path(shutil.copytree(once_restricted, tmp_path / "ws"))


def guns(path: Path) -> list[str]:
    return ids(path, "records", "kind = 'recovery'")


def binding(path: Path) -> list[tuple[str, str, str]]:
    with Workspace.open(path) as workspace:
        return [
            (one.left_id, str(one.verdict), one.right_id)
            for one in judgements(workspace)
            if one.binds
        ]


def entries(path: Path) -> list[Entry]:
    with Workspace.open(path) as workspace:
        return list(workspace.entries())


def become(path: Path, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Workspace.open(path, write=True) as workspace:
        roles.grant(workspace, account(), f"account-{role}", roles.Role(role))
    monkeypatch.setattr(access_module, "account", lambda: f"account-{role}")


class Keys(io.StringIO):
    """A terminal at which these lines are typed."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def test_the_queue_puts_first_where_most_pairs_are_expected_to_be_wrong(
    ironriver: Command, place: Path
) -> None:
    told = json.loads(ironriver("review", place, "--json").out)
    assert told["waiting"] == 5
    urgencies = [min(m["probability"], 1 - m["probability"]) * m["hangs"] for m in told["items"]]
    assert urgencies == sorted(urgencies, reverse=True)
    # 93 % with three pairs of records at stake comes before 80 % with one; 0.1 % is decided.
    assert [m["probability"] for m in told["items"]] == [0.5, 0.6, 0.7, 0.93, 0.8]
    assert [m["hangs"] for m in told["items"]] == [1, 1, 1, 3, 1]


def test_both_sides_and_what_speaks_against_come_with_each_match(
    ironriver: Command, place: Path
) -> None:
    said = ironriver("review", place, "--limit", 1)
    assert "One firearm? 50.0% (log-odds +1.25), kept apart" in said.out
    assert "SON0" in said.out
    assert "SON1" in said.out
    assert said.out.index("-2.25") < said.out.index("+3.50")
    assert "one character typed otherwise" in said.out
    assert "1 of 5 matches that wait" in said.out
    spanish = ironriver("review", place, "--limit", 1, "--lang", "es").out
    assert "¿Una sola arma? 50.0%" in spanish
    assert "separados" in spanish
    assert "1 de 5 cotejos" in spanish
    assert "that wait" not in spanish


def test_the_queue_can_be_of_one_kind(ironriver: Command, place: Path) -> None:
    said = ironriver("review", place, "--about", "person")
    assert "One person?" in said.out
    assert "TEZONTLE" in said.out
    assert "One firearm?" not in said.out
    wrong = ironriver("review", place, "--about", "cat")
    assert wrong.status == 2
    assert "firearm, person, licensee" in wrong.err


def test_a_judged_match_leaves_the_queue_and_so_does_what_follows_from_it(
    ironriver: Command, place: Path
) -> None:
    a, b, c, d = guns(place)[:4]
    assert ironriver("review", place, "--same", b, a, "--why", "seen", *PURPOSE).status == 0
    ironriver("review", place, "--same", b, c, "--why", "seen", *PURPOSE)
    ironriver("review", place, "--different", a, d, "--why", "seen", *PURPOSE)
    waiting = json.loads(ironriver("review", place, "--json").out)["items"]
    # Three neighbours are answered: two by their own judgement, c and d through a, b and c.
    assert [m["probability"] for m in waiting] == [0.7, 0.93]
    assert len(binding(place)) == 3


def test_a_judgement_is_told_listed_and_undone_by_its_number(
    ironriver: Command, place: Path
) -> None:
    a, b = sorted(guns(place)[:2])
    said = ironriver("review", place, "--unsure", a, b, "--why", "blurred photo", *PURPOSE)
    assert said.status == 0
    number = said.out.split()[1]
    assert said.out.startswith(f"judgement {number} entered: {a} unsure {b}")
    line = ironriver("review", place, "--list", *PURPOSE).out
    assert line.split("\t")[0] == number
    assert "blurred photo" in line
    assert json.loads(ironriver("review", place, "--list", "--json").out)[0]["why"]
    undone = ironriver("review", place, "--undo", number, "--lang", "es", *PURPOSE)
    assert undone.out.startswith(f"dictamen {number} anulado")
    assert binding(place) == []
    assert "no judgement is in force" in ironriver("review", place, "--list").out
    again = ironriver("review", place, "--undo", number, *PURPOSE)
    assert (again.status, "undone already" in again.err) == (2, True)


def test_a_later_judgement_of_the_same_two_says_whose_place_it_takes(
    ironriver: Command, place: Path
) -> None:
    a, b = guns(place)[:2]
    first = ironriver("review", place, "--same", a, b, "--why", "x", *PURPOSE).out.split()[1]
    said = ironriver("review", place, "--different", b, a, "--why", "y", *PURPOSE)
    second = said.out.split()[1]
    assert f"judgement {first} (same, by {account()}) binds no longer: {second} takes" in said.out
    undone = ironriver("review", place, "--undo", second, *PURPOSE, "--lang", "es")
    assert f"el dictamen {first} (same, de {account()}) vuelve a regir" in undone.out
    assert "binds" not in undone.out


def test_a_judgement_is_entered_beside_whoever_writes_in_the_workspace(
    ironriver: Command, place: Path
) -> None:
    a, b = guns(place)[:2]
    with Workspace.open(place, write=True) as writer:
        assert ironriver("review", place, "--same", a, b, "--why", "x", *PURPOSE).status == 0
        Access.current(writer, "a run").enter("view", "findings")
        assert [one.verdict for one in judgements(writer)] == ["same"]
    assert ironriver("audit", "verify", place).status == 0


def test_what_a_file_wrote_into_a_name_does_not_steer_the_terminal(
    ironriver: Command, tmp_path: Path
) -> None:
    place = weighed(tmp_path / "w", name="JUANA \x1b[2J\x07TEZONTLE")
    for words in (("--about", "person"), ("--about", "person", "--lang", "es")):
        said = ironriver("review", place, *words)
        assert "TEZONTLE" in said.out
        assert not {"\x1b", "\x07"} & set(said.out + said.err)


def test_every_look_at_the_queue_stands_in_the_journal(ironriver: Command, place: Path) -> None:
    before = len(entries(place))
    told = json.loads(ironriver("review", place, "--json", "--limit", 2, *PURPOSE).out)
    new = entries(place)[before:]
    views = [one for one in new if one.action == "view"]
    assert [one.object for one in views] == ["review queue"]
    assert views[0].detail["matches"] == [item["match_id"] for item in told["items"]]
    assert views[0].purpose == PURPOSE[1]
    assert {"matches", "records"} <= {one.object for one in new if one.action == "export"}
    assert "TEZONTLE" not in str(new)


@pytest.mark.parametrize(
    ("words", "english", "spanish"),
    [
        (("--same", "x", "y", "--why", "z"), "no party x", "ni parte x"),
        (("--same", "x", "y"), "no party x", "ni parte x"),
        (("--same", "x", "y", "--list"), "at a time", "a la vez"),
        (("--why", "z"), "--why goes with", "--why va con"),
        (("--undo", "0"), "no judgement 0", "no existe el dictamen 0"),
        (("--file", "nothing.csv"), "nothing.csv", "nothing.csv"),
        (("--limit", "0"), "--limit", "--limit"),
    ],
)
def test_a_mistake_is_told_in_both_languages_and_enters_nothing(
    ironriver: Command, place: Path, words: tuple[str, ...], english: str, spanish: str
) -> None:
    for lang, phrase in (("en", english), ("es", spanish)):
        said = ironriver("review", place, *words, *PURPOSE, "--lang", lang)
        assert (said.status, said.out) == (2, "")
        assert phrase in said.err
    assert binding(place) == []


def test_judging_needs_a_purpose_and_a_role(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = guns(place)[:2]
    words = ("review", place, "--same", a, b, "--why", "seen")
    said = ironriver(*words)
    assert (said.status, "--purpose" in said.err) == (2, True)
    become(place, "reader", monkeypatch)
    said = ironriver(*words, *PURPOSE, "--lang", "es")
    assert (said.status, "supervisores" in said.err) == (2, True)
    assert binding(place) == []


def test_whoever_may_not_see_names_sees_what_was_weighed_without_them(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(place, "reader", monkeypatch)
    said = ironriver("review", place, *PURPOSE)
    assert said.status == 0
    assert "One person?" in said.out
    assert "withheld" in said.out
    assert "parties were withheld" in said.err
    assert "TEZONTLE" not in said.out
    assert "SON1" in said.out


def test_restricted_rows_are_reviewed_only_with_a_purpose(
    ironriver: Command, restricted: Path
) -> None:
    said = ironriver("review", restricted)
    assert (said.status, said.out) == (2, "")
    assert "--purpose" in said.err
    assert entries(restricted)[-1].action == "refusal"
    assert "TEZONTLE" in ironriver("review", restricted, *PURPOSE).out


def test_judgements_of_restricted_rows_are_listed_only_with_a_purpose(
    ironriver: Command, restricted: Path
) -> None:
    a, b = guns(restricted)[:2]
    ironriver("review", restricted, "--same", a, b, "--why", "TEZONTLE said so", *PURPOSE)
    said = ironriver("review", restricted, "--list")
    assert (said.status, "TEZONTLE" in said.out + said.err) == (2, False)
    assert "TEZONTLE" in ironriver("review", restricted, "--list", *PURPOSE).out


def test_a_file_of_judgements_is_entered_whole(
    ironriver: Command, place: Path, tmp_path: Path
) -> None:
    a, b, c = guns(place)[:3]
    table = tmp_path / "j.csv"
    table.write_text(f'\ufeffWhy,left,RIGHT,verdict\nx,{a},{b},same\n\n"y, z",{c},{b},Different\n')
    said = ironriver("review", place, "--file", table, *PURPOSE)
    assert said.status == 0
    assert sorted(verdict for _, verdict, _ in binding(place)) == ["different", "same"]
    again = ironriver("review", place, "--file", table, *PURPOSE, "--json")
    assert [one["why"] for one in json.loads(again.out)] == ["x", "y, z"]
    assert len([one for one in entries(place) if one.action == "judge"]) == 2


@pytest.mark.parametrize(
    ("line", "place_told", "words"),
    [
        ("{a},{b},maybe,x", "row 2, column verdict", "same, different, unsure"),
        ("{a},nowhere,same,x", "row 2, column right", "no party nowhere"),
        ("{a},{b},same,", "row 2, column why", "needs its reason"),
        ("{a},{b},same", "row 2, column verdict", "3 cells"),
        ("{a},{b},same,x,more", "row 2, column why", "5 cells"),
        ("{b},{c},different,x", "row 2, column verdict", "contradicts"),
    ],
)
def test_a_file_with_one_bad_row_is_refused_whole_with_row_and_column(
    ironriver: Command, place: Path, tmp_path: Path, line: str, place_told: str, words: str
) -> None:
    a, b, c, d = guns(place)[:4]
    ironriver("review", place, "--same", a, b, "--why", "x", *PURPOSE)
    ironriver("review", place, "--same", a, c, "--why", "x", *PURPOSE)
    table = tmp_path / "j.csv"
    table.write_text(f"left,right,verdict,why\n{c},{d},same,x\n{line.format(a=a, b=b, c=c)}\n")
    said = ironriver("review", place, "--file", table, *PURPOSE)
    assert (said.status, said.out) == (2, "")
    assert f"j.csv, {place_told}" in said.err
    assert words in said.err
    spanish = ironriver("review", place, "--file", table, *PURPOSE, "--lang", "es").err
    assert "fila 2, columna" in spanish
    assert len(binding(place)) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it needs exactly these: left, right, verdict, why"),
        (b"left,right,verdict\n", "it needs exactly these"),
        (b"left,right,verdict,why,when\n", "it needs exactly these"),
        (b"left,right,verdict,why\na,b,same,\xff\n", "not UTF-8"),
        (b'left,right,verdict,why\na,b,same,"x\n', "no CSV that can be read"),
        (b"left,right,verdict,why\n", "holds no judgement"),
    ],
)
def test_a_file_that_is_no_table_of_judgements_says_what_it_should_be(
    ironriver: Command, place: Path, tmp_path: Path, content: bytes, words: str
) -> None:
    table = tmp_path / "j.csv"
    table.write_bytes(content)
    said = ironriver("review", place, "--file", table, *PURPOSE)
    assert (said.status, said.out) == (2, "")
    assert words in said.err


def test_at_a_terminal_keys_judge_pass_over_and_undo(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, c = guns(place)[:3]
    keys = "n\nx\ns\nsame photo\ns\n\nz\nz\nd\nanother gun\nq\n"
    monkeypatch.setattr(sys, "stdin", Keys(keys))
    said = ironriver("review", place, "--about", "firearm", *PURPOSE)
    assert said.status == 0
    # Passed over a and b; b and c judged the same, the next not for want of a reason, undone,
    # then judged different.
    assert binding(place) == [(*sorted((b, c))[:1], "different", sorted((b, c))[1])]
    assert "x is no key here" in said.err
    assert "needs its reason" in said.err
    assert "nothing was judged here" in said.err
    assert said.out.count(f"{a}") >= 1


def test_at_a_terminal_the_end_of_input_and_of_the_queue_end_it(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Keys("u\nno photo\n"))
    said = ironriver("review", place, "--about", "person", *PURPOSE, "--lang", "es")
    assert said.status == 0
    assert "ningún cotejo espera dictamen" in said.out
    assert [verdict for _, verdict, _ in binding(place)] == ["unsure"]
    monkeypatch.setattr(sys, "stdin", Keys(""))
    said = ironriver("review", place, *PURPOSE)
    assert (said.status, said.out.count("One firearm?")) == (0, 1)


def test_at_a_terminal_without_a_purpose_the_queue_is_only_shown(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Keys("s\nwhy\n"))
    said = ironriver("review", place)
    assert said.status == 0
    assert "5 of 5 matches" in said.out
    assert binding(place) == []


def test_nothing_waits_where_nothing_was_weighed(ironriver: Command, tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "ws", account()):
        pass
    said = ironriver("review", tmp_path / "ws")
    assert (said.status, "no match waits" in said.out) == (0, True)
    assert json.loads(ironriver("review", tmp_path / "ws", "--json").out)["waiting"] == 0
