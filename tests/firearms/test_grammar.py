"""A maker's serials say which character is out of place."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.firearms.channel import ALPHABET
from ironriver.firearms.grammar import Grammar, Verdict

SERIALS = st.lists(st.text("01AB", max_size=4), max_size=12)
RUN = Grammar.learn(f"GL{number:05d}" for number in range(2000))


@given(SERIALS, st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_chances_of_all_serials_of_a_length_sum_to_that_length(
    serials: list[str], length: int
) -> None:
    grammar = Grammar.learn(serials, "01AB")
    words = ["".join(word) for word in product("01AB", repeat=length)]
    expected = math.exp(grammar.log_length(length))
    total = sum(math.exp(grammar.log_probability(word)) for word in words)
    assert total == pytest.approx(expected)


@given(SERIALS)
@settings(max_examples=20, deadline=None)
def test_chances_of_all_lengths_sum_to_one(serials: list[str]) -> None:
    grammar = Grammar.learn(serials, "01AB")
    assert sum(math.exp(grammar.log_length(n)) for n in range(80)) == pytest.approx(1.0)


@given(SERIALS, st.text("01AB?", max_size=4))
@settings(max_examples=60, deadline=None)
def test_an_unreadable_character_adds_up_all_it_may_be(serials: list[str], query: str) -> None:
    grammar = Grammar.learn(serials, "01AB")
    fillings = ["".join(w) for w in product(*("01AB" if c == "?" else c for c in query))]
    total = sum(math.exp(grammar.log_probability(word)) for word in fillings)
    assert math.exp(grammar.log_probability(query)) == pytest.approx(total)


@given(SERIALS)
@settings(max_examples=20, deadline=None)
def test_order_and_repetition_change_nothing(serials: list[str]) -> None:
    once, twice = Grammar.learn(serials, "01AB"), Grammar.learn([*serials[::-1], *serials], "01AB")
    for query in ("01AB", "A", "", "B?1"):
        assert once.log_probability(query) == twice.log_probability(query)


def test_a_digit_where_only_letters_stand_is_impossible_after_many_serials() -> None:
    doubts = RUN.doubts("GL0012O")
    assert [(doubt.place, doubt.mark, doubt.verdict) for doubt in doubts] == [
        (6, "O", Verdict.IMPOSSIBLE)
    ]
    assert RUN.doubts("6L00123")[0].verdict in (Verdict.IMPOSSIBLE, Verdict.SUSPECT)
    assert RUN.doubts("GL01234") == ()


def test_a_strange_letter_among_the_right_letters_is_suspect_only() -> None:
    assert [(doubt.place, doubt.verdict) for doubt in RUN.doubts("CL00123")] == [
        (0, Verdict.SUSPECT)
    ]


def test_few_serials_and_unknown_lengths_raise_no_doubt() -> None:
    assert Grammar.learn(["AB12", "AB13"]).doubts("A812") == ()
    assert RUN.doubts("GL1") == ()
    assert RUN.doubts("GL0012?") == ()


def test_without_any_record_serials_of_a_length_are_alike() -> None:
    nothing = Grammar.learn([])
    assert nothing.log_probability("AB12") == pytest.approx(nothing.log_probability("99ZZ"))
    expected = nothing.log_length(4) - 4 * math.log(len(ALPHABET))
    assert nothing.log_probability("AB12") == pytest.approx(expected)


def test_many_unreadable_characters_and_long_serials_are_answered() -> None:
    for query in ("?" * 7, "*****3?", "A" * 2000, ""):
        assert np.isfinite(RUN.log_probability(query))
