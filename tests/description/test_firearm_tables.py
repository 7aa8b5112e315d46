"""The tables are whole: unique, every alias points somewhere, every row says its source."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from ironriver.intake.parsers import calibres, makes, types
from ironriver.reference.firearms import tables

ROOT = Path(__file__).parents[2]
CODES = ROOT.parent / "shared" / "data" / "ncic_codes" / "ncic501_MAK.csv"
NAMES = (
    "calibre_aliases calibres countries make_aliases makes makes_checked models types type_aliases"
)


@pytest.mark.parametrize("name", NAMES.split())
def test_every_row_says_its_source(name: str) -> None:
    table = tables.rows(name)
    assert table
    for row in table:
        assert row["source"].strip()
        assert row.get("weight_source", "stated").strip()
        assert None not in row


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("makes", "code"),
        ("makes_checked", "make"),
        ("make_aliases", "alias"),
        ("calibres", "calibre"),
        ("calibre_aliases", "alias calibre"),
        ("types", "type"),
        ("type_aliases", "alias"),
        ("countries", "alias"),
        ("models", "make model"),
    ],
)
def test_no_row_stands_twice(name: str, columns: str) -> None:
    keys = [tuple(row[column] for column in columns.split()) for row in tables.rows(name)]
    assert len(set(keys)) == len(keys)


def test_every_alias_points_to_something_and_means_one_thing() -> None:
    meant: dict[str, str] = {}
    for alias, make in tables.make_aliases():
        assert make in tables.makes()
        assert meant.setdefault(makes.key(alias), make) == make
    for one in tables.calibre_aliases():
        assert one.calibre in tables.calibres()
        assert one.reading in ("exact", "usual", "possible")
    assert {name for _, name in tables.type_aliases()} == set(tables.types())
    assert all(len(code) == 2 for _, code in tables.country_aliases())


def test_no_calibre_text_means_two_calibres_exactly() -> None:
    exact: dict[str, str] = {}
    usual: dict[str, str] = {}
    for one in tables.calibre_aliases():
        if one.reading != "possible":
            kept = exact if one.reading == "exact" else usual
            assert kept.setdefault(calibres.key(one.text), one.calibre) == one.calibre, one
    assert not set(exact) & set(usual)


def test_models_name_known_makes_types_calibres_and_importers() -> None:
    for model in tables.models():
        assert not model.make or model.make in tables.makes()
        assert model.type in tables.types()
        assert set(model.calibres) <= set(tables.calibres())
        assert not model.importer or model.importer in tables.makes()
        assert model.weight > 0


def test_each_type_has_a_class() -> None:
    assert {types.kind(name) for name in tables.types()} == {"short", "long", "other"}
    assert types.kind(None) is None


def test_the_tool_drops_prose_countries_and_non_makers(tmp_path: Path) -> None:
    table = tmp_path / "codes.csv"
    with table.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("code", "definition"))
        writer.writerow(("AA", "ALBANIA CODE BY COUNTRY IF MAKE CAN NOT BE DETERMINED."))
        writer.writerow(("TX", "TEXAS USE COUNTRY CODE IF MAKE CAN NOT BE DETERMINED"))
        writer.writerow(("BRC", "BRAVO WORKS, INC.; HARTLAND, WISCONSIN _ADDED 7/8/15"))
        writer.writerow(("ZMS", "ZEMSAN SILAH SANAYI - TURKEY"))
        writer.writerow(("LLQ", "COMMODORE MODEL OF LLANO"))
    folder = tmp_path / "out"
    folder.mkdir()
    _build(table, folder)
    with (folder / "makes.csv").open(newline="") as handle:
        found = [(row["code"], row["make"], row["country"]) for row in csv.DictReader(handle)]
    assert found == [
        ("BRC", "Bravo Works", "US"),
        ("LLQ", "Llano", ""),
        ("ZMS", "Zemsan Silah", "TR"),
    ]


def test_the_shipped_makes_are_what_the_tool_gives(tmp_path: Path) -> None:
    if not CODES.exists():
        pytest.skip("needs ../shared/data")
    _build(CODES, tmp_path)
    assert (tmp_path / "makes.csv").read_bytes() == (
        ROOT / "src/ironriver/reference/firearms/makes.csv"
    ).read_bytes()


def test_every_calibre_code_is_read_or_suggested() -> None:
    table = CODES.with_name("ncic501_CAL.csv")
    if not table.exists():
        pytest.skip("needs ../shared/data")
    with table.open(newline="") as handle:
        codes = [row["code"] for row in csv.DictReader(handle)]
    unread = [code for code in codes if calibres.read(code) == (None, ())]
    assert unread == []


def test_every_type_code_is_read() -> None:
    table = CODES.with_name("ncic501_GTYP3.csv")
    if not table.exists():
        pytest.skip("needs ../shared/data")
    with table.open(newline="") as handle:
        codes = [row["code"] for row in csv.DictReader(handle)]
    assert [code for code in codes if types.read(code)[0] is None] == []


def _build(table: Path, folder: Path) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / "build_makes.py"), str(table), str(folder)],
        check=True,
        capture_output=True,
    )
