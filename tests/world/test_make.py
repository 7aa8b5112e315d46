"""A made world: the same bytes again, readable as the truth says, and true where it says so."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from ironriver.cli import app
from ironriver.errors import MistakeError
from ironriver.world.make import make, papers, plan

YEARS = (2015, 2025)


def build(folder: Path, seed: int = 1, firearms: int = 2000, **settings: str) -> Path:
    make(folder, seed, firearms, YEARS, "real", settings)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def truth(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "truth" / f"{name}.parquet")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("world") / "w", unreadable="0.02")


def test_one_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    one, again = build(tmp_path / "a", firearms=600), build(tmp_path / "b", firearms=600)
    other = build(tmp_path / "c", seed=2, firearms=600)
    assert contents(one) == contents(again)
    assert contents(one)["truth/firearms.parquet"] != contents(other)["truth/firearms.parquet"]
    assert {path.suffix for path in (one / "inbox").iterdir()} >= {".csv", ".xlsx", ".jsonl"}


def test_a_folder_that_holds_a_world_is_not_written_over(world: Path) -> None:
    with pytest.raises(MistakeError, match="already holds a world"):
        build(world)


def test_intake_quarantines_exactly_the_rows_that_the_truth_calls_unreadable(
    world: Path, tmp_path: Path
) -> None:
    runner, workspace = CliRunner(), str(tmp_path / "ws")
    ran = runner.invoke(app, ["run", str(world / "inbox"), "--workspace", workspace])
    assert ran.exit_code == 0, ran.output
    told = tmp_path / "quarantine.parquet"
    words = ["export", workspace, "quarantine", "--format", "parquet", "-o", str(told)]
    assert runner.invoke(app, words).exit_code == 0
    key = ["source_id", "row_number"]
    refused = set(pl.read_parquet(told).select(key).iter_rows())
    unreadable = set(truth(world, "rows").filter(~pl.col("readable")).select(key).iter_rows())
    assert refused == unreadable
    assert len(unreadable) > 10


def test_every_row_of_every_file_has_its_truth(world: Path) -> None:
    rows = truth(world, "rows")
    count = dict(rows.group_by("source_id").len().iter_rows())
    for path in (world / "inbox").iterdir():
        if path.suffix == ".csv":
            data = path.read_bytes()
            western = b";" in data.splitlines()[0]
            text = data.decode("cp1252" if western else "utf-8-sig")
            lines = list(csv.reader(io.StringIO(text), delimiter=";" if western else ","))
            assert count[hashlib.sha256(data).hexdigest()] == len(lines) - 1


def test_a_serial_that_no_repair_names_is_the_one_on_the_gun(world: Path) -> None:
    rows = truth(world, "rows").join(truth(world, "firearms"), on="firearm_key")
    wrong = truth(world, "repairs").filter(pl.col("field") == "serial")
    faulty = set(wrong.select("source_id", "row_number").iter_rows())
    path = next((world / "inbox").glob("armas_fgr_*.csv"))
    source = hashlib.sha256(path.read_bytes()).hexdigest()
    stamped = dict(
        rows.filter(pl.col("source_id") == source, "readable")
        .select("row_number", "stamped")
        .iter_rows()
    )
    seen = 0
    with path.open(encoding="utf-8", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), start=1):
            text = row["Matrícula"] or ""
            if number in stamped and any(map(str.isdigit, text)) and (source, number) not in faulty:
                assert plain(text) == plain(stamped[number])
                seen += 1
    assert seen > 30
    assert faulty


def plain(text: str) -> str:
    return "".join(mark for mark in text.upper() if mark.isalnum())


def test_every_party_and_member_is_an_entity(world: Path) -> None:
    known = set(truth(world, "entities")["entity_key"])
    assert set(truth(world, "parties")["entity_key"]) <= known
    assert set(truth(world, "memberships")["entity_key"]) <= known
    assert truth(world, "entities")["entity_key"].is_unique().all()


def test_dates_of_a_gun_follow_each_other(world: Path) -> None:
    guns = truth(world, "firearms")
    for earlier, later in (
        ("made_date", "sale_date"),
        ("sale_date", "crossing_date"),
        ("crossing_date", "recovery_date"),
    ):
        assert guns.filter(pl.col(earlier) > pl.col(later)).is_empty(), (earlier, later)


def test_duplicates_point_to_an_earlier_row_of_the_same_gun(world: Path) -> None:
    rows = truth(world, "rows").with_columns(
        id=pl.col("source_id").str.slice(0, 16) + "-" + pl.col("row_number").cast(pl.String)
    )
    gun = dict(rows.select("id", "firearm_key").iter_rows())
    again = rows.filter(pl.col("duplicate_of_row").is_not_null())
    assert len(again) > 50
    assert all(
        gun[first] == key
        for first, key in again.select("duplicate_of_row", "firearm_key").iter_rows()
    )


def test_no_request_is_answered_as_a_duplicate_of_one_that_came_later() -> None:
    asked: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for paper, answers in papers(plan(1, 20_000, YEARS, "real", {}), YEARS):
        if answers is None:
            continue
        day, gun = paper.headings.index("Request Date"), paper.guns.tolist()
        for row, outcome in enumerate(answers.outcome):
            month, date, year = paper.rows[row][day].split("/")
            asked[gun[row]].append((f"{year}-{month}-{date}", outcome))
    repeated = [sorted(each) for each in asked.values() if len(each) > 1]
    assert sum(outcome == "duplicate_of" for each in repeated for _, outcome in each) > 20
    assert all(any(outcome != "duplicate_of" for _, outcome in each) for each in asked.values())
    for each in repeated:
        first = min(date for date, outcome in each if outcome != "duplicate_of")
        assert all(date >= first for date, outcome in each if outcome == "duplicate_of"), each


def test_neighbours_at_one_character_and_serials_of_two_makers_exist() -> None:
    made = plan(1, 20_000, YEARS, "real", {})
    masked: defaultdict[tuple[int, int, str], int] = defaultdict(int)
    makes: defaultdict[str, set[int]] = defaultdict(set)
    for model, serial in zip(made.model.tolist(), made.serial.tolist(), strict=True):
        makes[serial].add(model)
        for place in range(len(serial)):
            masked[model, place, serial[:place] + serial[place + 1 :]] += 1
    assert sum(count > 1 for count in masked.values()) > 500
    assert sum(len(models) > 1 for serial, models in makes.items() if serial) > 20


def test_most_first_purchasers_of_recovered_guns_are_innocent() -> None:
    made = plan(2, 60_000, YEARS, "real", {})
    sold = (made.outcome == 1) & (made.ring >= 0) & (made.purchaser >= 0)
    buyers = set(made.purchaser[sold].tolist())
    assert sum(buyer >= made.rings.persons for buyer in buyers) > len(buyers) / 2


def test_only_a_ring_that_re_forms_shares_persons_and_it_comes_later() -> None:
    rings = plan(1, 20_000, YEARS, "real", {}).rings
    end = rings.first_person + 2 + rings.couriers + rings.buyers
    again = 0
    for ring in range(1, len(rings)):
        before = int(rings.predecessor[ring])
        overlaps = [
            other
            for other in range(max(0, ring - 30), ring)
            if rings.first_person[ring] < end[other] and rings.first_person[other] < end[ring]
        ]
        assert set(overlaps) <= {before}
        if before >= 0:
            again += bool(overlaps)
            assert rings.first_day[ring] > rings.first_day[before]
    assert again > 10


def test_a_world_without_bad_dealers_has_none(tmp_path: Path) -> None:
    folder = build(tmp_path / "w", firearms=600, case_corrupt="0")
    assert not truth(folder, "entities")["corrupt"].any()
    assert "corrupt_seller" not in set(truth(folder, "firearms")["channel"])


def test_a_monitored_case_is_known_while_it_goes_on(tmp_path: Path) -> None:
    folder = build(tmp_path / "w", monitored_case="1")
    assert (folder / "inbox" / "case_purchases_monitored.csv").exists()
    assert truth(folder, "rings")["monitored"].sum() == 1


def test_a_poisoned_source_carries_serials_of_other_guns(tmp_path: Path) -> None:
    clean = build(tmp_path / "a", firearms=20_000)
    poisoned = build(tmp_path / "b", firearms=20_000, poisoned_source="0.5")
    before, after = (
        len(truth(folder, "repairs").filter(pl.col("field") == "serial"))
        for folder in (clean, poisoned)
    )
    assert after > before + 10


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"no_such": "1"}, "no parameter"), ({"case_straw": "many"}, "no number")],
)
def test_a_parameter_that_cannot_be_is_named(settings: dict[str, str], words: str) -> None:
    with pytest.raises(MistakeError, match=words):
        plan(1, 600, YEARS, "real", settings)


def test_a_difficulty_that_is_none_is_named() -> None:
    with pytest.raises(MistakeError, match="no difficulty"):
        plan(1, 600, YEARS, "impossible", {})


def test_no_number_of_a_paper_tells_which_gun_it_is_about(world: Path) -> None:
    rows = truth(world, "rows").filter(pl.col("firearm_key").is_not_null())
    for path in sorted((world / "inbox").glob("*_rastreo_*.csv")):
        data = path.read_bytes()
        western = b";" in data.splitlines()[0]
        text = data.decode("cp1252" if western else "utf-8")
        lines = csv.DictReader(io.StringIO(text), delimiter=";" if western else ",")
        source = hashlib.sha256(data).hexdigest()
        guns = dict(
            rows.filter(pl.col("source_id") == source)
            .select("row_number", "firearm_key")
            .iter_rows()
        )
        told = [
            (int((line["Número de solicitud"] or "0")[6:]), guns[row])
            for row, line in enumerate(lines, start=1)
        ]
        near = sorted(told)
        keys = [int(key[1:]) for _, key in near]
        rising = sum(a < b for a, b in pairwise(keys)) / (len(keys) - 1)
        assert 0.3 < rising < 0.7
