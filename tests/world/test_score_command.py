"""The command scores a workspace through its exports, and a folder of tables as it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from score_world import tables, write_truth
from typer.testing import CliRunner

from ironriver import cli
from ironriver.errors import MistakeError
from ironriver.world.commands import world_app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def commands() -> typer.Typer:
    """Give a command line with the commands that scoring needs, whatever else there is."""
    app = typer.Typer()
    app.command()(cli.run)
    app.command()(cli.export)
    app.add_typer(world_app, name="world")
    return app


def invoke(commands: typer.Typer, *words: object) -> str:
    result = CliRunner().invoke(commands, [str(word) for word in words])
    if result.exception is not None:
        raise result.exception
    return result.output


def test_a_folder_of_tables_is_scored(commands: typer.Typer, tmp_path: Path) -> None:
    truth = write_truth(tmp_path / "truth")
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, table in tables().items():
        pq.write_table(table, folder / f"{name}.parquet")
    told = invoke(commands, "world", "score", folder, truth, "--json", tmp_path / "score.json")
    assert "SAME GUN" in told
    kept = json.loads((tmp_path / "score.json").read_text("utf-8"))
    assert kept["sections"]["same_gun"]["all"]["pairs"]["correct"] == 1
    assert kept["not_run"] == {}


def test_a_folder_that_holds_no_table_is_refused(commands: typer.Typer, tmp_path: Path) -> None:
    with pytest.raises(MistakeError, match="neither a workspace nor a folder of exported tables"):
        invoke(commands, "world", "score", tmp_path, write_truth(tmp_path / "truth"))


def test_a_workspace_is_scored_through_its_exports(commands: typer.Typer, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("crossing_seizures.csv", "case_purchases.csv"):
        (inbox / name).write_bytes((ROOT / "examples/inbox" / name).read_bytes())
    whole = (ROOT / "examples/inbox/inbox.toml").read_text("utf-8")
    blocks = [b for b in whole.split("[[source]]") if "crossing_s" in b or "case_p" in b]
    (inbox / "inbox.toml").write_text("".join(f"[[source]]{b}" for b in blocks), encoding="utf-8")
    workspace = tmp_path / "workspace"
    invoke(commands, "run", inbox, "--workspace", workspace)
    invoke(commands, "export", workspace, "records", "--format", "parquet", "-o", tmp_path / "r")
    records = pq.read_table(tmp_path / "r")
    invoke(commands, "export", workspace, "quarantine", "--format", "parquet", "-o", tmp_path / "q")
    refused = pq.read_table(tmp_path / "q")
    keys = [f"gun {n}" for n in range(len(records))]
    rows = pa.concat_tables(
        [
            records.select(["source_id", "row_number"])
            .append_column("firearm_key", pa.array(keys))
            .append_column("readable", pa.array([True] * len(records), pa.bool_())),
            refused.select(["source_id", "row_number"])
            .append_column("firearm_key", pa.nulls(len(refused), pa.string()))
            .append_column("readable", pa.array([False] * len(refused), pa.bool_())),
        ]
    )
    truth = write_truth(
        tmp_path / "truth",
        {"firearms": [{"firearm_key": k, "serial": s} for k, s in zip(
            keys, records["serial"].to_pylist(), strict=True)]},
    )  # fmt: skip
    pq.write_table(rows, truth / "rows.parquet")
    invoke(commands, "world", "score", workspace, truth, "--json", tmp_path / "score.json")
    sections = json.loads((tmp_path / "score.json").read_text("utf-8"))["sections"]
    assert sections["rows"]["rows"] == len(rows) > 0
    assert sections["rows"]["neither"] == 0
    assert sections["readings"]["serial"]["right_of_filled"] == 1.0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--difficulty", "cruel"), "cruel is no difficulty; there are: easy, real, hard"),
        (("--years", "2025-2015"), "no span of years"),
        (("--set", "obliterated"), "not of the form name=value"),
    ],
)
def test_a_world_that_cannot_be_made_is_refused(
    commands: typer.Typer, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    pytest.importorskip("ironriver.world.make", reason="needs the generator")
    with pytest.raises(MistakeError, match=told):
        invoke(commands, "world", "make", tmp_path, "--seed", 1, "--firearms", 500, *words)
