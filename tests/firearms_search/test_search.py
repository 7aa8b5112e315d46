"""The index finds what comparing everything with everything finds, and nothing else."""

from __future__ import annotations

import brute
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

import search_serials
from ironriver.errors import MistakeError
from ironriver.firearms.search import Candidates, SerialIndex, candidates
from ironriver.firearms.search.keys import plain, skeleton

FEW = "01OAI?"
"""Look-alikes (0 and O, 1 and I), a letter alone, an unreadable character."""


def pairs(found: Candidates) -> list[tuple[int, int]]:
    return list(zip(found.query.tolist(), found.entry.tolist(), strict=True))


def queries_over(alphabet: str) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=4, max_size=9).filter(
        lambda text: len(text) - text.count("?") >= 4
    )


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.text(FEW, max_size=9)), max_size=60),
    st.lists(queries_over(FEW), min_size=1, max_size=8),
    st.integers(0, 2),
    st.booleans(),
)
def test_pairs_are_those_of_brute_force(
    entries: list[str | None], queries: list[str], edits: int, confusions: bool
) -> None:
    found = SerialIndex.of(entries).search(queries, edits, confusions)
    assert pairs(found) == brute.search(readable(entries), queries, edits, confusions)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("01A?", max_size=16), max_size=60),
    st.lists(queries_over("01A"), min_size=1, max_size=5),
    st.integers(0, 2),
    st.integers(1, 3),
    st.booleans(),
)
def test_missing_ends_are_those_of_brute_force(
    entries: list[str], queries: list[str], edits: int, ends: int, confusions: bool
) -> None:
    # What remains must hold four readable characters: those of the query, as entries are given.
    entries = [text for text in entries if text.count("?") == 0]
    found = SerialIndex.of(entries).search(queries, edits, confusions, ends)
    expected = brute.search(entries, queries, edits, confusions, ends)
    assert pairs(found) == [
        pair for pair in expected if allowed(entries[pair[1]], queries[pair[0]], edits, confusions)
    ]


def allowed(entry: str, query: str, edits: int, confusions: bool) -> bool:
    """Four characters or more are compared where an end is missing."""
    shorter = min(len(plain(entry)), len(plain(query)))
    return shorter >= 4 or (0, 0) in brute.search([entry], [query], edits, confusions)


def readable(entries: list[str | None]) -> list[str | None]:
    """Empty what has no readable character: it is never found."""
    return [text if text and text.strip("?") else None for text in entries]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("0O8BA", min_size=11, max_size=30), max_size=30), st.data())
def test_long_serials_are_found_as_short_ones_are(entries: list[str], data: st.DataObject) -> None:
    queries = [*entries[:5], data.draw(st.text("0O8BA", min_size=11, max_size=30))]
    for confusions in (True, False):
        found = SerialIndex.of(entries).search(queries, 2, confusions)
        assert pairs(found) == brute.search(entries, queries, 2, confusions)


@pytest.mark.parametrize("edits", [1, 2])
def test_a_noisy_world_is_searched_completely(edits: int) -> None:
    records = search_serials.records(8_000, seed=3)
    queries = search_serials.queries(records, 300, seed=4)
    index = SerialIndex.of(records)
    plains, plain_queries = [*map(plain, records)], [*map(plain, queries)]
    skeletons, skeleton_queries = [*map(skeleton, plains)], [*map(skeleton, plain_queries)]
    apart = {
        False: cdist(plain_queries, plains, scorer=OSA.distance, score_cutoff=edits),
        True: cdist(skeleton_queries, skeletons, scorer=OSA.distance, score_cutoff=edits),
    }
    for confusions, distances in apart.items():
        found = index.search(queries, edits, confusions)
        expected = np.nonzero(distances <= edits)
        assert len(found) > 300
        assert np.array_equal(found.query, expected[0])
        assert np.array_equal(found.entry, expected[1])
    with_look_alikes = set(pairs(index.search(queries, edits)))
    assert set(pairs(index.search(queries, edits, confusions=False))) < with_look_alikes


def test_a_published_swap_is_one_edit_and_no_part_is_edited_twice() -> None:
    index = SerialIndex.of(["1968BA0417", "9ABC44"])
    assert pairs(index.search(["1968AB0471"], 2)) == [(0, 0)]
    assert pairs(index.search(["9CA44"], 2)) == []  # without the rule it would be two


