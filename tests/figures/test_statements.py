"""The statements of the public debate, in both languages, and what the counts say of each."""

from __future__ import annotations

import json

import pytest

from ironriver.estimators.types import Interval, IntervalKind
from ironriver.figures.claim_answer import Candidate, Verdict
from ironriver.figures.claim_draw import WIDTH, bar
from ironriver.figures.claims import check_claim

HELD, UNHELD = Verdict.SUPPORTED, Verdict.NOT_SUPPORTED
OPEN, OTHER = Verdict.NOT_IDENTIFIED, Verdict.ANOTHER_POPULATION


def verdicts(text: str) -> dict[str, Verdict]:
    return {c.candidate_id: c.verdict for c in check_claim(text).candidates}


def one(text: str, candidate_id: str) -> Candidate:
    return next(c for c in check_claim(text).candidates if c.candidate_id == candidate_id)


@pytest.mark.parametrize(
    ("text", "candidate_id", "verdict"),
    [
        ("Since October 2024 the army has secured about 18,000 guns", "defensa_2026.seized", HELD),
        (
            "77 to 78 percent of the weapons secured by Defensa since October 2024 are from the US",
            "defensa_2026.us_sourced",
            OPEN,
        ),
        (
            "casi 80% de las armas aseguradas por la Defensa desde octubre de 2024 provienen de "
            "Estados Unidos",
            "defensa_2026.us_sourced",
            OPEN,
        ),
        (
            "215 Barrett .50 rifles were secured by the army since October 2024",
            "defensa_2026.barrett_50",
            HELD,
        ),
        (
            "137 mil cartuchos calibre .50 desde 2012, 47% de Lake City",
            "defensa_50_rounds.rounds_lake_city",
            HELD,
        ),
        (
            "24,122 guns were secured by federal forces from October 2024 to February 2026",
            "cabinet_2026.seized",
            HELD,
        ),
        (
            "75% de las armas aseguradas por el gabinete de seguridad entre octubre de 2024 y "
            "febrero de 2026 son de Estados Unidos",
            "cabinet_2026.us_sourced",
            OPEN,
        ),
        ("21,400 guns seized since October 2024", "cabinet_2026_other.seized", HELD),
        ("21,400 guns seized since October 2024", "cabinet_2026.seized", UNHELD),
        (
            "US agents seized 40,370 rounds of .50 since 2012, one third from Lake City",
            "us_border_50_rounds.rounds_lake_city",
            HELD,
        ),
        ("136,894 guns were submitted for tracing in 2018-2023", "atf_2018_23.submitted", HELD),
        ("145,986 armas rastreadas de 2019 a 2024", "atf_2019_24.submitted", HELD),
        ("50,409 guns were traced in 2022-2023", "nfcta_2022_23.submitted", HELD),
        (
            "12 percent of the guns seized in Mexico in 2008 came from the United States",
            "gao_2008.us_sourced.seized",
            OPEN,
        ),
        (
            "48% of the guns submitted in 2008 came from the US",
            "gao_2008.us_sourced.submitted",
            OPEN,
        ),
        (
            "87% of guns seized in Mexico in 2008 came from the US",
            "gao_2008.us_sourced.determined",
            OTHER,
        ),
        (
            "25% of the guns secured by the army from January 2019 to July 2021 come from the US",
            "sedena_2019_21.us_sourced.seized",
            OPEN,
        ),
        (
            "95% of the guns secured by the army from January 2019 to July 2021 come from the US",
            "sedena_2019_21.us_sourced.seized",
            UNHELD,
        ),
        (
            "67% of the guns seized by Sedena from January 2019 to July 2021 could not be "
            "identified",
            "sedena_2019_21.undetermined.seized",
            HELD,
        ),
        (
            "al menos 67% de las armas rastreadas en 2018-2023 provienen de Estados Unidos",
            "atf_2018_23.us_sourced.submitted",
            HELD,
        ),
        (
            "at most 84% of guns submitted in 2018-2023 come from the United States",
            "atf_2018_23.us_sourced.submitted",
            OPEN,
        ),
        (
            "70.5% of guns traced in 2024 come from the United States",
            "atf_2024.us_sourced.submitted",
            OPEN,
        ),
        (
            "45% of guns traced in 2024 were traced to a US purchaser",
            "atf_2024.purchaser_found.submitted",
            HELD,
        ),
        (
            "36% of guns traced in 2022-2023 were traced to a US purchaser",
            "nfcta_2022_23.purchaser_found",
            HELD,
        ),
        ("2,475,000 guns were recovered in Mexico 2015-20", "ntc_world_2015_20.traces", OTHER),
        (
            "2,475,000 armas recuperadas en México de 2015 a 2020",
            "ntc_world_2015_20.traces",
            OTHER,
        ),
    ],
)
def test_each_statement_meets_its_count(text: str, candidate_id: str, verdict: Verdict) -> None:
    assert verdicts(text)[candidate_id] is verdict


