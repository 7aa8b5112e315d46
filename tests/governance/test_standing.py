"""Whatever is judged and undone in whatever order, what binds never contradicts itself."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ironriver.governance.judgements import Docket
from ironriver.governance.standing import About, Judgement, Standing, Verdict

DAY = dt.date(2025, 1, 1)
IDS = "abcde"
PAIRS = list(itertools.combinations(IDS, 2))
moves = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(PAIRS), st.sampled_from(Verdict), st.sampled_from(About)),
        st.integers(0, 30),
    ),
    max_size=40,
)


def judged(number: int, pair: tuple[str, str], verdict: Verdict, about: About) -> Judgement:
    return Judgement(number, "", DAY, "ana", "analyst", about, *pair, verdict, "seen")


def contradictory(some: Iterable[Judgement]) -> bool:
    """Tell, by trying, whether anything judged different is the same through others."""
    some = list(some)
    for about in About:
        label = {each: each for each in IDS}
        for one in some:
            if one.about is about and one.verdict is Verdict.SAME:
                old, new = label[one.left_id], label[one.right_id]
                label = {each: new if at == old else at for each, at in label.items()}
        if any(
            label[one.left_id] == label[one.right_id]
            for one in some
            if one.about is about and one.verdict is Verdict.DIFFERENT
        ):
            return True
    return False


def follow(docket: Docket, some: Iterable[object]) -> None:
    for number, move in enumerate(some):
        if isinstance(move, int):
            docket.undo(move, number, DAY)
        else:
            docket.judge(judged(number, *move))  # type: ignore[misc]


def binding(docket: Docket) -> list[Judgement]:
    return [one for one in docket.all.values() if one.binds]


@given(moves)
def test_what_binds_is_free_of_contradiction_and_one_for_each_pair(some: list[object]) -> None:
    docket = Docket()
    follow(docket, some)
    bound = binding(docket)
    assert not contradictory(bound)
    assert len({one.pair for one in bound}) == len(bound)
    assert {one.pair for one in bound} == set(docket.standing.pairs())
    assert all(docket.standing.of(one.pair).sequence == one.sequence for one in bound)  # type: ignore[union-attr]


@given(moves, st.sampled_from(PAIRS), st.sampled_from(Verdict), st.sampled_from(About))
def test_a_judgement_is_ruled_out_exactly_where_it_would_contradict(
    some: list[object], pair: tuple[str, str], verdict: Verdict, about: About
) -> None:
    docket = Docket()
    follow(docket, some)
    new = judged(len(some), pair, verdict, about)
    others = [one for one in binding(docket) if one.pair != new.pair]
    against = docket.standing.against(new)
    assert bool(against) is contradictory([*others, new])
    if against:
        # The numbers named are a proof by themselves, and all of them are needed.
        proof = [docket.all[number] for number in against]
        assert contradictory([*proof, new])
        assert all(one in others for one in proof)
        assert not any(contradictory([*proof[:n], *proof[n + 1 :], new]) for n in range(len(proof)))


@given(moves)
def test_undoing_the_last_leaves_what_bound_before_it(some: list[object]) -> None:
    docket, number = Docket(), 100
    follow(docket, some)
    before = {one.sequence for one in binding(docket)}
    docket.judge(judged(number, ("a", "b"), Verdict.UNSURE, About.PERSON))
    docket.undo(number, number + 1, DAY)
    assert {one.sequence for one in binding(docket)} == before


@given(moves)
def test_groups_and_apart_say_the_same_as_asking_one_by_one(some: list[object]) -> None:
    docket = Docket()
    follow(docket, some)
    groups = docket.standing.groups()
    apart = {(groups[node], groups[other]) for node, other in docket.standing.apart()}
    for about, (left, right) in itertools.product(About, PAIRS):
        parts = groups.get((about, left)), groups.get((about, right))
        same = judged(200, (left, right), Verdict.SAME, about)
        different = replace(same, verdict=Verdict.DIFFERENT)
        others = [one for one in binding(docket) if one.pair != same.pair]
        if contradictory([*others, different]):
            assert parts[0] == parts[1] is not None
        if contradictory([*others, same]):
            assert parts in apart


def test_what_is_judged_of_persons_says_nothing_of_licensees() -> None:
    standing = Standing()
    for number, about in enumerate(About):
        assert standing.put(judged(number, ("a", "b"), Verdict.SAME, about)) is None
    assert len(standing.pairs()) == len(About)
    assert len(set(standing.groups().values())) == len(About)
