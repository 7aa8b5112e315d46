"""Comparison forms: what is dropped, folded, unreadable; bulk reading agrees with reading one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from ironriver.firearms.channel import ALPHABET
from ironriver.firearms.search import codes
from ironriver.firearms.search.keys import LOOK_ALIKE_CLASSES, SKELETON, plain, skeleton

FORMS = st.text(ALPHABET + "?", max_size=14)


def text_of(column: codes.Column, place: int) -> str:
    part = column.codes[column.starts[place] : column.starts[place + 1]]
    return "".join((" " + ALPHABET + "?")[code] for code in part)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("glk-o12", "GLKO12"),
        ("АВС123", "ABC123"),  # Cyrillic
        ("ΑΒΧ77", "ABX77"),  # Greek
        ("ÑU 55É", "NU55E"),
        ("12**5", "12??5"),
        ("*338LT*", "338LT"),
        ("# 4471", "4471"),
        ("44#1", "44?1"),
        ("44..1", "44?1"),
        ("4.4/1\\2", "4412"),
        ("٣٤٥", "345"),
        ("①②", "12"),
        ("枪88", "?88"),
        ("a\u200bb", "AB"),
        ("", ""),
    ],
)
def test_a_serial_has_one_comparison_form(written: str, form: str) -> None:
    assert plain(written) == form
    assert text_of(codes.read([written]), 0) == form


@settings(max_examples=400)
@given(st.lists(st.one_of(st.none(), st.text(max_size=12), st.text("aO0*?#.-/ Ñ_", max_size=12))))
def test_bulk_reading_agrees_with_reading_one(serials: list[str | None]) -> None:
    column = codes.read(serials)
    found = [text_of(column, place) for place in range(len(column))]
    assert found == [plain(text or "") for text in serials]


@settings(max_examples=300)
@given(st.text(max_size=20))
def test_a_comparison_form_is_its_own(text: str) -> None:
    form = plain(text)
    assert set(form) <= set(ALPHABET + "?")
    assert plain(form) == form


@settings(max_examples=400)
@given(FORMS, FORMS)
def test_skeletons_are_never_further_apart(left: str, right: str) -> None:
    assert OSA.distance(skeleton(left), skeleton(right)) <= OSA.distance(left, right)


def test_look_alikes_share_a_skeleton_and_others_do_not() -> None:
    for group in LOOK_ALIKE_CLASSES:
        assert len({skeleton(mark) for mark in group}) == 1
    apart = len(ALPHABET) - sum(len(group) - 1 for group in LOOK_ALIKE_CLASSES)
    assert len({skeleton(mark) for mark in ALPHABET}) == apart
    assert SKELETON.max() == apart + 1 < 32


def test_half_a_surrogate_pair_is_read_as_unreadable() -> None:
    assert text_of(codes.read(["AB\ud8001"]), 0) == "AB?1"