def test_batches_are_the_whole_in_order() -> None:
    records = search_serials.records(3_000, seed=5)
    queries = [*search_serials.queries(records, 200, seed=6), *records[:50], None, records[0]]
    index = SerialIndex.of(records)
    whole = index.search(queries, 2)
    for batch in (1, 7, 500):
        parts = list(index.stream(queries, 2, batch=batch))
        assert max(map(len, parts)) <= max(batch, max(np.bincount(whole.query)))
        assert pairs(Candidates.joined(parts)) == pairs(whole)
    assert pairs(whole) == sorted(set(pairs(whole)))


def test_a_million_equal_queries_come_in_small_batches() -> None:
    records = ["AB12345"] * 40 + ["AB12346", "ZZ99999"]
    queries = pa.array(["AB12345"] * 1_000_000)
    parts = SerialIndex.of(records).stream(queries, batch=10_000)
    first = next(parts)
    assert len(first) <= 10_000
    assert first.entry[:41].tolist() == list(range(41))
    assert sum(len(part) for part in parts) + len(first) == 41_000_000


def test_an_index_is_the_same_however_its_serials_come() -> None:
    records = search_serials.records(2_000, seed=8)
    queries = records[::20]
    whole = pairs(SerialIndex.of(records).search(queries, 2))
    for given_as in (pa.array(records), pa.chunked_array([records[:700], records[700:]])):
        assert pairs(SerialIndex.of(given_as).search(queries, 2)) == whole
    coded = pa.array(records).dictionary_encode()
    assert pairs(SerialIndex.of(coded).search(pa.array(queries), 2)) == whole
    grown = SerialIndex.of(records[:1_500])
    for begin in range(1_500, 2_000, 50):
        grown.add(records[begin : begin + 50])
    assert len(grown.runs) > 1
    assert pairs(grown.search(queries, 2)) == whole
    assert len(grown) == 2_000


def test_a_query_of_marks_only_is_refused_and_says_why() -> None:
    index = SerialIndex.of(["ABC123", "???"])
    for vague in ("*****", "?", "A", "A???????", "7"):
        with pytest.raises(MistakeError, match="needs at least 3"):
            index.search([vague])
    with pytest.raises(MistakeError, match="at most 8"):
        index.search(["ABCD?????????"])
    with pytest.raises(MistakeError, match="needs at least 4"):
        index.search(["ABC"], edits=2)


def test_vague_queries_among_others_are_skipped_and_listed() -> None:
    found = SerialIndex.of(["ABC123"]).search(["***", "ABC124", None, "A"], refuse=False)
    assert pairs(found) == [(1, 0)]
    assert found.skipped.tolist() == [0, 3]


def test_a_search_that_never_ends_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "STEPS", 50)
    index = SerialIndex.of([f"{number:06}" for number in range(2_000)])
    with pytest.raises(MistakeError, match="too vague"):
        index.search(["????123"])
    found = index.search(["????123", "WWWWWW"], refuse=False)
    assert found.skipped.tolist() == [0]
    assert not len(found)


@pytest.mark.parametrize("nothing", [None, "", "  ", "???", "***", "-/-", "Ω̃"])
def test_what_has_nothing_readable_is_never_found(nothing: str | None) -> None:
    index = SerialIndex.of([nothing, "ABC1"])
    assert len(index) == 2
    assert pairs(index.search(["ABC1"], 2)) == [(0, 1)]


def test_two_hundred_characters_and_more_are_searched_or_found_nothing() -> None:
    long, longer = "AB12" * 50, "AB12" * 300
    index = SerialIndex.of([long, longer, "AB12"])
    assert pairs(index.search([long[1:] + "9", longer, "AB12"], 2)) == [(0, 0), (2, 2)]


def test_an_empty_index_finds_nothing() -> None:
    assert pairs(SerialIndex.of([]).search(["ABC123"], 2)) == []
    assert pairs(SerialIndex.of(["ABC123"]).search([], 2)) == []


@pytest.mark.parametrize("wrong", [{"edits": 3}, {"edits": -1}, {"ends": 4}, {"batch": 0}])
def test_what_cannot_be_asked_is_an_error(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        list(SerialIndex.of(["ABC123"]).stream(["ABC123"], **wrong))  # type: ignore[arg-type]
