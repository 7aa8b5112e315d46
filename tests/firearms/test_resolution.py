"""From files to guns: each row has one gun, the same whatever the order in which files came."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from gun_rows import gun_tables

from ironriver import engine, pipeline
from ironriver.estimators.lasting_ids import follow
from ironriver.firearms import READS, resolution, sampling
from ironriver.firearms.resolution import resolve
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.tables import TABLES
from ironriver.workspace import Workspace
from ironriver.world.make import make

STAGE = pipeline.stage("resolve")
EARLY = dt.date(2026, 1, 25)
TODAY = dt.date(2026, 6, 1)
Tables = dict[str, list[dict[str, Any]]]


@dataclass
class Office:
    """A workspace that reads a made world, some files at a time."""

    workspace: Workspace
    access: Access
    inbox: Path

    def read(self, wanted: Iterable[str], name: str) -> None:
        """Read the files whose declarations hold these words, in one go."""
        told = (self.inbox / "inbox.toml").read_text("utf-8").split("[[source]]")
        batch = self.workspace.path.parent / f"{self.workspace.path.name}-{name}"
        batch.mkdir()
        chosen = []
        for each in told[1:]:
            file = each.partition('files = "')[2].partition('"')[0]
            if any(word in each for word in wanted):
                (batch / file).write_bytes((self.inbox / file).read_bytes())
                chosen.append(each)
        assert chosen
        (batch / "inbox.toml").write_text("[[source]]".join(["", *chosen]), "utf-8")
        report = pipeline.intake(self.workspace, batch, None, self.access, TODAY, lambda *_: None)
        assert not report.failed

    def resolve(self, as_of: dt.date | None = None) -> bool:
        """Carry out the stage; say whether it wrote anything new."""
        return pipeline.run_stage(self.workspace, STAGE, self.access, as_of)

    def tables(self, as_of: dt.date | None = None) -> Tables:
        """Give the tables that the stage writes, in a fixed order."""
        with engine.connect(self.workspace, STAGE.writes, as_of) as connection:
            return {
                name: engine.query(connection, f"SELECT * FROM {name} ORDER BY ALL").to_pylist()
                for name in STAGE.writes
            }

    def ask(self, sql: str) -> list[Any]:
        """Ask the workspace."""
        with engine.connect(self.workspace, None, None) as connection:
            return engine.run(connection, sql).fetchall()


def days(inbox: Path) -> list[dt.date]:
    """Give the days on which the files became known."""
    told = (inbox / "inbox.toml").read_text("utf-8").splitlines()
    return sorted({dt.date.fromisoformat(x[13:]) for x in told if x.startswith("known_from = ")})


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world") / "w"
    make(folder, 5, 600, (2015, 2025), "real", {})
    return folder / "inbox"


def open_office(folder: Path, inbox: Path) -> Office:
    workspace = Workspace.create(folder, account())
    return Office(workspace, Access.current(workspace, "testing"), inbox)


@pytest.fixture(scope="module")
def office(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Give a workspace that had some files and was resolved, and then had all and was again."""
    found = open_office(tmp_path_factory.mktemp("office") / "ws", inbox)
    found.read([f"known_from = {day}" for day in days(inbox) if day <= EARLY], "early")
    assert found.resolve()
    found.read([f"known_from = {day}" for day in days(inbox) if day > EARLY], "late")
    return found


@pytest.fixture(scope="module")
def before(office: Office) -> Tables:
    """Give the tables of the early files."""
    return office.tables()


@pytest.fixture(scope="module")
def after(office: Office, before: Tables) -> Tables:
    """Give the tables of all files."""
    assert before
    assert office.resolve()
    return office.tables()


