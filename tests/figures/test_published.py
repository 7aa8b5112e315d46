"""The published figures: their identities, and what keeps contradicting series apart."""

from __future__ import annotations

import csv
from dataclasses import replace
from importlib import resources

import pytest

from ironriver.errors import MistakeError
from ironriver.reference.facts import (
    Evidence,
    Layer,
    Period,
    add,
    as_of_text,
    facts,
    populations,
    sources,
)


def value(fact_id: str) -> float:
    return facts()[fact_id].value


def test_the_yearly_rows_add_up_to_the_printed_totals() -> None:
    years = range(2007, 2012)
    assert add(facts()[f"atf_{year}.submitted"] for year in years) == 99_691
    assert add(facts()[f"atf_{year}.us_sourced"] for year in years) == 68_161
    assert value("atf_2007_11.submitted") == 99_691
    assert value("atf_2007_11.us_sourced") == 68_161


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("gao_2009_14.submitted", ["us_sourced", "non_us", "undetermined"]),
        ("atf_2018_23.submitted", ["us_sourced", "non_us", "undetermined"]),
        ("atf_2017_22.submitted", ["us_sourced", "non_us_or_undetermined"]),
        ("atf_2024.submitted", ["us_sourced", "non_us_or_undetermined"]),
        ("atf_2024.us_sourced", ["us_made", "us_imported"]),
        ("atf_2024.us_sourced", ["purchaser_found", "no_purchaser"]),
        ("sedena_2019_21.seized", ["determined", "undetermined"]),
        ("gao_fy2004_08.us_sourced", ["us_made", "us_imported"]),
    ],
)
def test_parts_add_up_to_their_whole(whole: str, parts: list[str]) -> None:
    base = whole.partition(".")[0]
    assert sum(value(f"{base}.{part}") for part in parts) == value(whole)


def test_the_printed_numbers_are_the_ones_in_the_table() -> None:
    assert value("gao_2009_14.submitted") == 104_850 == 73_684 + 17_544 + 13_622
    assert value("atf_2018_23.submitted") == 136_894
    assert value("atf_2018_23.non_us") + value("atf_2018_23.undetermined") == 44_998
    assert value("atf_2024.us_sourced") == 18_249 == 13_004 + 5_245
    assert value("sedena_2019_21.us_sourced") / value("sedena_2019_21.determined") == (
        pytest.approx(0.7705, abs=5e-5)
    )
    assert value("gao_2008.us_sourced") == 0.87 * value("gao_2008.determined")
    border = ("from_texas", "from_arizona", "from_california", "from_new_mexico")
    reached = sum(value(f"nfcta_2022_23.{state}") for state in border)
    assert 0.76 <= reached / 18_100 <= reached / 17_780 <= 0.78
    assert value("flow_cesop.flow_per_year") == 2_000 * 365


def test_the_rolling_totals_imply_the_same_2018() -> None:
    implied = (
        value("atf_2018_23.submitted")
        + value("atf_2024.submitted")
        - value("atf_2019_24.submitted")
    )
    assert implied == 16_792


def test_figures_of_different_series_are_never_added() -> None:
    with pytest.raises(MistakeError, match="side by side"):
        add([facts()["defensa_2026.seized"], facts()["cabinet_2026.seized"]])
    with pytest.raises(MistakeError, match="side by side"):
        add([facts()["atf_2007.submitted"], facts()["atf_2007.us_sourced"]])
    with pytest.raises(MistakeError, match="side by side"):
        add([facts()["gao_fy2004_08.us_made"]])


def test_a_year_is_not_added_to_the_total_that_holds_it() -> None:
    with pytest.raises(MistakeError, match="same time"):
        add([facts()["atf_2007.submitted"], facts()["atf_2007_11.submitted"]])


def test_layers_of_one_base_lie_inside_each_other() -> None:
    order = ("seized", "submitted", "determined", "us_sourced")
    for population in populations().values():
        sizes = [
            fact.value
            for measure in order
            if (fact := population.count(measure)) is not None and fact.unit == "firearms"
        ]
        assert sizes == sorted(sizes, reverse=True), population.population_id


def test_facts_of_one_population_agree_on_what_it_is() -> None:
    for population in populations().values():
        shared = {
            (f.series, f.population, f.population_es, f.scope, f.holder, f.period, f.as_of)
            for f in population.facts
        }
        assert len(shared) == 1, population.population_id


def test_every_source_is_listed_and_used() -> None:
    used = {source for fact in facts().values() for source in fact.source_ids}
    assert used == set(sources())
    assert len(facts()) == 89


def test_figures_recalled_from_memory_stay_out() -> None:
    assert {fact.evidence for fact in facts().values()} == set(Evidence)
    printed = {fact.value for fact in facts().values()}
    ends = {fact.low for fact in facts().values()} | {fact.high for fact in facts().values()}
    # Recalled, not read: two intervals and a point of methods section 1.1.
    assert not {106_700, 426_729, 342_000, 597_000, 88_000} & (printed | ends)


def test_the_class_of_foreign_makers_says_what_it_does_not_prove() -> None:
    for fact_id in ("gao_2009_14.non_us", "atf_2018_23.non_us"):
        assert "made abroad" in facts()[fact_id].note
        assert "fabricada en el extranjero" in facts()[fact_id].caution("es")


def test_a_figure_without_its_population_or_date_cannot_be_built() -> None:
    fact = facts()["atf_2024.submitted"]
    for broken in ({"population": ""}, {"as_of": ""}, {"source_ids": ()}, {"unit": "percent"}):
        with pytest.raises(ValueError, match=r"not complete|as-of"):
            replace(fact, **broken)
    with pytest.raises(ValueError, match="outside"):
        replace(fact, low=30_000.0)


def test_periods_know_what_they_cover() -> None:
    assert Period("2009", "2014").overlaps(Period("2014-12"))
    assert not Period("2019-01", "2021-07").overlaps(Period("2021-08", "2022"))
    assert Period("2019-01", "2021-07").text() == "2019-01 to 2021-07"
    assert Period("2008", "2008").text() == "2008"
    assert as_of_text("before 2025-01-08") == "before 2025-01-08"
    for wrong in (("2014", "2009"), ("", "2009"), ("2014-13", "2015"), ("May", "")):
        with pytest.raises(ValueError, match=r"period|date|month"):
            Period(*wrong)
    with pytest.raises(ValueError, match="as-of"):
        as_of_text("lately")


def test_the_file_names_the_layer_of_every_percentage() -> None:
    path = resources.files("ironriver.reference.facts") / "published.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert rows
    for row in rows:
        assert (row["unit"] == "percent") == (row["of"] in set(Layer))
