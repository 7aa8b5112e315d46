"""Many queries at once have the very probabilities that each alone has."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ironriver.estimators.types import LogOdds, Probability
from ironriver.firearms.channel import ALPHABET, Channel
from ironriver.firearms.identify import Answers, Model, Registry, identify, weigh
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.firearms.posterior import Candidate, Contribution, posterior
from ironriver.firearms.search import Candidates, SerialIndex

CHANNEL = CompiledChannel(Channel.from_rates())
SERIALS = st.lists(st.text("AB15S", min_size=1, max_size=6), min_size=1, max_size=12)


def every(queries: int, entries: int, batch: int) -> Iterator[Candidates]:
    """Stand in for an index: every entry for every query, in batches of any size."""
    query, entry = np.divmod(np.arange(queries * entries), entries)
    for low in range(0, len(query), batch):
        yield Candidates(query[low : low + batch], entry[low : low + batch])


def joined(parts: list[Answers], name: str) -> np.ndarray:
    return np.concatenate([getattr(part, name) for part in parts])


@given(SERIALS, SERIALS, st.integers(1, 30), st.floats(0.01, 0.99), st.data())
@settings(max_examples=60, deadline=None)
def test_batches_give_what_each_query_alone_gives(
    queries: list[str], records: list[str], batch: int, inside: float, data: st.DataObject
) -> None:
    complete = data.draw(st.booleans())
    gun = np.array(
        data.draw(st.lists(st.integers(0, 4), min_size=len(records), max_size=len(records)))
    )
    crowd = -np.arange(3.0, 3.0 + len(queries))
    beyond = 2.0 * crowd if complete else None
    ratio = np.random.default_rng(0).normal(0, 3, (len(queries), len(records)))
    registry = Registry.of(pack(records), gun)
    found = list(
        identify(
            pack(queries), registry, every(len(queries), len(records), batch), CHANNEL, crowd,
            Probability(inside), lambda query, entry: ratio[query, entry], beyond,
        )
    )  # fmt: skip
    none = joined(found, "none")
    assert len(none) == len(queries)
    for place, seen in enumerate(queries):
        logs = CHANNEL.channel.log_likelihoods(seen, records)
        best: dict[int, tuple[float, float]] = {}
        for record, log in enumerate(logs):
            both = (float(log), float(ratio[place, record]))
            best[gun[record]] = max(best.get(gun[record], (-math.inf, 0.0)), both, key=sum)
        candidates = [
            Candidate(str(key), log, (Contribution("make", "any", LogOdds(more)),))
            for key, (log, more) in sorted(best.items())
        ]
        rest = 2.0 * crowd[place] if complete else None
        answer = posterior(candidates, len(best), crowd[place], Probability(inside), rest)
        mine = joined(found, "query") == place
        said = dict(
            zip(joined(found, "gun")[mine], joined(found, "probability")[mine], strict=True)
        )
        odds = dict(zip(joined(found, "gun")[mine], joined(found, "log_odds")[mine], strict=True))
        assert none[place] == pytest.approx(answer.none.value, rel=1e-12, abs=1e-15)
        assert len(said) == len(answer.ranked)
        for one in answer.ranked:
            expected = pytest.approx(one.probability.value, rel=1e-12, abs=1e-15)
            assert said[int(one.gun)] == expected
            assert odds[int(one.gun)] == pytest.approx(one.against_none.value, abs=1e-11)


def test_an_index_and_its_answers_fit_together() -> None:
    chance = np.random.default_rng(5)
    guns = ["".join(chance.choice(list(ALPHABET), 8)) for _ in range(300)]
    asked = [guns[7][:3] + "?" + guns[7][4:], guns[250][:-1], "ZZZZZZZZ"]
    index = SerialIndex.of(guns)
    crowd = np.full(3, -8 * math.log(36))
    found = index.stream(asked, 2, True, 1, refuse=False)
    parts = identify(pack(asked), Registry.of(pack(guns)), found, CHANNEL, crowd, Probability(0.5))
    gun, sure = map(np.concatenate, zip(*(part.likeliest() for part in parts), strict=True))
    assert gun[:2].tolist() == [7, 250]
    assert sure[:2].min() > 0.9
    assert sure[2] < 0.01


def test_queries_without_candidates_are_none_of_these() -> None:
    registry = Registry.of(pack(["AB1"]))
    parts = list(identify(pack(["X", "Y"]), registry, [], CHANNEL, np.zeros(2), Probability(0.5)))
    assert joined(parts, "none").tolist() == [1.0, 1.0]
    assert len(joined(parts, "query")) == 0
    assert parts[0].likeliest()[0].tolist() == [-1, -1]


def test_equal_chances_come_in_the_order_of_guns() -> None:
    registry = Registry.of(pack(["A1", "A1", "A1"]), np.array([5, 2, 2]))
    pairs = (np.array([0, 0, 0]), np.array([0, 1, 2]), np.array([-1.0, -1.0, -2.0]))
    answers = weigh(pairs, registry, np.array([-3.0]), Probability(0.5))
    assert answers.gun.tolist() == [2, 5]
    assert answers.entry.tolist() == [1, 0]
    assert answers.probability[0] == answers.probability[1]


def test_what_cannot_be_weighed_is_refused() -> None:
    registry = Registry.of(pack(["A1"]))
    pairs = (np.array([0]), np.array([0]), np.array([-math.inf]))
    with pytest.raises(ValueError, match="explain"):
        weigh(pairs, registry, np.array([-math.inf]), Probability(0.5))
    with pytest.raises(ValueError, match="no number"):
        weigh(pairs, registry, np.array([math.nan]), Probability(0.5))
    with pytest.raises(ValueError, match="2 guns for 1"):
        Registry.of(pack(["A1"]), np.array([0, 1]))


def test_a_model_is_kept_as_text_and_read_again() -> None:
    model = Model(Channel.from_rates(), Probability(0.9), 0.04)
    again = Model.of(json.loads(json.dumps(model.data())))
    assert again.data() == model.data()
    assert again.channel.rates == model.channel.rates
    broken = [("rates", 3), ("in_registry", "x"), ("in_registry", 1.5), ("confusion", [[1.0]])]
    for name, value in broken:
        with pytest.raises((KeyError, TypeError, ValueError)):
            Model.of(model.data() | {name: value})
