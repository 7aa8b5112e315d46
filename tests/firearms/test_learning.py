"""A channel learned from pairs finds the rates that made them, and never steps back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ironriver.firearms.channel import ALPHABET, Channel, Rates
from ironriver.firearms.expectation import expect
from ironriver.firearms.identify import Registry
from ironriver.firearms.kernel import CompiledChannel, pack
from ironriver.firearms.learning import Prior, learn, log_prior
from ironriver.firearms.search import SerialIndex
from ironriver.firearms.unlabelled import learn_unlabelled

TRUTH = Rates(0.08, 0.8, 0.02, 0.03, 0.03, 0.06, 0.1, 0.3)


def spoilt(chance: np.random.Generator, serial: str, rates: Rates) -> str:
    """Make one observed serial as the channel tells, look-alikes being 5 and S only."""
    n = len(serial)
    where = chance.random()
    if where < rates.lead + rates.trail:
        lost = min(n, int(chance.geometric(1 - rates.more)))
        serial = serial[lost:] if where < rates.lead else serial[: n - lost]

    def read(mark: str) -> str:
        return {"5": "S", "S": "5"}.get(mark, mark) if chance.random() < 0.3 else mark

    out, place = "", 0
    while True:
        while chance.random() < rates.insertion:
            out += ALPHABET[chance.integers(36)]
        if place >= len(serial):
            return out
        step = chance.random()
        if step < rates.deletion:
            place += 1
        elif step < rates.deletion + rates.transposition and place + 1 < len(serial):
            out += read(serial[place + 1]) + read(serial[place])
            place += 2
        else:
            out += read(serial[place])
            place += 1


def made(count: int, seed: int) -> list[tuple[str, str]]:
    chance = np.random.default_rng(seed)
    trues = ["".join(chance.choice(list(ALPHABET), 8)) for _ in range(count)]
    return [(true, spoilt(chance, true, TRUTH)) for true in trues]


@pytest.fixture(scope="module")
def pairs() -> list[tuple[str, str]]:
    return made(3000, 7)


def log_posterior(channel: Channel, pairs: list[tuple[str, str]]) -> float:
    return sum(channel.log_likelihood(seen, true) for true, seen in pairs) + log_prior(
        channel, Prior()
    )


def test_no_round_lowers_the_posterior(pairs: list[tuple[str, str]]) -> None:
    few = [*pairs[:150], ("A5", ""), ("1", "12"), ("", "7"), ("AB12", "A??2")]
    heights = [
        log_posterior(learn(few, rounds=rounds, tolerance=-np.inf), few) for rounds in range(6)
    ]
    assert all(later >= earlier - 1e-8 for earlier, later in pairwise(heights))
    assert heights[-1] > heights[0] + 1.0


def test_the_rates_that_made_the_pairs_are_found(pairs: list[tuple[str, str]]) -> None:
    learned = learn(pairs)
    for name, within in [
        ("insertion", 0.004),
        ("deletion", 0.006),
        ("transposition", 0.006),
        ("lead", 0.02),
        ("trail", 0.02),
        ("more", 0.1),
    ]:
        assert getattr(learned.rates, name) == pytest.approx(getattr(TRUTH, name), abs=within)
    five, ess = ALPHABET.index("5"), ALPHABET.index("S")
    assert learned.confusion[five, ess] == pytest.approx(0.3, abs=0.06)
    assert learned.confusion[ess, five] == pytest.approx(0.3, abs=0.06)
    others = np.delete(np.diag(learned.confusion), [five, ess])
    assert others.min() > 0.97


def test_a_learned_channel_explains_unseen_pairs_better(pairs: list[tuple[str, str]]) -> None:
    fresh = made(300, 8)
    learned, prior = learn(pairs), Channel.from_rates()
    gain = [learned.log_likelihood(b, a) - prior.log_likelihood(b, a) for a, b in fresh]
    assert sum(gain) > 0.2 * len(fresh)


def test_without_pairs_the_prior_stands() -> None:
    assert learn([]).rates == Rates()
    assert np.array_equal(learn([]).confusion, Channel.from_rates().confusion)


def test_what_is_learned_is_again_a_channel(pairs: list[tuple[str, str]]) -> None:
    learned = learn(pairs[:200])
    assert np.allclose(learned.confusion.sum(axis=1), 1.0)
    again = learn(pairs[:200])
    assert learned.rates == again.rates
    assert np.array_equal(learned.confusion, again.confusion)


def test_a_pair_that_cannot_be_is_refused() -> None:
    rigid = Prior(Rates(0.02, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="cannot make"):
        learn([("AB1", "AB12")], rigid)


def test_a_weight_is_as_good_as_a_repetition(pairs: list[tuple[str, str]]) -> None:
    few = pairs[:60]
    repeated = learn([*few, *few[:20], *few[:20]])
    weighted = learn([*few, ("ZZZ", "AAAA")], weights=[*[3.0] * 20, *[1.0] * 40, 0.0])
    assert np.allclose(weighted.confusion, repeated.confusion, atol=1e-12)
    for name in Rates.__dataclass_fields__:
        expected = pytest.approx(getattr(repeated.rates, name), rel=1e-10)
        assert getattr(weighted.rates, name) == expected
    for weights in ([1.0], [-1.0] * 60, [np.nan] * 60):
        with pytest.raises(ValueError, match="weight"):
            learn(few, weights=weights)


def test_expected_counts_are_the_slopes_of_the_likelihood() -> None:
    """Fisher's identity: d log P / d log theta is how often theta is expected to be used."""
    few = [("A55", "A5S"), ("AB12", "BA2"), ("1S5", "15"), ("55", "5S5S"), ("AB1", "AB?")]
    channel = Channel.from_rates(Rates(0.1, 0.5, 0.05, 0.08, 0.06, 0.05, 0.07, 0.3))
    true, seen = (pack(side) for side in zip(*few, strict=True))
    places, ones = np.arange(5), np.ones(5)
    counts = expect(CompiledChannel(channel), seen, true, places, places, ones)
    for row, column in [(5, 28), (28, 5), (5, 5), (10, 10), (1, 11)]:
        logs = []
        for nudge in (-1e-6, 1e-6):
            made = CompiledChannel(channel)
            made.emission[row, column] *= np.exp(nudge)
            logs.append(made.log_pairs(seen, true, places, places).sum())
        slope = (logs[1] - logs[0]) / 2e-6
        assert counts.confusion[row, column] == pytest.approx(slope, abs=1e-6)
    assert counts.log_likelihood == pytest.approx(
        sum(channel.log_likelihood(observed, meant) for meant, observed in few)
    )