def test_the_share_with_a_purchaser_is_not_the_share_from_the_united_states() -> None:
    told = verdicts("70.5% of guns traced in 2024 were traced to a US purchaser")
    assert told["atf_2024.purchaser_found.submitted"] is UNHELD
    assert not any(".us_sourced." in name for name, each in told.items() if each is HELD)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("13 rocket launchers were secured by the army since October 2024", HELD, UNHELD),
        ("20 lanzacohetes asegurados por el Ejército desde octubre de 2024", UNHELD, HELD),
    ],
)
def test_press_versions_that_contradict_each_other_stand_side_by_side(
    text: str, first: Verdict, second: Verdict
) -> None:
    assert verdicts(text) == {
        "defensa_2026.rocket_launchers": first,
        "defensa_2026_evangelio.rocket_launchers": second,
    }
    assert verdicts("273 ametralladoras aseguradas por la Defensa desde octubre de 2024") == {
        "defensa_2026.machine_guns": HELD,
        "defensa_2026_evangelio.machine_guns": UNHELD,
    }


@pytest.mark.parametrize(
    "text",
    [
        "2,000 guns a day enter Mexico from the United States",
        "2,000 armas diarias entran a México desde Estados Unidos",
    ],
)
def test_guns_a_day_are_read_as_guns_a_year(text: str) -> None:
    answer = check_claim(text)
    (amount,) = answer.claim.amounts
    assert amount.nominal == 730_000
    assert {c.verdict for c in answer.candidates} == {OPEN}
    cesop = next(c for c in answer.candidates if c.candidate_id.startswith("flow_cesop"))
    assert "inside the claimed range" in cesop.arithmetic.say()


def test_the_assumption_that_would_make_it_true_is_said() -> None:
    answer = check_claim("80 percent of guns submitted in 2009-2014 come from the US")
    text = answer.to_text()
    assert "It would be true if: guns classed as not from the United States did not come" in text
    told = {each["id"]: each for each in json.loads(answer.to_json())["candidates"]}
    needed = told["gao_2009_14.us_sourced.submitted"]["true_if"]
    assert "the undetermined are from it as often as the determined" in needed
    none = check_claim("78 percent of guns submitted in 2009-2014 come from the US").to_text()
    assert "None of the assumptions below makes it true." in none
    settled = check_claim("most guns traced in 2018-2023 come from the United States").to_text()
    assert "would be true if" not in settled


def test_bounds_are_drawn_on_the_scale_of_the_claim() -> None:
    lines = check_claim("80 percent of the weapons seized in 2008 come from the US").to_text()
    rows = [line.strip() for line in lines.splitlines() if line.strip()[:1] in (".", "=", "#")]
    claimed, counted = (row.split()[0] for row in rows)
    assert len(claimed) == len(counted) == WIDTH
    # 77.5 to 82.5 percent lie inside 11.6 to 98.3 percent.
    assert [place for place, sign in enumerate(claimed) if sign == "#"] == [31, 32, 33]
    assert counted.count("=") == 36
    assert counted.startswith("....=")


def test_an_open_end_is_an_arrow_and_a_point_is_one_sign() -> None:
    def interval(low: float, high: float) -> Interval:
        return Interval(low, high, IntervalKind.IDENTIFICATION)

    assert bar(interval(0.5, float("inf")), 1.0).endswith("=>")
    assert bar(interval(0.8, 0.8), 1.0).count("=") == 1
    assert bar(interval(1.0, 1.0), 1.0).endswith(".=")
    assert bar(interval(0.0, 1.0), 1.0) == "=" * WIDTH