def test_each_row_of_one_gun_has_exactly_one_gun(office: Office, after: Tables) -> None:
    spoken = {row[0] for row in office.ask(
        "SELECT record_id FROM records WHERE coalesce(quantity, 1) = 1 "
        "UNION ALL SELECT record_id FROM trace_results"
    )}  # fmt: skip
    members = after["firearm_members"]
    assert Counter(row["record_id"] for row in members) == Counter(spoken)
    held = Counter(row["firearm_id"] for row in members)
    assert {row["firearm_id"]: row["records"] for row in after["firearms"]} == dict(held)
    assert 1 < max(held.values()) < 20
    for gun in after["firearms"]:
        mine = {row["record_id"] for row in members if row["firearm_id"] == gun["firearm_id"]}
        assert set(json.loads(gun["record_ids"])) == mine


def test_reasons_of_a_match_add_up_to_its_log_odds(after: Tables) -> None:
    assert len(after["matches"]) > 50
    for match in after["matches"]:
        said = json.loads(match["reasons"])
        assert sum(one["log_odds"] for one in said) == pytest.approx(match["log_odds"], abs=1e-3)
        assert match["probability"] == pytest.approx(1 / (1 + np.exp(-match["log_odds"])))
        assert json.loads(match["record_ids"]) == [match["left_id"], match["right_id"]]
        assert match["left_id"] < match["right_id"]


def test_what_was_joined_is_in_one_gun_and_what_is_apart_is_not(after: Tables) -> None:
    gun = {row["record_id"]: row["firearm_id"] for row in after["firearm_members"]}
    for match in after["matches"]:
        together = gun[match["left_id"]] == gun[match["right_id"]]
        assert match["decision"] == ("joined" if together else "apart")
    assert {match["decision"] for match in after["matches"]} == {"joined", "apart"}


def test_rows_of_a_gun_rest_on_a_match_that_is_shown(after: Tables) -> None:
    shown = {tuple(json.loads(match["record_ids"])): match for match in after["matches"]}
    for row in after["firearm_members"]:
        held = json.loads(row["record_ids"])
        assert row["record_id"] in held
        if len(held) == 2:
            assert row["reasons"] == shown[min(held), max(held)]["reasons"]
        assert row["probability"] == pytest.approx(1 / (1 + np.exp(-row["log_odds"])))


def test_run_again_on_the_same_files_it_writes_nothing_new(office: Office, after: Tables) -> None:
    assert not office.resolve()
    assert office.tables() == after


def test_the_order_in_which_files_came_changes_no_table(
    office: Office, after: Tables, inbox: Path, tmp_path: Path
) -> None:
    other = open_office(tmp_path / "ws", inbox)
    other.read([f"known_from = {day}" for day in days(inbox) if day > EARLY], "late")
    other.read([f"known_from = {day}" for day in days(inbox) if day <= EARLY], "early")
    assert other.resolve()
    assert other.tables() == after


def test_an_id_once_given_lasts_when_more_files_come(before: Tables, after: Tables) -> None:
    new = {row["record_id"]: row["firearm_id"] for row in after["firearm_members"]}
    old = {row["record_id"]: row["firearm_id"] for row in before["firearm_members"]}
    assert 50 < len(old) < len(new)
    assert all(follow(gun, new) in new.values() for gun in old.values())
    kept = [record for record, gun in old.items() if new[record] == gun]
    assert len(kept) > 0.95 * len(old)
    # More is known of guns that were known, under their ids.
    grown = {gun for record, gun in new.items() if record not in old} & set(old.values())
    assert len(grown) > 5


def test_what_could_be_known_on_a_day_is_what_its_files_told(
    office: Office, before: Tables, after: Tables
) -> None:
    assert pipeline.run_stage(office.workspace, STAGE, office.access, EARLY)
    assert office.tables(EARLY) == before
    assert office.tables() == after


