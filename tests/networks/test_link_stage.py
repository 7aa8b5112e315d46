"""The stage `link` on a small world: what it writes, that it writes it again, and why."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from ironriver import engine, networks, pipeline
from ironriver.governance.judge import Proposal, judge
from ironriver.governance.release import Access
from ironriver.governance.roles import account
from ironriver.governance.standing import About, Verdict
from ironriver.networks.stage import link
from ironriver.reports.explain_network import explain_link, explain_network
from ironriver.tables import TABLES
from ironriver.workspace import Workspace
from ironriver.world.make import make
from terminal import Said


@dataclass(frozen=True)
class Linked:
    """A workspace that was linked, and what the stage wrote."""

    workspace: Workspace
    access: Access
    tables: dict[str, pa.Table]

    def rows(self, sql: str) -> list[dict[str, object]]:
        """Ask the tables that were written."""
        desk = duckdb.connect()
        for name, table in self.tables.items():
            desk.register(name, table)
        with engine.connect(self.workspace, ("records", "trace_results")) as connection:
            for name in ("records", "trace_results"):
                desk.register(name, engine.query(connection, f"SELECT record_id FROM {name}"))
        return desk.sql(sql).to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    folder: Path = tmp_path_factory.mktemp("linked")
    make(folder / "world", 78, 1400, (2018, 2023), "real", {})
    with Workspace.create(folder / "workspace", account()) as workspace:
        access = Access.current(workspace, "testing")
        today = dt.date(2025, 6, 30)
        pipeline.intake(workspace, folder / "world" / "inbox", None, access, today, lambda *_: None)
        for name in ("resolve", "entities", "trace", "link"):
            pipeline.run_stage(workspace, pipeline.stage(name), access)
        with engine.connect(workspace, networks.WRITES) as connection:
            tables = {
                name: engine.query(connection, f"SELECT * FROM {name}") for name in networks.WRITES
            }
    # Reading holds no lock, so that commands may write meanwhile.
    with Workspace.open(folder / "workspace") as workspace:
        yield Linked(workspace, Access.current(workspace, "testing"), tables)


def test_chains_are_found_and_every_row_stands_in_the_contract(linked: Linked) -> None:
    assert linked.tables["networks"].num_rows > 5
    for name, table in linked.tables.items():
        assert table.schema.names == list(TABLES[name].names)
        assert table["record_ids"].null_count == 0
        assert table["reasons"].null_count == 0
        assert set(table["handling"].to_pylist()) == {"SYNTHETIC"}


def test_every_record_that_a_link_or_network_names_is_held(linked: Linked) -> None:
    for name in linked.tables:
        missing = linked.rows(f"""
            SELECT unnest(from_json(record_ids, '["VARCHAR"]')) AS record_id FROM {name}
            EXCEPT (SELECT record_id FROM records UNION SELECT record_id FROM trace_results)
        """)
        assert missing == []


def test_a_gun_stands_in_one_network_at_most_and_the_counts_are_those_of_members(
    linked: Linked,
) -> None:
    twice = linked.rows("""
        SELECT member_id FROM network_members WHERE member_kind = 'firearm'
        GROUP BY member_id HAVING count(*) > 1
    """)
    assert twice == []
    wrong = linked.rows("""
        SELECT network_id FROM networks JOIN network_members USING (network_id)
        GROUP BY network_id, firearms, entities
        HAVING firearms <> count(*) FILTER (WHERE member_kind = 'firearm')
            OR entities <> count(*) FILTER (WHERE member_kind <> 'firearm')
    """)
    assert wrong == []


def test_probabilities_lie_between_0_and_1_and_channels_add_up_to_1(linked: Linked) -> None:
    assert linked.rows("""
        SELECT network_id FROM networks
        WHERE NOT (probability BETWEEN 0 AND 1 AND stability BETWEEN 0 AND 1)
        UNION ALL SELECT network_id FROM network_members
        WHERE NOT (probability BETWEEN 0 AND 1 AND role_probability BETWEEN 0 AND 1)
    """) == []  # fmt: skip
    for row in linked.rows("SELECT channels, customer_groups FROM networks"):
        for name in ("channels", "customer_groups"):
            told = json.loads(str(row[name]))
            assert sum(each["probability"] for each in told) == pytest.approx(1, abs=1e-4)


def test_reasons_of_a_network_add_up_to_its_log_odds_what_speaks_against_it_first(
    linked: Linked,
) -> None:
    for row in linked.rows("SELECT probability, reasons FROM networks"):
        adds = [each["log_odds"] for each in json.loads(str(row["reasons"]))]
        assert adds == sorted(adds)
        odds = min(max(sum(adds), -30), 30)
        assert row["probability"] == pytest.approx(1 / (1 + 2.718281828**-odds), abs=1e-3)


def test_linking_again_gives_the_same_bytes(linked: Linked) -> None:
    with engine.connect(linked.workspace, networks.READS) as connection:
        again = link(connection, None)
    for name, table in linked.tables.items():
        written = again[name].select(TABLES[name].names).cast(TABLES[name].schema)
        assert written.equals(table.cast(TABLES[name].schema))


def test_a_network_is_explained_record_by_record_and_without_each(linked: Linked) -> None:
    largest = linked.rows("SELECT network_id FROM networks ORDER BY firearms DESC, 1 LIMIT 1")
    name = str(largest[0]["network_id"])
    found = explain_network(linked.workspace, name, linked.access)
    assert found is not None
    guns = [row for row in found.members if row["member_kind"] == "firearm"]
    whole, *without = found.without
    assert whole["record_id"] is None
    assert sum(whole["groups"]) + whole["alone"] == len(guns)
    assert without
    assert all(sum(row["groups"]) + row["alone"] <= len(guns) for row in without)
    for lang in ("en", "es"):
        assert name in next(iter(found.lines(lang)))


def test_a_link_is_explained_by_every_sign_and_falls_without_its_records(linked: Linked) -> None:
    name = str(linked.rows("""
        SELECT link_id FROM links WHERE kind = 'open_case' AND log_odds > 0 ORDER BY 1 LIMIT 1
    """)[0]["link_id"])  # fmt: skip
    found = explain_link(linked.workspace, name, linked.access)
    assert found is not None
    total = found.prior + sum(row["log_odds"] for row in found.signs)
    assert found.without[0]["log_odds"] == pytest.approx(total, abs=1e-3)
    assert min(row["probability"] for row in found.without) < found.without[0]["probability"]
    assert len(list(found.lines("en"))) > len(found.signs)


def test_the_command_tells_the_largest_chains_in_both_languages(
    linked: Linked, ironriver: Callable[..., Said]
) -> None:
    told = ironriver("link", linked.workspace.path, "--limit", 3, "--json")
    assert told.status == 0, told.err
    rows = json.loads(told.out)
    chains = rows
    assert [row["firearms"] for row in chains] == sorted(
        (row["firearms"] for row in chains), reverse=True
    )
    for lang in ("en", "es"):
        told = ironriver("link", linked.workspace.path, "--limit", 1, "--lang", lang)
        assert told.status == 0, told.err
        assert chains[0]["network_id"] in told.out
        told = ironriver("explain", linked.workspace.path, chains[-1]["network_id"], "--lang", lang)
        assert told.status == 0, told.err
        assert chains[-1]["network_id"] in told.out


def test_what_names_no_network_or_link_is_explained_by_none(linked: Linked) -> None:
    assert explain_network(linked.workspace, "gun-1", linked.access) is None
    assert explain_network(linked.workspace, "network-1", linked.access) is None
    assert explain_link(linked.workspace, "link-1", linked.access) is None


def test_what_is_judged_about_networks_binds_and_can_be_undone(linked: Linked) -> None:
    pair = linked.rows("""
        SELECT min(record_id) AS left_id, max(record_id) AS right_id FROM (
          SELECT network_id,
                 arg_min(from_json(record_ids, '["VARCHAR"]')[1], member_id) AS record_id
          FROM network_members WHERE member_kind = 'firearm' GROUP BY network_id
          ORDER BY network_id LIMIT 2)
    """)[0]
    ids = str(pair["left_id"]), str(pair["right_id"])
    with engine.connect(linked.workspace) as connection:
        one = judge(
            connection,
            linked.access,
            Proposal(*ids, Verdict.SAME, "both were paid by one person", About.NETWORK),
        )
    assert one.about is About.NETWORK
    assert _together(linked, ids)
    from ironriver.governance.judge import undo

    undo(linked.access, one.sequence)
    assert not _together(linked, ids)


def _together(linked: Linked, records: tuple[str, str]) -> bool:
    with engine.connect(linked.workspace, networks.READS) as connection:
        members = link(connection, None)["network_members"].to_pylist()
    stands = [
        {row["network_id"] for row in members
         if row["member_kind"] == "firearm" and each in json.loads(row["record_ids"])}
        for each in records
    ]  # fmt: skip
    return bool(stands[0] & stands[1])
