"""Small counts of restricted rows leave by no door, whatever they are joined with."""

from __future__ import annotations

import pytest
from guarded import OLD, RECENT, RESULTS, SEIZURES, TODAY

from desk import Desk
from ironriver import engine, figures, pipeline, reports
from ironriver.errors import RefusedError
from ironriver.governance.release import Access
from ironriver.governance.roles import Role
from ironriver.reports.explain import explain

CLAIM = "70 percent of the guns recovered in Mexico come from the United States"
OWN = "records.us_sourced.seized"


def read(desk: Desk, traced: int, seized: int = 60) -> None:
    """Take in invented recoveries, and answers of the trace database for some of them."""
    seizure = f"T{{n}};{RECENT:%d/%m/%Y};FGE;Sonora;Cajeme;Pistola;GLOCK;9MM;SON{{n}};CI/{{n}}/24;x"
    lines = [SEIZURES, *(seizure.format(n=n) for n in range(seized))]
    desk.put("seizures.csv", "\n".join(lines) + "\n")
    desk.declare(files="seizures.csv", nexus="seizure", handling="SYNTHETIC", known_from=RECENT)
    result = (
        f"T{{n}},{RECENT:%m/%d/%Y},{OLD:%m/%d/%Y},Sonora,MEXICO,GLOCK,SON{{n}},"
        "TRACED TO PURCHASER,SELLER,TX,BUYER,HOLDER"
    )
    desk.put("results.csv", "\n".join([RESULTS, *(result.format(n=n) for n in range(traced))]))
    desk.declare(files="results.csv", nexus="trace", handling="TRACE_RESTRICTED", known_from=RECENT)
    assert not desk.read(TODAY).skipped
    pipeline.derive(desk.workspace, desk.access)


def test_a_figure_takes_the_strictest_handling_of_all_it_was_joined_with(desk: Desk) -> None:
    read(desk, 30)
    own = desk.rows(f"SELECT * FROM figures WHERE figure_id LIKE 'origin.{OWN}%'")
    assert own
    assert {row["handling"] for row in own} == {"TRACE_RESTRICTED"}
    assert {(row["numerator"], row["denominator"]) for row in own} == {(30, 60)}
    sources = {row["source_id"] for row in desk.rows("SELECT source_id FROM sources")}
    assert {source for source in sources if source in own[0]["sources"]} == sources


@pytest.mark.parametrize(("traced", "shown"), [(4, False), (56, False), (30, True)])
def test_few_traced_guns_are_told_by_no_door(desk: Desk, traced: int, shown: bool) -> None:
    read(desk, traced)
    access = Access(desk.access.actor, Role.READER, "", desk.workspace)
    with engine.connect(desk.workspace, figures.READS) as connection:
        answer = figures.check(connection, CLAIM, "en")
    assert (OWN in answer.to_json("en")) is shown
    figure = desk.rows(f"SELECT figure_id FROM figures WHERE figure_id LIKE 'origin.{OWN}%'")[0]
    if shown:
        assert explain(desk.workspace, figure["figure_id"], access).values["record_ids"] is None
    else:
        with pytest.raises(RefusedError, match="fewer firearms"):
            explain(desk.workspace, figure["figure_id"], access)
    page = reports.write(desk.workspace, "findings", access, "en")
    assert ("uns recovered in Mexico, by the records of this workspace" in page) is shown
