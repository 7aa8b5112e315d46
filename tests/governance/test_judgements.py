"""A judgement is a line of the journal: it binds, can be undone, and never contradicts another."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass

import pyarrow as pa
import pytest
from guarded import Guarded

from ironriver import engine, pipeline
from ironriver.errors import IronRiverError, MistakeError, RefusedError
from ironriver.governance import judge as judging
from ironriver.governance.judge import READS, Proposal, UnfitError, judge, judge_all, undo
from ironriver.governance.judgements import judgements, judgements_table
from ironriver.governance.release import Access
from ironriver.governance.roles import Role, grant, revoke
from ironriver.governance.standing import About, Judgement, Verdict
from ironriver.pipeline import Stage, run_stage
from ironriver.tables import FIGURES, JUDGEMENTS, Handling
from ironriver.workspace import Workspace

PURPOSE = "carpeta 12/2024"
TODAY = dt.datetime.now(dt.UTC).astimezone().date()


@dataclass
class Bench:
    """A workspace, an analyst, and some ids to judge."""

    guarded: Guarded
    access: Access

    def of(self, sql: str) -> list[str]:
        """Give ids, in a fixed order."""
        with engine.connect(self.guarded.workspace, READS) as connection:
            return [row[0] for row in engine.run(connection, sql).fetchall()]

    def guns(self, many: int = 6) -> list[str]:
        """Give records of seized guns."""
        return self.of(
            "SELECT record_id FROM records JOIN sources USING (source_id) "
            "WHERE kind = 'recovery' AND sources.handling = 'LAW_ENFORCEMENT' "
            f"ORDER BY row_number LIMIT {many}"
        )

    def parties(self, role: str) -> list[str]:
        """Give parties of a role."""
        return self.of(f"SELECT party_id FROM parties WHERE role = '{role}' ORDER BY 1")

    def judge(self, left: str, right: str, verdict: str = "same", why: str = "seen") -> Judgement:
        """Enter one judgement."""
        return self.judge_all([(left, right, verdict, why)])[0]

    def judge_all(self, many: list[tuple[str, str, str, str]]) -> list[Judgement]:
        """Enter several at once."""
        proposals = [Proposal(a, b, Verdict(verdict), why) for a, b, verdict, why in many]
        with engine.connect(self.guarded.workspace, READS) as connection:
            return judge_all(connection, self.access, proposals)

    def binding(self, as_of: dt.date | None = None) -> list[int]:
        """Give the numbers of the judgements in force."""
        return [each.sequence for each in judgements(self.access.journal, as_of) if each.binds]

    def lines(self) -> int:
        """Count the lines of the journal."""
        return len(list(self.guarded.workspace.entries()))


@pytest.fixture
def bench(guarded: Guarded) -> Bench:
    """Give an analyst at work."""
    return Bench(guarded, guarded.as_role(Role.ANALYST, PURPOSE))


def on_day(monkeypatch: pytest.MonkeyPatch, day: dt.date) -> None:
    monkeypatch.setattr(judging, "_today", lambda: day)


def test_a_judgement_says_who_decided_what_about_which_two_and_why(bench: Bench) -> None:
    a, b = sorted(bench.guns(2))
    made = bench.judge(b, a, why="  same   file\nphoto  ")
    assert (made.left_id, made.right_id, made.about) == (a, b, About.FIREARM)
    assert (made.actor, made.role, made.known_from) == ("account-analyst", "analyst", TODAY)
    assert (made.verdict, made.why, made.binds) == (Verdict.SAME, "same file photo", True)
    assert made.record_ids == (a, b)
    assert made.handling is Handling.LAW_ENFORCEMENT
    line = list(bench.guarded.workspace.entries())[made.sequence]
    assert (line.action, line.object, line.purpose) == ("judge", f"{a} {b}", PURPOSE)
    assert judgements(bench.guarded.workspace) == [made]


def test_the_table_holds_every_judgement_and_sql_finds_those_that_bind(bench: Bench) -> None:
    a, b, c = bench.guns(3)
    first, second = bench.judge(a, b), bench.judge(b, c, "different")
    undo(bench.access, second.sequence)
    with engine.connect(bench.guarded.workspace) as connection:
        rows = engine.query(connection, "SELECT * FROM judgements")
        bound = engine.query(connection, "SELECT sequence FROM judgements WHERE binds")
    assert rows.schema.names == list(JUDGEMENTS.names)
    assert rows["undone"].to_pylist() == [False, True]
    assert rows["undone_by"].to_pylist() == [None, second.sequence + 1]
    assert bound["sequence"].to_pylist() == [first.sequence]


def test_it_survives_closing_and_opening(bench: Bench) -> None:
    a, b = bench.guns(2)
    made = bench.judge(a, b)
    bench.guarded.workspace.close()
    with Workspace.open(bench.guarded.path) as again:
        assert judgements(again) == [made]


def test_the_same_judgement_twice_changes_nothing(bench: Bench) -> None:
    a, b = bench.guns(2)
    made, lines = bench.judge(a, b), bench.lines()
    assert bench.judge(b, a) == made
    assert bench.lines() == lines


def test_of_two_people_the_later_one_binds_and_the_table_says_so(bench: Bench) -> None:
    a, b = bench.guns(2)
    first = bench.judge(a, b)
    bench.access = bench.guarded.as_role(Role.SUPERVISOR, PURPOSE)
    second = bench.judge(a, b, "different")
    assert bench.binding() == [second.sequence]
    assert judgements(bench.access.journal)[0].overtaken_by == second.sequence
    undo(bench.access, second.sequence)
    assert bench.binding() == [first.sequence]
    assert judgements(bench.access.journal)[0].overtaken_by is None


def test_unsure_takes_the_place_of_a_verdict_and_contradicts_nothing(bench: Bench) -> None:
    a, b, c = bench.guns(3)
    bench.judge_all([(a, b, "same", "x"), (b, c, "same", "x"), (a, c, "unsure", "blurred")])
    bench.judge(b, c, "unsure")
    bench.judge(a, c, "different")
    assert len(bench.binding()) == 3


@pytest.mark.parametrize("last", ["different", "same"])
def test_what_contradicts_itself_through_a_third_is_refused_with_the_numbers(
    bench: Bench, last: str
) -> None:
    a, b, c, d = bench.guns(4)
    other = "same" if last == "different" else "different"
    first, second = bench.judge(a, b), bench.judge(b, c, other)
    bench.judge(c, d, "different" if last == "different" else "unsure")
    lines = bench.lines()
    with pytest.raises(UnfitError) as caught:
        bench.judge(a, c, last)
    for lang in ("en", "es"):
        assert f"{first.sequence}, {second.sequence}" in caught.value.text(lang)
    assert bench.lines() == lines
    undo(bench.access, second.sequence)
    assert bench.judge(a, c, last).binds


def test_a_long_chain_is_no_way_round(bench: Bench) -> None:
    guns = bench.guns(30)
    many = [(a, b, "same", "chain") for a, b in itertools.pairwise(guns)]
    made = bench.judge_all([*many[:10], *many[11:]])
    bench.judge(guns[5], guns[20], "different")
    with pytest.raises(UnfitError, match="contradicts what judgements"):
        bench.judge(guns[10], guns[11])
    assert len(bench.binding()) == len(made) + 1


def test_an_undoing_that_would_bring_a_contradiction_back_is_refused(bench: Bench) -> None:
    a, b, c = bench.guns(3)
    first = bench.judge(a, b, "same")
    second = bench.judge(a, b, "different")
    third, fourth = bench.judge(b, c), bench.judge(a, c, "different")
    with pytest.raises(MistakeError) as caught:
        undo(bench.access, second.sequence)
    assert f"judgement {first.sequence} would bind again" in str(caught.value)
    assert f"{third.sequence}, {fourth.sequence}" in str(caught.value)
    undo(bench.access, first.sequence)
    undo(bench.access, second.sequence)
    assert bench.binding() == [third.sequence, fourth.sequence]


def test_a_contradiction_entered_beside_the_checks_binds_nothing(bench: Bench) -> None:
    a, b, c = sorted(bench.guns(3))
    first, second = bench.judge(a, b), bench.judge(b, c)
    detail = {"about": "firearm", "left": a, "right": c, "verdict": "different", "why": "x"}
    bench.access.enter("judge", f"{a} {c}", detail | {"known_from": TODAY.isoformat()})
    assert bench.binding() == [first.sequence, second.sequence]
    assert judgements(bench.access.journal)[-1].contradicts == (first.sequence, second.sequence)


def test_lines_slipped_in_by_those_who_may_not_judge_count_for_nothing(bench: Bench) -> None:
    a, b = sorted(bench.guns(2))
    ws = bench.guarded.workspace
    detail = {"about": "firearm", "left": a, "right": b, "verdict": "same", "why": "x"}
    detail |= {"known_from": TODAY.isoformat()}
    ws.append("judge", "x", "eve", "custodian", "", detail)
    grant(ws, bench.guarded.creator, "olga", Role.OVERSIGHT)
    ws.append("judge", "x", "olga", "analyst", "", detail)
    for broken in ({}, detail | {"verdict": "maybe"}, detail | {"known_from": "soon"},
                   detail | {"right": a}, detail | {"about": "cat"}):  # fmt: skip
        ws.append("judge", "x", "account-analyst", "analyst", "", broken)
    ws.append("undo judgement", "7", "account-analyst", "analyst", "", {"judgement": 7})
    assert judgements(ws) == []
    assert judgements_table(ws).num_rows == 0


def test_a_judgement_stays_when_its_author_leaves(bench: Bench) -> None:
    a, b = bench.guns(2)
    made = bench.judge(a, b)
    revoke(bench.guarded.workspace, bench.guarded.creator, bench.access.actor)
    assert bench.binding() == [made.sequence]


def test_a_day_knows_no_later_judgement_and_no_later_undoing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, c = bench.guns(3)
    first_day, next_day, last_day = (TODAY - dt.timedelta(days) for days in (3, 2, 1))
    on_day(monkeypatch, first_day)
    first = bench.judge(a, b)
    on_day(monkeypatch, next_day)
    second = bench.judge(b, c)
    on_day(monkeypatch, last_day)
    undo(bench.access, first.sequence)
    assert bench.binding(first_day - dt.timedelta(1)) == []
    assert bench.binding(first_day) == [first.sequence]
    assert bench.binding(next_day) == [first.sequence, second.sequence]
    assert bench.binding() == bench.binding(last_day) == [second.sequence]
    with engine.connect(bench.guarded.workspace, ["judgements"], next_day) as connection:
        rows = engine.query(connection, "SELECT undone, undone_by, undone_from FROM judgements")
    assert rows.to_pylist()[0] == {"undone": False, "undone_by": None, "undone_from": None}


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        ("gun", "gun", "both sides"),
        ("gun", "nothing", "no party nothing"),
        ("gun", "licence", "no record of a firearm and no party"),
        ("gun", "purchaser", "a record and a party"),
        ("purchaser", "licensee", "a person and a licensee"),
    ],
)
def test_both_ids_must_be_there_and_of_one_kind(
    bench: Bench, left: str, right: str, words: str
) -> None:
    with engine.connect(bench.guarded.workspace, ["licences"]) as connection:
        licence = engine.query(connection, "SELECT record_id FROM licences")["record_id"][0]
    ids = {
        "gun": bench.guns(1)[0],
        "purchaser": bench.parties("purchaser")[0],
        "licensee": bench.parties("licensee")[0],
        "licence": licence.as_py(),
        "nothing": "nothing",
    }
    lines = bench.lines()
    with pytest.raises(UnfitError, match=words) as caught:
        bench.judge(ids[left], ids[right])
    assert caught.value.text("es") != caught.value.text("en")
    assert bench.lines() == lines


def test_what_a_judgement_is_about_follows_from_its_ids(bench: Bench) -> None:
    purchasers, licensees = bench.parties("purchaser"), bench.parties("licensee")
    traced = bench.of("SELECT record_id FROM trace_results ORDER BY 1")[0]
    assert bench.judge(purchasers[0], purchasers[1]).about is About.PERSON
    assert bench.judge(licensees[0], licensees[1]).about is About.LICENSEE
    assert bench.judge(bench.guns(1)[0], traced).handling is Handling.TRACE_RESTRICTED


def test_what_is_asked_must_fit_what_the_ids_name(bench: Bench) -> None:
    a, b = bench.guns(2)
    with (
        engine.connect(bench.guarded.workspace, READS) as connection,
        pytest.raises(UnfitError, match="only one firearm"),
    ):
        judge(connection, bench.access, Proposal(a, b, Verdict.SAME, "x", About.PERSON))


@pytest.mark.parametrize("why", ["", " \n ", "--", "x" * 2001])
def test_a_judgement_needs_a_reason_of_bearable_length(bench: Bench, why: str) -> None:
    a, b = bench.guns(2)
    with pytest.raises(UnfitError, match="reason") as caught:
        bench.judge(a, b, why=why)
    assert caught.value.column == "why"


def test_a_reason_of_any_bytes_is_read_again(bench: Bench) -> None:
    a, b = bench.guns(2)
    made = bench.judge(a, b, why='Ñandú "\\ \x00 \udcff 🔫')
    assert judgements(bench.access.journal) == [made]
    assert judgements_table(bench.access.journal)["why"].to_pylist() == [made.why]
    assert made.why.startswith("Ñandú")


@pytest.mark.parametrize(
    ("role", "purpose"),
    [(Role.READER, PURPOSE), (Role.OVERSIGHT, PURPOSE), (Role.ANALYST, ""), (Role.CUSTODIAN, "-")],
)
def test_without_role_or_purpose_nobody_judges_and_the_refusal_is_journalled(
    bench: Bench, role: Role, purpose: str
) -> None:
    a, b = bench.guns(2)
    made = bench.judge(a, b)
    bench.access = bench.guarded.as_role(role, purpose)
    with pytest.raises(RefusedError) as caught:
        bench.judge(a, b, "different")
    assert caught.value.text("es") != caught.value.text("en")
    with pytest.raises(RefusedError):
        undo(bench.access, made.sequence)
    ends = list(bench.guarded.workspace.entries())[-2:]
    assert [line.action for line in ends] == ["refusal", "refusal"]
    assert bench.binding() == [made.sequence]


def test_undoing_needs_a_judgement_that_still_stands(bench: Bench) -> None:
    a, b = bench.guns(2)
    made = bench.judge(a, b)
    undone = undo(bench.access, made.sequence)
    assert (undone.undone_by, undone.undone_from) == (made.sequence + 1, TODAY)
    with pytest.raises(MistakeError, match="undone already"):
        undo(bench.access, made.sequence)
    with pytest.raises(MistakeError, match="no judgement 0"):
        undo(bench.access, 0)
    assert bench.judge(a, b).sequence > made.sequence


def test_of_several_at_once_all_are_entered_or_none(bench: Bench) -> None:
    a, b, c = bench.guns(3)
    lines = bench.lines()
    with pytest.raises(UnfitError, match="rows 1, 2 of the file and judgements -") as caught:
        bench.judge_all([(a, b, "same", "x"), (b, c, "same", "x"), (a, c, "different", "x")])
    assert (caught.value.index, caught.value.column) == (2, "verdict")
    assert bench.lines() == lines
    made = bench.judge_all([(a, b, "same", "x"), (b, c, "same", "x"), (a, b, "same", "x")])
    assert made[0] == made[2]


def test_no_reason_stands_in_the_audit_table(bench: Bench) -> None:
    a, b = bench.guns(2)
    bench.judge(a, b, why="OCELOTZIN told us")
    assert "OCELOTZIN" not in str(bench.guarded.workspace.audit_table().to_pylist())
    supervisor = bench.guarded.as_role(Role.SUPERVISOR, PURPOSE)
    assert "OCELOTZIN" not in bench.guarded.export("audit", "csv", supervisor)
    assert "OCELOTZIN" in bench.guarded.export("judgements", "csv", supervisor)


@pytest.mark.parametrize("role", [Role.READER, Role.OVERSIGHT, Role.ANALYST])
def test_judgements_leave_only_with_role_and_purpose(bench: Bench, role: Role) -> None:
    a, b = bench.guns(2)
    bench.judge(a, b, why="OCELOTZIN told us")
    purpose = "" if role is Role.ANALYST else PURPOSE
    tried = dict(bench.guarded.doors(bench.guarded.as_role(role, purpose), ["csv"]))
    assert "judgements" in tried["export judgements csv"]
    for door, text in tried.items():
        assert door == "journal" or "OCELOTZIN" not in text, door


def test_a_judgement_about_the_trace_database_leaves_by_no_door(bench: Bench) -> None:
    traced = bench.of("SELECT record_id FROM trace_results ORDER BY 1")[0]
    bench.judge(bench.guns(1)[0], traced, why="OCELOTZIN told us")
    with pytest.raises(RefusedError):
        bench.guarded.export("judgements", "csv", bench.access)


def test_a_reason_about_an_expired_purchaser_is_masked(bench: Bench) -> None:
    sold = bench.of("SELECT record_id FROM records WHERE kind = 'multiple_sale' ORDER BY serial")
    bench.judge(sold[0], sold[1], why="OCELOTZIN told us")
    text = bench.guarded.export("judgements", "csv", bench.access)
    assert sold[1] in text
    assert "(expired)" in text
    assert "OCELOTZIN" not in text


def test_a_stage_that_reads_judgements_runs_anew_when_one_is_made(bench: Bench) -> None:
    def nothing(_connection: object, _as_of: object) -> dict[str, pa.Table]:
        return {"figures": FIGURES.schema.empty_table()}

    stage = Stage("told", ("judgements",), ("figures",), nothing)
    ws, custodian = bench.guarded.workspace, bench.guarded.as_role(Role.CUSTODIAN)
    assert run_stage(ws, stage, custodian)
    assert not run_stage(ws, stage, custodian)
    made = bench.judge(*bench.guns(2))
    assert run_stage(ws, stage, custodian)
    assert run_stage(ws, stage, custodian, TODAY - dt.timedelta(1))
    undo(bench.access, made.sequence)
    assert run_stage(ws, stage, custodian)
    assert not run_stage(ws, stage, custodian, TODAY - dt.timedelta(1))
    assert not run_stage(ws, pipeline.stage("measure"), custodian)


def test_a_line_broken_off_by_a_crash_is_no_judgement_and_harms_none(bench: Bench) -> None:
    a, b, c = bench.guns(3)
    made = bench.judge(a, b)
    bench.judge(b, c)
    bench.guarded.workspace.close()
    log = bench.guarded.path / "journal" / "log.jsonl"
    whole = log.read_bytes()
    last = len(whole) - whole.rstrip(b"\n").rfind(b"\n") - 1
    for cut in (1, 2, last // 2, last - 1):
        log.write_bytes(whole[:-cut])
        with Workspace.open(bench.guarded.path) as again:
            assert [each for each in judgements(again) if each.binds] == [made]


def test_a_journal_line_that_cannot_be_written_leaves_no_judgement(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, c = bench.guns(3)
    made = bench.judge(a, b)

    def full(*_: object) -> int:
        raise IronRiverError("the disk is full")

    with monkeypatch.context() as context:
        context.setattr(Workspace, "append", full)
        with pytest.raises(IronRiverError, match="full"):
            bench.judge(b, c)
    assert bench.binding() == [made.sequence]
