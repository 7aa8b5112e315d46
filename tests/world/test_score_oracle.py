"""The oracle reads rows as the world writes them, and finds much that plain joins do not."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import typer
from score_world import arrow
from typer.testing import CliRunner

from ironriver import cli
from ironriver.world.catalogue import models
from ironriver.world.make import make
from ironriver.world.oracle import may_be_one, same_gun
from ironriver.world.oracle_reading import UNEXPLAINED, Reader, plain, slips, written
from ironriver.world.oracle_rows import LOST_MX, Row, pairs, rows
from ironriver.world.parameters import Settings
from ironriver.world.score import score

REAL = Settings("real", {})
RATES = slips(REAL, 1.0, copied=False)
GUNS = 1_500


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("FX1204", "misread"),
        ("FX2134", "transposed"),
        ("FX12", "its end lost"),
        ("FX12**", "its end marked"),
        ("1234", "its start lost"),
        ("CAL38FX1234", "a prefix copied"),
    ],
)
def test_every_slip_of_the_world_is_likelier_than_an_unexplained_one(text: str, how: str) -> None:
    chance = written(text, "FX1234", RATES)
    assert UNEXPLAINED * 1e6 < chance < written("FX1234", "FX1234", RATES), how


def test_a_number_unlike_the_serial_is_not_explained_by_it() -> None:
    assert written("ZZ9876K", "FX1234", RATES) == UNEXPLAINED


def test_slips_of_one_serial_do_not_add_up_to_more_than_one() -> None:
    true = "FX1234"
    marks = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    near = {true[:p] + m + true[p + 1 :] for p in range(len(true)) for m in marks}
    near |= {true[:p] + true[p + 1] + true[p] + true[p + 2 :] for p in range(len(true) - 1)}
    near |= {true[:-k] for k in (1, 2, 3)} | {true[k:] for k in (1, 2, 3)}
    total = sum(written(text, true, RATES) for text in near)
    assert 0.97 < total <= 1.001


def test_a_serial_speaks_for_the_models_that_have_such_serials() -> None:
    reader = Reader(REAL)
    likely = reader.prior * reader.serial(plain("AA-012345"))
    names = [model.make for model in models()]
    best = names[int(likely.argmax())]
    assert best in ("Barrett", "Rossi")  # both write two letters A and six digits


ROW = Row(
    "r1", "list 1", "recovery", dt.date(2020, 5, 1), True, "MX-26043", "CI/1", None,
    ("Colt", "AR-15", ".223 Rem"), "SP1234567",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "possible"),
    [
        ({"source_id": "list 1"}, False),
        ({}, True),
        ({"case": "CI/2"}, False),
        ({"case": None}, True),
        ({"kind": "crossing_seizure"}, False),
        ({"kind": "multiple_sale", "date": dt.date(2020, 5, 2)}, False),
        ({"kind": "multiple_sale", "date": dt.date(2019, 5, 2)}, True),
        ({"kind": LOST_MX, "date": dt.date(2019, 5, 2)}, True),
    ],
)
def test_what_cannot_be_one_gun_is_never_weighed(
    changes: dict[str, object], possible: bool
) -> None:
    other = dataclasses.replace(ROW, **{"source_id": "list 2", **changes})  # type: ignore[arg-type]
    assert may_be_one(ROW, other) is possible
    assert may_be_one(other, ROW) is possible


def test_rows_meet_over_a_slip_but_not_over_nothing() -> None:
    slip = dataclasses.replace(ROW, case="CI/9", serial="SP1284567", date=None)
    far = dataclasses.replace(ROW, case="CI/8", serial="KT7654321", date=None)
    assert pairs([ROW, slip, far]) == {(0, 1)}


def _tables(serials: list[str]) -> dict[str, pa.Table]:
    return {
        "records": arrow(
            [
                {"record_id": f"r{n}", "source_id": f"s{n}", "kind": kind, "make": "Colt",
                 "event_date": dt.date(2018 + n, 1, 1), "date_precision": "day", "country": "US",
                 "model": "AR-15", "calibre": ".223 Rem", "serial_raw": serial,
                 "serial_status": "read"}
                for n, (kind, serial) in enumerate(
                    zip(("multiple_sale", "crossing_seizure"), serials, strict=True))
            ]
        )
    }  # fmt: skip


@pytest.mark.parametrize(
    ("serials", "together"),
    [
        (["SP1234567", "SP-1234567"], True),
        (["SP1234567", "SP1284567"], True),  # 8 for 3, far from any neighbour
        (["SP1234567", "SP7654321"], False),
    ],
)
def test_two_rows_are_joined_where_the_odds_say_so(serials: list[str], together: bool) -> None:
    found = same_gun(_tables(serials), REAL, 20_000)
    assert (pc.count_distinct(found["firearm_id"]).as_py() == 1) is together
    assert pc.min_max(found["probability"]).as_py()["min"] > 0.5


def test_an_equal_serial_says_less_where_there_are_more_guns() -> None:
    small, large = (
        same_gun(_tables(["SP1234567", "SP1284567"]), REAL, size)["probability"][0].as_py()
        for size in (1_000, 100_000)
    )
    assert small > large


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pa.Table], Path]:
    folder = tmp_path_factory.mktemp("world")
    make(folder / "made", 11, GUNS, (2015, 2025), "real", {})
    app = typer.Typer()
    app.command()(cli.intake)
    app.command()(cli.export)
    run = CliRunner().invoke
    words = ["intake", str(folder / "made/inbox"), "--workspace", str(folder / "ws")]
    assert run(app, words).exception is None
    tables = {}
    for name in ("records", "trace_results"):
        path = folder / f"{name}.parquet"
        done = run(
            app, ["export", str(folder / "ws"), name, "--format", "parquet", "-o", str(path)]
        )
        assert done.exception is None
        tables[name] = pq.read_table(path)
    return tables, folder / "made" / "truth"


def test_the_oracle_finds_most_and_is_seldom_wrong(
    world: tuple[dict[str, pa.Table], Path],
) -> None:
    tables, truth = world
    judged = same_gun(tables, REAL, GUNS)
    found = score({**tables, "firearm_members": judged}, truth).sections["same_gun"]
    plainly = tables["records"].select(["record_id", "serial"]).rename_columns(
        ["record_id", "firearm_id"]
    )  # fmt: skip
    joined = plainly.filter(pc.is_valid(plainly["firearm_id"]))
    simple = score({**tables, "firearm_members": joined}, truth).sections["same_gun"]
    assert found["all"]["pairs"]["precision"] > 0.98
    assert found["all"]["pairs"]["f1"] > simple["all"]["pairs"]["f1"] + 0.05
    assert found["calibration"]["ece_equal_mass"] < 0.02


def test_the_oracle_judges_the_same_whatever_the_order_of_rows(
    world: tuple[dict[str, pa.Table], Path],
) -> None:
    tables, _ = world
    turned = {name: table.take(list(range(len(table)))[::-1]) for name, table in tables.items()}
    assert same_gun(turned, REAL, GUNS).equals(same_gun(tables, REAL, GUNS))


def test_every_row_about_a_gun_gets_a_cluster(world: tuple[dict[str, pa.Table], Path]) -> None:
    tables, _ = world
    judged = same_gun(tables, REAL, GUNS)
    assert len(judged) == len(rows(tables)) == sum(map(len, tables.values()))
    assert pc.count_distinct(judged["record_id"]).as_py() == len(judged)
