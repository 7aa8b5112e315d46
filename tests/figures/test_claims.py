"""Public claims held against the counts: expected numbers, verdicts, and what is said first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ironriver.errors import MistakeError
from ironriver.figures.claim_answer import Candidate, Verdict
from ironriver.figures.claim_text import ClaimAnswer
from ironriver.figures.claims import check_claim
from ironriver.figures.origin import published_bases, readings
from ironriver.language import translator

EIGHTY = "80 percent of the weapons seized from cartels come from the United States"
OCHENTA = "80 por ciento de las armas aseguradas a los cárteles provienen de Estados Unidos"
FLOW = "200,000 to 500,000 firearms are trafficked from the US into Mexico a year"
ROUNDS = (
    "The army seized 137,000 rounds of .50 calibre since 2012; almost half traced to the Lake City "
    "Army Ammunition Plant, Missouri"
)

spanish = pytest.mark.skipif(
    translator("es")("What cannot be known") == "What cannot be known",
    reason="the Spanish of these sentences is not in the catalogue yet",
)


def candidate(answer: ClaimAnswer, candidate_id: str) -> Candidate:
    return next(c for c in answer.candidates if c.candidate_id == candidate_id)


def bounds(answer: ClaimAnswer, candidate_id: str) -> dict[str, tuple[float, float]]:
    reads = candidate(answer, candidate_id).readings
    return {
        read.assumption_id: (round(read.bounds.low, 3), round(read.bounds.high, 3))
        for read in reads
    }


@pytest.mark.parametrize("text", [EIGHTY, OCHENTA])
def test_eighty_percent_of_seized_guns_is_not_identified(text: str) -> None:
    answer = check_claim(text)
    fitting = {c.candidate_id: c.verdict for c in answer.candidates if c.fits}
    assert fitting == dict.fromkeys(
        [
            "defensa_2026.us_sourced",
            "cabinet_2026.us_sourced",
            "sedena_2023.us_sourced.seized",
            "sedena_2022.us_sourced.seized",
            "sedena_2019_21.us_sourced.seized",
            "gao_2008.us_sourced.seized",
        ],
        Verdict.NOT_IDENTIFIED,
    )
    sedena = candidate(answer, "sedena_2019_21.us_sourced.seized")
    assert (sedena.numerator, sedena.denominator) == (6_556, 25_904)
    assert bounds(answer, sedena.candidate_id)["counted_out"] == (0.253, 0.925)
    assert bounds(answer, "gao_2008.us_sourced.seized")["counted_out"] == (0.116, 0.983)
    assert bounds(answer, "gao_2008.us_sourced.seized")["rest_no_more"] == (0.116, 0.87)
    assert candidate(answer, "gao_2008.us_sourced.seized").breakdown_share == pytest.approx(
        0.789231, abs=5e-7
    )
    assert "from whom" in sedena.against[0].say()


def test_the_ministers_own_share_holds_for_all_guns_only_under_an_assumption() -> None:
    answer = check_claim(
        "80% de las armas aseguradas por la Defensa desde octubre de 2024 provienen de EE.UU."
    )
    (defensa,) = [c for c in answer.candidates if c.fits]
    assert defensa.candidate_id == "defensa_2026.us_sourced"
    assert defensa.verdict is Verdict.NOT_IDENTIFIED
    reads = {read.assumption_id: read for read in defensa.readings}
    assert (reads["unstated"].bounds.low, reads["unstated"].bounds.high) == (0.0, 1.0)
    assert (reads["printed_all"].bounds.low, reads["printed_all"].bounds.high) == (0.77, 0.78)
    assert reads["printed_all"].verdict is Verdict.SUPPORTED
    scenario = reads["printed_determined"].bounds
    # 0.77 x 8,509 / 25,904 and 0.78 x 8,509 / 25,904 + 17,395 / 25,904.
    assert (scenario.low, scenario.high) == pytest.approx((0.25293, 0.92773), abs=5e-6)


def test_eighty_percent_belongs_to_the_determined_of_those_submitted() -> None:
    answer = check_claim(EIGHTY)
    gao = candidate(answer, "gao_2009_14.us_sourced.determined")
    assert gao.verdict is Verdict.ANOTHER_POPULATION
    assert not gao.fits
    assert bounds(answer, gao.candidate_id)["counted_out"] == (0.808, 0.808)
    assert "all seized" in gao.reason.say()


def test_seventy_and_eighty_are_the_same_guns_under_two_assumptions() -> None:
    seventy = check_claim("70 percent of guns submitted in 2009-2014 come from the US")
    eighty = check_claim("80 percent of guns submitted in 2009-2014 come from the US")
    name = "gao_2009_14.us_sourced.submitted"
    for answer, supported in ((seventy, "rest_not"), (eighty, "rest_alike")):
        gao = candidate(answer, name)
        assert gao.verdict is Verdict.NOT_IDENTIFIED
        assert bounds(answer, name)["counted_out"] == (0.703, 0.833)
        assert bounds(answer, name)["none"] == (0.703, 1.0)
        held = [r.assumption_id for r in gao.readings if r.verdict is Verdict.SUPPORTED]
        assert held == [supported]
    assert candidate(eighty, name).breakdown_share == pytest.approx(0.748495, abs=5e-7)


def test_foreign_made_guns_are_counted_out_and_left_open() -> None:
    answer = check_claim("90% of guns submitted in 2018-2023 come from the United States")
    atf = candidate(answer, "atf_2018_23.us_sourced.submitted")
    reads = {read.assumption_id: read for read in atf.readings}
    assert bounds(answer, atf.candidate_id)["counted_out"] == (0.671, 0.838)
    assert bounds(answer, atf.candidate_id)["none"] == (0.671, 1.0)
    assert reads["counted_out"].verdict is Verdict.NOT_SUPPORTED
    assert reads["none"].verdict is Verdict.NOT_IDENTIFIED
    assert atf.verdict is Verdict.NOT_IDENTIFIED
    assert any("made abroad" in phrase.say() for phrase in atf.against)


@pytest.mark.parametrize(
    "text",
    [
        "most guns traced in 2018-2023 come from the United States",
        "la mayoría de las armas rastreadas en 2018-2023 provienen de Estados Unidos",
        "at least 67 percent of guns submitted in 2018-2023 come from the US",
    ],
)
def test_a_lower_end_that_is_reached_is_supported(text: str) -> None:
    answer = check_claim(text)
    fitting = [c for c in answer.candidates if c.fits]
    assert fitting
    assert {c.verdict for c in fitting} == {Verdict.SUPPORTED}
    assert "Supported" in answer.headline[0].say()


def test_a_share_below_the_lower_end_is_not_supported() -> None:
    answer = check_claim("less than 20% of guns submitted in 2018-2023 come from the US")
    (atf,) = [c for c in answer.candidates if c.fits]
    assert atf.verdict is Verdict.NOT_SUPPORTED
    answer = check_claim("60% of guns submitted in 2018-2023 come from the US")
    assert candidate(answer, "atf_2018_23.us_sourced.submitted").verdict is Verdict.NOT_SUPPORTED


def test_twelve_percent_is_the_lower_end_of_2008() -> None:
    answer = check_claim("12 percent of guns seized in 2008 come from the US")
    gao = candidate(answer, "gao_2008.us_sourced.seized")
    assert gao.verdict is Verdict.NOT_IDENTIFIED
    held = [r.assumption_id for r in gao.readings if r.verdict is Verdict.SUPPORTED]
    assert held == ["rest_not"]


def test_eighty_seven_percent_is_of_the_determined() -> None:
    answer = check_claim("87% of guns traced in 2004-2008 came from the US")
    (gao,) = [c for c in answer.candidates if c.fits]
    assert gao.candidate_id == "gao_fy2004_08.us_sourced"
    assert gao.verdict is Verdict.SUPPORTED
    wider = check_claim("87% of guns seized in 2008 came from the US")
    assert candidate(wider, "gao_2008.us_sourced.seized").verdict is Verdict.NOT_IDENTIFIED
    assert candidate(wider, "gao_2008.us_sourced.determined").verdict is Verdict.ANOTHER_POPULATION


def test_guns_not_from_the_united_states_are_turned_round() -> None:
    turned = check_claim("at most 33% of guns submitted in 2018-2023 do not come from the US")
    (atf,) = [c for c in turned.candidates if c.fits]
    assert atf.verdict is Verdict.SUPPORTED
    assert atf.amount.relation == "at_least"
    assert any("turned round" in phrase.say() for phrase in turned.headline)


def test_made_in_the_united_states_is_less_than_from_it() -> None:
    answer = check_claim("half of guns submitted in 2024 were made in the United States")
    (atf,) = [c for c in answer.candidates if c.fits]
    assert (atf.numerator, atf.denominator) == (13_004, 25_884)
    assert bounds(answer, atf.candidate_id) == {"none_made": (0.502, 0.797)}


def test_a_flow_is_never_identified_and_never_averaged() -> None:
    answer = check_claim(FLOW)
    assert {c.verdict for c in answer.candidates} == {Verdict.NOT_IDENTIFIED}
    said = {
        c.candidate_id.removesuffix(".flow_per_year"): c.arithmetic.say() for c in answer.candidates
    }
    assert "inside the claimed range; its interval reaches beyond" in said["flow_jeg_2015"]
    assert "89,816 to 359,205" in said["flow_jeg_2015"]
    assert "inside" in said["flow_tbi_2013"]
    assert "inside" in said["flow_mexico_government"]
    assert "outside" in said["flow_unodc_2010"]
    assert "outside" in said["flow_cesop"]
    assert "only a limit" in said["flow_conversation_2025"]
    assert "only a limit" in said["flow_thor_cbs"]
    assert len(said) == 7
    assert "Of 7 published estimates 3 lie inside" in answer.headline[0].say()
    # 133,000 / 13.25 = 10,038 a year; 70 percent of it over 500,000 and over 200,000.
    assert "10,038 a year" in answer.headline[1].say()
    assert "between 1.4% and 3.5%" in answer.headline[1].say()
    assert any("product" in phrase.say() for phrase in answer.unknowable)


def test_an_estimate_outside_may_reach_into_the_claimed_range() -> None:
    answer = check_claim("300,000 to 400,000 guns a year come from the United States")
    jeg = candidate(answer, "flow_jeg_2015.flow_per_year")
    assert "outside the claimed range; its interval reaches into it" in jeg.arithmetic.say()


def test_the_rounds_repeat_the_statement_and_say_what_traced_means() -> None:
    answer = check_claim(ROUNDS)
    count = candidate(answer, "defensa_50_rounds.rounds")
    share = candidate(answer, "defensa_50_rounds.rounds_lake_city")
    assert count.verdict is share.verdict is Verdict.SUPPORTED
    assert share.denominator == 137_000
    assert share.numerator == pytest.approx(64_390)
    assert "64,390" in share.arithmetic.say()
    assert "47%" in share.arithmetic.say()
    assert any("plant that made it" in phrase.say() for phrase in answer.unknowable)
    border = candidate(answer, "us_border_50_rounds.rounds")
    assert border.verdict is Verdict.ANOTHER_POPULATION


def test_a_number_of_rounds_that_was_not_said_is_not_supported() -> None:
    answer = check_claim("The army seized 200,000 rounds of .50 calibre since 2012")
    assert candidate(answer, "defensa_50_rounds.rounds").verdict is Verdict.NOT_SUPPORTED
    answer = check_claim("more than half of the .50 rounds come from Lake City")
    assert candidate(answer, "defensa_50_rounds.rounds_lake_city").verdict is Verdict.NOT_SUPPORTED


@pytest.mark.parametrize(
    "text",
    [
        "2,475,000 guns were recovered in Mexico in 2015-2020",
        "2 millones 475 mil armas fueron recuperadas en México",
        "2.475 millones de armas fueron recuperadas en México",
        "2.475.000 armas fueron recuperadas en México de 2015 a 2020",
    ],
)
def test_the_worldwide_total_is_about_another_population(text: str) -> None:
    answer = check_claim(text)
    (world,) = answer.candidates
    assert world.candidate_id == "ntc_world_2015_20.traces"
    assert world.verdict is Verdict.ANOTHER_POPULATION
    assert "all countries together" in world.reason.say()
    assert "For comparison" in answer.headline[1].say()


def test_a_count_of_the_same_guns_supports_or_contradicts() -> None:
    right = check_claim("104,850 guns were submitted for tracing in 2009-2014")
    assert candidate(right, "gao_2009_14.submitted").verdict is Verdict.SUPPORTED
    wrong = check_claim("50,000 guns were submitted for tracing in 2009-2014")
    assert candidate(wrong, "gao_2009_14.submitted").verdict is Verdict.NOT_SUPPORTED
    traced = check_claim("73,684 guns from the US were traced in 2009-2014")
    assert candidate(traced, "gao_2009_14.us_sourced").verdict is Verdict.SUPPORTED
    nothing = check_claim("999,999 guns were seized")
    assert nothing.candidates == ()
    assert "nothing follows" in nothing.headline[0].say()


def test_a_workspaces_own_counts_stand_beside_the_published() -> None:
    base = next(b for b in published_bases() if b.base_id == "gao_2009_14.us_sourced.submitted")
    own = replace(
        base, base_id="records.us_sourced.submitted", holder="workspace", sources=("source-1",)
    )
    answer = check_claim("80% of guns submitted in 2009-2014 come from the US", [own])
    mine = candidate(answer, "records.us_sourced.submitted")
    assert mine.verdict is Verdict.NOT_IDENTIFIED
    assert any("only the records held" in phrase.say() for phrase in mine.against)
    assert "source source-1" in answer.to_text()


def test_what_speaks_against_is_said_before_what_speaks_for() -> None:
    text = check_claim(EIGHTY).to_text()
    assert text.index("What cannot be known") < text.index("1. guns secured")
    first = text[text.index("1. guns secured") : text.index("2. guns secured")]
    order = ["Verdict:", "Against", "Why it can be meant", "Counts:", "assumption by assumption"]
    assert [first.index(part) for part in order] == sorted(first.index(part) for part in order)
    assert "77% to 78%" in first
    assert "as of: 2026-02-10" in first
    assert "N (as reported by the press" in first


@pytest.mark.parametrize("text", [EIGHTY, FLOW, ROUNDS, "2,475,000 guns recovered in Mexico"])
@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_json_holds_every_number_of_the_text(text: str, lang: str) -> None:
    answer = check_claim(text, lang=lang)
    content = json.loads(answer.to_json())
    assert [c["id"] for c in content["candidates"]] == [c.candidate_id for c in answer.candidates]
    for said, known in zip(content["candidates"], answer.candidates, strict=True):
        assert said["verdict"] == known.verdict
        assert said["as_of"]
        assert said["sources"]
        assert said["evidence"]
        assert said["bounds"]
        assert said["population"] in answer.to_text()


def test_the_same_claim_in_two_languages_gets_the_same_numbers() -> None:
    english, other = check_claim(EIGHTY), check_claim(OCHENTA)
    assert [c.candidate_id for c in english.candidates] == [
        c.candidate_id for c in other.candidates
    ]
    assert [c.readings for c in english.candidates] == [c.readings for c in other.candidates]


def test_an_unreadable_claim_and_an_unknown_language_are_refused() -> None:
    with pytest.raises(MistakeError, match="for example"):
        check_claim("the moon is made of cheese")
    with pytest.raises(ValueError, match="language"):
        check_claim(EIGHTY, lang="fr")


def test_the_documented_bounds_are_the_computed_ones() -> None:
    page = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
    for base_id in ("atf_2018_23.us_sourced.submitted", "sedena_2019_21.us_sourced.seized"):
        base = next(b for b in published_bases() if b.base_id == base_id)
        ends = readings(base)["counted_out"]
        assert f"{100 * ends.low:.1f} % to {100 * ends.high:.1f} %" in page
        assert f"{base.size:,.0f}" in page


@spanish
@pytest.mark.parametrize("text", [EIGHTY, FLOW, ROUNDS, "2,475,000 guns recovered in Mexico"])
def test_the_spanish_answer_holds_no_english_sentence(text: str) -> None:
    said = check_claim(text, lang="es").to_text().replace(text, "")
    for word in (" the ", " guns ", " claim ", " assumed", "Verdict", " of the "):
        assert word not in "\n".join(
            line for line in said.splitlines() if not line.strip().startswith("Fuente:")
        ), word
    assert "Lo que no se puede saber" in said


@spanish
def test_the_spanish_answer_says_the_same_bounds() -> None:
    said = check_claim(OCHENTA, lang="es").to_text()
    assert "25.3% - 92.5%" in said
    assert "11.6% - 98.3%" in said
    assert "Dictamen: no identificada" in said
    assert "El conteo no dice a quién se le aseguraron las armas." in said