def test_long_and_strange_pairs_teach_nothing_and_do_no_harm() -> None:
    few = [("AB12345", "AB1234S")] * 50
    odd = [("A" * 400, "A" * 400), ("9" * 200, "A1" * 100)]
    assert np.allclose(learn(few + odd).confusion, learn(few).confusion, atol=1e-9)


def test_rates_are_found_where_nobody_says_which_gun_is_meant() -> None:
    chance = np.random.default_rng(11)
    guns = ["".join(chance.choice(list(ALPHABET), 8)) for _ in range(2500)]
    strangers = ["".join(chance.choice(list(ALPHABET), 8)) for _ in range(400)]
    truth = Rates(0.02, 0.8, 0.01, 0.02, 0.015, 0.02, 0.05, 0.2)
    reports = [spoilt(chance, gun, truth) for gun in [*guns[:1600], *strangers]]
    found = SerialIndex.of(guns).search(reports, 2, False, 2, refuse=False)
    model = learn_unlabelled(
        pack(reports), Registry.of(pack(guns)), found,
        lambda _: np.full(len(reports), -8 * np.log(36.0)),
    )  # fmt: skip
    assert model.in_registry.value == pytest.approx(0.8, abs=0.03)
    known = learn(list(zip(guns[:1600], reports[:1600], strict=True)))
    for name, within in [("insertion", 0.003), ("deletion", 0.006), ("transposition", 0.005),
                         ("lead", 0.01), ("trail", 0.015)]:  # fmt: skip
        expected = pytest.approx(getattr(known.rates, name), abs=within)
        assert getattr(model.channel.rates, name) == expected
    five, ess = ALPHABET.index("5"), ALPHABET.index("S")
    assert model.channel.confusion[five, ess] == pytest.approx(0.3, abs=0.08)
