"""Claims as people make them, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ironriver.errors import MistakeError
from ironriver.figures.claim_reading import EXAMPLES, Claim, Topic, read_claim
from ironriver.figures.claim_words import lexicon


def layers(claim: Claim) -> list[str]:
    return [layer.value for layer in claim.layers]


@pytest.mark.parametrize(
    ("text", "share", "relation"),
    [
        ("80 percent of seized guns come from the US", 0.8, "exact"),
        ("80 per cent of seized guns come from the US", 0.8, "exact"),
        ("80% of seized guns come from the U.S.", 0.8, "exact"),
        ("eighty-seven percent of seized guns are American", 0.87, "exact"),
        ("ochenta y siete por ciento de las armas son de EE. UU.", 0.87, "exact"),
        ("four fifths of the guns are American", 0.8, "exact"),
        ("cuatro quintas partes de las armas vienen de EE.UU.", 0.8, "exact"),
        ("ocho de cada diez armas vienen de Estados Unidos", 0.8, "exact"),
        ("8 out of 10 guns come from the US", 0.8, "exact"),
        ("one in three guns comes from the USA", 1 / 3, "exact"),
        ("two-thirds of guns come from the US", 2 / 3, "exact"),
        ("dos tercios de las armas son estadounidenses", 2 / 3, "exact"),
        ("la tercera parte de las armas es de Estados Unidos", 1 / 3, "exact"),
        ("three-quarters of guns are American", 0.75, "exact"),
        ("most guns come from the United States", 0.5, "more_than"),
        ("la mayoría de las armas viene de Estados Unidos", 0.5, "more_than"),
        ("almost half of the guns come from the US", 0.5, "almost"),
        ("casi la mitad de las armas viene de Estados Unidos", 0.5, "almost"),
        ("about 70% of guns come from the US", 0.7, "about"),
        ("cerca del 70 por ciento de las armas es de EUA", 0.7, "about"),
        ("at least 67.1% of guns come from the US", 0.671, "at_least"),
        ("más del 67,1 por ciento de las armas viene de EE.UU.", 0.671, "more_than"),
        ("al menos 70% de las armas viene de Estados Unidos", 0.7, "at_least"),
        ("at most 33% of guns come from the US", 0.33, "at_most"),
        ("less than 20% of guns come from the US", 0.2, "less_than"),
        ("between 70 and 80 percent of guns come from the US", 0.7, "range"),
        ("entre 70 y 80 por ciento de las armas viene de Estados Unidos", 0.7, "range"),
    ],
)
def test_a_share_is_read_however_it_is_worded(text: str, share: float, relation: str) -> None:
    claim = read_claim(text)
    assert claim.topic is Topic.ORIGIN_SHARE
    (amount,) = claim.amounts
    assert amount.share
    assert amount.nominal == pytest.approx(share)
    assert amount.relation == relation


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("200,000 to 500,000 firearms are trafficked from the US a year", 200_000, 500_000),
        ("entre 200 mil y 500 mil armas al año cruzan de EE.UU.", 200_000, 500_000),
        ("de 200.000 a 500.000 armas cada año", 200_000, 500_000),
        ("200 000-500 000 guns per year", 200_000, 500_000),
        ("doscientas mil armas al año", 150_000, 250_000),
        ("half a million guns a year", 450_000, 550_000),
        ("200k–500k guns a year", 200_000, 500_000),
        ("up to a million weapons every year", 0, 1_000_000),
    ],
)
def test_guns_a_year_are_a_flow(text: str, low: float, high: float) -> None:
    claim = read_claim(text)
    assert claim.topic is Topic.FLOW
    (amount,) = claim.amounts
    assert (amount.reach.low, amount.reach.high) == (low, high)


def test_rounds_and_their_plant_are_read_past_the_calibre() -> None:
    for text in (
        "The army seized 137,000 rounds of .50 calibre since 2012; almost half traced to the "
        "Lake City Army Ammunition Plant, Missouri",
        "El Ejército aseguró 137 mil cartuchos calibre .50 desde 2012; casi la mitad de Lake City",
        "137,000 .50-cal rounds were seized by the army since 2012, almost half from Lake City",
    ):
        claim = read_claim(text)
        assert claim.topic is Topic.ROUNDS
        assert claim.holder == "army"
        assert claim.period is not None
        assert (claim.period.start, claim.period.end) == ("2012", "")
        assert sorted(amount.nominal for amount in claim.amounts) == [0.5, 137_000]


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("in 2009-2014", "2009", "2014"),
        ("in 2009-14", "2009", "2014"),
        ("between 2009 and 2014", "2009", "2014"),
        ("entre 2009 y 2014", "2009", "2014"),
        ("de 2009 a 2014", "2009", "2014"),
        ("in FY2004-08", "2004", "2008"),
        ("in 2008", "2008", "2008"),
        ("en el 2008", "", ""),
        ("since October 2024", "2024-10", ""),
        ("desde octubre de 2024", "2024-10", ""),
        ("since 1 October 2024", "2024-10", ""),
        ("from January 2019 to July 2021", "2019-01", "2021-07"),
        ("de enero de 2019 a julio de 2021", "2019-01", "2021-07"),
    ],
)
def test_periods_are_read_in_both_languages(words: str, start: str, end: str) -> None:
    claim = read_claim(f"80% of guns seized {words} come from the United States")
    read = (claim.period.start, claim.period.end) if claim.period else ("", "")
    assert read == (start, end)
    assert [amount.nominal for amount in claim.amounts] == [0.8]


def test_a_count_that_begins_like_a_year_is_no_year() -> None:
    claim = read_claim("más de 200 mil armas al año entran de Estados Unidos")
    assert claim.period is None
    assert claim.amounts[0].nominal == 200_000
    assert read_claim("of 2000 guns seized, 80% come from the US").period is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("seized", ["seized"]),
        ("confiscated by the army", ["seized"]),
        ("submitted for tracing", ["submitted"]),
        ("traced", ["submitted", "determined"]),
        ("seized and traced", ["submitted", "determined"]),
        ("seized and successfully traced", ["determined"]),
        ("seized and traced back to someone", ["seized"]),
        ("", []),
    ],
)
def test_the_narrowest_word_names_the_guns(words: str, expected: list[str]) -> None:
    assert layers(read_claim(f"80% of guns {words} come from the United States")) == expected


def test_spanish_words_name_the_same_guns() -> None:
    for word, expected in (
        ("aseguradas", ["seized"]),
        ("decomisadas a los cárteles", ["seized"]),
        ("rastreadas", ["submitted", "determined"]),
        ("presentadas a rastreo", ["submitted"]),
        ("identificadas", ["determined"]),
    ):
        claim = read_claim(f"80 por ciento de las armas {word} provienen de Estados Unidos")
        assert layers(claim) == expected


def test_whose_guns_from_where_and_not_from_where() -> None:
    claim = read_claim("70% of cartel weapons seized by Sedena were made in the United States")
    assert (claim.holder, claim.from_cartels, claim.measure) == ("army", True, "us_made")
    assert read_claim("30% of guns do not come from the US").not_us
    assert read_claim("30% de las armas no provienen de EE.UU.").not_us
    assert not read_claim("most guns come to us from the United States").not_us


def test_the_pronoun_us_is_not_the_country() -> None:
    with pytest.raises(MistakeError):
        read_claim("80% of the guns given to us are old")


@pytest.mark.parametrize(
    "text",
    ["", "hello", "80 percent of weapons", "guns come from the US", "150% of guns are American"],
)
def test_a_claim_that_cannot_be_read_gets_examples(text: str) -> None:
    with pytest.raises(MistakeError, match="for example"):
        read_claim(text)


def test_every_example_can_be_read() -> None:
    for text in EXAMPLES:
        read_claim(text)


def test_no_word_has_two_meanings_in_one_slot() -> None:
    for slot, meanings in lexicon()["slots"].items():
        words = [word for meaning in meanings.values() for word in meaning]
        assert len(words) == len(set(words)), slot


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        claim = read_claim(text)
    except MistakeError:
        return
    assert claim.amounts


JUMBLE = """
80 % de armas guns seized in 2009 - 14 to US desde octubre mil million half of .50 rounds a year
0 1,000 10 y traced most 2014 9999 third / at every cada diez
"""
words = st.sampled_from(JUMBLE.split())


@given(st.lists(words, max_size=14).map(" ".join))
def test_any_jumble_of_known_words_is_read_or_refused(text: str) -> None:
    try:
        claim = read_claim(text)
    except MistakeError:
        return
    for amount in claim.amounts:
        assert amount.reach.low <= amount.reach.high
        assert not amount.share or 0 <= amount.nominal <= 1
