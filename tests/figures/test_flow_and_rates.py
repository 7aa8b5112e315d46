"""The yearly flow and the rates of places as rows of ``figures``: anchors apart, gaps said."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from ironriver.figures import measure
from ironriver.figures.flow import ASSUMED, DRAWS, MISSING, NAME, anchors_of, pool_of
from ironriver.figures.flow_evidence import evidence_of
from ironriver.figures.rates import FLAGGED, RATIO, key_of
from ironriver.figures.recoveries import READS, bases_from_records
from ironriver.reports.figures_page import amounts
from ironriver.reports.figures_page.told import AMOUNTS, told
from ironriver.reports.findings.words import Words
from ironriver.tables import TABLES, Outcome

Row = dict[str, Any]
FIRST = dt.date(2015, 1, 10)


@pytest.fixture
def workspace() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    for name in READS:
        con.from_arrow(TABLES[name].schema.empty_table()).create(name)
    for source, nexus in (("lists", "seizure"), ("answers", "trace"), ("cases", "case")):
        con.execute(
            "INSERT INTO sources BY NAME SELECT $source AS source_id, $nexus AS nexus, "
            "'SYNTHETIC' AS handling, $source AS layout",
            {"source": source, "nexus": nexus},
        )
    yield con
    con.close()


def record(con: duckdb.DuckDBPyConnection, record_id: str, gun: str, **cells: object) -> None:
    """Add a row about a gun."""
    row = {
        "record_id": record_id, "source_id": "lists", "kind": "recovery", "country": "MX",
        "serial_status": "read", "known_from": dt.date(2026, 1, 2), **cells,
    }  # fmt: skip
    named = ", ".join(f"${name} AS {name}" for name in row)
    con.execute(f"INSERT INTO records BY NAME SELECT {named}", row)
    con.execute(
        "INSERT INTO firearm_members BY NAME SELECT $gun AS firearm_id, $id AS record_id",
        {"gun": gun, "id": record_id},
    )


def answer(con: duckdb.DuckDBPyConnection, gun: str, outcome: Outcome, **cells: object) -> None:
    """Add the answer to a request about a gun."""
    row = {
        "record_id": f"t-{gun}", "source_id": "answers", "request": f"T-{gun}", "country": "MX",
        "outcome": str(outcome), "known_from": dt.date(2026, 1, 3), **cells,
    }  # fmt: skip
    named = ", ".join(f"${name} AS {name}" for name in row)
    con.execute(f"INSERT INTO trace_results BY NAME SELECT {named}", row)
    con.execute(
        "INSERT INTO firearm_members BY NAME SELECT $gun AS firearm_id, $id AS record_id",
        {"gun": gun, "id": f"t-{gun}"},
    )


def day(month: int, of: int = 15) -> dt.date:
    return dt.date(2015 + month // 12, month % 12 + 1, of)


def fill(con: duckdb.DuckDBPyConnection, *, cases: bool) -> None:
    """Ten years: a gun of the flow recovered every month, and some that are not of it.

    Of 120 guns of cases one in four is recovered, soon after it was bought: so is one in four of
    the flow, which is then 48 guns a year.
    """
    for month in range(120):
        gun = f"g{month}"
        record(con, f"r-{gun}", gun, event_date=day(month), admin1="MX-26")
        answer(
            con, gun, Outcome.TRACED_TO_PURCHASER, recovery_date=day(month),
            licence_number=f"5-74-201-01-7B-{40000 + month % 20:05d}",
            source_admin1="US-48" if month % 20 < 15 else "US-04", purchase_date=FIRST,
        )  # fmt: skip
    for other in range(40):
        record(con, f"r-m{other}", f"m{other}", event_date=day(3 * other), admin1="MX-26")
        answer(con, f"m{other}", Outcome.NOT_US_NEVER_IMPORTED, recovery_date=day(3 * other))
    if not cases:
        return
    for place in range(120):
        gun = f"g{place}" if place % 4 == 0 else f"c{place}"
        record(
            con, f"p-{gun}", gun, kind="purchase", source_id="cases", country="US",
            event_date=day(max(place - 1, 0), 1),
            case_number=f"case-{place % 30}",
        )  # fmt: skip


def figures(con: duckdb.DuckDBPyConnection) -> dict[str, Row]:
    return {row["figure_id"]: row for row in measure(con)["figures"].to_pylist()}


def test_every_anchor_has_a_row_and_what_is_not_identified_is_said(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    fill(workspace, cases=True)
    rows = {k: row for k, row in figures(workspace).items() if k.startswith("flow.records.")}
    assert [key.rpartition(".")[2] for key in rows] == [
        "crossings", "dealers", "known", "marked", "pooled", "seizures", "stock",
    ]  # fmt: skip
    for row in rows.values():
        assert row["name"] == NAME
        assert row["handling"] == "SYNTHETIC"
        assert row["period"] == "2015-01 to 2024-12"
        assert json.loads(row["record_ids"])
        assert row["method"]
        assert json.loads(row["reasons"])
    for name in ("known", "dealers", "crossings"):
        row = rows[f"flow.records.{name}"]
        # Twelve guns a year are known; above that nothing bounds the flow.
        assert (row["value"], row["low"], row["high"]) == (None, 12.0, None)
        assert row["interval"] == "identification"
    assert rows["flow.records.crossings"]["assumptions"] == MISSING["crossings"]
    assert rows["flow.records.dealers"]["assumptions"] == MISSING["dealers"]
    for name in ("seizures", "stock", "marked", "pooled"):
        row = rows[f"flow.records.{name}"]
        assert row["interval"] == "credible"
        assert row["low"] < row["value"] < row["high"]
        assert row["assumptions"] == ASSUMED[name]


def test_the_pool_names_each_of_its_anchors_with_its_interval(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    fill(workspace, cases=True)
    found = figures(workspace)
    reasons = {
        each["field"]: each.get("level")
        for each in json.loads(found["flow.records.pooled"]["reasons"])
    }
    for name in ("marked", "seizures"):
        row = found[f"flow.records.{name}"]
        assert reasons[name] == f"{row['value']:.0f} ({row['low']:.0f} to {row['high']:.0f})"


def test_guns_of_cases_tell_the_flow_that_they_are_a_known_part_of(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    fill(workspace, cases=True)
    row = figures(workspace)["flow.records.marked"]
    assert (row["numerator"], row["denominator"]) == (30.0, 120.0)
    assert row["low"] < 48 < row["high"]
    assert row["value"] == pytest.approx(48, rel=0.35)


def test_guns_known_to_be_elsewhere_mark_nothing(workspace: duckdb.DuckDBPyConnection) -> None:
    fill(workspace, cases=True)
    record(workspace, "x-c1", "c1", kind="crossing_seizure", event_date=day(5), country="US")
    record(workspace, "x-c2", "c2", kind="exhibit", event_date=day(5), country="US")
    found = figures(workspace)
    assert found["flow.records.marked"]["denominator"] == 118.0
    # And one seized on its way out lets the flow be scaled up from there.
    crossings = found["flow.records.crossings"]
    assert crossings["numerator"] == 1.0
    assert crossings["low"] < crossings["value"] < crossings["high"]


def test_without_cases_the_pool_says_that_it_only_assumes(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    fill(workspace, cases=False)
    found = figures(workspace)
    assert found["flow.records.marked"]["assumptions"] == MISSING["marked"]
    assert found["flow.records.marked"]["value"] is None
    assert found["flow.records.pooled"]["assumptions"] == ASSUMED["assumed_only"]


def test_a_workspace_without_recoveries_has_no_flow(workspace: duckdb.DuckDBPyConnection) -> None:
    record(workspace, "p1", "g1", kind="purchase", source_id="cases", event_date=FIRST)
    assert not [key for key in figures(workspace) if key.startswith(("flow.", "rates."))]


def test_the_same_records_give_the_same_draws(workspace: duckdb.DuckDBPyConnection) -> None:
    fill(workspace, cases=True)
    bases_from_records(workspace)
    evidence = evidence_of(workspace)
    assert evidence is not None
    one, other = (pool_of(anchors_of(evidence)) for _ in range(2))
    assert one.interval == other.interval
    assert all(len(anchor.drawn) == DRAWS for anchor in one.anchors)


def licences(con: duckdb.DuckDBPyConnection) -> None:
    for place in range(60):
        con.execute(
            "INSERT INTO licences BY NAME SELECT 'lists' AS source_id, $key AS licence_key, "
            "'01' AS type, $state AS admin1, DATE '2024-01-01' AS known_from",
            {
                "key": f"5-74-{40000 + place:05d}",
                "state": ("US-48", "US-04", "US-06")[(place % 20 >= 15) + (place >= 40)],
            },
        )


def test_states_are_held_against_their_licensees_and_ranked_with_doubt(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    fill(workspace, cases=False)
    licences(workspace)
    told = {key: row for key, row in figures(workspace).items() if key.startswith("rates.")}
    texas = told["rates.places.US-48.ratio"]
    assert texas["name"] == RATIO
    # 90 of 120 guns; 30 of 60 licensees, so 60 are expected.
    assert (texas["numerator"], texas["denominator"], texas["value"]) == (90.0, 60.0, 1.5)
    assert texas["interval"] == "confidence"
    assert texas["low"] < 1.5 < texas["high"]
    shrunken = told["rates.places.US-48.shrunken"]
    assert shrunken["interval"] == "credible"
    assert shrunken["value"] < 1.5
    reasons = {each["field"]: each.get("level") for each in json.loads(shrunken["reasons"])}
    assert reasons["rank"] == "1 to 1"
    assert len(json.loads(texas["record_ids"])) == 90
    assert (
        sum(told[f"rates.places.US-{each}.ratio"]["numerator"] for each in ("04", "06", "48"))
        == 120
    )


def test_licensees_are_told_together_with_what_chance_may_give_and_never_by_name(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    fill(workspace, cases=False)
    licences(workspace)
    rows = [row for row in figures(workspace).values() if row["name"] == FLAGGED]
    (row,) = rows
    # Five of 60 are the only ones of their state, where nothing was sold.
    assert row["denominator"] == 55.0
    reasons = {each["field"] for each in json.loads(row["reasons"])}
    assert {"by_chance", "dispersion"} <= reasons
    assert "5-74-" not in json.dumps({**row, "record_ids": ""}, default=str)


def test_without_a_list_of_licensees_nothing_is_expected_and_that_is_said(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    fill(workspace, cases=False)
    row = figures(workspace)["rates.places"]
    assert (row["value"], row["low"], row["high"]) == (None, 0.0, None)
    assert "not identified" in row["assumptions"]


def test_the_lasting_key_leaves_out_what_changes_at_renewal() -> None:
    assert key_of("5-74-201-01-7B-44982") == key_of("5-74-201-01-9A-44982") == "5-74-44982"


def test_an_expected_trace_determines_nothing(workspace: duckdb.DuckDBPyConnection) -> None:
    """Nobody answered: what the records let one expect counts as undetermined in every figure."""
    for place in range(12):
        record(workspace, f"r{place}", f"g{place}", event_date=day(place), admin1="MX-26")
        workspace.execute(
            "INSERT INTO traces BY NAME SELECT $trace AS trace_id, $gun AS firearm_id, "
            "$basis AS basis, 'traced_to_purchaser' AS outcome, 'us_made' AS origin, "
            "'retail' AS diversion, 1.0 AS probability, 1.0 AS origin_probability, "
            "DATE '2015-01-01' AS sale_date",
            {"trace": f"t{place}", "gun": f"g{place}", "basis": "expected"},
        )
    found = figures(workspace)
    own = {key: row for key, row in found.items() if ".records." in key or ".rows." in key}
    assert own
    for key, row in own.items():
        assert not row["numerator"] or key.endswith((".once", ".crossings")), key
    seized = found["origin.records.us_sourced.seized.counted_out"]
    assert (seized["low"], seized["high"], seized["denominator"]) == (0.0, 1.0, 12.0)
    assert found["flow.records.known"]["low"] == 0.0
    assert not [key for key in found if key.startswith("rates.")]
    # The same trace, answered, would say where the guns were made.
    for place in range(12):
        answer(workspace, f"g{place}", Outcome.TRACED_TO_PURCHASER, recovery_date=day(place))
    workspace.execute("UPDATE traces SET basis = 'answer'")
    answered = figures(workspace)
    assert answered["origin.records.us_made.seized.none_made"]["low"] == 1.0
    assert answered["flow.records.known"]["low"] == 12.0


def test_restricted_states_with_few_guns_are_told_together_with_the_next(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    """What is expected gives the sum away: one state left out could be told from the others."""
    fill(workspace, cases=False)
    licences(workspace)
    workspace.execute("UPDATE sources SET handling = 'TRACE_RESTRICTED'")
    workspace.execute(
        "UPDATE trace_results SET source_admin1 = 'US-06' "
        "WHERE source_admin1 = 'US-04' AND request IN ('T-g15', 'T-g35', 'T-g55', 'T-g75')"
    )
    places = {
        key.split(".")[2]: row["numerator"]
        for key, row in figures(workspace).items()
        if key.startswith("rates.places.") and key.endswith(".ratio")
    }
    assert places == {"US-48": 90.0, "US-others": 30.0}
    workspace.execute("UPDATE sources SET handling = 'SYNTHETIC'")
    assert {"rates.places.US-04.ratio", "rates.places.US-06.ratio"} <= set(figures(workspace))


def test_a_pool_may_leave_only_if_its_smallest_count_may(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    fill(workspace, cases=True)
    record(workspace, "x-c1", "c1", kind="crossing_seizure", event_date=day(5), country="US")
    assert figures(workspace)["flow.records.pooled"]["numerator"] == 1.0


def _anchors(con: duckdb.DuckDBPyConnection) -> list[Row]:
    return [row for key, row in figures(con).items() if key.startswith("flow.records.")]


def test_sale_years_are_completed_for_recoveries_to_come(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    """Every year twelve guns are sold, of which four are recovered in each of three years."""
    number = 0
    for sold in range(2015, 2023):
        for found in range(sold, min(sold + 3, 2023)):
            for _ in range(4):
                gun, number = f"g{number}", number + 1
                record(workspace, f"r-{gun}", gun, event_date=dt.date(found, 6, 1))
                answer(
                    workspace, gun, Outcome.TRACED_TO_PURCHASER,
                    recovery_date=dt.date(found, 6, 1), purchase_date=dt.date(sold, 5, 1),
                )  # fmt: skip
    rows = {
        row["period"]: row
        for key, row in figures(workspace).items()
        if key.startswith("flow.cohorts.")
    }
    assert sorted(rows) == [str(year) for year in range(2015, 2023)]
    assert [rows[year]["numerator"] for year in ("2020", "2021", "2022")] == [12.0, 8.0, 4.0]
    for row in rows.values():
        assert row["value"] == pytest.approx(12.0)
        assert row["low"] < 12 < (row["high"] or float("inf"))
    page = str(amounts.own_flow(told([*rows.values(), *_anchors(workspace)], AMOUNTS), Words("es")))
    assert all(f"figure-flow.cohorts.{year}" in page for year in rows)
    widths = [rows[year]["high"] - rows[year]["low"] for year in ("2016", "2022")]
    assert widths[1] > 1.5 * widths[0]


def test_a_date_misread_by_a_century_does_not_thin_the_flow_out(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    fill(workspace, cases=True)
    before = figures(workspace)["flow.records.pooled"]
    record(workspace, "r-old", "old", event_date=dt.date(1915, 5, 1), admin1="MX-26")
    after = figures(workspace)["flow.records.pooled"]
    assert after["period"] == before["period"]
    assert (after["value"], after["low"]) == (before["value"], before["low"])
