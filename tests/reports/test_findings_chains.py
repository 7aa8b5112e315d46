"""Supply chains and leads on the findings page: by size, by kind, and what speaks against first."""

from __future__ import annotations

import datetime as dt
import json

from findings_world import World

from ironriver.governance.roles import Role
from ironriver.reports.findings import FindingsModel
from ironriver.reports.findings.view import SectionView, TableView

FIRST = dt.date(2024, 3, 1)


def chained(handling: str, chains: int = 14) -> World:
    """Give a world of some chains of two guns, one of nine, and three leads."""
    world = World().source("s", "compras.csv", 60, handling=handling)
    world.add("records", 60, source_id="s", kind="recovery")
    for number in range(chains + 1):
        world.add(
            "networks",
            network_id=f"network-{number:02d}",
            firearms=9 if number == chains else 2,
            entities=1,
            first_date=FIRST,
            last_date=FIRST + dt.timedelta(days=60),
            channels=json.dumps([
                {"channel": "broker", "probability": 0.2},
                {"channel": "straw_purchase", "probability": 0.8},
            ]),
            probability=0.75,
            stability=0.5,
            record_ids=json.dumps([f"records-{number + 1}"]),
            handling=handling,
        )  # fmt: skip
    for rank in (1, 2, 3):
        world.add(
            "leads",
            rank=rank,
            candidate_id=f"per-{rank}",
            candidate_kind="person",
            probability=1.0,
            log_odds=17.3,
            expected_firearms=1.24,
            reasons_against=json.dumps([{"field": "first_purchaser"}, {"field": "prior"}]),
            reasons_for=json.dumps([{"field": "case"}]),
            record_ids='["records-1"]',
            handling=handling,
        )
    return world


def section(model: FindingsModel, name: str) -> SectionView:
    return next(each for each in model.sections("en") if each.name == name)


def texts(view: SectionView) -> list[list[str]]:
    tables = [block for block in view.blocks if isinstance(block, TableView)]
    return [[entry.text for entry in row] for table in tables for row in table.rows]


def test_chains_are_counted_by_size_and_the_largest_stands_first() -> None:
    view = section(chained("SYNTHETIC").findings(), "supply-chains")
    rows = texts(view)
    assert view.title == "15 supply chains hold 37 firearms"
    assert rows[:2] == [["2", "14"], ["6–20", "1"]]
    assert rows[2][:2] == ["network-14", "9"]
    assert rows[2][4] == "straw purchase"
    assert len(rows) == 2 + 10


def test_a_lead_stands_with_what_speaks_against_it_and_under_an_id() -> None:
    view = section(chained("SYNTHETIC").findings(), "leads")
    rows = texts(view)
    assert view.title == "3 candidates to look at, the most promising first"
    assert rows[0][0] == "1"
    assert rows[0][2] == "who bought a firearm first is no suspect"
    assert rows[0][4:] == [">99.9%", "1.2"]
    assert "prior" not in str(rows)
    assert view.against[0].startswith("A candidate is not a suspect")


def test_rows_that_may_not_be_seen_stay_away_and_few_are_not_counted() -> None:
    model = chained("LAW_ENFORCEMENT").findings(role=Role.READER, purpose="")
    chains, leads = section(model, "supply-chains"), section(model, "leads")
    assert "network-" not in str(chains)
    assert "per-" not in str(leads)
    assert leads.title == "There are candidates to look at; too few to publish"
    assert all(row[1] != "1" for row in texts(chains))


def test_without_chains_both_sections_say_so() -> None:
    model = World().source("s", "compras.csv", 60).findings()
    assert section(model, "supply-chains").empty
    assert section(model, "leads").empty