def test_many_rows_are_resolved_as_few_are(office: Office, after: Tables) -> None:
    """With all rows drawn; what the pairs wait in is gone from the workspace afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolution, "MANY", 0)
        with engine.connect(office.workspace, READS) as connection:
            made = resolve(connection)
    assert not list((office.workspace.path / "tmp").rglob("pairs-*"))
    expected = {row["record_id"]: row for row in after["firearm_members"]}
    found = {row["record_id"]: row for row in made["firearm_members"].to_pylist()}
    assert found.keys() == expected.keys()
    moved = [
        name for name, row in found.items() if row["firearm_id"] != expected[name]["firearm_id"]
    ]
    assert len(moved) <= 0.01 * len(found)
    for name, row in found.items():
        if name not in moved:
            assert row["probability"] == pytest.approx(expected[name]["probability"], abs=0.02)
    assert len(made["matches"]) == pytest.approx(len(after["matches"]), rel=0.02)


def test_half_of_many_rows_teach_enough(office: Office, after: Tables) -> None:
    gun = {row["record_id"]: row["firearm_id"] for row in after["firearm_members"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolution, "MANY", 0)
        patch.setattr(sampling, "DRAWN", len(gun) // 2)
        with engine.connect(office.workspace, READS) as connection:
            found = resolve(connection)["firearm_members"].to_pylist()
    assert Counter(row["record_id"] for row in found) == Counter(gun.keys())
    kept = [row["firearm_id"] == gun[row["record_id"]] for row in found]
    assert np.mean(kept) > 0.98


def test_tables_are_as_their_schemas_say(office: Office) -> None:
    with engine.connect(office.workspace, READS) as connection:
        made = resolve(connection)
    assert set(made) == set(STAGE.writes)
    for name, table in made.items():
        assert table.schema == TABLES[name].schema
        assert table.num_rows
        ids = table.column(0).to_pylist()
        assert name in {"firearm_members", "learned"} or len(set(ids)) == len(ids)


# Small tables, made by hand.

GLOCK = {"make": "Glock", "model": "17", "calibre": "9x19mm", "type": "pistol"}


def crowd(count: int = 300) -> list[dict[str, Any]]:
    """Give guns sold and seized, so that there is something to learn from."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        gun = GLOCK if number % 2 else GLOCK | {"make": "Ruger", "model": "P95"}
        serial = f"RW{number * 79_190_401 % 10_000_000:07d}"
        for source, kind, late in (("sales", "purchase", 0), ("seized", "recovery", 400)):
            day = dt.date(2015, 1, 1) + dt.timedelta(days=3 * number + late)
            rows.append(gun | {"record_id": f"{source}-{number:04d}", "serial": serial,
                               "kind": kind, "event_date": day})  # fmt: skip
    return rows


