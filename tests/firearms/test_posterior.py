"""A hit becomes a probability: against the crowd of like serials, with reasons that add up."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.estimators.types import LogOdds, Probability
from ironriver.firearms.channel import ALPHABET, Channel
from ironriver.firearms.posterior import (
    Candidate,
    Contribution,
    Posterior,
    ball_volume,
    chance_of_random_hit,
    posterior,
    random_hits,
)

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "reference" / "vectors"
CHANNEL = Channel.from_rates()
REASON = "needs ../shared/data"

# registry, share passing the make filter, prior, length, alphabet, wrong, likelihood, posterior
PUBLISHED = [
    (1e6, 1.0, 0.5, 8, 34, 0, 0.8507630225817855, 0.9999986835957827),
    (1e6, 1.0, 0.5, 8, 34, 2, 3.2537828498218546e-07, 0.22512421556880272),
    (1e6, 1.0, 0.5, 7, 10, 1, 0.001968538624142222, 0.009746763591145144),
    (1e6, 0.001, 0.5, 7, 10, 1, 0.001968538624142222, 0.9078138538142507),
    (1e7, 1.0, 0.2, 7, 10, 0, 0.8681255332467199, 0.14793915759336504),
    (1e7, 0.001, 0.2, 7, 10, 0, 0.8681255332467199, 0.9942735604649519),
]


def one_candidate(
    size: float, passing: float, prior: float, length: int, alphabet: int, wrong: int
) -> tuple[float, Posterior]:
    """Weigh one candidate with so many wrong characters, among the guns that pass the filter."""
    marks = ALPHABET[:alphabet]
    plain = Channel.substitutions_only(0.02, marks)
    seen = marks[1] * wrong + marks[0] * (length - wrong)
    log_likelihood = plain.log_likelihood(seen, marks[0] * length)
    candidate = Candidate("gun", log_likelihood)
    background = -length * math.log(alphabet)
    answer = posterior([candidate], size * passing, background, Probability(prior))
    return math.exp(log_likelihood), answer


@pytest.mark.parametrize("row", PUBLISHED)
def test_one_candidate_has_the_published_probability(row: tuple[float, ...]) -> None:
    size, passing, prior, length, alphabet, wrong, likelihood, expected = row
    given, answer = one_candidate(size, passing, prior, int(length), int(alphabet), int(wrong))
    assert given == pytest.approx(likelihood, rel=1e-12)
    assert answer.ranked[0].probability.value == pytest.approx(expected, rel=1e-12)


@pytest.mark.skipif(not VECTORS.exists(), reason=REASON)
def test_the_reference_table_of_posteriors_is_reproduced() -> None:
    with (VECTORS / "match_posterior.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) >= 7
    for row in rows:
        likelihood, answer = one_candidate(
            float(row["registry_N"]),
            float(row["fraction_passing_make_model_filter"]),
            float(row["prior_in_registry"]),
            int(row["length"]),
            int(row["alphabet"]),
            int(row["n_substitutions"]),
        )
        assert likelihood == pytest.approx(float(row["likelihood"]), rel=1e-12)
        assert int(row["alphabet"]) ** -int(row["length"]) == pytest.approx(
            float(row["background_density"])
        )
        expected = float(row["posterior_single_candidate"])
        assert answer.ranked[0].probability.value == pytest.approx(expected, rel=1e-12)


def test_a_make_as_a_ratio_says_what_a_filter_by_make_says() -> None:
    make = Contribution("make", "exact", LogOdds(math.log(1000.0)))
    candidate = Candidate("gun", math.log(0.001968538624142222), (make,))
    answer = posterior([candidate], 1e6, math.log(1e-7))
    assert answer.ranked[0].probability.value == pytest.approx(0.9078138538142507, rel=1e-4)


@pytest.mark.parametrize(
    ("alphabet", "length", "size", "others", "radius", "volume", "hits", "chance"),
    [
        (10, 6, 1e5, 9, 1, 55, 5.5, 0.995913228561536),
        (10, 7, 1e6, 9, 2, 1765, 176.5, 1.0),
        (10, 8, 1e6, 2, 1, 17, 0.17, 0.1563351834036163),
        (34, 8, 1e6, 33, 0, 1, 5.599750325378321e-07, 5.599748758022827e-07),
        (34, 10, 1e8, 33, 2, 49336, 0.002389872682118208, 0.0023870192099975096),
    ],
)
def test_chance_hits_equal_known_ones(
    alphabet: int,
    length: int,
    size: float,
    others: int,
    radius: int,
    volume: int,
    hits: float,
    chance: float,
) -> None:
    assert ball_volume(length, others, radius) == volume
    assert random_hits(size, volume, alphabet, length) == pytest.approx(hits, rel=1e-12)
    assert chance_of_random_hit(hits).value == pytest.approx(chance, rel=1e-9)


@pytest.mark.skipif(not VECTORS.exists(), reason=REASON)
def test_the_reference_table_of_chance_hits_is_reproduced() -> None:
    with (VECTORS / "false_match_rates.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) >= 24
    for row in rows:
        alphabet, length = int(row["alphabet"]), int(row["length"])
        likes = row["radius_substitutions"].startswith("1 (confusion-only, 2")
        radius = 1 if likes else int(row["radius_substitutions"])
        volume = ball_volume(length, 2 if likes else alphabet - 1, radius)
        assert volume == int(row["ball_volume_V"])
        hits = random_hits(float(row["registry_N"]), volume, alphabet, length)
        assert hits == pytest.approx(float(row["expected_random_hits=N*V/S"]), rel=1e-12)
        expected = float(row["P(at least one)"])
        assert chance_of_random_hit(hits).value == pytest.approx(expected, rel=1e-7)


ODDS = st.floats(-30.0, 30.0)


@given(st.lists(st.tuples(st.floats(-60.0, 0.0), ODDS), max_size=8), st.floats(-60.0, 0.0), ODDS)
def test_probabilities_sum_to_one_and_reasons_add_up(
    evidence: list[tuple[float, float]], background: float, prior: float
) -> None:
    candidates = [
        Candidate(f"gun {k}", log, (Contribution("make", "alias", LogOdds(ratio)),))
        for k, (log, ratio) in enumerate(evidence)
    ]
    answer = posterior(candidates, 50.0, background, LogOdds(prior).probability)
    total = answer.none.value + sum(one.probability.value for one in answer.ranked)
    assert total == pytest.approx(1.0, abs=1e-12)
    for one in answer.ranked:
        assert [reason.field for reason in one.reasons] == ["prior", "serial", "make"]
        if one.probability.value > 1e-200 and answer.none.value > 1e-200:
            odds = math.log(one.probability.value) - math.log(answer.none.value)
            assert one.against_none.value == pytest.approx(odds, abs=1e-8)


def weigh(seen: str, true: str, rivals: list[str]) -> float:
    candidates = [
        Candidate(gun, log)
        for gun, log in zip(
            [true, *rivals], CHANNEL.log_likelihoods(seen, [true, *rivals]), strict=True
        )
    ]
    readable = sum(mark in ALPHABET for mark in seen)
    answer = posterior(candidates, 1e5, -readable * math.log(36))
    return next(one.probability.value for one in answer.ranked if one.gun == true)


@given(st.lists(st.sampled_from("ACEH47"), min_size=4, max_size=6, unique=True), st.randoms())
@settings(max_examples=40, deadline=None)
def test_more_errors_never_raise_the_posterior(marks: list[str], chance: object) -> None:
    true = seen = "".join(marks)
    last = weigh(seen, true, ["X2Y9QQ"])
    for place in chance.sample(range(len(true)), len(true)):  # type: ignore[attr-defined]
        # W is nothing like any character of the true serial, nor of its rival.
        seen = seen[:place] + "W" + seen[place + 1 :]
        now = weigh(seen, true, ["X2Y9QQ"])
        assert now <= last + 1e-15
        last = now


@given(st.text(ALPHABET, min_size=4, max_size=8), st.data())
@settings(max_examples=60, deadline=None)
def test_an_unreadable_mark_never_counts_like_a_wrong_one(true: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(true) - 1))
    other = data.draw(st.sampled_from([mark for mark in ALPHABET if mark not in true]))
    wrong, blurred = (true[:place] + mark + true[place + 1 :] for mark in (other, "?"))
    assert weigh(blurred, true, []) >= weigh(wrong, true, [])


def test_the_answer_does_not_depend_on_the_order_of_candidates() -> None:
    candidates = [Candidate(gun, log) for gun, log in [("b", -3.0), ("a", -3.0), ("c", -1.0)]]
    answer = posterior(candidates, 1e3, -12.0)
    assert [one.gun for one in answer.ranked] == ["c", "a", "b"]
    assert answer == posterior(candidates[::-1], 1e3, -12.0)


def test_what_cannot_be_weighed_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        posterior([Candidate("a", -1.0), Candidate("a", -1.0)], 10.0, -5.0)
    with pytest.raises(ValueError, match="at most 1"):
        posterior([Candidate("a", -1.0, weight=1.5)], 10.0, -5.0)
    with pytest.raises(ValueError, match="explain"):
        posterior([Candidate("a", -math.inf)], 10.0, -math.inf)


def test_guns_that_a_complete_search_did_not_find_speak_only_through_many_errors() -> None:
    hit = [Candidate("gun", math.log(0.85))]
    crowd = math.log(1e-6)
    held = posterior(hit, 1e6, crowd, Probability(0.9))
    complete = posterior(hit, 1e6, crowd, Probability(0.9), -math.inf)
    # Only one gun in ten stands in no registry: the crowd weighs a tenth.
    odds = [one.ranked[0].against_none.value for one in (held, complete)]
    assert odds[1] - odds[0] == pytest.approx(math.log(10.0), abs=1e-5)
    assert complete.none.value == pytest.approx(0.1 * 1e-6 / (0.1 * 1e-6 + 0.9e-6 * 0.85))
    same = posterior(hit, 1e6, crowd, Probability(0.9), crowd)
    assert same.none.value == pytest.approx(held.none.value, rel=1e-12)
    with pytest.raises(ValueError, match="cannot be weighed"):
        posterior(hit, 10.0, crowd, Probability(0.9), math.inf)


def test_with_no_candidate_it_is_none_of_these() -> None:
    assert posterior([], 0.0, -5.0) == Posterior((), Probability(1.0))


def test_an_impossible_serial_is_not_saved_by_other_fields() -> None:
    make = Contribution("make", "exact", LogOdds(50.0))
    answer = posterior([Candidate("a", -math.inf, (make,))], 10.0, -5.0)
    assert answer.ranked[0].probability == Probability(0.0)
    assert answer.ranked[0].against_none == LogOdds(-math.inf)
