"""Origin shares from published figures and from a workspace's own records."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from ironriver.figures.figure import Figure
from ironriver.figures.origin import figures_of, published_bases, published_origin_figures, readings
from ironriver.figures.recoveries import (
    LEFT_OUT,
    NOT_US,
    US_SOURCED,
    bases_from_records,
    from_records,
)
from ironriver.tables import FIGURES, RECORDS, TRACE_RESULTS, Handling, Outcome


@pytest.mark.parametrize(
    ("base_id", "assumption", "low", "high"),
    [
        ("gao_2009_14.us_sourced.submitted", "counted_out", 0.703, 0.833),
        ("gao_2009_14.us_sourced.submitted", "none", 0.703, 1.0),
        ("gao_2009_14.us_sourced.submitted", "rest_no_more", 0.703, 0.808),
        ("gao_2009_14.us_sourced.submitted", "rest_alike", 0.808, 0.808),
        ("gao_2009_14.us_sourced.determined", "counted_out", 0.808, 0.808),
        ("gao_2008.us_sourced.seized", "counted_out", 0.116, 0.983),
        ("gao_2008.us_sourced.seized", "rest_no_more", 0.116, 0.87),
        ("gao_2008.us_sourced.submitted", "counted_out", 0.483, 0.928),
        ("sedena_2019_21.us_sourced.seized", "counted_out", 0.253, 0.925),
        ("sedena_2019_21.us_sourced.seized", "rest_alike", 0.770, 0.770),
        ("atf_2018_23.us_sourced.submitted", "counted_out", 0.671, 0.838),
        ("atf_2018_23.us_sourced.submitted", "none", 0.671, 1.0),
        ("atf_2018_23.us_sourced.submitted", "rest_alike", 0.806, 0.806),
        ("atf_2017_22.us_sourced.submitted", "none", 0.675, 1.0),
        ("atf_2024.us_sourced.submitted", "none", 0.705, 1.0),
        ("atf_2024.us_made.submitted", "none_made", 0.502, 0.797),
        ("sedena_2022.us_sourced.seized", "none", 0.758, 1.0),
        ("sedena_2023.us_sourced.seized", "none", 0.558, 1.0),
    ],
)
def test_published_bases_have_their_known_bounds(
    base_id: str, assumption: str, low: float, high: float
) -> None:
    base = next(base for base in published_bases() if base.base_id == base_id)
    bounds = readings(base)[assumption]
    assert (bounds.low, bounds.high) == pytest.approx((low, high), abs=5.1e-4)


def test_no_reading_leaves_the_one_that_assumes_less() -> None:
    for base in published_bases():
        found = readings(base)
        widest = next(iter(found.values()))
        for assumption, bounds in found.items():
            assert widest.low - 1e-12 <= bounds.low, (base.base_id, assumption)
            assert bounds.high <= widest.high + 1e-12, (base.base_id, assumption)


def test_every_published_figure_fits_the_table() -> None:
    figures = published_origin_figures()
    assert len({figure.figure_id for figure in figures}) == len(figures)
    for figure in figures:
        row = figure.to_row()
        assert tuple(row) == FIGURES.names
        assert row["handling"] == "PUBLIC"
        assert json.loads(str(row["sources"]))
        assert json.loads(str(row["reasons"]))


@pytest.mark.parametrize("field", ["period", "as_of", "name", "method", "sources", "reasons"])
def test_a_figure_without_what_makes_it_one_cannot_be_built(field: str) -> None:
    figure = published_origin_figures()[0]
    with pytest.raises(ValueError, match=field):
        replace(figure, **{field: type(getattr(figure, field))()})


def test_a_figure_without_its_population_in_both_languages_cannot_be_built() -> None:
    figure = published_origin_figures()[0]
    with pytest.raises(ValueError, match="population"):
        replace(figure, population=replace(figure.population, es=""))


@pytest.fixture
def workspace() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    for table in (RECORDS, TRACE_RESULTS):
        con.from_arrow(table.schema.empty_table()).create(table.name)
    yield con
    con.close()


def recovery(
    con: duckdb.DuckDBPyConnection, number: int, country: str = "MX", guns: int = 1
) -> None:
    con.execute(
        "INSERT INTO records BY NAME SELECT $id AS record_id, 's1' AS source_id, "
        "'recovery' AS kind, $country AS country, $guns AS quantity, $ref AS reference, "
        "DATE '2023-05-04' AS event_date, DATE '2024-01-02' AS known_from",
        {"id": f"r{number}", "country": country, "guns": guns, "ref": f"T{number}"},
    )


def answer(
    con: duckdb.DuckDBPyConnection, number: int, outcome: Outcome, day: int = 1, country: str = "MX"
) -> None:
    con.execute(
        "INSERT INTO trace_results BY NAME SELECT $id AS record_id, 's2' AS source_id, "
        "$ref AS request, $outcome AS outcome, $day AS completed_date, $country AS country, "
        "DATE '2023-05-04' AS recovery_date, DATE '2024-01-03' AS known_from",
        {
            "id": f"t{number}.{day}",
            "ref": f"T{number}",
            "outcome": str(outcome),
            "day": dt.date(2023, 6, day),
            "country": country,
        },
    )


def test_own_records_are_counted_by_what_their_traces_know(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    for number in range(10):
        recovery(workspace, number)
    recovery(workspace, 90, guns=5)
    recovery(workspace, 91, country="US")
    answer(workspace, 0, Outcome.TRACED_TO_PURCHASER)
    answer(workspace, 1, Outcome.ORIGIN_UNDETERMINED, day=1)
    answer(workspace, 1, Outcome.TRACED_TO_LICENSEE, day=9)
    answer(workspace, 2, Outcome.NOT_US_NEVER_IMPORTED)
    answer(workspace, 3, Outcome.SERIAL_OBLITERATED)
    answer(workspace, 4, Outcome.DUPLICATE_OF)
    answer(workspace, 5, Outcome.TRACED_TO_PURCHASER, country="GT")
    seized, submitted = bases_from_records(workspace)
    # Ten single guns less the duplicate, and five in one record.
    assert (seized.size, seized.us, seized.determined) == (14, 2, 3)
    assert (submitted.size, submitted.us, submitted.determined) == (4, 2, 3)
    assert submitted.record_ids == ("t0.1", "t1.9")
    assert seized.record_ids == ("r0", "r1")
    assert seized.period.text() == "2023-05"
    assert seized.as_of == "2024-01-02"
    figures = {figure.figure_id: figure for figure in from_records(workspace)}
    bounds = figures["origin.records.us_sourced.submitted.counted_out"].interval
    assert (bounds.low, bounds.high) == (0.5, 0.75)
    open_bounds = figures["origin.records.us_sourced.submitted.none"].interval
    assert (open_bounds.low, open_bounds.high) == (0.5, 1.0)


def test_a_workspace_without_traces_says_nothing_and_without_recoveries_has_no_figure(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    assert from_records(workspace) == []
    recovery(workspace, 1)
    (figure,) = [f for f in from_records(workspace) if f.figure_id.endswith("counted_out")]
    assert (figure.interval.low, figure.interval.high) == (0.0, 1.0)


def test_own_figures_carry_the_strictest_handling_of_their_sources(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    recovery(workspace, 1)
    answer(workspace, 1, Outcome.TRACED_TO_PURCHASER)

    def labels() -> set[Handling]:
        figures: list[Figure] = from_records(workspace)
        return {figure.handling for figure in figures if ".submitted." in figure.figure_id}

    assert labels() == {Handling.TRACE_RESTRICTED}
    workspace.execute("CREATE TABLE sources (source_id TEXT, handling TEXT)")
    assert labels() == {Handling.TRACE_RESTRICTED}
    workspace.execute("INSERT INTO sources VALUES ('s2', 'SYNTHETIC')")
    assert labels() == {Handling.SYNTHETIC}


def test_every_outcome_has_one_meaning_for_origin() -> None:
    named = [*US_SOURCED, *NOT_US, *LEFT_OUT]
    assert len(named) == len(set(named))
    undetermined = set(Outcome) - set(named)
    assert Outcome.SERIAL_OBLITERATED in undetermined
    assert Outcome.PENDING in undetermined
    assert Outcome.PRE_1968 in undetermined


def test_figures_of_one_base_differ_only_by_what_they_assume() -> None:
    base = published_bases()[0]
    assert len({figure.assumptions for figure in figures_of(base)}) == len(readings(base))