def guns(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Resolve, and give the gun of each record."""
    made = resolve(connection)["firearm_members"]
    return dict(zip(made["record_id"].to_pylist(), made["firearm_id"].to_pylist(), strict=True))


def sale(name: str, serial: str, day: dt.date) -> dict[str, Any]:
    return GLOCK | {"record_id": name, "serial": serial, "kind": "purchase", "event_date": day}


def test_two_sales_of_two_guns_never_merge_through_one_blurred_seizure() -> None:
    day = dt.date(2019, 3, 1)
    sales = [sale("sales-9001", "KX771204", day), sale("sales-9002", "KX871204", day)]
    blurred = sale("seized-9001", "KX?71204", dt.date(2020, 5, 1)) | {
        "kind": "recovery", "serial_status": "partial"
    }  # fmt: skip
    found = guns(gun_tables([*crowd(), *sales, blurred]))
    assert found["sales-9001"] != found["sales-9002"]
    both = [*crowd(), *sales, {**blurred, "serial": "KX771204", "serial_status": "read"}]
    clear = guns(gun_tables(both))
    assert clear["seized-9001"] == clear["sales-9001"] != clear["sales-9002"]


def test_judgements_bind_and_are_undone() -> None:
    rows = crowd()
    usual = guns(gun_tables(rows))
    assert usual["sales-0001"] == usual["seized-0001"] != usual["seized-0005"]
    judged = [("sales-0001", "seized-0001", "different"), ("sales-0001", "seized-0005", "same")]
    bound = guns(gun_tables(rows, judged))
    assert bound["sales-0001"] == bound["seized-0005"] != bound["seized-0001"]
    # Undone, they are not among those that bind.
    connection = gun_tables(rows, judged)
    connection.execute("UPDATE judgements SET binds = false")
    assert guns(connection) == usual


@pytest.mark.parametrize("many", [resolution.MANY, 0])
def test_judged_pairs_are_shown_as_such(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolution, "MANY", many)
    judged = [("sales-0001", "seized-0001", "different"), ("sales-0001", "seized-0005", "same")]
    made = resolve(gun_tables(crowd(), judged))
    told = {
        (match["left_id"], match["right_id"]): match["decision"]
        for match in made["matches"].to_pylist()
    }
    assert told["sales-0001", "seized-0001"] == "judged different"
    assert told["sales-0001", "seized-0005"] == "judged same"
    sure = {row["record_id"]: row["probability"] for row in made["firearm_members"].to_pylist()}
    assert sure["sales-0001"] == sure["seized-0005"] == 1.0


def test_a_judgement_of_rows_that_are_not_here_is_passed_over() -> None:
    rows = crowd(20)
    assert guns(gun_tables(rows, [("sales-0001", "zz-1", "same")])) == guns(gun_tables(rows))


def test_no_rows_and_rows_of_several_guns_make_empty_tables() -> None:
    several = {"record_id": "a-1", "quantity": 12, "make": "Glock", "serial": "AB12345"}
    made = resolve(gun_tables([several]))
    assert set(made) == set(STAGE.writes)
    assert all(not table.num_rows for table in made.values())
    assert all(table.schema == TABLES[name].schema for name, table in made.items())


def test_a_row_of_several_guns_stands_in_no_gun_though_it_names_a_serial() -> None:
    several = sale("sales-9001", "RW0000000", dt.date(2015, 1, 1)) | {"quantity": 2}
    found = guns(gun_tables([*crowd(20), several]))
    assert len(found) == 40
    assert "sales-9001" not in found


@pytest.mark.parametrize("serial", ["AB12345", "", "?", "A", "1" * 200])
def test_one_record_is_one_gun(serial: str) -> None:
    assert guns(gun_tables([{"record_id": "a-1", "serial": serial}])) == {"a-1": "gun-a-1"}


def test_rows_without_any_serial_are_resolved() -> None:
    rows = [
        GLOCK | {"record_id": f"{source}-{number:03d}", "place": "x", "admin2": f"m{number}",
                 "case_number": f"FED-{number}", "event_date": dt.date(2020, 1, 1 + number % 28)}
        for number in range(60) for source in "ab"
    ]  # fmt: skip
    found = guns(gun_tables(rows))
    assert len(found) == 120
    assert len(set(found.values())) >= 60


def test_columns_of_protected_attributes_move_nothing() -> None:
    plain, fed = gun_tables(crowd(60)), gun_tables(crowd(60))
    for column in ("sex", "surname", "birth_place", "religion", "ethnicity"):
        fed.execute(f"ALTER TABLE records ADD COLUMN {column} TEXT")
        fed.execute(f"UPDATE records SET {column} = 'x' || right(record_id, 2)")
    one, other = resolve(plain), resolve(fed)
    assert all(one[name].equals(other[name]) for name in STAGE.writes)


def test_a_serial_that_thousands_of_rows_bear_is_resolved_in_bounded_work() -> None:
    """A placeholder in a row of each of 3,000 files, beside guns of another make that bear it."""
    day = dt.date(2018, 1, 1)
    same: list[dict[str, Any]] = [
        sale(f"f{number:04d}-1", "123456", day + dt.timedelta(days=number % 300))
        | {"kind": "recovery", "layout": "seizures"}
        for number in range(3000)
    ]
    found = guns(gun_tables([*crowd(50), *same]))
    assert len(found) == 3100
    assert found["sales-0001"] == found["seized-0001"]
