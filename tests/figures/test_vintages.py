"""Vintages of published series: contradictions are found, restated years flagged, sums refused."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from ironriver.errors import MistakeError
from ironriver.figures.claims import check_claim
from ironriver.figures.origin import published_origin_figures
from ironriver.figures.vintages import (
    Series,
    conflicts,
    conflicts_among,
    restated,
    restated_in,
    series,
)
from ironriver.reference.facts import Fact, Period, facts
from ironriver.tables import TABLES


def count(
    fact_id: str, start: str, end: str, value: float, as_of: str, precision: str = "exact"
) -> Fact:
    like = facts()["atf_2007.submitted"]
    return replace(
        like, fact_id=fact_id, value=value, period=Period(start, end), as_of=as_of,
        precision=precision,
    )  # fmt: skip


def test_the_totals_that_later_counts_contradict_are_found_with_what_they_miss() -> None:
    # 123,741 + N2023 - N2017 = 136,894 with N2017 = 16,133 gives N2023 = 29,286; the assessment
    # gives 50,409 - 24,642 = 25,767 for it.
    found = {frozenset(fact.fact_id for fact in each.counts): each for each in conflicts()}
    rolling = found[
        frozenset(
            {
                "atf_2017_22.submitted",
                "atf_2018_23.submitted",
                "press_2017.submitted",
                "press_2022.submitted",
                "nfcta_2022_23.submitted",
            }
        )
    ]
    assert rolling.gap == pytest.approx(29_286 - 25_767)
    assert len(rolling.vintages) == 3
    for text in ("3,519", "136,894 in 2018-2023 (as of 2024-10)", "restated"):
        assert text in rolling.said().say()


def test_two_counts_of_one_year_are_flagged() -> None:
    (two,) = conflicts_among(
        [count("a", "2008", "2008", 100, "2009"), count("b", "2008", "2008", 90, "2012")]
    )
    assert two.gap == pytest.approx(10)
    assert two.vintages == ("2009", "2012")


def test_a_part_cannot_exceed_the_whole_and_rounding_is_allowed_for() -> None:
    whole = count("whole", "2008", "2010", 100, "2011")
    (part,) = conflicts_among([whole, count("part", "2009", "2009", 104, "2011")])
    assert part.gap == pytest.approx(4)
    rough = count("part", "2009", "2009", 100, "2011")
    assert list(conflicts_among([whole, rough])) == []
    about = count("part", "2009", "2009", 140, "2011", precision="about")
    assert [each.gap for each in conflicts_among([whole, about])] == [pytest.approx(35)]


def test_counts_that_some_years_satisfy_contradict_nothing() -> None:
    early = [facts()[f"atf_{year}.submitted"] for year in range(2007, 2012)]
    assert list(conflicts_among([*early, facts()["atf_2007_11.submitted"]])) == []
    open_ended = facts()["cabinet_2026_other.seized"]
    assert list(conflicts_among([open_ended, facts()["cabinet_2026.seized"]])) == []


def test_every_conflict_is_as_small_as_can_be() -> None:
    for conflict in conflicts():
        for fact in conflict.counts:
            rest = [other for other in conflict.counts if other is not fact]
            assert list(conflicts_among(rest)) == [], conflict


def test_figures_and_claims_name_what_contradicts_their_counts() -> None:
    figures = {figure.figure_id: figure for figure in published_origin_figures()}
    told = figures["origin.atf_2018_23.us_sourced.submitted.counted_out"].reasons
    named = [reason["level"].split() for reason in told if reason["field"] == "restated"]
    assert any("nfcta_2022_23.submitted" in ids for ids in named)
    quiet = figures["origin.atf_2024.us_sourced.submitted.none"].reasons
    assert "restated" not in {reason["field"] for reason in quiet}
    answer = check_claim("most guns traced in 2018-2023 come from the United States")
    (atf,) = [c for c in answer.candidates if c.candidate_id == "atf_2018_23.us_sourced.submitted"]
    assert any("Cannot all hold" in phrase.say() for phrase in atf.against)
    assert restated(["sedena_2019_21.seized"]) == []


def test_series_and_figures_refuse_addition() -> None:
    early, late = series()["atf-2012-04", "submitted"], series()["atf-2024-10", "submitted"]
    with pytest.raises(MistakeError, match="side by side"):
        early + late
    with pytest.raises(MistakeError, match="side by side"):
        sum([early, late])
    first, second = published_origin_figures()[:2]
    with pytest.raises(MistakeError, match="side by side"):
        first + second
    with pytest.raises(MistakeError, match="side by side"):
        sum([first, second])


def test_a_series_tells_the_periods_that_its_counts_make_up() -> None:
    early = series()["atf-2012-04", "submitted"]
    assert early.as_of == "2012-04-26"
    assert early.total(Period("2007", "2008")) == 17_352 + 32_111
    assert early.total(Period("2007", "2011")) == 99_691
    for wrong in (Period("2006", "2008"), Period("2012", "2012")):
        with pytest.raises(MistakeError, match="does not tell"):
            early.total(wrong)
    with pytest.raises(ValueError, match="other counts"):
        Series("atf-2012-04", "submitted", (facts()["gao_2008.seized"],))


@pytest.mark.parametrize("as_of", ["", "lately", "2024-1-1", "after lunch"])
def test_no_figure_exists_without_an_as_of_date(as_of: str) -> None:
    with pytest.raises(ValueError, match=r"as.of"):
        replace(published_origin_figures()[0], as_of=as_of)


def test_a_workspace_flags_what_a_later_vintage_gives_otherwise() -> None:
    con = duckdb.connect()
    con.from_arrow(TABLES["published_figures"].schema.empty_table()).create("published_figures")
    rows = [("2018", "2023-06", 10.0), ("2018", "2024-06", 12.0), ("2019", "2023-06", 7.0),
            ("2019", "2024-06", 7.0)]  # fmt: skip
    for number, (period, as_of, value) in enumerate(rows):
        con.execute(
            "INSERT INTO published_figures BY NAME SELECT 's' AS source_id, $number AS row_number, "
            "'traces' AS series, 'guns recovered' AS population, 'Sonora' AS scope, "
            "$period AS period, $as_of AS as_of, $value AS value, 'firearms' AS unit",
            {"number": number, "period": period, "as_of": as_of, "value": value},
        )
    (found,) = restated_in(con)
    assert (found.period, found.place) == ("2018", "Sonora")
    assert found.vintages == (("2023-06", 10.0), ("2024-06", 12.0))
    assert found.rows == ("s-0", "s-1")
    con.close()
