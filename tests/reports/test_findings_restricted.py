"""Restricted sources on the findings page, through the release gate itself."""

from __future__ import annotations

import pytest
from findings_world import CANARIES, FigureRow, World, full_world

from ironriver.governance.roles import Role
from ironriver.reports.findings import render, to_terminal


@pytest.mark.parametrize("handling", ["PERSONAL", "LAW_ENFORCEMENT", "TRACE_RESTRICTED"])
def test_a_small_count_of_a_restricted_source_is_withheld(handling: str) -> None:
    world = full_world(handling)
    found = world.findings()
    assert found.recoveries.states["MX-28"].withheld
    shown = [cell for cell in found.recoveries.states.values() if not cell.withheld]
    assert len(shown) < 2, "one withheld state alone could be computed from the total"
    assert found.southbound.south.seizures.withheld
    assert found.source_states.purchases["US-04"].value == 25
    assert found.licensees.states["US-04"].value == 40
    assert any(action == "export" for action, _ in world.journal.lines)


def test_a_share_of_few_restricted_firearms_is_withheld() -> None:
    few = FigureRow("guns: x", 0.1, 0.9, numerator=4, denominator=40, handling="LAW_ENFORCEMENT")
    many = FigureRow("guns: y", 0.1, 0.9, numerator=20, denominator=40, handling="LAW_ENFORCEMENT")
    unknown = FigureRow("guns: z", 0.1, 0.9, None, numerator=None, handling="LAW_ENFORCEMENT")
    origins = World().findings([few, many, unknown]).origins
    assert [share.layer for share in origins.shares] == ["y"]
    assert origins.withheld == 2


@pytest.mark.parametrize("handling", ["PUBLIC", "LAW_ENFORCEMENT"])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_no_personal_name_is_on_the_page(handling: str, lang: str) -> None:
    found = full_world(handling).findings()
    text = render(found, lang) + "".join(str(part) for part in to_terminal(found, lang).renderables)
    for canary in CANARIES:
        for word in canary.split():
            assert word.lower() not in text.lower()


def test_a_reader_sees_no_name_of_a_restricted_file() -> None:
    page = render(full_world("LAW_ENFORCEMENT").findings(role=Role.READER, purpose=""), "en")
    assert "aseguramientos.csv" not in page
    assert "Agency · layout" in page
    assert "licensees.csv" in page


def test_county_dots_are_drawn_only_from_free_lists() -> None:
    world = full_world()
    assert world.findings().licensees.counties
    world.rows["sources"][0]["handling"] = "LAW_ENFORCEMENT"
    assert not world.findings().licensees.counties
