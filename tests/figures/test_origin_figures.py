"""Origin shares from published figures and from a workspace's own records."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from ironriver.figures.figure import Figure
from ironriver.figures.guns import (
    LEFT_OUT,
    NOT_RETAIL,
    NOT_TRAFFICKED,
    NOT_US,
    RETAIL,
    TRAFFICKED,
    US_SOURCED,
)
from ironriver.figures.origin import figures_of, published_bases, published_origin_figures, readings
from ironriver.figures.recoveries import READS, bases_by_rows, bases_from_records, from_records
from ironriver.figures.selection import assumed_figures
from ironriver.tables import FIGURES, TABLES, Handling, Outcome


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
    for name in READS:
        con.from_arrow(TABLES[name].schema.empty_table()).create(name)
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
    bases = {base.base_id: base for base in bases_from_records(workspace)}
    seized, submitted = (bases[f"records.us_sourced.{name}"] for name in ("seized", "submitted"))
    # Ten single guns less the duplicate, and five in one record.
    assert (seized.size, seized.us, seized.determined) == (14, 2, 3)
    assert (submitted.size, submitted.us, submitted.determined) == (4, 2, 3)
    assert submitted.record_ids == seized.record_ids == ("r0", "r1", "t0.1", "t1.9")
    assert seized.period.text() == "2023-05"
    assert seized.as_of == "2024-01-03"
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
    (figure,) = [
        f
        for f in from_records(workspace)
        if f.figure_id == "origin.records.us_sourced.seized.counted_out"
    ]
    assert (figure.interval.low, figure.interval.high) == (0.0, 1.0)


def test_own_figures_carry_the_strictest_handling_of_their_sources(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    recovery(workspace, 1)
    answer(workspace, 1, Outcome.TRACED_TO_PURCHASER)

    def labels() -> set[Handling]:
        figures: list[Figure] = from_records(workspace)
        return {figure.handling for figure in figures if ".submitted." in figure.figure_id}

    def label(source_id: str, handling: str) -> None:
        workspace.execute(
            "INSERT INTO sources BY NAME SELECT $id AS source_id, $handling AS handling",
            {"id": source_id, "handling": handling},
        )

    assert labels() == {Handling.TRACE_RESTRICTED}
    label("s2", "SYNTHETIC")
    assert labels() == {Handling.TRACE_RESTRICTED}
    label("s1", "PUBLIC")
    assert labels() == {max(Handling.PUBLIC, Handling.SYNTHETIC, key=list(Handling).index)}


def test_every_outcome_has_one_meaning_for_origin() -> None:
    for yes, no in ((RETAIL, NOT_RETAIL), (TRAFFICKED, NOT_TRAFFICKED)):
        assert not set(yes) & set(no)
        assert set(yes) <= set(US_SOURCED)
        assert set(no) <= {*US_SOURCED, *NOT_US}
    named = [*US_SOURCED, *NOT_US, *LEFT_OUT]
    assert len(named) == len(set(named))
    undetermined = set(Outcome) - set(named)
    assert Outcome.SERIAL_OBLITERATED in undetermined
    assert Outcome.PENDING in undetermined
    assert Outcome.PRE_1968 in undetermined


def same_gun(con: duckdb.DuckDBPyConnection, gun: str, *record_ids: str) -> None:
    for record_id in record_ids:
        con.execute(
            "INSERT INTO firearm_members BY NAME SELECT $gun AS firearm_id, $id AS record_id",
            {"gun": gun, "id": record_id},
        )


def test_a_gun_with_many_rows_counts_once_and_the_effect_is_shown(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    for number in range(6):
        recovery(workspace, number)
    answer(workspace, 0, Outcome.TRACED_TO_PURCHASER)
    answer(workspace, 1, Outcome.SERIAL_INVALID)
    answer(workspace, 2, Outcome.NOT_US_NEVER_IMPORTED)
    same_gun(workspace, "gun-a", "r0", "r1", "r3", "t0.1", "t1.1")
    same_gun(workspace, "gun-b", "r2", "r4", "t2.1")
    bases = {base.base_id: base for base in bases_from_records(workspace)}
    rows = {base.base_id: base for base in bases_by_rows(workspace)}
    once, often = bases["records.us_sourced.seized"], rows["rows.us_sourced.seized"]
    assert (once.size, once.us, once.determined) == (3, 1, 2)
    assert (often.size, often.us, often.determined) == (6, 3, 5)
    asked = bases["records.us_sourced.submitted"]
    assert (asked.size, asked.us, asked.determined) == (2, 1, 2)
    assert rows["rows.us_sourced.submitted"].size == 3
    effect = {f.figure_id: f for f in from_records(workspace)}["origin.rows.us_sourced.seized.once"]
    assert (effect.value, effect.numerator, effect.denominator) == (0.5, 3, 6)


def test_answers_that_contradict_each_other_determine_nothing(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    for number in range(2):
        recovery(workspace, number)
    answer(workspace, 0, Outcome.TRACED_TO_PURCHASER)
    answer(workspace, 1, Outcome.NOT_US_NEVER_IMPORTED)
    same_gun(workspace, "gun-a", "r0", "r1", "t0.1", "t1.1")
    bases = {base.base_id: base for base in bases_from_records(workspace)}
    seized = bases["records.us_sourced.seized"]
    assert (seized.size, seized.us, seized.determined) == (1, 0, 0)
    assert "records.us_sourced.determined" not in bases


def test_made_imported_sold_and_trafficked_are_told_apart(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    outcomes = [
        Outcome.TRACED_TO_PURCHASER,
        Outcome.TRACED_TO_PURCHASER,
        Outcome.STOLEN_BEFORE_SALE,
        Outcome.TRACED_TO_GOVERNMENT,
        Outcome.TRACED_TO_LICENSEE,
        Outcome.NOT_US_NEVER_IMPORTED,
        Outcome.ORIGIN_UNDETERMINED,
    ]
    for number, outcome in enumerate(outcomes):
        recovery(workspace, number)
        answer(workspace, number, outcome)
        same_gun(workspace, f"gun-{number}", f"r{number}", f"t{number}.1")
    for source_id in ("s1", "s2"):
        workspace.execute(
            "INSERT INTO sources BY NAME SELECT $id AS source_id, 'SYNTHETIC' AS handling",
            {"id": source_id},
        )
    for number, origin, sure in (
        (0, "us_made", 0.99),
        (1, "us_imported", 1.0),
        (2, "us_made", 0.8),
    ):
        workspace.execute(
            "INSERT INTO traces BY NAME SELECT $gun AS firearm_id, $origin AS origin, "
            "$sure AS origin_probability, 'answer' AS basis",
            {"gun": f"gun-{number}", "origin": origin, "sure": sure},
        )
    told = {
        base.measure: (base.us, base.determined)
        for base in bases_from_records(workspace)
        if base.layer == "seized"
    }
    assert told == {
        "us_sourced": (5, 6),
        "us_made": (1, 3),
        "us_imported": (1, 3),
        "us_retail": (2, 5),
        "us_trafficked": (3, 5),
    }


def test_parts_of_restricted_counts_are_not_told_where_few_are_left(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    for number in range(40):
        recovery(workspace, number)
        answer(workspace, number, Outcome.TRACED_TO_PURCHASER if number < 38 else NOT_US[0])
        same_gun(workspace, f"gun-{number}", f"r{number}", f"t{number}.1")
    told = {base.measure for base in bases_from_records(workspace)}
    assert told == {"us_sourced"}


def test_what_is_assumed_of_the_undetermined_is_said_and_leaves_the_bounds_alone() -> None:
    base = next(b for b in published_bases() if b.base_id == "gao_2008.us_sourced.seized")
    bounds = readings(base)["counted_out"]
    figures = {f.figure_id.rpartition(".")[2]: f for f in assumed_figures(base)}
    assert set(figures) == {"sampled", "odds_2", "odds_10", "breakdown"}
    sampled = figures["sampled"].interval
    assert (sampled.low, sampled.high) == pytest.approx((0.112959, 0.983906), abs=2e-6)
    assert figures["breakdown"].value == pytest.approx(0.1189, abs=5e-5)
    for name in ("odds_2", "odds_10"):
        inside = figures[name].interval
        assert bounds.low <= inside.low < inside.high <= bounds.high
    assert figures["odds_2"].interval.low == pytest.approx(0.783257, abs=5e-7)
    assert len({figure.assumptions for figure in figures.values()}) == 4
    whole = next(b for b in published_bases() if b.base_id == "gao_2008.us_sourced.determined")
    assert assumed_figures(whole) == []


def test_alike_guns_speak_for_each_other_and_types_never_determined_stay_open(
    workspace: duckdb.DuckDBPyConnection,
) -> None:
    for number in range(60):
        recovery(workspace, number)
        if number % 3 == 0 and number < 45:
            sold = number % 2 == 0
            outcome = Outcome.TRACED_TO_PURCHASER if sold else Outcome.NOT_US_NEVER_IMPORTED
            answer(workspace, number, outcome)
    workspace.execute("UPDATE records SET type = 'pistol'")
    workspace.execute(
        "UPDATE records SET type = 'rifle' WHERE CAST(substr(record_id, 2) AS INT) >= 45"
    )
    figures = {f.figure_id: f for f in from_records(workspace)}
    alike = figures["origin.records.us_sourced.seized.alike"]
    assert alike.interval.kind == "confidence"
    # 8 of 15 pistols determined are from there; nothing is known of the 15 rifles among 60 guns.
    low = 0.75 * 8 / 15
    assert alike.value is None
    assert alike.interval.low < low < low + 0.25 < alike.interval.high
    assert {"field": "left_open", "level": "0.2500"} in alike.reasons
    assert "origin.records.us_sourced.seized.alike_model" in figures


def test_figures_of_one_base_differ_only_by_what_they_assume() -> None:
    base = published_bases()[0]
    assert len({figure.assumptions for figure in figures_of(base)}) == len(readings(base))
